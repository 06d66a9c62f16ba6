/** The menu of less frequent actions. */
import { button, el, icon } from "./dom";
import { TEXTS } from "./texts";

const MORE = "M12 5h.01M12 12h.01M12 19h.01";

/** `offered`: whether the entry is available now. */
type Entry = [label: string, press: () => void, offered?: () => boolean];

export class Menu {
  readonly list = el("div", { class: "menu", id: "menu", hidden: "" });
  readonly toggle = el("button", { type: "button", class: "icon", "aria-label": TEXTS.menu, title: TEXTS.menu, "aria-expanded": "false", "aria-controls": "menu" }, icon(MORE));

  constructor(private readonly entries: Entry[], private readonly erase: () => void) {
    this.toggle.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
      this.toggle.focus();
    });
  }

  close(): void {
    this.list.hidden = true;
    this.toggle.setAttribute("aria-expanded", "false");
  }

  private open(): void {
    const possible = this.entries.filter(([, , offered]) => offered?.() ?? true);
    // Focus the button first, because the pressed entry may move the focus elsewhere.
    const entries = possible.map(([label, press]) => button(label, {}, () => (this.close(), this.toggle.focus(), press())));
    this.list.replaceChildren(...entries, button(TEXTS.erase, { class: "danger" }, () => this.confirm()));
    this.list.hidden = false;
    this.toggle.setAttribute("aria-expanded", "true");
    entries[0]?.focus();
  }

  private confirm(): void {
    const no = button(TEXTS.eraseNo, {}, () => (this.close(), this.toggle.focus()));
    const yes = button(TEXTS.eraseYes, { class: "danger" }, () => (this.close(), this.toggle.focus(), this.erase()));
    this.list.replaceChildren(el("div", { role: "group", "aria-labelledby": "erase" }, el("p", { id: "erase" }, TEXTS.eraseAsk), no, yes));
    no.focus();
  }
}
