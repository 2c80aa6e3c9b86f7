"""Access to the page: axe-core, contrast, narrow screens, screen readers, reduced motion, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.serving.server import PageServer
from emola.ui.shared import fragments, labels, messages
from emola.ui.shared.i18n import catalogue_json, translations
from emola.ui.shared.message import catalogue
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.shared.theme import script, style_sheets, theme

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
expect = sync_api.expect

TIMEOUT_MS = 60_000
PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1680, "height": 1000}


SPECIMEN = (Path(__file__).parent / "specimen.html").read_text("utf-8")
"""The fragments of all parts of the page, for their colours."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = PageServer(ModelHandle.of(FakeModel(faces=2)), {})
    yield server.launch(quiet=True)
    server.close()


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
def opened(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """Open a page in a new context; the options are Playwright's. Errors of its scripts fail the test."""
    context = browser.new_context(**options)
    # The middleware of the page serves the catalogues; the page of parts has none.
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


def serious(page: Any) -> list[str]:
    """Return the serious and critical findings of axe-core, each with its first elements."""
    return [
        f"{finding['id']}: {[node['html'][:160] for node in finding['nodes'][:3]]}"
        for finding in axe.Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


def choose_a_photo(page: Any, photo: Path) -> None:
    page.evaluate("document.querySelector('#agree')?.click()")
    page.set_input_files("#photo input[type=file]", str(photo))
    expect(page.locator("#offers button:not([disabled])").first).to_be_visible()


def ask_about_a_photo(page: Any, folder: Path) -> None:
    choose_a_photo(page, save(drawing(2), folder))
    page.fill("#question textarea", "Which action units are active?")
    page.press("#question textarea", "Enter")
    expect(page.locator('#chat [data-testid="bot"]')).to_have_count(1)
    expect(page.locator("#send")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
def test_axe_finds_nothing_serious(
    browser: Any, url: str, tmp_path: Path, scheme: str, viewport: dict[str, int]
) -> None:
    """Guards against missing names, wrong roles and faint text, before and after an answer."""
    with opened(browser, url, viewport=viewport, color_scheme=scheme) as page:
        assert serious(page) == []
        ask_about_a_photo(page, tmp_path)
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        page.evaluate(
            "document.querySelectorAll('.label-wrap:not(.open)').forEach((drawer) => drawer.click())"
        )
        page.wait_for_timeout(300)  # until the drawers are open
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
def test_all_parts_have_legible_colours(
    browser: Any, parts_url: str, scheme: str, viewport: dict[str, int]
) -> None:
    """Guards against faint chips, verdicts and small print, and parts wider than a phone."""
    with opened(browser, parts_url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce") as page:
        assert [finding for finding in serious(page) if finding.startswith("color-contrast")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_messages_have_names_and_no_html_in_them(browser: Any, url: str, tmp_path: Path) -> None:
    """Guards against screen readers that spell out the HTML of an answer, as Gradio labels it."""
    with opened(browser, url) as page:
        ask_about_a_photo(page, tmp_path)
        for kind, name in (("user", "Your question"), ("bot", "The model’s answer")):
            shown = page.locator(f'#chat [data-testid="{kind}"]')
            expect(shown).to_have_attribute("aria-label", name)
            expect(shown).to_have_attribute("role", "group")
            expect(shown).to_have_attribute("lang", "en")
        log = page.locator('#chat [role="log"]')
        expect(log).to_have_attribute("aria-busy", "false")
        expect(log).to_have_attribute("tabindex", "0")


def test_copies_an_answer_as_text(browser: Any, url: str, tmp_path: Path) -> None:
    """Guards against HTML in the clipboard, which is what Gradio copies."""
    with opened(browser, url, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask_about_a_photo(page, tmp_path)
        page.locator('#chat [data-testid="bot"]').hover()
        page.locator("#chat .message-buttons-left button").first.click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        assert page.evaluate("navigator.clipboard.readText()") in ANSWERS


def test_an_answer_is_announced_when_it_is_complete(browser: Any, tmp_path: Path) -> None:
    """Guards against screen readers that start again at each new word."""
    server = PageServer(ModelHandle.of(FakeModel(pause=0.1, answers=("A long answer. " * 50,))), {})
    with opened(browser, server.launch(quiet=True)) as page:
        choose_a_photo(page, save(drawing(1), tmp_path))
        page.fill("#question textarea", "Now?")
        page.press("#question textarea", "Enter")
        expect(page.locator('#chat [data-testid="bot"]')).to_have_text(re.compile("^A"))
        log = page.locator('#chat [role="log"]')
        expect(log).to_have_attribute("aria-busy", "true")
        page.keyboard.press("Escape")
        expect(log).to_have_attribute("aria-busy", "false")
    server.close()


def test_reduced_motion_stops_animations(browser: Any, parts_url: str) -> None:
    """Guards against a media query that Gradio rewrites so that it matches nothing."""
    duration = "getComputedStyle(document.querySelector('.chip.lit')).animationDuration"
    with opened(browser, parts_url) as page:
        assert page.evaluate(duration) == "1.1s"
    with opened(browser, parts_url, reduced_motion="reduce") as page:
        assert float(page.evaluate(duration).removesuffix("s")) < 0.001


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("es-MX", "es"), ("zh-CN", "zh"), ("zh-TW", "zh"), ("fr-FR", "en")],
)
def test_the_page_speaks_the_language_of_the_browser(
    browser: Any, parts_url: str, locale: str, language: str
) -> None:
    """Guards against a text that stays English: labels, choices, notices, later changes, attributes."""
    texts = catalogue(language)
    with opened(browser, parts_url, locale=locale) as page:
        expect(page.locator("#send")).to_have_text(texts["label_send"])
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("#question textarea")).to_have_attribute(
            "placeholder", texts["label_question_placeholder"]
        )
        expect(page.locator("#adapter label").first).to_have_text(texts["label_auto"])
        expect(page.locator("#notice")).to_have_text(texts["found_other"].format(count=3))
        expect(page.locator(".masthead-name p")).to_have_text(texts["tagline"])
        expect(page.locator("#theme-toggle")).to_have_attribute(
            "aria-label", re.compile(f"{re.escape(texts['use_dark'])}|{re.escape(texts['use_light'])}")
        )
        page.click("#send")
        expect(page.locator("#send")).to_have_text(texts["label_stop"])
        expect(page.locator("#notice")).to_have_text(texts["dropped_other"].format(count=2))
        expect(page.locator("#question textarea")).to_have_attribute("placeholder", texts["label_photo"])


def test_numbers_follow_the_language(browser: Any, parts_url: str) -> None:
    """Guards against "142 million" in a German sentence."""
    for locale, size in (
        ("en-GB", "142 million parameters"),
        ("de-DE", "142 Millionen Parameter"),
        ("zh-CN", "1.42亿参数"),
    ):
        with opened(browser, parts_url, locale=locale) as page:
            expect(page.locator(".model-facts")).to_contain_text(size)


def test_scripts_find_their_texts(browser: Any, parts_url: str) -> None:
    """Guards against scripts of other parts that cannot translate, or fail without a translation."""
    say = "[emolaText('waiting', 'Number {number}', {number: 4}), emolaText('none', 'Stay {x}', {x: 'so'})]"
    with opened(browser, parts_url, locale="de-DE") as page:
        expect(page.locator(".masthead-name p")).to_have_text(catalogue("de")["tagline"])
        assert page.evaluate(say) == [catalogue("de")["waiting"].format(number=4), "Stay so"]
    with opened(browser, parts_url, locale="en-US") as page:
        page.wait_for_function("Boolean(window.emolaText)")
        assert page.evaluate(say) == ["Number 4", "Stay so"]
