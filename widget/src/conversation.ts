/** The browser's conversation: its messages, the outgoing ones, and the state of the connection. */
import type { Api, Fault, Message, State, Team } from "./api";
import { Outbox } from "./outbox";
import { saveState, loadState, onChangeInOtherTab, type Outgoing, type Session } from "./storage";
import { Stream } from "./stream";
import * as TEXTS from "./texts";

/** How often the typing indicator is sent. */
const TELL_MS = 3_000;

export class Conversation {
  // Set by #begin, for each conversation:
  messages!: Message[];
  /** The agent, or the place in the queue; undefined while the bot answers. */
  team: Team | undefined;
  #answered!: number;
  /** Texts that replaced shown ones: pieces of a card number that were masked later, or messages that the team erased. */
  #redacted!: Record<string, string>;
  /** The number of the last message received from the server. The customer's own messages may be shown before. */
  #received!: number;
  /** Messages up to this number are no longer shown, in case another person reads this screen. */
  hidden!: number;
  #connected!: boolean;
  /** The server answered 503, so the notice is shown without the usual delay. */
  unavailable!: boolean;
  #token!: string;
  #toldRead!: number;
  #told = 0;
  #stream: Stream | undefined;
  readonly outbox: Outbox;

  constructor(private readonly api: Api, private readonly changed: () => void) {
    this.outbox = new Outbox(api, {
      token: (signal) => this.#openedToken(signal),
      expired: (token) => this.#onExpired(token),
      sent: (message, seq, token) => this.#sent(message, seq, token),
      changed,
    });
    onChangeInOtherTab(() => this.#syncWithStorage());
    document.addEventListener("visibilitychange", () => this.#onVisibilityChange());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#onVisibilityChange());
    addEventListener("online", () => this.#reconnect());
    this.#syncWithStorage();
  }

  /** Outgoing messages that are not among the received ones yet. */
  get outgoing(): Outgoing[] {
    return this.outbox.messages.filter(
      ({ text, after }) => !this.messages.some((said) => said.from === "customer" && said.seq > after && said.text === text),
    );
  }

  /** Whether a message is still being sent. Until then, it is unknown whether it answers the choices on screen. */
  get isSending(): boolean {
    return this.outgoing.some(({ refused }) => !refused);
  }

  /** Whether this text is being sent or awaits its answer: a double click sends it once. */
  isDuplicate(text: string): boolean {
    const last = this.messages.findLast(({ from }) => from === "customer");
    return this.outgoing.some((one) => one.text === text && !one.refused) || (this.typing && last?.text === text);
  }

  /** Whether the last message has no complete answer yet. */
  get typing(): boolean {
    return !this.team && (this.messages.findLast(({ from }) => from === "customer")?.seq ?? 0) > this.#answered;
  }

  /** Whether messages get through. */
  get reachable(): boolean {
    return this.#connected && !this.outbox.messages.some(({ failed, refused }) => failed && !refused);
  }

  /** The server's message while it limits the rate. */
  get limited(): string | undefined {
    return this.outbox.messages.find(({ limited }) => limited)?.limited;
  }

  /** Whether a delay notice was received, and the answer was not. */
  get isLate(): boolean {
    return this.typing && Boolean(this.messages.at(-1)?.notice);
  }

  /** Whether something is open: an agent answers or the queue is joined, or the last message asks for a value or can be cancelled. */
  get #asks(): boolean {
    const { text = "", buttons = [] } = this.messages.at(-1) ?? {};
    return Boolean(this.team || this.asking) || /\?(\s|$)/.test(text) || buttons.some(({ title }) => title === TEXTS.cancel);
  }

  /** The message that currently asks the customer for a value, if any. */
  get asking(): Message | undefined {
    const last = this.messages.findLast(({ from, asks }) => from === "customer" || asks);
    return this.team ? undefined : last?.asks ? last : undefined;
  }

  /** Whether an agent answers, or the newest answer leads to one: the contacts, a request, or a button. */
  get leadsToPerson(): boolean {
    const newest = this.messages.slice(this.messages.findLastIndex(({ from }) => from === "customer") + 1);
    return Boolean(this.team) || newest.some(({ card, buttons }) =>
      card?.kind === "contact" || card?.kind === "request" || buttons.some(({ title }) => title === TEXTS.person));
  }

  get started(): boolean {
    return this.messages.length > 0 || this.outgoing.length > 0;
  }

  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** Whether to ask for a rating: once, after more than a greeting, and while nothing is open. */
  get mayBeRated(): boolean {
    return !this.#asks && !this.askedRating && this.messages.filter(({ from }) => from === "customer").length > 1;
  }

  /** Whether the customer was asked for a rating, or gave one: they are not asked twice. */
  get askedRating(): boolean {
    return Boolean(loadState().askedRating);
  }

  set askedRating(asked: boolean) {
    saveState({ askedRating: asked });
  }

  /** Say something: a text; with it, the id of the button that it is on, or photos that the server already has. */
  say(text: string, what: Pick<Outgoing, "button" | "photos"> = {}): void {
    this.outbox.add({ client_id: uuid(), text, ...what, at: Date.now(), after: this.last });
  }

  /** Send a typing indicator to the agent. */
  tellTyping(): void {
    if (!this.team?.agent || Date.now() - this.#told < TELL_MS) return;
    this.#told = Date.now();
    this.#tellAgent({ typing: true });
  }

  /** Send a read mark for the last message to the agent; once, even if the agent is known only after the message. */
  tellRead(): void {
    if (!this.team?.agent || this.#toldRead >= this.last) return;
    this.#toldRead = this.last;
    this.#tellAgent({ read: this.last });
  }

  /** A failed call is not repeated. */
  #tellAgent(activity: Pick<Team, "typing" | "read">): void {
    this.#call("POST", "/activity", activity).catch(() => {});
  }

  #call(method: string, path: string, body?: unknown): Promise<Response> {
    return this.api.call(method, path, this.#token, body);
  }

  /** A file of the conversation: a photo, or the transcript. */
  async file(path: string): Promise<Blob> {
    return (await this.#call("GET", path)).blob();
  }

  /** With what photos are uploaded. */
  get access(): [base: string, token: string] {
    return [this.api.base, this.#token];
  }

  async rate(helpful: boolean, comment: string): Promise<void> {
    await this.#call("POST", "/rating", { helpful, comment });
    this.askedRating = true;
  }

  /** Start a new conversation; the server keeps the previous one, and the text field its draft. */
  restart(): void {
    saveState({ session: undefined, outbox: undefined });
    this.#begin("");
    this.outbox.retry(); // ends the pause of messages that are gone now
  }

  /** Erase the conversation on the server and here. Clears the outbox first, because its messages would start a new conversation. */
  async erase(): Promise<void> {
    const token = this.#token;
    this.outbox.empty();
    try {
      if (token) await this.#call("DELETE", "/conversation");
    } catch (fault) {
      // 401 counts as success: a proxy may repeat a slow call after the first one has erased everything.
      if ((fault as Fault).status !== 401) throw fault;
    }
    this.#onExpired(token);
  }

  /** The tab was shown or hidden. A frozen page missed the storage events of other tabs. */
  #onVisibilityChange(): void {
    if (!document.hidden) this.#syncWithStorage();
    this.#reconnect();
  }

  /** Load the state that another tab or the previous page stored. */
  #syncWithStorage(): void {
    const { token = "" } = loadState().session ?? {};
    if (token !== this.#token) this.#begin(token);
    this.changed();
    if (this.outbox.messages.length) void this.outbox.flush();
  }

  /** The token has expired. If another tab has started a new conversation since, keep it. */
  #onExpired(token: string): void {
    if (loadState().session?.token === token) saveState({ session: undefined, seen: 0, askedRating: false });
    this.#syncWithStorage();
  }

  #begin(token: string): void {
    this.#stream?.stop();
    this.#token = token;
    this.messages = [];
    this.#answered = 0;
    this.#redacted = {};
    this.team = undefined;
    this.#toldRead = 0;
    this.#received = 0;
    this.hidden = 0;
    this.#connected = true;
    this.unavailable = false;
    this.#reconnect();
    this.changed();
  }

  /** Close the stream in hidden tabs: a browser opens only six connections to a site for all its tabs. */
  #reconnect(): void {
    this.#stream?.stop();
    this.#stream = undefined;
    const token = this.#token;
    if (token && !document.hidden) {
      this.#stream = new Stream(this.api, token, this.#received, {
        onUpdates: (messages, state) => this.#receive(messages, state),
        onConnection: (connected, unavailable) => this.#onConnection(connected, unavailable),
        onExpired: () => this.#onExpired(token),
      });
    }
  }

  async #openedToken(signal: AbortSignal): Promise<string> {
    const { token } = loadState().session ?? (await this.#newSession(signal));
    if (token !== this.#token) this.#begin(token);
    return token;
  }

  async #newSession(signal: AbortSignal): Promise<Session> {
    const { token, expires } = await this.api.open(signal);
    // Another tab may have opened a conversation meanwhile, and may have used it already.
    const elsewhere = loadState().session;
    if (elsewhere) return elsewhere;
    const session = { token, expires: Date.parse(expires) };
    saveState({ session, seen: 0, askedRating: false });
    return session;
  }

  #sent(message: Outgoing, seq: number, token: string): void {
    if (token !== this.#token) return; // erased or restarted while the message was being sent
    const at = new Date(message.at).toISOString();
    this.#merge([{ seq, at, from: "customer", text: message.text, photos: message.photos, buttons: [], card: null }]);
    if (this.#received < seq) this.#stream?.expectUpdates();
  }

  #receive(messages: Message[], state: Partial<State>): void {
    this.#received = messages.at(-1)?.seq ?? this.#received;
    this.hidden = state.hidden ?? this.hidden;
    this.#redacted = state.redacted ?? this.#redacted;
    // A state event always contains the team's state; a message event does not.
    if (state.answered !== undefined) this.team = state.team;
    this.#merge(messages, state.answered);
  }

  #merge(messages: Message[], answered = this.#answered): void {
    const known = new Map(this.messages.map((message) => [message.seq, message]));
    for (const message of messages) known.set(message.seq, message);
    for (const [seq, text] of Object.entries(this.#redacted)) {
      const message = known.get(Number(seq));
      if (message) known.set(message.seq, { ...message, text, photos: undefined, buttons: [], card: null });
    }
    this.messages = [...known.values()].filter(({ seq }) => seq > this.hidden).sort((one, other) => one.seq - other.seq);
    this.#answered = answered;
    this.changed();
  }

  #onConnection(connected: boolean, unavailable = false): void {
    if (connected === this.#connected && unavailable === this.unavailable) return;
    this.#connected = connected;
    this.unavailable = unavailable;
    this.changed();
    if (connected) this.outbox.retry();
  }
}

function uuid(): string {
  // randomUUID is missing on pages without TLS; the address of a blob ends with one.
  return crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
}
