/** The text field, or the input for the value that the assistant asks for. The draft survives a page change. */
import { fieldOf, type Asked } from "./asked";
import { button, el, icon } from "./dom";
import { limit } from "./limit";
import { mask } from "./masking";
import { say } from "./say";
import { notify } from "./status";
import { saveState, loadState } from "./storage";
import * as TEXTS from "./texts";

const MAX_CHARACTERS = 2000;
/** A longer draft is a message that was begun before the assistant asked for a value. */
const MAX_VALUE = 60;
const SEND = "M4 12h14M12 5l7 7-7 7";
const COMMON = { id: "message", enterkeyhint: "send", "aria-describedby": "left" };

const ordinary = el("textarea", { ...COMMON, rows: "1", placeholder: TEXTS.placeholder, autocomplete: "off" });
export let field: HTMLTextAreaElement | HTMLInputElement = ordinary;
const { note, allows, refuse } = limit(() => field, MAX_CHARACTERS);
const label = el("label", { for: "message" });
const cancel = button(TEXTS.cancel, { class: "link", hidden: "" }, drop);
const question = el("div", {}, label, cancel);
const submit = el("button", { type: "submit", class: "icon brand", "aria-label": TEXTS.send, title: TEXTS.send }, icon(SEND));
export const element = el("form", { class: "composer" }, question, field, submit, note);
let asked: Asked | undefined;
let cancelled = () => {};
/** The value for which an error was shown; if the customer sends it again, it is sent unchanged. */
let faulty = "";

note.id = "left";
describe();
field.value = loadState().draft ?? "";
element.addEventListener("input", typed);
element.addEventListener("keydown", (event) => {
  // Enter may also confirm a character of an input method; then it must not send.
  if (event.target !== field || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element.requestSubmit();
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { value } = field;
  const fault = asked?.fault(value.trim());
  if (fault && value !== faulty) {
    faulty = value;
    refuse(fault);
    return;
  }
  if (send(value)) field.value = "";
  typed();
});

/** The input for the value that the assistant asks for, if it is shown. */
export function askedField(): HTMLElement | undefined {
  return asked && field;
}

/** Show the input for this value, prefilled with `known`, and « Annuler »; without a value, the text field. */
export function ask(asks: string | undefined, known = "", onCancel?: () => void): void {
  cancelled = onCancel ?? (() => {});
  const next = fieldOf(asks);
  const { value } = field;
  if (next !== asked && !(next && (value.length > MAX_VALUE || value.includes("\n")))) show(next, known);
  cancel.hidden = !asked || !onCancel;
}

function drop(): void {
  field.value = "";
  typed();
  cancelled();
}

function show(next: Asked | undefined, known: string): void {
  const input = next ? el("input", { ...COMMON, autocomplete: "off", autocapitalize: "none", spellcheck: "false", ...next.attributes }) : ordinary;
  const isFocused = field.matches(":focus");
  input.value = field.value;
  field.replaceWith(input);
  field = input;
  asked = next;
  describe();
  typed();
  field.value ||= known; // without storing it as a draft
  if (isFocused) field.focus({ preventScroll: true });
}

/** Describe the input for screen readers: as the field for this value, and for a message. */
function describe(): void {
  question.className = asked ? "asked" : "sr";
  label.replaceChildren(el("span", { class: "sr" }, `${TEXTS.label}\u00a0: `), asked?.label ?? "");
}

function typed(): void {
  const draft = mask(field.value);
  saveState({ draft });
  allows(draft);
}

/** Mask and send this text; false if it is too long. */
export function send(words: string): boolean {
  const given = words.trim();
  const text = mask(given);
  if (!allows(text)) return false;
  if (text) say(text);
  if (text !== given) notify(TEXTS.masked);
  return true;
}
