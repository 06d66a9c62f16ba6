/** The messages on screen, in order; the outgoing ones below; and announcements for screen readers. */
import type { Button, Message } from "./api";
import * as conversation from "./conversation";
import { button, el } from "./dom";
import { messageElement, outgoingElement, spoken } from "./message";
import { choosePhotos } from "./photo";
import { loadState } from "./storage";
import * as TEXTS from "./texts";

/** Within this distance from its end, in px, the log counts as scrolled to the end. */
const AT_END_PX = 80;
/** The space, in px, above a message that the log scrolls to. */
const MARGIN_PX = 12;
/** The question stays in sight above its answer if it takes no more than this share of the log. */
const QUESTION_SHARE = 0.4;
/** Messages of one author within this time are one turn, with one time. */
const TURN_MS = 60_000;
/** After this time, in ms, an announcement is removed, so that screen-reader users find each message only once. */
const ANNOUNCED_MS = 10_000;

export const element = el("div", { class: "log", role: "log", "aria-label": "Messages", "aria-live": "off", tabindex: "0" });
/** Separate from the log, so that each reply is announced once and completely. */
export const announcer = el("div", { class: "sr", "aria-live": "polite" });
let announced = 0;
const said = el("div", { class: "said", role: "list" });
const waiting = el("div", { class: "waiting" });
const writing = el("p", { class: "writing", hidden: "" }, el("span", { class: "dots", "aria-hidden": "true" }), TEXTS.writing);
/** With the text as it is shown: it may be replaced later (chat/redaction.py). */
const shown = new Map<number, { built: HTMLElement; text: string }>();
let unsent = new Map<string, { as: string; built: HTMLElement; id: string }>();
/** Only new messages are announced, not those that an earlier page showed. */
let announcedUpTo = loadState().seen ?? 0;

/** The scroll anchor as the log changes: the newest answer's start, the log's end, or the customer's position. */
let keeps: "start" | "end" | "place" = "start";
/** The position that `scroll` set last; any other one means that the customer has scrolled. */
let placed = 0;
/** Whether a choice was pressed, so that the focus must move to the answer's first control. */
let movesFocus = false;

/** `intro` and `rating` are above and below the messages. */
export function start(intro: HTMLElement, rating: HTMLElement): void {
  element.append(intro, said, waiting, writing, rating);
  element.addEventListener("scroll", () => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    // When the log gets higher, the browser scrolls it to its end, which is not the customer's doing.
    const isPulled = scrollTop < placed && scrollTop + clientHeight >= scrollHeight - 1;
    if (!isPulled && Math.abs(scrollTop - placed) > 1) keeps = isAtEnd() ? "end" : "place";
  });
  // A phone's keyboard, the status line and the pill change the log's height.
  new ResizeObserver(scroll).observe(element);
}

export function isAtEnd(): boolean {
  const { scrollHeight, scrollTop, clientHeight } = element;
  return scrollHeight - scrollTop - clientHeight < AT_END_PX;
}

/** Render the current messages. Returns whether there are new ones. */
export function update(): boolean {
  const messages = conversation.messages.filter(({ notice }) => !notice);
  // It is another conversation, or its earlier messages are no longer shown.
  if ([...shown.keys()].some((seq) => seq < (messages[0]?.seq ?? Infinity))) clear();
  const fresh = messages.some(({ seq }) => !shown.has(seq));
  build(messages);
  showChoices(messages);
  updateOutgoing();
  writing.hidden = !conversation.typing() || conversation.outgoing().length > 0;
  if (fresh) announce(messages);
  if (fresh && keeps === "end") keeps = "start";
  scroll();
  return fresh;
}

/** From here on, keep the start of the newest answer in sight. */
export function pin(): void {
  keeps = "start";
  scroll();
}

/** Scroll to the end, and move the focus to the log. */
export function end(): void {
  focus();
  keeps = "end";
  scroll();
}

function focus(): void {
  element.focus({ preventScroll: true });
}

export function scroll(): void {
  if (keeps === "place") return;
  element.scrollTop = keeps === "end" ? element.scrollHeight : newestStart();
  placed = element.scrollTop;
}

/** The position of the newest answer's start, with its question above if that fits; the end until there is an answer. */
function newestStart(): number {
  const all = [...said.children] as HTMLElement[];
  if (waiting.childElementCount) return element.scrollHeight;
  if (!all.length) return 0; // the greeting
  let first = all.length - 1;
  while (all[first - 1]?.classList.contains("joined")) first--;
  const answer = all[Math.max(first, all.findLastIndex((one) => one.matches(".customer")) + 1)];
  if (!answer) return element.scrollHeight;
  const question = answer.previousElementSibling as HTMLElement | null;
  const fits = question && answer.offsetTop - question.offsetTop < element.clientHeight * QUESTION_SHARE;
  return (fits ? question : answer).offsetTop - MARGIN_PX;
}

function clear(): void {
  said.replaceChildren();
  announcer.replaceChildren();
  shown.clear();
  announcedUpTo = 0;
  keeps = "start";
}

function build(messages: Message[]): void {
  let before: Message | undefined;
  let number = ""; // of the order that the conversation is about
  for (const [index, message] of messages.entries()) {
    const { seq, card } = message;
    if (typeof card?.number === "string") number = card.number;
    // The contacts' card quotes the messages before it, which may arrive later.
    const text = message.text + (card?.kind === "contact" ? index : "");
    if (shown.get(seq)?.text !== text) shown.set(seq, { text, built: messageElement(message, before, number) });
    if (before) shown.get(before.seq)?.built.classList.toggle("joined", isOneTurn(before, message));
    before = message;
  }
  arrange(said, messages.flatMap(({ seq }) => shown.get(seq)?.built ?? []));
}

/** Rebuild an outgoing message only if it changed, so that its buttons keep the focus. */
function updateOutgoing(): void {
  const all = conversation.outgoing().map((message) => {
    const as = JSON.stringify([message, navigator.onLine]);
    const before = unsent.get(message.client_id);
    if (before?.as === as) return before;
    if (message.refused) tell([message.refused]);
    return { as, built: outgoingElement(message), id: message.client_id };
  });
  unsent = new Map(all.map((one) => [one.id, one]));
  arrange(waiting, all.map(({ built }) => built));
}

/** Show each question's choices below it until it is settled; of equal ones, the last. */
function showChoices(messages: Message[]): void {
  const team = conversation.team;
  const isClosed = conversation.isSending() || team?.agent;
  // Once a request was left, the questions before it need no choices any more.
  const asked = messages.findLast(({ from, card }) => from === "customer" || card?.kind === "request")?.seq ?? 0;
  const titles = new Set<string>();
  for (const { seq, buttons, asks } of [...messages].reverse()) {
    // A message that is being sent may answer the choices; and they are void once a person answers.
    const open = seq > asked && !isClosed ? buttons : [];
    // The input for a value has its own « Annuler », and who waits for nobody has no queue to leave.
    const own = open.filter(({ title }) => !(asks && title === TEXTS.cancel) && (title !== TEXTS.leaveQueue || team?.waiting)
      && !titles.has(title) && titles.add(title));
    const ids = own.map(({ id }) => id).join();
    const message = shown.get(seq)?.built;
    const before = message?.querySelector<HTMLElement>(".choices");
    if (!message || (before?.dataset.ids ?? "") === ids) continue;
    before?.remove();
    // The buttons of the contacts' message are in its card.
    if (ids) (message.querySelector(".contact .actions") ?? message).append(choices(own, ids));
  }
}

function choices(buttons: Button[], ids: string): HTMLElement {
  return el("div", { class: "choices", role: "group", "aria-label": "Réponses proposées", "data-ids": ids }, ...buttons.map((choice) =>
    button(choice.title, { class: "choice" }, () => press(choice))));
}

export function press(choice: Button): void {
  if (choice.opens) return choosePhotos();
  moveFocus();
  if (!conversation.isSending()) conversation.say(choice.title, { button: choice.id });
  pin();
}

/** The focused control is about to be removed: focus the log until the answer's first control exists. */
export function moveFocus(): void {
  focus();
  movesFocus = true;
}

/** Focus the answer's first control: the field that it asks for, but on a phone, where its keyboard would cover the answer. */
export function focusNext(asked: HTMLElement | undefined): void {
  if (!movesFocus || conversation.typing() || conversation.isSending()) return;
  movesFocus = false;
  if (!element.matches(":focus")) return;
  const field = matchMedia("(pointer: coarse)").matches ? undefined : asked;
  (field ?? said.querySelector<HTMLElement>(".choices button"))?.focus({ preventScroll: true });
}

function announce(messages: Message[]): void {
  const replies = messages.filter(({ seq, from }) => seq > announcedUpTo && from !== "customer");
  // The history may arrive in parts: never announce a message twice.
  announcedUpTo = Math.max(announcedUpTo, conversation.last());
  if (replies.length) tell(replies.map(spoken));
}

function tell(words: string[]): void {
  announcer.replaceChildren(...words.map((one) => el("p", {}, one)));
  clearTimeout(announced);
  announced = window.setTimeout(() => announcer.replaceChildren(), ANNOUNCED_MS);
}

function isOneTurn(before: Message, message: Message): boolean {
  const apart = Date.parse(message.at) - Date.parse(before.at);
  return before.from === message.from && before.author === message.author && apart < TURN_MS;
}

/** Set the children without moving those already in place: a moved element loses the focus. */
function arrange(parent: HTMLElement, children: Node[]): void {
  for (const node of [...parent.childNodes]) if (!children.includes(node)) node.remove();
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child) parent.insertBefore(child, parent.childNodes[index] ?? null);
  });
}
