/** What is shown as a card beside its text. Loaded when the first one is needed. */
import type { Card } from "./api";
import css from "./cards.css?inline";
import { contactCard, requestCard } from "./handover";
import { orderCard } from "./order";
import type { Pages } from "./pages";
import { adopt } from "./shared";

let isStyled = false;

/** `said`: what the customer has said so far, for a card that takes it along. Null for a kind that this version does not know. */
export function card(root: ShadowRoot, given: Card, pages: Pages, said: string): HTMLElement | null {
  if (!isStyled) adopt(root, css);
  isStyled = true;
  if (given.kind === "contact") return contactCard(given, said, pages("faq"));
  if (given.kind === "request") return requestCard(given);
  return given.kind === "order" ? orderCard(given, pages) : null;
}
