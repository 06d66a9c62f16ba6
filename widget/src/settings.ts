/** The settings on the script tag: `<script src="…/widget.js" data-title="…">`. */
export interface Settings {
  /** The base URL of the chat API, without a trailing slash. */
  api: string;
  /** The URL of widget.js: the panel's file is beside it. */
  base: string;
  title: string;
  launcher: string;
  /** The greeting. It is only shown: nothing is sent before the customer's first message. */
  opening: string;
  suggestions: string[];
  position: "left" | "right";
  theme: "auto" | "light" | "dark";
  color: string;
  privacy: string;
  contact: string;
}

const OPENING =
  "Bonjour\u00a0! Je suis l’assistant automatique de Pixmania. Dites-moi ce qu’il vous faut, en quelques mots, ou choisissez un sujet.";
const SUGGESTIONS = "Où est mon colis\u00a0?|Ma facture|Retourner un produit|Mon produit est en panne";

export function settingsOf(script: HTMLScriptElement): Settings {
  const data = script.dataset;
  const here = new URL(script.src, location.href);
  return {
    base: here.href,
    api: (data.api ?? new URL("chat/v1", here).href).replace(/\/$/, ""),
    title: data.title ?? "Assistant Pixmania",
    launcher: data.launcher ?? "Une question\u00a0?",
    opening: data.opening ?? OPENING,
    suggestions: (data.suggestions ?? SUGGESTIONS).split("|").map((title) => title.trim()).filter(Boolean),
    position: data.position === "left" ? "left" : "right",
    theme: data.theme === "light" || data.theme === "dark" ? data.theme : "auto",
    color: CSS.supports("color", data.color ?? "") ? (data.color as string) : "",
    privacy: safeUrl(data.privacy),
    contact: safeUrl(data.contact),
  };
}

function safeUrl(given: string | undefined): string {
  if (!given) return "";
  const url = new URL(given, location.href);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
}
