/** Photos in the panel: the button that opens their choice (photos.ts). */
import type { Message } from "./api";
import { button, el, icon } from "./dom";
import { add, show, type PhotoHost } from "./photos";
import * as TEXTS from "./texts";

const CAMERA = "M4 8h4l2-3h4l2 3h4v11H4zM9 13a3 3 0 1 0 6 0 3 3 0 0 0-6 0";

export class Photos {
  /** Shown beside the text field while a person answers or the customer waits for one. */
  readonly button = button(icon(CAMERA), { class: "icon", "aria-label": TEXTS.photos, title: TEXTS.photos, hidden: "" }, () => this.choose());
  /** A phone also offers its camera, and converts its own formats to JPEG. */
  readonly #input = el("input", { type: "file", accept: "image/*", multiple: "", hidden: "" });

  constructor(private readonly host: PhotoHost) {
    host.root.append(this.#input);
    this.#input.addEventListener("change", () => this.#add());
  }

  /** Open the file chooser synchronously, because browsers allow it only during a user's action. */
  choose(): void {
    this.#input.click();
  }

  /** The photos of this message. */
  show({ photos = [] }: Message): HTMLElement {
    return show(this.host, photos);
  }

  #add(): void {
    const files = [...(this.#input.files ?? [])];
    this.#input.value = ""; // the same file may be chosen again
    add(this.host, files, () => this.choose());
  }
}
