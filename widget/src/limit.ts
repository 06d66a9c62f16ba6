/** The length of what is typed. `maxlength` would cut the end of a long paste unseen, an order number for example. */
import { el } from "./dom";
import { NB } from "./texts";

/** From this share of the limit on, the customer sees how much is left. */
const WARNS_AT = 0.9;

export class Limit {
  /** How many characters are left, or too many; or another fault of what is typed. */
  readonly note = el("p", { class: "left", role: "status" });

  constructor(private readonly field: () => HTMLElement, private readonly characters: number) {}

  /** Whether this text, masked, may be sent; says so beside the field if not. Masking may lengthen it. */
  allows(text: string): boolean {
    const left = this.characters - text.length;
    this.#tell(text.length > this.characters * WARNS_AT ? remaining(left) : "", left < 0);
    return left >= 0;
  }

  /** Say what is wrong, beside the field. */
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
