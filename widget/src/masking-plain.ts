/** The plain text that the patterns read (shop/masking/plain.py): one character for each of the original, so that positions agree. */
import SECRETS from "../../shop/masking/secrets.json" with { type: "json" };

export type Kind = keyof typeof SECRETS.labels;
/** First and end position. */
export type Span = readonly [number, number];
export type Found = readonly [number, number, Kind];

export const LABELS: Record<Kind, string> = SECRETS.labels;
export const MASKED = "\x01";
export const LETTER = "\x02";
const SIGN = "\x03";
export const CARD = "\x04";
const SPECIAL: Record<string, string> = Object.fromEntries([
  ..."’ʼ‘`´".split("").map((sign) => [sign, "'"]),
  ..."‐‑‒–—−".split("").map((sign) => [sign, "-"]),
  ..."«»“”„".split("").map((sign) => [sign, '"']),
]);
const KEPT = new Set(["\n", "€", MASKED, CARD]);
const PLACEHOLDERS = new RegExp(Object.values(LABELS).map((label) => label.replace(/[[\]]/g, "\\$&")).join("|"), "g");
const ASCII = /^[ -~]$/;

export function plain(text: string): string {
  const hidden = text.replace(PLACEHOLDERS, (label) => (label === LABELS.card ? CARD : MASKED).repeat([...label].length));
  return [...hidden].map(plainCharacter).join("");
}

function plainCharacter(character: string): string {
  if (KEPT.has(character)) return character;
  const special = SPECIAL[character];
  if (special) return special;
  const letters = character.normalize("NFKD").replace(/\p{M}/gu, "");
  if (ASCII.test(letters)) return letters.toLowerCase();
  if (/\s/.test(character)) return " ";
  return /[\p{L}\p{N}]/u.test(character) ? LETTER : SIGN;
}

export function hide(read: string, spans: readonly (Span | Found)[], sign: string): string {
  let out = "";
  let last = 0;
  for (const [first, end] of spans) {
    out += read.slice(last, first) + sign.repeat(end - first);
    last = end;
  }
  return out + read.slice(last);
}
