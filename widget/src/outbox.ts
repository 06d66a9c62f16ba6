/** Outgoing messages: stored until the server has numbered them, and sent one at a time, in order, exactly once. */
import { call, type Fault, type PostBody } from "./api";
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
  openedToken(signal: AbortSignal): Promise<string>;
  /** The token has expired. */
  onExpired(token: string): void;
  /** The server has stored this message of the conversation with this token. */
  onSent(message: Outgoing, seq: number, token: string): void;
  changed(): void;
}

let sender: Sender;
let isRunning = false;
let wake = new AbortController();
/** The current attempt, once it takes longer than NOTICE_MS. */
let overdue: AbortController | undefined;

export function setSender(given: Sender): void {
  sender = given;
}

export function unsent(): Outgoing[] {
  return loadState().outbox ?? [];
}

export function add(message: Outgoing): void {
  store([...unsent(), message]);
  void flush();
}

export function discard(client_id: string): void {
  store(unsent().filter((message) => message.client_id !== client_id));
}

export function empty(): void {
  store([]);
}

/** Retry now: end the pause, and abort an attempt whose connection may be dead. */
export function retry(): void {
  overdue?.abort();
  wake.abort();
  wake = new AbortController();
  void flush();
}

export async function flush(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  try {
    await withTabLock(sendAll);
  } finally {
    isRunning = false;
  }
}

async function sendAll(): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (let next = first(); next; next = first()) {
    const attempt = new AbortController();
    const notice = () => {
      overdue = attempt;
      fail();
    };
    const timers = [setTimeout(notice, NOTICE_MS), setTimeout(() => attempt.abort(), TIMEOUT_MS)];
    let token = "";
    try {
      token = await sender.openedToken(attempt.signal);
      if (!contains(next)) continue; // discarded before it was sent
      const answer = await call("POST", "/messages", token, postBody(next), attempt.signal);
      sender.onSent(next, ((await answer.json()) as { seq: number }).seq, token);
      discard(next.client_id);
      pause = FIRST_PAUSE_MS;
    } catch (fault) {
      const { status = 0, message, retryAfter = 0 } = fault as Fault;
      const wait = retryAfter * 1000 || pause;
      if (status === 401) sender.onExpired(token);
      else if (status === 429) {
        timers.forEach(clearTimeout);
        await waitAsTold(next, message, wait);
      } else if (status >= 400 && status < 500 && status !== 408) mark({ failed: true, refused: message }, next);
      else if (!attempt.signal.aborted) {
        if (Date.now() + wait - next.at > NOTICE_MS || !navigator.onLine) fail();
        await sleep(wait, wake.signal);
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      }
    } finally {
      timers.forEach(clearTimeout);
      overdue = undefined;
    }
  }
}

function first(): Outgoing | undefined {
  return unsent().find((message) => !message.refused);
}

/** The server limits the rate: wait as long as it said, unless the message is discarded. */
async function waitAsTold(next: Outgoing, limited: string, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds;
  mark({ failed: false, limited });
  while (Date.now() < until && contains(next)) await sleep(CHECK_MS, wake.signal);
}

function contains({ client_id }: Outgoing): boolean {
  return unsent().some((message) => message.client_id === client_id);
}

function fail(): void {
  mark({ failed: true, limited: "" });
}

/** Messages are sent in order, so if the first one fails, all of them are late; `only` one is refused. */
function mark(state: Partial<Outgoing>, only?: Outgoing): void {
  store(unsent().map((one) => (one.refused || (only && only.client_id !== one.client_id) ? one : { ...one, ...state })));
}

function store(outbox: Outgoing[]): void {
  saveState({ outbox });
  sender.changed();
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
