// What is being written, and what was sent and can be taken back. It reads these attributes:
//   textarea[data-draft="…"]      kept on this device for 7 days, until it is posted
//   [data-keep="/address"]        … and on the server, 700 ms after the last key: then not on this device
//   [name=draftId] beside it      the server has what stands in it at first: only what is changed is kept on this device
//   textarea[data-other]          the draft of the other kind: of a note beside a reply, or the other way round
//   [data-leaves="8"]             counts down the seconds until a message leaves
//   form[data-unsend]             takes a message back: what is being written is kept first
//   form[data-signs-out="…"]      warns of what would be lost
{
/* ---- drafts: per person, thread and kind (reply, note). Staff's live on the server, and on this device only until
   they are there; guests' live on their device. ---- */
const DRAFT = "pigeon-draft:", WEEK = 7 * 24 * 3600 * 1000, KINDS = ["", "1"];
// Letters alone: a page shows the marks of lists, quotes and emphasis in its own way.
const plain = text => text.replace(/\P{L}+/gu, "") || text.replace(/\s+/g, "");
const kindOf = area => $("input[name=isInternalNote]:checked", area.form)?.value ?? "";
const nameOf = (area, kind = kindOf(area)) => DRAFT + area.dataset.draft + (kind ? ":note" : "");
const keyOf = form => form.elements.key?.value ?? "";
const mine = whose => kept.names().filter(name => name.startsWith(DRAFT + whose));
const areas = () => $$("textarea[data-draft]");
const refused = area => $("[id$=problems]", area.form);
function tell(area, word) {
  const out = $(".saved", area.form);
  if (out) out.textContent = word ? out.dataset[word] ?? "" : "";
}

// Of each text area, by kind: what the server has, and what is typed.
const known = new WeakMap();

// The week runs from the last change: looking at a draft again does not lengthen it.
function keepHere(area) {
  const kind = kindOf(area), name = nameOf(area), text = area.value, before = kept.get(name);
  // Nothing, or a draft that the server has as it is.
  if (!area.dataset.keep && (!text.trim() || area.form.elements.draftId && !refused(area) && text === known.get(area).server[kind])) return kept.drop(name);
  if (before?.text === text && !before.sent) return true;
  return kept.set(name, { text, at: Date.now(), key: area.dataset.keep && keyOf(area.form), base: known.get(area)?.server[kind] });
}

async function post(area, kind, text, key) {
  const { threadId, csrf } = area.form.elements;
  const body = new URLSearchParams({ threadId: threadId.value, isInternalNote: kind, body: text, key, csrf: csrf.value });
  // A page that is left may still send 64 KB.
  const keepalive = body.toString().length < 60_000;
  try { return await fetch(area.dataset.keep, { method: "POST", body, keepalive, headers: { Accept: "application/json" } }) } catch { return null }
}

const queues = new Map(); // one after the other, so that an older text never comes last
/** Keeps a draft on the server; once it is there, it is not on this device any more. */
function keepThere(area, kind = kindOf(area)) {
  const name = nameOf(area, kind), state = known.get(area), key = keyOf(area.form);
  const next = (queues.get(name) ?? Promise.resolve()).then(async () => {
    const draft = kept.get(name);
    if (!draft || draft.sent) return;
    const shown = () => kindOf(area) === kind && area.isConnected;
    if (!(await post(area, kind, draft.text, key))?.ok) { if (shown()) tell(area, "device"); return }
    state.server[kind] = draft.text;
    if (kept.get(name)?.text !== draft.text) return;
    if (!kept.get(name).sent) kept.drop(name);
    if (shown()) tell(area, draft.text.trim() && "kept");
  });
  queues.set(name, next);
  return next;
}

/** Whatever is only on this device, of what is written on this page, goes to the server. */
const flush = () => Promise.all(areas().filter(area => area.dataset.keep && known.has(area)).flatMap(area =>
  KINDS.filter(kind => kept.get(nameOf(area, kind))).map(kind => keepThere(area, kind))));

whenever(() => {
  const letters = new Set($$(".letter .prose, [data-draft]").map(letter => plain(letter.textContent)));
  for (const name of mine("")) {
    const draft = kept.get(name);
    // A guest's draft whose words stand on the page has been posted, whatever became of the answer.
    const posted = draft?.sent && !draft.key && (letters.has(plain(draft.text)) || $("[data-posted]"));
    // Nothing is left of a text that the server still has: it is to hear of that.
    const empty = !draft?.text && draft?.key === undefined;
    if (empty || posted || Date.now() - draft.at > WEEK) kept.drop(name);
  }
});
whenever(() => {
  for (const area of areas()) {
    if (known.has(area)) continue;
    const kind = kindOf(area), server = { [kind]: area.value, [kind ? "" : "1"]: $("[data-other]", area.form)?.value ?? "" };
    known.set(area, { server, typed: { ...server } });
    if (area.dataset.keep) bring(area);
    else {
      const draft = kept.get(nameOf(area));
      if (draft && (!area.value || draft.base === area.value)) area.value = draft.text;
      if (area.value && keepHere(area)) tell(area, "device");
    }
  }
  for (const button of $$(".composer .keep")) button.hidden = true;
});

/** What this device has that the server has not. */
async function bring(area) {
  const { server, typed } = known.get(area);
  // What was not taken is a draft from now on.
  if (refused(area)) { delete server[kindOf(area)]; keepHere(area); keepThere(area) }
  for (const kind of KINDS) {
    const name = nameOf(area, kind), draft = kept.get(name), theirs = server[kind];
    if (!draft || theirs === undefined) continue;
    if (draft.text ? theirs.includes(draft.text) : draft.base !== theirs) { kept.drop(name); continue }
    // It was sent: the server knows whether it came.
    if (draft.sent && (await post(area, kind, draft.text, draft.key))?.status === 409) { kept.drop(name); continue }
    // Changed elsewhere since: neither is lost.
    const text = !theirs || draft.base === theirs ? draft.text : `${theirs}\n\n${draft.text}`;
    if (kindOf(area) === kind && area.value === theirs) area.value = text;
    typed[kind] = text;
    kept.set(name, { ...draft, text, sent: undefined });
    keepThere(area, kind);
  }
}

let timer;
on("input", ({ target: area }) => {
  const state = known.get(area);
  if (!state) return;
  clearTimeout(timer);
  state.typed[kindOf(area)] = area.value;
  keepHere(area);
  if (!area.dataset.keep) { timer = setTimeout(() => tell(area, area.value.trim() && "device"), 300); return }
  tell(area, "");
  timer = setTimeout(keepThere, 700, area);
});
on("change", ({ target }) => {
  const area = target.matches?.("input[name=isInternalNote]") && $("textarea[data-keep]", target.form);
  if (!area) return;
  clearTimeout(timer);
  flush();
  area.value = known.get(area).typed[kindOf(area)] ?? "";
  tell(area, area.value.trim() && (kept.get(nameOf(area)) ? "device" : "kept"));
});
on("submit", ({ target: form, submitter }) => {
  for (const area of $$("textarea[data-draft]", form)) {
    clearTimeout(timer);
    if (submitter?.getAttribute("formaction") === area.dataset.keep && area.dataset.keep) continue;
    if (area.value.trim()) kept.set(nameOf(area), { text: submitter?.name === "discard" ? "" : area.value, at: Date.now(), sent: true, key: area.dataset.keep && keyOf(form) });
  }
});
// Posted in place: the form begins anew.
document.addEventListener("pigeon:swapped", ({ detail: { form, fresh } }) => {
  const area = form?.matches(".composer") && $("textarea[data-keep]", form);
  if (!area) return;
  known.delete(area);
  if (refused(area)) return refused(area).focus();
  for (const kind of KINDS) if (kept.get(nameOf(area, kind))?.sent) kept.drop(nameOf(area, kind));
  const sent = fresh?.at(-1) ?? $("#held .letter:last-child");
  sent?.scrollIntoView({ block: "nearest" });
  // Whoever has sent it has left the field: the next key is for the page.
  if (sent && form.contains(document.activeElement) && !area.value) { sent.tabIndex = -1; sent.focus({ preventScroll: true }) }
  announce();
});
on("pagehide", () => {
  clearTimeout(timer);
  for (const area of areas()) if (!area.dataset.keep && area.value.trim() && !kept.get(nameOf(area))?.sent) keepHere(area);
  flush();
});
on("online", flush);
setInterval(() => { if (!document.hidden) flush() }, 15_000);

/* ---- what is being written is kept before a message is taken back, and before somebody signs out ---- */
const ready = new WeakSet();
on("submit", async event => {
  const form = event.target, leaves = form.matches("form[data-signs-out]");
  if (!leaves && !form.matches("form[data-unsend]") || ready.has(form)) return;
  event.preventDefault();
  clearTimeout(timer);
  await flush();
  // A form cannot be sent again before this event is over.
  await new Promise(over => setTimeout(over));
  if (leaves) {
    const here = mine(form.dataset.signsOut);
    if (here.some(name => !kept.get(name)?.sent) && !confirm(form.dataset.warning)) return;
    for (const area of areas()) area.value = "";
    here.forEach(kept.drop);
  }
  ready.add(form);
  form.requestSubmit();
});

/* ---- a message that is held: the page says when it leaves, the script counts ---- */
const ends = new WeakMap();
function count() {
  for (const it of $$("[data-leaves]")) {
    const id = it.dataset.id + it.dataset.leaves;
    if (ends.get(it)?.id !== id) ends.set(it, { id, at: performance.now() + it.dataset.leaves * 1000, look: 1500 });
    const end = ends.get(it), past = performance.now() - end.at, left = Math.ceil(-past / 1000);
    const text = left > 1 ? it.dataset.many.replace("{n}", left) : left === 1 ? it.dataset.one : it.dataset.now;
    if (it.textContent !== text) it.textContent = text;
    // It should be gone by now, and nobody has said so: the page looks by itself.
    if (past > end.look) { end.look = past + 5000; document.dispatchEvent(new CustomEvent("pigeon:look")) }
  }
}
function announce() {
  count();
  const last = $$("#held [data-leaves]").at(-1);
  if (last) say(last.textContent);
}
whenever(count);
setInterval(count, 250);
announce();
}
