// The words of a tip in step with its sound: the word being heard is marked, a tapped word is played.
// Never does: load or send anything by itself; without this file the page reads and plays as well.
"use strict";

function follow(take) {
  const sound = take.querySelector("audio");
  const box = take.querySelector("[data-words]");
  const problem = take.querySelector("[data-sound-problem]");
  if (!sound) return;
  sound.addEventListener("error", () => { problem.hidden = false; });
  sound.addEventListener("playing", () => { problem.hidden = true; });
  if (!box) return;

  const words = [...box.querySelectorAll("[data-start]")];
  const starts = words.map((word) => Number(word.dataset.start));
  const ends = words.map((word) => Number(word.dataset.end));
  let marked = null;

  function wordAt(time) {
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low > 0 && time <= ends[low - 1] + 0.25 ? words[low - 1] : null;
  }

  function mark() {
    const word = wordAt(sound.currentTime + 0.02);
    if (word === marked) return;
    if (marked) marked.classList.remove("now");
    if (word) word.classList.add("now");
    marked = word;
  }

  function keepMarking() {
    mark();
    if (!sound.paused && !sound.ended) requestAnimationFrame(keepMarking);
  }

  function playFrom(word) {
    const start = Number(word.dataset.start);
    const go = () => { sound.currentTime = start; mark(); };
    if (sound.readyState > 0) go();
    else sound.addEventListener("loadedmetadata", go, { once: true });
    sound.play().catch(() => { /* the error event tells the reader */ });
  }

  function step(by) {
    const at = marked ? words.indexOf(marked) : -1;
    const next = words[Math.min(words.length - 1, Math.max(0, at + by))];
    if (next) playFrom(next);
  }

  sound.addEventListener("play", keepMarking);
  sound.addEventListener("seeked", mark);
  sound.addEventListener("timeupdate", mark);
  box.addEventListener("click", (event) => {
    const word = event.target.closest("[data-start]");
    if (word && String(getSelection()) === "") playFrom(word);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      step(event.key === "ArrowRight" ? 1 : -1);
    }
  });
  box.tabIndex = 0;
  box.classList.add("ready");
  for (const hint of take.querySelectorAll("[data-with-script]")) hint.hidden = false;
}

for (const take of document.querySelectorAll("[data-take]")) follow(take);
