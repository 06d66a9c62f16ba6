/** The rating: a thumb up or down, and an optional comment. */
import type { Conversation } from "./conversation";
import { button, el, icon } from "./dom";
import { Limit } from "./limit";
import { loadMask } from "./mask";
import { helpedBy, TEXTS } from "./texts";

// Drawn as paths, because not every system has these two characters.
const UP = "M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7";
const DOWN = "M7 13V4H4v9zM7 13l4 8a2.5 2.5 0 0 0 2.5-2.5V15H19a2 2 0 0 0 2-2.3l-1.2-7a2 2 0 0 0-2-1.7H7";

/** After this long without a message, the conversation may be over. */
const QUIET_MS = 90_000;
const MAX_CHARACTERS = 1000;

export class Rating {
  readonly element = el("div", { class: "rating", hidden: "" });
  private timer = 0;

  constructor(private readonly conversation: Conversation, private readonly grow: (change: () => void) => void, private readonly rated: (helpful: boolean) => void) {}

  /** The conversation went on: ask if no further message follows. A comment that is being written stays. */
  restartTimer(): void {
    if (!this.element.matches(":focus-within")) this.hide();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.isDue && this.ask(), QUIET_MS);
  }

  /** Once, after more than a greeting, and while nothing is open. */
  private get isDue(): boolean {
    const { messages, asks, askedRating } = this.conversation;
    return !asks && !askedRating && messages.filter(({ from }) => from === "customer").length > 1;
  }

  ask(focus = false): void {
    this.conversation.askedRating = true;
    const author = this.conversation.messages.findLast((one) => one.author)?.author;
    const yes = this.thumb(UP, TEXTS.rateYes, true);
    this.show(el("p", { id: "rate" }, author ? helpedBy(author) : TEXTS.rateAsk), el("div", { role: "group", "aria-labelledby": "rate" }, yes, this.thumb(DOWN, TEXTS.rateNo, false)));
    if (focus) yes.focus();
  }

  hide(): void {
    this.element.hidden = true;
    clearTimeout(this.timer);
  }

  private thumb(sign: string, name: string, helpful: boolean): HTMLButtonElement {
    const thumb = button("", { class: "thumb", "aria-label": name, title: name }, () => void this.send(helpful, ""));
    thumb.append(icon(sign));
    return thumb;
  }

  private async send(helpful: boolean, comment: string): Promise<void> {
    try {
      await this.conversation.rate(helpful, comment);
    } catch {
      return this.fail();
    }
    this.rated(helpful);
    const thanks = el("p", { role: "status", tabindex: "-1" }, TEXTS.rateThanks);
    this.show(thanks, comment ? null : this.comment(helpful));
    thanks.focus();
  }

  /** Keep the choice and the comment, so that the customer can send them again. */
  private fail(): void {
    this.element.querySelector("[role=alert]")?.remove();
    this.element.append(el("p", { role: "alert" }, TEXTS.failedAction));
  }

  private async sendComment(helpful: boolean, typed: string, limit: Limit): Promise<void> {
    const mask = await loadMask().catch(() => undefined);
    if (!mask) return this.fail();
    const comment = mask(typed);
    if (comment && limit.allows(comment)) await this.send(helpful, comment);
  }

  private comment(helpful: boolean): HTMLFormElement {
    const field = el("textarea", { id: "comment", rows: "2" });
    const limit = new Limit(() => field, MAX_CHARACTERS);
    field.addEventListener("input", () => limit.allows(field.value.trim()));
    const form = el("form", {}, el("label", { for: "comment" }, TEXTS.rateComment), field, limit.note, el("button", { type: "submit" }, TEXTS.rateSend));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.sendComment(helpful, field.value.trim(), limit);
    });
    return form;
  }

  private show(...children: (Node | null)[]): void {
    this.grow(() => {
      this.element.replaceChildren(...children.filter((child) => child !== null));
      this.element.hidden = false;
    });
  }
}
