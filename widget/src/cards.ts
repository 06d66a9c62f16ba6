/** What is shown as a card beside its text. */
import type { Card } from "./api";
import { contactCard, requestCard } from "./handover";
import { orderCard } from "./order";
import type { Pages } from "./pages";

/** `said`: what the customer has said so far, for a card that takes it along. Null for a kind that this version does not know. */
export function card(given: Card, pages: Pages, said: string): HTMLElement | null {
  if (given.kind === "contact") return contactCard(given, said, pages("faq"));
  if (given.kind === "request") return requestCard(given);
  return given.kind === "order" ? orderCard(given, pages) : null;
}
