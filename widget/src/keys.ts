/** Keeps what is typed in the chat from the page, whose one-key shortcuts would act on it. */
const TYPING = [
  "keydown", "keypress", "keyup", "beforeinput", "input", "paste", "copy", "cut",
  "compositionstart", "compositionupdate", "compositionend",
];

export function keepFromPage(root: ShadowRoot): void {
  // At the window, before the listeners of the page's document: there, a key seems to be pressed outside any text field.
  for (const type of TYPING) addEventListener(type, (event) => event.target === root.host && move(event), true);
}

/** Let a copy travel inside the chat instead. The browser still acts on the event itself: it types, or moves the focus. */
function move(event: Event): void {
  event.stopImmediatePropagation();
  if (!event.composedPath()[0]?.dispatchEvent(copyOf(event))) event.preventDefault();
}

function copyOf(event: Event): Event {
  const within = { bubbles: true, cancelable: event.cancelable };
  if (!(event instanceof KeyboardEvent)) return new Event(event.type, within);
  const { key, code, repeat, isComposing, shiftKey, ctrlKey, altKey, metaKey } = event;
  return new KeyboardEvent(event.type, { ...within, key, code, repeat, isComposing, shiftKey, ctrlKey, altKey, metaKey });
}
