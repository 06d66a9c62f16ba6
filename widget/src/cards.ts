/** What is shown as a card beside its text. */
import type { Card } from "./api";
import { contactCard, requestCard } from "./handover";
import { orderCard } from "./order";
import type { Pages } from "./pages";

/** `said`: the customer's messages so far, for a card that quotes them. Null for an unknown kind of card. */
export function card(given: Card, pages: Pages, said: string): HTMLElement | null {
  if (given.kind === "contact") return contactCard(given, said, pages("faq"));
  if (given.kind === "request") return requestCard(given);
  return given.kind === "order" ? orderCard(given, pages) : null;
}
