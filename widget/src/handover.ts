/** The cards of a hand-over (actions/contacts.py, actions/support.py): how to reach a person now, and what was left. */
import type { Card } from "./api";
import { copyButton, el } from "./dom";
import { TEXTS } from "./texts";
import { opening } from "./times";

const PHONE = "tel:+33176241120";
const MAIL = "mailto:service-client@pixmania.com";
/** Longer addresses are refused by some mail programs. */
const MAX_SAID = 1_000;

/** « Appeler » is shown on phones (panel.css), unless the line is closed; the choices of the message join the actions. */
export function contactCard({ line, until }: Card, said: string, faq: string): HTMLElement {
  const then = new Date(String(until));
  const isOpen = line === "open";
  const state = () => isOpen ? `${TEXTS.lineOpen}${opening(then)}` : `${line === "closed" ? TEXTS.lineClosed : TEXTS.lineUnknown} ${opening(then)}`;
  const body = encodeURIComponent(said.slice(-MAX_SAID));
  return el(
    "section", { class: "card contact", "aria-label": TEXTS.contact },
    // What was said of the line holds until then.
    Date.now() < then.getTime() && el("p", { class: isOpen ? "open" : "" }, state()),
    el(
      "div", { class: "actions" },
      line !== "closed" && el("a", { class: "action call", href: PHONE }, TEXTS.call),
      el("a", { class: "action", href: `${MAIL}?subject=${encodeURIComponent(TEXTS.mailSubject)}&body=${body}` }, TEXTS.mail),
      faq && el("a", { class: "action faq", href: faq }, TEXTS.faq),
    ),
  );
}

export function requestCard({ reference, email, text }: Card): HTMLElement {
  const name = `${TEXTS.request} ${String(reference)}`;
  return el(
    "section", { class: "card request", "aria-label": name },
    el("h3", {}, name),
    el("dl", {}, el("dt", {}, TEXTS.answerTo), el("dd", {}, String(email)), el("dt", {}, TEXTS.left), el("dd", {}, String(text))),
    el("p", { class: "actions" }, copyButton(String(reference), TEXTS.copyReference, TEXTS.copied)),
  );
}
