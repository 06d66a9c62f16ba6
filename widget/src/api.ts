/** The public chat API (chat/api/openapi.yml). */
import { FAILED } from "./texts";

export interface Button {
  id: string;
  title: string;
  /** The dialog that this button opens in the widget; such a button is not sent. */
  opens?: "photos";
}

export interface Photo {
  id: string;
  width: number;
  height: number;
}

export interface Card {
  kind: string;
  [field: string]: unknown;
}

export interface Message {
  seq: number;
  at: string;
  from: "customer" | "bot" | "agent";
  /** The name of the person who wrote it. */
  author?: string;
  text: string;
  buttons: Button[];
  card: Card | null;
  /** The value that it asks the customer for (asked.ts). */
  asks?: string;
  /** The customer's photos; `text` contains only their number. */
  photos?: Photo[] | undefined;
  /** A delay notice, which is shown as a state, not as a message. */
  notice?: "late";
}

/** The body of a customer's message: a text, a button, or the ids of photos. */
export interface PostBody {
  client_id: string;
  text?: string;
  button?: string;
  photos?: string[];
}

/** Either the customer's place in the queue, from 1, or the name of the person who answers. */
export interface Team {
  waiting?: number;
  agent?: string;
  /** Whether that person is writing, and the number of the last message that they have read. */
  typing?: boolean;
  read?: number;
}

export interface State {
  answered: number;
  typing: boolean;
  /** Messages up to this number are no longer shown, because a long pause followed them. */
  hidden?: number;
  /** Number of a message → the text that replaced its own: « [message effacé] ». */
  redacted?: Record<string, string>;
  /** Present while a person answers, or the customer waits for one. */
  team?: Team;
}

export interface Updates extends State {
  messages: Message[];
}

/** What a failed call rejects with. Without a status there was no answer: no connection, or a time-out. */
export interface Fault extends Error {
  status?: number;
  /** In seconds; 0 if the server does not say it. */
  retryAfter?: number;
}

/** An error response. `message`: the server's French sentence for the customer; ours if a proxy answered. */
export function refusal(status: number, message = "", retryAfter = 0): Fault {
  return Object.assign(new Error(message || FAILED), { status, retryAfter });
}

const TIMEOUT_MS = 15_000;

/** The base URL of the chat API, without a trailing slash. */
export let base: string;

export function setBase(url: string): void {
  base = url;
}

/** Rejects with a Fault. */
export async function call(
  method: string, path: string, token: string, body?: unknown, signal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<Response> {
  const answer = await fetch(base + path, {
    method, signal, credentials: "omit", cache: "no-store",
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  if (answer.ok) return answer;
  const said = (await answer.json().catch(() => ({}))) as { message?: string };
  throw refusal(answer.status, said.message, Number(answer.headers.get("Retry-After")));
}
