/** IBANs, and secrets that words announce: a password, a code, the date and code of a card, a social-security number. */
import { CARD, LETTER, MASKED, speaksOfCard, type Span } from "./masking-cards.ts";
import { IBANS, type Kind } from "./masking-table.ts";

/** Signs that may stand between two characters of one number. */
const GAP = `[^a-z0-9${LETTER}]{0,5}`;
/** Matches before each place where an IBAN may start; they may overlap. */
const IBAN = new RegExp(
  `(?=(${Object.entries(IBANS).map(([length, countries]) =>
    `(?:${countries.replace(/(.)(.)/g, `|$1${GAP}$2`).slice(1)})(?:${GAP}[0-9]){2}(?:${GAP}[a-z0-9]){${length}}`).join("|")}))`, "g");

/** No word begins after this, and none ends before that. */
const B = `(?<![a-z0-9${MASKED}${LETTER}${CARD}])`;
const E = `(?![a-z0-9${MASKED}${LETTER}${CARD}])`;
const EST = "(?:(?:c'? ?)?e(?:st|tait)|ct?|serai?t?|donc)";
const IS = `(?: {0,3}(?:[:=]|[-=]>)[ \n]{0,3}| {1,2}(?:que )?${EST}(?: {0,2}[:=] {0,2}| {1,2}))`;
const AND = `(?:${IS}|[ ,]{1,3}(?:et|c?es?|cet|ses?|s'est|comme|avec) {1,2})`;
/** A few words between what announces a secret and the secret; not what announces another number. */
const WORDS =
  "(?:[ ,]{1,2}(?!depuis|date|com{1,2}and|colis|suivi|numero|reprise|ref|oubli|marche|mais|(?:il|on|elle|plus|pas) )(?:[a-z'-]{1,14}|[1-9](?= chiffres))){0,6}?";
const UNIT = `(?! {0,2}(?:€|eur|jour|fois|chiffre|caractere|%|mois|min|article|personne|(?:h|ans?|[kg][mob])${E}|[/.-][0-9]))`;
/** A token with a digit or a sign, but no number of the shop, address, date, phone number or price. */
const TOKEN =
  `(?!(?:px|rp)[^a-z0-9]?[0-9]|https?:|www|[^ \n@]{1,40}@[^ \n@]{1,40}[.][a-z]{2}|[0-9]{1,2}/[0-9]|(?:[+]33|0033|0)[1-9](?:[ .-]?[0-9]{2}){4}${E}` +
  `|[0-9]{1,6}(?:[.,][0-9]{2})? ?(?:€|eur|h${E}|jour|mois|fois|chiffre|caractere))` +
  `(?=[^ \n\x01\x04]{0,30}(?:[0-9#$%&*_^~|@]|[!+=][a-z0-9]))[^ \n\x01\x04"]{3,60}[^ \n\x01\x04".,;:?)]`;
const MDP = "(?:mo(?:ts?)? ?(?:des?|d|2)? ?pas{1,2}es?|mdps?|m2p|pas{1,2}wo?r?d|pwd|code d'? ?acces)";
/** Words that say something about a password, and are none. */
const NO_PASSWORD =
  "(?!(?:aussi|bien|bizarre|bonn?e?|correct|erreur|exact|fausse|faux|faible|ici|inconnu|introuvable|jamais|juste|long|meme|mort|non|normal|nulle?|oui" +
  "|pareil|pas|personnel|plus|pourquoi|probleme|provisoire|quoi|simple|svp|temporaire|unique|urgent|valide|vide|vieux|vrai)(?![a-z0-9\x02'])" +
  "|(?:accept|active|annul|blo[kq]|chang|compromis|connect|dem[ae]nd|desactiv|different|effac|envoy|erron|exig|expir|hack|incorr|invalid" +
  "|modif|obli|oubli|perd|perim|pirat|refu|reinit|rejet|requis|secur|supprim|tromp|verr?ou|vol[ea])" +
  `|[a-z]{1,30}(?:tion|ment|[ai]ble)${E})`;
const END = `(?= {0,2}(?:\n|$|[.,;!?)"])| (?:merci|mrc|mci|svp|stp|mais|et|pouvez|vous|je|j'|aidez|dsl|bonne))`;
const CODE = "(?:code?|kode|pin|puk|otp|schema|motif)";
const NO_SECRET = "(?! (?:d[eu] |d')?(?:porte|postal|promo|reduc|avantage|remise|cadeau|parrain|retour|retrait|vendeur|article|produit|barre|erreur|suivi|colis|ean))";
const CVV = "(?:cvv|cvc|cvn|csc|crypto|code (?:de )?(?:secu|visuel|crypto))";
const CVV_DIGITS = `(?:[0-9]{3,4}|[0-9] [0-9] [0-9])${E}${UNIT}`;
const YEAR = "(?:20)?[2-4][0-9]";
const MONTH_YEAR = `(?:0?[1-9]|1[0-2])(?: ?[/.-] ?| )?${YEAR}`;
const DATE_THEN = `${MONTH_YEAR}[^a-z0-9]{1,5}(?:et |puis |code )?`;
const EXPIRES = `${B}(?:exp|valid|valab|fin${E})[^0-9\x01]{0,36}`;
const G = "[ ./_-]{0,2}";
const NIR = `[1-478]${G}[0-9]{2}${G}[0-9]{2}${G}(?:[0-9]{2}|2[ab])${G}[0-9]{3}${G}[0-9]{3}`;

/** What announces a secret, the secret, and what follows; « card »: only in a text about a bank card. */
const RULES: [kind: Kind, before: string, secret: string, after?: string, needs?: "card" | "nir"][] = [
  ["password", `${B}(?:${MDP}${WORDS}${AND}|pass${IS})["'(]?`, TOKEN],
  ["password", `${B}(?:${MDP}${WORDS}|pass)${IS}(?:le |la )?`, `${NO_PASSWORD}[a-z\x02][a-z\x02-]{2,40}${E}`, END],
  ["password", `${B}${MDP}${WORDS}(?:${AND}| {1,2})" ?`, `[^"\n\x01\x04]{3,60}`, `(?= ?")`],
  ["password", `${B}${MDP} {1,2}["'(]?(?!(?:iphone|ipad|galaxy|windows|office|android|ios)|[0-9]{8}${E})`, TOKEN, UNIT],
  ["password", `(?<![^ \n"(])`, TOKEN, `(?=[")]? {1,2}(?:${EST}|=|comme) {1,2}(?:[a-z]{2,8} ){0,2}${MDP}${E})`],
  ["code", `${B}(?<!erreur )${CODE}${E}${NO_SECRET}${WORDS}(?:${AND}| {1,2})(?:le )?["'(]?`, `(?!0[1-9](?:[ .-]?[0-9]{2}){4})(?![0-9]{8}${E})[0-9](?:[ .-]?[0-9]){3,7}${E}`, UNIT],
  ["code", `${B}(?:(?:code?|kode)${NO_SECRET}(?= (?!qu|ct? |c'|c?est)[a-z])|pin|puk|otp|schema|motif)${E}${WORDS}${IS}["'(]?`, TOKEN],
  ["code", `${B}puk${WORDS}(?:${IS}| {1,2})`, `[0-9]{8}${E}`],
  ["code", B, `(?:[0-9]{4}|[0-9]{6})${E}`, `(?= {1,2}(?:${EST}|=|comme) {1,2}(?:[a-z]{2,8} ){0,2}${CODE}${E}${NO_SECRET})`],
  ["cvv", `${B}${CVV}[^0-9\x01]{0,30}`, CVV_DIGITS],
  ["cvv", B, `[0-9]{3}${E}`, `(?=[^0-9\x01]{0,16}${CVV})`],
  ["cvv", `(?:dos|derriere|chiffres?|numeros?)${E}[^0-9\x01]{0,24}`, CVV_DIGITS, "", "card"],
  ["cvv", B, `[0-9]{3}${E}`, `(?=[^0-9\x01]{0,24}(?:au dos|derriere))`, "card"],
  ["cvv", `${CARD}[^0-9\x01]{0,24}(?:${DATE_THEN})?`, CVV_DIGITS, "(?![ .-]?[0-9]{4})"],
  ["cvv", `${EXPIRES}${DATE_THEN}`, CVV_DIGITS, "", "card"],
  ["expiry", `(?:${EXPIRES}|${CARD}[^0-9\x01]{0,12})`, `${MONTH_YEAR}${E}(?! ?[/.-] ?[0-9])`, "", "card"],
  ["expiry", `${EXPIRES}?${B}`, `[jfmasond][a-z]{2,8} ${YEAR}${E}(?! ?[/.-] ?[0-9])`, "", "card"],
  ["nir", B, `${NIR}(?:${G}|[^0-9\x01]{1,14})[0-9]{2}${E}`, "", "nir"],
  ["nir", `${B}(?:secu|ss|nir|vitale|insee|immatriculation)[^0-9\n\x01\x04]{0,36}`, `${NIR}(?:${G}[0-9]{2})?${E}`],
];
const PATTERNS = RULES.map(([, before, secret, after = ""]) => new RegExp(`(${before})(${secret})${after}`, "g"));

export function ibanSpans(read: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const { 1: typed = "", index } of read.matchAll(IBAN)) {
    if (index < end || !isIban(typed.replace(/[^a-z0-9]/g, ""))) continue;
    end = index + typed.length;
    found.push([index, end]);
  }
  return found;
}

/** ISO 7064, mod 97-10; and digits for the most part, unlike a sentence, without a number of the shop. */
function isIban(compact: string): boolean {
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) rest = Number(String(rest) + parseInt(sign, 36)) % 97;
  return rest === 1 && compact.replace(/[0-9]/g, "").length * 2 < compact.length && !/(?:px|rp)[0-9]{8}/.test(compact);
}

export function wordSpans(read: string): [number, number, Kind][] {
  const card = speaksOfCard(read);
  return RULES.flatMap(([kind, , , , needs], rule) =>
    [...read.matchAll(PATTERNS[rule] as RegExp)].flatMap(({ 1: before = "", 2: secret = "", index }): [number, number, Kind][] => {
      const first = index + before.length;
      return needs && !(needs === "card" ? card : isNir(secret)) ? [] : [[first, first + secret.length, kind]];
    }));
}

/** In Corsica, the department is 2A or 2B, which count as 19 and 18 for the key. */
function isNir(typed: string): boolean {
  const compact = typed.replace("2a", "19").replace("2b", "18").replace(/[^0-9]/g, "");
  return Number(compact.slice(13)) === 97 - (Number(compact.slice(0, 13)) % 97);
}
