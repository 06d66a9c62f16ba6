/**
 * Masks secrets before they leave the browser or are stored here: at least what the server masks (shop/masking/), with
 * coarser rules, which may hide more words beside a secret. Order numbers, phone numbers, tracking numbers and prices
 * stay. Every pattern has a bounded length, so that a long text costs no more per character than a short one.
 */
import { CARD, cardSpans, hide, LETTER, MASKED, SIGN, type Span } from "./masking-cards.ts";
import { LABELS, type Kind } from "./masking-table.ts";
import { ibanSpans, wordSpans } from "./masking-words.ts";

export function mask(text: string): string {
  const characters = [...text];
  let read = plain(text);
  const found: [number, number, Kind][] = [];
  // IBANs first, because their digits may look like a card; then cards, because rules look for the date and code after one.
  const take = (spans: Span[], kind: Kind, sign: string) => {
    for (const span of spans) {
      found.push([...span, kind]);
      read = hide(read, span, sign);
    }
  };
  take(ibanSpans(read), "iban", MASKED);
  take(cardSpans(read), "card", CARD);
  found.push(...wordSpans(read));
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  let masked = "";
  let end = 0;
  for (const [first, last, kind] of found) {
    if (first >= end) masked += characters.slice(end, first).join("") + LABELS[kind];
    end = Math.max(end, last); // overlapping secrets share the first one's placeholder
  }
  return masked + characters.slice(end).join("");
}

/** One character for each of the text, so that positions agree: lower case, without accents; digits of any script. */
function plain(text: string): string {
  for (const [kind, label] of Object.entries(LABELS)) {
    text = text.replaceAll(label, (kind === "card" ? CARD : MASKED).repeat(label.length));
  }
  return text.replace(/[’ʼ‘`´]/g, "'").replace(/[‐‑‒–—−]/g, "-").replace(/[«»“”„]/g, '"').replace(/[^\n€\x01\x04]/gu, plainCharacter);
}

function plainCharacter(character: string): string {
  const letters = character.normalize("NFKD").replace(/\p{M}/gu, "");
  if (/^[ -~]$/.test(letters)) return letters.toLowerCase();
  if (/\p{Nd}/u.test(character)) return String((character.codePointAt(0) as number) % 16 % 10);
  if (/\s/.test(character)) return " ";
  return /[\p{L}\p{N}]/u.test(character) ? LETTER : SIGN;
}
