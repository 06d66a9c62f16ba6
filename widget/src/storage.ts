/** State in localStorage, shared by the shop's tabs for at most 24 hours. Nothing is stored before the panel opens. */

export interface Session {
  token: string;
  /** Milliseconds since 1970. */
  expires: number;
}

export interface Outgoing {
  /** The server stores each id once, whichever tab sends it and however often. */
  client_id: string;
  text: string;
  button?: string;
  /** When the customer wrote it, in milliseconds since 1970. */
  at: number;
  /** The last known message at that time: the same text after it is this message, sent by another tab. */
  after: number;
  failed?: boolean;
  /** The server's message while it limits the rate. */
  limited?: string;
  /** The server's message when it refuses for good. */
  refused?: string;
}

export interface StoredState {
  session?: Session;
  outbox?: Outgoing[];
  draft?: string;
  /** The number of the last message that was shown. */
  seen?: number;
  rated?: boolean;
  /** When the state was last stored, in milliseconds since 1970. */
  at?: number;
}

const KEY = "pixmania-chat";
const LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Fallback without localStorage: the conversation works on this page, and the next page starts a new one. */
let memory: string | null = null;

/** The stored state; empty if it has expired or is unreadable. */
export function loadState(): StoredState {
  try {
    const found: unknown = JSON.parse(read() ?? "{}");
    if (typeof found !== "object" || found === null) return {};
    const { session, ...rest } = found as StoredState;
    if ((rest.at ?? 0) < Date.now() - LIFETIME_MS) return {};
    if (session && session.expires > Date.now()) return { session, ...rest };
    return { outbox: rest.outbox ?? [], draft: rest.draft ?? "" };
  } catch {
    return {};
  }
}

export function saveState(changes: { [name in keyof StoredState]: StoredState[name] | undefined }): void {
  write(JSON.stringify({ ...loadState(), ...changes, at: Date.now() }));
}

export function clearState(): void {
  memory = null;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // without storage there is nothing to remove
  }
}

export function onChangeInOtherTab(changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
}

function read(): string | null {
  if (memory !== null) return memory;
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(text: string): void {
  try {
    localStorage.setItem(KEY, text);
    memory = null;
  } catch {
    memory = text;
  }
}
