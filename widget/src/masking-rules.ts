/** Secrets that words announce (shop/masking/rules.py). */
import { speaksOfCard } from "./masking-cards.ts";
import { FRAGMENTS, RULES, type Kind } from "./masking-table.ts";

const NIR = 13;
const PATTERNS = RULES.map(([, pattern]) => new RegExp(expanded(pattern), "g"));

function expanded(pattern: string): string {
  return pattern.replace(/[A-Z]/g, (letter) => expanded(FRAGMENTS[letter] as string));
}

export function ruleSpans(read: string): [number, number, Kind][] {
  const card = speaksOfCard(read);
  return RULES.flatMap(([kind, , needs], index) =>
    [...read.matchAll(PATTERNS[index] as RegExp)].flatMap(({ 1: before = "", 2: value = "", index }): [number, number, Kind][] => {
      const first = index + before.length;
      return needs && !(needs === "card" ? card : isNir(value)) ? [] : [[first, first + value.length, kind]];
    }));
}

/** In Corsica, the department is 2A or 2B, which count as 19 and 18 for the key. */
function isNir(typed: string): boolean {
  const compact = typed.replace("2a", "19").replace("2b", "18").replace(/[^0-9]/g, "");
  return Number(compact.slice(NIR)) === 97 - (Number(compact.slice(0, NIR)) % 97);
}
