/** Hides key events in the chat from the page, whose one-key shortcuts would react to them. */
const TYPING = [
  "keydown", "keypress", "keyup", "beforeinput", "input", "paste", "copy", "cut",
  "compositionstart", "compositionupdate", "compositionend",
];
const COPIED = ["cancelable", "key", "code", "repeat", "isComposing", "shiftKey", "ctrlKey", "altKey", "metaKey"];

export function keepFromPage(root: ShadowRoot): void {
  // Listen at the window, before the page's listeners, to which the key would seem to be pressed outside any text field.
  for (const type of TYPING) addEventListener(type, (event) => event.target === root.host && move(event), true);
}

/** Dispatch a copy inside the chat instead. The original's default action still happens: typing, or moving the focus. */
function move(event: Event): void {
  event.stopImmediatePropagation();
  if (!event.composedPath()[0]?.dispatchEvent(copyOf(event))) event.preventDefault();
}

function copyOf(event: Event): Event {
  const init: Record<string, unknown> = { bubbles: true };
  for (const name of COPIED) init[name] = event[name as keyof Event];
  return new (event instanceof KeyboardEvent ? KeyboardEvent : Event)(event.type, init);
}
