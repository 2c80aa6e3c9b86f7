() => {
  // Esc stops the answer being generated, or ends the editing of a question.
  const press = (id) => {
    const button = document.getElementById(id);
    if (!button || button.disabled || button.offsetParent === null) return false;
    button.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (press("stop") || press("leave-edit"))) event.preventDefault();
  });

  // Screen readers announce the status and the notices.
  document.querySelectorAll("#model-status, #photo-notice, #chat-notice").forEach((line) => {
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
  });

  // The example photos are buttons without text: name them, again after Gradio has rebuilt them.
  const nameExamples = () => {
    const names = document.getElementById("example-labels");
    const labels = names ? JSON.parse(names.dataset.labels) : [];
    document.querySelectorAll("#example-photos .gallery-item").forEach((button, index) => {
      if (!labels[index]) return;
      button.setAttribute("aria-label", labels[index]);
      button.title = labels[index];
    });
  };
  nameExamples();
  const photoSide = document.getElementById("photo-side");
  if (photoSide) new MutationObserver(nameExamples).observe(photoSide, { childList: true, subtree: true });

  // Light or dark: the system's setting until the visitor chooses.
  const dark = () => document.body.classList.contains("dark");
  const remembered = localStorage.getItem("emola-theme");
  if (remembered) document.body.classList.toggle("dark", remembered === "dark");
  const label = () => {
    const text = dark() ? "Use light colours" : "Use dark colours";
    const toggle = document.getElementById("theme-toggle");
    if (toggle && toggle.getAttribute("aria-label") !== text) toggle.setAttribute("aria-label", text);
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#theme-toggle")) return;
    document.body.classList.toggle("dark");
    localStorage.setItem("emola-theme", dark() ? "dark" : "light");
    label();
  });
  label();
  // The masthead is rebuilt when the model is ready.
  const masthead = document.getElementById("masthead");
  if (masthead) new MutationObserver(label).observe(masthead, { childList: true, subtree: true });
}
