/** The text field. The draft survives a page change. */
import { el, icon } from "./dom";
import { mask } from "./masking";
import { saveState, loadState } from "./storage";
import { TEXTS, remaining } from "./texts";

const MAX_CHARACTERS = 2000;
const WARNS_AT = 1800;
const SEND = "M4 12h14M12 5l7 7-7 7";

export class Composer {
  readonly field = el("textarea", { id: "message", rows: "1", maxlength: String(MAX_CHARACTERS), placeholder: TEXTS.placeholder, autocomplete: "off", enterkeyhint: "send" });
  private readonly left = el("p", { class: "left", role: "status" });
  readonly element: HTMLFormElement;

  constructor(private readonly say: (text: string) => void, private readonly warn: (words: string) => void) {
    const send = el("button", { type: "submit", class: "send", "aria-label": TEXTS.send, title: TEXTS.send }, icon(SEND));
    this.element = el("form", { class: "composer" }, el("label", { for: "message", class: "sr" }, TEXTS.label), this.field, send, this.left);
    this.field.value = loadState().draft ?? "";
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => {
      // Enter may also confirm a character of an input method; then it must not send.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.element.requestSubmit();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  private typed(): void {
    const draft = mask(this.field.value);
    saveState({ draft });
    this.left.textContent = draft.length > WARNS_AT ? remaining(MAX_CHARACTERS - draft.length) : "";
  }

  private submit(): void {
    const typed = this.field.value.trim();
    if (!typed) return;
    const text = mask(typed);
    // A masked number may be longer than the number. If the text is too long then, keep it and show why.
    if (text.length > MAX_CHARACTERS) return this.typed();
    if (text !== typed) this.warn(TEXTS.masked);
    this.field.value = "";
    this.typed();
    this.say(text);
  }
}
