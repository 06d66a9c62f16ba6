/** When a message was said, in French. */
import { NB } from "./texts";

const DAY = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long" });

/** « 14 h 05 » */
export function hour(at: Date): string {
  return `${at.getHours()}${NB}h${NB}${String(at.getMinutes()).padStart(2, "0")}`;
}

/** « Aujourd’hui », « Hier », « samedi 21 novembre » */
export function day(at: Date): string {
  const ago = Math.round((midnight(new Date()) - midnight(at)) / 86_400_000);
  return ago === 0 ? "Aujourd’hui" : ago === 1 ? "Hier" : DAY.format(at).replace(/\b1 /, "1er ");
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
