/** The photos of a message, and what opens the choice of photos. */
import type { Photo } from "./api";
import { file } from "./conversation";
import { button, el, icon } from "./dom";
import { root } from "./host";
import { drawn } from "./shrink";
import * as TEXTS from "./texts";

const CAMERA = "M4 8h4l2-3h4l2 3h4v11H4zM9 13a3 3 0 1 0 6 0 3 3 0 0 0-6 0";
const GONE = "Photo indisponible";

/** A phone also offers its camera, and converts its own formats to JPEG. */
export const input = el("input", { type: "file", accept: "image/*", multiple: "", hidden: "" });
/** Beside the text field while a person answers or the customer waits for one. */
export const photosButton = button(icon(CAMERA), { class: "icon", "aria-label": TEXTS.photos, title: TEXTS.photos, hidden: "" }, choosePhotos);

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
