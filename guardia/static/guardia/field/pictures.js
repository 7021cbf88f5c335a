// Photographs are kept as the camera gave them, then shrunk: at most 1600 pixels a side, JPEG. Used by the page and by its
// service worker, which has no document. A signature is drawn with the finger.
"use strict";
var CampoPictures = (() => {
  const LONGEST_SIDE = 1600;
  const QUALITY = 0.8;

  function drawn(picture) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = typeof document === "undefined" ? new OffscreenCanvas(width, height) : Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    picture.close();
    if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  }

  // What the telephone took, made small. Raises where it is no picture that this browser can read.
  async function shrunk({ bytes, type, name }) {
    const blob = await drawn(await createImageBitmap(new Blob([bytes], { type }), { imageOrientation: "from-image" }));
    return { bytes: await blob.arrayBuffer(), type: "image/jpeg", name: name.replace(/\.\w+$/, "") + ".jpg" };
  }

  // Those that are kept as the camera gave them, made ready to be sent: the tab may have been closed in between. Returns
  // the keys of those that are no pictures.
  // Page and service worker do not do the same work twice.
  const ready = () => (self.navigator.locks ? self.navigator.locks.request("campo-small", allReady) : allReady());

  async function allReady() {
    const unread = [];
    for (const photo of (await CampoStore.all("photos")).filter((row) => row.state === "taken")) {
      try {
        await CampoStore.change("photos", photo.key, { ...(await shrunk(photo)), state: "waiting" }, "taken");
      } catch (trouble) {
        if (trouble?.name === "QuotaExceededError") throw trouble;
        unread.push(photo.key);
      }
    }
    return unread;
  }

  // Drawn, not linked to: the policy of the server lets no blob: address in.
  async function thumbnail(photo) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 112;
    const picture = await createImageBitmap(new Blob([photo.bytes], { type: photo.type }));
    const side = Math.min(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 112, 112);
    picture.close();
    return canvas;
  }

  function pad(canvas) {
    const pen = canvas.getContext("2d");
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    const wipe = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      delete canvas.dataset.drawn;
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
      pen.beginPath();
      pen.moveTo(...place(event));
      canvas.dataset.drawn = "";
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons || canvas.dataset.drawn === undefined) return;
      pen.lineTo(...place(event));
      pen.stroke();
    });
    wipe();
    canvas.wipe = wipe;
  }

  return { ready, thumbnail, pad };
})();
