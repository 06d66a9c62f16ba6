/** Builds elements. Texts become text nodes, so that nothing is ever parsed as HTML. */
type Child = Node | string | null | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Record<string, string>, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export function button(label: Node | string, attributes: Record<string, string>, press: () => void): HTMLButtonElement {
  const element = el("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", press);
  return element;
}

/** A line drawing on a 24 × 24 grid, hidden from screen readers. */
export function icon(path: string): Element {
  const create = document.createElementNS.bind(document, "http://www.w3.org/2000/svg");
  const line = filled(create("path"), { d: path }, []);
  return filled(create("svg"), { viewBox: "0 0 24 24", "aria-hidden": "true" }, [line]);
}

/**
 * Add a style sheet of the chat. The shop's page defines what `rem` is (often 10 px), so it is replaced by the size of
 * the host's text, which follows the reader's settings.
 */
export function adopt(root: ShadowRoot, css: string): void {
  const rem = parseFloat(getComputedStyle(root.host).fontSize);
  // A constructed style sheet needs no exception in the shop's content security policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css.replace(/([\d.]+)rem\b/g, (_, count: string) => `${+count * rem}px`));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
