/** The plain text that the patterns read (shop/masking/plain.py): one character for each of the original, so that positions agree. */
import { LABELS } from "./masking-table.ts";

/** First and end position. */
export type Span = readonly [number, number];

export const MASKED = "\x01";
export const LETTER = "\x02";
const SIGN = "\x03";
export const CARD = "\x04";

export function plain(text: string): string {
  for (const [kind, label] of Object.entries(LABELS)) {
    text = text.replaceAll(label, (kind === "card" ? CARD : MASKED).repeat(label.length));
  }
  return text.replace(/[’ʼ‘`´]/g, "'").replace(/[‐‑‒–—−]/g, "-").replace(/[«»“”„]/g, '"').replace(/[^\n€\x01\x04]/gu, plainCharacter);
}

function plainCharacter(character: string): string {
  const letters = character.normalize("NFKD").replace(/\p{M}/gu, "");
  if (/^[ -~]$/.test(letters)) return letters.toLowerCase();
  if (/\s/.test(character)) return " ";
  return /[\p{L}\p{N}]/u.test(character) ? LETTER : SIGN;
}

export function hide(read: string, spans: readonly Span[], sign: string): string {
  for (const [first, end] of spans) read = read.slice(0, first) + sign.repeat(end - first) + read.slice(end);
  return read;
}
