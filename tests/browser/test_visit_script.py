"""The script of a visit in a real browser: consent, draft, and the watch over the connection.

The page is a small one with the elements that the script knows; its address exists in the browser alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emola.files import asset
from emola.ui.shared.consent import consent
from emola.ui.shared.failures import connection
from emola.ui.shared.theme import script, style_sheets

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


URL = "http://emola.test/"
PROBE_MS = 3000
"""Interval of the probes of the connection, as in visit.js."""


def html(script: str) -> str:
    style = "".join(path.read_text(encoding="utf-8") for path in style_sheets())
    return f"""<!doctype html><title>EmoLA</title><style>{style}</style>
        <div id="consent">{consent(movement_only=False)}</div>
        <div id="photo"><button>Choose</button></div><div id="examples">Examples</div>
        <div id="chat"></div><div id="question"><textarea></textarea></div>
        <button id="send">Send</button><button id="stop" style="display: none">Stop</button>
        <button id="erase">Erase now</button>{connection()}
        <script>({script})()</script>"""


class Network:
    """The server of the page, which can be unreachable."""

    def __init__(self) -> None:
        self.script = asset("visit.js").read_text(encoding="utf-8")
        self.up = True
        self.probes = 0

    def answer(self, route: Any) -> None:
        self.probes += route.request.url.endswith("robots.txt")
        if not self.up:
            route.abort("connectionrefused")
        elif route.request.url == URL:
            route.fulfill(body=html(self.script), content_type="text/html")
        else:
            route.fulfill(body="{}", content_type="application/json")


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def page(browser: Any, network: Network) -> Iterator[Any]:
    context = browser.new_context()
    context.route("**/*", network.answer)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(URL)
    yield page
    context.close()
    assert errors == []


def box(page: Any) -> Any:
    return page.locator("#question textarea")


def send(page: Any, question: str) -> None:
    """Send a question as Gradio does: the text stays until the server answers."""
    box(page).fill(question)
    box(page).press("Enter")


def accept(page: Any, question: str) -> None:
    """Do what the page does when the server has a question: show it, empty the box, show the stop button."""
    page.evaluate(
        """question => {
            document.querySelector("#stop").style.display = "";
            document.querySelector("#question textarea").value = "";
            document.querySelector("#chat").append(question);
        }""",
        question,
    )


def finish(page: Any) -> None:
    """Do what the page does when an answer is complete."""
    page.evaluate(
        """() => {
            document.querySelector("#stop").style.display = "none";
            document.querySelector("#chat").append(" Yes.");
        }"""
    )


def request(page: Any, address: str = "gradio_api/queue/join") -> None:
    page.evaluate("address => fetch(address, {method: 'POST'}).catch(() => {})", address)


def test_the_photo_waits_for_the_consent_of_this_tab(page: Any) -> None:
    """Guards against a photo before the notice, and a consent that outlives the tab."""
    expect(page.locator("#photo")).to_be_hidden()
    expect(page.locator("#examples")).to_be_hidden()
    page.locator("#agree").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#photo")).to_be_visible()
    expect(page.locator("#consent")).to_be_hidden()
    expect(page.locator("#photo button")).to_be_focused()
    page.reload()
    expect(page.locator("#photo")).to_be_visible()
    assert page.evaluate("[Object.keys(localStorage), document.cookie]") == [[], ""]
    another = page.context.new_page()
    another.goto(URL)
    expect(another.locator("#photo")).to_be_hidden()


BLOCKED = """for (const name of ["localStorage", "sessionStorage"]) {
    const get = () => { throw new DOMException("denied", "SecurityError"); };
    Object.defineProperty(window, name, { get });
}"""


def test_a_photo_can_be_chosen_where_storage_is_blocked(page: Any, network: Network) -> None:
    """Guards against scripts that end at the first use of storage, as in a frame of another site."""
    network.script = script()
    page.add_init_script(BLOCKED)
    page.reload()
    expect(page.locator("#photo")).to_be_hidden()
    page.click("#agree")
    expect(page.locator("#photo")).to_be_visible()


def test_a_draft_survives_a_reload_and_is_erased(page: Any) -> None:
    """Guards against losing what was typed, and against keeping it after the erasure."""
    box(page).fill("Is AU12 active?")
    page.reload()
    expect(box(page)).to_have_value("Is AU12 active?")
    page.evaluate("document.querySelector('#question textarea').value = ''")
    page.click("#erase")
    page.reload()
    expect(box(page)).to_have_value("")


def test_an_answered_question_is_no_draft(page: Any) -> None:
    send(page, "Is AU12 active?")
    accept(page, "Is AU12 active?")
    finish(page)
    page.reload()
    expect(box(page)).to_have_value("")


def test_a_lost_connection_loses_no_text(page: Any, network: Network) -> None:
    """Guards against a page that looks frozen, and a question that must be typed again."""
    page.clock.install()
    page.reload()
    send(page, "Is AU12 active?")
    accept(page, "Is AU12 active?")
    network.up = False
    lost, back = page.locator('[data-state="lost"] >> text=lost'), page.locator("#reload")
    page.clock.run_for(PROBE_MS)
    expect(lost).to_be_visible(timeout=10_000)
    expect(page.locator("#chat")).to_have_text("Is AU12 active?")
    network.up = True
    page.clock.run_for(PROBE_MS)
    expect(back).to_be_visible(timeout=10_000)
    expect(lost).to_be_hidden()
    back.click()
    expect(box(page)).to_have_value("Is AU12 active?")
    expect(page.locator("#connection")).to_be_hidden()


def test_a_failed_request_shows_the_notice_at_once(page: Any, network: Network) -> None:
    box(page).fill("a draft")
    network.up = False
    request(page)
    expect(page.locator("#connection .notice-error")).to_be_visible(timeout=1000)
    expect(box(page)).to_have_value("a draft")


def test_an_idle_page_sends_no_probes(page: Any, network: Network) -> None:
    """Guards against traffic, which tells when a page is open."""
    page.clock.install()
    page.reload()
    page.clock.run_for(3 * PROBE_MS)
    request(page)  # is answered after a probe
    assert network.probes == 0
    expect(page.locator("#connection")).to_be_hidden()


def test_a_cancelled_request_is_no_lost_connection(page: Any) -> None:
    page.evaluate(
        """() => {
            const control = new AbortController();
            const answer = fetch("gradio_api/queue/data", {signal: control.signal}).catch(() => {});
            control.abort();
            return answer;
        }"""
    )
    expect(page.locator("#connection")).to_be_hidden()
