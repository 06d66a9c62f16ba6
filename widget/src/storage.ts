/** State in localStorage, shared by the shop's tabs for at most 24 hours. Nothing is stored before the panel opens. */
import type { Photo } from "./api";
import { KEY } from "./key";

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
  photos?: Photo[];
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

interface StoredState {
  session?: Session;
  outbox?: Outgoing[];
  draft?: string;
  /** The number of the last message that was shown. */
  seen?: number;
  askedRating?: boolean;
  /** When the draft was last changed, in milliseconds since 1970. */
  draftAt?: number;
}

/** A cookie with the same value for everybody, which identifies no customer. */
const MARK = `${KEY}=1`;
const LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Fallback without localStorage: the conversation works on this page, and the next page starts a new one. */
let memory: string | null = null;

/** The stored state without expired parts, which are deleted. */
export function loadState(): StoredState {
  const found = read();
  const state = unexpired(parsed(found));
  if (found !== null && JSON.stringify(state) !== found) write(state);
  return state;
}

export function saveState(changes: { [name in keyof StoredState]: StoredState[name] | undefined }): void {
  if (changes.draft !== undefined) changes.draftAt = Date.now();
  const state = unexpired({ ...loadState(), ...changes } as StoredState);
  markBrowserSession(); // first: another tab reads the state as soon as it is stored
  write(state);
}

function parsed(found: string | null): StoredState {
  const state = attempt(() => JSON.parse(found ?? "") as unknown);
  return typeof state === "object" && state !== null && isSameBrowserSession() ? state : {};
}

function unexpired({ session, seen, askedRating, outbox, draft, draftAt }: StoredState): StoredState {
  const oldest = Date.now() - LIFETIME_MS;
  const unsent = outbox?.filter(({ at }) => at > oldest);
  return {
    ...(session && session.expires > Date.now() && { session, seen, askedRating }),
    ...(unsent?.length && { outbox: unsent }),
    ...(draft && draftAt && draftAt > oldest && { draft, draftAt }),
  };
}

/**
 * Whether the browser was not closed since the state was stored. The next person at a shared computer must not find it.
 * The cookie ends with the browser; a tab that a phone closed and restores has its own mark, even without cookies.
 */
function isSameBrowserSession(): boolean | undefined {
  return memory !== null || attempt(() => document.cookie.includes(MARK) || sessionStorage.getItem(KEY) !== null);
}

function markBrowserSession(): void {
  attempt(() => {
    document.cookie = `${MARK}; path=/; SameSite=Strict${location.protocol === "https:" ? "; Secure" : ""}`;
    sessionStorage.setItem(KEY, "");
  });
}

export function onChangeInOtherTab(changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
}

function read(): string | null {
  return memory ?? attempt(() => localStorage.getItem(KEY)) ?? null;
}

function write(state: StoredState): void {
  const text = JSON.stringify(state);
  memory = null;
  if (text === "{}") attempt(() => localStorage.removeItem(KEY));
  else if (!attempt(() => (localStorage.setItem(KEY, text), true))) memory = text;
}

/** A browser may refuse any use of its storage. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
