/** Receives updates of the conversation: server-sent events, or long polling if a proxy buffers or refuses the stream. */
import type { Api, Fault, Message, State } from "./api";

interface StreamListener {
  onUpdates(messages: Message[], state: Partial<State>): void;
  /** `unavailable`: the server itself answered that it is unavailable. */
  onConnection(connected: boolean, unavailable?: boolean): void;
  /** The conversation's token has expired. */
  onExpired(): void;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;
/** The server sends its first bytes at once: if none arrive within this time, a proxy buffers the stream. */
const SILENCE_MS = 5_000;
const HEARTBEAT_MS = 40_000;
/** While an answer is pending, the server sends a heartbeat every two seconds, and confirms a message at once. */
const PENDING_SILENCE_MS = 3_500;
const POLL_SECONDS = 20;
/** After this time a failed stream is tried again, because the customer may have changed networks. */
const STREAM_AGAIN_MS = 60_000;

export class Stream {
  readonly #stopped = new AbortController();
  #attempt: AbortController | undefined;
  #silence = 0;
  /** Time in milliseconds since 1970 until which the stream is not tried; 0 unless polling worked and the stream did not. */
  #pollsUntil = 0;
  #pause = FIRST_PAUSE_MS;
  /** Whether an event arrived by the current stream. */
  #streamed = false;
  #pending = false;

  constructor(
    private readonly api: Api,
    private readonly token: string,
    private after: number,
    private readonly listener: StreamListener,
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
    this.#attempt?.abort();
  }

  /** The server accepted a message, so an update must follow soon; otherwise the stream is dead. */
  expectUpdates(): void {
    if (this.#streamed) this.#limitSilence(PENDING_SILENCE_MS);
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        if (await this.#streams()) await sleep(FIRST_PAUSE_MS, this.#stopped.signal);
        else await this.#poll();
        this.#pause = FIRST_PAUSE_MS;
      } catch (fault) {
        if (this.#stopped.signal.aborted) return;
        const { status } = fault as Fault;
        if (status === 401) return this.listener.onExpired();
        this.#pollsUntil = 0;
        this.listener.onConnection(false, status === 503);
        await sleep(this.#pause, this.#stopped.signal);
        this.#pause = Math.min(this.#pause * 2, MAX_PAUSE_MS);
      }
    }
  }

  async #poll(): Promise<void> {
    // The first poll does not wait: it shows whether only the stream fails, or the server does.
    const wait = this.#pollsUntil ? POLL_SECONDS : 0;
    const updates = await this.api.read(this.token, this.after, wait);
    this.#pollsUntil ||= Date.now() + STREAM_AGAIN_MS;
    this.#deliver(updates.messages, updates);
  }

  /** Stream until the server ends it. False if the stream was not tried or brought no event, for whatever reason:
   * an error status, a page of its own, an end at once, or silence.
   */
  async #streams(): Promise<boolean> {
    // While an answer is pending, a stream that a proxy buffers would delay it.
    if (this.#pollsUntil > Date.now() || (this.#pollsUntil && this.#pending)) return false;
    this.#pollsUntil = 0;
    this.#streamed = false;
    try {
      await this.#readStream();
    } catch (fault) {
      if (this.#stopped.signal.aborted || this.#streamed) throw fault;
    }
    return this.#streamed;
  }

  async #readStream(): Promise<void> {
    this.#attempt = new AbortController();
    this.#limitSilence(SILENCE_MS);
    try {
      const reader = (await this.api.stream(this.token, this.after, this.#attempt.signal)).getReader();
      const decoder = new TextDecoder();
      let buffer = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        buffer += decoder.decode(value, { stream: true });
        const events = buffer.split("\n\n");
        buffer = events.pop() ?? "";
        for (const event of events) this.#read(event);
        if (this.#streamed) {
          this.#pause = FIRST_PAUSE_MS;
          this.listener.onConnection(true);
          this.#limitSilence(this.#pending ? PENDING_SILENCE_MS : HEARTBEAT_MS);
        }
      }
    } finally {
      clearTimeout(this.#silence);
    }
  }

  #limitSilence(milliseconds: number): void {
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#attempt?.abort(), milliseconds);
  }

  #read(event: string): void {
    const data = /^data: ([^\n]*)/m.exec(event)?.[1];
    if (!data) return; // a heartbeat
    this.#streamed = true;
    const name = /^event: (\w+)/m.exec(event)?.[1];
    if (name === "end") this.listener.onExpired();
    else if (name === "state") this.#deliver([], JSON.parse(data) as State);
    else if (!name) this.#deliver([JSON.parse(data) as Message]);
  }

  #deliver(messages: Message[], state: Partial<State> = {}): void {
    // The state event follows the customer's message at once, unless the server hangs between the two.
    this.#pending = state.typing ?? (this.#pending || messages[0]?.from === "customer");
    if (this.#stopped.signal.aborted) return;
    this.listener.onConnection(true);
    const fresh = messages.filter((message) => message.seq > this.after);
    this.after = fresh.at(-1)?.seq ?? this.after;
    this.listener.onUpdates(fresh, state);
  }
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
