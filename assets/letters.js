// What stands in a message: paper cannot be unfolded.
on("beforeprint", () => { for (const fold of $$(".prose details:not([open])")) { fold.open = true; fold.dataset.folds = "" } });
on("afterprint", () => { for (const fold of $$(".prose [data-folds]")) { fold.open = false; delete fold.dataset.folds } });
