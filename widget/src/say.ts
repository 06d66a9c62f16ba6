/** What the customer says, by the text field or by a button of the panel. */
import * as conversation from "./conversation";
import { button, el } from "./dom";
import { moveFocus, pin } from "./log";
import { hideRating } from "./rating";
import { notify } from "./status";
import { person, personSaid } from "./texts";

export const personRow = el("p", { class: "person" }, button(person, { class: "link" }, askForPerson));

export function say(text: string): void {
  notify("");
  hideRating();
  conversation.say(text);
  pin();
}

export function suggest(words: string): void {
  moveFocus();
  say(words);
}

export function askForPerson(): void {
  moveFocus();
  if (!conversation.isDuplicate(personSaid)) say(personSaid);
}
