// The live inbox: reloads the list and the conversation after changes, keeps drafts, and signals waiting customers.
// Without JavaScript, forms do every action, and the page shows the state when it was loaded.
"use strict";

(() => {
  const bar = document.getElementById("availability");
  if (!bar) return;
  const PRESENCE_MS = 20_000;
  const SIGNAL_AGAIN_MS = 45_000;
  const NAVIGATION_MS = 10_000;
  const RECONNECT_MS = 3_000;
  const ANSWER_MS = 8_000;
  // The stream sends a heartbeat at least every 15 s.
  const SILENCE_MS = 40_000;
  const OFFLINE = "Hors ligne\u00a0: la page se remet à jour dès le retour.";
  let pressedAt = 0;
  let receivedAt = Date.now();
  let signedOut = false;
  const available = document.getElementById("available");
  const sound = document.getElementById("sound");
  const notify = document.getElementById("notify");
  const badge = document.getElementById("badge");
  const link = document.getElementById("link");
  const spoken = document.getElementById("call");
  const title = document.title;
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? cookie("csrftoken");
  let waiting = count();

  // This browser stores the settings.
  for (const [name, field] of Object.entries({ available, sound, notify, badge })) {
    if (!field) continue; // users who may only read have no such setting
    const kept = localStorage.getItem(`inbox-${name}`);
    if (kept !== null) field.checked = kept === "1";
    field.addEventListener("change", () => {
      localStorage.setItem(`inbox-${name}`, field.checked ? "1" : "0");
      if (field === notify && field.checked) void window.Notification?.requestPermission();
      if (field === available) void bePresent();
      if (field === badge) showCount();
    });
  }

  /** Sends the heartbeat. Returns whether the server answered. */
  async function bePresent() {
    const body = new URLSearchParams({ disponible: available.checked ? "1" : "0" });
    try {
      const answer = await fetch(bar.dataset.present, { method: "POST", body, headers: { "X-CSRFToken": csrf }, signal: AbortSignal.timeout(ANSWER_MS) });
      signedOut = answer.redirected || answer.status === 403;
      if (signedOut) link.textContent = "Votre session est fermée\u00a0: reconnectez-vous.";
      return true;
    } catch {
      showOffline();
      return false;
    }
  }
  if (available) {
    void bePresent();
    setInterval(bePresent, PRESENCE_MS);
  }

  // --- live updates ---

  let stream = null;
  /** Whether a change may have been missed, because the stream or a fragment failed. */
  let missed = false;
  /** The versions of the page's parts: those sent by the server, and those shown. */
  let sent = {};
  let loaded = {};
  let loading = false;

  function connect() {
    stream = new EventSource(bar.dataset.stream);
    stream.addEventListener("open", showOnline);
    stream.addEventListener("beat", showOnline);
    stream.addEventListener("change", ({ data }) => {
      sent = JSON.parse(data);
      void refresh();
    });
    stream.addEventListener("activity", showActivity);
    stream.addEventListener("error", () => {
      missed = true;
      showOffline();
      // A browser reconnects by itself, except after an error response such as a proxy's 502.
      if (stream.readyState === EventSource.CLOSED && !signedOut) setTimeout(connect, RECONNECT_MS);
    });
  }

  function showOnline() {
    receivedAt = Date.now();
    if (!signedOut) link.textContent = "";
    if (missed) reload();
  }

  function reload() {
    missed = false;
    loaded = {};
    void refresh();
  }

  function showOffline() {
    if (!signedOut) link.textContent = OFFLINE;
  }
  addEventListener("offline", showOffline);
  addEventListener("online", () => {
    if (available) void bePresent();
    reload();
  });

  // A dead connection reports no error: it is detected by missing heartbeats.
  setInterval(() => {
    if (Date.now() - receivedAt < SILENCE_MS || stream.readyState !== EventSource.OPEN) return;
    showOffline();
    stream.close();
    connect();
  }, RECONNECT_MS);

  const parts = { list: refreshList, talk: refreshTalk, people: refreshPeople };

  /** Loads the changed parts, one after the other; parts that change meanwhile are loaded next. */
  async function refresh() {
    if (loading) return;
    loading = true;
    const next = () => Object.keys(parts).find((part) => loaded[part] !== sent[part]);
    for (let part = next(); part; part = next()) {
      loaded[part] = sent[part];
      await parts[part]();
    }
    loading = false;
  }

  async function refreshList() {
    await replace(document.getElementById("list"));
    showTab();
    showInMenu();
    const now = count();
    if (now > waiting) signal(now);
    waiting = now;
    showCount();
  }

  async function refreshPeople() {
    const targets = document.getElementById("transfer-targets");
    if (!targets) return;
    if (!targets.contains(document.activeElement)) return replace(targets);
    // While the list has the focus, the agent is choosing a colleague: replace it afterwards.
    const later = () => {
      loaded.people = "";
      void refresh();
    };
    targets.addEventListener("focusout", () => setTimeout(later), { once: true });
  }

  async function refreshTalk() {
    const talk = document.getElementById("talk");
    if (!talk) return;
    const before = talk.firstElementChild?.dataset ?? {};
    const atEnd = isAtEnd(talk);
    const shownPhotos = photos();
    await replace(talk);
    const after = talk.firstElementChild?.dataset ?? {};
    if (atEnd) talk.scrollTop = talk.scrollHeight;
    const seen = document.querySelector("input[name=vu]");
    if (seen && after.seen) seen.value = after.seen;
    // Another agent or the bot has the conversation now, so the page's buttons are wrong: reload the page.
    // But not after a button was pressed: its response is a new page, and reloading would cancel the request.
    if ((before.mine !== after.mine || before.holder !== after.holder) && Date.now() - pressedAt > NAVIGATION_MS) {
      staysHere = true;
      location.reload();
    }
    if (photos() !== shownPhotos) await refreshPhotos();
    showRead();
    publishRead();
  }

  /** Reloads the pane's photos after one was sent or erased. */
  async function refreshPhotos() {
    const pane = document.getElementById("photos");
    await replace(pane);
    pane.hidden = !pane.querySelector("[data-photo]");
  }

  /** The photos of the messages that the page shows. */
  function photos() {
    return [...document.querySelectorAll("#talk [data-photo]")].map(named).join(" ");
  }

  function isAtEnd(element) {
    return element.scrollHeight - element.scrollTop - element.clientHeight < 80;
  }

  async function replace(element) {
    try {
      const answer = await fetch(element.dataset.fragment, { headers: { "X-Requested-With": "fetch" } });
      missed ||= answer.status >= 500;
      if (answer.ok && !answer.redirected) show(element, await answer.text());
    } catch {
      missed = true;
    }
  }

  /** Replaces the content, and restores ticks, the row chosen by a key, and the focus. */
  function show(element, html) {
    const ticked = [...element.querySelectorAll(".tick input:checked")].map(named);
    const chosen = named(element.querySelector(".chosen"));
    const focused = element.contains(document.activeElement) && named(document.activeElement);
    element.innerHTML = html;
    for (const one of element.querySelectorAll(".tick input, .bulk input, .bulk button, .row")) {
      if (one.matches(".tick input")) one.checked = ticked.includes(named(one));
      if (one.matches(".row")) one.classList.toggle("chosen", named(one) === chosen);
      if (named(one) === focused) one.focus({ preventScroll: true });
    }
    dispatchEvent(new Event("ticks"));
  }

  /** Identifies the same link or box in the new list. */
  function named(element) {
    return element?.getAttribute("href") ?? (element && `${element.name} ${element.value}`);
  }

  /** Scrolls to the current tab: on a phone, the tabs are in one line that scrolls. */
  function showTab() {
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }
  showTab();

  // --- waiting customers ---

  function count() {
    return Number(document.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  }

  /** Shows the count of the tab « À prendre » in the menu, too. */
  function showInMenu() {
    const shown = document.querySelector("[data-to-take]");
    const number = document.querySelector("[data-waiting] .count[data-tab=a-prendre]")?.textContent ?? "";
    shown.hidden = !number;
    shown.firstElementChild.textContent = number;
  }

  function showCount() {
    document.title = waiting && badge.checked ? `(${waiting}) ${title}` : title;
  }
  showCount();

  function signal(number) {
    const words = number === 1 ? "Un client attend une personne." : `${number} clients attendent une personne.`;
    spoken.textContent = words;
    if (notify.checked && window.Notification?.permission === "granted") new Notification("Pixmania", { body: words, tag: "inbox" });
    if (sound.checked) beep();
  }

  // Signal a customer again if no agent takes them.
  setInterval(() => waiting && available?.checked && signal(waiting), SIGNAL_AGAIN_MS);

  function beep() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.08, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.4);
  }

  // --- typing indicators, read marks and viewers ---

  const TYPING_MS = 6_000;
  const PUBLISH_TYPING_MS = 3_000;
  const shown = document.getElementById("activity");
  const others = new Intl.ListFormat("fr");
  let readByCustomer = 0;
  let typingTimer = 0;
  let publishedAt = 0;

  function showActivity({ data }) {
    receivedAt = Date.now();
    if (!shown) return; // no conversation is open
    const { typing, read = 0, others: viewers } = JSON.parse(data);
    readByCustomer = read;
    // The answering agent is not a viewer.
    const holder = document.querySelector("#talk > ol")?.dataset.holder;
    const names = viewers.filter((name) => !holder || name.replace(" (responsable)", "") !== holder);
    const looking = names.length ? `${others.format(names)} ${names.length > 1 ? "regardent" : "regarde"} aussi.` : "";
    clearTimeout(typingTimer);
    shown.textContent = [typing && "Le client écrit…", looking].filter(Boolean).join(" ");
    if (typing) typingTimer = setTimeout(() => (shown.textContent = looking), TYPING_MS);
    showRead();
  }
  connect();

  /** Shows « lu » below the last of the team's messages that the customer has read. */
  function showRead() {
    const last = [...document.querySelectorAll("#talk li.agent")].filter((one) => Number(one.dataset.seq) <= readByCustomer).at(-1);
    for (const one of document.querySelectorAll("#talk li.agent")) one.toggleAttribute("data-read", one === last);
  }

  function publish(what) {
    if (!shown?.dataset.publish) return;
    const body = new URLSearchParams(what);
    void fetch(shown.dataset.publish, { method: "POST", body, headers: { "X-CSRFToken": csrf } }).catch(() => {});
  }

  function publishRead() {
    const seen = document.querySelector("#talk > ol")?.dataset.seen;
    if (!document.hidden && seen) publish({ lu: seen });
  }
  publishRead();
  document.addEventListener("visibilitychange", publishRead);

  // --- drafts: kept in this tab until they are sent, and closing it warns ---

  const drafts = [...document.querySelectorAll("textarea[data-draft]")];
  let staysHere = false;
  addEventListener("submit", () => (pressedAt = Date.now()));
  for (const field of drafts) {
    const key = `draft-${field.dataset.draft}`;
    const sent = sessionStorage.getItem(`${key}-sent`);
    // The page shows the sent message, so its draft is deleted.
    if (sent && document.querySelector(`#talk [data-sent="${CSS.escape(sent)}"]`)) {
      sessionStorage.removeItem(key);
      sessionStorage.removeItem(`${key}-sent`);
    }
    if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
    field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
    field.form.addEventListener("submit", () => {
      const id = field.form.elements.envoi?.value;
      if (id) sessionStorage.setItem(`${key}-sent`, id);
      else sessionStorage.removeItem(key);
    });
  }
  // Links and buttons of this page keep the drafts, so they need no warning.
  for (const kind of ["click", "submit"]) document.addEventListener(kind, (event) => (staysHere = kind === "submit" || !!event.target.closest("a, button")));
  addEventListener("beforeunload", (event) => {
    if (!staysHere && drafts.some(({ value }) => value.trim())) event.preventDefault();
    staysHere = false;
  });

  // --- offline: leave the page only if the server answers, because the browser's error page would lose the drafts ---

  let asking = false;
  let reached = null;
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (form === reached || !form.closest("[data-native]") || (navigator.onLine && link.textContent !== OFFLINE)) return void (reached = null);
    event.preventDefault();
    event.stopPropagation();
    if (asking) return;
    asking = true;
    const answered = await bePresent();
    asking = false;
    if (answered) {
      reached = form;
      return form.requestSubmit(submitter);
    }
    // Trigger the event of a failed htmx request, for which console.js shows an error.
    const detail = { elt: form, xhr: { status: 0, responseText: "" }, requestConfig: { verb: "post", triggeringEvent: event } };
    document.dispatchEvent(new CustomEvent("htmx:sendError", { detail }));
  }, true);

  // --- the composer ---

  const answer = document.getElementById("answer");
  const talk = document.getElementById("talk");
  if (talk) {
    // If the end is visible, keep it visible when a phone's keyboard or another width shrinks the list.
    let atEnd = true;
    talk.addEventListener("scroll", () => (atEnd = isAtEnd(talk)));
    const above = () => talk.parentElement.getBoundingClientRect().top + scrollY;
    const fit = new ResizeObserver(() => {
      document.documentElement.style.setProperty("--above", `${above()}px`);
      if (atEnd) talk.scrollTop = talk.scrollHeight;
    });
    for (const one of [talk, document.body]) fit.observe(one);
  }
  if (answer) {
    answer.addEventListener("input", () => {
      if (Date.now() - publishedAt < PUBLISH_TYPING_MS) return;
      publishedAt = Date.now();
      publish({ ecrit: 1 });
    });
    answer.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) answer.form.requestSubmit();
    });
    // Not on a phone, where the focus would open the keyboard over the conversation.
    if (matchMedia("(pointer: fine)").matches) answer.focus({ preventScroll: true });
  }

  function cookie(name) {
    return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  }
})();
