// The live inbox: reloads the list and the conversation when something changes, keeps drafts, and says who waits.
// Without JavaScript, every action works by forms, and the page shows the state of its loading.
"use strict";

(() => {
  const bar = document.getElementById("availability");
  if (!bar) return;
  const PRESENCE_MS = 20_000;
  const RECALL_MS = 45_000;
  const available = document.getElementById("available");
  const sound = document.getElementById("sound");
  const notify = document.getElementById("notify");
  const link = document.getElementById("link");
  const spoken = document.getElementById("call");
  const title = document.title;
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? cookie("csrftoken");
  let waiting = count();

  // The settings stay in this browser.
  for (const [name, field] of Object.entries({ available, sound, notify })) {
    if (!field) continue; // whoever only reads takes nothing
    const kept = localStorage.getItem(`inbox-${name}`);
    if (kept !== null) field.checked = kept === "1";
    field.addEventListener("change", () => {
      localStorage.setItem(`inbox-${name}`, field.checked ? "1" : "0");
      if (field === notify && field.checked) void window.Notification?.requestPermission();
      if (field === available) void bePresent();
    });
  }

  async function bePresent() {
    const body = new URLSearchParams({ disponible: available.checked ? "1" : "0" });
    try {
      const answer = await fetch(bar.dataset.present, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
      if (answer.redirected || answer.status === 403) link.textContent = "Votre session est fermée\u00a0: reconnectez-vous.";
    } catch {
      // The stream's own message says that the connection is lost.
    }
  }
  if (available) {
    void bePresent();
    setInterval(bePresent, PRESENCE_MS);
  }

  // --- live updates ---

  const stream = new EventSource(bar.dataset.stream);
  stream.addEventListener("open", () => (link.textContent = ""));
  stream.addEventListener("error", () => (link.textContent = "Hors ligne\u00a0: la page se remet à jour dès le retour."));
  stream.addEventListener("change", () => void refresh());

  async function refresh() {
    await replace(document.getElementById("list"));
    const talk = document.getElementById("talk");
    if (talk) await refreshTalk(talk);
    const now = count();
    if (now > waiting) call(now);
    waiting = now;
    showCount();
  }

  async function refreshTalk(talk) {
    const before = talk.firstElementChild?.dataset ?? {};
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    await replace(talk);
    const after = talk.firstElementChild?.dataset ?? {};
    if (atEnd) talk.scrollTop = talk.scrollHeight;
    const seen = document.querySelector("input[name=vu]");
    if (seen && after.seen) seen.value = after.seen;
    // Somebody else has it now, or the bot does: the page's buttons no longer fit.
    if (before.mine !== after.mine || before.holder !== after.holder) location.reload();
  }

  async function replace(element) {
    try {
      const answer = await fetch(element.dataset.fragment, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) element.innerHTML = await answer.text();
    } catch {
      // The next change reloads it.
    }
  }

  // --- who waits ---

  function count() {
    return Number(document.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  }

  function showCount() {
    document.title = waiting ? `(${waiting}) ${title}` : title;
  }
  showCount();

  function call(number) {
    const words = number === 1 ? "Un client attend une personne." : `${number} clients attendent une personne.`;
    spoken.textContent = words;
    if (notify.checked && window.Notification?.permission === "granted") new Notification("Pixmania", { body: words, tag: "inbox" });
    if (sound.checked) beep();
  }

  // A customer whom nobody takes calls everybody again.
  setInterval(() => waiting && available?.checked && call(waiting), RECALL_MS);

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

  // --- the composer ---

  const composer = document.getElementById("composer");
  const answer = document.getElementById("answer");
  const talk = document.getElementById("talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
  if (composer && answer) {
    const key = `draft-${composer.dataset.draft}`;
    if (!answer.value) answer.value = sessionStorage.getItem(key) ?? "";
    answer.addEventListener("input", () => sessionStorage.setItem(key, answer.value));
    answer.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) composer.requestSubmit();
    });
    composer.addEventListener("submit", () => sessionStorage.removeItem(key));
    // On a phone, the focus would open the keyboard over the conversation.
    if (matchMedia("(pointer: fine)").matches) answer.focus({ preventScroll: true });
  }

  function cookie(name) {
    return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  }
})();
