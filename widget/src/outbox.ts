/** Messages on their way: kept until the server has numbered them, sent one at a time and in order, never twice. */
import { Refused, type Api, type Said } from "./api";
import { keep, kept, type Outgoing } from "./storage";
import { sleep } from "./stream";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** How soon it is seen that a message which waits is there no more, whichever tab threw it away. */
const LOOK_MS = 500;
/** After so long the customer is told, and may try at once; the outbox goes on trying by itself. */
const PATIENCE_MS = 3_500;
/** A tab that the browser has put to sleep may hold the lock of all tabs for ever. */
const LOCK_MS = 5_000;

export interface Sender {
  /** A token, of a new conversation where there is none. */
  token(signal: AbortSignal): Promise<string>;
  /** The token opens nothing any more. */
  expired(token: string): void;
  sent(message: Outgoing, seq: number, token: string): void;
  changed(): void;
}

export class Outbox {
  private running = false;
  private wake = new AbortController();
  /** What is on its way for longer than the customer's patience. */
  private overdue: AbortController | undefined;

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

  /** Wait neither for the pause to end, nor for an answer through a connection that may be dead. */
  retry(): void {
    this.overdue?.abort();
    this.wake.abort();
    this.wake = new AbortController();
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      await alone(() => this.send());
    } finally {
      this.running = false;
    }
  }

  private async send(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    for (let next = this.next(); next; next = this.next()) {
      const attempt = new AbortController();
      const impatience = setTimeout(() => this.lose(attempt), PATIENCE_MS);
      let token = "";
      try {
        token = await this.sender.token(attempt.signal);
        if (!this.holds(next)) continue; // thrown away before it could leave
        const { seq } = await this.api.post(token, said(next), attempt.signal);
        this.sender.sent(next, seq, token);
        this.discard(next.client_id);
        pause = FIRST_PAUSE_MS;
      } catch (fault) {
        if (fault instanceof Refused && fault.status === 401) this.sender.expired(token);
        else if (fault instanceof Refused && !fault.passes) this.change(next, { failed: true, refused: fault.message });
        else if (fault instanceof Refused && fault.status === 429) {
          clearTimeout(impatience);
          await this.wait(next, fault.message, fault.retryAfter * 1000 || pause);
        } else if (!attempt.signal.aborted) {
          const wait = fault instanceof Refused && fault.retryAfter ? fault.retryAfter * 1000 : pause;
          if (Date.now() + wait - next.at > PATIENCE_MS || !navigator.onLine) this.fail();
          await sleep(wait, this.wake.signal);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
      } finally {
        clearTimeout(impatience);
        this.overdue = undefined;
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

  private lose(attempt: AbortController): void {
    this.overdue = attempt;
    this.fail();
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

function said({ client_id, text, button }: Outgoing): Said {
  return button ? { client_id, button } : { client_id, text };
}

/**
 * Where several tabs have the same outbox, one of them sends. Where the browser gives no lock (none without TLS, a
 * refusal where it stores nothing), or not soon, it is sent without: the server takes each message once.
 */
async function alone(send: () => Promise<void>): Promise<void> {
  let granted = false;
  const sendLocked = () => ((granted = true), send());
  try {
    await navigator.locks?.request("pixmania-chat-outbox", { signal: AbortSignal.timeout(LOCK_MS) }, sendLocked);
  } catch (fault) {
    if (granted) throw fault;
  }
  if (!granted) await send();
}
