/** IBANs (shop/masking/ibans.py). */
import { LETTER, type Span } from "./masking-plain.ts";
import { IBANS } from "./masking-table.ts";

/** Signs that may stand between two characters of one number. */
const GAP = `[^a-z0-9${LETTER}]{0,5}`;
const SETS: Record<string, string> = { n: "[0-9]", a: "[a-z]", c: "[a-z0-9]" };
/** Matches before each place where an IBAN may start; they may overlap. */
const SHAPE = new RegExp(
  `(?=(${Object.entries(IBANS).map(([format, countries]) =>
    `(?:${countries.replace(/(.)(.)/g, `|$1${GAP}$2`).slice(1)})` +
    `2n${format}`.replace(/(\d+)(.)/g, (_, count: string, set: string) => `(?:${GAP}${SETS[set]}){${count}}`)).join("|")}))`, "g");

export function ibanSpans(read: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const { 1: typed = "", index } of read.matchAll(SHAPE)) {
    if (index < end || !isIban(typed.replace(/[^a-z0-9]/g, ""))) continue;
    end = index + typed.length;
    found.push([index, end]);
  }
  return found;
}

/** ISO 7064, mod 97-10. */
function isIban(compact: string): boolean {
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) rest = Number(String(rest) + parseInt(sign, 36)) % 97;
  return rest === 1;
}
