// The chat in the page: sends messages with files, shows what comes back. Each channel has a thread of its own.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const threads = { sms: {}, whatsapp: {} };
  let channel = "sms";
  let files = [];       // {name, type, blob}
  let recorder = null;
  let queue = Promise.resolve();

  const tabs = { call: $("tab-call"), sms: $("tab-sms"), whatsapp: $("tab-whatsapp") };
  function open(tab) {
    for (const [name, button] of Object.entries(tabs)) button.setAttribute("aria-selected", String(name === tab));
    $("telephone").hidden = tab !== "call";
    $("messages").hidden = tab === "call";
    if (tab === "call") return;
    channel = tab;
    for (const name of Object.keys(threads)) $("thread-" + name).hidden = name !== tab;
    $("here").hidden = tab !== "whatsapp";
    $("place").hidden = true;
    $("words").focus();
  }
  for (const [name, button] of Object.entries(tabs)) button.onclick = () => open(name);

  async function ask(path, body) {
    const answer = await fetch($("messages").dataset.chats + path, {
      method: "POST", headers: { "X-Phone": "1", "Content-Type": "application/json" }, body: JSON.stringify(body || {}),
    });
    const state = await answer.json();
    if (!answer.ok) throw new Error(state.error || "The hotline does not answer.");
    return state;
  }

  function show(where, words, kind, small, file) {
    const item = document.createElement("li");
    item.className = kind;
    if (file && file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file.blob);
      picture.alt = file.name;
      item.append(picture);
    } else if (file) {
      const name = document.createElement("span");
      name.className = "file";
      name.textContent = file.name;
      item.append(name);
    }
    if (words) item.append(document.createTextNode(words));
    if (small) { const note = document.createElement("small"); note.textContent = small; item.append(note); }
    $("thread-" + where).append(item);
    item.scrollIntoView({ block: "nearest" });
  }

  const read = (blob) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(new Error("The file cannot be read."));
    reader.readAsDataURL(blob);
  });

  async function send(where, message) {
    try {
      threads[where].chat = threads[where].chat || (await ask("?channel=" + where)).chat;
      const sent = await Promise.all((message.files || []).map(async (file) => (
        { name: file.name, type: file.type, data: await read(file.blob) })));
      const state = await ask("/" + threads[where].chat, { body: message.body || "", files: sent, pin: message.pin });
      for (const bubble of state.bubbles) {
        const size = where === "sms" ? `${bubble.encoding}, ${bubble.segments} SMS` : "";
        const label = bubble.by === "company" ? "by the telephone company" : bubble.name;
        show(where, bubble.text, "theirs", [label, size].filter(Boolean).join(" · "));
      }
      for (const fault of state.faults) show(where, "Twilio would say: " + fault, "fault");
    } catch (fault) {
      show(where, fault.message, "fault");
      if (/gone/.test(fault.message)) delete threads[where].chat;
    }
  }

  function post(message) {
    const where = channel;
    const all = message.files || [];
    // WhatsApp sends every file as a message of its own; the words go with the first.
    const parts = where === "whatsapp" && all.length > 1
      ? all.map((file, number) => ({ body: number ? "" : message.body, files: [file] })) : [message];
    for (const part of parts) {
      const first = (part.files || [])[0];
      show(where, part.body || (part.pin ? "⌖ " + part.pin.join(", ") : ""), "mine", "", first);
      for (const file of (part.files || []).slice(1)) show(where, "", "mine", "", file);
      queue = queue.then(() => send(where, part));
    }
  }

  function chosen() {
    $("chosen").textContent = files.map((file) => file.name).join(", ");
  }

  $("compose").onsubmit = (event) => {
    event.preventDefault();
    const pin = $("pin").value.split(",").map(Number);
    const place = !$("place").hidden && pin.length === 2 && pin.every(Number.isFinite) ? pin : undefined;
    if (!$("words").value && !files.length && !place) return;
    if (place) post({ pin: place });
    if ($("words").value || files.length) post({ body: $("words").value, files });
    $("words").value = $("pin").value = "";
    $("place").hidden = true;
    files = [];
    chosen();
  };
  $("words").onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("compose").requestSubmit(); }
  };
  $("attachment").onchange = (event) => {
    for (const file of event.target.files) files.push({ name: file.name, type: file.type || "application/octet-stream", blob: file });
    event.target.value = "";
    chosen();
  };
  $("here").onclick = () => { $("place").hidden = !$("place").hidden; if (!$("place").hidden) $("pin").focus(); };
  $("note").onclick = async () => {
    if (recorder) { recorder.stop(); return; }
    try {
      if (!navigator.mediaDevices) throw new Error("The browser gives the microphone only to https and localhost. Attach a sound file.");
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const type = "audio/ogg;codecs=opus";
      recorder = new MediaRecorder(stream, MediaRecorder.isTypeSupported(type) ? { mimeType: type } : {});
      const pieces = [];
      recorder.ondataavailable = (event) => pieces.push(event.data);
      recorder.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        const kind = recorder.mimeType.split(";")[0];
        recorder = null;
        $("note").textContent = "Voice note";
        post({ files: [{ name: "voice note", type: kind, blob: new Blob(pieces, { type: kind }) }] });
      };
      recorder.start();
      $("note").textContent = "Stop and send";
    } catch (fault) { recorder = null; show(channel, fault.message, "fault"); }
  };
})();
