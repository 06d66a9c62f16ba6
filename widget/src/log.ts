/** The messages on screen, in order; the outgoing ones below; and announcements for screen readers. */
import type { Button, Message } from "./api";
import { card } from "./card";
import type { Conversation } from "./conversation";
import { button, el } from "./dom";
import { formatted } from "./format";
import { loadState, type Outgoing } from "./storage";
import { TEXTS } from "./texts";
import { day, hour } from "./times";

/** Within this distance from its end, the log scrolls with new messages. */
const AT_END_PX = 80;

export class Log {
  readonly element = el("div", { class: "log", role: "log", "aria-label": "Messages", "aria-live": "off", tabindex: "0" });
  /** Separate from the log, so that each reply is announced once and completely. */
  readonly announcer = el("div", { class: "sr", "aria-live": "polite" });
  private readonly said = el("div", { class: "said" });
  private readonly waiting = el("div", { class: "waiting" });
  private readonly writing = el("p", { class: "writing", hidden: "" }, el("span", { class: "dots", "aria-hidden": "true" }), TEXTS.writing);
  private readonly shown = new Map<number, HTMLElement>();
  /** The texts as they are shown: one may be replaced later (chat/redaction.py). */
  private readonly texts = new Map<number, string>();
  private unsent = new Map<string, { as: string; element: HTMLElement; id: string }>();
  private readonly days = new Map<string, HTMLElement>();
  /** The panel's notices, each with the number of the last message at that time; the next answer is placed below. */
  private notes: [after: number, element: HTMLElement][] = [];
  /** Only new messages are announced, not those that an earlier page showed. */
  private announcedUpTo = loadState().seen ?? 0;

  /** Whether the log scrolls with new messages. False once the customer scrolls away. */
  private pinned = true;

  constructor(private readonly conversation: Conversation, private readonly intro: HTMLElement) {
    this.element.append(this.intro, this.said, this.waiting, this.writing);
    for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.element.addEventListener(hand, () => (this.pinned = this.isAtEnd), { passive: true });
    }
    // A phone's keyboard shrinks the log: keep its end visible.
    new ResizeObserver(() => this.pinned && this.scroll()).observe(this.element);
  }

  get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < AT_END_PX;
  }

  /** Render the current messages. Returns whether there are new ones. */
  update(): boolean {
    const { messages, typing } = this.conversation;
    // Another conversation, or one whose earlier messages are no longer shown.
    if ([...this.shown.keys()].some((seq) => seq < (messages[0]?.seq ?? Infinity))) this.clear();
    const fresh = messages.filter(({ seq }) => !this.shown.has(seq));
    if (fresh.length) this.add();
    else if (this.conversation.team?.agent) this.said.querySelector(".choices")?.remove();
    this.updateOutgoing();
    this.said.querySelector(".choices")?.toggleAttribute("hidden", this.conversation.isSending);
    this.writing.hidden = !typing || this.conversation.outgoing.length > 0;
    if (this.pinned) this.scroll();
    return fresh.length > 0;
  }

  /** Change the log's height; stay at the end only if it was there. */
  growKeepingEnd(change: () => void): void {
    const { isAtEnd } = this;
    change();
    if (isAtEnd) this.end();
  }

  /** Scroll with new messages from here on. */
  pin(): void {
    this.pinned = true;
    this.scroll();
  }

  end(): void {
    this.pinned = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Scroll to the end, or to the start of the last answer if it is longer than the window. */
  private scroll(): void {
    const asked = [...this.said.querySelectorAll<HTMLElement>(".customer")].at(-1);
    const end = this.element.scrollHeight - this.element.clientHeight;
    const question = asked && !this.waiting.childElementCount ? asked.offsetTop - 12 : end;
    this.element.scrollTop = Math.max(this.element.scrollTop, Math.min(end, question));
  }

  /** Show a notice of the panel between the messages. */
  note(words: string): void {
    this.notes.push([this.conversation.last, el("p", { class: "note", role: "status" }, words)]);
    this.build();
    this.end();
  }

  private clear(): void {
    this.said.replaceChildren();
    this.announcer.replaceChildren();
    this.shown.clear();
    this.notes = [];
    this.announcedUpTo = 0;
  }

  private add(): void {
    const { messages, last } = this.conversation;
    this.build();
    this.showChoices(messages);
    this.announce(messages.filter(({ seq, from }) => seq > this.announcedUpTo && from !== "customer"));
    // The history may arrive in parts: never announce a message twice.
    this.announcedUpTo = Math.max(this.announcedUpTo, last);
  }

  private build(): void {
    const { messages } = this.conversation;
    const built: Node[] = [];
    let notes = this.notes;
    let before: Message | undefined;
    for (const message of messages) {
      if (message.from !== "customer") {
        built.push(...notes.filter(([after]) => after < message.seq).map(([, element]) => element));
        notes = notes.filter(([after]) => after >= message.seq);
      }
      const at = new Date(message.at);
      if (!before || day(new Date(before.at)) !== day(at)) built.push(this.day(day(at)));
      const same = this.texts.get(message.seq) === message.text;
      const element = (same && this.shown.get(message.seq)) || this.message(message, at);
      this.shown.set(message.seq, element);
      this.texts.set(message.seq, message.text);
      built.push(element);
      before = message;
    }
    arrange(this.said, [...built, ...notes.map(([, element]) => element)]);
  }

  /** Rebuild an outgoing message only if it changed, so that its buttons keep the focus. */
  private updateOutgoing(): void {
    const built = this.conversation.outgoing.map((message) => {
      const now = JSON.stringify(message);
      const before = this.unsent.get(message.client_id);
      if (before?.as === now) return before;
      const said = reason(message);
      if (said) this.announcer.replaceChildren(el("p", {}, said));
      return { as: now, element: this.outgoing(message), id: message.client_id };
    });
    this.unsent = new Map(built.map((one) => [one.id, one]));
    arrange(this.waiting, built.map(({ element }) => element));
  }

  private day(name: string): HTMLElement {
    const element = this.days.get(name) ?? el("p", { class: "day" }, name);
    this.days.set(name, element);
    return element;
  }

  private message(message: Message, at: Date): HTMLElement {
    const mine = message.from === "customer";
    const words = mine ? [el("p", {}, message.text)] : formatted(message.text);
    return el(
      "div", { class: `message ${message.from}`, "data-seq": String(message.seq) },
      el("span", { class: message.author ? "author" : "sr" }, `${who(message)}\u00a0: `),
      el("div", { class: "bubble" }, ...words, card(message.card)),
      el("time", { datetime: message.at }, hour(at)),
    );
  }

  /** Show all choices of an answer at its end, until the customer has answered. */
  private showChoices(messages: Message[]): void {
    const asked = messages.findLast(({ from }) => from === "customer")?.seq ?? 0;
    // The bot's choices are settled once a person answers.
    const open = this.conversation.team?.agent ? [] : messages.filter(({ seq }) => seq > asked).flatMap(({ buttons }) => buttons);
    const once = open.filter((one, index) => open.findIndex(({ title }) => title === one.title) === index);
    this.said.querySelector(".choices")?.remove();
    if (once.length) this.shown.get(messages.at(-1)?.seq ?? 0)?.append(this.choices(once));
  }

  private choices(buttons: Button[]): HTMLElement {
    return el("div", { class: "choices", role: "group", "aria-label": "Réponses proposées" }, ...buttons.map((choice) =>
      button(choice.title, { class: "choice" }, () => {
        this.element.focus({ preventScroll: true });
        this.conversation.press(choice);
        this.pin();
      })));
  }

  private outgoing(message: Outgoing): HTMLElement {
    const state = el("p", { class: "state" }, reason(message) || (message.failed ? TEXTS.failed : TEXTS.sending));
    if (message.failed && !message.refused) state.append(button(TEXTS.retry, {}, () => this.conversation.retry()));
    if (message.failed || message.limited) state.append(button(TEXTS.discard, {}, () => this.conversation.discard(message.client_id)));
    return el(
      "div", { class: `message customer ${message.failed ? "failed" : "sending"}` },
      el("span", { class: "sr" }, `${TEXTS.who.customer}\u00a0: `),
      el("div", { class: "bubble" }, el("p", {}, message.text)),
      state,
    );
  }

  private announce(replies: Message[]): void {
    if (!replies.length) return;
    const words = replies.map((message) => {
      const { text, card: shown, buttons } = message;
      const choices = buttons.length ? ` Réponses proposées\u00a0: ${buttons.map(({ title }) => title).join(", ")}.` : "";
      return `${who(message)}\u00a0: ${text}${shown ? " Une fiche de commande est affichée." : ""}${choices}`;
    });
    this.announcer.replaceChildren(...words.map((one) => el("p", {}, one)));
  }
}

function who({ author, from }: Message): string {
  return author ?? TEXTS.who[from];
}

/** The server's reason for refusing or delaying a message. */
function reason({ refused, limited }: Outgoing): string | undefined {
  return refused ?? (limited && `${limited} ${TEXTS.later}`);
}

/** Set the children without moving those already in place: a moved element loses the focus. */
function arrange(parent: HTMLElement, children: Node[]): void {
  for (const node of [...parent.childNodes]) if (!children.includes(node)) node.remove();
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child) parent.insertBefore(child, parent.childNodes[index] ?? null);
  });
}
