/** The settings on the script tag: `<script src="…/widget.js" data-title="…">`. */

import { webAddress } from "./pages";

/** What the launcher needs; widget.js is on every page, so the rest is read by the panel. */
export interface Settings {
  /** The URL of widget.js: the panel's file is beside it. */
  base: string;
  launcher: string;
  position: "left" | "right";
  theme: "auto" | "light" | "dark";
  color: string;
  contact: string;
  data: DOMStringMap;
}

export interface PanelSettings {
  /** The base URL of the chat API, without a trailing slash. */
  api: string;
  title: string;
  /** The shop's mark beside the title; empty if there is none. */
  logo: string;
  /** The greeting. It is only shown: nothing is sent before the customer's first message. */
  opening: string;
  suggestions: string[];
  privacy: string;
}

const OPENING =
  "Bonjour\u00a0! Je suis l’assistant automatique de Pixmania. Je vous aide à suivre une commande, retourner un produit, trouver une facture ou joindre un vendeur. Que vous faut-il\u00a0?";
const SUGGESTIONS = "Où est mon colis\u00a0?|Ma facture|Retourner un produit|Mon produit est en panne";

export function settingsOf({ src, dataset: data }: HTMLScriptElement): Settings {
  return {
    base: new URL(src, location.href).href,
    launcher: data.launcher ?? "Une question\u00a0?",
    position: data.position === "left" ? "left" : "right",
    theme: data.theme === "light" || data.theme === "dark" ? data.theme : "auto",
    color: CSS.supports("color", data.color ?? "") ? (data.color as string) : "",
    contact: webAddress(data.contact),
    data,
  };
}

export function panelSettings({ base, data }: Settings): PanelSettings {
  return {
    api: (data.api ?? new URL("chat/v1", base).href).replace(/\/$/, ""),
    title: data.title ?? "Assistant Pixmania",
    logo: webAddress(data.logo),
    opening: data.opening ?? OPENING,
    suggestions: (data.suggestions ?? SUGGESTIONS).split("|").map((title) => title.trim()).filter(Boolean),
    privacy: webAddress(data.privacy),
  };
}
