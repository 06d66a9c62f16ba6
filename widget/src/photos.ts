/** Photos: choosing, shrinking and sending them, and showing those of a message. */
import type { Fault, Photo } from "./api";
import * as composer from "./composer";
import { access, file, say } from "./conversation";
import { button, el, icon } from "./dom";
import { root } from "./host";
import { pin } from "./log";
import { drawn, shrink } from "./shrink";
import * as TEXTS from "./texts";
import { NB } from "./texts";
import { upload } from "./upload";

interface Chosen {
  blob: Blob;
  width: number;
  height: number;
  element: HTMLElement;
  /** The server's id, once it has the photo. */
  id?: string;
}

const CAMERA = "M4 8h4l2-3h4l2 3h4v11H4zM9 13a3 3 0 1 0 6 0 3 3 0 0 0-6 0";
const MAX_PHOTOS = 5;
const TOO_MANY = `Cinq photos au plus à la fois${NB}: les autres ne sont pas jointes.`;
const GONE = "Photo indisponible";
const unreadable = (name: string) => `«${NB}${name}${NB}» n’est pas une photo lisible ici. Choisissez une photo JPEG, PNG ou WebP.`;
const photos = (count: number) => `${count}${NB}photo${count > 1 ? "s" : ""}`;

/** A phone also offers its camera, and converts its own formats to JPEG. */
export const input = el("input", { type: "file", accept: "image/*", multiple: "", hidden: "" });
/** Beside the text field while a person answers or the customer waits for one. */
export const photosButton = button(icon(CAMERA), { class: "icon", "aria-label": TEXTS.photos, title: TEXTS.photos, hidden: "" }, choosePhotos);

input.addEventListener("change", () => {
  const files = [...(input.files ?? [])];
  input.value = ""; // the same file may be chosen again
  if (files.length) void add(files);
});

/** Open the file chooser synchronously, because browsers allow it only during a user's action. */
export function choosePhotos(): void {
  input.click();
}

/** A message's photos, each larger on press. */
export function photosOf(all: Photo[]): HTMLElement {
  return el("div", { class: "photos" }, ...all.map((photo, index) => {
    const name = all.length > 1 ? `Photo ${index + 1} sur ${all.length}` : "Photo";
    const opener = button("", { class: "photo", "aria-label": `${name}, agrandir` }, () => enlarge(photo, name));
    fetched(photo.id, "?small").then((picture) => opener.append(picture), () => opener.append(GONE));
    return opener;
  }));
}

/** A browser closes the dialog by Escape and brings the focus back. */
function enlarge(photo: Photo, name: string): void {
  const place = el("div", { class: "whole-photo" });
  const dialog = el("dialog", { class: "lightbox", "aria-label": name }, place);
  dialog.append(button("Fermer la photo", { class: "choice" }, () => dialog.close()));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
  place.style.aspectRatio = `${photo.width} / ${photo.height}`;
  fetched(photo.id).then(
    (picture) => {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", name);
      place.append(picture);
    },
    () => place.append(GONE),
  );
}

async function fetched(id: string, size = ""): Promise<HTMLCanvasElement> {
  return drawn(await file(`/photos/${id}${size}`));
}

// The chosen photos above the text field, until they are sent:
let chosen: Chosen[] = [];
let sending: AbortController | undefined;
const list = el("ul", {});
const progress = el("progress", { max: "1", hidden: "", "aria-label": "Envoi des photos" });
const words = el("p", { role: "status" });
const send = button("", { class: "choice brand", hidden: "" }, () => void sendAll());
const more = button("Ajouter", { class: "choice" }, choosePhotos);
const cancel = button(TEXTS.cancel, { class: "choice" }, end);
const tray = el("section", { class: "tray", "aria-label": "Photos à envoyer" }, list, progress, words, el("div", { class: "choices" }, send, more, cancel));

async function add(files: File[]): Promise<void> {
  const own = chosen;
  if (!tray.isConnected) composer.element.before(tray);
  tell("Préparation…");
  const faults: string[] = [];
  for (const file of files) {
    if (chosen.length === MAX_PHOTOS) {
      faults.push(TOO_MANY);
      break;
    }
    const photo = await shrink(file).catch(() => undefined);
    if (own !== chosen) return; // cancelled meanwhile
    if (photo) show(photo);
    else faults.push(unreadable(file.name));
  }
  update();
  tell(faults.join(" "));
  (chosen.length ? send : more).focus();
}

function show({ blob, canvas }: { blob: Blob; canvas: HTMLCanvasElement }): void {
  const photo: Chosen = { blob, width: canvas.width, height: canvas.height, element: el("li", {}) };
  canvas.setAttribute("role", "img");
  photo.element.append(canvas, button("×", {}, () => remove(photo)));
  chosen.push(photo);
  list.append(photo.element);
}

function remove(photo: Chosen): void {
  chosen.splice(chosen.indexOf(photo), 1);
  photo.element.remove();
  update();
  if (chosen.length) send.focus();
  else end();
}

function update(): void {
  chosen.forEach(({ element }, index) => {
    element.querySelector("canvas")?.setAttribute("aria-label", `Photo ${index + 1}`);
    element.querySelector("button")?.setAttribute("aria-label", `Retirer la photo ${index + 1}`);
  });
  send.hidden = !chosen.length;
  more.hidden = chosen.length === MAX_PHOTOS;
  send.textContent = `Envoyer ${photos(chosen.length)}`;
  showSending(0);
}

/** While the photos are uploaded, only « Annuler » can be pressed. */
function showSending(share: number): void {
  for (const one of [send, more, ...list.querySelectorAll("button")]) one.disabled = Boolean(sending);
  progress.hidden = !sending;
  progress.value = share;
}

/** Upload what the server does not have yet, then send all of them with one message. */
async function sendAll(): Promise<void> {
  const { signal } = (sending = new AbortController());
  cancel.focus(); // a disabled button would lose the focus
  tell(`Envoi de ${photos(chosen.length)}…`);
  try {
    for (const photo of [...chosen]) await uploadOne(photo, signal);
  } catch (fault) {
    if (!signal.aborted) failed(fault as Fault);
    return;
  }
  if (!chosen.length) return;
  const sent = chosen.map(({ id = "", width, height }) => ({ id, width, height }));
  say(photos(sent.length), { photos: sent }); // as the server words it
  end();
  pin();
}

async function uploadOne(photo: Chosen, signal: AbortSignal): Promise<void> {
  const done = () => chosen.filter(({ id }) => id).length;
  if (photo.id) return;
  photo.id = await upload(access(), photo.blob, signal, (share) => showSending((done() + share) / chosen.length))
    .catch((fault: Fault) => {
      if (fault.status === 400) remove(photo); // it would be refused again
      throw fault;
    });
  showSending(done() / chosen.length);
}

function failed({ status, message }: Fault): void {
  sending = undefined;
  update();
  send.textContent = "Réessayer";
  tell(status ? message : "Les photos ne sont pas parties. Vérifiez votre connexion, puis réessayez.");
  send.focus();
}

function tell(said: string): void {
  words.textContent = said;
}

function end(): void {
  sending?.abort();
  sending = undefined;
  chosen = [];
  list.replaceChildren();
  update();
  tray.remove();
  composer.field.focus();
}
