// Upload: files one after another, a few at a time; then what became of each is asked for until it is known.
"use strict";

const drop = document.getElementById("drop");
const rows = document.getElementById("uploads");
const tally = document.getElementById("tally");
const SAID = { waiting: "排队", reading: "正在读", done: "读好了", rejected: "退件", failed: "没有读成" };
const AT_ONCE = 3;
const waiting = [];
let sending = 0;
let polling = false;

function row(name) {
  const li = document.createElement("li");
  li.className = "upload sending";
  const title = document.createElement("span");
  title.className = "name";
  const words = document.createElement("bdi");
  words.textContent = name;
  title.append(words);
  const said = document.createElement("span");
  said.className = "said";
  const links = document.createElement("span");
  links.className = "links";
  li.append(title, said, links);
  rows.prepend(li);
  return li;
}

function say(li, state, words = "", documents = []) {
  li.className = `upload ${state}`;
  li.querySelector(".said").textContent = (SAID[state] ?? "") + (words ? (SAID[state] ? ":" : "") + words : "");
  const links = li.querySelector(".links");
  links.replaceChildren(...documents.map((d) => {
    const a = document.createElement("a");
    a.href = `/doc/${encodeURIComponent(d.doc_id)}`;
    a.textContent = documents.length === 1 ? "打开" : d.source;
    return a;
  }));
  count();
}

function count() {
  const n = (...states) => rows.querySelectorAll(states.map((s) => `.${s}`).join(",")).length;
  const open = n("sending", "waiting", "reading");
  tally.textContent = `${open ? `还有 ${open} 份;` : ""}读好 ${n("done")} 份,退件 ${n("rejected")} 份${n("failed") ? `,没有读成 ${n("failed")} 份` : ""}`;
}

function add(files) {
  for (const file of files) waiting.push([file, row(file.name)]);
  next();
}

function next() {
  while (sending < AT_ONCE && waiting.length) {
    const [file, li] = waiting.shift();
    sending += 1;
    upload(file, li);
  }
}

function upload(file, li) {
  const request = new XMLHttpRequest();
  request.open("POST", "/upload");
  request.setRequestHeader("X-CSRF", csrf);
  request.setRequestHeader("X-Requested-With", "taizhang");
  request.setRequestHeader("X-Name", encodeURIComponent(file.name.toWellFormed ? file.name.toWellFormed() : file.name));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "上传进度");
  li.querySelector(".said").replaceChildren(bar);
  request.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; };
  request.onloadend = () => {
    sending -= 1;
    if (request.status === 200) {
      const answer = JSON.parse(request.responseText);
      li.dataset.id = answer.id;
      say(li, answer.state, answer.words, answer.documents);
      poll();
    } else if (request.status === 422) say(li, "rejected", request.responseText);
    else say(li, "failed", request.status ? request.responseText : "连不上服务");
    next();
  };
  request.send(file);
}

async function poll() {
  if (polling) return;
  polling = true;
  for (;;) {
    const open = [...rows.querySelectorAll(".waiting[data-id], .reading[data-id]")];
    if (!open.length) break;
    await new Promise((resolve) => setTimeout(resolve, 600));
    try {
      const found = JSON.parse(await ask(`/upload/states?ids=${open.slice(0, 200).map((li) => li.dataset.id).join(",")}`));
      for (const u of found) {
        const li = open.find((e) => e.dataset.id === u.id);
        if (li) say(li, u.state, u.words, u.documents);
      }
      const known = new Set(found.map((u) => u.id));
      for (const li of open.slice(0, 200)) if (!known.has(li.dataset.id)) say(li, "failed", "服务重新启动过,请到材料列表里查看");
    } catch (problem) {
      toast(problem.text, true);
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
  polling = false;
}

if (drop) {
  document.getElementById("files").addEventListener("change", (e) => { add(e.target.files); e.target.value = ""; });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("over"); });
  }
  document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", (e) => {
    e.preventDefault();
    drop.classList.remove("over");
    if (e.dataTransfer?.files.length) add(e.dataTransfer.files);
  });
  if (rows.children.length) count();
  poll();
}
