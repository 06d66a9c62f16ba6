/** The menu of less frequent actions. */
import { button, el } from "./dom";

export interface Entry {
  label: string;
  press: () => void;
  /** Whether the entry is available now. */
  offered?: () => boolean;
  /** The question to confirm first, with the label for yes; undefined if nothing would be lost. */
  confirm?: () => readonly [question: string, yes: string] | undefined;
  danger?: boolean;
}

export class Menu {
  readonly #list = el("div", { class: "menu", id: "menu", hidden: "" });

  constructor(private readonly button: HTMLButtonElement, private readonly entries: Entry[]) {
    button.after(this.#list);
    button.setAttribute("aria-controls", "menu");
    this.#list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) this.#move(step);
      else if (event.key !== "Escape") return;
      else this.#leave();
      event.stopPropagation();
      event.preventDefault();
    });
    addEventListener("pointerdown", (event) => {
      const path = event.composedPath();
      if (!path.includes(this.#list) && !path.includes(this.button)) this.close();
    });
  }

  toggle(): void {
    if (this.#list.hidden) this.#open();
    else this.close();
  }

  close(): void {
    this.#list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  /** Move the focus by this many entries; the first one follows the last. */
  #move(step: number): void {
    const entries = [...this.#list.querySelectorAll("button")];
    const now = entries.findIndex((entry) => entry.matches(":focus"));
    entries.at((now + step) % entries.length)?.focus();
  }

  #open(): void {
    const possible = this.entries.filter(({ offered }) => offered?.() ?? true);
    const buttons = possible.map((entry) => button(entry.label, attributes(entry), () => this.#choose(entry)));
    this.#list.replaceChildren(...buttons);
    this.#list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    buttons[0]?.focus();
  }

  #choose(entry: Entry): void {
    const asks = entry.confirm?.();
    if (!asks) return this.#leave(entry.press);
    const [question, yes] = asks;
    const no = button("Garder", {}, () => this.#leave());
    this.#list.replaceChildren(el(
      "div", { role: "group", "aria-labelledby": "confirm" },
      el("p", { id: "confirm" }, question), no, button(yes, attributes(entry), () => this.#leave(entry.press)),
    ));
    no.focus();
  }

  /** Focus the button first, because the pressed entry may move the focus elsewhere. */
  #leave(press = () => {}): void {
    this.close();
    this.button.focus();
    press();
  }
}

function attributes({ danger }: Entry): Record<string, string> {
  return danger ? { class: "danger" } : {};
}
