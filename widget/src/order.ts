/** An order card (actions/orders.py): the order's steps, its shipment, and the days left to withdraw. */
import type { Card } from "./api";
import { calendarDay, daysUntil } from "./calendar";
import { copyButton } from "./copy";
import { el } from "./dom";
import { link } from "./links";
import { isOrder, pageOf, type Page } from "./pages";

interface Step {
  label: string;
  on: string;
  done: boolean;
}

const PENDING = "En attente de validation";
const STATUSES = ["pending", "validated", "shipped", "cancelled"];

export function orderCard(given: Card): HTMLElement {
  const order = (field: string) => (typeof given[field] === "string" ? (given[field] as string) : "");
  const name = `Commande ${order("number")}`;
  return el(
    "div", { class: "card", role: "group", "aria-label": name },
    picture(pageOf("picture", order("number"))),
    el("h3", {}, name),
    product(order("product"), order("seller")),
    progress(order),
    parcel(order),
    withdrawal(given.withdrawal),
    actions(order("number"), given.withdrawal),
  );
}

/** The shop's picture of the product; removed if the shop has none for this order. */
function picture(address: string): HTMLElement | undefined {
  if (!address) return undefined;
  const shown = el("img", { class: "picture", src: address, alt: "" });
  shown.addEventListener("error", () => shown.remove());
  return shown;
}

/** The actions of the card: links to the shop's pages. */
function actions(number: string, right: unknown): HTMLElement | null {
  if (!isOrder(number)) return null;
  const isOpen = (right as { state?: string } | undefined)?.state === "open";
  const action = (page: Page, words: string) => {
    const address = pageOf(page, number);
    return address && el("a", { class: "action", href: address }, words);
  };
  return el(
    "p", { class: "actions" },
    action("order", "Voir la commande"), action("seller", "Contacter le vendeur"), action("invoice", "Facture"), isOpen && action("return", "Retourner"),
    copyButton(number, "Copier le numéro"),
  );
}

function product(name: string, seller: string): HTMLElement | null {
  if (!name && !seller) return null;
  return el("p", { class: "product" }, name, seller && el("span", {}, `Vendu par ${seller}`));
}

function progress(order: (field: string) => string): HTMLElement {
  if (!STATUSES.includes(order("status"))) return el("p", {}, "L’état exact de la commande n’est pas connu.");
  return el("ol", { class: "steps" }, ...steps(order).map(stepItem));
}

function steps(order: (field: string) => string): Step[] {
  const status = order("status");
  const placed = { label: "Commande passée", on: order("placed_on"), done: true };
  if (status === "cancelled") return [placed, { label: "Annulée", on: "", done: true }];
  const isPending = status === "pending";
  return [
    placed,
    { label: isPending ? PENDING : "Validée", on: "", done: !isPending },
    { label: "Expédiée", on: order("shipped_on"), done: status === "shipped" },
    { label: "Livrée", on: order("delivered_on"), done: Boolean(order("delivered_on")) },
  ];
}

function stepItem({ label, on, done }: Step, index: number, all: Step[]): HTMLElement {
  // While an order awaits validation, that step is the current one; otherwise it is the last completed step.
  const current = all[1]?.label === PENDING ? 1 : all.filter((one) => one.done).length - 1;
  return el(
    "li", { class: done ? "done" : "todo", ...(index === current ? { "aria-current": "step" } : {}) },
    el("span", { class: "label" }, label),
    el("span", { class: "sr" }, done ? " (fait)" : " (à venir)"),
    on && date(on),
  );
}

/** The shipment; unknown values are left out. */
function parcel(order: (field: string) => string): HTMLElement | null {
  const [carrier, number, url] = [order("carrier"), order("tracking_number"), order("tracking_url")];
  if (!carrier && !number) return null;
  return el(
    "dl", {},
    ...entry("Transporteur", "", carrier), ...entry("Numéro de suivi", "code", number),
    ...(url ? [el("dt", { class: "sr" }, "Suivi"), el("dd", {}, link(url, "Suivre le colis"))] : []),
  );
}

function entry(name: string, style: string, value: string): HTMLElement[] {
  return value ? [el("dt", {}, name), el("dd", { class: style }, value)] : [];
}

function withdrawal(given: unknown): HTMLElement | null {
  const { state, last_day: lastDay, credit_signed_on: signed } = (given ?? {}) as Record<string, string | null | undefined>;
  if (state === "excluded") return note("Produit personnalisé\u00a0: il n’y a pas de droit de rétractation.");
  if (!lastDay || (state !== "open" && state !== "past")) return null;
  const left = daysUntil(lastDay);
  const reason = signed ? [" Avec un contrat de crédit, les 14\u00a0jours se comptent à partir de sa signature, le ", date(signed), "."] : [];
  if (left < 0) return note("Le délai de rétractation a pris fin le ", date(lastDay), ".", ...reason);
  const count = left ? `il reste ${left}\u00a0jour${left > 1 ? "s" : ""}` : "c’est le dernier jour";
  return note("Rétractation possible jusqu’au ", date(lastDay), "\u00a0: ", el("strong", {}, count), ".", ...reason);
}

function date(iso: string): HTMLElement {
  return el("time", { datetime: iso }, calendarDay(iso));
}

function note(...words: (Node | string)[]): HTMLElement {
  return el("p", { class: "withdrawal" }, ...words);
}
