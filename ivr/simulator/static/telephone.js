// The telephone in the page: sends what the caller does, lets be heard what the hotline answers.
// Everything that counts happens on the server; this only shows, plays and records.
"use strict";
const $ = (id) => document.getElementById(id);
const root = $("telephone");
let call = null;       // {call, waiting, timeout, longest, ended}
let turn = 0;          // grows with every answer: what belongs to an older one stops
let queue = Promise.resolve();  // quick fingers: keys are sent one after the other
let recorder = null;

async function ask(path, body) {
  const answer = await fetch(root.dataset.calls + path, { method: "POST", headers: { "X-Phone": "1" }, body });
  const state = await answer.json();
  if (!answer.ok) throw new Error(state.error || "The hotline does not answer.");
  return state;
}

function act(path, body, mine) {
  turn += 1;
  hush();
  document.querySelectorAll("#heard .now").forEach((item) => item.classList.remove("now"));
  const last = $("heard").lastElementChild;
  if (/^[0-9*#]$/.test(mine || "") && last && last.classList.contains("keys")) last.textContent += mine;
  else if (mine) show(mine, "", /^[0-9*#]$/.test(mine) ? "mine keys" : "mine");
  const sent = turn;
  queue = queue.then(async () => {
    try {
      await listen(await ask(path, body), sent);
    } catch (fault) {
      show(fault.message, "", "fault");
      if (!call || /over/.test(fault.message)) { call = null; draw(); }
    }
  });
  return queue;
}

async function listen(state, mine) {
  call = state;
  for (const fault of state.faults) if (!seenFaults.has(fault)) { seenFaults.add(fault); show("Twilio would say: " + fault, "", "fault"); }
  draw();
  if (mine === turn) hear(state, mine);
}
const seenFaults = new Set();

async function hear(state, mine) {
  if (state.heard.length) $("state").textContent = "The hotline speaks.";
  for (const heard of state.heard) {
    if (heard.kind === "beep") { beep(); await pause(500); } else {
      const item = show(heard.text || "♪ " + heard.name, heard.name, "now");
      await (heard.sound ? play(`${root.dataset.calls}/${state.call}/sounds/${heard.number}`) : say(heard));
      item.classList.remove("now");
    }
    if (mine !== turn) return;
  }
  if (state.ended) { $("state").textContent = `The call is over (${state.seconds} s).`; return; }
  countDown(state, mine);
}

function countDown(state, mine) {
  let left = state.timeout;
  const tick = () => {
    if (mine !== turn || recorder) return;
    const what = state.waiting === "record" ? "The hotline records. Speak, or fall silent" : "Press a key";
    $("state").textContent = $("patient").checked || !state.timeout ? what + "." : `${what}: ${left} s`;
    if ($("patient").checked || !state.timeout) { setTimeout(tick, 1000); return; }
    if (left-- <= 0) { act(`/${state.call}/wait`); return; }
    setTimeout(tick, 1000);
  };
  tick();
}

// --- sounds
let player = null;
function play(url) {
  return new Promise((done) => {
    player = new Audio(url);
    player.onended = player.onerror = player.onpause = done;
    player.play().catch(done);
  });
}
function say(heard) {
  const lang = heard.lang === "hi" ? "hi-IN" : "en-IN";
  const voices = window.speechSynthesis ? speechSynthesis.getVoices() : [];
  const voice = voices.find((one) => one.lang.replace("_", "-") === lang);
  if (!voice) return pause(Math.min(heard.seconds * 1000, 4000)); // the words are on the screen
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(heard.text);
    words.lang = lang; words.voice = voice; words.onend = words.onerror = done;
    speechSynthesis.speak(words);
  });
}
function hush() {
  if (player) player.pause();
  if (window.speechSynthesis) speechSynthesis.cancel();
}
let sounds = null;
function beep() {
  sounds = sounds || new AudioContext();
  const tone = sounds.createOscillator();
  const volume = sounds.createGain();
  tone.frequency.value = 1000; volume.gain.value = 0.1;
  tone.connect(volume).connect(sounds.destination);
  tone.start(); tone.stop(sounds.currentTime + 0.3);
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// --- the microphone: WebAudio, then 8 kHz mono WAV
async function record() {
  if (!navigator.mediaDevices) throw new Error("The browser gives the microphone only to https and localhost. Send a sound file.");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  await context.audioWorklet.addModule(root.dataset.microphone);
  const node = new AudioWorkletNode(context, "microphone");
  const pieces = [];
  node.port.onmessage = (piece) => pieces.push(piece.data);
  context.createMediaStreamSource(stream).connect(node);
  return async () => {
    stream.getTracks().forEach((track) => track.stop());
    const rate = context.sampleRate;
    await context.close();
    return wav(await resample(pieces, rate));
  };
}
async function resample(pieces, rate) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (!length) throw new Error("The microphone gave no sound.");
  const offline = new OfflineAudioContext(1, Math.ceil(length * 8000 / rate), 8000);
  const buffer = offline.createBuffer(1, length, rate);
  let at = 0;
  for (const piece of pieces) { buffer.getChannelData(0).set(piece, at); at += piece.length; }
  const source = offline.createBufferSource();
  source.buffer = buffer; source.connect(offline.destination); source.start();
  return (await offline.startRendering()).getChannelData(0);
}
function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, word) => [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true); view.setUint32(28, 16000, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

// --- what is shown
function show(words, name, kind) {
  const item = document.createElement("li");
  item.textContent = words;
  if (kind) item.className = kind;
  if (name) { const small = document.createElement("small"); small.textContent = name; item.append(small); }
  $("heard").append(item);
  item.scrollIntoView({ block: "nearest" });
  return item;
}
function draw() {
  const inCall = Boolean(call) && !call.ended;
  $("idle").hidden = inCall;
  $("keys").hidden = !inCall;
  $("speak").hidden = !(inCall && call.waiting === "record");
  $("microphone").textContent = recorder ? "Stop and send" : "Use the microphone";
}
const finish = () => "finish=" + encodeURIComponent(document.querySelector("input[name=finish]:checked").value);
const speech = (body, mine, clip) => act(`/${call.call}/speech?${finish()}${clip ? "&clip=" + encodeURIComponent(clip) : ""}`, body, mine);

$("ring").onclick = () => { $("heard").replaceChildren(); seenFaults.clear(); $("state").textContent = "It rings…"; act($("withheld").checked ? "?withheld=1" : ""); };
$("hangup").onclick = () => call && act(`/${call.call}/hangup`, undefined, "(hangs up)");
$("wait").onclick = () => call && act(`/${call.call}/wait`, undefined, "…");
$("pad").onclick = (event) => press(event.target.dataset.key);
document.onkeydown = (event) => { if (/^[0-9*#]$/.test(event.key) && !event.target.closest("select, textarea, input[type=text]")) press(event.key); };
const press = (key) => key && call && !call.ended && act(`/${call.call}/key?key=${encodeURIComponent(key)}`, undefined, key);
$("file").onchange = (event) => { const [file] = event.target.files; if (file) speech(file, "♪ " + file.name); event.target.value = ""; };
if ($("say")) $("say").onclick = () => speech(undefined, "♪ " + $("clip").value, $("clip").value);
$("microphone").onclick = async () => {
  try {
    if (!recorder) { turn += 1; hush(); recorder = await record(); $("state").textContent = "Speak…"; draw(); return; }
    const stop = recorder;
    recorder = null;
    await speech(await stop(), "♪ (your voice)");
  } catch (fault) { recorder = null; show(fault.message, "", "fault"); draw(); }
};
