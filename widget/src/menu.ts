/** The menu of less frequent actions. */
import { button, el, icon } from "./dom";
import { menu } from "./texts";

export interface Entry {
  label: string;
  press: () => void;
  /** Whether the entry is available now. */
  offered?: () => boolean;
  /** The question to confirm first, with the label for yes; undefined if nothing would be lost. */
  confirm?: () => readonly [question: string, yes: string] | undefined;
  danger?: boolean;
}

let entries: Entry[] = [];
const MORE = "M12 5h.01M12 12h.01M12 19h.01";

export const list = el("div", { class: "menu", id: "menu", hidden: "" });
/** The button in the panel's head that opens the menu. */
export const toggle = button(
  icon(MORE), { class: "icon more", "aria-label": menu, title: menu, "aria-expanded": "false", "aria-controls": "menu" },
  () => (list.hidden ? open() : close()),
);

list.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) move(step);
  else if (event.key !== "Escape") return;
  else leave();
  event.stopPropagation();
  event.preventDefault();
});
addEventListener("pointerdown", (event) => {
  const path = event.composedPath();
  if (!path.includes(list) && !path.includes(toggle)) close();
});

export function setEntries(given: Entry[]): void {
  entries = given;
}

function close(): void {
  list.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
}

/** Move the focus by this many entries; the first one follows the last. */
function move(step: number): void {
  const all = [...list.querySelectorAll("button")];
  const now = all.findIndex((entry) => entry.matches(":focus"));
  all.at((now + step) % all.length)?.focus();
}

function open(): void {
  const possible = entries.filter(({ offered }) => offered?.() ?? true);
  const buttons = possible.map((entry) => button(entry.label, attributes(entry), () => choose(entry)));
  list.replaceChildren(...buttons);
  list.hidden = false;
  toggle.setAttribute("aria-expanded", "true");
  buttons[0]?.focus();
}

function choose(entry: Entry): void {
  const asks = entry.confirm?.();
  if (!asks) return leave(entry.press);
  const [question, yes] = asks;
  const no = button("Garder", {}, () => leave());
  list.replaceChildren(el(
    "div", { role: "group", "aria-labelledby": "confirm" },
    el("p", { id: "confirm" }, question), no, button(yes, attributes(entry), () => leave(entry.press)),
  ));
  no.focus();
}

/** Focus the button first, because the pressed entry may move the focus elsewhere. */
function leave(press = () => {}): void {
  close();
  toggle.focus();
  press();
}

function attributes({ danger }: Entry): Record<string, string> {
  return danger ? { class: "danger" } : {};
}
