/** The cards of a hand-over (actions/contacts.py, actions/support.py): how to reach a person, and a request that was left. */
import type { Card, Message } from "./api";
import { opening } from "./calendar";
import { copyButton } from "./copy";
import { el } from "./dom";
import { pageOf } from "./pages";

const PHONE = "tel:+33176241120";
const MAIL = "mailto:service-client@pixmania.com";
/** Longer addresses are refused by some mail programs. */
const MAX_SAID = 1_000;
/** Texts that tell a person nothing: an e-mail address alone, and « je veux parler à un conseiller ». */
const EMPTY = /^\S+@\S+$|^.{0,17}parler [àa].{0,22}$/i;

/** « Appeler » is shown on phones (panel.css), unless the line is closed; the choices of the message join the actions. */
export function contactCard({ line, until }: Card, before: Message[], number: string): HTMLElement {
  const then = new Date(String(until));
  const isOpen = line === "open";
  const state = isOpen ? "Ligne ouverte, jusqu’" : line === "closed" ? "Ligne fermée, ouvre " : "Ligne ouverte au plus tard ";
  const faq = pageOf("faq");
  const body = encodeURIComponent(told(before, number).slice(-MAX_SAID));
  return el(
    "div", { class: "card contact", role: "group", "aria-label": "Service client" },
    // The line's state is valid until this time.
    Date.now() < then.getTime() && el("p", { class: isOpen ? "open" : "" }, state + opening(then)),
    el(
      "div", { class: "actions" },
      line !== "closed" && el("a", { class: "action brand call", href: PHONE }, "Appeler"),
      el("a", { class: "action", href: `${MAIL}?subject=Ma%20demande&body=${body}` }, "Écrire"),
      faq && el("a", { class: "action faq", href: faq }, "Questions fréquentes"),
    ),
  );
}

/** What the customer has told so far; not the choices that were pressed. */
function told(before: Message[], number: string): string {
  const choices = before.flatMap(({ buttons }) => buttons.map(({ title }) => title));
  const texts = before.filter(({ from }) => from === "customer").map(({ text }) => text);
  return [number && `Commande ${number}`, ...texts].filter((text) => text && !choices.includes(text) && !EMPTY.test(text)).join("\n");
}

export function requestCard({ reference, email, text }: Card): HTMLElement {
  const name = `Demande ${String(reference)}`;
  return el(
    "div", { class: "card request", role: "group", "aria-label": name },
    el("h3", {}, name),
    el("dl", {}, el("dt", {}, "Réponse à"), el("dd", {}, String(email)), el("dt", {}, "Pour l’équipe"), el("dd", {}, String(text))),
    el("p", { class: "actions" }, copyButton(String(reference), "Copier la référence")),
  );
}
