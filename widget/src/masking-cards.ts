/** Card numbers (shop/masking/cards.py): in one group, in several, or in pieces between words. */
import { CARD, hide, LETTER, MASKED, type Span } from "./masking-plain.ts";

const MAX_LENGTH = 19;
const MIN_LENGTH = 13;
const MIN_BETWEEN_WORDS = 14;
const MAX_GAP = 5;
const MAX_WORDS = 40;
/** Digits of the shop's numbers, after PX or RP. */
const SHOP_DIGITS = 8;
const WORD = `a-z0-9${MASKED}${LETTER}${CARD}`;
const DIGIT = `0-9${MASKED}${CARD}`;
const GROUP = new RegExp(`[0-9]+|[${MASKED}${CARD}]+`, "g");
const PREFIX = new RegExp(`(?<![${WORD}_])(?:px|rp)[^a-z0-9]?$`);
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
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:50|5[6-9]|6\d)(?:\d{14}|\d{17})|35\d{14})$/;

/** `digits` is empty for a placeholder of an earlier masking, and for a number of the shop. */
interface Group {
  start: number;
  end: number;
  digits: string;
}

export const speaksOfCard = (read: string): boolean => read.includes(CARD) || SPEAKS_OF_CARD.test(read);

export function cardSpans(read: string): Span[] {
  const announced = SPEAKS_OF_CARD.test(read);
  const found = rows(read, groupsOf(read, announced)).flatMap((row) => inRow(read, row));
  const rest = hide(read, found, CARD);
  return [...found, ...betweenWords(rest, groupsOf(rest, announced), announced)].sort((one, other) => one[0] - other[0]);
}

function groupsOf(read: string, announced: boolean): Group[] {
  const found = [...read.matchAll(GROUP)].map(({ 0: text, index }) => ({ start: index, end: index + text.length, text }));
  const joins = (one: number) => {
    const [before, after] = [found[one], found[one + 1]];
    return before && after && isGap(read, before.end, after.start) && !/[,;/&+\n]/.test(read.slice(before.end, after.start));
  };
  return found.map(({ start, end, text }, index) => {
    const alone = !joins(index - 1) && !joins(index);
    const ofShop = text.length === SHOP_DIGITS && (alone || PREFIX.test(read.slice(Math.max(start - 4, 0), start)));
    return { start, end, digits: /^[0-9]/.test(text) && (announced || !ofShop) ? text : "" };
  });
}

/** Whether only a few signs are between two groups: no letter. */
function isGap(read: string, end: number, start: number): boolean {
  return start - end <= MAX_GAP && !/[a-z0-9\x02]/.test(read.slice(end, start));
}

function rows(read: string, groups: Group[]): Group[][] {
  const found: Group[][] = [];
  let before: Group = { start: 0, end: 0, digits: "" };
  for (const group of groups) {
    if (before.digits && group.digits && isGap(read, before.end, group.start)) found.at(-1)?.push(group);
    else if (group.digits) found.push([group]);
    before = group;
  }
  return found;
}

function inRow(read: string, row: Group[]): Span[] {
  const digits = row.map((group) => group.digits).join("");
  const places = row.flatMap((group) => [...group.digits].map((_, at) => ({ group, at: group.start + at })));
  const found: Span[] = [];
  for (let first = 0; first + MIN_LENGTH <= digits.length; first++) {
    for (let end = Math.min(first + MAX_LENGTH, digits.length); end - first >= MIN_LENGTH; end--) {
      if (!isCard(digits.slice(first, end)) || cutsShopNumber(read, places.slice(first, end))) continue;
      found.push([places[first]?.at ?? 0, (places[end - 1]?.at ?? 0) + 1]);
      first = end - 1;
      break;
    }
  }
  return found;
}

/** Whether the card number starts or ends inside a group, and one of its groups is as long as a shop number. */
function cutsShopNumber(read: string, places: { group: Group; at: number }[]): boolean {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return true;
  const whole = first.at === first.group.start && last.at + 1 === last.group.end;
  const alone = !/[\x01\x04]/.test((read[first.at - 1] ?? "") + (read[last.at + 1] ?? ""));
  return !(whole && alone) && places.some(({ group }) => group.digits.length === SHOP_DIGITS);
}

function betweenWords(read: string, groups: Group[], announced: boolean): Span[] {
  const ofShop = SPEAKS_OF_ORDER.test(read) ? `|(?<![${DIGIT}])[0-9]{${SHOP_DIGITS}}(?![${DIGIT}])` : "";
  const known = read.replace(new RegExp(OTHER + ofShop, "g"), (other) => "x".repeat(other.length));
  const pieces = groups.filter(({ start, end, digits }) => digits && known.slice(start, end) === digits);
  const found: [number, number][] = [];
  for (let first = 0; first < pieces.length; ) {
    const count = piecesOfCard(read, pieces.slice(first, first + MAX_LENGTH), announced);
    for (const piece of pieces.slice(first, first + count)) {
      const before = found.at(-1);
      if (before && isGap(read, before[1], piece.start)) before[1] = piece.end;
      else found.push([piece.start, piece.end]);
    }
    first += count || 1;
  }
  return found;
}

/** How many of these pieces make a card number. Unless a card is mentioned, only groups of four digits do. */
function piecesOfCard(read: string, pieces: Group[], announced: boolean): number {
  let digits = "";
  for (const [index, piece] of pieces.entries()) {
    const between = read.slice(index ? pieces[index - 1]?.end : piece.start, piece.start);
    if (between.length > MAX_WORDS || /[\x01\x04]/.test(between)) return 0;
    if (!announced && piece.digits.length !== 4) return 0;
    digits += piece.digits;
    if (digits.length >= MIN_BETWEEN_WORDS && isCard(digits)) return index + 1;
    if (digits.length >= MAX_LENGTH) return 0;
  }
  return 0;
}

function isCard(digits: string): boolean {
  if (!NETWORKS.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
