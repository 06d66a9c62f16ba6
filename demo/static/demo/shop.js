// On an order's page, give the chat the order's number and e-mail. The chat offers them; only the customer sends them.
addEventListener("load", () => {
  const { order: orderNumber, email } = document.querySelector("main [data-order]")?.dataset ?? {};
  if (orderNumber) window.PixmaniaChat?.identify({ orderNumber, email });
});

// « Essayer » opens the chat with these words.
document.addEventListener("click", ({ target }) => {
  const words = target.closest("[data-ask]")?.dataset.ask;
  if (words) PixmaniaChat.ask(words);
});
