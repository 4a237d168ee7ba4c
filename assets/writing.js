// Help while writing in the composer.
//   a[data-saved-replies="id"]    opens that <dialog> with the team's saved replies, instead of their page
//   In a note, an @ offers the people of the team.
const askFor = async address => {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};
/** Puts text where the cursor is, or in the place of what stands from `from` to there. */
const insert = (area, text, from = area.selectionStart) => {
  area.setRangeText(text, from, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
};

/* ---- saved replies: found by their title, put where the cursor is ---- */
on("click", async event => {
  const link = event.target.closest?.("a[data-saved-replies]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const dialog = document.getElementById(link.dataset.savedReplies), list = $("ul", dialog), field = $("input", dialog);
  try {
    const { replies } = await askFor(link.href);
    list.replaceChildren(...replies.map(({ id, title }) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.className = "btn ghost";
      button.append(Object.assign(document.createElement("bdi"), { textContent: title }));
      button.dataset.reply = `/pigeon/admin/saved-replies/${id}?thread=${link.closest("form").elements.threadId.value}`;
      item.append(button);
      return item;
    }));
    field.value = "";
    find(dialog);
    dialog.showModal();
  } catch { location.href = link.href }
});
const find = dialog => {
  const words = $("input", dialog).value.toLowerCase().split(/\s+/), items = $$("li", dialog), out = $("[data-none]", dialog);
  for (const item of items) item.hidden = !words.every(word => item.textContent.toLowerCase().includes(word));
  out.textContent = !items.length ? out.dataset.none : items.every(item => item.hidden) ? out.dataset.nothing : "";
};
on("input", ({ target }) => { if (target.closest?.("#saved-replies")) find(target.closest("dialog")) });
on("keydown", event => {
  if (event.key !== "Enter" || !event.target.matches?.("#saved-replies input")) return;
  event.preventDefault();
  $("li:not([hidden]) button", event.target.closest("dialog"))?.click();
});
on("click", async event => {
  const button = event.target.closest?.("[data-reply]"), area = $("#body");
  if (!button || !area) return;
  try {
    const { body } = await askFor(button.dataset.reply);
    button.closest("dialog").close();
    area.focus();
    insert(area, body);
  } catch { location.href = $("a", button.closest("dialog")).href }
});

/* ---- @: who of the team is meant ---- */
const people = { all: null, shown: [], at: 0, from: 0 };
const noted = area => area?.matches?.(".composer textarea") && $("[name=isInternalNote][value='1']:checked", area.form);
const offer = () => document.getElementById("mentions");
function fold(area) {
  people.shown = [];
  offer()?.remove();
  area?.removeAttribute("aria-activedescendant");
  area?.removeAttribute("aria-controls");
}
function unfold(area) {
  let list = offer();
  if (!list) {
    list = document.createElement("ul");
    list.id = "mentions";
    list.role = "listbox";
    list.dataset.stays = "";
    list.ariaLabel = area.dataset.people;
    area.closest(".box").append(list);
    area.setAttribute("aria-controls", "mentions");
    area.setAttribute("aria-autocomplete", "list");
  }
  list.replaceChildren(...people.shown.map(({ name, handle }, n) => {
    const item = document.createElement("li"), as = document.createElement("small");
    item.id = `mention-${n}`;
    item.role = "option";
    item.ariaSelected = String(n === people.at);
    item.dir = "auto";
    as.textContent = `@${handle}`;
    item.append(name, " ", as);
    return item;
  }));
  area.setAttribute("aria-activedescendant", `mention-${people.at}`);
}
on("input", async ({ target: area }) => {
  if (!noted(area)) return;
  const before = area.value.slice(0, area.selectionStart);
  const typed = /(?:^|[^\p{L}\p{N}._+-])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u.exec(before)?.[1];
  if (typed === undefined) return fold(area);
  try { people.all ??= (await askFor("/pigeon/admin/staff.json")).staff } catch { return }
  if (area.value.slice(0, area.selectionStart) !== before) return;
  const word = typed.toLowerCase(), begins = text => text.toLowerCase().startsWith(word);
  people.shown = people.all.filter(({ name, handle }) => begins(handle) || begins(name) || name.split(/\s+/).some(begins)).slice(0, 6);
  people.at = 0;
  people.from = area.selectionStart - typed.length - 1;
  if (people.shown.length) unfold(area); else fold(area);
});
const take = (area, n) => {
  const { handle } = people.shown[n], { from } = people;
  fold(area);
  insert(area, `@${handle} `, from);
};
document.addEventListener("keydown", event => {
  const { target: area, key } = event, count = people.shown.length;
  if (!count || !noted(area) || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: count - 1 }[key];
  if (step) { people.at = (people.at + step) % count; unfold(area) }
  else if ((key === "Enter" || key === "Tab") && !event.ctrlKey && !event.metaKey && !event.shiftKey) take(area, people.at);
  else if (key === "Escape") fold(area);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("pointerdown", event => {
  const item = event.target.closest?.("#mentions [role=option]"), area = $("#body");
  if (!item) return people.shown.length ? fold(area) : undefined;
  event.preventDefault();
  take(area, [...item.parentNode.children].indexOf(item));
}, true);
on("focusout", ({ target }) => { if (target.matches?.(".composer textarea")) fold(target) });
