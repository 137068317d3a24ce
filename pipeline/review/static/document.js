// The document page: source and rows lead to each other; decisions by key or button, one request each.
"use strict";

const root = document.getElementById("doc");
const doc = root.dataset.doc;
const may = "may" in root.dataset;
const source = document.getElementById("source");
const list = document.getElementById("cards");
const adding = document.getElementById("adding");
const picked = document.getElementById("picked");
const conflictBox = document.getElementById("conflict");
const helpBox = document.getElementById("help");
const done = []; // ids of the cards decided on, latest last: what u takes back
let chain = Promise.resolve(); // one decision after another, however fast the keys come

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
const current = () => list.querySelector(".item.current");
const shown = () => [...list.querySelectorAll(".item:not(.hide)")];
const element = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content.firstElementChild;
};

// --- Where one is -------------------------------------------------------------------------------------------------

function light(id, table) {
  for (const e of source.querySelectorAll(".now, .now-task")) e.classList.remove("now", "now-task");
  const found = [...source.querySelectorAll(`[data-r~="${CSS.escape(id)}"]`)];
  for (const e of found) e.classList.add(table === "tasks" ? "now-task" : "now");
  return found[0];
}

// A PDF may be looked at page by page; the page follows the row.
const sheet = document.getElementById("sheet");
let shownPage = 0;

async function openPage(number) {
  if (shownPage === number) return;
  try {
    sheet.innerHTML = await ask(`/doc/${doc}/page/${number}`);
    shownPage = number;
  } catch (problem) {
    toast(problem.text, true);
  }
}

async function lightPage(card) {
  if (sheet.hidden || !card) return;
  if (card.dataset.page) await openPage(Number(card.dataset.page));
  for (const e of sheet.querySelectorAll(".now")) e.classList.remove("now");
  const found = sheet.querySelectorAll(`[data-r="${CSS.escape(card.id)}"]`);
  for (const e of found) e.classList.add("now");
  found[0]?.scrollIntoView({ block: "center" });
}

async function look(name) {
  for (const b of document.querySelectorAll("[data-look]")) b.setAttribute("aria-pressed", String(b.dataset.look === name));
  source.hidden = name === "page";
  sheet.hidden = name !== "page";
  if (name !== "page") return choose(current());
  await openPage(Number(current()?.dataset.page) || 1);
  await lightPage(current());
}

document.querySelector(".left").addEventListener("click", (event) => {
  const button = event.target.closest("[data-look]");
  if (button) look(button.dataset.look);
  const turn = event.target.closest("[data-page]");
  if (turn) openPage(Number(turn.dataset.page));
  const mark = event.target.closest("rect[data-r]");
  const card = mark && document.getElementById(mark.dataset.r);
  if (!card) return;
  card.classList.remove("hide");
  if (root.clientWidth <= 860) view("rows");
  choose(card);
});

function choose(card, { scrollSource = true, focus = true } = {}) {
  if (!card) return;
  current()?.classList.remove("current");
  card.classList.add("current");
  card.scrollIntoView({ block: "nearest" });
  if (focus) card.focus({ preventScroll: true });
  lightPage(card);
  const place = light(card.id, card.dataset.table);
  if (scrollSource && place && root.clientWidth > 860) {
    const box = place.getBoundingClientRect(), view = source.getBoundingClientRect();
    if (box.top < view.top + 40 || box.bottom > view.bottom - 40) {
      source.scrollTop += box.top - view.top - view.height * 0.35;
    }
  }
}

function step(by) {
  const cards = shown();
  if (!cards.length) return;
  const at = cards.indexOf(current());
  choose(cards[Math.min(Math.max(at + by, 0), cards.length - 1)] ?? cards[0]);
}

/** After a verdict: the next row that nobody has seen, from here on, else from the top; else the next one. */
function onward(card) {
  const cards = shown();
  const at = cards.indexOf(card);
  const open = (c) => c.dataset.state === "proposed";
  choose(cards.slice(at + 1).find(open) ?? cards.slice(0, Math.max(at, 0)).find(open) ?? cards[Math.min(at + 1, cards.length - 1)]);
}

/** The card of a row, fetched if it is one of the many that are not shown yet. */
async function cardOf(key) {
  const there = document.getElementById(key);
  if (there) return there;
  const at = key.indexOf("-");
  try {
    const card = element(await ask(`/doc/${doc}/card/${key.slice(0, at)}/${encodeURIComponent(key.slice(at + 1))}`));
    list.insertBefore(card, document.getElementById("rest"));
    return card;
  } catch {
    return null;
  }
}

document.querySelector("#rest button")?.addEventListener("click", async (event) => {
  const rest = document.getElementById("rest"), button = event.target;
  const left = () => rest.dataset.keys.split(" ").filter((k) => !document.getElementById(k));
  button.disabled = true;
  try {
    const box = document.createElement("template");
    box.innerHTML = await ask(`/doc/${doc}/cards?keys=${left().slice(0, 100).join(",")}`);
    const before = left().length;
    rest.before(box.content);
    filter();
    button.textContent = `再显示一些(还有 ${left().length} 条)`;
    if (!left().length || left().length === before) rest.remove();
  } catch (problem) {
    toast(problem.text, true);
  }
  button.disabled = false;
});

source.addEventListener("click", async (event) => {
  if (!document.getSelection().isCollapsed) return;
  const keys = event.target.closest("[data-r]")?.dataset.r.split(" ") ?? [];
  const cards = (await Promise.all(keys.map(cardOf))).filter(Boolean);
  // The narrowest row first, a task last; a second click leads to the next one.
  cards.sort((a, b) => a.dataset.end - a.dataset.start - (b.dataset.end - b.dataset.start));
  const at = cards.indexOf(current());
  const card = cards[(at + 1) % cards.length];
  if (!card) return;
  card.classList.remove("hide");
  if (root.clientWidth <= 860) view("rows");
  choose(card, { scrollSource: false });
});

list.addEventListener("click", (event) => {
  const card = event.target.closest(".item");
  const go = event.target.closest("[data-go]");
  if (go) {
    event.preventDefault();
    const target = document.getElementById(go.dataset.go);
    target?.classList.remove("hide");
    choose(target);
    return;
  }
  if (!card || event.target.closest("form")) return;
  if (card !== current()) choose(card, { focus: !event.target.closest("button, summary, a") });
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (action) later(() => act(action, document.getElementById(card.id)));
});

// --- Decisions ----------------------------------------------------------------------------------------------------

function form(values) {
  const body = new URLSearchParams(values);
  return { method: "POST", body };
}

/** Do something when all that was asked for before is done. */
function later(what) {
  chain = chain.then(what, what);
  return chain;
}

async function send(values) {
  root.setAttribute("aria-busy", "true");
  try {
    const answer = JSON.parse(await ask(`/doc/${doc}/decide`, form({ key: newKey(), ...values })));
    apply(answer);
    return answer;
  } catch (problem) {
    failed(problem, values);
    return null;
  } finally {
    root.removeAttribute("aria-busy");
  }
}

function failed(problem, values) {
  if (!problem.status && problem.status !== 0) throw problem;
  let told = {};
  try { told = JSON.parse(problem.text); } catch { /* a plain line */ }
  if (problem.status === 409 && told.conflict) {
    apply(told);
    conflictBox.innerHTML = told.conflict;
    conflictBox.querySelector("[data-keep]").onclick = () => { conflictBox.close(); closeEdit(); };
    conflictBox.querySelector("[data-mine]").onclick = async () => {
      conflictBox.close();
      const answer = await send({ ...values, mark: told.mark });
      if (answer) { closeEdit(); done.push(answer.key); }
    };
    conflictBox.showModal();
    return;
  }
  const edit = document.querySelector("form.edit");
  if (told.problems && edit) {
    for (const e of edit.querySelectorAll("[data-problem]")) e.textContent = told.problems[e.dataset.problem] ?? "";
    edit.querySelector(".problem:not(:empty)")?.closest("label")?.querySelector("input, select")?.focus();
    return;
  }
  toast(told.words ?? problem.text ?? "没有保存,请再试一次", true);
}

function apply(answer) {
  for (const [id, html] of Object.entries(answer.cards ?? {})) {
    const fresh = element(html);
    const old = document.getElementById(id);
    if (old) {
      if (old.classList.contains("current")) fresh.classList.add("current");
      if (old.classList.contains("hide")) fresh.classList.add("hide");
      old.replaceWith(fresh);
    } else {
      list.querySelector(".nothing")?.remove();
      list.prepend(fresh);
    }
  }
  for (const id of answer.gone ?? []) document.getElementById(id)?.remove();
  if (answer.head) document.getElementById("head").innerHTML = answer.head;
  for (const [table, n] of Object.entries(answer.counts ?? {})) {
    const box = document.querySelector(`[data-count="${table}"]`);
    if (box) box.textContent = n;
  }
  if (answer.redraw) {
    shownPage = 0;
    redraw();
  }
}

async function redraw() {
  let html;
  try {
    html = await ask(`/doc/${doc}/source`);
  } catch (problem) {
    toast(problem.text, true);
    return;
  }
  const at = source.scrollTop;
  source.innerHTML = html;
  source.scrollTop = at;
  const card = current();
  if (card) light(card.id, card.dataset.table);
}

async function act(action, card) {
  if (!may || !card) return;
  if (action === "edit") return openEdit(card);
  const values = { verdict: action, table: card.dataset.table, row_id: card.dataset.row, mark: card.dataset.mark };
  if (action === "comment") {
    const words = window.prompt("批注");
    if (!words?.trim()) return;
    values.reason = words;
  }
  const answer = await send(values);
  if (!answer) return;
  const fresh = document.getElementById(card.id);
  if (action === "undo") {
    choose(fresh ?? shown()[0]);
    toast("已撤销");
    return;
  }
  done.push(card.id);
  if (action === "accept" || action === "reject") onward(fresh);
  else choose(fresh);
}

async function undoLast() {
  let card = null;
  while (done.length && !card) card = document.getElementById(done.pop());
  card ??= current();
  if (card) await act("undo", card);
}

document.getElementById("head").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-finish]");
  if (button) {
    button.disabled = true;
    try {
      apply(JSON.parse(await ask(`/doc/${doc}/finish`, form({ key: newKey(), verdict: button.dataset.finish }))));
    } catch (problem) {
      failed(problem, {});
    } finally {
      button.disabled = false;
    }
  }
  const edit = event.target.closest("[data-edit-doc]");
  if (edit) await openForm(`/doc/${doc}/edit/documents/${encodeURIComponent(edit.dataset.editDoc)}`, (f) => adding.replaceChildren(f));
});

// --- Correcting and adding ----------------------------------------------------------------------------------------

function closeEdit() {
  const edit = document.querySelector("form.edit");
  if (!edit) return;
  const card = edit.closest(".item");
  edit.remove();
  if (card) choose(card, { scrollSource: false });
}

async function openForm(url, put) {
  let html;
  try {
    html = await ask(url);
  } catch (problem) {
    toast(problem.text, true);
    return;
  }
  closeEdit();
  const edit = element(html);
  put(edit);
  edit.scrollIntoView({ block: "nearest" });
  edit.querySelector(".fields input, .fields select")?.focus();
}

async function openEdit(card) {
  await openForm(`/doc/${doc}/edit/${card.dataset.table}/${card.dataset.row}`, (f) => card.append(f));
  const edit = card.querySelector("form.edit");
  if (!edit || edit.elements.mark.value === card.dataset.mark) return;
  // Somebody decided on the row since it was shown here: first see what, then correct.
  try {
    const fresh = element(await ask(`/doc/${doc}/card/${card.dataset.table}/${card.dataset.row}`));
    card.replaceWith(fresh);
    choose(fresh);
    toast("这一行刚被别人改过,现在显示的是最新的", true);
  } catch (problem) {
    toast(problem.text, true);
  }
}

function openNew(table) {
  const place = selected() ?? lastPlace; // the source may have been drawn anew under the selection
  lastPlace = null;
  picked.hidden = true;
  if (!place) return toast("先在原文里选中文字", true);
  document.getSelection().removeAllRanges();
  if (root.clientWidth <= 860) view("rows");
  return openForm(`/doc/${doc}/new/${table}?start=${place.start}&end=${place.end}`, (f) => adding.replaceChildren(f));
}

document.addEventListener("submit", async (event) => {
  const edit = event.target.closest("form.edit");
  if (!edit) return;
  event.preventDefault();
  for (const e of edit.querySelectorAll("[data-problem]")) e.textContent = "";
  const answer = await send(Object.fromEntries(new FormData(edit)));
  if (!answer) return;
  edit.remove();
  const fresh = document.getElementById(answer.key);
  if (fresh) {
    done.push(answer.key);
    if (edit.dataset.verdict === "add") choose(fresh);
    else onward(fresh);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cancel]")) closeEdit();
  if (event.target.closest("[data-help]")) helpBox.showModal();
  const add = event.target.closest("[data-add]");
  if (add) openNew(add.dataset.add);
  const repick = event.target.closest("[data-repick]");
  if (repick) {
    const place = selected() ?? lastPlace;
    if (!place) return toast("先在原文里选中文字", true);
    const edit = repick.closest("form");
    edit.elements.start.value = place.start;
    edit.elements.end.value = place.end;
    edit.querySelector("[data-quote]").textContent = place.text;
  }
});

document.addEventListener("input", (event) => {
  const target = event.target.dataset?.for;
  if (target) event.target.form.elements[target].value = event.target.value;
});

// --- Selection: code points of the source -------------------------------------------------------------------------

let lastPlace = null;

/** Code points between the beginning of a line and a point in it. */
function within(line, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(line);
  range.setEnd(node, offset);
  return [...range.toString()].length;
}

function offsetOf(node, offset) {
  const start = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const line = start.closest?.("p[data-o]");
  if (line && source.contains(line)) return Number(line.dataset.o) + within(line, node, offset);
  if (node === source) { // between two lines
    const next = source.children[offset];
    if (next) return Number(next.dataset.o);
  }
  return null;
}

function selected() {
  const selection = document.getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const start = offsetOf(range.startContainer, range.startOffset);
  let end = offsetOf(range.endContainer, range.endOffset);
  if (start === null) return null;
  if (end === null || end <= start) return null;
  const text = range.toString();
  const lead = [...text].length - [...text.trimStart()].length;
  const tail = [...text].length - [...text.trimEnd()].length;
  if (end - tail <= start + lead) return null;
  return { start: start + lead, end: end - tail, text: text.trim() };
}

document.addEventListener("selectionchange", () => {
  if (!may) return;
  const place = selected();
  if (place) lastPlace = place;
  if (!place) {
    picked.hidden = true;
    return;
  }
  const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
  const left = picked.parentElement.getBoundingClientRect();
  picked.hidden = false;
  const top = box.bottom + 8 + picked.offsetHeight > window.innerHeight ? box.top - 8 - picked.offsetHeight : box.bottom + 8;
  picked.style.top = `${top - left.top}px`;
  picked.style.left = `${Math.max(8, Math.min(box.left - left.left, left.width - picked.offsetWidth - 8))}px`;
});
source.addEventListener("pointerdown", () => { lastPlace = null; });
picked.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection

// --- Filters, order, halves ---------------------------------------------------------------------------------------

function filter() {
  const kinds = [...document.querySelectorAll("[data-kind][aria-pressed=true]")].map((b) => b.dataset.kind);
  const todo = document.querySelector("[data-todo]").getAttribute("aria-pressed") === "true";
  for (const card of list.querySelectorAll(".item")) {
    const fits = (!kinds.length || kinds.includes(card.dataset.table)) && (!todo || card.dataset.state === "proposed");
    card.classList.toggle("hide", !fits);
  }
}

document.querySelector(".filters").addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") === "true" ? "false" : "true");
  filter();
});

document.getElementById("order").addEventListener("change", (event) => {
  const cards = [...list.querySelectorAll(".item")];
  const place = (c) => Number(c.dataset.start);
  const seen = (c) => (c.dataset.state === "proposed" ? 0 : 1);
  cards.sort(event.target.value === "place"
    ? (a, b) => place(a) - place(b) || b.dataset.end - a.dataset.end
    : (a, b) => seen(a) - seen(b) || a.dataset.doubt - b.dataset.doubt || place(a) - place(b));
  list.prepend(...cards);
  current()?.scrollIntoView({ block: "nearest" });
});

function view(name) {
  root.classList.toggle("rows", name === "rows");
  for (const b of document.querySelectorAll("[data-view]")) b.setAttribute("aria-pressed", String(b.dataset.view === name));
}
document.querySelector(".switch").addEventListener("click", (event) => {
  const button = event.target.closest("[data-view]");
  if (!button) return;
  view(button.dataset.view);
  const card = current();
  if (button.dataset.view === "source" && card) source.querySelector(`[data-r~="${CSS.escape(card.id)}"]`)?.scrollIntoView({ block: "center" });
});

// --- Keys ---------------------------------------------------------------------------------------------------------

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  a: () => act("accept", current()),
  x: () => act("reject", current()),
  e: () => act("edit", current()),
  f: () => current()?.querySelector("[data-do=confirm]") && act("confirm", current()),
  c: () => act("comment", current()),
  u: () => undoLast(),
  w: () => { const why = current()?.querySelector(".why"); if (why) why.open = !why.open; },
  1: () => openNew("figures"), 2: () => openNew("deadlines"), 3: () => openNew("units"), 4: () => openNew("tasks"),
  "?": () => helpBox.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && document.querySelector("form.edit")) {
    event.preventDefault();
    closeEdit();
    return;
  }
  if (event.target.closest("input, select, textarea, dialog[open]") || document.querySelector("dialog[open]")) return;
  if (event.target === source && event.key.startsWith("Arrow")) return; // the text scrolls
  const key = KEYS[event.key];
  if (!key) return;
  event.preventDefault();
  later(key);
});

// A link may name a row: /doc/…#figures-…
const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
choose(named || shown()[0], { focus: false, scrollSource: Boolean(named) });
