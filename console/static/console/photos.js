// A customer's photo, larger on press, above the page. Without JavaScript its link opens it in a tab of its own.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-photo]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const picture = document.createElement("img");
  const close = document.createElement("button");
  dialog.className = "lightbox";
  picture.alt = link.querySelector("img").alt.replace(", agrandir", "");
  picture.src = link.href;
  dialog.setAttribute("aria-label", picture.alt);
  close.textContent = "Fermer la photo";
  dialog.append(picture, close);
  // A press anywhere closes it, and so does Escape; the browser brings the focus back to the link.
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
