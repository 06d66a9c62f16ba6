/** What the menu offers: the transcript, the rating, a new conversation, erasing. */
import * as composer from "./composer";
import * as conversation from "./conversation";
import { el } from "./dom";
import type { Entry } from "./menu";
import { unsent } from "./outbox";
import { askForRating, hideRating } from "./rating";
import { askForPerson, personRow } from "./say";
import { notify } from "./status";
import { FAILED, NB, person } from "./texts";

const RESTART = [`Un message n’est pas encore parti${NB}: il sera perdu. Commencer une nouvelle conversation${NB}?`, "Commencer"] as const;
const ERASE = [`Effacer toute la conversation, ici et chez Pixmania${NB}? C’est définitif.`, "Effacer"] as const;

const isStarted = () => conversation.messages.length > 0;

export const entries: Entry[] = [
  // For the sizes that have no room for it elsewhere.
  { label: person, press: askForPerson, offered: () => !personRow.hidden && !personRow.checkVisibility() },
  { label: "Télécharger la conversation", press: safely(download), offered: isStarted },
  { label: "Donner mon avis", press: () => askForRating(true), offered: isStarted },
  { label: "Nouvelle conversation", press: restart, confirm: () => (unsent().length ? RESTART : undefined) },
  { label: "Effacer la conversation", press: safely(erase), confirm: () => ERASE, danger: true },
];

function safely(act: () => Promise<void>): () => void {
  return () => void act().catch(() => notify(FAILED));
}

function restart(): void {
  hideRating();
  conversation.restart();
  composer.field.focus();
}

async function erase(): Promise<void> {
  await conversation.erase();
  hideRating();
  notify("La conversation est effacée.");
  composer.field.focus();
}

async function download(): Promise<void> {
  const url = URL.createObjectURL(await conversation.file("/transcript.txt"));
  el("a", { href: url, download: "conversation-pixmania.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
