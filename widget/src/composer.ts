/** The text field, or the input for the value that the assistant asks for. The draft survives a page change. */
import { fieldOf, type Asked } from "./asked";
import { button, el, icon } from "./dom";
import { Limit } from "./limit";
import { mask } from "./masking";
import { saveState, loadState } from "./storage";
import * as TEXTS from "./texts";

const MAX_CHARACTERS = 2000;
/** A longer draft is a message that was begun before the assistant asked for a value. */
const MAX_VALUE = 60;
const SEND = "M4 12h14M12 5l7 7-7 7";
const COMMON = { id: "message", enterkeyhint: "send", "aria-describedby": "left" };

export class Composer {
  field: HTMLTextAreaElement | HTMLInputElement = el("textarea", { ...COMMON, rows: "1", placeholder: TEXTS.placeholder, autocomplete: "off" });
  readonly #ordinary = this.field;
  readonly #limit = new Limit(() => this.field, MAX_CHARACTERS);
  readonly #label = el("label", { for: "message" });
  readonly #cancel = button(TEXTS.cancel, { class: "link", hidden: "" }, () => this.#drop());
  readonly #question = el("div", {}, this.#label, this.#cancel);
  readonly element: HTMLFormElement;
  #asked: Asked | undefined;
  #cancelled = () => {};
  /** The value for which an error was shown; if the customer sends it again, it is sent unchanged. */
  #faulty = "";

  constructor(private readonly say: (text: string) => void, private readonly warn: (words: string) => void) {
    const send = el("button", { type: "submit", class: "icon brand", "aria-label": TEXTS.send, title: TEXTS.send }, icon(SEND));
    this.element = el("form", { class: "composer" }, this.#question, this.field, send, this.#limit.note);
    this.#limit.note.id = "left";
    this.#describe();
    this.field.value = loadState().draft ?? "";
    this.element.addEventListener("input", () => this.#typed());
    this.element.addEventListener("keydown", (event) => {
      // Enter may also confirm a character of an input method; then it must not send.
      if (event.target !== this.field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.element.requestSubmit();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** The input for the value that the assistant asks for, if it is shown. */
  get askedField(): HTMLElement | undefined {
    return this.#asked && this.field;
  }

  /** Show the input for this value, prefilled with `known`, and « Annuler »; without a value, the text field. */
  ask(asks: string | undefined, known = "", cancel?: () => void): void {
    this.#cancelled = cancel ?? (() => {});
    const asked = fieldOf(asks);
    const typed = this.field.value;
    if (asked !== this.#asked && !(asked && (typed.length > MAX_VALUE || typed.includes("\n")))) this.#show(asked, known);
    this.#cancel.hidden = !this.#asked || !cancel;
  }

  #drop(): void {
    this.field.value = "";
    this.#typed();
    this.#cancelled();
  }

  #show(asked: Asked | undefined, known: string): void {
    const field = asked ? el("input", { ...COMMON, autocomplete: "off", autocapitalize: "none", spellcheck: "false", ...asked.attributes }) : this.#ordinary;
    const focused = this.field.matches(":focus");
    field.value = this.field.value;
    this.field.replaceWith(field);
    this.field = field;
    this.#asked = asked;
    this.#describe();
    this.#typed();
    field.value ||= known; // without storing it as a draft
    if (focused) field.focus({ preventScroll: true });
  }

  /** Describe the input for screen readers: as the field for this value, and for a message. */
  #describe(): void {
    this.#question.className = this.#asked ? "asked" : "sr";
    this.#label.replaceChildren(el("span", { class: "sr" }, `${TEXTS.label}\u00a0: `), this.#asked?.label ?? "");
  }

  #typed(): void {
    const draft = mask(this.field.value);
    saveState({ draft });
    this.#limit.allows(draft);
  }

  #submit(): void {
    const typed = this.field.value;
    const fault = this.#asked?.fault(typed.trim());
    if (fault && typed !== this.#faulty) {
      this.#faulty = typed;
      this.#limit.refuse(fault);
      return;
    }
    if (this.send(typed)) this.field.value = "";
    this.#typed();
  }

  /** Mask and send this text; false if it is too long. */
  send(words: string): boolean {
    const typed = words.trim();
    const text = mask(typed);
    if (!this.#limit.allows(text)) return false;
    if (text) this.say(text);
    if (text !== typed) this.warn(TEXTS.masked);
    return true;
  }
}
