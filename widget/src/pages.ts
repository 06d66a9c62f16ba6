/** The shop's own pages, where the labels in replies and the card lead (docs/chat.md: data-account, data-order, …). */
import { el } from "./dom";

/** Each is an attribute of the script tag, with `{number}` for an order's. A shop gives those that it has. */
export type Page = "account" | "orders" | "profile" | "contact" | "faq" | "picture" | "order" | "seller" | "invoice" | "return";

/** Labels that replies quote, letter for letter (bot/typography.py leaves them alone) → the page that has them. */
const LABELS: Record<string, Page> = {
  "Mon compte": "account",
  "Créer un compte": "account",
  "J'ai oublié mon mot de passe ?": "account",
  "Mes commandes": "orders",
  Commandes: "orders",
  "Ma facture": "invoice",
  "Contacter le vendeur": "seller",
  "Mon Profil": "profile",
  "contactez-nous": "contact",
  "Demande de facture": "seller",
  "Questions fréquentes": "faq",
};
/** Where the customer chooses the order, while none is known. */
const OF_ANY_ORDER: Partial<Record<Page, Page>> = { seller: "orders", invoice: "account" };

let addresses: DOMStringMap = {};

export function setPages(given: DOMStringMap): void {
  addresses = given;
}

/** The address of a page, for the order of this number; empty if the shop has not given it, or it needs a number. */
export function pageOf(page: Page, number = ""): string {
  const address = addresses[page] ?? "";
  return isOrder(number) || !address.includes("{number}") ? webAddress(address.replace("{number}", number)) : "";
}

/** Whether the number has the shape of the shop's numbers, so that it cannot change the URL's path. */
export function isOrder(number: string): boolean {
  return /^[A-Z]{2}\d{8}$/.test(number);
}

/** « Mon compte », as a link if the shop has that page; undefined for any other quotation. */
export function label(quoted: string, number: string): HTMLElement | undefined {
  const words = quoted.slice(1, -1).trim();
  const page = LABELS[words];
  if (!page) return undefined;
  const address = pageOf(page, number) || pageOf(OF_ANY_ORDER[page] ?? page);
  const shown = words.replace(" ?", "\u00a0?");
  return el("span", { class: "whole" }, "«\u00a0", address ? el("a", { href: address }, shown) : shown, "\u00a0»");
}

/** The absolute http(s) URL; empty for anything else. */
export function webAddress(given: string | undefined): string {
  if (!given) return "";
  const url = new URL(given, location.href);
  return /^https?:$/.test(url.protocol) ? url.href : "";
}
