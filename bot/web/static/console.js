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
  if (event.detail.elt.id === "alarms") {
    alarmsAreDeaf(request.status === 401);
    return;
  }
  let refusal = {};
  try { refusal = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
  if (request.status === 401) {
    toast("登录已过期。", "warn", { href: "/login", text: "在新窗口登录后，回来再点一次，填的内容还在" });
    return;
  }
  if (refusal.code === "stale_form") refreshToken();
  toast(refusal.message || "没有成功，请稍后再试。", "bad");
});
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.elt.id === "alarms") alarmsAreDeaf(false);
  else toast("连接断开了，正在等待恢复；填的内容还在。", "warn");
});
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

// Urgent matters that nobody has taken: red on every page, in the title of a tab that nobody looks at, and heard.
const TITLE = document.title;
const TONE_HZ = 880, TONE_SECONDS = 0.25, TONES = 3;
let known = alarmsShown();
tellOfAlarms(known);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "alarms") return;
  const now = alarmsShown();
  tellOfAlarms(now);
  if ([...now].some((each) => !known.has(each))) ring();
  known = now;
});

function alarmsShown() {
  return new Set([...document.querySelectorAll("[data-alarm]")].map((each) => each.dataset.alarm));
}

function tellOfAlarms(shown) {
  document.title = shown.size ? `（${shown.size} 件急事没人接）${TITLE}` : TITLE;
}

// Browsers let a page sound only after somebody has touched it.
function ring() {
  if (!navigator.userActivation?.hasBeenActive) return;
  const sound = new AudioContext();
  for (let tone = 0; tone < TONES; tone += 1) {
    const oscillator = sound.createOscillator();
    oscillator.frequency.value = TONE_HZ;
    oscillator.connect(sound.destination);
    oscillator.start(sound.currentTime + 2 * tone * TONE_SECONDS);
    oscillator.stop(sound.currentTime + (2 * tone + 1) * TONE_SECONDS);
    if (tone === TONES - 1) oscillator.onended = () => sound.close();
  }
}

// Nobody may believe that all is well because this page cannot hear of it any more.
function alarmsAreDeaf(loggedOut) {
  const bar = document.getElementById("alarms");
  const note = document.createElement("p");
  note.className = "notice warn";
  note.textContent = loggedOut ? "登录已过期：有急事没人接，这里不会再提醒。" : "和邻音断开了：有急事没人接，这里暂时看不到。";
  if (loggedOut) {
    const anchor = document.createElement("a");
    anchor.href = "/login";
    anchor.target = "_blank";
    anchor.textContent = "在新窗口登录后，回来再点一次，填的内容还在";
    note.append(" ", anchor);
    bar.replaceWith(note);
    return;
  }
  if (bar.textContent !== note.textContent) bar.replaceChildren(note);
}
