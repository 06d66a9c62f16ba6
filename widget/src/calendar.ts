/** Days in Paris, for the cards. */
import { NB } from "./texts";
import { DAY_MS, dayName } from "./times";

const timeZone = "Europe/Paris";

/** A date, « 2026-12-01 », in French: « mardi 1er décembre 2026 ». */
export function calendarDay(iso: string): string {
  return dayName(new Date(`${iso}T12:00:00`), { year: "numeric" });
}

/** Days from today in Paris to that date; negative if it is past. */
export function daysUntil(iso: string): number {
  return Math.round((Date.parse(iso) - Date.parse(inParis(new Date()))) / DAY_MS);
}

/** A time of the phone line, relative to today: « à 18 h », « demain à 10 h », « lundi 30 novembre à 10 h ». */
export function opening(at: Date): string {
  const ahead = daysUntil(inParis(at));
  const name = ahead === 0 ? "" : ahead === 1 ? "demain " : `${dayName(at, { timeZone })} `;
  return `${name}à${NB}${at.toLocaleTimeString("fr-FR", { timeZone, hour: "numeric" }).replace(" ", NB)}`;
}

/** The date there, wherever the customer is: « 2026-11-23 », which is how Canada writes it. */
function inParis(at: Date): string {
  return at.toLocaleDateString("fr-CA", { timeZone });
}
