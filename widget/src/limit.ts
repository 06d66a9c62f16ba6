/** Checks the length of a text. The attribute `maxlength` would silently cut a long paste, for example an order number. */
import { el } from "./dom";
import { NB } from "./texts";

/** From this share of the limit on, the customer sees how much is left. */
const WARNS_AT = 0.9;

export interface Limit {
  /** Shows how many characters are left or too many, or another error. */
  note: HTMLElement;
  /** Whether this masked text may be sent; shows an error if not. Masking may have lengthened it. */
  allows(text: string): boolean;
  /** Show an error beside the field. */
  refuse(fault: string): void;
}

export function limit(field: () => HTMLElement, most: number): Limit {
  const note = el("p", { class: "left", role: "status" });
  const tell = (words: string, invalid: boolean) => {
    note.textContent = words;
    field().setAttribute("aria-invalid", String(invalid));
  };
  return {
    note,
    allows: ({ length }) => {
      tell(length > most * WARNS_AT ? remaining(most - length) : "", length > most);
      return length <= most;
    },
    refuse: (fault) => tell(fault, true),
  };
}

const characters = (count: number) => `${count.toLocaleString("fr-FR")}${NB}caractère${count > 1 ? "s" : ""}`;
const remaining = (count: number) =>
  count < 0 ? `Votre message est trop long de ${characters(-count)}${NB}: raccourcissez-le, ou envoyez-le en plusieurs fois.` : `Il reste ${characters(count)}.`;
