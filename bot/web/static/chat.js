"use strict";
// Keeps the newest words in sight and the cursor where one writes; without it the page works all the same.

const talk = document.getElementById("talk");

function settle() {
  document.getElementById("latest")?.scrollIntoView({ block: "center" });
  talk.querySelector("input[name=text]:not([type=hidden])")?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:beforeRequest", (event) => {
  for (const button of talk.querySelectorAll("button")) button.disabled = true;
  const words = event.detail.elt.querySelector("input[name=text]")?.value;
  if (!words) return;
  const bubble = document.createElement("div");
  bubble.className = "turn resident";
  const line = document.createElement("p");
  line.className = "line";
  line.textContent = words;
  bubble.append(line);
  talk.querySelector(".talk")?.append(bubble);
  bubble.scrollIntoView({ block: "center" });
});

// What was typed stays; the page says what to do.
function trouble(message) {
  for (const button of talk.querySelectorAll("button")) button.disabled = false;
  let note = talk.querySelector(".trouble");
  if (!note) {
    note = document.createElement("p");
    note.className = "notice warn trouble";
    note.setAttribute("role", "alert");
    talk.querySelector(".composer").prepend(note);
  }
  note.textContent = message;
  talk.querySelector(".talk .turn:last-child:not([id])")?.remove();
}
document.addEventListener("htmx:responseError", (event) => {
  let message = "";
  try { message = JSON.parse(event.detail.xhr.responseText).message; } catch { /* not ours */ }
  trouble(message || "没有发出去，请再点一次发送。");
});
document.addEventListener("htmx:sendError", () => trouble("网络断了，您写的字还在，请稍后再点发送。"));

settle();
window.addEventListener("load", settle); // a browser that jumps to #latest takes the cursor away again
