// Shows a customer's photo enlarged in a dialog. Without JavaScript, its link opens the photo in a new tab.
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
  // A click anywhere or Escape closes it; the browser returns the focus to the link.
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
