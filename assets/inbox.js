// Rows are ticked by mouse, with Shift for a range, or by x; #bulk, a plain form, acts on them. With nothing ticked its
// keys are for the row that has the focus.
{
const ticks = (rest = "") => $$(".row > .check" + rest);
const inBand = ({ dataset }) => $$(`#${dataset.band} .check`);
const count = () => {
  const n = ticks(":checked").length;
  for (const said of $$("#bulk [data-many]")) {
    said.dataset.js = "";
    said.textContent = (n === 1 ? said.dataset.one : said.dataset.many).replace("{n}", n);
  }
  for (const band of $$(".band > .check")) {
    band.hidden = false;
    band.checked = inBand(band).every(tick => tick.checked);
  }
};
whenever(count);

let last;
on("click", ({ target, shiftKey }) => {
  const tick = target.closest?.(".row > .check");
  if (!tick) return;
  const all = ticks(), from = all.indexOf(last), to = all.indexOf(tick);
  if (shiftKey && from >= 0) for (const it of all.slice(Math.min(from, to), Math.max(from, to) + 1)) it.checked = tick.checked;
  last = tick;
  count();
});
on("change", ({ target }) => {
  if (!target.matches?.(".band > .check")) return;
  for (const tick of inBand(target)) tick.checked = target.checked;
  count();
});
on("reset", () => setTimeout(count));

addEventListener("keydown", event => {
  const { target, key } = event;
  if (keysAreOff() || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = target.closest?.(".row"), tick = row && $(".check", row);
  if (!tick) return;
  if (key === "x") { event.preventDefault(); return tick.click() }
  // What is ticked while it is being posted was for that time.
  if ($(`#bulk [aria-keyshortcuts="${CSS.escape(key)}"]`) && ($("#bulk[aria-busy]") || !ticks(":checked").length)) { tick.checked = true; count() }
}, { capture: true });
}
