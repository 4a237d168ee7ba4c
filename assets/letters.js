// What stands in a message.
//   a[data-copy-link]             copies where it leads to, and says so: data-said="…"
// Paper cannot be unfolded.
on("beforeprint", () => { for (const fold of $$(".prose details:not([open])")) { fold.open = true; fold.dataset.folds = "" } });
on("afterprint", () => { for (const fold of $$(".prose [data-folds]")) { fold.open = false; delete fold.dataset.folds } });

on("click", async event => {
  const link = event.target.closest?.("a[data-copy-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try { await navigator.clipboard.writeText(link.href) } catch { location.href = link.href; return }
  say(link.dataset.said);
  link.dataset.copied = link.dataset.said;
  setTimeout(() => delete link.dataset.copied, 2500);
});
