// The script of the face view (emola/ui/face_view). Gradio runs it once, as the body of a function, with
// `element`, the component; `trigger`, which sends an event to the server; and `watch`, which reports a new value.
// A new value replaces the HTML in place, so all listeners are on the component or the document. The functions
// of face_claims.js and face_saves.js, which come before this part, belong to the same function.

const STYLE_KEY = "emola-face-style";
const PANEL_DELAY = 140; // milliseconds: the pointer may cross other regions on its way to the panel
const ZOOM_TIME = 280;

const one = (selector) => element.querySelector(selector);
const all = (selector) => [...element.querySelectorAll(selector)];
const over = (event, selector) => event.target.closest?.(selector);
const isModified = (event) => event.altKey || event.ctrlKey || event.metaKey;
const presses = (event) => !isModified(event) && (event.key === "Enter" || event.key === " ");

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

// What the visitor chose for a photo. It outlives this component, which is built again after it was invisible.
const choice = (window.emolaZoom ??= { picture: "", zoom: null });

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

const chooseZoom = (on) => {
  choice.zoom = on;
  zoom(on);
};

// A small face ("data-small") begins zoomed, since its regions can hardly be pointed at in the whole photo. Of
// several faces the visitor first sees all, to choose one; the chosen face then does the same. chosen: whether
// the visitor has chosen the face.
const beginsZoomed = (chosen) => Boolean(one(".zoom[data-small]")) && (chosen || !one(".face[data-face]"));

// Escape first stops an answer, see page.js, and zooms out when none is written.
const isAnswering = () => Boolean(document.getElementById("stop")?.offsetParent);

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
    chooseZoom(!zoomed);
  }
});

const chooseFace = (face) => {
  if (face.getAttribute("aria-pressed") !== "true") trigger("select", { face: Number(face.dataset.face) });
};

listen(element, "keydown", (event) => {
  if (isModified(event)) return;
  const region = over(event, ".region");
  const face = over(event, ".face[data-face]");
  let handled = true;
  if (region && presses(event)) askAbout(region);
  else if (face && presses(event)) chooseFace(face);
  else if (region && neighbour(region, event.key)) focusRegion(neighbour(region, event.key));
  else if (face && event.key.startsWith("Arrow")) {
    const faces = all(".face[data-face]");
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : faces.length - 1;
    const next = faces[(faces.indexOf(face) + step) % faces.length];
    faces.forEach((other) => other.setAttribute("tabindex", other === next ? "0" : "-1"));
    if (zoomed) zoom(false); // the next face may be outside of the view
    next.focus();
  } else if (zoomed && event.key === "Escape" && !isAnswering()) chooseZoom(false);
  else handled = false;
  if (handled) {
    event.preventDefault();
    event.stopPropagation();
  }
});

// ---- a new value -------------------------------------------------------------------------------------------

let picture = "";
let selected = ""; // index of the face

const refresh = () => {
  const address = one(".face-svg image")?.href.baseVal ?? "";
  const face = one(".face-view")?.dataset.face ?? "";
  const chosen = address === picture && face !== selected;
  const same = address === picture && face === selected;
  [picture, selected] = [address, face];
  if (address && address !== choice.picture) Object.assign(choice, { picture: address, zoom: null });
  known = null;
  forgetMarks();
  restyle(style);
  zoom(choice.zoom ?? (same ? zoomed : beginsZoomed(chosen)), chosen && !zoomed);
  show(null);
  readAnswer();
};

followConversation();
watch("value", refresh);
refresh();
