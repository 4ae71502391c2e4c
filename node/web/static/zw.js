// Comfort only: every page works without it. Live update of an open case, smaller photos, the print button.
(() => {
  "use strict";
  const LONGEST_SIDE = 1800; // px: an A4 page stays readable
  const ENOUGH_BYTES = 300 * 1024; // per page, for lines of 64 kbit/s
  const QUALITIES = [0.8, 0.65, 0.5];

  const main = document.querySelector("main[data-live]");
  if (main && window.EventSource) {
    const changed = document.getElementById("changed");
    const list = main.hasAttribute("data-fresh") ? document.getElementById("day") : null; // drawn anew in place
    let typing = main.hasAttribute("data-kept"); // what was sent and not taken stands in the form
    let source = null;
    (list || main).addEventListener("input", () => { typing = true; });
    const busy = () => typing || main.querySelector("details[open]") || (list && list.contains(document.activeElement));
    const renew = async () => {
      const answer = await fetch(location.href, { headers: { "X-By-Itself": "1" } }); // keeps nobody signed in
      if (!answer.ok || answer.redirected) throw new Error("signed out");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("day");
      if (busy()) { changed.hidden = false; return; } // he has begun something meanwhile
      list.replaceChildren(...fresh.childNodes);
      const light = document.querySelector(".top .link");
      if (light) light.replaceWith(page.querySelector(".top .link"));
      main.dataset.live = page.querySelector("main").dataset.live;
      changed.hidden = true;
      follow();
    };
    const moved = () => {
      if (document.querySelector("form[data-sent]")) return; // our own doing: its answer leads on
      source.close();
      if (busy()) changed.hidden = false;
      else if (list) renew().catch(() => { changed.hidden = false; });
      else location.replace(changed.querySelector("a").href);
    };
    const follow = () => {
      source = new EventSource(main.dataset.live); // it comes back by itself after the line was down
      for (const name of ["changed", "case"]) source.addEventListener(name, moved);
      source.addEventListener("bye", () => source.close());
    };
    follow();
    window.addEventListener("pagehide", () => source.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  }

  for (const select of document.querySelectorAll("select[data-phrase]")) {
    select.addEventListener("change", () => {
      const field = document.getElementById(select.dataset.phrase);
      if (!select.value) return;
      field.value = field.value.trim() ? `${field.value.trimEnd()}\n${select.value}` : select.value;
      select.value = "";
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  const shrink = async (file) => {
    if (!file.type.startsWith("image/") || file.size <= ENOUGH_BYTES) return file;
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && (blob.size <= ENOUGH_BYTES || quality === QUALITIES.at(-1))) {
        return blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
      }
    }
    return file;
  };
  window.zhengwu = { shrink }; // for the scans of an intake
  for (const input of document.querySelectorAll("input[data-shrink]")) {
    input.addEventListener("change", async () => {
      try {
        const bag = new DataTransfer();
        for (const file of input.files) bag.items.add(await shrink(file));
        input.files = bag.files;
      } catch { /* an old browser sends the photo as it is */ }
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const form of document.querySelectorAll('form[method="post"]')) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault(); // a second click on a slow line
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 10000);
    });
  }
})();
