// Pigeon's script only adds: every page is complete without it. It evaluates nothing, and reads nothing but
// inert attributes:
//   [aria-keyshortcuts="e"]       key that clicks or focuses the element (screen readers announce it, too)
//   [data-sequence="g i"]         likewise for two keys, one after the other
//   .row .open                    list navigation with j and k
//   form[data-read]               posted once a person has seen the page
//   form[data-quiet]              its button shows only when a field has changed
//   [data-copy="#id"]             copies that element's text
//   [data-dialog="id"]            opens that <dialog>
//   [data-from-hash]              takes what stands behind the # of the address
//   select[data-guess-zone]       proposes the browser's time zone
// Where a page stays live, its parts change under the script (live.js): what is bound here is bound to the page, not
// to its elements, and what is done to elements is done by `whenever`.
"use strict";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, does) => addEventListener(type, does);
// What is done to the elements of a page: now, and to those that come with a swap (live.js).
const whenever = does => { does(); document.addEventListener("pigeon:swapped", does) };

const say = text => {
  const region = $("#announce");
  if (region) { region.textContent = ""; setTimeout(() => region.textContent = text, 50) }
};

const FIELDS = "input, textarea, select";
const isChanged = field => field.matches("select")
  ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected))
  : field.value !== field.defaultValue || field.checked !== field.defaultChecked;

// localStorage may be forbidden or full: then there are no drafts, and nothing else is missing.
const kept = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)) } catch { return null } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); return true } catch { return false } },
  drop(name) { try { localStorage.removeItem(name) } catch { /* nothing kept, nothing to drop */ } },
  names() { try { return Object.keys(localStorage) } catch { return [] } },
};

/* ---- keys: silent while typing and in dialogs, and can be switched off (WCAG 2.1.4) ---- */
let lead = "";
const keysAreOff = () => document.documentElement.dataset.keys === "off" || kept.get("pigeon-keys") === "off"
  || $("dialog[open], [role=dialog]:popover-open");
on("keydown", event => {
  const { target, key } = event;
  const typing = target.matches?.("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && key === "Enter" && typing && target.form?.method === "post") {
    event.preventDefault();
    const send = $("button[aria-keyshortcuts~='Control+Enter']", target.form);
    return target.form.requestSubmit(send?.checkVisibility() ? send : null);
  }
  if (key === "Escape" && typing) return target.blur();
  if (keysAreOff() || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const sequence = lead + key;
  lead = "";
  if (key === "g" && sequence === "g" && $("[data-sequence]")) { lead = "g "; setTimeout(() => lead = "", 900); return }
  const hit = $$("[data-sequence]").find(link => link.dataset.sequence === sequence)
    ?? $$("[aria-keyshortcuts]").find(it => it.getAttribute("aria-keyshortcuts").split(" ").includes(key) && it.checkVisibility());
  if (hit) { event.preventDefault(); return press(hit) }
  if ("jko".includes(key) && $(".row .open")) { event.preventDefault(); walk(key) }
});

function press(it) {
  if (it.matches("[type=radio]")) { it.click(); $("textarea", it.form)?.focus() }
  else if (it.matches("input, textarea, select")) it.focus();
  else it.click();
}

function walk(key) {
  const rows = $$(".row").filter(row => row.checkVisibility());
  const at = rows.findIndex(row => row.contains(document.activeElement));
  if (key === "o") return $(".open", rows[at])?.click();
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))];
  $(".open", next)?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

whenever(() => { for (const box of $$("[data-keys-switch]")) box.checked = kept.get("pigeon-keys") !== "off" });
on("change", ({ target }) => {
  if (target.matches?.("[data-keys-switch]")) target.checked ? kept.drop("pigeon-keys") : kept.set("pigeon-keys", "off");
});

/* ---- dialogs and copying: their buttons are hidden without this script ---- */
whenever(() => { for (const button of $$("[data-dialog], [data-copy]")) button.hidden = false });
on("click", async event => {
  const opener = event.target.closest?.("[data-dialog]"), copier = event.target.closest?.("[data-copy]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (copier) {
    await navigator.clipboard.writeText($(copier.dataset.copy).textContent.trim());
    say(copier.dataset.said);
    const label = $(".l", copier);
    if (label) label.textContent = copier.dataset.said;
  }
});

/* ---- a form whose button matters only after a change ---- */
const quieten = form => form.toggleAttribute("data-changed", $$(FIELDS, form).some(isChanged));
whenever(() => $$("form[data-quiet]").forEach(quieten));
on("change", ({ target }) => { if (target.form?.matches("[data-quiet]")) quieten(target.form) });

/* ---- read: only when the page has been visible for 2 seconds and a person has moved, touched or typed ---- */
let person = false, seconds = 0, sent, shown; // the number that was posted, and the one that stands there now
const markRead = async () => {
  const form = $("form[data-read]"), seen = form && ($("[name=seen]", form)?.value ?? "");
  // What came while the page was open is read when somebody has been there after it came.
  if (form && seen !== shown) { shown = seen; person = false; seconds = 0 }
  if (!form || seen === sent || !person || seconds < 2 || document.hidden) return;
  sent = seen;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
    if (answer.ok) form.hidden = true;
  } catch { /* the button is still there */ }
};
// A page that loads under a resting pointer gets a pointermove, too: it counts once it has moved on.
let rested;
const gesture = event => {
  const spot = `${event.screenX},${event.screenY}`;
  if (event.type === "pointermove" && (rested ??= spot) === spot) return;
  if (event.isTrusted) { person = true; markRead() }
};
for (const type of ["pointermove", "pointerdown", "touchstart", "keydown", "wheel"]) addEventListener(type, gesture, { passive: true });
setInterval(() => { if (document.hidden) seconds = 0; else { seconds += .25; markRead() } }, 250);
// A swap brings the button back; what was posted stays posted.
document.addEventListener("pigeon:swapped", () => {
  const form = $("form[data-read]");
  if (form && sent !== undefined && ($("[name=seen]", form)?.value ?? "") === sent) form.hidden = true;
});

/* ---- a refused form: start at what is wrong. A conversation: start at what is new ---- */
const wrong = $("[id$=problems]");
const startAt = wrong => wrong?.focus({ preventScroll: !!wrong.closest(".composer") });
startAt(wrong);
document.addEventListener("pigeon:swapped", ({ detail }) => { if (detail.form) startAt($("[id$=problems]", detail.form) ?? $("[id$=problems]")) });
if ((!location.hash || location.hash === "#new" && !$("#new")) && (!wrong || wrong.closest(".composer")))
  ($("#new") ?? $$(".talk .letter").at(-1))?.scrollIntoView({ block: $("#new") ? "start" : "end" });
$(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/* ---- set-up: the code comes behind the #, where no log keeps it; the browser knows the time zone ---- */
for (const field of $$("[data-from-hash]")) {
  const take = () => {
    if (location.hash.length < 2) return;
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname + location.search);
  };
  take();
  on("hashchange", take);
}
for (const select of $$("select[data-guess-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some(option => option.value === zone)) select.value = zone;
}
