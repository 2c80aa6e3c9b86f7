// Part of the script of the face view, see face_view.js: the claims of the conversation. A claim is a chip
// (emola/ui/shared/chips.py), which lights its unit in the face and asks about it.

const CHIP = "#chat .chip";
const GLOW = 2600; // milliseconds for which the last claim glows

// ---- states: pointed at elsewhere, claimed, denied ---------------------------------------------------------

const states = { hot: "", lit: "", said: "", denied: "" };

const mark = (state, codes) => {
  const wanted = [...new Set(codes)].sort().join(" ");
  if (states[state] === wanted) return;
  states[state] = wanted;
  const marked = new Set(wanted.split(" "));
  all(".unit").forEach((unit) => unit.classList.toggle(state, marked.has(unit.dataset.au)));
};

const forgetMarks = () => {
  for (const state of Object.keys(states)) states[state] = "";
  all(".unit").forEach((unit) => unit.classList.remove(...Object.keys(states)));
};

// A chip or a row anywhere on the page lights the regions of its unit, and a region marks its chips.
const point = (event) => {
  const source = over(event, "[data-au]");
  const region = over(event, ".face-svg .region");
  mark("hot", source && !region ? [source.dataset.au] : []);
  const units = region ? [...region.querySelectorAll(".unit")].map((unit) => unit.dataset.au) : [];
  document.querySelectorAll(CHIP).forEach((chip) => {
    chip.classList.toggle("pointed", units.includes(chip.dataset.au));
  });
};

// ---- the last answer ---------------------------------------------------------------------------------------

let claims = 0; // chips in the last answer
let known = null; // number of answers, null before the conversation was read
let glowing = 0;

const answers = () => [...document.querySelectorAll('#chat [data-testid="bot"]')];
const chipsOf = (answer) => [...(answer?.querySelectorAll(".chip") ?? [])];

const readAnswer = () => {
  const written = answers();
  const chips = chipsOf(written.at(-1));
  const codes = (kind) => chips.filter((chip) => chip.classList.contains(kind)).map((chip) => chip.dataset.au);
  mark("said", codes("said"));
  mark("denied", codes("denied"));
  if (known !== null && chips.length > (written.length === known ? claims : 0)) {
    mark("lit", [chips.at(-1).dataset.au]);
    clearTimeout(glowing);
    glowing = setTimeout(mark, GLOW, "lit", []);
  } else if (!chips.length) {
    mark("lit", []);
  }
  [claims, known] = [chips.length, written.length];
};

// ---- the focus ---------------------------------------------------------------------------------------------

// Gradio replaces the whole text of an answer while it grows, so a chip that has the focus is removed. The focus
// then moves to the new chip at its place; the chips of a growing answer keep theirs.
let focused = null; // the chip that has the focus, the index of its answer, and its own in the answer

const followFocus = (event) => {
  const chip = over(event, CHIP);
  const answer = chip?.closest('[data-testid="bot"]');
  focused = answer ? { chip, answer: answers().indexOf(answer), index: chipsOf(answer).indexOf(chip) } : null;
};

// Chrome reports the loss of the focus before it removes an element, other browsers do not report it. A chip
// that is still on the page afterwards has lost the focus because the visitor left it.
const leaveChip = () =>
  queueMicrotask(() => {
    if (focused?.chip.isConnected && document.activeElement !== focused.chip) focused = null;
  });

const restoreFocus = () => {
  if (!focused || focused.chip.isConnected) return;
  const { answer, index } = focused;
  focused = null;
  if (document.activeElement !== document.body) return; // something else has the focus
  chipsOf(answers()[answer])[index]?.focus({ preventScroll: true });
};

// ---- events ------------------------------------------------------------------------------------------------

// Chips are text: a click that ends a selection in one of them asks nothing. A key sends a click without detail.
const selects = (event, source) =>
  event.detail > 0 && !getSelection().isCollapsed && getSelection().containsNode(source, true);

const clickChip = (event) => {
  const source = over(event, "#chat [data-au], .face-panel [data-au]");
  if (source && !selects(event, source)) ask(source.dataset.au);
};

// Enter and Space press a chip, as they press a button.
const pressChip = (event) => {
  const chip = over(event, CHIP);
  if (!chip || !presses(event)) return;
  event.preventDefault(); // Space would scroll the page
  if (!event.repeat) chip.click();
};

let waiting = 0;
const conversation = new MutationObserver(() => {
  if (!element.isConnected) return conversation.disconnect();
  restoreFocus();
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    readAnswer();
  });
});

const observeChat = () => {
  const chat = document.getElementById("chat");
  if (chat) conversation.observe(chat, { childList: true, subtree: true, characterData: true });
  return Boolean(chat);
};

const followConversation = () => {
  listen(document, "pointerover", point);
  listen(document, "focusin", point);
  listen(document, "focusin", followFocus);
  listen(document, "focusout", leaveChip);
  listen(document, "click", clickChip);
  listen(document, "keydown", pressChip);
  if (observeChat()) return;
  const page = new MutationObserver(() => observeChat() && page.disconnect()); // the chat is built later
  page.observe(document.body, { childList: true, subtree: true });
};
