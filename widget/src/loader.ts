/** widget.js: the launcher button. It sends and stores nothing before it is pressed. */
import { adopt, el, icon } from "./dom";
import { KEY, SMALL } from "./key";
import css from "./launcher.css?inline";
import type { Known, Panel } from "./panel";
import { settingsOf, type Settings } from "./settings";

/** The panel's file beside widget.js, named by the build. */
declare const PANEL_FILE: string;

declare global {
  interface Window {
    /** The chat's element: the API for the shop's scripts (docs/chat.md). */
    PixmaniaChat: HTMLElement;
  }
}

const CHAT = "M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12Z";
const WAS_OPEN = `${KEY}-open`;

class Launcher {
  readonly #host = el("div", { id: KEY });
  readonly #root = this.#host.attachShadow({ mode: "open" });
  readonly #badge = el("span", { class: "badge", hidden: "" });
  readonly #open = el("button", { type: "button", class: "launcher", "aria-expanded": "false" });
  #panel: Promise<Panel> | undefined;
  /** What the page knows about the customer. Not stored, because each page passes it again. */
  #known: Known = {};
  /** Browsers before autumn 2026 cache a failed import until the page is left, so a retry needs another URL. */
  #retrySuffix = "";

  constructor(private readonly settings: Settings) {
    // First append it with its own text size, because the style sheet is computed from it.
    this.#host.style.setProperty("font", "medium sans-serif", "important");
    // Not in the body, which htmx and Turbo replace at a visit, and restore at Back.
    document.documentElement.append(this.#host);
    adopt(this.#root, css);
    this.#host.dataset.position = settings.position;
    this.#host.dataset.theme = settings.theme;
    if (settings.color) this.#applyColor(settings.color);
    this.#open.append(icon(CHAT), el("span", { class: "label" }, settings.launcher), this.#badge);
    this.#open.setAttribute("aria-haspopup", "dialog");
    this.#open.addEventListener("click", () => void this.#show());
    this.#root.append(this.#open);
    window.PixmaniaChat = Object.assign(this.#host, {
      open: () => this.#show(),
      close: () => void this.#panel?.then((panel) => panel.close()),
      ask: async (text: string) => {
        await this.#show();
        (await this.#load()).ask(text);
      },
      identify: (known: Known) => {
        this.#known = known;
        void this.#panel?.then((panel) => panel.identify(known));
      },
    });
    void this.#resume();
  }

  /** Apply the shop's colour, with black or white on it, whichever has more contrast (WCAG's relative luminance). */
  #applyColor(color: string): void {
    const canvas = el("canvas", { width: "1", height: "1" }).getContext("2d");
    if (!canvas) return;
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) =>
      part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const { style } = this.#host;
    style.setProperty("--brand", color);
    style.setProperty("--on-brand", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff");
    style.setProperty("--link", "var(--ink)");
  }

  /** Use the state stored on an earlier page: count unread messages, reopen the panel, delete expired data. */
  async #resume(): Promise<void> {
    try {
      if (!localStorage.getItem(KEY)) return;
      const wasOpen = sessionStorage.getItem(WAS_OPEN) === "1" && !matchMedia(SMALL).matches;
      const panel = await this.#load();
      if (wasOpen && panel.isResumable) this.#reveal(panel, false);
    } catch {
      // No storage, or the panel could not be loaded: the customer's next press retries.
    }
  }

  async #show(): Promise<void> {
    this.#open.setAttribute("aria-busy", "true");
    try {
      this.#reveal(await this.#load(), true);
    } catch {
      // The panel could not be loaded, so open the contact page instead.
      if (this.settings.contact) location.assign(this.settings.contact);
    } finally {
      this.#open.removeAttribute("aria-busy");
    }
  }

  #reveal(panel: Panel, focus: boolean): void {
    this.#open.setAttribute("aria-expanded", "true");
    remember(true);
    panel.open(focus);
    this.#open.hidden = true;
  }

  #load(): Promise<Panel> {
    this.#panel ??= this.#fetchPanel().catch((fault: unknown) => {
      this.#panel = undefined;
      this.#retrySuffix += "&again";
      throw fault;
    });
    return this.#panel;
  }

  async #fetchPanel(): Promise<Panel> {
    const file = new URL(PANEL_FILE + this.#retrySuffix, this.settings.base).href;
    const { Panel } = (await import(/* @vite-ignore */ file)) as typeof import("./panel");
    const panel = new Panel(this.#root, this.settings, () => this.#closed(), (unread) => this.#count(unread));
    panel.identify(this.#known);
    return panel;
  }

  #closed(): void {
    this.#open.hidden = false;
    this.#open.setAttribute("aria-expanded", "false");
    remember(false);
    this.#open.focus();
  }

  #count(unread: number): void {
    this.#badge.hidden = unread === 0;
    const words = el("span", { class: "sr" }, unread > 1 ? " messages non lus" : " message non lu");
    this.#badge.replaceChildren(...(unread ? [String(unread), words] : []));
  }
}

function remember(open: boolean): void {
  try {
    sessionStorage.setItem(WAS_OPEN, open ? "1" : "0");
  } catch {
    // Without storage, the next page starts with a closed panel.
  }
}

/** Without constructed style sheets (Safari before 16.4), show a link to the contacts instead of the chat. */
function launch(settings: Settings): void {
  if ("replaceSync" in CSSStyleSheet.prototype) new Launcher(settings);
  else if (settings.contact) document.documentElement.append(el("a", { id: KEY, href: settings.contact }, settings.launcher));
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !document.getElementById(KEY)) {
  const start = () => launch(settingsOf(script));
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}
