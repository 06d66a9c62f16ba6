// Keyboard shortcuts and details of the console. Everything works without JavaScript, by links and buttons.
"use strict";

(() => {
  const wide = matchMedia("(min-width: 62rem)");
  const menuWide = matchMedia("(min-width: 48rem)");

  // Filters are open beside the list but closed above it; the menu is open if there is room.
  const fit = () => {
    for (const one of document.querySelectorAll("[data-open-wide]")) one.open = wide.matches || !!one.querySelector(".fault");
    for (const one of document.querySelectorAll("[data-menu]")) one.open = menuWide.matches;
  };
  fit();
  wide.addEventListener("change", fit);
  menuWide.addEventListener("change", fit);

  // Leave empty fields out of the URL.
  document.getElementById("filters")?.addEventListener("submit", (event) => {
    for (const field of event.target.elements) if (!field.value) field.disabled = true;
  });
  addEventListener("pageshow", () => {
    for (const field of document.getElementById("filters")?.elements ?? []) field.disabled = false;
  });

  // htmx moves the focus to the loaded fragment, once its buttons work.
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(kind, () => {
      document.getElementById("spoken").textContent = "Cela n’a pas marché. Rechargez la page et réessayez.";
    });
  }

  const chosenOf = (all) => all.find((one) => one.classList.contains("chosen"));
  const choose = (all, step) => {
    const now = chosenOf(all);
    const next = all[Math.min(all.length - 1, Math.max(0, now ? all.indexOf(now) + step : 0))];
    now?.classList.remove("chosen");
    next?.classList.add("chosen");
    next?.focus();
  };

  const press = (key) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length && (key === "j" || key === "k")) return choose(rows, key === "j" ? 1 : -1), true;
    if (key === "?") return document.getElementById("keys")?.showModal(), true;
    if (key === "/") return focus("id_q");
    const turns = [...document.querySelectorAll("[data-turn]")];
    if (turns.length && (key === "ArrowDown" || key === "ArrowUp")) return choose(turns, key === "ArrowDown" ? 1 : -1), true;
    const within = key === "c" ? (chosenOf(turns) ?? document) : document;
    const target = within.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.matches("input, textarea")) target.focus();
    else target.click();
    return true;
  };

  const focus = (id) => {
    const field = document.getElementById(id);
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
    return !!field;
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    if (press(event.key)) event.preventDefault();
  });
})();
