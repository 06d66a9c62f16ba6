/** What this browser keeps, shared by the tabs of the shop: for 24 hours at most, and nothing before the panel is opened. */
import type { Outgoing } from "./outbox";

export interface Session {
  token: string;
  /** Milliseconds since 1970. */
  expires: number;
}

export interface Kept {
  session?: Session;
  outbox?: Outgoing[];
  draft?: string;
  /** The number of the last message that was on screen. */
  seen?: number;
  rated?: boolean;
}

const KEY = "pixmania-chat";

/** What is kept; nothing when it is too old, unreadable or the browser refuses. */
export function kept(): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof found !== "object" || found === null) return {};
    const { session, ...rest } = found as Kept;
    if (!session) return rest;
    return session.expires > Date.now() ? { session, ...rest } : { outbox: rest.outbox ?? [], draft: rest.draft ?? "" };
  } catch {
    return {};
  }
}

export function keep(changes: { [name in keyof Kept]: Kept[name] | undefined }): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), ...changes }));
  } catch {
    // A full or forbidden storage costs the memory of this page, not the conversation.
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

export function onChangeElsewhere(changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
}
