/** The photos that were chosen: shrinking them, showing them above the text field, and sending them. */
import type { Fault } from "./api";
import * as composer from "./composer";
import { access, say } from "./conversation";
import { button, el } from "./dom";
import { pin } from "./log";
import { choosePhotos, input } from "./photo";
import { shrink } from "./shrink";
import { cancel as cancelLabel, NB } from "./texts";
import { upload } from "./upload";

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
const unreadable = (name: string) => `«${NB}${name}${NB}» n’est pas une photo lisible ici. Choisissez une photo JPEG, PNG ou WebP.`;
const photos = (count: number) => `${count}${NB}photo${count > 1 ? "s" : ""}`;

let chosen: Chosen[] = [];
let sending: AbortController | undefined;
const list = el("ul", {});
const progress = el("progress", { max: "1", hidden: "", "aria-label": "Envoi des photos" });
const words = el("p", { role: "status" });
const send = button("", { class: "choice brand", hidden: "" }, () => void sendAll());
const more = button("Ajouter", { class: "choice" }, choosePhotos);
const cancel = button(cancelLabel, { class: "choice" }, end);
const tray = el("section", { class: "tray", "aria-label": "Photos à envoyer" }, list, progress, words, el("div", { class: "choices" }, send, more, cancel));

/** Add the files of the choice to those to be sent. */
export async function addPhotos(): Promise<void> {
  const files = [...(input.files ?? [])];
  if (!files.length) return;
  input.value = ""; // the same file may be chosen again
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
