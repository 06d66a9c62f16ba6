// « Essayer » opens the chat with these words.
document.addEventListener("click", ({ target }) => {
  const words = target.closest("[data-ask]")?.dataset.ask;
  if (words) PixmaniaChat.ask(words);
});
