import { el } from "./dom";

// A URL that cannot mislead: https, an ASCII host, no user name (« https://known.fr@pirate.example ») and no port.
const PLAIN = /^https:\/\/(?!(?:[\w-]+\.)*xn--)(?:[\w-]+\.)+[a-z]{2,}(?:[/?#][\x21-\x7e]*)?$/i;

/** A link that opens in a new tab; plain text if the address is not a plain web address. */
export function link(address: string, words: string): Node | string {
  if (!PLAIN.test(address)) return words;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words, el("span", { class: "sr" }, " (nouvel onglet)"));
}
