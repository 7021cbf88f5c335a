// Photographs are shrunk before they are kept: at most 1600 pixels a side, JPEG. A signature is drawn with the finger.
"use strict";
var CampoPictures = (() => {
  const LONGEST_SIDE = 1600;
  const QUALITY = 0.8;

  // What the telephone took, made small. Raises where the file is no picture that this browser can read.
  async function shrunk(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    return { bytes: await blob.arrayBuffer(), type: "image/jpeg", name: file.name.replace(/\.\w+$/, "") + ".jpg" };
  }

  // Drawn, not linked to: the policy of the house lets no blob: address in.
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

  return { shrunk, thumbnail, pad };
})();
