"use strict";
// The console's own behaviour: the CSRF token on htmx requests, messages, charts, forms that send themselves.

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf;
});

// A page that nobody looks at asks for nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.hasAttribute("data-live")) event.preventDefault();
});

function toast(message, tone, link) {
  const box = document.getElementById("toast");
  if (!box) return;
  const note = document.createElement("p");
  note.className = "notice " + tone;
  note.textContent = message;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.target = "_blank";
    anchor.textContent = link.text;
    note.append(" ", anchor);
  }
  box.replaceChildren(note);
  if (tone === "good") setTimeout(() => note.remove(), 6000);
}

// What was refused is tried again: the old complaint would stand beside the new answer.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") document.querySelector("#toast .notice.bad, #toast .notice.warn")?.remove();
});

// What was typed stays on the page whatever the answer: only the message is shown.
document.addEventListener("htmx:responseError", (event) => {
  const request = event.detail.xhr;
  let refusal = {};
  try { refusal = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
  if (request.status === 401) {
    toast("登录已过期。", "warn", { href: "/login", text: "在新窗口登录后，回来再点一次，填的内容还在" });
    return;
  }
  if (refusal.code === "stale_form") refreshToken();
  toast(refusal.message || "没有成功，请稍后再试。", "bad");
});
document.addEventListener("htmx:sendError", () => toast("连接断开了，正在等待恢复；填的内容还在。", "warn"));
document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.tone || "good"));

async function refreshToken() {
  const answer = await fetch("/me/token", { headers: { Accept: "application/json" } });
  if (answer.ok) document.body.dataset.csrf = (await answer.json()).csrf;
}
window.addEventListener("focus", refreshToken);

// A choice that filters a list sends its form at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});

// Only where htmx does not ask itself (hx-confirm).
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}, true);

for (const note of document.querySelectorAll("#toast .notice.good")) setTimeout(() => note.remove(), 6000);

// A text to be pasted elsewhere, a sheet to be printed.
document.addEventListener("click", async (event) => {
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    const text = document.querySelector(copied.dataset.copy).innerText;
    try {
      await navigator.clipboard.writeText(text);
      toast("已经复制，可以去粘贴了。", "good");
    } catch {
      getSelection().selectAllChildren(document.querySelector(copied.dataset.copy));
      toast("浏览器不让自动复制；文字已经选中，请按 Ctrl+C。", "warn");
    }
  }
  if (event.target.closest("[data-print]")) window.print();
});

// Which file was chosen, in our words.
document.addEventListener("change", (event) => {
  const name = event.target.closest(".file")?.querySelector("[data-chosen]");
  if (name) name.textContent = event.target.files[0]?.name || "还没有选";
});

// A file that is too large is told at once, not after minutes of sending.
document.addEventListener("change", (event) => {
  const most = Number(event.target.dataset?.mostBytes);
  const file = most && event.target.files?.[0];
  if (!file || file.size <= most) return;
  event.target.value = "";
  toast(`这个文件有 ${Math.ceil(file.size / 1e6)} MB，最大 ${most / 1e6} MB。请在表格软件里按网格或小区拆成几份，或删掉图片再存一次，然后一份一份导入。`, "bad");
});
