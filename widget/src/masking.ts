/**
 * Masks secrets before they leave the browser, as the server does (shop/masking/): the same steps, from the same rules.
 * Every pattern has a bounded length, so that a long text costs no more per character than a short one.
 */
import { cardSpans } from "./masking-cards.ts";
import { ibanSpans } from "./masking-ibans.ts";
import { CARD, hide, MASKED, plain, type Span } from "./masking-plain.ts";
import { ruleSpans } from "./masking-rules.ts";
import { LABELS, type Kind } from "./masking-table.ts";

export function mask(text: string): string {
  const characters = [...text];
  let read = plain(text);
  const found: [number, number, Kind][] = [];
  // IBANs first, because their digits may look like a card; then cards, because rules look for the date and code after one.
  const take = (spans: Span[], kind: Kind, sign: string) => {
    for (const [first, end] of spans) found.push([first, end, kind]);
    read = hide(read, spans, sign);
  };
  take(ibanSpans(read), "iban", MASKED);
  take(cardSpans(read), "card", CARD);
  found.push(...ruleSpans(read));
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  let masked = "";
  let end = 0;
  for (const [first, last, kind] of found) {
    if (first >= end) masked += characters.slice(end, first).join("") + LABELS[kind];
    end = Math.max(end, last); // overlapping secrets share the first one's placeholder
  }
  return masked + characters.slice(end).join("");
}
