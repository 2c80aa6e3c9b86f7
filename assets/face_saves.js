// Part of the script of the face view, see face_view.js: downloads, made in the browser.

const SVG = "http://www.w3.org/2000/svg";
const PAINT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray"];

const isPainted = (node, seen) =>
  seen.display !== "none" &&
  seen.opacity !== "0" &&
  (!node.matches("path") ||
    (seen.fill !== "none" && seen.fillOpacity !== "0") ||
    (seen.stroke !== "none" && seen.strokeOpacity !== "0"));

const asData = async (address) => {
  if (address.startsWith("data:")) return address;
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
};

// Returns the view as it is seen, as an SVG that needs no other file.
const drawing = async () => {
  const svg = one(".face-svg");
  const copy = svg.cloneNode(true);
  const box = svg.viewBox.baseVal;
  const scale = Math.max(1, 900 / box.width);
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("width", Math.round(box.width * scale));
  copy.setAttribute("height", Math.round(box.height * scale));
  const originals = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((node, index) => {
    const seen = getComputedStyle(originals[index]);
    if (!isPainted(node, seen)) return node.classList.add("unseen");
    if (node.matches("path, rect, g.layer")) {
      PAINT.forEach((name) => node.setAttribute(name, seen.getPropertyValue(name)));
    } else if (node.matches(".badge")) {
      node.setAttribute("transform", `scale(${svg.style.getPropertyValue("--small")})`);
    }
    for (const { name } of [...node.attributes]) {
      if (/^(class|style|role|tabindex|aria-|data-)/.test(name)) node.removeAttribute(name);
    }
  });
  copy.querySelectorAll(".unseen").forEach((node) => node.remove());
  const image = copy.querySelector("image");
  image.setAttribute("href", await asData(one(".face-svg image").href.baseVal));
  ["class", "style", "role", "tabindex"].forEach((name) => copy.removeAttribute(name));
  return new XMLSerializer().serializeToString(copy);
};

const asPng = async (text) => {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};

const save = async (kind) => {
  const text = await drawing();
  const file = kind === "png" ? await asPng(text) : new Blob([text], { type: "image/svg+xml" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `face-view.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
