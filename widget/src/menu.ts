/** The menu of less frequent actions. */
import { button, el, icon } from "./dom";
import { TEXTS } from "./texts";

const MORE = "M12 5h.01M12 12h.01M12 19h.01";

export interface Entry {
  label: string;
  press: () => void;
  /** Whether the entry is available now. */
  offered?: () => boolean;
  /** The question to confirm first, with the word for yes; none if there is nothing to lose now. */
  confirm?: () => [question: string, yes: string] | undefined;
  danger?: boolean;
}

export class Menu {
  readonly list = el("div", { class: "menu", id: "menu", hidden: "" });
  readonly toggle = el("button", { type: "button", class: "icon", "aria-label": TEXTS.menu, title: TEXTS.menu, "aria-expanded": "false", "aria-controls": "menu" }, icon(MORE));

  constructor(private readonly entries: Entry[]) {
    this.toggle.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    this.list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) this.move(step);
      else if (event.key !== "Escape") return;
      else this.leave();
      event.stopPropagation();
      event.preventDefault();
    });
    addEventListener("pointerdown", (event) => {
      const path = event.composedPath();
      if (!path.includes(this.list) && !path.includes(this.toggle)) this.close();
    });
  }

  close(): void {
    this.list.hidden = true;
    this.toggle.setAttribute("aria-expanded", "false");
  }

  /** Move the focus by this many entries; the first one follows the last. */
  private move(step: number): void {
    const entries = [...this.list.querySelectorAll("button")];
    const now = entries.findIndex((entry) => entry.matches(":focus"));
    entries.at((now + step) % entries.length)?.focus();
  }

  private open(): void {
    const possible = this.entries.filter(({ offered }) => offered?.() ?? true);
    const buttons = possible.map((entry) => button(entry.label, attributes(entry), () => this.choose(entry)));
    this.list.replaceChildren(...buttons);
    this.list.hidden = false;
    this.toggle.setAttribute("aria-expanded", "true");
    buttons[0]?.focus();
  }

  private choose(entry: Entry): void {
    const asks = entry.confirm?.();
    if (!asks) return this.leave(entry.press);
    const [question, yes] = asks;
    const no = button(TEXTS.keep, {}, () => this.leave());
    this.list.replaceChildren(el(
      "div", { role: "group", "aria-labelledby": "confirm" },
      el("p", { id: "confirm" }, question), no, button(yes, attributes(entry), () => this.leave(entry.press)),
    ));
    no.focus();
  }

  /** Focus the button first, because the pressed entry may move the focus elsewhere. */
  private leave(press = () => {}): void {
    this.close();
    this.toggle.focus();
    press();
  }
}

function attributes({ danger }: Entry): Record<string, string> {
  return danger ? { class: "danger" } : {};
}
