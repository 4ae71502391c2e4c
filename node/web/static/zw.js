// Comfort only: every page works without it. Live update of an open case, smaller photos, the print button.
(() => {
  "use strict";
  const LONGEST_SIDE = 1800; // px: an A4 page stays readable
  const ENOUGH_BYTES = 300 * 1024; // per page, for lines of 64 kbit/s
  const QUALITIES = [0.8, 0.65, 0.5];

  const main = document.querySelector("main[data-live]");
  if (main && window.EventSource) {
    const changed = document.getElementById("changed");
    let typing = false;
    main.addEventListener("input", () => { typing = true; });
    const source = new EventSource(main.dataset.live);
    const moved = () => {
      if (document.querySelector("form[data-sent]")) return; // our own doing: its answer leads on
      source.close();
      if (typing || document.querySelector("details[open]")) changed.hidden = false;
      else location.replace(location.pathname);
    };
    for (const name of ["changed", "case"]) source.addEventListener(name, moved);
    source.addEventListener("bye", () => source.close());
    window.addEventListener("pagehide", () => source.close());
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
