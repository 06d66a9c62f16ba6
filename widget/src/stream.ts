/** News of the conversation, as they come: server-sent events, and long polling where something holds the stream back. */
import { Refused, type Api, type Message, type News, type State } from "./api";

export interface Listener {
  news(messages: Message[], state: Partial<State>): void;
  /** Is the server heard? `unavailable`: it said itself that it is not. */
  heard(connected: boolean, unavailable?: boolean): void;
  /** The conversation is over: its token opens nothing any more. */
  ended(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server sends its first bytes at once: a stream that is silent for so long is held back by something between. */
const SILENCE_MS = 5_000;
const HEARTBEAT_MS = 40_000;
/** While an answer is pending, the server sends a heartbeat every two seconds, and acknowledges a message at once. */
const PENDING_SILENCE_MS = 3_500;
const POLL_SECONDS = 20;

export class Stream {
  private stopped = new AbortController();
  private polls = false;
  private pause = FIRST_PAUSE_MS;
  private streamed = false;
  private pending = false;
  private allowSilence: (milliseconds: number) => void = () => {};

  constructor(
    private readonly api: Api,
    private readonly token: string,
    private after: number,
    private readonly listener: Listener,
  ) {
    void this.run();
  }

  stop(): void {
    this.stopped.abort();
  }

  /** The server took a message: it is heard soon, or it is not there. */
  expectNews(): void {
    this.allowSilence(PENDING_SILENCE_MS);
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await (this.polls ? this.poll() : this.follow());
        this.pause = FIRST_PAUSE_MS;
      } catch (fault) {
        if (this.stopped.signal.aborted) return;
        if (fault instanceof Refused && fault.status === 401) return this.listener.ended();
        this.listener.heard(false, fault instanceof Refused && fault.status === 503);
        await sleep(this.pause, this.stopped.signal);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private async poll(): Promise<void> {
    const news: News = await this.api.read(this.token, this.after, POLL_SECONDS);
    this.take(news.messages, news);
  }

  private async follow(): Promise<void> {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    this.stopped.signal.addEventListener("abort", stop);
    let silence = setTimeout(() => {
      this.polls = !this.streamed;
      attempt.abort();
    }, SILENCE_MS);
    const allowSilence = (milliseconds: number) => {
      clearTimeout(silence);
      silence = setTimeout(stop, milliseconds);
    };
    try {
      const reader = (await this.api.stream(this.token, this.after, attempt.signal)).getReader();
      const decoder = new TextDecoder();
      let buffer = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.streamed = true;
        this.allowSilence = allowSilence;
        this.pause = FIRST_PAUSE_MS;
        this.listener.heard(true);
        buffer += decoder.decode(value, { stream: true });
        const events = buffer.split("\n\n");
        buffer = events.pop() ?? "";
        for (const event of events) this.read(event);
        allowSilence(this.pending ? PENDING_SILENCE_MS : HEARTBEAT_MS);
      }
    } finally {
      this.allowSilence = () => {};
      clearTimeout(silence);
      this.stopped.signal.removeEventListener("abort", stop);
    }
  }

  private read(event: string): void {
    const lines = event.split("\n");
    const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
    if (data === undefined) return;
    const name = lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
    if (name === "message") this.takeMessage(JSON.parse(data) as Message);
    else if (name === "state") this.takeState(JSON.parse(data) as State);
    else if (name === "end") this.listener.ended();
  }

  private takeMessage(message: Message): void {
    // The state that says so follows at once, unless the server hangs between the two.
    if (message.from === "customer") this.pending = true;
    this.take([message], {});
  }

  private takeState(state: State): void {
    this.pending = state.typing;
    this.take([], state);
  }

  private take(messages: Message[], state: Partial<State>): void {
    if (this.stopped.signal.aborted) return;
    this.listener.heard(true);
    const fresh = messages.filter((message) => message.seq > this.after);
    this.after = fresh.at(-1)?.seq ?? this.after;
    this.listener.news(fresh, state);
  }
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
