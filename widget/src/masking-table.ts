/**
 * The server's rules (shop/masking/secrets.json) in fewer bytes. The build runs this file, and ships what it exports
 * (vite.config.ts).
 */
import SECRETS from "../../shop/masking/secrets.json" with { type: "json" };

export type Kind = keyof typeof SECRETS.labels;

interface Rule {
  masks: string;
  pattern: string;
  needs_card?: boolean;
  check?: string;
}

/** A capital letter for each fragment: patterns have no other ones, because they read lower case. */
const LETTERS = Object.fromEntries(Object.keys(SECRETS.fragments).map((name, index) => [name, String.fromCharCode(65 + index)]));
if (Object.keys(LETTERS).length > 26) throw new Error("more fragments than capital letters");
const short = (pattern: string) => pattern.replace(/\{([A-Z_]+)\}/g, (_, name: string) => LETTERS[name] ?? "");

export const LABELS: Record<Kind, string> = SECRETS.labels;
/** A capital letter → the part of a pattern that it stands for. */
export const FRAGMENTS: Record<string, string> = Object.fromEntries(
  Object.entries(SECRETS.fragments).map(([name, pattern]) => [LETTERS[name], short(pattern)]),
);
/** What the second group of the pattern is, and the condition, if there is one. */
export const RULES = (SECRETS.rules as Rule[]).map(({ masks, pattern, needs_card, check }) =>
  [masks, short(pattern), ...(needs_card ? ["card"] : check ? [check] : [])] as [Kind, string, string?]);
/** The format of an IBAN after the check digits → its countries: « fr » and « mc » are « frmc ». */
export const IBANS: Record<string, string> = {};
for (const [country, format] of Object.entries(SECRETS.ibans)) IBANS[format] = (IBANS[format] ?? "") + country;
