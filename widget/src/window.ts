/** The panel's position: beside the page, or over the whole page on a phone, above the keyboard. */
import { KEY, SMALL } from "./key";

const PHONE = matchMedia(SMALL);

let panel: HTMLElement;
let inerted: HTMLElement[] = [];

export function startWindow(given: HTMLElement, close: () => void): void {
  panel = given;
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // a dialog of the page behind stays open
    close();
  });
  addEventListener("popstate", () => isVisible() && PHONE.matches && !hasEntry() && close());
  PHONE.addEventListener("change", () => isVisible() && cover());
  // A phone's keyboard shrinks the visual viewport, not the page.
  for (const change of ["resize", "scroll"]) visualViewport?.addEventListener(change, fit);
}

export function isVisible(): boolean {
  return !panel.hidden;
}

export function show(): void {
  panel.hidden = false;
  cover();
  fit();
  // A panel that covers the page looks like a page of its own, so a phone's Back closes it.
  if (PHONE.matches && !hasEntry()) history.pushState({ ...history.state, [KEY]: true }, "");
}

export function hide(): void {
  panel.hidden = true;
  uncover();
  if (hasEntry()) history.back();
}

/** On a phone the panel covers the page, so nothing behind it may get the focus. */
function cover(): void {
  uncover();
  if (!PHONE.matches) return;
  panel.setAttribute("aria-modal", "true");
  inerted = [...document.body.children].filter(
    (element): element is HTMLElement => element instanceof HTMLElement && !element.inert,
  );
  for (const element of inerted) element.inert = true;
  document.documentElement.style.setProperty("overflow", "hidden");
}

function uncover(): void {
  panel.removeAttribute("aria-modal");
  for (const element of inerted) element.inert = false;
  inerted = [];
  document.documentElement.style.removeProperty("overflow");
}

function fit(): void {
  const seen = visualViewport;
  if (!seen) return;
  // Pinch zoom shows a part of the panel, which keeps its size. Only the keyboard shrinks it.
  const zoomed = seen.scale > 1.01;
  const scale = zoomed ? seen.scale : 1;
  const place = zoomed ? "0" : `${seen.offsetTop}px auto auto ${seen.offsetLeft}px`;
  // The width too: what is seen of a page that is wider than the phone is not all of it.
  panel.style.cssText = `--seen-place:${place};--seen-width:${seen.width * scale}px;--seen-height:${seen.height * scale}px`;
}

/** Whether the current entry of the history is the panel's own. */
function hasEntry(): boolean {
  return Boolean((history.state as Record<string, unknown> | null)?.[KEY]);
}
