// 高拍仪: a document camera or a webcam in the page. What was taken goes the way of a chosen file.
(() => {
  "use strict";
  const WIDTH = 2560; // px: an A4 page at 300 dpi; the camera gives what it has
  const QUALITY = 0.9;
  const CHOSEN = "zhengwu-camera"; // the device that was used last on this machine

  const dialog = document.getElementById("camera");
  if (!dialog || !dialog.showModal) return;
  const [video, canvas] = [dialog.querySelector("video"), dialog.querySelector("canvas")];
  const device = dialog.querySelector("select");
  const why = dialog.querySelector("[data-why]");
  const part = (name) => dialog.querySelector("[data-" + name + "]");
  let stream = null;
  let field = null;

  const stop = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
  };
  const refuse = (error) => {
    const word = { NotAllowedError: "denied", SecurityError: "denied", NotReadableError: "busy" }[error.name] || "none";
    why.textContent = navigator.mediaDevices ? dialog.dataset[word] : dialog.dataset.insecure;
    why.hidden = false;
    part("take").hidden = true;
  };
  const list = async () => {
    const found = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    const now = stream.getVideoTracks()[0].getSettings().deviceId;
    device.replaceChildren(...found.map((one, at) => new Option(one.label || String(at + 1), one.deviceId, false, one.deviceId === now)));
  };
  const start = async (id) => {
    stop();
    why.hidden = true;
    look(true);
    try {
      const wanted = id ? { deviceId: { exact: id } } : { facingMode: "environment" };
      stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, width: { ideal: WIDTH } } });
      video.srcObject = stream;
      await video.play();
      await list();
    } catch (error) {
      if (id && error.name === "OverconstrainedError") await start(""); // it was unplugged since
      else refuse(error);
    }
  };
  const look = (live) => {
    video.hidden = !live;
    canvas.hidden = live;
    part("take").hidden = !live;
    part("use").hidden = live;
    part("retake").hidden = live;
    (live ? part("take") : part("use")).focus();
  };

  part("take").addEventListener("click", () => {
    if (!video.videoWidth) return;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    look(false);
  });
  part("retake").addEventListener("click", () => look(true));
  part("use").addEventListener("click", () => {
    canvas.toBlob((blob) => {
      const now = new Date();
      const name = "photo-" + now.toTimeString().slice(0, 8).replace(/:/g, "") + ".jpg";
      const photo = new File([blob], name, { type: "image/jpeg", lastModified: now.getTime() });
      field.dispatchEvent(new CustomEvent("zhengwu:photo", { detail: photo }));
      dialog.close();
    }, "image/jpeg", QUALITY);
  });
  part("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", stop);
  device.addEventListener("change", () => {
    localStorage.setItem(CHOSEN, device.value);
    start(device.value);
  });
  for (const button of document.querySelectorAll("[data-camera]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      field = button.closest("[data-paper]");
      document.getElementById("camera-title").textContent = button.dataset.camera;
      dialog.showModal();
      start(localStorage.getItem(CHOSEN) || "");
    });
  }
})();
