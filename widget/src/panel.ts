/** The open chat: connects its parts, as the conversation changes. The exported functions are those that widget.js calls. */
import { setBase } from "./api";
import cards from "./cards.css?inline";
import * as composer from "./composer";
import * as conversation from "./conversation";
import { adopt, button, el, icon } from "./dom";
import { setRoot, tell } from "./host";
import { keepFromPage } from "./keys";
import * as log from "./log";
import { list, setEntries, toggle } from "./menu";
import { entries } from "./options";
import options from "./options.css?inline";
import css from "./panel.css?inline";
import { isOrder, setPages } from "./pages";
import photos from "./photos.css?inline";
import { input, photosButton } from "./photo";
import { addPhotos } from "./photos";
import { askForRating, rating, restRating } from "./rating";
import { personRow, suggest } from "./say";
import { panelSettings, type Settings } from "./settings";
import { banner, showStatus } from "./status";
import { loadState, saveState } from "./storage";
import * as TEXTS from "./texts";
import { hide, isVisible, show, startWindow } from "./window";

const CLOSE = "M6 6l12 12M18 6 6 18";
const DOWN = "M12 5v14M6 13l6 6 6-6";
/** After this long without a message, the conversation may be over. */
const QUIET_MS = 90_000;

/** What the shop's page knows about its customer. */
export interface Known {
  orderNumber?: string;
  email?: string;
}

let quiet = 0;
const newer = button(TEXTS.newer, { class: "newer", hidden: "" }, log.end);
const title = el("h2", { id: "title", tabindex: "-1" });
/** Who answers, below the title, if a person does. */
const responder = el("p", {});
const suggestions = el("div", { class: "choices" });
let known: Record<string, string> = {};
/** The first suggestion, once the page has named an order. */
const mine = button("", { class: "choice", hidden: "" }, () => suggest([mine.textContent, known.email].filter(Boolean).join("\n")));
const earlier = el("p", { class: "note", role: "status", hidden: "" }, TEXTS.hidden);
let before: { team: object | undefined; typing: boolean } = { team: undefined, typing: false };
/** The last message seen before the bot began to answer; the answer's first bubbles are seen before it is complete. */
let seenBefore = 0;
let onClose: () => void;
let onUnread: (count: number) => void;

export function start(root: ShadowRoot, given: Settings, closed: () => void, unread: (count: number) => void): void {
  const settings = panelSettings(given);
  const { logo } = settings;
  onClose = closed;
  onUnread = unread;
  setRoot(root);
  setBase(settings.api);
  setPages(given.data);
  setEntries(entries);
  adopt(root, css + cards + options + photos);
  title.append(settings.title);
  log.start(intro(settings), rating);
  composer.element.addEventListener("input", conversation.tellTyping);
  log.element.addEventListener("scroll", () => (newer.hidden = log.isAtEnd()));
  input.addEventListener("change", () => void addPhotos());
  newer.prepend(icon(DOWN));
  composer.field.before(newer, photosButton);
  const panel = el(
    "section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: "" },
    el(
      "div", { class: "head brand" },
      logo && el("img", { class: "logo", src: logo, alt: "" }), el("div", {}, title, responder), toggle, list,
      button(icon(CLOSE), { class: "icon", "aria-label": TEXTS.close, title: TEXTS.close }, close),
    ),
    log.element, log.announcer, banner, composer.element, personRow,
  );
  startWindow(panel, close);
  root.append(input, panel);
  keepFromPage(root);
  showRing(root, panel);
  addEventListener("offline", update);
  addEventListener("online", update);
  conversation.start(() => queueMicrotask(update));
  update();
}

/** Whether there is a conversation, or a message on its way. */
export function isResumable(): boolean {
  const { session, outbox } = loadState();
  return Boolean(session || outbox);
}

export function open(focus: boolean): void {
  show();
  tell("open");
  update();
  log.pin();
  // On a phone, focusing the text field would open the keyboard over the greeting.
  if (focus) (matchMedia("(pointer: coarse)").matches ? title : composer.field).focus({ preventScroll: true });
}

export function close(): void {
  if (!isVisible()) return;
  hide();
  onClose();
  update();
}

/** Prefill the inputs with what the page knows. Nothing is sent before the customer sends it. */
export function identify({ orderNumber = "", email = "" }: Known): void {
  known = isOrder(orderNumber) ? { order_number: orderNumber, email } : { email };
  mine.hidden = !isOrder(orderNumber);
  mine.textContent = `${TEXTS.mine} ${orderNumber}\u00a0?`;
  showField();
}

/** Send this text as if the customer had typed it. */
export function ask(text: string): void {
  composer.send(text);
}

function update(): void {
  const team = conversation.team;
  suggestions.hidden = conversation.started();
  photosButton.hidden = !team;
  earlier.hidden = !conversation.hidden;
  const answers = team?.agent ? TEXTS.withAgent(team.agent) : "";
  if (responder.textContent !== answers) responder.textContent = answers; // a screen reader would repeat it
  const fresh = log.update();
  showField();
  log.focusNext(composer.askedField());
  personRow.hidden = conversation.leadsToPerson();
  if (fresh) awaitQuiet();
  tellProgress();
  if (isVisible() && !document.hidden) {
    // Only increase it, and only in the visible tab; otherwise two tabs would update each other for ever.
    const last = conversation.last();
    if (last > seen()) saveState({ seen: last });
    conversation.tellRead();
  }
  onUnread(isVisible() ? 0 : unread());
  newer.hidden = log.isAtEnd();
  showStatus();
}

/** Show the input for the value that the assistant asks for. While an answer is pending, do not change it. */
function showField(): void {
  if (conversation.typing() || conversation.isSending()) return;
  const asking = conversation.asking();
  const stop = asking?.buttons.find(({ title }) => title === TEXTS.cancel);
  composer.ask(asking?.asks, known[asking?.asks ?? ""], stop && (() => log.press(stop)));
}

/** Dispatch events for a hand-over, and for a complete answer that no earlier page showed. */
function tellProgress(): void {
  const team = conversation.team;
  const typing = conversation.typing();
  if (team && !before.team) tell("handover");
  if (typing && !before.typing) seenBefore = seen();
  if (!typing && before.typing && conversation.last() > seenBefore) tell("answered");
  before = { team, typing };
}

/** The number of the last message that was shown. */
function seen(): number {
  return loadState().seen ?? 0;
}

function unread(): number {
  const last = seen();
  return conversation.messages.filter(({ seq, from, notice }) => seq > last && from !== "customer" && !notice).length;
}

function intro({ opening, privacy, suggestions: words }: ReturnType<typeof panelSettings>): HTMLElement {
  suggestions.append(mine, ...words.map((one) => button(one, { class: "choice" }, () => suggest(one))));
  const link = privacy && el("a", { href: privacy, target: "_blank" }, TEXTS.noticeLink);
  return el(
    "div", { class: "intro" },
    el("div", { class: "message bot" }, el("div", { class: "bubble" }, el("p", {}, opening)), suggestions),
    el("p", { class: "notice" }, TEXTS.notice, ...(link ? [" ", link, "."] : [])), earlier,
  );
}

/** Restart the timer after which the customer is asked for a rating. */
function awaitQuiet(): void {
  restRating();
  clearTimeout(quiet);
  quiet = window.setTimeout(() => conversation.mayBeRated() && askForRating(), QUIET_MS);
}

/**
 * Mark the panel while the keyboard moves the focus. A browser draws the ring around a text field after a click too;
 * there, only this mark does (panel.css).
 */
function showRing(root: ShadowRoot, panel: HTMLElement): void {
  root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Tab" && panel.classList.add("keys"));
  root.addEventListener("pointerdown", () => panel.classList.remove("keys"));
}
