/** Checks the length of the text. The attribute `maxlength` would silently cut a long paste, for example an order number. */
import { el } from "./dom";
import { NB } from "./texts";

/** From this share of the limit on, the customer sees how much is left. */
const WARNS_AT = 0.9;

export class Limit {
  /** Shows how many characters are left or too many, or another error. */
  readonly note = el("p", { class: "left", role: "status" });

  constructor(private readonly field: () => HTMLElement, private readonly characters: number) {}

  /** Whether this masked text may be sent; shows an error if not. Masking may have lengthened it. */
  allows(text: string): boolean {
    const left = this.characters - text.length;
    this.#tell(text.length > this.characters * WARNS_AT ? remaining(left) : "", left < 0);
    return left >= 0;
  }

  /** Show an error beside the field. */
  refuse(fault: string): void {
    this.#tell(fault, true);
  }

  #tell(words: string, invalid: boolean): void {
    this.note.textContent = words;
    this.field().setAttribute("aria-invalid", String(invalid));
  }
}

const characters = (count: number) => `${count.toLocaleString("fr-FR")}${NB}caractère${count > 1 ? "s" : ""}`;
const remaining = (count: number) =>
  count < 0 ? `Votre message est trop long de ${characters(-count)}${NB}: raccourcissez-le, ou envoyez-le en plusieurs fois.` : `Il reste ${characters(count)}.`;
