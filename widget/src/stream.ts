/** Receives updates of the conversation: server-sent events, or long polling if a proxy buffers or refuses the stream. */
import { call, type Fault, type Message, type State, type Updates } from "./api";

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

export interface Stream {
  stop(): void;
  /** The server accepted a message, so an update must follow soon; otherwise the stream is dead. */
  expectUpdates(): void;
}

/** Receive the updates `after` this message. */
export function openStream(token: string, after: number, { onUpdates, onConnection, onExpired }: StreamListener): Stream {
  const stopped = new AbortController();
  const { signal } = stopped;
  let attempt: AbortController | undefined;
  let silence = 0;
  /** Time in milliseconds since 1970 until which the stream is not tried; 0 unless polling worked and the stream did not. */
  let pollsUntil = 0;
  let pause = FIRST_PAUSE_MS;
  /** Whether an event arrived by the current stream. */
  let streamed = false;
  let pending = false;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await streams()) await sleep(FIRST_PAUSE_MS, signal);
        else await poll();
        pause = FIRST_PAUSE_MS;
      } catch (fault) {
        if (signal.aborted) return;
        const { status } = fault as Fault;
        if (status === 401) return onExpired();
        pollsUntil = 0;
        onConnection(false, status === 503);
        await sleep(pause, signal);
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      }
    }
  }

  async function poll(): Promise<void> {
    // The first poll does not wait: it shows whether only the stream fails, or the server does.
    const wait = pollsUntil ? POLL_SECONDS : 0;
    const answer = await call("GET", `/messages?after=${after}&wait=${wait}`, token, undefined, AbortSignal.timeout((wait + 10) * 1000));
    const updates = (await answer.json()) as Updates;
    pollsUntil ||= Date.now() + STREAM_AGAIN_MS;
    deliver(updates.messages, updates);
  }

  /** Stream until the server ends it. False if the stream was not tried or brought no event, for whatever reason:
   * an error status, a page of its own, an end at once, or silence.
   */
  async function streams(): Promise<boolean> {
    // While an answer is pending, a stream that a proxy buffers would delay it.
    if (pollsUntil > Date.now() || (pollsUntil && pending)) return false;
    pollsUntil = 0;
    streamed = false;
    try {
      await readStream();
    } catch (fault) {
      if (signal.aborted || streamed) throw fault;
    }
    return streamed;
  }

  async function readStream(): Promise<void> {
    attempt = new AbortController();
    limitSilence(SILENCE_MS);
    try {
      const answer = await call("GET", `/stream?after=${after}`, token, undefined, attempt.signal);
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      let buffer = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        buffer += decoder.decode(value, { stream: true });
        const events = buffer.split("\n\n");
        buffer = events.pop() ?? "";
        events.forEach(read);
        if (streamed) {
          pause = FIRST_PAUSE_MS;
          onConnection(true);
          limitSilence(pending ? PENDING_SILENCE_MS : HEARTBEAT_MS);
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }

  function limitSilence(milliseconds: number): void {
    clearTimeout(silence);
    silence = window.setTimeout(() => attempt?.abort(), milliseconds);
  }

  function read(event: string): void {
    const data = /^data: ([^\n]*)/m.exec(event)?.[1];
    if (!data) return; // a heartbeat
    streamed = true;
    const name = /^event: (\w+)/m.exec(event)?.[1];
    if (name === "end") onExpired();
    else if (name === "state") deliver([], JSON.parse(data) as State);
    else if (!name) deliver([JSON.parse(data) as Message]);
  }

  function deliver(messages: Message[], state: Partial<State> = {}): void {
    // The state event follows the customer's message at once, unless the server hangs between the two.
    pending = state.typing ?? (pending || messages[0]?.from === "customer");
    if (signal.aborted) return;
    onConnection(true);
    const fresh = messages.filter((message) => message.seq > after);
    after = fresh.at(-1)?.seq ?? after;
    onUpdates(fresh, state);
  }

  void run();
  return {
    stop: () => {
      stopped.abort();
      attempt?.abort();
    },
    expectUpdates: () => streamed && limitSilence(PENDING_SILENCE_MS),
  };
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
