/** Renders a reply's text: paragraphs, lists, **bold**, and links to the web, an e-mail or a phone number only. */
import { el } from "./dom";
import { link } from "./links";

const INLINE =
  /(\(?)(?:\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"«»]+[^\s<>"«».,;:!?)])|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(«\s[^»\n]{3,40}\s»)|(\be-mails?\b)|(\+33\s?\(0\)[\d\s]{9,16}\d))((?:\s?[.,;:!?)…])*)/g;
const BULLET = /^[–•-]\s+/;
const NUMBER = /^\d{1,2}[.)]\s+/;

/** Makes an element of a quotation; undefined for an unknown one. */
type Quotation = (quoted: string) => Node | undefined;

export function formatted(text: string, quotation?: Quotation): HTMLElement[] {
  return text.split(/\n{2,}/).flatMap((block) => blocks(block.split("\n"), quotation));
}

function blocks(lines: string[], quotation?: Quotation): HTMLElement[] {
  const built: HTMLElement[] = [];
  for (const line of lines) {
    const tag = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "p";
    const before = built.at(-1);
    if (tag === "p") {
      if (before?.tagName === "P") before.append(el("br"), ...inline(line, quotation));
      else built.push(el("p", { dir: "auto" }, ...inline(line, quotation)));
    } else {
      const item = el("li", {}, ...inline(line.replace(tag === "ul" ? BULLET : NUMBER, ""), quotation));
      if (before?.tagName === tag.toUpperCase()) before.append(item);
      else built.push(list(tag, line, item));
    }
  }
  return built;
}

function list(tag: "ul" | "ol", line: string, item: HTMLLIElement): HTMLElement {
  return el(tag, tag === "ol" ? { start: String(parseInt(line)) } : {}, item);
}

export function inline(line: string, quotation?: Quotation): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const found of line.matchAll(INLINE)) {
    const [all, before = "", bold, url, mail, quoted, word, phone, after = ""] = found;
    const node = quoted ? (quotation?.(quoted) ?? quoted) : part(bold, url, mail, word, phone);
    // Keep an unbreakable part together with the signs around it, so that no « : » begins a line and no « ( » ends one.
    const isWhole = (before || after) && node instanceof Element && node.className === "whole";
    parts.push(line.slice(end, found.index), ...(isWhole ? [el("span", { class: "whole" }, before, node, after)] : [before, node, after]));
    end = found.index + all.length;
  }
  return [...parts, line.slice(end)].filter((one) => one !== "");
}

function part(bold?: string, url?: string, mail?: string, word?: string, phone = ""): Node | string {
  if (bold) return el("strong", {}, bold);
  // Of a long URL, show only the host: the rest is unreadable, and a screen reader would spell it.
  if (url) return link(url, url.replace(/^https?:\/\//, "").replace(/\/.{20,}$/, "/…"));
  if (mail) return el("a", { class: "whole", href: `mailto:${mail}` }, mail);
  if (word) return el("span", { class: "whole" }, word);
  const digits = phone.replace(/\D/g, "").replace(/^330?/, "");
  return el("a", { class: "whole", href: `tel:+33${digits}` }, `0${digits}`.replace(/\B(?=(..)+$)/g, "\u00a0"));
}
