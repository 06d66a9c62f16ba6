/** The open chat: connects its parts, and shows the state of the connection. */
import { Api } from "./api";
import { Photos } from "./attach";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { adopt, button, el, icon } from "./dom";
import { inline } from "./format";
import { keepFromPage } from "./keys";
import { Log } from "./log";
import { Options } from "./options";
import cards from "./cards.css?inline";
import options from "./options.css?inline";
import css from "./panel.css?inline";
import photos from "./photos.css?inline";
import { isOrder, pagesOf } from "./pages";
import { panelSettings, type PanelSettings, type Settings } from "./settings";
import { loadState, saveState } from "./storage";
import * as TEXTS from "./texts";
import { Window } from "./window";

const MORE = "M12 5h.01M12 12h.01M12 19h.01";
const CLOSE = "M6 6l12 12M18 6 6 18";
const DOWN = "M12 5v14M6 13l6 6 6-6";
/** Shorter interruptions are not shown. */
const UNREACHABLE_MS = 1_500;
/** After this long without a message, the conversation may be over. */
const QUIET_MS = 90_000;

/** What the shop's page knows about its customer. */
export interface Known {
  orderNumber?: string;
  email?: string;
}

export class Panel {
  readonly #settings: PanelSettings;
  readonly #conversation: Conversation;
  readonly #log: Log;
  readonly #photos: Photos;
  readonly #more = button(icon(MORE), { class: "icon more", "aria-label": TEXTS.menu, title: TEXTS.menu, "aria-expanded": "false" }, () => this.#options.menu.toggle());
  readonly #options: Options;
  #quiet = 0;
  readonly #composer = new Composer((text) => this.#say(text), (words) => this.#notify(words));
  /** The current state in one line, which disappears when it ends. Messages are in the log. */
  readonly #status = el("p", { class: "banner", role: "status" });
  #shown = "";
  /** A confirmation of the panel's last action, shown until the customer writes again. */
  #notice = "";
  readonly #newer = button(TEXTS.newer, { class: "newer", hidden: "" }, () => this.#log.end());
  readonly #title: HTMLElement;
  readonly #suggestions = el("div", { class: "choices" });
  #known: Record<string, string> = {};
  /** The first suggestion, once the page has named an order. */
  readonly #mine = button("", { class: "choice", hidden: "" }, () => this.#suggest([this.#mine.textContent, this.#known.email].filter(Boolean).join("\n")));
  readonly #earlier = el("p", { class: "note", role: "status", hidden: "" }, TEXTS.hidden);
  /** Who answers, below the title, if a person does. */
  readonly #responder = el("p", {});
  readonly #person = el("p", { class: "person" }, button(TEXTS.person, { class: "link" }, () => this.#askForPerson()));
  readonly #window: Window;
  #before: Pick<Conversation, "team" | "typing"> = { team: undefined, typing: false };
  /** The last message seen before the bot began to answer; the answer's first bubbles are seen before it is complete. */
  #seenBefore = 0;
  #unreachable = 0;
  #isUnreachable = false;

  constructor(
    private readonly root: ShadowRoot,
    settings: Settings,
    private readonly onClose: () => void,
    private readonly onUnread: (count: number) => void,
  ) {
    adopt(root, css + cards + options + photos);
    this.#settings = panelSettings(settings);
    this.#title = el("h2", { id: "title", tabindex: "-1" }, this.#settings.title);
    this.#conversation = new Conversation(new Api(this.#settings.api), () => queueMicrotask(() => this.#update()));
    this.#photos = new Photos({
      root,
      composer: this.#composer,
      conversation: this.#conversation,
      sent: () => this.#log.pin(),
    });
    this.#log = new Log(this.#conversation, this.#intro(), pagesOf(settings.data), () => this.#composer.askedField, this.#photos);
    this.#composer.element.addEventListener("input", () => this.#conversation.tellTyping());
    this.#log.element.addEventListener("scroll", () => (this.#newer.hidden = this.#log.isAtEnd));
    const close = button(icon(CLOSE), { class: "icon", "aria-label": TEXTS.close, title: TEXTS.close }, () => this.close());
    this.#newer.prepend(icon(DOWN));
    this.#composer.field.before(this.#newer, this.#photos.button);
    const { logo } = this.#settings;
    const panel = el(
      "section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: "" },
      el(
        "div", { class: "head brand" },
        logo && el("img", { class: "logo", src: logo, alt: "" }), el("div", {}, this.#title, this.#responder), this.#more, close,
      ),
      this.#log.element, this.#log.announcer, this.#status, this.#composer.element, this.#person,
    );
    this.#options = this.#newOptions();
    this.#window = new Window(panel, () => this.close());
    root.append(panel);
    keepFromPage(root);
    showRing(root, panel);
    addEventListener("offline", () => this.#update());
    addEventListener("online", () => this.#update());
    this.#update();
  }

  /** Whether there is a conversation, or a message on its way. */
  get isResumable(): boolean {
    const { session, outbox } = loadState();
    return Boolean(session || outbox);
  }

  open(focus: boolean): void {
    this.#window.show();
    this.#tell("open");
    this.#update();
    this.#log.pin();
    // On a phone, focusing the text field would open the keyboard over the greeting.
    if (focus) (matchMedia("(pointer: coarse)").matches ? this.#title : this.#composer.field).focus({ preventScroll: true });
  }

  close(): void {
    if (!this.#window.visible) return;
    this.#window.hide();
    this.onClose();
    this.#update();
  }

  /** Prefill the inputs with what the page knows. Nothing is sent before the customer sends it. */
  identify({ orderNumber = "", email = "" }: Known): void {
    this.#known = isOrder(orderNumber) ? { order_number: orderNumber, email } : { email };
    this.#mine.hidden = !isOrder(orderNumber);
    this.#mine.textContent = `${TEXTS.mine} ${orderNumber}\u00a0?`;
    this.#showField();
  }

  /** Send this text as if the customer had typed it. */
  ask(text: string): void {
    this.#composer.send(text);
  }

  /** Dispatch an event for the shop's page. Events never contain a message's text. */
  #tell(name: string, detail?: object): void {
    this.root.host.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #say(text: string): void {
    this.#notice = "";
    this.#options.rating.hide();
    this.#conversation.say(text);
    this.#log.pin();
  }

  #suggest(words: string): void {
    this.#log.moveFocus();
    this.#say(words);
  }

  #askForPerson(): void {
    this.#log.moveFocus();
    if (!this.#conversation.isDuplicate(TEXTS.personSaid)) this.#say(TEXTS.personSaid);
  }

  #update(): void {
    // The first update may arrive before the constructor has finished.
    if (!this.#window) return;
    const conversation = this.#conversation;
    const { visible } = this.#window;
    const { team } = conversation;
    this.#suggestions.hidden = conversation.started;
    this.#photos.button.hidden = !team;
    this.#earlier.hidden = !conversation.hidden;
    const responder = team?.agent ? TEXTS.withAgent(team.agent) : "";
    if (this.#responder.textContent !== responder) this.#responder.textContent = responder; // a screen reader would repeat it
    const fresh = this.#log.update();
    this.#showField();
    this.#log.focusNext();
    this.#person.hidden = conversation.leadsToPerson;
    if (fresh) this.#awaitQuiet();
    this.#tellProgress();
    if (visible && !document.hidden) {
      // Only increase it, and only in the visible tab; otherwise two tabs would update each other for ever.
      if (conversation.last > (loadState().seen ?? 0)) saveState({ seen: conversation.last });
      conversation.tellRead();
    }
    this.onUnread(visible ? 0 : this.#unread());
    this.#newer.hidden = this.#log.isAtEnd;
    this.#showStatus();
  }

  /** Show the input for the value that the assistant asks for. While an answer is pending, do not change it. */
  #showField(): void {
    const { asking, typing, isSending } = this.#conversation;
    if (typing || isSending) return;
    const stop = asking?.buttons.find(({ title }) => title === TEXTS.cancel);
    this.#composer.ask(asking?.asks, this.#known[asking?.asks ?? ""], stop && (() => this.#log.press(stop)));
  }

  /** Dispatch events for a hand-over, and for a complete answer that no earlier page showed. */
  #tellProgress(): void {
    const { team, typing, last } = this.#conversation;
    if (team && !this.#before.team) this.#tell("handover");
    if (typing && !this.#before.typing) this.#seenBefore = loadState().seen ?? 0;
    if (!typing && this.#before.typing && last > this.#seenBefore) this.#tell("answered");
    this.#before = { team, typing };
  }

  #unread(): number {
    const seen = loadState().seen ?? 0;
    return this.#conversation.messages.filter(({ seq, from, notice }) => seq > seen && from !== "customer" && !notice).length;
  }

  #showStatus(): void {
    this.#watchConnection();
    const words = this.#statusWords();
    if (words === this.#shown) return; // a screen reader would repeat it
    this.#shown = words;
    this.#status.replaceChildren(...inline(words));
  }

  #statusWords(): string {
    const { limited, isLate, team } = this.#conversation;
    if (!navigator.onLine) return TEXTS.offline;
    if (this.#isUnreachable) return TEXTS.unreachable;
    if (limited) return `${limited} ${TEXTS.later}`;
    if (isLate) return TEXTS.late;
    return this.#notice || (team?.waiting ? TEXTS.place(team.waiting) : this.#agentWords());
  }

  /** The agent's activity in words: typing, or has read. */
  #agentWords(): string {
    const { team, messages } = this.#conversation;
    if (!team?.agent) return "";
    if (team.typing) return TEXTS.writes(team.agent);
    const last = messages.findLast(({ from }) => from !== "bot");
    return last?.from === "customer" && last.seq <= (team.read ?? 0) ? TEXTS.hasReadIt(team.agent) : "";
  }

  #watchConnection(): void {
    const { reachable, unavailable } = this.#conversation;
    if (reachable || unavailable) {
      clearTimeout(this.#unreachable);
      this.#unreachable = 0;
      this.#isUnreachable = !reachable;
    } else {
      this.#unreachable ||= window.setTimeout(() => {
        this.#isUnreachable = true;
        this.#showStatus();
      }, UNREACHABLE_MS);
    }
  }

  #notify(words: string): void {
    this.#notice = words;
    this.#showStatus();
  }

  #intro(): HTMLElement {
    const { opening, privacy, suggestions } = this.#settings;
    const notice = el("p", { class: "notice" }, TEXTS.notice);
    if (privacy) notice.append(" ", el("a", { href: privacy, target: "_blank" }, TEXTS.noticeLink), ".");
    this.#suggestions.append(this.#mine, ...suggestions.map((title) => button(title, { class: "choice" }, () => this.#suggest(title))));
    const greeting = el("div", { class: "bubble" }, el("p", {}, opening));
    return el("div", { class: "intro" }, el("div", { class: "message bot" }, greeting, this.#suggestions), notice, this.#earlier);
  }

  /** Restart the timer after which the customer is asked for a rating. */
  #awaitQuiet(): void {
    this.#options.rating.rest();
    clearTimeout(this.#quiet);
    this.#quiet = window.setTimeout(() => this.#conversation.mayBeRated && this.#options.rating.ask(), QUIET_MS);
  }

  #newOptions(): Options {
    const conversation = this.#conversation;
    const person = this.#person;
    return new Options({
      conversation,
      toggle: this.#more,
      person: { label: TEXTS.person, press: () => this.#askForPerson(), offered: () => !person.hidden && !person.checkVisibility() },
      log: this.#log.element,
      grow: (change) => {
        change();
        this.#log.scroll();
      },
      rated: (helpful) => this.#tell("rated", { helpful }),
      notify: (words) => this.#notify(words),
      begin: () => this.#composer.field.focus(),
    });
  }
}

/**
 * Mark the panel while the keyboard moves the focus. A browser draws the ring around a text field after a click too;
 * there, only this mark does (panel.css).
 */
function showRing(root: ShadowRoot, panel: HTMLElement): void {
  root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Tab" && panel.classList.add("keys"));
  root.addEventListener("pointerdown", () => panel.classList.remove("keys"));
}
