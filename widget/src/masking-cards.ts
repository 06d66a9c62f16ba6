/** Card numbers (shop/masking/cards.py): in one group, in several, or in pieces between words. */

/** First and end position. */
export type Span = readonly [number, number];

/** What stands in the plain text for a placeholder, a letter outside ASCII, any other sign, and a card number. */
export const MASKED = "\x01";
export const LETTER = "\x02";
export const SIGN = "\x03";
export const CARD = "\x04";

const MAX_LENGTH = 19;
const MIN_LENGTH = 13;
const MIN_BETWEEN_WORDS = 14;
const MAX_WORDS = 40;
/** Digits of the shop's numbers, after PX or RP. */
const SHOP_DIGITS = 8;
const WORD = `a-z0-9${MASKED}${LETTER}${CARD}`;
const DIGIT = `0-9${MASKED}${CARD}`;
/** The few signs that may stand between two groups of one number; and those that no list has between its numbers. */
const GAP = `[^${WORD}]{0,5}`;
const JOIN = `[^${WORD},;/&+\n]{0,5}`;
const ONLY_GAP = new RegExp(`^${GAP}$`);
const ROW = new RegExp(`[0-9](?:${GAP}[0-9])*`, "g");
/** A number of the shop: after PX, or with no other group beside it. */
const AS_SHOP = `(?<![0-9])[0-9]{${SHOP_DIGITS}}(?![0-9])`;
const OF_SHOP = new RegExp(`(?<=(?<![${WORD}_])(?:px|rp)[^a-z0-9]?)${AS_SHOP}|(?<![${DIGIT}]${JOIN})${AS_SHOP}(?!${JOIN}[${DIGIT}])`, "g");
const SPEAKS_OF_CARD = new RegExp(
  `(?<![${WORD}])(?:cartes?(?! (?:cadeaux?|(?:de )?fidelite|sim|sd|memoire|graphique|mere|grise|vitale|d'identite|postale)(?![a-z]))` +
  `|cb|visa|mastercard|bancaire|amex)(?![${WORD}])`);
const SPEAKS_OF_ORDER = new RegExp(`(?<![${WORD}])(?:com{1,2}andes?|cmds?|reprises?)(?![${WORD}])`);
const OTHER =
  `(?<![${DIGIT}])(?:[0-9]{1,2}[/.-][0-9]{1,2}(?:[/.-](?:20)?[0-9]{2})?(?![${DIGIT}])` +
  `|[0-9]{1,2} ?h ?[0-9]{0,2}(?![${WORD}])|[0-9]{1,6}(?:[.,][0-9]{2})? ?(?:€|euros?|eur(?![a-z]))` +
  `|(?:[+]33|0033|0)[ .-]?[1-9](?:[ .-]?[0-9]{2}){4}(?![${DIGIT}])` +
  `|[0-9](?= (?:derniers?|premiers?|suivants?|autres|chiffres?|numeros?)))` +
  `|(?<![${WORD}])(?:px|rp)[^a-z0-9]{0,3}[0-9]{4}[ .-]?[0-9]{4}(?![${DIGIT}])`;
/** Visa, Mastercard, American Express, Diners, JCB, Maestro, Discover, UnionPay: not an IMEI, nor most SIRETs. */
const NETWORKS = /^(?:4.{12}|[456].{15}|(?:50|5[6-9]|[46].).{17}|(?:2[2-7]|35).{14}|3[47].{13}|3(?:0[0-5]|[689].).{11})$/;

export const speaksOfCard = (read: string): boolean => read.includes(CARD) || SPEAKS_OF_CARD.test(read);

/** Card numbers, and pieces of them between words. */
export function cardSpans(read: string): Span[] {
  // Once a card is mentioned, digits without a prefix are no number of the shop.
  const announced = SPEAKS_OF_CARD.test(read);
  let rest = announced ? read : crossed(read, OF_SHOP);
  const found = [...rest.matchAll(ROW)].flatMap((row) => inRow(read, row));
  for (const span of found) rest = hide(rest, span, CARD);
  const ofShop = SPEAKS_OF_ORDER.test(read) ? `|(?<![${DIGIT}])[0-9]{${SHOP_DIGITS}}(?![${DIGIT}])` : "";
  const pieces = [...crossed(rest, new RegExp(OTHER + ofShop, "g")).matchAll(/[0-9]+/g)];
  return [...found, ...pieces.flatMap((_, first) => betweenWords(rest, pieces.slice(first, first + MAX_LENGTH), announced))];
}

export const hide = (read: string, [first, end]: Span, sign: string): string => read.slice(0, first) + sign.repeat(end - first) + read.slice(end);

const crossed = (text: string, other: RegExp) => text.replace(other, (digits) => "x".repeat(digits.length));

function inRow(read: string, { 0: row, index: start }: RegExpExecArray): Span[] {
  const places = [...row.matchAll(/[0-9]+/g)].flatMap(({ 0: group, index }) =>
    [...group].map((digit, at) => ({ digit, at: start + index + at, isAsShop: group.length === SHOP_DIGITS })));
  const found: Span[] = [];
  for (let first = 0; first < places.length; first++) {
    for (let length = MAX_LENGTH; length >= MIN_LENGTH; length--) {
      const own = places.slice(first, first + length);
      const from = own[0]?.at ?? 0;
      const end = (own.at(-1)?.at ?? 0) + 1;
      // A number of the shop is not cut: it has digits or a card beside it, and a group as long as the shop's.
      const isBeside = /[0-9\x01\x04]/.test(read.slice(from - 1, from) + read.slice(end, end + 1));
      if (own.length < length || !isCard(own.map(({ digit }) => digit).join("")) || (isBeside && own.some(({ isAsShop }) => isAsShop))) continue;
      found.push([from, end]);
      first += length - 1;
      break;
    }
  }
  return found;
}

/** The pieces of a card number that starts with the first of these. Unless a card is mentioned, only groups of four digits are. */
function betweenWords(read: string, pieces: RegExpExecArray[], announced: boolean): Span[] {
  const found: [number, number][] = [];
  let digits = "";
  for (const { 0: piece, index } of pieces) {
    const before = found.at(-1);
    const between = read.slice(before?.[1] ?? index, index);
    if (between.length > MAX_WORDS || /[\x01\x04]/.test(between) || (!announced && piece.length !== 4)) break;
    digits += piece;
    const end = index + piece.length;
    if (before && ONLY_GAP.test(between)) before[1] = end;
    else found.push([index, end]);
    if (digits.length >= MIN_BETWEEN_WORDS && isCard(digits)) return found;
  }
  return [];
}

function isCard(digits: string): boolean {
  let sum = 0;
  // The last digit counts once, the one before it doubled, and so on.
  [...digits].reverse().forEach((digit, index) => (sum += Number(index % 2 ? "0246813579"[Number(digit)] : digit)));
  return NETWORKS.test(digits) && sum % 10 === 0;
}
