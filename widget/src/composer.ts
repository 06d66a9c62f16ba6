/** The text field. The draft survives a page change. */
import { el, icon } from "./dom";
import { Limit } from "./limit";
import { loadMask, type Mask } from "./mask";
import { saveState, loadState } from "./storage";
import { TEXTS } from "./texts";

const MAX_CHARACTERS = 2000;
const SEND = "M4 12h14M12 5l7 7-7 7";

export class Composer {
  readonly field = el("textarea", { id: "message", rows: "1", placeholder: TEXTS.placeholder, autocomplete: "off", enterkeyhint: "send" });
  private readonly limit = new Limit(this.field, MAX_CHARACTERS);
  readonly element: HTMLFormElement;

  /** Undefined until its rules have arrived: before that, nothing typed is stored or sent. */
  private mask: Mask | undefined;

  constructor(private readonly say: (text: string) => void, private readonly warn: (words: string) => void) {
    const send = el("button", { type: "submit", class: "send", "aria-label": TEXTS.send, title: TEXTS.send }, icon(SEND));
    this.element = el("form", { class: "composer" }, el("label", { for: "message", class: "sr" }, TEXTS.label), this.field, send, this.limit.note);
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
      void this.submit();
    });
    this.load().catch(() => {}); // tried again when it is needed
  }

  private async load(): Promise<Mask> {
    const isNew = !this.mask;
    this.mask = await loadMask();
    if (isNew && this.field.value) this.typed();
    return this.mask;
  }

  private typed(): void {
    if (!this.mask) return;
    const draft = this.mask(this.field.value);
    saveState({ draft });
    this.limit.allows(draft);
  }

  /** Send what is typed. What is typed while the rules are still on their way is the next message. */
  private async submit(): Promise<void> {
    const typed = this.field.value;
    this.field.value = "";
    if (!(await this.send(typed))) this.field.value = [typed, this.field.value].filter(Boolean).join("\n");
    this.typed();
  }

  /** Mask and say these words; false if they are too long, or if no rule has masked them. */
  async send(words: string): Promise<boolean> {
    const mask = await this.load().catch(() => undefined);
    if (!mask) {
      this.warn(TEXTS.failedAction);
      return false;
    }
    const typed = words.trim();
    const text = mask(typed);
    if (!this.limit.allows(text)) return false;
    if (text) this.say(text);
    if (text !== typed) this.warn(TEXTS.masked);
    return true;
  }
}
