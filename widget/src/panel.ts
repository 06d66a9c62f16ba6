/** The open chat: connects its parts, and shows the state of the connection. */
import { Api } from "./api";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { button, el, icon, sheet } from "./dom";
import { link } from "./format";
import { keepFromPage } from "./keys";
import { Log } from "./log";
import { Menu } from "./menu";
import css from "./panel.css?inline";
import { Rating } from "./rating";
import type { Settings } from "./settings";
import { saveState, loadState } from "./storage";
import { place, TEXTS, withAgent } from "./texts";
import { Window } from "./window";

const CLOSE = "M6 6l12 12M18 6 6 18";
const DOWN = "M12 5v14M6 13l6 6 6-6";
/** Shorter interruptions are not shown. */
const UNREACHABLE_MS = 1_500;

export class Panel {
  private readonly conversation: Conversation;
  private readonly log: Log;
  private readonly rating: Rating;
  private readonly composer = new Composer((text) => this.say(text), (words) => this.warn(words));
  private readonly banner = el("p", { class: "banner", role: "status" });
  private readonly newer = button(TEXTS.newer, { class: "newer", hidden: "" }, () => this.log.end());
  private readonly title: HTMLElement;
  private readonly suggestions = el("div", { class: "choices" });
  private readonly earlier = el("p", { class: "note", role: "status", hidden: "" }, TEXTS.hidden);
  /** Who answers, below the title; and the place in the queue, above the text field. */
  private readonly responder = el("p", {}, TEXTS.automatic);
  private readonly queue = el("p", { class: "queue", role: "status", hidden: "" });
  private readonly person = el("p", { class: "person" }, button(TEXTS.person, {}, () => this.askForPerson()));
  private readonly window: Window;
  private unreachable = 0;

  constructor(
    root: ShadowRoot,
    private readonly settings: Settings,
    private readonly onClose: () => void,
    private readonly onUnread: (count: number) => void,
  ) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(css, root.host)];
    this.title = el("h2", { id: "title", tabindex: "-1" }, settings.title);
    this.conversation = new Conversation(new Api(settings.api), () => queueMicrotask(() => this.update()));
    this.log = new Log(this.conversation, this.intro());
    this.rating = new Rating(this.conversation, (change) => this.log.growKeepingEnd(change));
    this.log.element.append(this.rating.element);
    this.log.element.addEventListener("scroll", () => (this.newer.hidden = this.log.isAtEnd));
    const menu = this.menu();
    const close = button("", { class: "icon", "aria-label": TEXTS.close, title: TEXTS.close }, () => this.close());
    close.append(icon(CLOSE));
    this.newer.prepend(icon(DOWN));
    const panel = el(
      "section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: "" },
      el("div", { class: "head" }, el("div", {}, this.title, this.responder), menu.toggle, close, menu.list),
      this.log.element, this.log.announcer, this.newer, this.banner, this.queue, this.composer.element, this.person,
    );
    this.window = new Window(panel, () => this.close());
    root.append(panel);
    keepFromPage(root);
    addEventListener("offline", () => this.update());
    addEventListener("online", () => this.update());
    this.update();
  }

  /** Whether there is a conversation, or a message on its way. */
  get isResumable(): boolean {
    const { session, outbox } = loadState();
    return Boolean(session || outbox);
  }

  open(focus: boolean): void {
    this.window.show();
    this.update();
    this.log.pin();
    // On a phone, focusing the text field would open the keyboard over the greeting.
    if (focus) (matchMedia("(pointer: coarse)").matches ? this.title : this.composer.field).focus();
  }

  private close(): void {
    this.window.hide();
    this.onClose();
    this.update();
  }

  private say(text: string): void {
    this.rating.hide();
    this.conversation.say(text);
    this.log.pin();
  }

  private askForPerson(): void {
    if (!this.conversation.isDuplicate(TEXTS.personSaid)) this.say(TEXTS.personSaid);
  }

  private update(): void {
    // The first update may arrive before the constructor has finished.
    if (!this.log) return;
    const fresh = this.log.update();
    this.suggestions.hidden = this.conversation.started;
    this.earlier.hidden = !this.conversation.hidden;
    if (fresh) this.rating.restartTimer();
    this.showTeam();
    if (!this.window.visible) this.onUnread(this.unread());
    else {
      // Only increase it, and only in the visible tab; otherwise two tabs would update each other for ever.
      if (!document.hidden && this.conversation.last > (loadState().seen ?? 0)) saveState({ seen: this.conversation.last });
      this.onUnread(0);
      this.newer.hidden = this.log.isAtEnd;
    }
    this.showConnection();
  }

  private showTeam(): void {
    const { team } = this.conversation;
    setText(this.responder, team?.agent ? withAgent(team.agent) : TEXTS.automatic);
    setText(this.queue, team?.waiting ? place(team.waiting) : "");
    this.queue.hidden = !team?.waiting;
    this.person.hidden = Boolean(team);
  }

  private unread(): number {
    const seen = loadState().seen ?? 0;
    return this.conversation.messages.filter(({ seq, from }) => seq > seen && from !== "customer").length;
  }

  private showConnection(): void {
    if (!navigator.onLine) this.setBanner(TEXTS.offline);
    else if (this.conversation.reachable) this.setBanner("");
    else if (this.conversation.unavailable) this.setBanner(TEXTS.unreachable);
    else this.unreachable ||= window.setTimeout(() => this.setBanner(TEXTS.unreachable), UNREACHABLE_MS);
  }

  private setBanner(words: string): void {
    clearTimeout(this.unreachable);
    this.unreachable = 0;
    setText(this.banner, words);
  }

  private warn(words: string): void {
    this.log.note(words);
  }

  private intro(): HTMLElement {
    const notice = el("p", { class: "notice" }, TEXTS.notice);
    if (this.settings.privacy) notice.append(" ", link(this.settings.privacy, TEXTS.noticeLink), ".");
    this.suggestions.append(...this.settings.suggestions.map((title) => button(title, { class: "choice" }, () => {
      this.log.element.focus({ preventScroll: true });
      this.say(title);
    })));
    return el("div", { class: "intro" }, notice, this.earlier, el("div", { class: "message bot" }, el("div", { class: "bubble" }, el("p", {}, this.settings.opening)), this.suggestions));
  }

  private menu(): Menu {
    const safely = (act: () => Promise<void>) => () => void act().catch(() => this.warn(TEXTS.failedAction));
    const started = () => this.conversation.messages.length > 0;
    return new Menu([
      { label: TEXTS.download, press: safely(() => this.download()), offered: started },
      { label: TEXTS.rate, press: () => this.rating.ask(true), offered: started },
      {
        label: TEXTS.restart,
        press: () => this.restart(),
        confirm: () => (this.conversation.waits ? [TEXTS.restartAsk, TEXTS.restartYes] : undefined),
      },
      { label: TEXTS.erase, press: safely(() => this.erase()), confirm: () => [TEXTS.eraseAsk, TEXTS.eraseYes], danger: true },
    ]);
  }

  private restart(): void {
    this.rating.hide();
    this.conversation.restart();
    this.composer.field.focus();
  }

  private async erase(): Promise<void> {
    await this.conversation.erase();
    this.rating.hide();
    this.log.note(TEXTS.erased);
    this.composer.field.focus();
  }

  private async download(): Promise<void> {
    const url = URL.createObjectURL(await this.conversation.transcript());
    el("a", { href: url, download: "conversation-pixmania.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

/** Change the text only if it differs, so that a screen reader does not repeat it. */
function setText(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}
