/** Every "Ask" of the shop opens the chat: any site can do the same. */
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-ask]")) document.querySelector("switchboard-chat")?.open();
});
