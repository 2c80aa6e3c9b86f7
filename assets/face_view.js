// The script of the face view (emola/ui/face_view). Gradio runs it once, as the body of a function, with
// `element`, the component; `trigger`, which sends an event to the server; and `watch`, which reports a new value.
// A new value replaces the HTML in place, so all listeners are on the component or the document.

const STYLE_KEY = "emola-face-style";
const PANEL_DELAY = 140; // milliseconds: the pointer may cross other regions on its way to the panel
const GLOW = 2600; // milliseconds for which the last claim glows
const ZOOM_TIME = 280;
const SVG = "http://www.w3.org/2000/svg";

const one = (selector) => element.querySelector(selector);
const all = (selector) => [...element.querySelectorAll(selector)];
const over = (event, selector) => event.target.closest?.(selector);

const ended = new AbortController(); // the component is built again when it was invisible
const listen = (target, type, handle) =>
  target.addEventListener(
    type,
    (event) => (element.isConnected ? handle(event) : ended.abort()),
    { signal: ended.signal },
  );

// ---- the style ---------------------------------------------------------------------------------------------

// A page in a frame of another site may have no storage.
const remembered = () => {
  try {
    return sessionStorage.getItem(STYLE_KEY);
  } catch {
    return null;
  }
};

const remember = (name) => {
  try {
    sessionStorage.setItem(STYLE_KEY, name);
  } catch {
    // It lasts as long as the page then.
  }
};

let style = remembered();

const restyle = (name) => {
  const view = one(".face-view");
  if (!view) return;
  if (name && one(`.choices [data-style="${CSS.escape(name)}"]`)) view.dataset.style = name;
  for (const button of all(".choices [data-style]")) {
    button.setAttribute("aria-pressed", String(button.dataset.style === view.dataset.style));
  }
};

// ---- the zoom ----------------------------------------------------------------------------------------------

let zoomed = false;
let frame = 0;

const setView = (svg, box) => {
  svg.setAttribute("viewBox", box.map((side) => Math.round(side * 100) / 100).join(" "));
  // The numbers of the faces grow less than the picture.
  svg.style.setProperty("--small", ((box[2] / svg.querySelector("image").width.baseVal.value) ** 0.6).toFixed(3));
};

const zoom = (on, slowly = true) => {
  const svg = one(".face-svg");
  if (!svg) return;
  zoomed = on;
  one(".zoom")?.setAttribute("aria-pressed", String(on));
  one(".face-view").classList.toggle("zoomed", on);
  const { width, height } = svg.querySelector("image");
  const whole = [0, 0, width.baseVal.value, height.baseVal.value];
  const end = on ? svg.dataset.zoom.split(" ").map(Number) : whole;
  const box = svg.viewBox.baseVal;
  const start = [box.x, box.y, box.width, box.height];
  const began = performance.now();
  const duration = slowly && !matchMedia("(prefers-reduced-motion: reduce)").matches ? ZOOM_TIME : 0;
  cancelAnimationFrame(frame);
  const step = (now) => {
    const time = duration ? Math.min(1, Math.max(0, (now - began) / duration)) : 1;
    const eased = 1 - (1 - time) ** 3;
    setView(svg, start.map((side, index) => side + (end[index] - side) * eased));
    if (time < 1) frame = requestAnimationFrame(step);
  };
  step(began);
};

// ---- regions and their panels ------------------------------------------------------------------------------

let pending = 0;

const show = (region) => {
  clearTimeout(pending);
  const key = region?.dataset.region ?? "";
  all(".face-panel").forEach((panel) => (panel.hidden = panel.dataset.region !== key));
  const hint = one(".face-hint");
  if (hint) hint.hidden = Boolean(key);
  const panels = one(".face-panels");
  if (panels) {
    panels.dataset.side = region?.dataset.side ?? "";
    panels.scrollTop = 0;
  }
  all(".region").forEach((other) => other.classList.toggle("shown", other === region));
};

const shown = () => one(".region.shown");

const showSoon = (region) => {
  clearTimeout(pending);
  if (region === shown()) return;
  if (shown()) pending = setTimeout(show, PANEL_DELAY, region);
  else show(region);
};

const ask = (au) => /^\d+$/.test(au ?? "") && trigger("ask", { au: Number(au) });
const askAbout = (region) => {
  if (!region.classList.contains("covered")) ask(region.querySelector(".lead").dataset.au);
};

// One region can be reached with Tab. Up and down lead through the face, left and right to the other side.
const focusRegion = (region) => {
  all(".region").forEach((other) => other.setAttribute("tabindex", other === region ? "0" : "-1"));
  region.focus();
};

const neighbour = (region, key) => {
  const regions = all(".region");
  const names = [...new Set(regions.map((other) => other.dataset.region))];
  const side = region.dataset.side;
  const pick = (name, wanted) => {
    const found = regions.filter((other) => other.dataset.region === name);
    return found.find((other) => other.dataset.side === wanted) ?? found[0];
  };
  const index = names.indexOf(region.dataset.region);
  if (key === "ArrowDown" || key === "ArrowUp") {
    return pick(names[(index + (key === "ArrowDown" ? 1 : names.length - 1)) % names.length], side || lastSide);
  }
  if (key === "ArrowLeft" || key === "ArrowRight") {
    // The subject's right side is on the left.
    return pick(region.dataset.region, key === "ArrowLeft" ? "right" : "left");
  }
  return key === "Home" ? regions[0] : key === "End" ? regions[regions.length - 1] : null;
};

let lastSide = "right";

// ---- states: pointed at elsewhere, claimed, denied ---------------------------------------------------------

const states = { hot: "", lit: "", said: "", denied: "" };

const mark = (state, codes) => {
  const wanted = [...new Set(codes)].sort().join(" ");
  if (states[state] === wanted) return;
  states[state] = wanted;
  const marked = new Set(wanted.split(" "));
  all(".unit").forEach((unit) => unit.classList.toggle(state, marked.has(unit.dataset.au)));
};

// A chip or a row anywhere on the page lights the regions of its unit, and a region marks its chips.
const point = (event) => {
  const source = over(event, "[data-au]");
  const region = over(event, ".face-svg .region");
  mark("hot", source && !region ? [source.dataset.au] : []);
  const units = region ? [...region.querySelectorAll(".unit")].map((unit) => unit.dataset.au) : [];
  document.querySelectorAll("#chat .chip[data-au]").forEach((chip) => {
    chip.classList.toggle("pointed", units.includes(chip.dataset.au));
  });
};

// ---- the conversation: its chips are the claims ------------------------------------------------------------

let claims = 0; // chips in the last answer
let known = null; // number of answers, null before the conversation was read
let glowing = 0;

const readAnswer = () => {
  const answers = document.querySelectorAll('#chat [data-testid="bot"]');
  const answer = answers[answers.length - 1];
  const chips = answer ? [...answer.querySelectorAll("[data-au]")].filter((chip) => !chip.closest("details")) : [];
  const codes = (kind) => chips.filter((chip) => chip.classList.contains(kind)).map((chip) => chip.dataset.au);
  mark("said", codes("said"));
  mark("denied", codes("denied"));
  if (known !== null && chips.length > (answers.length === known ? claims : 0)) {
    mark("lit", [chips[chips.length - 1].dataset.au]);
    clearTimeout(glowing);
    glowing = setTimeout(mark, GLOW, "lit", []);
  } else if (!chips.length) {
    mark("lit", []);
  }
  [claims, known] = [chips.length, answers.length];
};

let waiting = 0;
const conversation = new MutationObserver(() => {
  if (!element.isConnected) return conversation.disconnect();
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    readAnswer();
  });
});

const follow = () => {
  const chat = document.getElementById("chat");
  if (chat) conversation.observe(chat, { childList: true, subtree: true, characterData: true });
  return Boolean(chat);
};
if (!follow()) {
  const page = new MutationObserver(() => follow() && page.disconnect()); // the chat is built after the face view
  page.observe(document.body, { childList: true, subtree: true });
}

// ---- downloads, made in the browser ------------------------------------------------------------------------

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

// ---- events ------------------------------------------------------------------------------------------------

let tapped = null; // by touch: the region of a tap that first shows its panel

listen(element, "pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const region = over(event, ".region");
  if (region) showSoon(region);
  else clearTimeout(pending);
});

listen(element, "pointerdown", (event) => {
  const region = over(event, ".region");
  tapped = event.pointerType === "touch" && region !== shown() ? region : null;
});

listen(element, "focusin", (event) => {
  const region = over(event, ".region");
  if (!region) return;
  lastSide = region.dataset.side || lastSide;
  all(".region").forEach((other) => other.setAttribute("tabindex", other === region ? "0" : "-1"));
  show(region);
});

listen(element, "click", (event) => {
  const face = over(event, ".face[data-face]");
  const region = over(event, ".region");
  const button = over(event, "button");
  if (region) {
    if (region === tapped) show(region);
    else askAbout(region);
  } else if (face) {
    chooseFace(face);
  } else if (button?.dataset.style) {
    style = button.dataset.style;
    remember(style);
    restyle(style);
  } else if (button?.dataset.save) {
    save(button.dataset.save).catch((error) => console.error("The picture could not be saved:", error));
  } else if (button?.matches(".zoom")) {
    zoom(!zoomed);
  }
});

const chooseFace = (face) => {
  if (face.getAttribute("aria-pressed") !== "true") trigger("select", { face: Number(face.dataset.face) });
};

listen(element, "keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const region = over(event, ".region");
  const face = over(event, ".face[data-face]");
  const pressed = event.key === "Enter" || event.key === " ";
  let handled = true;
  if (region && pressed) askAbout(region);
  else if (face && pressed) chooseFace(face);
  else if (region && neighbour(region, event.key)) focusRegion(neighbour(region, event.key));
  else if (face && event.key.startsWith("Arrow")) {
    const faces = all(".face[data-face]");
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : faces.length - 1;
    const next = faces[(faces.indexOf(face) + step) % faces.length];
    faces.forEach((other) => other.setAttribute("tabindex", other === next ? "0" : "-1"));
    next.focus();
  } else if (zoomed && event.key === "Escape") zoom(false);
  else handled = false;
  if (handled) {
    event.preventDefault();
    event.stopPropagation();
  }
});

listen(document, "pointerover", point);
listen(document, "focusin", point);
listen(document, "click", (event) => {
  const source = over(event, "#chat [data-au], .face-panel [data-au]");
  if (source) ask(source.dataset.au);
});

// ---- a new value -------------------------------------------------------------------------------------------

let picture = "";

const refresh = () => {
  const address = one(".face-svg image")?.href.baseVal ?? "";
  const same = address === picture;
  picture = address;
  for (const state of Object.keys(states)) states[state] = "";
  known = null;
  all(".unit").forEach((unit) => unit.classList.remove(...Object.keys(states)));
  // The new labels are English: this makes the page's translator look at them.
  const label = "data-i18n-aria-label";
  all(`[${label}]`).forEach((part) => part.setAttribute(label, part.getAttribute(label)));
  restyle(style);
  zoom(same && zoomed, false);
  show(null);
  readAnswer();
};

watch("value", refresh);
refresh();
