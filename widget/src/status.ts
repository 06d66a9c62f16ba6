/** The current state in one line, which disappears when it ends. Messages are in the log. */
import { isLate, limited, messages, reachable, team, unavailable } from "./conversation";
import { el } from "./dom";
import { inline } from "./format";
import * as TEXTS from "./texts";

/** Shorter interruptions are not shown. */
const UNREACHABLE_MS = 1_500;

export const banner = el("p", { class: "banner", role: "status" });
let shown = "";
/** A confirmation of the panel's last action, shown until the customer writes again. */
let notice = "";
let timer = 0;
let isUnreachable = false;

export function notify(words: string): void {
  notice = words;
  showStatus();
}

export function showStatus(): void {
  watchConnection();
  const words = stateInWords();
  if (words === shown) return; // a screen reader would repeat it
  shown = words;
  banner.replaceChildren(...inline(words));
}

function stateInWords(): string {
  if (!navigator.onLine) return TEXTS.offline;
  if (isUnreachable) return TEXTS.unreachable;
  const limit = limited();
  if (limit) return `${limit} ${TEXTS.later}`;
  if (isLate()) return TEXTS.late;
  return notice || (team?.waiting ? TEXTS.place(team.waiting) : agentInWords());
}

/** The agent's activity: typing, or has read. */
function agentInWords(): string {
  if (!team?.agent) return "";
  if (team.typing) return TEXTS.writes(team.agent);
  const last = messages.findLast(({ from }) => from !== "bot");
  return last?.from === "customer" && last.seq <= (team.read ?? 0) ? TEXTS.hasReadIt(team.agent) : "";
}

function watchConnection(): void {
  const isReachable = reachable();
  if (isReachable || unavailable) {
    clearTimeout(timer);
    timer = 0;
    isUnreachable = !isReachable;
  } else {
    timer ||= window.setTimeout(() => {
      isUnreachable = true;
      showStatus();
    }, UNREACHABLE_MS);
  }
}
