/** Days and hours, in French. */
import { NB } from "./texts";

export const DAY_MS = 86_400_000;

/** « mardi 1er décembre » */
export function dayName(at: Date, more: Intl.DateTimeFormatOptions = {}): string {
  return at.toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long", ...more }).replace(/\b1 /, "1er ");
}

/** « 14 h 05 » */
export function hour(at: Date): string {
  return `${at.getHours()}${NB}h${NB}${String(at.getMinutes()).padStart(2, "0")}`;
}

/** « Aujourd’hui », « Hier », « samedi 21 novembre » */
export function day(at: Date): string {
  const ago = Math.round((midnight(new Date()) - midnight(at)) / DAY_MS);
  return ago === 0 ? "Aujourd’hui" : ago === 1 ? "Hier" : dayName(at);
}

function midnight(at: Date): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
