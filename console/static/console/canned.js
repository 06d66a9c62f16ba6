// « / » in the composer: a list of canned replies, filtered by what is typed after it.
"use strict";

(() => {
  const answer = document.getElementById("answer");
  const list = document.getElementById("canned");
  const source = document.getElementById("canned-replies");
  if (!answer || !list || !source) return;
  const replies = JSON.parse(source.textContent);
  const SHOWN = 8;
  let found = [];
  let chosen = 0;
  answer.setAttribute("aria-autocomplete", "list");
  answer.setAttribute("aria-controls", "canned");

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  /** The text between a « / » that begins a word and the caret; undefined without one. */
  const typed = () => /(?:^|\s)\/([^\s/]{0,30})$/.exec(answer.value.slice(0, answer.selectionStart))?.[1];

  function close() {
    list.hidden = true;
    answer.removeAttribute("aria-activedescendant");
  }

  function show() {
    const word = typed();
    found = word === undefined ? [] : replies.filter(({ title }) => plain(title).includes(plain(word))).slice(0, SHOWN);
    if (!found.length) return close();
    chosen = Math.min(chosen, found.length - 1);
    list.replaceChildren(...found.map((reply, number) => option(reply, number)));
    list.hidden = false;
    answer.setAttribute("aria-activedescendant", `canned-${chosen}`);
  }

  function option({ title, text }, number) {
    const item = document.createElement("li");
    item.id = `canned-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(number === chosen));
    const name = document.createElement("strong");
    name.textContent = title;
    item.append(name, ` ${text}`);
    // On mousedown, because on click the field would already have lost the focus.
    item.addEventListener("mousedown", (event) => (event.preventDefault(), insert(number)));
    return item;
  }

  function insert(number) {
    const end = answer.selectionStart;
    answer.setRangeText(found[number].text, end - typed().length - 1, end, "end");
    close();
    answer.dispatchEvent(new Event("input", { bubbles: true })); // inbox.js stores the draft
    close();
  }

  const KEYS = {
    ArrowDown: () => (chosen = (chosen + 1) % found.length),
    ArrowUp: () => (chosen = (chosen + found.length - 1) % found.length),
    Enter: () => insert(chosen),
    Tab: () => insert(chosen),
    Escape: close,
  };
  answer.addEventListener("keydown", (event) => {
    if (list.hidden || !KEYS[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    KEYS[event.key]();
    if (event.key.startsWith("Arrow")) show();
  });
  answer.addEventListener("input", () => ((chosen = 0), show()));
  answer.addEventListener("blur", close);
})();
