/** The rating: a thumb up or down, and an optional comment. */
import { messages, rate } from "./conversation";
import { button, el, icon } from "./dom";
import { tell } from "./host";
import { limit, type Limit } from "./limit";
import { scroll } from "./log";
import { mask } from "./masking";
import { saveState } from "./storage";
import { FAILED, NB } from "./texts";

// Drawn as a path, because not every system has the character.
const THUMB = "M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7";

const MAX_CHARACTERS = 1000;

export const rating = el("div", { class: "rating", hidden: "" });

export function askForRating(focus = false): void {
  saveState({ askedRating: true }); // not asked twice
  const author = messages.findLast((one) => one.author)?.author;
  const yes = thumb("Oui, utile", true);
  show(
    el("p", { id: "rate" }, `${author ? `L’échange avec ${author}` : "Cette conversation"} vous a-t-${author ? "il" : "elle"} été utile${NB}?`),
    el("div", { role: "group", "aria-labelledby": "rate" }, yes, thumb("Non, pas utile", false)),
  );
  if (focus) yes.focus();
}

export function hideRating(): void {
  rating.hidden = true;
}

/** Hide the question because the conversation continues; a comment that is being written stays. */
export function restRating(): void {
  if (!rating.matches(":focus-within")) hideRating();
}

function thumb(name: string, helpful: boolean): HTMLButtonElement {
  return button(icon(THUMB), { class: `choice thumb${helpful ? "" : " down"}`, "aria-label": name, title: name }, () => void send(helpful, ""));
}

/** If it fails, the choice and the comment stay, so that the customer can send them again. */
async function send(helpful: boolean, comment: string): Promise<void> {
  try {
    await rate(helpful, comment);
  } catch {
    rating.querySelector("[role=alert]")?.remove();
    rating.append(el("p", { role: "alert" }, FAILED));
    return;
  }
  tell("rated", { helpful });
  const thanks = el("p", { role: "status", tabindex: "-1" }, "Merci, votre avis est enregistré.");
  show(thanks, ...(comment ? [] : [commentForm(helpful)]));
  thanks.focus();
}

function commentForm(helpful: boolean): HTMLFormElement {
  const field = el("textarea", { id: "comment", rows: "2" });
  const { note, allows }: Limit = limit(() => field, MAX_CHARACTERS);
  field.addEventListener("input", () => allows(field.value.trim()));
  const form = el("form", {}, el("label", { for: "comment" }, "Un mot de plus (facultatif)"), field, note, el("button", { type: "submit", class: "choice" }, "Envoyer mon avis"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const comment = mask(field.value.trim());
    if (comment && allows(comment)) void send(helpful, comment);
  });
  return form;
}

function show(...children: Node[]): void {
  rating.replaceChildren(...children);
  rating.hidden = false;
  scroll();
}
