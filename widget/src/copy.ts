import { button } from "./dom";

/** Copies a text and confirms it; browsers allow the clipboard only with TLS. */
export function copyButton(text: string, label: string): HTMLElement | undefined {
  if (!navigator.clipboard) return undefined;
  const copy = button(label, { class: "action" }, () => void navigator.clipboard.writeText(text).then(() => (copy.textContent = "Copié")));
  return copy;
}
