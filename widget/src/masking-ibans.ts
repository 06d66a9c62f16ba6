/** IBANs (shop/masking/ibans.py). */
import SECRETS from "../../shop/masking/secrets.json" with { type: "json" };
import { LETTER, type Span } from "./masking-plain.ts";

const SETS: Record<string, string> = { n: "[0-9]", a: "[a-z]", c: "[a-z0-9]" };
/** Country → its format after the check digits: « 5n11c » is five digits and eleven letters or digits. */
const FORMATS: Record<string, string> = SECRETS.ibans;
const MAX_STEP = 6;

export function ibanSpans(read: string): Span[] {
  const places = [...read].flatMap((sign, place) => (/[a-z0-9]/.test(sign) || sign === LETTER ? [place] : []));
  const found: Span[] = [];
  for (let at = 0; at + 4 < places.length; ) {
    const count = lengthAt(read, places, at);
    if (count) found.push([places[at] ?? 0, (places[at + count - 1] ?? 0) + 1]);
    at += count || 1;
  }
  return found;
}

function lengthAt(read: string, places: number[], at: number): number {
  const country = places.slice(at, at + 2).map((place) => read[place]).join("");
  const parts = [...(FORMATS[country] ?? "").matchAll(/(\d+)([nac])/g)];
  const length = parts.reduce((sum, part) => sum + Number(part[1]), 4);
  const own = places.slice(at, at + length);
  if (!parts.length || own.length < length) return 0;
  if (own.some((place, index) => index > 0 && place - (own[index - 1] ?? 0) > MAX_STEP)) return 0;
  const compact = own.map((place) => read[place]).join("");
  const format = parts.map((part) => `${SETS[part[2] ?? ""]}{${part[1]}}`).join("");
  return new RegExp(`^[a-z]{2}[0-9]{2}${format}$`).test(compact) && isIban(compact) ? length : 0;
}

/** ISO 7064, mod 97-10. */
function isIban(compact: string): boolean {
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) rest = Number(String(rest) + parseInt(sign, 36)) % 97;
  return rest === 1;
}
