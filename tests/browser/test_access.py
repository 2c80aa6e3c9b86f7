"""Access to the page: axe-core, contrast, narrow screens, screen readers, reduced motion, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from driving import TIMEOUT_MS, answers, ask, ask_and_wait, context_of, upload
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.shared import fragments, labels, messages
from emola.ui.shared.i18n import catalogue_json, translations
from emola.ui.shared.message import catalogue
from emola.ui.shared.theme import script, style_sheets, theme

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
expect = sync_api.expect

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1680, "height": 1000}


SPECIMEN = (Path(__file__).parent / "specimen.html").read_text("utf-8")
"""The fragments of all parts of the page, for their colours."""


@pytest.fixture(scope="module")
def parts_url() -> Iterator[str]:
    """The address of a page of parts: translated texts of both kinds, and the specimen."""
    with gr.Blocks(analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            fragments.header("EmoLA-Nano", {"parameters": 142_300_000, "device": "cpu"}), elem_id="masthead"
        )
        notice = gr.HTML(fragments.notice(messages.found(3)), elem_id="notice")
        question = gr.Textbox(
            label=labels.QUESTION, placeholder=labels.QUESTION_PLACEHOLDER, elem_id="question"
        )
        gr.Radio(labels.adapter_choices(("au", "emotion")), label=labels.ADAPTER, elem_id="adapter")
        send = gr.Button(labels.SEND, elem_id="send")
        gr.HTML(SPECIMEN)

        def change() -> list[Any]:
            later = gr.update(placeholder=labels.PHOTO)
            return [fragments.notice(messages.dropped(2)), later, gr.update(value=labels.STOP)]

        send.click(change, None, [notice, question, send])
    _, address, _ = page.launch(
        prevent_thread_lock=True,
        quiet=True,
        theme=theme(),
        css_paths=style_sheets(),
        js=script(),
        i18n=translations(),
        run_history=False,
        ssr_mode=False,
    )
    yield str(address)
    page.close(verbose=False)


@contextmanager
def opened(browser: Any, address: str, *, parts: bool = False, **options: Any) -> Iterator[Any]:
    """Open a page in a new context. Errors of its scripts fail the test.

    parts: it is the page of parts, which has no middleware to serve the catalogues. options: of the context.
    """
    context = context_of(browser, **options)
    if parts:
        context.route(re.compile(r"/i18n/\w+\.json$"), serve_catalogue)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    expect(page.locator("#theme-toggle")).to_be_visible()
    yield page
    context.close()
    assert errors == []


def serve_catalogue(route: Any) -> None:
    language = route.request.url.rsplit("/", 1)[-1].removesuffix(".json")
    route.fulfill(content_type="application/json", body=catalogue_json(language) or b"")


def serious(page: Any, **options: Any) -> list[str]:
    """Return the serious and critical findings of axe-core, each with its first elements.

    options: of axe-core, such as ``runOnly``.
    """
    result = axe.Axe().run(page, options={"resultTypes": ["violations"], **options})
    return [
        f"{finding['id']}: {[node['html'][:160] for node in finding['nodes'][:3]]}"
        for finding in result.response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


def resize(page: Any, viewport: dict[str, int]) -> None:
    """Change the size of the page and wait until it is drawn."""
    page.set_viewport_size(viewport)
    page.wait_for_function(f"innerWidth === {viewport['width']}")


def is_wider_than_the_window(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def open_all_drawers(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    page.evaluate("document.querySelectorAll('.label-wrap:not(.open)').forEach((drawer) => drawer.click())")
    expect(page.locator(".label-wrap:not(.open)")).to_have_count(0)
    expect(page.locator("#privacy table")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, url: str, tmp_path: Path, scheme: str) -> None:
    """Guards against missing names, wrong roles and faint text, before and after an answer."""
    with opened(browser, url, viewport=WIDE, color_scheme=scheme) as page:
        assert serious(page) == []
        resize(page, PHONE)
        assert serious(page) == []
        upload(page, save(drawing(2), tmp_path))
        ask_and_wait(page, "Which action units are active?")
        open_all_drawers(page)
        for viewport in (PHONE, WIDE):
            resize(page, viewport)
            assert serious(page) == [], viewport
            assert not is_wider_than_the_window(page), viewport


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_parts_have_legible_colours(browser: Any, parts_url: str, scheme: str) -> None:
    """Guards against faint chips, verdicts and small print, and parts wider than a phone."""
    with opened(browser, parts_url, parts=True, color_scheme=scheme) as page:
        for viewport in (WIDE, PHONE):
            resize(page, viewport)
            assert serious(page, runOnly={"type": "rule", "values": ["color-contrast"]}) == [], viewport
            assert not is_wider_than_the_window(page), viewport


def test_messages_are_named_announced_and_copied_as_text(
    browser: Any, url: str, model: FakeModel, tmp_path: Path
) -> None:
    """Guards against HTML in names and in the clipboard, and screen readers that start again at each word."""
    with opened(browser, url, permissions=["clipboard-read", "clipboard-write"]) as page:
        upload(page, save(drawing(2), tmp_path))
        ask_and_wait(page, "Which action units are active?")
        for kind, name in (("user", "Your question"), ("bot", "The model’s answer")):
            shown = page.locator(f'#chat [data-testid="{kind}"]')
            expect(shown).to_have_attribute("aria-label", name)
            expect(shown).to_have_attribute("role", "group")
            expect(shown).to_have_attribute("lang", "en")
        log = page.locator('#chat [role="log"]')
        expect(log).to_have_attribute("aria-busy", "false")
        expect(log).to_have_attribute("tabindex", "0")

        answers(page).hover()
        page.locator("#chat .message-buttons-left button").first.click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        assert page.evaluate("navigator.clipboard.readText()") in ANSWERS

        # A log that is busy is announced when it is complete.
        model.pause(0.1)
        model.say("A long answer. " * 50)
        ask(page, "Now?")
        expect(answers(page).nth(1)).to_have_text(re.compile("^A"))
        expect(log).to_have_attribute("aria-busy", "true")
        page.keyboard.press("Escape")
        expect(log).to_have_attribute("aria-busy", "false")


def test_reduced_motion_stops_animations(browser: Any, parts_url: str) -> None:
    """Guards against a media query that Gradio rewrites so that it matches nothing."""
    duration = "getComputedStyle(document.querySelector('.chip.lit')).animationDuration"
    with opened(browser, parts_url, parts=True, reduced_motion="no-preference") as page:
        assert page.evaluate(duration) == "1.1s"
        page.emulate_media(reduced_motion="reduce")
        assert float(page.evaluate(duration).removesuffix("s")) < 0.001


SAY = "[emolaText('waiting', 'Number {number}', {number: 4}), emolaText('none', 'Stay {x}', {x: 'so'})]"


@pytest.mark.parametrize(
    ("locale", "language", "size"),
    [
        ("de-AT", "de", "142 Millionen Parameter"),
        ("es-MX", "es", "142 millones de parámetros"),
        ("zh-CN", "zh", "1.42亿参数"),
        ("zh-TW", "zh", "1.42亿参数"),
        ("fr-FR", "en", "142 million parameters"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(
    browser: Any, parts_url: str, locale: str, language: str, size: str
) -> None:
    """Guards against English labels, choices, notices, numbers, later changes, attributes and scripts."""
    texts = catalogue(language)
    with opened(browser, parts_url, parts=True, locale=locale) as page:
        expect(page.locator("#send")).to_have_text(texts["label_send"])
        expect(page.locator("html")).to_have_attribute("lang", language)
        question = page.locator("#question textarea")
        expect(question).to_have_attribute("placeholder", texts["label_question_placeholder"])
        expect(page.locator("#adapter label").first).to_have_text(texts["label_auto"])
        expect(page.locator("#notice")).to_have_text(texts["found_other"].format(count=3))
        expect(page.locator(".masthead-name p")).to_have_text(texts["tagline"])
        expect(page.locator(".model-facts")).to_contain_text(size)
        expect(page.locator("#theme-toggle")).to_have_attribute(
            "aria-label", re.compile(f"{re.escape(texts['use_dark'])}|{re.escape(texts['use_light'])}")
        )
        page.wait_for_function("Boolean(window.emolaText)")
        waiting = "Number 4" if language == "en" else texts["waiting"].format(number=4)
        assert page.evaluate(SAY) == [waiting, "Stay so"]
        page.click("#send")
        expect(page.locator("#send")).to_have_text(texts["label_stop"])
        expect(page.locator("#notice")).to_have_text(texts["dropped_other"].format(count=2))
        expect(question).to_have_attribute("placeholder", texts["label_photo"])
