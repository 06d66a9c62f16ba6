/** The browser's conversation: its messages, the outgoing ones, and the state of the connection. */
import { call, type Fault, type Message, type State, type Team } from "./api";
import * as outbox from "./outbox";
import { saveState, loadState, onChangeInOtherTab, type Outgoing, type Session } from "./storage";
import { openStream, type Stream } from "./stream";
import * as TEXTS from "./texts";

/** How often the typing indicator is sent. */
const TELL_MS = 3_000;

// Set by `begin`, for each conversation:
export let messages: Message[] = [];
/** The agent, or the place in the queue; undefined while the bot answers. */
export let team: Team | undefined;
let answered = 0;
/** Texts that replaced shown ones: pieces of a card number that were masked later, or messages that the team erased. */
let redacted: Record<string, string> = {};
/** The number of the last message received from the server. The customer's own messages may be shown before. */
let received = 0;
/** Messages up to this number are no longer shown, in case another person reads this screen. */
export let hidden = 0;
let connected = true;
/** The server answered 503, so the notice is shown without the usual delay. */
export let unavailable = false;
let token = "";
let toldRead = 0;

let told = 0;
let stream: Stream | undefined;
let changed = (): void => {};

export function start(onChange: () => void): void {
  changed = onChange;
  outbox.setSender({ openedToken, onExpired, onSent, changed });
  onChangeInOtherTab(syncWithStorage);
  document.addEventListener("visibilitychange", onVisibilityChange);
  addEventListener("pageshow", ({ persisted }) => persisted && onVisibilityChange());
  addEventListener("online", () => {
    outbox.retry();
    reconnect();
  });
  syncWithStorage();
}

/** Outgoing messages that are not among the received ones yet. */
export function outgoing(): Outgoing[] {
  return outbox.unsent().filter(
    ({ text, after }) => !messages.some((said) => said.from === "customer" && said.seq > after && said.text === text),
  );
}

/** Whether a message is still being sent. Until then, it is unknown whether it answers the choices on screen. */
export function isSending(): boolean {
  return outgoing().some(({ refused }) => !refused);
}

/** Whether this text is being sent or awaits its answer: a double click sends it once. */
export function isDuplicate(text: string): boolean {
  const last = messages.findLast(({ from }) => from === "customer");
  return outgoing().some((one) => one.text === text && !one.refused) || (typing() && last?.text === text);
}

/** Whether the last message has no complete answer yet. */
export function typing(): boolean {
  return !team && (messages.findLast(({ from }) => from === "customer")?.seq ?? 0) > answered;
}

/** Whether messages get through. */
export function reachable(): boolean {
  return connected && !outbox.unsent().some(({ failed, refused }) => failed && !refused);
}

/** The server's message while it limits the rate. */
export function limited(): string | undefined {
  return outbox.unsent().find(({ limited }) => limited)?.limited;
}

/** Whether a delay notice was received, and the answer was not. */
export function isLate(): boolean {
  return typing() && Boolean(messages.at(-1)?.notice);
}

/** Whether something is open: an agent answers or the queue is joined, or the last message asks for a value or can be cancelled. */
function asks(): boolean {
  const { text = "", buttons = [] } = messages.at(-1) ?? {};
  return Boolean(team || asking()) || /\?(\s|$)/.test(text) || buttons.some(({ title }) => title === TEXTS.cancel);
}

/** The message that currently asks the customer for a value, if any. */
export function asking(): Message | undefined {
  const last = messages.findLast(({ from, asks }) => from === "customer" || asks);
  return team ? undefined : last?.asks ? last : undefined;
}

/** Whether an agent answers, or the newest answer leads to one: the contacts, a request, or a button. */
export function leadsToPerson(): boolean {
  const newest = messages.slice(messages.findLastIndex(({ from }) => from === "customer") + 1);
  return Boolean(team) || newest.some(({ card, buttons }) =>
    card?.kind === "contact" || card?.kind === "request" || buttons.some(({ title }) => title === TEXTS.person));
}

export function started(): boolean {
  return messages.length > 0 || outgoing().length > 0;
}

export function last(): number {
  return messages.at(-1)?.seq ?? 0;
}

/** Whether to ask for a rating: once, after more than a greeting, and while nothing is open. */
export function mayBeRated(): boolean {
  return !asks() && !loadState().askedRating && messages.filter(({ from }) => from === "customer").length > 1;
}

/** Say something: a text; with it, the id of the button that it is on, or photos that the server already has. */
export function say(text: string, what: Pick<Outgoing, "button" | "photos"> = {}): void {
  outbox.add({ client_id: uuid(), text, ...what, at: Date.now(), after: last() });
}

/** Send a typing indicator to the agent. */
export function tellTyping(): void {
  if (!team?.agent || Date.now() - told < TELL_MS) return;
  told = Date.now();
  tellAgent({ typing: true });
}

/** Send a read mark for the last message to the agent; once, even if the agent is known only after the message. */
export function tellRead(): void {
  if (!team?.agent || toldRead >= last()) return;
  toldRead = last();
  tellAgent({ read: last() });
}

/** A failed call is not repeated. */
function tellAgent(activity: Pick<Team, "typing" | "read">): void {
  request("POST", "/activity", activity).catch(() => {});
}

function request(method: string, path: string, body?: unknown): Promise<Response> {
  return call(method, path, token, body);
}

/** A file of the conversation: a photo, or the transcript. */
export async function file(path: string): Promise<Blob> {
  return (await request("GET", path)).blob();
}

/** With what photos are uploaded. */
export function access(): string {
  return token;
}

export function rate(helpful: boolean, comment: string): Promise<Response> {
  return request("POST", "/rating", { helpful, comment });
}

/** Start a new conversation; the server keeps the previous one, and the text field its draft. */
export function restart(): void {
  saveState({ session: undefined, outbox: undefined });
  begin("");
  outbox.retry(); // ends the pause of messages that are gone now
}

/** Erase the conversation on the server and here. Clears the outbox first, because its messages would start a new conversation. */
export async function erase(): Promise<void> {
  const erased = token;
  outbox.empty();
  try {
    if (erased) await request("DELETE", "/conversation");
  } catch (fault) {
    // 401 counts as success: a proxy may repeat a slow call after the first one has erased everything.
    if ((fault as Fault).status !== 401) throw fault;
  }
  onExpired(erased);
}

/** The tab was shown or hidden. A frozen page missed the storage events of other tabs. */
function onVisibilityChange(): void {
  if (!document.hidden) syncWithStorage();
  reconnect();
}

/** Load the state that another tab or the previous page stored. */
function syncWithStorage(): void {
  const stored = loadState().session?.token ?? "";
  if (stored !== token) begin(stored);
  changed();
  if (outbox.unsent().length) void outbox.flush();
}

/** This token has expired. If another tab has started a new conversation since, keep it. */
function onExpired(expired: string): void {
  if (loadState().session?.token === expired) saveState({ session: undefined });
  syncWithStorage();
}

function begin(opened: string): void {
  stream?.stop();
  token = opened;
  messages = [];
  redacted = {};
  team = undefined;
  answered = toldRead = received = hidden = 0;
  connected = true;
  unavailable = false;
  reconnect();
  changed();
}

/** Close the stream in hidden tabs: a browser opens only six connections to a site for all its tabs. */
function reconnect(): void {
  stream?.stop();
  stream = undefined;
  const own = token;
  if (own && !document.hidden) stream = openStream(own, received, { onUpdates, onConnection, onExpired: () => onExpired(own) });
}

async function openedToken(signal: AbortSignal): Promise<string> {
  const session = loadState().session ?? (await newSession(signal));
  if (session.token !== token) begin(session.token);
  return session.token;
}

async function newSession(signal: AbortSignal): Promise<Session> {
  const answer = await call("POST", "/conversations", "", undefined, signal);
  const { token, expires } = (await answer.json()) as { token: string; expires: string };
  // Another tab may have opened a conversation meanwhile, and may have used it already.
  const elsewhere = loadState().session;
  if (elsewhere) return elsewhere;
  const session = { token, expires: Date.parse(expires) };
  saveState({ session });
  return session;
}

function onSent({ at, text, photos }: Outgoing, seq: number, of: string): void {
  if (of !== token) return; // erased or restarted while the message was being sent
  merge([{ seq, at: new Date(at).toISOString(), from: "customer", text, photos, buttons: [], card: null }]);
  if (received < seq) stream?.expectUpdates();
}

function onUpdates(updates: Message[], state: Partial<State>): void {
  received = updates.at(-1)?.seq ?? received;
  hidden = state.hidden ?? hidden;
  redacted = state.redacted ?? redacted;
  // A state event always contains the team's state; a message event does not.
  if (state.answered !== undefined) {
    team = state.team;
    answered = state.answered;
  }
  merge(updates);
}

function merge(updates: Message[]): void {
  const known = new Map([...messages, ...updates].map((message) => [message.seq, message]));
  for (const [seq, text] of Object.entries(redacted)) {
    const message = known.get(Number(seq));
    if (message) known.set(message.seq, { ...message, text, photos: undefined, buttons: [], card: null });
  }
  messages = [...known.values()].filter(({ seq }) => seq > hidden).sort((one, other) => one.seq - other.seq);
  changed();
}

function onConnection(isConnected: boolean, isUnavailable = false): void {
  if (isConnected === connected && isUnavailable === unavailable) return;
  connected = isConnected;
  unavailable = isUnavailable;
  changed();
  if (connected) outbox.retry();
}

function uuid(): string {
  // randomUUID is missing on pages without TLS; the address of a blob ends with one.
  return crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
}
