// Keeps a page as it is on the server, without taking anything out of the hands of whoever looks at it.
// It reads nothing but these:
//   body[data-events="…"]           where the events come from; [data-at] when the page was made
//   [id][data-live="inbox conv-…"]  a region: fetched again from the page's own address when one of these topics is
//                                   announced, and morphed. Every repeated node in it has a stable id.
//   [data-live][data-still]         a list: while the pointer is on it or it is scrolled, its rows stay where they
//                                   are. What came meanwhile waits behind the button [data-news="id of the list"]
//   [role=log][data-live]           a conversation: what is new comes at its end, and is spoken: data-said="… {name}"
//   form[data-swap="id1 id2"]       is posted in place; these ids are then taken from the answer, a 422 or 409 too.
//                                   On any trouble it is posted the plain way. Another page in the answer is gone to.
//   [data-live][data-again="40"]    is fetched again in so many seconds: until then the server has nothing newer
//   [data-live][data-unless="id"]   is left as it is while that field has text
//   [data-stays]                    once shown, it stays as it is while the page is open
//   #offline                        shown when the connection has been gone for 5 seconds
// Requests name the regions they are for in the header Pigeon-Region: "id1 id2"; a whole page is a right answer.
// What a person has changed (a field, a tick, an open <details>) is left alone; a posted form takes its own fields
// from the answer. Whoever knows of news tells the document "pigeon:look". After each swap the document hears "pigeon:swapped", detail: { ids, form, fresh } (the form that
// was posted, if one was; `fresh`, the nodes that are new in a log): bind by delegation, or begin anew upon it.
{
const page = document.body.dataset;
const byId = id => document.getElementById(id);

/* ---- what a person has in hand ---- */
const state = field => field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value;
const scrollerOf = node => {
  for (let it = node; it; it = it.parentElement)
    if (it.scrollHeight > it.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(it).overflowY)) return it;
  return document.scrollingElement;
};
// A pointer that has not moved since the page came was not put there to press something.
let moved = false, spot;
on("pointermove", ({ pointerType, screenX, screenY, timeStamp }) => {
  if (timeStamp < 1000) spot ??= `${screenX},${screenY}`;
  moved ||= pointerType !== "touch" && spot !== `${screenX},${screenY}`;
});
const isHeld = region => (moved && region.matches(":hover")) || scrollerOf(region).scrollTop > 0;
const rows = region => $$("[role=list] > [id]", region);
// Whether a row that is there would come to another place.
const moves = (now, next) => {
  const order = rows(next).map(row => row.id);
  return rows(now).some((row, at) => row.id !== order[at]);
};

/* ---- swap: take regions by id out of an answer, and morph them in ---- */
const forced = new Set(); // regions whose rows may move, once: their news was asked for
const waiting = new Set(); // regions whose rows stay where they are for now

let swaps = 0;
function swap(doc, ids, { form, sent } = {}) {
  swaps += 1;
  const fresh = [], done = [], lost = lookAfterFocus(form);
  for (const id of ids) {
    const now = byId(id), next = doc.getElementById(id);
    if (!now || !next) continue;
    if (!form && byId(now.dataset.unless)?.value.trim()) continue;
    if (!form && !forced.has(id) && now.matches("[data-still]") && isHeld(now) && moves(now, next)) { wait(now, next); continue }
    waiting.delete(id); forced.delete(id);
    news(id, 0);
    if (now.matches("[role=log]")) followed(now, () => morph(now, next, form, sent), fresh, form);
    else morph(now, next, form, sent);
    done.push(id);
  }
  if (doc.title) document.title = doc.title;
  document.dispatchEvent(new CustomEvent("pigeon:swapped", { detail: { ids: done, form, fresh } }));
  lost();
}

const refused = new WeakSet(); // fields of forms that were not taken: what was typed stays until it is
function morph(now, next, form, sent) {
  const isMine = field => sent?.has(field) && sent.get(field) === state(field);
  Idiomorph.morph(now, next, {
    callbacks: {
      // What the script made focusable stays so: else it would lose the focus.
      beforeAttributeUpdated: (name, node) => !(name === "tabindex" || (name === "open" && node.matches("details, dialog"))),
      beforeNodeMorphed: node => node.nodeType !== 1 || !(node.matches("[data-stays], form[aria-busy=true]")
        || (node.matches(FIELDS) && !isMine(node) && (node === document.activeElement && !sent?.has(node) || isChanged(node) || refused.has(node)))),
      beforeNodeRemoved: node => !(node.nodeType === 1 && node.matches("[data-stays]")),
    },
  });
}

/* Focus stays where it is; if that is gone, it goes to the next row, else to the list's or the page's heading. */
function lookAfterFocus(form) {
  const had = document.activeElement, id = had?.id;
  const row = had?.closest("[role=list] > [id]") ?? (form && $$("[role=list] > [id] input:checked").at(-1)?.closest("[role=list] > [id]"));
  const after = [];
  for (let it = row; it; it = it.nextElementSibling) after.push(it.id);
  for (let it = row?.previousElementSibling; it; it = it.previousElementSibling) after.push(it.id);
  return () => {
    const has = document.activeElement, stays = had?.isConnected && had.checkVisibility();
    if (!had || had === document.body || has !== document.body && has !== had || stays && has === had) return;
    // A node that was moved stays, but loses the focus.
    const next = stays ? had : byId(id) ?? after.map(byId).find(it => it);
    const to = next?.matches(".row") ? $(".open, a, button", next) : next;
    if (to?.checkVisibility()) return to.focus();
    const heading = $("main h1");
    if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }) }
  };
}

/* A conversation goes on at its end: whoever is there sees it, whoever reads above is told. */
function followed(log, change, fresh, form) {
  const scroller = scrollerOf(log), had = new Set($$("[id]", log).map(it => it.id));
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
  change();
  const came = $$("article[id]", byId(log.id)).filter(it => !had.has(it.id));
  if (!came.length) return;
  fresh.push(...came);
  const name = $(".who h2, .who h3", came.at(-1))?.textContent.trim();
  if (!form && log.dataset.said) say(log.dataset.said.replace("{name}", name ?? ""));
  // Nothing moves for whoever is writing.
  const writes = document.activeElement?.matches("textarea") && document.activeElement.value;
  if (form || (atEnd && !writes && !(moved && log.matches(":hover")))) came[0].scrollIntoView({ block: "nearest" });
  else if (came[0].getBoundingClientRect().top > innerHeight - 80) news(log.id, unseen(log.id) + came.length, came[0].id);
}

/* ---- news that waits behind a button ---- */
const buttonOf = id => $(`[data-news="${id}"]`);
const unseen = id => Number(buttonOf(id)?.dataset.n ?? 0);
function news(id, n, first = "") {
  const button = buttonOf(id);
  if (!button) return;
  button.hidden = !n;
  button.dataset.n = n;
  if (n && first) button.dataset.first ||= first; else button.dataset.first = first;
  if (n) $(".l", button).textContent = (n === 1 ? button.dataset.one : button.dataset.many).replace("{n}", n);
}
function wait(now, next) {
  const had = new Map(rows(now).map(row => [row.id, $("time", row)?.dateTime]));
  const came = rows(next).filter(row => had.get(row.id) !== $("time", row)?.dateTime).length;
  waiting.add(now.id);
  news(now.id, came);
}
const settle = () => {
  const free = [...waiting].filter(id => byId(id) && !isHeld(byId(id)));
  if (free.length) { free.forEach(id => waiting.delete(id)); touch(free) }
};
addEventListener("scroll", () => {
  settle();
  for (const button of $$("[data-news]:not([hidden])")) {
    const first = button.dataset.first && byId(button.dataset.first);
    if (first && first.getBoundingClientRect().top < innerHeight - 80) news(button.dataset.news, 0);
  }
}, { capture: true, passive: true });
on("pointerout", () => { if (waiting.size) setTimeout(settle, 50) });
on("click", event => {
  const button = event.target.closest?.("[data-news]");
  if (!button) return;
  const region = byId(button.dataset.news), first = byId(button.dataset.first);
  if (first) { first.scrollIntoView({ block: "start" }); first.tabIndex = -1; first.focus({ preventScroll: true }); return news(region.id, 0) }
  forced.add(region.id);
  scrollerOf(region).scrollTop = 0;
  pull([region.id]).then(() => $("[role=list] > [id] .open", byId(region.id))?.focus()).catch(() => {});
});

/* ---- pull: the page's regions again ---- */
const parse = text => new DOMParser().parseFromString(text, "text/html");
const GONE = [401, 403, 404];
async function pull(ids) {
  const before = swaps, answer = await fetch(location.pathname + location.search, { headers: { "Pigeon-Region": ids.join(" ") } });
  const elsewhere = answer.redirected && new URL(answer.url).pathname !== location.pathname;
  if (elsewhere || GONE.includes(answer.status)) return leave();
  if (!answer.ok) throw answer.status;
  const doc = parse(await answer.text());
  // What came while this was under way may be newer.
  if (swaps !== before) return touch(ids);
  swap(doc, ids);
}
// This page is no longer for this person: what they see instead comes by looking again, but nothing typed is lost.
// While a form leads on, that is where the page goes.
let going = 0;
function leave() {
  hush();
  left = true;
  if (Date.now() - going < 5000 || $("form[aria-busy=true]")) return setTimeout(leave, 1000);
  if ($$("textarea").some(it => it.value.trim() && it.value !== it.defaultValue)) return strip("gone");
  location.reload();
}

let timer, left = false;
// A page that is the answer to a form has no address to be fetched from again, and what was typed stands in it.
const isAnswer = location.pathname.startsWith("/pigeon/actions/");
const rests = () => document.hidden || left || isAnswer;
const due = new Set();
const regions = topics => $$("[data-live][id]").filter(it => !topics || it.dataset.live.split(" ").some(topic => topics.includes(topic)));
/** These regions are to be fetched again: soon, together, and not while nobody looks. */
function touch(ids) {
  ids.forEach(id => due.add(id));
  if (!due.size || rests()) return;
  timer ??= setTimeout(async () => {
    const now = [...due];
    let rest = 0;
    due.clear();
    try { await pull(now) } catch { now.forEach(id => due.add(id)); rest = 2000 }
    timer = undefined;
    if (due.size) setTimeout(touch, rest, []);
  }, 200);
}

// What is not of this moment is looked at again.
let lookAgain;
whenever(() => {
  const aged = $$("[data-live][data-again]");
  clearTimeout(lookAgain);
  if (aged.length) lookAgain = setTimeout(touch, aged[0].dataset.again * 1000, aged.map(it => it.id));
});

document.addEventListener("pigeon:look", () => touch(regions().map(it => it.id)));

/* ---- events: one stream a page, of topics only ---- */
const BEAT = 20_000; // how often the server says that it is there
let source, heard = 0, quiet, since = page.at, seenOff;
const topicsNow = () => [...new Set($$("[data-live]").flatMap(it => it.dataset.live.split(" ")))].sort().join(",");
let topics = topicsNow();

function listen() {
  if (!page.events || rests()) return;
  hush();
  const query = new URLSearchParams({ topics });
  if (since) query.set("since", since);
  source = new EventSource(`${page.events}?${query}`);
  heard = Date.now();
  source.onopen = () => {
    heard = Date.now();
    clearTimeout(seenOff); seenOff = undefined;
    strip();
    // After the first time something may have been missed.
    if (!since) touch(regions().map(it => it.id));
    since = undefined;
  };
  source.onerror = () => {
    seenOff ??= setTimeout(strip, 5000, "off");
    // Refused: it does not come back by itself. The page's own address says why.
    if (source?.readyState === EventSource.CLOSED) again();
  };
  source.addEventListener("topic", ({ data }) => { heard = Date.now(); touch(regions(data.split(" ")).map(it => it.id)) });
  source.addEventListener("all", () => { heard = Date.now(); touch(regions().map(it => it.id)) });
  // No right to it any more: asking again would only be refused.
  source.addEventListener("end", leave);
  source.addEventListener("beat", () => { heard = Date.now() });
}
function hush() { source?.close(); source = undefined; clearTimeout(quiet) }
function again() {
  hush();
  quiet = setTimeout(async () => {
    since = undefined;
    // A page that is no longer for this person says so; no answer at all: later.
    try { await pull(regions().slice(0, 1).map(it => it.id)) } catch { return again() }
    listen();
  }, 2000 + Math.random() * 2000);
}
// A connection can die without a word: a laptop that slept, a node whose power went.
setInterval(() => {
  if (source && Date.now() - heard > 2.2 * BEAT) { since = undefined; seenOff ??= setTimeout(strip, 0, "off"); listen() }
}, 5000);
/** Says that there is no connection ("off"), or no right to this page any more ("gone"); else nothing. */
function strip(what) {
  const note = byId("offline");
  if (!note || left && what !== "gone") return;
  for (const it of $$("[data-when]", note)) it.hidden = it.dataset.when !== what;
  note.hidden = !what;
}

// Out of sight a page rests: a browser allows few connections, and other tabs want them. Once a minute the title
// still follows.
let rest;
on("visibilitychange", () => {
  clearTimeout(rest);
  if (document.hidden) rest = setTimeout(() => { hush(); since = undefined }, 10_000);
  else if (!source) { since = undefined; listen() }
  else touch([]);
});
setInterval(() => {
  const badge = document.hidden && !left && !isAnswer && $("[data-badge][id]");
  if (badge) pull([badge.id]).catch(() => {});
}, 60_000);
document.addEventListener("pigeon:swapped", () => {
  const now = topicsNow();
  if (now === topics) return;
  topics = now;
  if (source) listen();
});

/* ---- forms that swap ---- */
const plainly = new WeakSet();
const posting = new WeakMap(); // what is under way: its fields as they were `sent`, the button that posts it `again`
on("submit", async event => {
  const form = event.target, by = event.submitter;
  if (event.defaultPrevented || !form.matches("form[data-swap]") || plainly.delete(form)) return;
  if (by?.hasAttribute("formmethod") || form.method === "dialog") return;
  event.preventDefault();
  // Pressed twice is meant once; but what was ticked since is for the next time.
  const out = posting.get(form);
  if (out && [...form.elements].some(it => it.type === "checkbox" && it.checked && !out.sent.get(it))) out.again = by;
  if (out) return;
  const ids = form.dataset.swap.split(" "), asks = form.method === "get", data = new FormData(form, by);
  const sent = new Map([...form.elements].filter(it => it.matches(FIELDS)).map(it => [it, state(it)]));
  const url = new URL(by?.getAttribute("formaction") || form.getAttribute("action") || location.href, location.href);
  const many = (by?.formEnctype || form.enctype) === "multipart/form-data";
  if (asks) url.search = new URLSearchParams(data);
  form.setAttribute("aria-busy", "true");
  const now = { sent }, before = swaps;
  posting.set(form, now);
  let answer;
  try {
    answer = await fetch(url, { method: form.method, body: asks ? null : many ? data : new URLSearchParams(data), headers: { "Pigeon-Region": ids.join(" "), Accept: "text/html" } });
    const to = new URL(answer.url), fits = answer.ok || [400, 409, 413, 422, 429, 503, 507].includes(answer.status);
    if (answer.ok && to.pathname !== location.pathname && (answer.redirected || asks)) return location.assign(to);
    const doc = fits && parse(await answer.text());
    done(form);
    if (!doc || !ids.some(id => doc.getElementById(id))) return plain(form, by);
    if (asks) { history.replaceState({ swapped: true }, ""); history.pushState({ swapped: true }, "", to) }
    else if (answer.redirected && to.search !== location.search) history.replaceState(null, "", to);
    const late = swaps !== before;
    // The rest of the page comes along, where the answer has it and nobody holds it.
    swap(doc, ids, { form, sent });
    for (const it of sent.keys()) if (answer.ok || it.type === "hidden") refused.delete(it); else refused.add(it);
    swap(doc, regions().map(it => it.id).filter(id => !ids.includes(id)));
    if (late) touch(regions().map(it => it.id));
    if (answer.ok && form.isConnected && now.again?.form === form) form.requestSubmit(now.again);
  } catch (trouble) {
    done(form);
    // No connection: a page of the browser's own in place of this one would help nobody.
    if (!answer && trouble instanceof TypeError) return strip("off");
    plain(form, by);
  }
});
on("submit", event => { if (!event.defaultPrevented) going = Date.now() });
function done(form) { form.removeAttribute("aria-busy"); posting.delete(form) }
function plain(form, by) { plainly.add(form); form.requestSubmit(by?.form === form ? by : null) }
on("popstate", event => { if (event.state?.swapped) location.reload() });
on("pageshow", event => { if (event.persisted) { since = undefined; listen() } });

listen();
}
