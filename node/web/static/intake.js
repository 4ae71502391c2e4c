// Comfort of an intake: what is typed is kept within seconds, digits choose, Enter goes on, a card
// reader fills the form, an open receipt notices that it was sent. Every page works without it.
(() => {
  "use strict";
  const PAUSE_MS = 900; // after the last key: short enough to lose little, long enough to stay calm
  const RETRY_MS = 5000;
  const NUMBER_LENGTH = 18;
  const ASK_MS = 4000; // how often an open receipt asks whether it was sent

  const form = document.querySelector("form[data-keep]");
  const line = document.getElementById("kept");
  const versions = () => document.querySelectorAll("input[name=version]");
  let timer = 0;
  let keeping = null;
  let stale = false;
  let waited = false;
  let told = null;
  let left = false;

  // ---- kept within seconds

  const show = (text, tone) => {
    if (!line) return;
    line.textContent = text;
    line.className = tone ? "small " + tone : "muted small";
  };
  const answerOf = async (answer) => {
    if (answer.redirected || answer.status === 401 || answer.status === 403) throw new Error("signed-out");
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  };
  const send = async (last) => {
    const body = new URLSearchParams(new FormData(form));
    return answerOf(await fetch(form.dataset.keep, { method: "POST", body, keepalive: last, redirect: "follow" }));
  };
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    if (stale || left) return;
    try {
      const kept = await send(false);
      stale = kept.stale;
      if (!stale) for (const input of versions()) input.value = kept.version;
      show(kept.said, stale ? "mind" : "");
      const beside = document.getElementById("number");
      if (beside && !left && kept.number !== told) {
        told = kept.number;
        beside.innerHTML = told; // drawn by this node: its words are escaped
      }
    } catch (error) {
      show(error.message === "signed-out" ? form.dataset.signedOut : form.dataset.lost, "mind");
      if (!timer) timer = setTimeout(begin, RETRY_MS);
    }
  };
  const begin = () => {
    const mine = (keeping || Promise.resolve()).then(keep).finally(() => {
      if (keeping === mine) keeping = null;
    });
    keeping = mine;
    return mine;
  };
  if (form) {
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(begin, PAUSE_MS);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && timer && !left && !stale) begin();
    });
    window.addEventListener("online", () => { if (timer) begin(); });
    // What is being kept has the version that the step itself must show: the step waits for it.
    document.addEventListener("submit", (event) => {
      if (event.target !== form && event.target.id !== "use-known") return;
      const unkept = event.target.id === "use-known" && timer;
      clearTimeout(timer);
      if (waited || !(keeping || unkept)) { left = true; return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      const by = event.submitter;
      (keeping || begin()).then(() => {
        waited = true;
        event.target.requestSubmit(by && !by.isConnected ? document.getElementById(by.id) : by);
      });
    }, true);
  }

  // ---- the number of the applicant

  const number = form && form.querySelector("input[name=id_number]");
  if (number) {
    number.addEventListener("input", () => {
      if (number.value.replace(/\s/g, "").length >= NUMBER_LENGTH) begin();
    });
  }
  // A reader that is no keyboard says what it read by this event: see docs/devices.md.
  document.addEventListener("zhengwu:card", (event) => {
    if (!form || !number || !event.detail) return;
    const read = { id_number: event.detail.number, name: event.detail.name, address: event.detail.address };
    for (const [name, value] of Object.entries(read)) {
      const input = form.elements.namedItem(name);
      if (input && typeof value === "string" && value) input.value = value.trim();
    }
    begin();
    next(number);
  });

  // ---- Enter goes on, digits choose

  const next = (from) => {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
    const rest = fields.slice(fields.indexOf(from) + 1);
    const known = from === number && document.getElementById("known");
    const to = known || rest.find((one) => one.required && !one.disabled && !one.value);
    if (to) to.focus();
    else form.querySelector(".actions .button").click();
  };
  if (form && "enter" in form.dataset) {
    form.addEventListener("keydown", (event) => {
      const typing = event.target.matches("input:not([type=radio]):not([type=checkbox])");
      if (event.key !== "Enter" || event.isComposing || !typing) return;
      event.preventDefault();
      if (event.target.reportValidity()) next(event.target);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    const at = event.target;
    const free = at.matches("[data-digits]") ? at.value === "" : !at.matches("input, select, textarea");
    const button = document.querySelector('button[data-key="' + event.key + '"]');
    if (!free || !button) return;
    event.preventDefault();
    button.click();
  });

  // Alt and the letter that a button shows, in browsers that want one more key for it.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const meant = [...document.querySelectorAll("[accesskey]")].find((one) => one.accessKey === event.key.toLowerCase());
    if (!meant || !meant.offsetParent) return;
    event.preventDefault();
    if (meant.matches("input")) meant.focus();
    else meant.click();
  });

  // ---- where to begin

  const start = document.querySelector("#known, [data-focus]:not([hidden])");
  if (start && !document.querySelector("[autofocus]")) start.focus({ preventScroll: true });

  // ---- an open receipt

  const unsent = document.querySelector("[data-unsent]");
  if (unsent) {
    const ask = async () => {
      try {
        const answer = await fetch(unsent.dataset.unsent);
        if (answer.ok && !answer.redirected && (await answer.json()).sent) {
          unsent.textContent = unsent.dataset.sent;
          unsent.className = "sent";
          return;
        }
      } catch { /* this very node is away for a moment */ }
      setTimeout(ask, ASK_MS);
    };
    setTimeout(ask, ASK_MS);
  }
})();
