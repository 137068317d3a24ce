// The ledger: charts come after the list, follow-up is entered below its task.
"use strict";

const charts = document.getElementById("charts");
async function draw() {
  if (!charts.open || charts.dataset.drawn) return;
  charts.dataset.drawn = "1";
  const place = charts.querySelector("div");
  try {
    place.innerHTML = await ask(charts.dataset.src); // escaped by the server
  } catch (error) {
    place.textContent = error.text;
    delete charts.dataset.drawn;
  }
}
if (charts) {
  if (innerWidth <= 720) charts.open = false;
  charts.addEventListener("toggle", draw);
  draw();
}

function close(button) {
  document.getElementById(button.getAttribute("aria-controls"))?.remove();
  button.setAttribute("aria-expanded", "false");
  button.focus();
}

async function open(button) {
  const row = button.closest("tr");
  let piece;
  try {
    piece = await ask(button.href);
  } catch (error) {
    toast(error.text, true);
    return;
  }
  const below = document.createElement("tr");
  below.className = "form";
  below.id = `form-${row.id}`;
  below.innerHTML = `<td colspan="8"></td>`;
  below.firstChild.innerHTML = piece;
  row.after(below);
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", below.id);
  (below.querySelector("input:checked") ?? below.querySelector("summary"))?.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const button = event.target.closest("a.follow");
  const shut = event.target.closest("tr.form a.close");
  if (!button && !shut) return;
  event.preventDefault();
  const opener = button ?? document.querySelector(`[aria-controls="${shut.closest("tr.form").id}"]`);
  if (opener.getAttribute("aria-expanded") === "true") close(opener);
  else open(opener);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("tr.form");
  if (event.key === "Escape" && form) close(document.querySelector(`[aria-controls="${form.id}"]`));
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("tr.form form");
  if (!form) return;
  event.preventDefault();
  const below = form.closest("tr.form");
  const row = below.previousElementSibling;
  const send = form.querySelector("button[type=submit]");
  send.disabled = true;
  try {
    const piece = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const made = document.createElement("template");
    made.innerHTML = piece;
    const fresh = made.content.firstElementChild;
    below.remove();
    row.replaceWith(fresh);
    fresh.querySelector("a.follow").focus();
    toast("已保存");
  } catch (error) {
    send.disabled = false;
    if (error.text?.startsWith("<form")) {
      below.firstChild.innerHTML = error.text;
      below.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
    } else toast(error.text ?? String(error), true);
  }
});
