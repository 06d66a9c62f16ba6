/** Card numbers and IBANs are masked before they leave the browser; the server does it again (chat/masking.py). */
const CARD = "[numéro de carte masqué]";
const IBAN = "[IBAN masqué]";

const GAP = "[\\s\\-‐-―−_.,:/·•]{0,3}";
const DIGITS = new RegExp(`(?<![0-9])[0-9](?:${GAP}[0-9]){12,}`, "g");
const IBANS = new RegExp(`(?<![A-Za-z0-9])[A-Za-z]{2}${GAP}[0-9]${GAP}[0-9](?:${GAP}[A-Za-z0-9]){11,30}`, "g");
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:50|5[6-9]|6\d)\d{11,17}|35\d{14})$/;

export function mask(text: string): string {
  // Full-width digits and letters are read as plain ones; a text that changes in nothing else stays as it was typed.
  const plain = [...text].map((character) => {
    const normal = character.normalize("NFKC");
    return normal.length === 1 && normal.charCodeAt(0) < 128 ? normal : character;
  }).join("");
  const masked = plain.replace(IBANS, maskIban).replace(DIGITS, maskCards);
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

function maskIban(candidate: string): string {
  for (let end = candidate.length; end > 14; end--) {
    if (isIban(candidate.slice(0, end).replace(/[^A-Za-z0-9]/g, "")) && /[A-Za-z0-9]/.test(candidate[end - 1] ?? "")) {
      return IBAN + candidate.slice(end);
    }
  }
  return candidate;
}

function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  const turned = (text.slice(4) + text.slice(0, 4)).toUpperCase();
  let rest = 0;
  for (const character of turned) rest = Number(String(rest) + parseInt(character, 36)) % 97;
  return rest === 1;
}
