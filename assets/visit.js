() => {
  // What a visit keeps in this tab: consent and draft, in sessionStorage alone; and the watch over the connection.
  const CONSENT = "emola-consent";
  const DRAFT = "emola-draft";
  const PROBE_MS = 3000;

  const recall = (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null; // storage is blocked: nothing is remembered
    }
  };
  const keep = (key, value) => {
    try {
      if (value) sessionStorage.setItem(key, value);
      else sessionStorage.removeItem(key);
    } catch {
      // as above
    }
  };
  const byId = (id) => document.getElementById(id);
  const visible = (element) => Boolean(element) && element.offsetParent !== null;
  const box = () => document.querySelector("#question textarea");
  const write = (text) => {
    const area = box();
    if (!area) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // Consent: before it, the style sheet hides the choice of photos.
  const agreed = () => document.documentElement.classList.add("consented");
  if (recall(CONSENT)) agreed();

  // The question that is being typed, and the one that was sent and is not answered yet.
  let sent = "";
  let busy = false;
  let lost = false;
  const send = () => {
    sent = box()?.value ?? "";
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#agree")) {
      keep(CONSENT, "given");
      agreed();
      document.querySelector("#photo button, #photo input")?.focus();
    } else if (event.target.closest("#send")) {
      send();
    } else if (event.target.closest("#erase")) {
      sent = "";
      keep(DRAFT, "");
    } else if (event.target.closest("#reload")) {
      location.reload();
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === box()) send();
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target === box()) keep(DRAFT, event.target.value);
  });
  const chat = byId("chat");
  const settle = () => {
    if (lost) return;
    if (sent && box()?.value === "") keep(DRAFT, ""); // the server has the question
    const wasBusy = busy;
    busy = visible(byId("stop"));
    if (wasBusy && !busy) sent = "";
  };
  if (chat) new MutationObserver(settle).observe(chat, { childList: true, subtree: true });
  if (recall(DRAFT) && box() && !box().value) write(recall(DRAFT));

  // The connection: a request of this page that fails, or a probe while an answer is due.
  const request = window.fetch.bind(window);
  const isOurs = (target) => {
    try {
      return new URL(target?.url ?? target, document.baseURI).origin === location.origin;
    } catch {
      return false;
    }
  };
  let leaving = false;
  window.addEventListener("pagehide", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
  const show = (state) => {
    const notice = byId("connection"); // written later than this script runs
    if (!notice) return;
    notice.dataset.state = state;
    notice.hidden = state === "";
  };
  const onLost = () => {
    if (lost || leaving) return;
    lost = true;
    show("lost");
    keep(DRAFT, box()?.value || sent); // for after the reload
  };
  const onBack = () => {
    if (!lost) return;
    lost = false;
    show("back");
  };
  const probe = async () => {
    settle();
    if (!lost && !busy) return;
    try {
      await request("robots.txt", { cache: "no-store" });
      onBack();
    } catch {
      onLost();
    }
  };
  window.fetch = async (...call) => {
    try {
      return await request(...call);
    } catch (error) {
      if (error?.name !== "AbortError" && isOurs(call[0])) onLost();
      throw error;
    }
  };
  setInterval(probe, PROBE_MS);
}
