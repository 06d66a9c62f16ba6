/** Messages on their way: kept until the server has numbered them, sent one at a time and in order, never twice. */
import { Refused, type Api } from "./api";
import { keep, kept } from "./storage";
import { sleep } from "./stream";

export interface Outgoing {
  /** The server takes the same id only once, whichever tab sends it and however often. */
  client_id: string;
  text: string;
  button?: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  /** The last message that was known then: the same text above it is this message, sent by another tab. */
  after: number;
  failed?: boolean;
  /** The server's own word for why it takes it only later. */
  limited?: string;
  /** The server's own word for why it takes it at no time. */
  refused?: string;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** How soon it is seen that a message which waits is there no more, whichever tab threw it away. */
const LOOK_MS = 500;
/** After so long the customer is told, and may try at once; the outbox goes on trying by itself. */
const PATIENCE_MS = 3_500;

export interface Sender {
  /** A token, of a new conversation where there is none. */
  token(): Promise<string>;
  /** The token opens nothing any more. */
  expired(token: string): void;
  sent(message: Outgoing, seq: number, token: string): void;
  changed(): void;
}

export class Outbox {
  private running = false;
  private wake = new AbortController();

  constructor(private readonly api: Api, private readonly sender: Sender) {
    addEventListener("online", () => this.retry());
  }

  get waiting(): Outgoing[] {
    return kept().outbox ?? [];
  }

  add(message: Outgoing): void {
    this.store([...this.waiting, message]);
    void this.flush();
  }

  discard(client_id: string): void {
    this.store(this.waiting.filter((message) => message.client_id !== client_id));
  }

  empty(): void {
    this.store([]);
  }

  /** Do not wait for the pause to end. */
  retry(): void {
    this.wake.abort();
    this.wake = new AbortController();
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      // Where several tabs have the same outbox, one of them sends.
      if (navigator.locks) await navigator.locks.request("pixmania-chat-outbox", () => this.send());
      else await this.send();
    } finally {
      this.running = false;
    }
  }

  private async send(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    for (let next = this.next(); next; next = this.next()) {
      const impatience = setTimeout(() => this.fail(), PATIENCE_MS);
      let token = "";
      try {
        const { client_id, text, button } = next;
        token = await this.sender.token();
        if (!this.holds(next)) continue; // thrown away before it could leave
        const { seq } = await this.api.post(token, button ? { client_id, button } : { client_id, text });
        this.sender.sent(next, seq, token);
        this.discard(client_id);
        pause = FIRST_PAUSE_MS;
      } catch (fault) {
        if (fault instanceof Refused && fault.status === 401) this.sender.expired(token);
        else if (fault instanceof Refused && !fault.passes) this.change(next, { failed: true, refused: fault.message });
        else if (fault instanceof Refused && fault.status === 429) {
          clearTimeout(impatience);
          await this.wait(next, fault.message, fault.retryAfter * 1000 || pause);
        } else {
          const wait = fault instanceof Refused && fault.retryAfter ? fault.retryAfter * 1000 : pause;
          if (Date.now() + wait - next.at > PATIENCE_MS || !navigator.onLine) this.fail();
          await sleep(wait, this.wake.signal);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
      } finally {
        clearTimeout(impatience);
      }
    }
  }

  private next(): Outgoing | undefined {
    return this.waiting.find((message) => !message.refused);
  }

  /** The server is there, and said how long: nothing shortens that, but that the message is thrown away. */
  private async wait(next: Outgoing, limited: string, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    this.mark({ failed: false, limited });
    while (Date.now() < until && this.holds(next)) await sleep(LOOK_MS, this.wake.signal);
  }

  private holds({ client_id }: Outgoing): boolean {
    return this.waiting.some((message) => message.client_id === client_id);
  }

  private fail(): void {
    this.mark({ failed: true, limited: "" });
  }

  /** The first one does not get through, so none does. */
  private mark(state: Partial<Outgoing>): void {
    this.store(this.waiting.map((message) => (message.refused ? message : { ...message, ...state })));
  }

  private change(message: Outgoing, changes: Partial<Outgoing>): void {
    this.store(this.waiting.map((one) => (one.client_id === message.client_id ? { ...one, ...changes } : one)));
  }

  private store(outbox: Outgoing[]): void {
    keep({ outbox });
    this.sender.changed();
  }
}
