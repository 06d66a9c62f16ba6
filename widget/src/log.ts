/** The messages on screen, in order; the outgoing ones below; and announcements for screen readers. */
import type { Button, Message } from "./api";
import type { Photos } from "./attach";
import type { Conversation } from "./conversation";
import { card as drawn } from "./cards";
import { button, el } from "./dom";
import { formatted } from "./format";
import { label, type Pages } from "./pages";
import { loadState, type Outgoing } from "./storage";
import * as TEXTS from "./texts";
import { day, hour } from "./times";

/** Within this distance from its end, in px, the log counts as scrolled to the end. */
const AT_END_PX = 80;
/** The space, in px, above a message that the log scrolls to. */
const MARGIN_PX = 12;
/** The question stays in sight above its answer if it takes no more than this share of the log. */
const QUESTION_SHARE = 0.4;
/** Messages of one author within this time are one turn, with one time. */
const TURN_MS = 60_000;
/** Longer messages of the customer are clipped. */
const LONG_CHARACTERS = 180;
const LONG_LINES = 4;
/** After this time, in ms, an announcement is removed, so that screen-reader users find each message only once. */
const ANNOUNCED_MS = 10_000;

export class Log {
  readonly element = el("div", { class: "log", role: "log", "aria-label": "Messages", "aria-live": "off", tabindex: "0" });
  /** Separate from the log, so that each reply is announced once and completely. */
  readonly announcer = el("div", { class: "sr", "aria-live": "polite" });
  #announced = 0;
  readonly #said = el("div", { class: "said", role: "list" });
  readonly #waiting = el("div", { class: "waiting" });
  readonly #writing = el("p", { class: "writing", hidden: "" }, el("span", { class: "dots", "aria-hidden": "true" }), TEXTS.writing);
  /** With the text as it is shown: it may be replaced later (chat/redaction.py). */
  readonly #shown = new Map<number, { element: HTMLElement; text: string }>();
  #unsent = new Map<string, { as: string; element: HTMLElement; id: string }>();
  /** Only new messages are announced, not those that an earlier page showed. */
  #announcedUpTo = loadState().seen ?? 0;

  /** The scroll anchor as the log changes: the newest answer's start, the log's end, or the customer's position. */
  #keeps: "start" | "end" | "place" = "start";
  /** The position that `scroll` set last; any other one means that the customer has scrolled. */
  #placed = 0;
  /** Whether a choice was pressed, so that the focus must move to the answer's first control. */
  #movesFocus = false;

  /** `asked`: the input for the value that the assistant asks for, if there is one. */
  constructor(
    private readonly conversation: Conversation, intro: HTMLElement, private readonly pages: Pages,
    private readonly asked: () => HTMLElement | undefined, private readonly photos: Photos,
  ) {
    this.element.append(intro, this.#said, this.#waiting, this.#writing);
    this.element.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.element;
      // When the log gets higher, the browser scrolls it to its end, which is not the customer's doing.
      const isPulled = scrollTop < this.#placed && scrollTop + clientHeight >= scrollHeight - 1;
      if (!isPulled && Math.abs(scrollTop - this.#placed) > 1) this.#keeps = this.isAtEnd ? "end" : "place";
    });
    // A phone's keyboard, the status line and the pill change the log's height.
    new ResizeObserver(() => this.scroll()).observe(this.element);
  }

  get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < AT_END_PX;
  }

  /** Render the current messages. Returns whether there are new ones. */
  update(): boolean {
    const messages = this.conversation.messages.filter(({ notice }) => !notice);
    // It is another conversation, or its earlier messages are no longer shown.
    if ([...this.#shown.keys()].some((seq) => seq < (messages[0]?.seq ?? Infinity))) this.#clear();
    const fresh = messages.filter(({ seq }) => !this.#shown.has(seq));
    this.#build(messages);
    this.#showChoices(messages);
    this.#updateOutgoing();
    this.#writing.hidden = !this.conversation.typing || this.conversation.outgoing.length > 0;
    if (fresh.length) this.#announce(messages);
    if (fresh.length && this.#keeps === "end") this.#keeps = "start";
    this.scroll();
    return fresh.length > 0;
  }

  /** From here on, keep the start of the newest answer in sight. */
  pin(): void {
    this.#keeps = "start";
    this.scroll();
  }

  /** Scroll to the end, and move the focus to the log. */
  end(): void {
    this.element.focus({ preventScroll: true });
    this.#keeps = "end";
    this.scroll();
  }

  scroll(): void {
    if (this.#keeps === "place") return;
    const { element } = this;
    element.scrollTop = this.#keeps === "end" ? element.scrollHeight : this.#newestStart();
    this.#placed = element.scrollTop;
  }

  /** The position of the newest answer's start, with its question above if that fits; the end until there is an answer. */
  #newestStart(): number {
    const all = [...this.#said.children] as HTMLElement[];
    if (this.#waiting.childElementCount) return this.element.scrollHeight;
    if (!all.length) return 0; // the greeting
    let first = all.length - 1;
    while (all[first - 1]?.classList.contains("joined")) first--;
    const answer = all[Math.max(first, all.findLastIndex((one) => one.matches(".customer")) + 1)];
    if (!answer) return this.element.scrollHeight;
    const question = answer.previousElementSibling as HTMLElement | null;
    const fits = question && answer.offsetTop - question.offsetTop < this.element.clientHeight * QUESTION_SHARE;
    return (fits ? question : answer).offsetTop - MARGIN_PX;
  }

  #clear(): void {
    this.#said.replaceChildren();
    this.announcer.replaceChildren();
    this.#shown.clear();
    this.#announcedUpTo = 0;
    this.#keeps = "start";
  }

  #element(seq: number): HTMLElement | undefined {
    return this.#shown.get(seq)?.element;
  }

  #build(messages: Message[]): void {
    let before: Message | undefined;
    let number = ""; // of the order that the conversation is about
    for (const message of messages) {
      if (typeof message.card?.number === "string") number = message.card.number;
      const { seq, text } = message;
      if (this.#shown.get(seq)?.text !== text) this.#shown.set(seq, { text, element: this.#message(message, before, number) });
      if (before) this.#element(before.seq)?.classList.toggle("joined", isOneTurn(before, message));
      before = message;
    }
    arrange(this.#said, messages.map(({ seq }) => this.#element(seq) as HTMLElement));
  }

  /** Rebuild an outgoing message only if it changed, so that its buttons keep the focus. */
  #updateOutgoing(): void {
    const built = this.conversation.outgoing.map((message) => {
      const now = JSON.stringify([message, navigator.onLine]);
      const before = this.#unsent.get(message.client_id);
      if (before?.as === now) return before;
      if (message.refused) this.#tell([message.refused]);
      return { as: now, element: this.#outgoing(message), id: message.client_id };
    });
    this.#unsent = new Map(built.map((one) => [one.id, one]));
    arrange(this.#waiting, built.map(({ element }) => element));
  }

  #message(message: Message, before: Message | undefined, number: string): HTMLElement {
    const at = new Date(message.at);
    const name = day(at);
    const isNewDay = !before || day(new Date(before.at)) !== name;
    return el(
      "div", { class: `message ${message.from}${introduces(message) ? " lead" : ""}`, role: "listitem", "data-seq": String(message.seq) },
      isNewDay && el("p", { class: "day" }, name),
      el("span", { class: message.author ? "author" : "sr" }, `${who(message)}\u00a0: `),
      ...(message.from === "customer" ? this.#own(message) : this.#reply(message, number)),
      el("time", { datetime: message.at }, hour(at)),
    );
  }

  #reply(message: Message, number: string): HTMLElement[] {
    const { seq, text } = message;
    const given = this.#card(message);
    const bubble = el("div", { class: "bubble" }, ...formatted(besideCard(text, given), (quoted) => label(quoted, this.pages, number)));
    const shown = given && drawn(given, this.pages, this.#before(seq), number);
    return shown ? [bubble, shown] : [bubble];
  }

  /** Move the buttons of the contacts' message into its card. */
  #joinChoices(seq: number): void {
    const message = this.#element(seq);
    const [actions, choices] = [message?.querySelector(".contact .actions"), message?.querySelector(".choices")];
    if (!actions || !choices || actions.contains(choices)) return;
    const focused = choices.querySelector<HTMLElement>(":focus");
    actions.append(choices);
    focused?.focus({ preventScroll: true });
  }

  #before(seq: number): Message[] {
    return this.conversation.messages.filter((one) => one.seq < seq);
  }

  /** The card of this message; none if an earlier one shows the same of the same order, as after each further question. */
  #card({ seq, card }: Message): Message["card"] {
    return card?.kind === "order" && JSON.stringify(this.#before(seq)).includes(JSON.stringify(card)) ? null : card;
  }

  #own(message: Message): HTMLElement[] {
    return message.photos ? [this.photos.show(message)] : own(message.text);
  }

  /** Show each question's choices below it until it is settled; of equal ones, the last. */
  #showChoices(messages: Message[]): void {
    const { team, isSending } = this.conversation;
    // Once a request was left, the questions before it need no choices any more.
    const asked = messages.findLast(({ from, card }) => from === "customer" || card?.kind === "request")?.seq ?? 0;
    const titles = new Set<string>();
    for (const { seq, buttons, asks } of [...messages].reverse()) {
      // A message that is being sent may answer the choices; and they are void once a person answers.
      const open = seq > asked && !isSending && !team?.agent ? buttons : [];
      // The input for a value has its own « Annuler », and who waits for nobody has no queue to leave.
      const own = open.filter(({ title }) => !(asks && title === TEXTS.cancel) && (title !== TEXTS.leaveQueue || team?.waiting)
        && !titles.has(title) && titles.add(title));
      const ids = own.map(({ id }) => id).join();
      const message = this.#element(seq);
      const shown = message?.querySelector<HTMLElement>(".choices");
      if ((shown?.dataset.ids ?? "") === ids) continue;
      shown?.remove();
      if (!ids) continue;
      message?.append(this.#choices(own, ids));
      this.#joinChoices(seq);
    }
  }

  #choices(buttons: Button[], ids: string): HTMLElement {
    return el("div", { class: "choices", role: "group", "aria-label": "Réponses proposées", "data-ids": ids }, ...buttons.map((choice) =>
      button(choice.title, { class: "choice" }, () => this.press(choice))));
  }

  press(choice: Button): void {
    if (choice.opens) return this.photos.choose();
    this.moveFocus();
    if (!this.conversation.isSending) this.conversation.say(choice.title, { button: choice.id });
    this.pin();
  }

  /** The focused control is about to be removed: focus the log until the answer's first control exists. */
  moveFocus(): void {
    this.element.focus({ preventScroll: true });
    this.#movesFocus = true;
  }

  /** Focus the answer's first control. On a phone not the text field, whose keyboard would cover the answer. */
  focusNext(): void {
    if (!this.#movesFocus || this.conversation.typing || this.conversation.isSending) return;
    this.#movesFocus = false;
    if (!this.element.matches(":focus")) return;
    const field = matchMedia("(pointer: coarse)").matches ? undefined : this.asked();
    (field ?? this.#said.querySelector<HTMLElement>(".choices button"))?.focus({ preventScroll: true });
  }

  #outgoing(message: Outgoing): HTMLElement {
    const state = el("p", { class: "state" }, message.refused ?? (message.failed || message.limited ? TEXTS.waits : TEXTS.sending));
    if (message.failed && !message.refused && navigator.onLine) state.append(button(TEXTS.retry, { class: "link" }, () => this.conversation.outbox.retry()));
    if (message.failed || message.limited) state.append(button(TEXTS.discard, { class: "link" }, () => this.conversation.outbox.discard(message.client_id)));
    return el(
      "div", { class: `message customer ${message.refused ? "failed refused" : message.failed ? "failed" : "sending"}` },
      el("span", { class: "sr" }, `${TEXTS.who.customer}\u00a0: `),
      ...own(message.text),
      state,
    );
  }

  #announce(messages: Message[]): void {
    const replies = messages.filter(({ seq, from }) => seq > this.#announcedUpTo && from !== "customer");
    // The history may arrive in parts: never announce a message twice.
    this.#announcedUpTo = Math.max(this.#announcedUpTo, this.conversation.last);
    if (!replies.length) return;
    this.#tell(replies.map((message) => {
      const { buttons } = message;
      const shown = this.#card(message);
      const text = besideCard(message.text, shown).replace(/https?:\S+/g, "lien");
      const choices = buttons.length ? ` Réponses proposées\u00a0: ${buttons.map(({ title }) => title).join(", ")}.` : "";
      return `${who(message)}\u00a0: ${text}${shown?.kind === "order" ? " Une fiche de commande est affichée." : ""}${choices}`;
    }));
  }

  #tell(words: string[]): void {
    this.announcer.replaceChildren(...words.map((one) => el("p", {}, one)));
    clearTimeout(this.#announced);
    this.#announced = window.setTimeout(() => this.announcer.replaceChildren(), ANNOUNCED_MS);
  }
}

/** « Et pour votre autre question (« … ») : » is a heading of the message after it. */
function introduces({ from, text, buttons, card }: Message): boolean {
  return from === "bot" && /:\s*$/.test(text) && !buttons.length && !card;
}

/** The text without the sentence that the card beside it shows: a tracking number and its long address. */
function besideCard(text: string, given: Message["card"]): string {
  const number = String(given?.tracking_number || "");
  return number ? text.split(/(?<=[.!?]\s)/).filter((sentence) => !sentence.includes(number)).join("").trim() || text : text;
}

function isOneTurn(before: Message, message: Message): boolean {
  const apart = Date.parse(message.at) - Date.parse(before.at);
  return before.from === message.from && before.author === message.author && apart < TURN_MS;
}

/** The customer's words; long ones are clipped, so that the answer stays in sight. */
function own(text: string): HTMLElement[] {
  const words = el("p", { dir: "auto" }, text);
  const bubble = el("div", { class: "bubble brand" }, words);
  if (text.length <= LONG_CHARACTERS && text.split("\n").length <= LONG_LINES) return [bubble];
  words.className = "clipped";
  const more = button(TEXTS.all, { class: "link", "aria-expanded": "false" }, () => {
    const clipped = words.classList.toggle("clipped");
    more.textContent = clipped ? TEXTS.all : TEXTS.less;
    more.setAttribute("aria-expanded", String(!clipped));
  });
  return [bubble, more];
}

function who({ author, from }: Message): string {
  return author ?? TEXTS.who[from];
}

/** Set the children without moving those already in place: a moved element loses the focus. */
function arrange(parent: HTMLElement, children: Node[]): void {
  for (const node of [...parent.childNodes]) if (!children.includes(node)) node.remove();
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child) parent.insertBefore(child, parent.childNodes[index] ?? null);
  });
}
