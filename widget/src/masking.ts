/** Masks card numbers and IBANs before they leave the browser. The server does so too (chat/masking.py, chat/cards.py). */
const CARD = "[numéro de carte masqué]";
const IBAN = "[IBAN masqué]";

const GAP = "[^\\p{L}\\p{N}]{0,5}";
const DIGITS = new RegExp(`(?<![0-9])[0-9](?:${GAP}[0-9]){12,}`, "gu");
/** Characters that may join two groups of one number. Others separate the numbers of a list. */
const SEPARATORS = "[^\\p{L}\\p{N},;/&+\\n]{0,5}";
/** PX or RP and eight digits, or eight digits alone. */
const SHOP_NUMBERS = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:px|rp)[^\\p{L}\\p{N}]?[0-9]{8}(?![0-9])|(?<![0-9]${SEPARATORS})[0-9]{8}(?!${SEPARATORS}[0-9])`, "giu");
/** Beside one of these words, eight digits are not an order number. */
const CARD_WORD = /(?<![\p{L}\p{N}_])(?:carte(?! masqué\])|cb|visa|mastercard|bancaire)(?![\p{L}\p{N}_])/iu;
const IBANS = new RegExp(`[A-Za-z]{2}${GAP}[0-9]${GAP}[0-9](?:${GAP}[A-Za-z0-9]){11,30}`, "uy");
/** The IBAN's length by country; the server knows all of them. */
const IBAN_LENGTHS: Record<string, number> = {
  AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18, FR: 27, GB: 22, GR: 27, HR: 21,
  HU: 28, IE: 22, IT: 27, LT: 20, LU: 20, LV: 21, MA: 28, MC: 27, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, SE: 24,
  SI: 19, SK: 24, TN: 24,
};
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:50|5[6-9]|6\d)(?:\d{14}|\d{17})|35\d{14})$/;

export function mask(text: string): string {
  // Full-width digits and letters count as plain ones, but the text itself is not normalised.
  const plain = [...text].map((character) => {
    const normal = character.normalize("NFKC");
    return normal.length === 1 && normal.charCodeAt(0) < 128 ? normal : character;
  }).join("");
  const masked = maskCards(maskIbans(plain));
  // Until nothing changes: digits beside a number that was masked may be a number too, once they stand alone.
  return masked === plain ? text : mask(masked);
}

function maskCards(text: string): string {
  const read = CARD_WORD.test(text) ? text : text.replace(SHOP_NUMBERS, (number) => "x".repeat(number.length));
  let masked = "";
  let end = 0;
  for (const run of read.matchAll(DIGITS)) {
    const places = [...run[0].matchAll(/[0-9]/g)].map(({ index }) => run.index + index);
    for (let start = 0; start < places.length; ) {
      const card = cardAt(read, places.slice(start, start + 19));
      if (card.length) {
        masked += text.slice(end, card[0]) + CARD;
        end = (card.at(-1) ?? 0) + 1;
      }
      start += card.length || 1;
    }
  }
  return masked + text.slice(end);
}

/** The positions of the longest card number that starts at the first of these positions. */
function cardAt(text: string, places: number[]): number[] {
  for (let length = places.length; length >= 13; length--) {
    const span = places.slice(0, length);
    if (isCard(span.map((place) => text[place]).join("")) && !cutsEight(text, span)) return span;
  }
  return [];
}

/** Whether the span starts or ends inside a group of digits, and one of its groups is as long as the shop's numbers. */
function cutsEight(text: string, span: number[]): boolean {
  const [first, last] = [span[0] ?? 0, span.at(-1) ?? 0];
  const groups = [...text.matchAll(/[0-9]+/g)].filter((group) => group.index + group[0].length > first && group.index <= last);
  const whole = !/[0-9]/.test((text[first - 1] ?? "") + (text[last + 1] ?? ""));
  return !whole && groups.some(([digits]) => digits.length === 8);
}

function isCard(digits: string): boolean {
  if (!NETWORKS.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Tries every position: « la somme de 50 euros sur FR14… » has two possible starts. */
function maskIbans(text: string): string {
  for (let start = 0; start < text.length; start++) {
    IBANS.lastIndex = start;
    const candidate = IBANS.exec(text)?.[0];
    const length = candidate ? ibanLength(candidate) : 0;
    if (length) return text.slice(0, start) + IBAN + maskIbans(text.slice(start + length));
  }
  return text;
}

/** The length of the IBAN at the start of the candidate, before the next word; 0 if there is none. */
function ibanLength(candidate: string): number {
  const country = candidate.slice(0, 2).toUpperCase();
  for (let end = candidate.length; end > 14; end--) {
    const compact = candidate.slice(0, end).replace(/[^A-Za-z0-9]/g, "");
    if (compact.length === IBAN_LENGTHS[country] && /[A-Za-z0-9]/.test(candidate[end - 1] ?? "")) return isIban(compact) ? end : 0;
  }
  return 0;
}

function isIban(text: string): boolean {
  const turned = (text.slice(4) + text.slice(0, 4)).toUpperCase();
  let rest = 0;
  for (const character of turned) rest = Number(String(rest) + parseInt(character, 36)) % 97;
  return rest === 1;
}
