"use strict";
// A telephone in the page: microphone and loudspeaker through an AudioWorklet, A-law over a WebSocket.

const phone = document.getElementById("phone");
const statusLine = document.getElementById("phone-status");
const callButton = document.getElementById("phone-call");
const endButton = document.getElementById("phone-end");
const words = document.getElementById("phone-words");
const keys = phone.querySelectorAll("[data-key]");
let socket = null;
let context = null;
let microphone = null;

function show(text) {
  statusLine.textContent = text;
}

function hangUp(text) {
  if (socket) socket.onclose = null;
  socket?.close();
  socket = null;
  for (const track of microphone?.getTracks() ?? []) track.stop();
  microphone = null;
  context?.close();
  context = null;
  endButton.disabled = true;
  for (const key of keys) key.disabled = true;
  if (text) show(text);
}

function write(who, text) {
  const line = document.createElement("p");
  line.className = who === "resident" ? "resident" : "assistant";
  line.textContent = text;
  words.append(line);
  line.scrollIntoView({ block: "nearest" });
}

async function call() {
  callButton.disabled = true;
  show("正在打开麦克风…");
  try {
    microphone = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch {
    callButton.disabled = false;
    show("用不了麦克风：请插好麦克风，在浏览器地址栏左边允许这个网页使用麦克风，再按“开始通话”。");
    return;
  }
  context = new AudioContext({ latencyHint: "interactive" });
  await context.audioWorklet.addModule("/static/phone/worklet.js");
  const telephone = new AudioWorkletNode(context, "telephone", { outputChannelCount: [1] });
  context.createMediaStreamSource(microphone).connect(telephone).connect(context.destination);
  connect(telephone.port);
}

function connect(sound) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/phone/sound?ticket=${encodeURIComponent(phone.dataset.ticket)}`);
  socket.binaryType = "arraybuffer";
  let answered = false;
  show("正在接通…第一次要等十几秒。");
  endButton.disabled = false;
  socket.onmessage = (message) => {
    if (!answered) {
      answered = true;
      show("通话中，请对着麦克风说。");
      for (const key of keys) key.disabled = false;
    }
    if (typeof message.data === "string") {
      const said = JSON.parse(message.data);
      write(said.who, said.text);
    } else {
      sound.postMessage(message.data, [message.data]);
    }
  };
  socket.onclose = () => {
    hangUp(answered ? "通话结束。要再打一次，请刷新这一页。" : "没有接通：请刷新这一页再试一次。");
  };
  sound.onmessage = (message) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(message.data);
  };
}

callButton.addEventListener("click", call);
endButton.addEventListener("click", () => hangUp("已挂断。要再打一次，请刷新这一页。"));
for (const key of keys) {
  key.addEventListener("click", () => socket?.send(JSON.stringify({ key: key.dataset.key })));
}
