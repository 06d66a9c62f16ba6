/** Secrets that words announce (shop/masking/rules.py). */
import SECRETS from "../../shop/masking/secrets.json" with { type: "json" };
import { speaksOfCard } from "./masking-cards.ts";
import type { Found, Kind } from "./masking-plain.ts";

interface Rule {
  masks: string;
  pattern: string;
  needs_card?: boolean;
  check?: string;
}

const FRAGMENTS: Record<string, string> = SECRETS.fragments;
const RULES = (SECRETS.rules as Rule[]).map((rule) => ({ ...rule, expression: new RegExp(expanded(rule.pattern), "g") }));
const NIR = 13;

function expanded(pattern: string): string {
  const next = pattern.replace(/\{([A-Z_]+)\}/g, (_, name: string) => FRAGMENTS[name] ?? "");
  return next === pattern ? pattern : expanded(next);
}

export function ruleSpans(read: string): Found[] {
  const card = speaksOfCard(read);
  return RULES.filter((rule) => card || !rule.needs_card).flatMap((rule) =>
    [...read.matchAll(rule.expression)].flatMap((match): Found[] => {
      const first = match.index + (match[1] ?? "").length;
      const value = match[2] ?? "";
      return rule.check === "nir" && !isNir(value) ? [] : [[first, first + value.length, rule.masks as Kind]];
    }),
  );
}

/** In Corsica, the department is 2A or 2B, which count as 19 and 18 for the key. */
function isNir(typed: string): boolean {
  const compact = typed.replaceAll("2a", "19").replaceAll("2b", "18").replace(/[^0-9]/g, "");
  return compact.length === NIR + 2 && Number(compact.slice(NIR)) === 97 - (Number(compact.slice(0, NIR)) % 97);
}
