/** What this browser keeps, shared by the tabs of the shop: for 24 hours at most, and nothing before the panel is opened. */

export interface Session {
  token: string;
  /** Milliseconds since 1970. */
  expires: number;
}

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

export interface StoredState {
  session?: Session;
  outbox?: Outgoing[];
  draft?: string;
  /** The number of the last message that was on screen. */
  seen?: number;
  rated?: boolean;
  /** When anything was loadState last, in milliseconds since 1970. */
  at?: number;
}

const KEY = "pixmania-chat";
const LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Where the browser stores nothing, this page remembers: its conversation works, the next page begins anew. */
let memory: string | null = null;

/** What is loadState; nothing when it is too old or unreadable. */
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
    // then there is nothing in it either
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
