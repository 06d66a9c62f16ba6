/** widget.js: the launcher button. It sends and stores nothing before it is pressed. */
import { adopt, button, el, icon } from "./dom";
import { KEY, SMALL } from "./key";
import css from "./launcher.css?inline";
import type { Known } from "./panel";
import { settingsOf, type Settings } from "./settings";

/** The panel's file beside widget.js, named by the build. */
declare const PANEL_FILE: string;

declare global {
  interface Window {
    /** The chat's element: the API for the shop's scripts (docs/chat.md). */
    PixmaniaChat: HTMLElement;
  }
}

type Panel = typeof import("./panel");

const CHAT = "M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12Z";
const WAS_OPEN = `${KEY}-open`;

const host = el("div", { id: KEY });
const root = host.attachShadow({ mode: "open" });
const badge = el("span", { class: "badge", hidden: "" });
const launcher = button(icon(CHAT), { class: "launcher", "aria-expanded": "false", "aria-haspopup": "dialog" }, () => void show());
let settings: Settings;
let panel: Promise<Panel> | undefined;
/** What the page knows about the customer. Not stored, because each page passes it again. */
let known: Known = {};
/** Browsers before autumn 2026 cache a failed import until the page is left, so a retry needs another URL. */
let retrySuffix = "";

function launch(): void {
  // First append it with its own text size, because the style sheet is computed from it.
  host.style.setProperty("font", "medium sans-serif", "important");
  // Not in the body, which htmx and Turbo replace at a visit, and restore at Back.
  document.documentElement.append(host);
  adopt(root, css);
  host.dataset.position = settings.position;
  host.dataset.theme = settings.theme;
  if (settings.color) applyColor(settings.color);
  launcher.append(el("span", { class: "label" }, settings.launcher), badge);
  root.append(launcher);
  window.PixmaniaChat = Object.assign(host, {
    open: show,
    close: () => void panel?.then(({ close }) => close()),
    ask: async (text: string) => {
      await show();
      (await load()).ask(text);
    },
    identify: (customer: Known) => {
      known = customer;
      void panel?.then(({ identify }) => identify(known));
    },
  });
  void resume();
}

/** Apply the shop's colour, with black or white on it, whichever has more contrast (WCAG's relative luminance). */
function applyColor(color: string): void {
  const canvas = el("canvas", { width: "1", height: "1" }).getContext("2d");
  if (!canvas) return;
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) =>
    part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const { style } = host;
  style.setProperty("--brand", color);
  style.setProperty("--on-brand", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff");
  style.setProperty("--link", "var(--ink)");
}

/** Use the state stored on an earlier page: count unread messages, reopen the panel, delete expired data. */
async function resume(): Promise<void> {
  try {
    if (!localStorage.getItem(KEY)) return;
    const wasOpen = sessionStorage.getItem(WAS_OPEN) === "1" && !matchMedia(SMALL).matches;
    const loaded = await load();
    if (wasOpen && loaded.isResumable()) reveal(loaded, false);
  } catch {
    // No storage, or the panel could not be loaded: the customer's next press retries.
  }
}

async function show(): Promise<void> {
  launcher.setAttribute("aria-busy", "true");
  try {
    reveal(await load(), true);
  } catch {
    // The panel could not be loaded, so open the contact page instead.
    if (settings.contact) location.assign(settings.contact);
  } finally {
    launcher.removeAttribute("aria-busy");
  }
}

function reveal(loaded: Panel, focus: boolean): void {
  launcher.setAttribute("aria-expanded", "true");
  remember(true);
  loaded.open(focus);
  launcher.hidden = true;
}

function load(): Promise<Panel> {
  panel ??= fetchPanel().catch((fault: unknown) => {
    panel = undefined;
    retrySuffix += "&again";
    throw fault;
  });
  return panel;
}

async function fetchPanel(): Promise<Panel> {
  const file = new URL(PANEL_FILE + retrySuffix, settings.base).href;
  const loaded = (await import(/* @vite-ignore */ file)) as Panel;
  loaded.start(root, settings, closed, count);
  loaded.identify(known);
  return loaded;
}

function closed(): void {
  launcher.hidden = false;
  launcher.setAttribute("aria-expanded", "false");
  remember(false);
  launcher.focus();
}

function count(unread: number): void {
  badge.hidden = unread === 0;
  const words = el("span", { class: "sr" }, unread > 1 ? " messages non lus" : " message non lu");
  badge.replaceChildren(...(unread ? [String(unread), words] : []));
}

function remember(open: boolean): void {
  try {
    sessionStorage.setItem(WAS_OPEN, open ? "1" : "0");
  } catch {
    // Without storage, the next page starts with a closed panel.
  }
}

/** Without constructed style sheets (Safari before 16.4), show a link to the contacts instead of the chat. */
function start(script: HTMLScriptElement): void {
  settings = settingsOf(script);
  if ("replaceSync" in CSSStyleSheet.prototype) launch();
  else if (settings.contact) document.documentElement.append(el("a", { id: KEY, href: settings.contact }, settings.launcher));
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !document.getElementById(KEY)) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}
