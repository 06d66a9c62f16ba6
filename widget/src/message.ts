/** One message on screen. */
import type { Message } from "./api";
import { card } from "./cards";
import { messages } from "./conversation";
import { button, el } from "./dom";
import { formatted } from "./format";
import * as outbox from "./outbox";
import { label } from "./pages";
import { photosOf } from "./photo";
import type { Outgoing } from "./storage";
import * as TEXTS from "./texts";
import { day, hour } from "./times";

/** Longer messages of the customer are clipped. */
const LONG_CHARACTERS = 180;
const LONG_LINES = 4;

/** `before`: the message before it; `number`: the order that the conversation is about. */
export function messageElement(message: Message, before: Message | undefined, number: string): HTMLElement {
  const { seq, at, from, author, text, photos } = message;
  const time = new Date(at);
  const name = day(time);
  const isNewDay = !before || day(new Date(before.at)) !== name;
  return el(
    "div", { class: `message ${from}${introduces(message) ? " lead" : ""}`, role: "listitem", "data-seq": String(seq) },
    isNewDay && el("p", { class: "day" }, name),
    el("span", { class: author ? "author" : "sr" }, `${who(message)}\u00a0: `),
    ...(from !== "customer" ? reply(message, number) : photos ? [photosOf(photos)] : own(text)),
    el("time", { datetime: at }, hour(time)),
  );
}

function reply(message: Message, number: string): (HTMLElement | null)[] {
  const given = cardOf(message);
  const bubble = el("div", { class: "bubble" }, ...formatted(besideCard(message.text, given), (quoted) => label(quoted, number)));
  return [bubble, given && card(given, messages.filter(({ seq }) => seq < message.seq), number)];
}

/** The card of this message; none if an earlier one shows the same of the same order, as after each further question. */
function cardOf({ seq, card }: Message): Message["card"] {
  const earlier = messages.filter((one) => one.seq < seq);
  return card?.kind === "order" && JSON.stringify(earlier).includes(JSON.stringify(card)) ? null : card;
}

/** The text without the sentence that the card beside it shows: a tracking number and its long address. */
function besideCard(text: string, given: Message["card"]): string {
  const number = String(given?.tracking_number || "");
  return number ? text.split(/(?<=[.!?]\s)/).filter((sentence) => !sentence.includes(number)).join("").trim() || text : text;
}

/** « Et pour votre autre question (« … ») : » is a heading of the message after it. */
function introduces({ from, text, buttons, card }: Message): boolean {
  return from === "bot" && /:\s*$/.test(text) && !buttons.length && !card;
}

/** The message in words, for screen readers. */
export function spoken(message: Message): string {
  const { text, buttons } = message;
  const given = cardOf(message);
  const words = besideCard(text, given).replace(/https?:\S+/g, "lien");
  const choices = buttons.length ? ` Réponses proposées\u00a0: ${buttons.map(({ title }) => title).join(", ")}.` : "";
  return `${who(message)}\u00a0: ${words}${given?.kind === "order" ? " Une fiche de commande est affichée." : ""}${choices}`;
}

export function outgoingElement({ client_id, text, failed, limited, refused }: Outgoing): HTMLElement {
  return el(
    "div", { class: `message customer ${refused ? "failed refused" : failed ? "failed" : "sending"}` },
    el("span", { class: "sr" }, `${TEXTS.who.customer}\u00a0: `),
    ...own(text),
    el(
      "p", { class: "state" }, refused ?? (failed || limited ? TEXTS.waits : TEXTS.sending),
      failed && !refused && navigator.onLine && button(TEXTS.retry, { class: "link" }, outbox.retry),
      (failed || limited) && button(TEXTS.discard, { class: "link" }, () => outbox.discard(client_id)),
    ),
  );
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
