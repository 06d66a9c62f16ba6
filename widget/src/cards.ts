/** What is shown as a card beside its text. */
import type { Card, Message } from "./api";
import { contactCard, requestCard } from "./handover";
import { orderCard } from "./order";

/** `before`: the messages so far, and `number`: their order, for a card that quotes them. Null for an unknown kind of card. */
export function card(given: Card, before: Message[], number: string): HTMLElement | null {
  if (given.kind === "contact") return contactCard(given, before, number);
  if (given.kind === "request") return requestCard(given);
  return given.kind === "order" ? orderCard(given) : null;
}
