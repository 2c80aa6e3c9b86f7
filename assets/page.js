() => {
  // Keyboard: Esc stops the answer being written, or leaves the editing of a question.
  const press = (id) => {
    const button = document.getElementById(id);
    if (!button || button.disabled || button.offsetParent === null) return false;
    button.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (press("stop") || press("leave-edit"))) event.preventDefault();
  });

  // What happens is told to screen readers, too.
  document.querySelectorAll("#photo-notice, #chat-notice").forEach((line) => {
    line.setAttribute("role", "status");
    line.setAttribute("aria-live", "polite");
  });

  // The example photos are buttons that hold a picture only: name them, and again when they come back.
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

  // Light or dark: the system's choice until the visitor makes another one.
  const dark = () => document.body.classList.contains("dark");
  const remembered = localStorage.getItem("emola-theme");
  if (remembered) document.body.classList.toggle("dark", remembered === "dark");
  const toggle = document.getElementById("theme-toggle");
  const label = () => toggle.setAttribute("aria-label", dark() ? "Use light colours" : "Use dark colours");
  toggle.addEventListener("click", () => {
    document.body.classList.toggle("dark");
    localStorage.setItem("emola-theme", dark() ? "dark" : "light");
    label();
  });
  label();
}
