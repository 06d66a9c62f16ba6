/** Card numbers and IBANs are masked before they leave the browser; the server does it again (chat/masking.py). */
const CARD = "[numéro de carte masqué]";
const IBAN = "[IBAN masqué]";

const GAP = "[^\\p{L}\\p{N}]{0,5}";
const DIGITS = new RegExp(`(?<![0-9])[0-9](?:${GAP}[0-9]){12,}`, "gu");
const IBANS = new RegExp(`[A-Za-z]{2}${GAP}[0-9]${GAP}[0-9](?:${GAP}[A-Za-z0-9]){11,30}`, "uy");
/** How long an IBAN of a country is; the server knows them all. */
const IBAN_LENGTHS: Record<string, number> = {
  AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18, FR: 27, GB: 22, GR: 27, HR: 21,
  HU: 28, IE: 22, IT: 27, LT: 20, LU: 20, LV: 21, MA: 28, MC: 27, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, SE: 24,
  SI: 19, SK: 24, TN: 24,
};
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:50|5[6-9]|6\d)(?:\d{14}|\d{17})|35\d{14})$/;

export function mask(text: string): string {
  // Full-width digits and letters are read as plain ones; a text that changes in nothing else stays as it was typed.
  const plain = [...text].map((character) => {
    const normal = character.normalize("NFKC");
    return normal.length === 1 && normal.charCodeAt(0) < 128 ? normal : character;
  }).join("");
  const masked = maskIbans(plain).replace(DIGITS, maskCards);
  return masked === plain ? text : masked;
}

function maskCards(run: string): string {
  const digits = run.replace(/\D/g, "");
  for (let start = 0; start < digits.length; start++) {
    for (let length = Math.min(19, digits.length - start); length >= 13; length--) {
      if (isCard(digits.slice(start, start + length))) {
        const first = nthDigit(run, start);
        const end = nthDigit(run, start + length - 1) + 1;
        return run.slice(0, first) + CARD + run.slice(end).replace(DIGITS, maskCards);
      }
    }
  }
  return run;
}

function nthDigit(run: string, n: number): number {
  let place = -1;
  for (let seen = -1; seen < n; ) if (/\d/.test(run[++place] ?? "0")) seen++;
  return place;
}

function isCard(digits: string): boolean {
  if (!NETWORKS.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** At every place: « la somme de 50 euros sur FR14… » has two beginnings. */
function maskIbans(text: string): string {
  for (let start = 0; start < text.length; start++) {
    IBANS.lastIndex = start;
    const candidate = IBANS.exec(text)?.[0];
    const length = candidate ? ibanLength(candidate) : 0;
    if (length) return text.slice(0, start) + IBAN + maskIbans(text.slice(start + length));
  }
  return text;
}

/** How many characters of the candidate are an IBAN, what follows being the next word; 0: none. */
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
