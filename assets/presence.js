// Tells the team who is in a conversation, and what they do there:
//   [data-presence="…"]             the conversation, on its page; #body is where its reader writes
//   .presence[id][data-spoken="…"]  what somebody else does: spoken once when it comes
{
const AT = "/pigeon/actions/pigeon/admin/presence", EVERY = 20_000, PAUSE = 30_000;
const place = $("[data-presence]");
let typed = 0, told;
const doing = () => {
  if (Date.now() - typed > PAUSE || !$("#body")?.value.trim()) return "here";
  return $("[name=isInternalNote]:checked")?.value ? "note" : "reply";
};
const tell = what => {
  told = what;
  const body = new URLSearchParams({ threadId: place.dataset.presence, doing: what });
  if (what === "gone") return navigator.sendBeacon(AT, body);
  fetch(AT, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => {});
};
const look = () => { if (!document.hidden && doing() !== told) tell(doing()) };
if (place) {
  look();
  setInterval(() => { if (!document.hidden) tell(doing()) }, EVERY);
  setInterval(look, 1000);
  on("input", ({ target }) => { if (target.id === "body") { typed = Date.now(); look() } });
  on("change", look);
  on("visibilitychange", () => document.hidden ? tell("gone") : look());
  on("pagehide", () => { if (told !== "gone") tell("gone") });
}

const those = () => new Map($$(".presence[id]").map(it => [it.id, it.dataset.spoken]));
let there = those();
document.addEventListener("pigeon:swapped", () => {
  const now = those();
  for (const [id, text] of now) if (text && there.get(id) !== text) say(text);
  there = now;
});
}
