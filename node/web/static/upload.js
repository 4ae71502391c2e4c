// Scans go piece by piece, with progress, and on from where the line broke: also after a reload,
// if the same file is chosen again. Without script the form sends them whole.
(() => {
  "use strict";
  const FIRST_PIECE = 64 * 1024; // eight seconds on a line of 64 kbit/s
  const LARGEST_PIECE = 512 * 1024;
  const QUICK_MS = 700; // a piece that took less may grow
  const PAUSES_MS = [1000, 2000, 5000, 10000];
  const KINDS = ["image/jpeg", "image/png", "application/pdf"];
  const PLACE = "/api/v1/parts/uploads";

  const form = document.getElementById("scans");
  if (!form || !window.fetch || !Blob.prototype.arrayBuffer) return;
  const most = Number(form.dataset.most) * 1024 * 1024;
  const csrf = form.elements.namedItem("csrf").value;
  const said = (name, facts) => form.dataset[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
  const mark = "zhengwu-upload-" + form.dataset.add;
  let under_way = 0;
  let wanted = null; // the button that was pressed meanwhile

  const TABLE = new Uint32Array(256).map((_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const crc32 = (bytes) => {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  };

  class Refused extends Error {}
  const ask = async (path, options) => {
    const answer = await fetch(path, { method: "POST", ...options, headers: { "X-CSRF-Token": csrf, ...(options || {}).headers } });
    if (answer.status === 401 || answer.status === 403 || answer.redirected) throw new Refused(form.dataset.signedOut);
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw new Refused("");
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const json = (value) => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

  const piecesOf = async (bytes, key, progress) => {
    let now = await ask(PLACE, json({ key, bytes: bytes.length }));
    if (now.offset && crc32(bytes.subarray(0, now.offset)) !== now.crc32) {
      now = await ask(PLACE, json({ key: key + "|" + crc32(bytes), bytes: bytes.length })); // another file of the same name
    }
    let size = FIRST_PIECE;
    while (now.offset < bytes.length) {
      progress(now.offset / bytes.length);
      const began = performance.now();
      const body = bytes.subarray(now.offset, now.offset + size);
      now = await ask(PLACE + "/" + now.id + "?offset=" + now.offset, { method: "PUT", body, headers: { "Content-Type": "application/octet-stream" } });
      if (performance.now() - began < QUICK_MS) size = Math.min(2 * size, LARGEST_PIECE);
      else if (size > FIRST_PIECE) size /= 2;
    }
    progress(1);
    return ask(PLACE + "/" + now.id + "/done");
  };

  const lineFor = (place, name) => {
    const line = document.createElement("p");
    const text = document.createElement("span");
    const bar = document.createElement("progress");
    const cancel = document.createElement("button");
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    cancel.type = "button";
    cancel.className = "button quiet small";
    cancel.textContent = form.dataset.cancel;
    line.append(text, bar, cancel);
    place.append(line);
    return {
      cancelled: false,
      say(word, share) { text.textContent = said(word, { name }); if (share !== undefined) bar.value = share; },
      end(sentence) { if (sentence) { line.className = "why alone"; line.textContent = sentence; } else line.remove(); },
      watch(stop) { cancel.addEventListener("click", () => { this.cancelled = true; stop(); }); },
    };
  };
  const pause = (ms) => new Promise((done) => {
    const timer = setTimeout(done, ms);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });

  const remember = (names) => {
    if (names.length) sessionStorage.setItem(mark, JSON.stringify(names));
    else sessionStorage.removeItem(mark);
  };
  const unfinished = () => JSON.parse(sessionStorage.getItem(mark) || "[]");

  const shrink = (window.zhengwu && window.zhengwu.shrink) || (async (file) => file);
  const checked = async (file) => {
    if (!KINDS.includes(file.type)) return said("wrongKind", { name: file.name });
    if (!file.size) return said("empty", { name: file.name });
    let small = file;
    try { small = await shrink(file); } catch { /* an old browser sends the photo as it is */ }
    const size = Math.ceil(small.size / 1024 / 1024);
    return small.size > most ? said("tooLarge", { name: file.name, size }) : small;
  };

  const attach = async (field, code, file, held) => {
    const body = new URLSearchParams({ csrf, digest: held.digest, name: file.name, bytes: held.bytes });
    const added = await ask(form.dataset.add + encodeURIComponent(code), { body });
    form.elements.namedItem("version").value = added.version;
    field.querySelector("[data-scans]").innerHTML = added.scans;
  };

  const sendOne = async (field, file) => {
    const code = field.dataset.paper.replace(/^scan-/, "");
    const place = field.querySelector("[data-under-way]");
    const line = lineFor(place, file.name);
    const ready = await checked(file);
    if (typeof ready === "string") { line.end(ready); return; }
    const key = [form.dataset.add, code, file.name, file.size, file.lastModified].join("|").slice(0, 390);
    const bytes = new Uint8Array(await ready.arrayBuffer());
    line.watch(() => line.end(""));
    remember([...unfinished().filter((one) => one !== file.name), file.name]);
    for (let attempt = 0; !line.cancelled; attempt += 1) {
      try {
        const held = await piecesOf(bytes, key, (share) => {
          if (line.cancelled) throw new Refused("");
          line.say("underWay", share);
        });
        await attach(field, code, ready, held);
        line.end("");
        break;
      } catch (error) {
        if (error instanceof Refused) {
          if (!line.cancelled) line.end(error.message || said("refused", { name: file.name }));
          break;
        }
        line.say("cut");
        await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]);
      }
    }
    remember(unfinished().filter((one) => one !== file.name));
  };

  let queue = Promise.resolve(); // one after the other: a village line has no room for two
  const add = (field, files) => {
    field.querySelector("[data-under-way]").replaceChildren();
    for (const file of files) {
      under_way += 1;
      queue = queue.then(() => sendOne(field, file)).finally(() => {
        under_way -= 1;
        if (under_way || !wanted) return;
        const button = wanted;
        wanted = null;
        document.getElementById("waiting").hidden = true;
        if (!form.querySelector("[data-under-way] .why")) form.requestSubmit(button);
      });
    }
  };

  for (const field of form.querySelectorAll("[data-paper]")) {
    const input = field.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      add(field, files);
    });
    field.addEventListener("zhengwu:photo", (event) => add(field, [event.detail]));
  }
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !under_way) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted = event.submitter;
    const waiting = document.getElementById("waiting");
    waiting.textContent = form.dataset.waiting;
    waiting.hidden = false;
  }, true);
  window.addEventListener("beforeunload", (event) => { if (under_way) event.preventDefault(); });

  const left = unfinished();
  if (left.length) {
    const waiting = document.getElementById("waiting");
    waiting.textContent = left.map((name) => said("again", { name })).join(" ");
    waiting.hidden = false;
  }
})();
