/** What masking.ts takes from the server's rules. The build runs this file, and ships what it exports (vite.config.ts). */
import SECRETS from "../../shop/masking/secrets.json" with { type: "json" };

export type Kind = keyof typeof SECRETS.labels;

export const LABELS: Record<Kind, string> = SECRETS.labels;
/** How many characters of an IBAN follow the check digits → its countries: « fr » and « mc » are « frmc ». */
export const IBANS: Record<number, string> = {};
for (const [country, format] of Object.entries(SECRETS.ibans)) {
  const length = (format.match(/\d+/g) ?? []).reduce((sum, count) => sum + Number(count), 0);
  IBANS[length] = (IBANS[length] ?? "") + country;
}
