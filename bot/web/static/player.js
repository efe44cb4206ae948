"use strict";
// Plays sentences: one by its own button, or all of a list one after the other. The next one is fetched while one is
// heard, for a voice that is made now takes about as long as it lasts.

const player = new Audio();
let queue = [];
let playing = null; // the button whose sentence is heard
let started = null; // the button that plays a whole list

function words(button, text) {
  if (button) button.textContent = text;
}

function stop() {
  player.pause();
  queue = [];
  mark(null);
  if (started) words(started, started.dataset.words);
  started = null;
}

function mark(button) {
  playing?.classList.remove("playing");
  playing?.closest("[data-line]")?.classList.remove("heard");
  playing = button;
  playing?.classList.add("playing");
  const line = playing?.closest("[data-line]");
  line?.classList.add("heard");
  if (started) line?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

async function fetched(button) {
  const answer = await fetch(button.dataset.sound, { headers: { Accept: "audio/wav, application/json" } });
  if (!answer.ok) {
    const refusal = await answer.json().catch(() => ({}));
    throw new Error(refusal.message || "没有听到声音，请稍后再试。");
  }
  return URL.createObjectURL(await answer.blob());
}

async function next() {
  const button = queue.shift();
  if (!button) return stop();
  mark(button);
  const mine = button;
  try {
    button.ready ??= fetched(button);
    const url = await button.ready;
    if (playing !== mine) return;
    if (started) words(started, "■ 停");
    const following = queue[0];
    if (following) {
      following.ready ??= fetched(following);
      following.ready.catch(() => {}); // told when it is its turn
    }
    player.src = url;
    await player.play();
  } catch (error) {
    if (playing !== mine) return;
    button.ready = undefined;
    stop();
    document.dispatchEvent(new CustomEvent("toast", { detail: { message: error.message, tone: "warn" } }));
  }
}

player.addEventListener("ended", next);
document.addEventListener("click", (event) => {
  const all = event.target.closest("[data-play]");
  const one = event.target.closest("[data-sound]");
  if (!all && !one) return;
  const again = (all && all === started) || (one && one === playing);
  stop();
  if (again) return;
  if (one) {
    queue = [one];
  } else {
    started = all;
    started.dataset.words ??= all.textContent;
    words(started, "正在准备声音…");
    const list = document.querySelector(all.dataset.play);
    queue = [...list.querySelectorAll("[data-sound]")].filter((each) => !each.closest("[data-apart]"));
  }
  next();
});
