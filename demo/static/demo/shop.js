// The order's page says whose it is; the chat offers that, and sends nothing before the customer does.
addEventListener("load", () => {
  const { order: orderNumber, email } = document.querySelector("main [data-order]")?.dataset ?? {};
  if (orderNumber) window.PixmaniaChat?.identify({ orderNumber, email });
});

// « Essayer » opens the chat with these words.
document.addEventListener("click", ({ target }) => {
  const words = target.closest("[data-ask]")?.dataset.ask;
  if (words) PixmaniaChat.ask(words);
});
