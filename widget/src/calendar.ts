/** Dates in French, for the cards. */
import { NB } from "./shared";

const FULL_DAY = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
/** The date in Paris, wherever the customer is: « 2026-11-23 ». */
const PARIS = new Intl.DateTimeFormat("fr-CA", { timeZone: "Europe/Paris", year: "numeric", month: "2-digit", day: "2-digit" });
const PARIS_DAY = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", weekday: "long", day: "numeric", month: "long" });
const PARIS_HOUR = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", hour: "numeric" });

/** A date, « 2026-12-01 », in French: « mardi 1er décembre 2026 ». */
export function calendarDay(iso: string): string {
  return first(FULL_DAY.format(new Date(`${iso}T12:00:00`)));
}

/** Days from today in Paris to that date; negative if it is past. */
export function daysUntil(iso: string): number {
  return Math.round((Date.parse(iso) - Date.parse(PARIS.format(new Date()))) / 86_400_000);
}

/** « à 18 h », « demain à 10 h », « lundi 30 novembre à 10 h »: of the hours of a French phone line. */
export function opening(at: Date): string {
  const ahead = daysUntil(PARIS.format(at));
  const name = ahead === 0 ? "" : ahead === 1 ? "demain " : `${first(PARIS_DAY.format(at))} `;
  return `${name}à${NB}${PARIS_HOUR.format(at).replace(" ", NB)}`;
}

function first(words: string): string {
  return words.replace(/\b1 /, "1er ");
}
