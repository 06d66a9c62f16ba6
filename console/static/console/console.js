// Keyboard shortcuts, menus, forms and error messages of the console. Links and buttons also work without JavaScript.
"use strict";

(() => {
  const wide = matchMedia("(min-width: 62rem)");
  const menuWide = matchMedia("(min-width: 70rem)");

  const groups = [...document.querySelectorAll("[data-group]")];

  // Filters are open if they are beside the list, and closed if they are above it.
  // The menu is open on wide screens; its groups are open on narrow ones.
  const fit = () => {
    for (const one of document.querySelectorAll("[data-open-wide]")) one.open = wide.matches || !!one.querySelector(".fault");
    for (const one of document.querySelectorAll("[data-menu]")) one.open = menuWide.matches;
    for (const one of groups) one.open = !menuWide.matches;
  };
  fit();
  wide.addEventListener("change", fit);
  menuWide.addEventListener("change", fit);

  // Only one drop-down group is open at a time; a click elsewhere or Escape closes it.
  const closeGroups = (except) => {
    if (menuWide.matches) for (const one of groups) if (one !== except) one.open = false;
  };
  addEventListener("click", ({ target }) => closeGroups(target.closest("[data-group]")));
  addEventListener("focusin", ({ target }) => closeGroups(target.closest("[data-group]")));
  addEventListener("keydown", ({ key }) => {
    const open = key === "Escape" && menuWide.matches && groups.find((one) => one.open);
    if (!open) return;
    closeGroups();
    open.firstElementChild.focus();
  });

  // htmx sends the forms, so that after an error the page and the typed text stay. The server answers with the next page.
  document.addEventListener("htmx:beforeProcessNode", ({ target: form }) => {
    if (!form.matches('form[method="post"]:not([hx-post])') || form.closest("[data-native]")) return;
    form.setAttribute("hx-boost", "true");
    form.setAttribute("hx-sync", "this:drop");
  });

  // Send the cookie's CSRF token: after a sign-in in another tab, the token in the page is outdated.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
    if (token && detail.verb !== "get") detail.parameters.csrfmiddlewaretoken = token;
  });

  // Status 409 (somebody else has changed this) has a page with a choice, so show it instead of an error.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 409) Object.assign(detail, { shouldSwap: true, isError: false });
  });

  // After any failed request, show the error and « Réessayer »; the page and the typed text stay unchanged.
  const wording = { 0: "Le serveur ne répond pas. Vérifiez votre connexion.", 403: "Vous n’avez pas, ou plus, le droit de le faire.", 404: "Cela n’existe plus." };
  const reason = (xhr) => new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector('main [role="alert"]')?.textContent;
  const repeat = ({ elt, target, requestConfig: { verb, path, triggeringEvent: event } }) => {
    if (verb === "get") return htmx.ajax("GET", path, { source: elt, target });
    return event?.type === "submit" ? elt.requestSubmit(event.submitter) : elt.click();
  };
  const showFault = ({ detail }) => {
    if (detail.elt.closest("[data-quiet]")) return;
    const { status } = detail.xhr;
    const box = document.getElementById("fault");
    box.querySelector("p").textContent = `${reason(detail.xhr) || wording[status] || "Cela n’a pas marché."} Ce que vous avez écrit est encore là.`;
    const again = box.querySelector("[data-again]");
    again.hidden = status === 400;
    again.onclick = () => { box.hidden = true; repeat(detail); };
    box.querySelector("[data-close]").onclick = () => { box.hidden = true; detail.elt.focus(); };
    box.hidden = false;
  };
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, showFault);

  // After the session had ended, put the typed text into its form again (console/returning.py).
  const folder = (path) => path.replace(/[^/]*$/, "");
  const fits = (form, action, fields) => {
    const target = form.getAttribute("hx-post") ?? form.getAttribute("action") ?? "";
    if (folder(target.split("?")[0]) !== folder(action.split("?")[0])) return false;
    const hidden = [...form.elements].filter((one) => one.type === "hidden" && !["csrfmiddlewaretoken", "vu"].includes(one.name));
    return hidden.every((one) => fields.some(([name, value]) => name === one.name && value === one.value))
      && fields.every(([name, value]) => name === "vu" || [...form.elements].some((one) => one.name === name && (!["hidden", "submit"].includes(one.type) || one.value === value)));
  };
  const fill = (form, fields) => {
    for (const [name, value] of fields) {
      for (const one of [...form.elements].filter((field) => field.name === name && field.type !== "hidden")) {
        if (one.type === "checkbox") one.checked ||= one.value === value;
        else if (one.type !== "submit") one.value = value;
        else if (one.value !== value) continue;
        for (let box = one.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        one.focus();
      }
    }
  };
  const restore = () => {
    for (const kept of document.querySelectorAll("[data-kept]")) {
      const { action } = kept.dataset;
      const fields = JSON.parse(kept.dataset.kept);
      const form = [...document.forms].find((one) => fits(one, action, fields));
      if (form) { fill(form, fields); delete kept.dataset.kept; continue; }
      // A button loads the form: press it once; « htmx:load » then calls this function again.
      const opener = [...document.querySelectorAll("[hx-get]:not([data-quiet])")].find((one) => action.startsWith(`${one.getAttribute("hx-get")}/`));
      if (opener && !kept.dataset.opened) { kept.dataset.opened = "yes"; opener.click(); }
    }
  };
  document.addEventListener("htmx:load", restore);

  document.querySelector("[data-copy]")?.addEventListener("click", ({ target }) => {
    const field = document.getElementById(target.dataset.copy);
    field.select();
    void navigator.clipboard?.writeText(field.value).then(() => (target.textContent = "Copié"));
  });

  // Enter in the search returns the focus to the list, so that its shortcuts work.
  document.getElementById("filters")?.addEventListener("submit", () => document.activeElement.blur());

  // Ticked rows: a checkbox for all shown rows, Shift for a range, and the count.
  const ticks = () => [...document.querySelectorAll('.tick input')];
  let lastTick = null;
  const countTicks = () => {
    const all = document.querySelector("[data-all]");
    if (!all) return;
    const boxes = ticks();
    const ticked = boxes.filter((one) => one.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
    const words = document.querySelector("[data-count]");
    words.textContent = ticked ? `${ticked} cochée${ticked > 1 ? "s" : ""}` : "Tout cocher";
  };
  addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches(".tick input")) return;
    const boxes = ticks();
    if (event.shiftKey && boxes.includes(lastTick)) {
      const [from, to] = [boxes.indexOf(lastTick), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    lastTick = box;
  });
  addEventListener("change", ({ target }) => {
    if (target.matches("[data-all]")) for (const one of ticks()) one.checked = target.checked;
    countTicks();
  });
  // « ticks »: the inbox has re-rendered its list.
  for (const kind of ["pageshow", "ticks"]) addEventListener(kind, countTicks);
  document.addEventListener("htmx:load", countTicks);

  // Only one pop-up form is open at a time; Enter submits it.
  const pops = () => [...document.querySelectorAll(".pop[open]")];
  addEventListener("click", ({ target }) => { for (const one of pops()) if (!one.contains(target)) one.open = false; });
  addEventListener("keydown", (event) => {
    const open = event.target.closest?.(".pop[open]");
    if (!open) return;
    if (event.key === "Escape") { open.open = false; open.firstElementChild.focus(); }
    if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); open.querySelector("div button, form button").click(); }
  });

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
    if (key === "x" && chosenOf(rows)) return chosenOf(rows).parentElement.querySelector(".tick input")?.click(), true;
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

  // One-key shortcuts can be switched off, because speech input would trigger them (WCAG 2.1.4). This browser stores the choice.
  const shortcuts = document.getElementById("shortcuts");
  if (shortcuts) {
    shortcuts.checked = localStorage.getItem("shortcuts") !== "0";
    shortcuts.addEventListener("change", () => localStorage.setItem("shortcuts", shortcuts.checked ? "1" : "0"));
  }
  document.querySelector("[data-keys]")?.addEventListener("click", () => document.getElementById("keys")?.showModal());

  addEventListener("keydown", (event) => {
    if (!shortcuts?.checked) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // A closed dialog keeps the focus until the next frame; until then, a key in it must work as a shortcut.
    if (event.target.closest("input, textarea, select, dialog") && event.target.checkVisibility()) return;
    if (press(event.key)) event.preventDefault();
  });
})();
