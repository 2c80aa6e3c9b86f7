() => {
  const text = window.emolaText ?? ((key, english) => english);
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const watch = (element, callback, options) => {
    callback();
    if (element) new MutationObserver(callback).observe(element, { childList: true, subtree: true, ...options });
  };
  const byId = (id) => document.getElementById(id);
  const visible = (element) => Boolean(element) && element.offsetParent !== null;

  // Esc stops the answer being generated, or ends the editing of a question.
  const press = (id) => {
    const button = byId(id);
    if (!visible(button) || button.disabled) return false;
    button.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (press("stop") || press("leave-edit"))) event.preventDefault();
  });

  // Screen readers announce the status and the notices, and find the two halves of the page.
  document.querySelectorAll("#model-status, #photo-notice, #chat-notice").forEach((line) => {
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
  });

  // Gradio labels each message by its HTML and announces every piece of an answer: name the messages, and let
  // the log be announced when the answer is complete. It must scroll by keyboard too.
  const chat = byId("chat");
  const nameMessages = () => {
    const log = chat?.querySelector('[role="log"]');
    set(log, "tabindex", "0");
    set(log, "aria-label", text("conversation", "Conversation"));
    set(log, "aria-busy", String(visible(byId("stop"))));
    chat?.querySelectorAll('[data-testid="user"], [data-testid="bot"]').forEach((message) => {
      const asked = message.dataset.testid === "user";
      set(message, "role", "group");
      set(message, "lang", "en");
      set(message, "aria-label", asked ? text("your_question", "Your question") : text("model_answer", "The model’s answer"));
    });
  };
  watch(chat, nameMessages, { attributes: true, attributeFilter: ["aria-label"] });
  watch(byId("ask-row"), nameMessages, { attributes: true, attributeFilter: ["class"] });

  // Gradio copies a message as HTML: copy its text instead, without the notes below it.
  let copied = null;
  const plain = (row) => {
    const content = row.querySelector(".message-content").cloneNode(true);
    content.querySelectorAll(".made-by, .evidence").forEach((note) => note.remove());
    content.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
    return content.textContent.trim();
  };
  document.addEventListener(
    "click",
    (event) => {
      const buttons = event.target.closest("#chat .message-buttons");
      if (!buttons) return;
      copied = plain(buttons.previousElementSibling);
      setTimeout(() => (copied = null));
    },
    { capture: true },
  );
  if (navigator.clipboard) {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (value) => write(copied ?? value);
  }
  document.addEventListener("copy", (event) => {
    if (copied === null) return; // the visitor copies a selection
    event.clipboardData.setData("text/plain", copied);
    event.preventDefault();
  });

  // The example photos are buttons without text: name them, again after Gradio has rebuilt them.
  const nameExamples = () => {
    const names = byId("example-labels");
    const labels = names ? JSON.parse(names.dataset.labels) : [];
    document.querySelectorAll("#example-photos .gallery-item").forEach((button, index) => {
      if (!labels[index]) return;
      const label = text("example_photo", "Example photo: {name}", { name: labels[index] });
      set(button, "aria-label", label);
      set(button, "title", label);
    });
  };
  watch(byId("photo-side"), nameExamples);

  // A photo above the limit of the server is not sent: the server would break the connection.
  const refuse = (event) => {
    if (!event.target.closest?.("#photo")) return;
    const notice = document.querySelector("#too-large [data-limit]");
    const files = [...((event.dataTransfer ?? event.target).files ?? [])];
    if (!notice || !files.length) return;
    notice.hidden = files.every((file) => file.size <= Number(notice.dataset.limit));
    if (notice.hidden) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (event.type === "change") event.target.value = "";
  };
  ["change", "drop"].forEach((type) => window.addEventListener(type, refuse, { capture: true }));

  // Light or dark: the system's setting until the visitor chooses. A page in a frame of another site may have no
  // storage; the choice lasts as long as the page then.
  const stored = (use) => {
    try {
      return use(localStorage);
    } catch {
      return null;
    }
  };
  const dark = () => document.body.classList.contains("dark");
  const remembered = stored((storage) => storage.getItem("emola-theme"));
  if (remembered) document.body.classList.toggle("dark", remembered === "dark");
  const nameToggle = () => {
    const label = dark() ? text("use_light", "Use light colours") : text("use_dark", "Use dark colours");
    byId("theme-toggle")?.removeAttribute("data-i18n-aria-label"); // or i18n.js would set that label again
    set(byId("theme-toggle"), "aria-label", label);
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme-toggle")) return;
    document.body.classList.toggle("dark");
    stored((storage) => storage.setItem("emola-theme", dark() ? "dark" : "light"));
    nameToggle();
  });
  watch(byId("masthead"), nameToggle, { attributes: true, attributeFilter: ["aria-label"] }); // rebuilt with the model

  document.addEventListener("emola-language", () => [nameMessages, nameExamples, nameToggle].forEach((name) => name()));
}
