/** The rating: a thumb up or down, and an optional comment. */
import type { Conversation } from "./conversation";
import { button, el, icon } from "./dom";
import { Limit } from "./limit";
import { mask } from "./masking";
import { FAILED, NB } from "./texts";

// Drawn as a path, because not every system has the character.
const THUMB = "M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7";

const MAX_CHARACTERS = 1000;

export interface RatingHost {
  conversation: Conversation;
  /** Called with a change that alters the messages' height. */
  grow(change: () => void): void;
  rated(helpful: boolean): void;
}

export class Rating {
  readonly element = el("div", { class: "rating", hidden: "" });

  constructor(private readonly host: RatingHost) {}

  ask(focus = false): void {
    const { conversation } = this.host;
    conversation.askedRating = true;
    const author = conversation.messages.findLast((one) => one.author)?.author;
    const yes = this.#thumb("Oui, utile", true);
    this.#show(el("p", { id: "rate" }, `${author ? `L’échange avec ${author}` : "Cette conversation"} vous a-t-${author ? "il" : "elle"} été utile${NB}?`), el("div", { role: "group", "aria-labelledby": "rate" }, yes, this.#thumb("Non, pas utile", false)));
    if (focus) yes.focus();
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Hide the question because the conversation continues; a comment that is being written stays. */
  rest(): void {
    if (!this.element.matches(":focus-within")) this.hide();
  }

  #thumb(name: string, helpful: boolean): HTMLButtonElement {
    return button(icon(THUMB), { class: `choice thumb${helpful ? "" : " down"}`, "aria-label": name, title: name }, () => void this.#send(helpful, ""));
  }

  async #send(helpful: boolean, comment: string): Promise<void> {
    try {
      await this.host.conversation.rate(helpful, comment);
    } catch {
      return this.#fail();
    }
    this.host.rated(helpful);
    const thanks = el("p", { role: "status", tabindex: "-1" }, "Merci, votre avis est enregistré.");
    this.#show(thanks, comment ? null : this.#comment(helpful));
    thanks.focus();
  }

  /** Keep the choice and the comment, so that the customer can send them again. */
  #fail(): void {
    this.element.querySelector("[role=alert]")?.remove();
    this.element.append(el("p", { role: "alert" }, FAILED));
  }

  async #sendComment(helpful: boolean, typed: string, limit: Limit): Promise<void> {
    const comment = mask(typed);
    if (comment && limit.allows(comment)) await this.#send(helpful, comment);
  }

  #comment(helpful: boolean): HTMLFormElement {
    const field = el("textarea", { id: "comment", rows: "2" });
    const limit = new Limit(() => field, MAX_CHARACTERS);
    field.addEventListener("input", () => limit.allows(field.value.trim()));
    const form = el("form", {}, el("label", { for: "comment" }, "Un mot de plus (facultatif)"), field, limit.note, el("button", { type: "submit", class: "choice" }, "Envoyer mon avis"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#sendComment(helpful, field.value.trim(), limit);
    });
    return form;
  }

  #show(...children: (Node | null)[]): void {
    this.host.grow(() => {
      this.element.replaceChildren(...children.filter((child) => child !== null));
      this.element.hidden = false;
    });
  }
}
