/** Photos: choosing, shrinking and sending them, and showing those of a message. */
import type { Fault, Photo } from "./api";
import type { Composer } from "./composer";
import type { Conversation } from "./conversation";
import { button, el } from "./dom";
import { drawn, shrink } from "./shrink";
import { NB } from "./texts";
import { upload } from "./upload";

/** What the panel gives this file. */
export interface PhotoHost {
  root: ShadowRoot;
  /** The row with the text field: the chosen photos are above it. */
  composer: Composer;
  conversation: Conversation;
  /** Called when the message with the photos was put into the outbox. */
  sent(): void;
}

interface Chosen {
  blob: Blob;
  width: number;
  height: number;
  element: HTMLElement;
  /** The server's id, once it has the photo. */
  id?: string;
}

const MAX_PHOTOS = 5;
const TOO_MANY = `Cinq photos au plus à la fois${NB}: les autres ne sont pas jointes.`;
const GONE = "Photo indisponible";
const unreadable = (name: string) => `«${NB}${name}${NB}» n’est pas une photo lisible ici. Choisissez une photo JPEG, PNG ou WebP.`;
const photos = (count: number) => `${count}${NB}photo${count > 1 ? "s" : ""}`;

let tray: Tray | undefined;

/** Add these files to the photos to be sent. `more` opens the choice again. */
export function add(host: PhotoHost, files: File[], more: () => void): void {
  if (!files.length) return;
  tray ??= new Tray(host, more, () => (tray = undefined));
  void tray.add(files);
}

/** A message's photos, each larger on press. */
export function show(host: PhotoHost, all: Photo[]): HTMLElement {
  return el("div", { class: "photos" }, ...all.map((photo, index) => {
    const name = all.length > 1 ? `Photo ${index + 1} sur ${all.length}` : "Photo";
    const opener = button("", { class: "photo", "aria-label": `${name}, agrandir` }, () => enlarge(host, photo, name));
    fetched(host, photo.id, "?small").then((picture) => opener.append(picture), () => opener.append(GONE));
    return opener;
  }));
}

/** A browser closes the dialog by Escape and brings the focus back. */
function enlarge(host: PhotoHost, photo: Photo, name: string): void {
  const place = el("div", { class: "whole-photo" });
  const dialog = el("dialog", { class: "lightbox", "aria-label": name }, place);
  dialog.append(button("Fermer la photo", { class: "choice" }, () => dialog.close()));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  dialog.addEventListener("close", () => dialog.remove());
  host.root.append(dialog);
  dialog.showModal();
  place.style.aspectRatio = `${photo.width} / ${photo.height}`;
  fetched(host, photo.id).then(
    (picture) => {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", name);
      place.append(picture);
    },
    () => place.append(GONE),
  );
}

async function fetched(host: PhotoHost, id: string, size = ""): Promise<HTMLCanvasElement> {
  return drawn(await host.conversation.file(`/photos/${id}${size}`));
}

/** The chosen photos above the text field, until they are sent. */
class Tray {
  readonly #chosen: Chosen[] = [];
  readonly #list = el("ul", {});
  readonly #progress = el("progress", { max: "1", hidden: "", "aria-label": "Envoi des photos" });
  readonly #words = el("p", { role: "status" });
  readonly #send = button("", { class: "choice brand" }, () => void this.#start());
  readonly #more: HTMLButtonElement;
  readonly #cancel = button("Annuler", { class: "choice" }, () => this.#end());
  readonly #element: HTMLElement;
  #sending: AbortController | undefined;

  constructor(private readonly host: PhotoHost, more: () => void, private readonly onEnd: () => void) {
    this.#more = button("Ajouter", { class: "choice" }, more);
    const actions = el("div", { class: "choices" }, this.#send, this.#more, this.#cancel);
    this.#element = el("section", { class: "tray", "aria-label": "Photos à envoyer" }, this.#list, this.#progress, this.#words, actions);
    host.composer.element.before(this.#element);
  }

  async add(files: File[]): Promise<void> {
    this.#say("Préparation…");
    const faults: string[] = [];
    for (const file of files) {
      if (this.#chosen.length === MAX_PHOTOS) {
        faults.push(TOO_MANY);
        break;
      }
      const photo = await shrink(file).catch(() => undefined);
      if (photo) this.#show(photo);
      else faults.push(unreadable(file.name));
    }
    this.#update();
    this.#say(faults.join(" "));
    (this.#chosen.length ? this.#send : this.#more).focus();
  }

  #show({ blob, canvas }: { blob: Blob; canvas: HTMLCanvasElement }): void {
    const photo: Chosen = { blob, width: canvas.width, height: canvas.height, element: el("li", {}) };
    canvas.setAttribute("role", "img");
    photo.element.append(canvas, button("×", {}, () => this.#remove(photo)));
    this.#chosen.push(photo);
    this.#list.append(photo.element);
  }

  #remove(photo: Chosen): void {
    this.#chosen.splice(this.#chosen.indexOf(photo), 1);
    photo.element.remove();
    this.#update();
    if (this.#chosen.length) this.#send.focus();
    else this.#end();
  }

  #update(): void {
    this.#chosen.forEach(({ element }, index) => {
      element.querySelector("canvas")?.setAttribute("aria-label", `Photo ${index + 1}`);
      element.querySelector("button")?.setAttribute("aria-label", `Retirer la photo ${index + 1}`);
    });
    this.#send.hidden = !this.#chosen.length;
    this.#more.hidden = this.#chosen.length === MAX_PHOTOS;
    this.#send.textContent = `Envoyer ${photos(this.#chosen.length)}`;
    this.#showSending(0);
  }

  /** While the photos are uploaded, only « Annuler » can be pressed. */
  #showSending(share: number): void {
    for (const one of [this.#send, this.#more, ...this.#list.querySelectorAll("button")]) one.disabled = Boolean(this.#sending);
    this.#progress.hidden = !this.#sending;
    this.#progress.value = share;
  }

  /** Upload what the server does not have yet, then send all of them with one message. */
  async #start(): Promise<void> {
    this.#sending = new AbortController();
    this.#cancel.focus(); // a disabled button would lose the focus
    this.#say(`Envoi de ${photos(this.#chosen.length)}…`);
    try {
      for (const photo of [...this.#chosen]) await this.#upload(photo, this.#sending.signal);
    } catch (fault) {
      if (!this.#sending?.signal.aborted) this.#failed(fault as Fault);
      return;
    }
    if (!this.#chosen.length) return;
    const sent = this.#chosen.map(({ id = "", width, height }) => ({ id, width, height }));
    this.host.conversation.say(photos(sent.length), { photos: sent }); // as the server words it
    this.#end();
    this.host.sent();
  }

  async #upload(photo: Chosen, signal: AbortSignal): Promise<void> {
    const done = () => this.#chosen.filter(({ id }) => id).length;
    if (photo.id) return;
    photo.id = await upload(this.host.conversation.access, photo.blob, signal, (share) => this.#showSending((done() + share) / this.#chosen.length))
      .catch((fault: Fault) => {
        if (fault.status === 400) this.#remove(photo); // it would be refused again
        throw fault;
      });
    this.#showSending(done() / this.#chosen.length);
  }

  #failed({ status, message }: Fault): void {
    this.#sending = undefined;
    this.#update();
    this.#send.textContent = "Réessayer";
    this.#say(status ? message : "Les photos ne sont pas parties. Vérifiez votre connexion, puis réessayez.");
    this.#send.focus();
  }

  #say(words: string): void {
    this.#words.textContent = words;
  }

  #end(): void {
    this.#sending?.abort();
    this.#element.remove();
    this.onEnd();
    this.host.composer.field.focus();
  }
}
