/** Outgoing messages: stored until the server has numbered them, and sent one at a time, in order, exactly once. */
import type { Api, Fault, PostBody } from "./api";
import { saveState, loadState, type Outgoing } from "./storage";
import { sleep } from "./stream";

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 8_000;
/** How often a waiting message is checked for being discarded, in any tab. */
const CHECK_MS = 500;
const TIMEOUT_MS = 15_000;
/** After this long the customer sees a notice and can retry; the outbox keeps retrying anyway. */
const NOTICE_MS = 3_500;
/** A frozen tab may hold the lock of all tabs for ever. */
const LOCK_MS = 5_000;

interface Sender {
  /** The conversation's token; opens a conversation if there is none. */
  token(signal: AbortSignal): Promise<string>;
  /** The token has expired. */
  expired(token: string): void;
  sent(message: Outgoing, seq: number, token: string): void;
  changed(): void;
}

export class Outbox {
  #running = false;
  #wake = new AbortController();
  /** The current attempt, once it takes longer than NOTICE_MS. */
  #overdue: AbortController | undefined;

  constructor(private readonly api: Api, private readonly sender: Sender) {
    addEventListener("online", () => this.retry());
  }

  get messages(): Outgoing[] {
    return loadState().outbox ?? [];
  }

  add(message: Outgoing): void {
    this.#store([...this.messages, message]);
    void this.flush();
  }

  discard(client_id: string): void {
    this.#store(this.messages.filter((message) => message.client_id !== client_id));
  }

  empty(): void {
    this.#store([]);
  }

  /** Retry now: end the pause, and abort an attempt whose connection may be dead. */
  retry(): void {
    this.#overdue?.abort();
    this.#wake.abort();
    this.#wake = new AbortController();
    void this.flush();
  }

  async flush(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      await withTabLock(() => this.#send());
    } finally {
      this.#running = false;
    }
  }

  async #send(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    for (let next = this.#next(); next; next = this.#next()) {
      const attempt = new AbortController();
      const notice = () => {
        this.#overdue = attempt;
        this.#fail();
      };
      const timers = [setTimeout(notice, NOTICE_MS), setTimeout(() => attempt.abort(), TIMEOUT_MS)];
      let token = "";
      try {
        token = await this.sender.token(attempt.signal);
        if (!this.#contains(next)) continue; // discarded before it was sent
        const { seq } = await this.api.post(token, postBody(next), attempt.signal);
        this.sender.sent(next, seq, token);
        this.discard(next.client_id);
        pause = FIRST_PAUSE_MS;
      } catch (fault) {
        const { status = 0, message, retryAfter = 0 } = fault as Fault;
        const wait = retryAfter * 1000 || pause;
        if (status === 401) this.sender.expired(token);
        else if (status === 429) {
          timers.forEach(clearTimeout);
          await this.#wait(next, message, wait);
        } else if (status >= 400 && status < 500 && status !== 408) this.#mark({ failed: true, refused: message }, next);
        else if (!attempt.signal.aborted) {
          if (Date.now() + wait - next.at > NOTICE_MS || !navigator.onLine) this.#fail();
          await sleep(wait, this.#wake.signal);
          pause = Math.min(pause * 2, MAX_PAUSE_MS);
        }
      } finally {
        timers.forEach(clearTimeout);
        this.#overdue = undefined;
      }
    }
  }

  #next(): Outgoing | undefined {
    return this.messages.find((message) => !message.refused);
  }

  /** The server limits the rate: wait as long as it said, unless the message is discarded. */
  async #wait(next: Outgoing, limited: string, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    this.#mark({ failed: false, limited });
    while (Date.now() < until && this.#contains(next)) await sleep(CHECK_MS, this.#wake.signal);
  }

  #contains({ client_id }: Outgoing): boolean {
    return this.messages.some((message) => message.client_id === client_id);
  }

  #fail(): void {
    this.#mark({ failed: true, limited: "" });
  }

  /** Messages are sent in order, so if the first one fails, all of them are late; `only` one is refused. */
  #mark(state: Partial<Outgoing>, only?: Outgoing): void {
    this.#store(this.messages.map((one) => (one.refused || (only && only.client_id !== one.client_id) ? one : { ...one, ...state })));
  }

  #store(outbox: Outgoing[]): void {
    saveState({ outbox });
    this.sender.changed();
  }
}

function postBody({ client_id, text, button, photos }: Outgoing): PostBody {
  if (photos) return { client_id, photos: photos.map(({ id }) => id) };
  return button ? { client_id, button } : { client_id, text };
}

/**
 * Only one tab sends the shared outbox. Without a lock (no TLS, no storage, a time-out) each tab sends, which is safe:
 * the server stores each client_id once.
 */
async function withTabLock(send: () => Promise<void>): Promise<void> {
  let granted = false;
  const sendLocked = () => ((granted = true), send());
  try {
    await navigator.locks?.request("pixmania-chat-outbox", { signal: AbortSignal.timeout(LOCK_MS) }, sendLocked);
  } catch (fault) {
    if (granted) throw fault;
  }
  if (!granted) await send();
}
