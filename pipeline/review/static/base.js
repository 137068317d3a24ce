// Shared by all pages: requests that carry the session's word, and short messages.
"use strict";

const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

/** Ask the server; the answer's text. Throws {status, text} for anything but success. */
async function ask(url, options = {}) {
  const headers = { "X-Requested-With": "taizhang", "X-CSRF": csrf, ...options.headers };
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...options, headers });
  } catch {
    throw { status: 0, text: "连不上服务,没有保存;请检查后再试" };
  }
  const text = await answer.text();
  if (answer.status === 401) location.assign("/login");
  if (!answer.ok) throw { status: answer.status, text };
  return text;
}

function toast(text, bad = false) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.textContent = text;
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), bad ? 8000 : 3000);
}

// A form or select with data-auto sends itself when changed.
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-auto]") && !event.target.closest("[data-manual]")) event.target.form.requestSubmit();
});
// A button or form that asks first.
document.addEventListener("submit", (event) => {
  const words = event.target.dataset.confirm;
  if (words && !window.confirm(words)) event.preventDefault();
});
