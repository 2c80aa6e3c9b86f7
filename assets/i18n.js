() => {
  // Translates the texts of the page. The server writes them in English, as
  //   <span data-i18n="key" data-values='{"count": 3}'>English</span>
  // and attributes beside data-i18n-NAME="key". Without this script, or in another language, they stay English.
  const LANGUAGES = ["de", "es", "zh"];
  const ATTRIBUTES = ["aria-label", "title", "alt", "placeholder"];
  const SELECTOR = ["[data-i18n]", ...ATTRIBUTES.map((name) => `[data-i18n-${name}]`)].join(",");
  const ENGLISH = "#offers, #question textarea"; // what the model is asked

  const wanted = navigator.language.toLowerCase().split("-")[0];
  const language = LANGUAGES.includes(wanted) ? wanted : "en";
  let texts = null;

  const shown = (value) => {
    if (typeof value !== "number") return value;
    const options = value >= 1e5 ? { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 } : {};
    return new Intl.NumberFormat(language, options).format(value);
  };

  const translated = (key, values) => {
    if (!texts) return undefined;
    const forms = [key];
    if ("count" in values) {
      const plural = new Intl.PluralRules(language).select(values.count);
      forms.unshift(...[values.count === 1 ? "one" : plural, plural, "other"].map((form) => `${key}_${form}`));
    }
    const text = texts[forms.find((form) => form in texts)];
    return text?.replace(/\{(\w+)\}/g, (placeholder, name) => (name in values ? shown(values[name]) : placeholder));
  };

  // For other scripts of the page: emolaText("key", "English with {name}", {name: "x"}).
  window.emolaText = (key, english, values = {}) =>
    translated(key, values) ??
    english.replace(/\{(\w+)\}/g, (placeholder, name) => (name in values ? values[name] : placeholder));

  document.documentElement.lang = language; // Gradio writes the browser's, even if the page does not speak it
  if (language === "en") return;

  const valuesOf = (element) => {
    try {
      return JSON.parse(element.dataset?.values || "{}");
    } catch {
      return {};
    }
  };

  const translate = (element) => {
    const values = valuesOf(element);
    const key = element.getAttribute("data-i18n");
    const text = key && translated(key, values);
    if (text && element.textContent !== text) element.textContent = text;
    if (text && element.lang !== language) element.setAttribute("lang", language);
    for (const name of ATTRIBUTES) {
      const label = element.hasAttribute(`data-i18n-${name}`) && translated(element.getAttribute(`data-i18n-${name}`), values);
      if (label && element.getAttribute(name) !== label) element.setAttribute(name, label);
    }
  };

  const within = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches(SELECTOR)) translate(node);
    node.querySelectorAll(SELECTOR).forEach(translate);
  };

  // Gradio cannot translate the names of its pages.
  const pages = () => {
    document.querySelectorAll(".nav-holder a").forEach((link) => {
      const name = new URL(link.href).pathname.split("/").pop() || "chat";
      const text = translated(`page_${name}`, {});
      if (text && link.textContent.trim() !== text) link.textContent = text;
    });
  };

  const english = () => document.querySelectorAll(ENGLISH).forEach((part) => (part.lang = "en"));

  const changed = (mutations) => {
    for (const { type, target, addedNodes } of mutations) {
      if (type === "childList") {
        addedNodes.forEach(within);
        if (target.matches("[data-i18n]")) translate(target);
      } else {
        const element = type === "characterData" ? target.parentElement : target;
        if (element?.matches(SELECTOR)) translate(element);
      }
    }
  };

  const root = window.gradio_config?.root ?? location.origin;
  fetch(new URL(`i18n/${language}.json`, `${root.replace(/\/$/, "")}/`))
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .then((catalogue) => {
      texts = catalogue;
      english();
      within(document.body);
      pages();
      new MutationObserver(changed).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
        attributes: true,
        // Also the labels: Gradio writes a new value of an HTML component into its old elements, and with it the
        // English label of a key that stays the same.
        attributeFilter: ["data-i18n", "data-values", ...ATTRIBUTES, ...ATTRIBUTES.map((name) => `data-i18n-${name}`)],
      });
      document.dispatchEvent(new Event("emola-language"));
    })
    .catch((error) => console.warn("The texts of the page stay English:", error));
}
