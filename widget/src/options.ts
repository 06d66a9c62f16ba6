/** What the menu offers: the transcript, the rating, a new conversation, erasing. */
import { el } from "./dom";
import { Menu, type Entry } from "./menu";
import { Rating, type RatingHost } from "./rating";
import { FAILED, NB } from "./texts";

/** What the panel gives this part. */
export interface OptionsHost extends RatingHost {
  /** The button in the panel's head that opens the menu. */
  toggle: HTMLButtonElement;
  /** « Parler à un conseiller », for the sizes that have no room for it elsewhere. */
  person: Entry;
  /** Where the rating is, at the end of the messages. */
  log: HTMLElement;
  notify(words: string): void;
  /** Called after a new conversation was started: focus the text field. */
  begin(): void;
}

const RESTART = [`Un message n’est pas encore parti${NB}: il sera perdu. Commencer une nouvelle conversation${NB}?`, "Commencer"] as const;
const ERASE = [`Effacer toute la conversation, ici et chez Pixmania${NB}? C’est définitif.`, "Effacer"] as const;

export class Options {
  readonly menu: Menu;
  readonly rating: Rating;

  constructor(private readonly host: OptionsHost) {
    const { toggle, log, conversation } = host;
    this.rating = new Rating(host);
    log.append(this.rating.element);
    const started = () => conversation.messages.length > 0;
    this.menu = new Menu(toggle, [
      host.person,
      { label: "Télécharger la conversation", press: this.#safely(() => this.#download()), offered: started },
      { label: "Donner mon avis", press: () => this.rating.ask(true), offered: started },
      { label: "Nouvelle conversation", press: () => this.#restart(), confirm: () => (conversation.outbox.messages.length ? RESTART : undefined) },
      { label: "Effacer la conversation", press: this.#safely(() => this.#erase()), confirm: () => ERASE, danger: true },
    ]);
  }

  #safely(act: () => Promise<void>): () => void {
    return () => void act().catch(() => this.host.notify(FAILED));
  }

  #restart(): void {
    this.rating.hide();
    this.host.conversation.restart();
    this.host.begin();
  }

  async #erase(): Promise<void> {
    await this.host.conversation.erase();
    this.rating.hide();
    this.host.notify("La conversation est effacée.");
    this.host.begin();
  }

  async #download(): Promise<void> {
    const url = URL.createObjectURL(await this.host.conversation.file("/transcript.txt"));
    el("a", { href: url, download: "conversation-pixmania.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
