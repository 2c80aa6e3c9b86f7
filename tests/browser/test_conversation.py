"""The conversation and the face view together, with a fake model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from driving import answers, ask, ask_and_wait, expect, open_page, questions, upload, wait_until_answered
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.faba.prompts import STARTER_QUESTIONS, doubt, follow_up
from emola.ui.serving.server import PageServer
from emola.ui.shared import answer_messages, failures, law, messages
from emola.ui.shared.model_handle import ModelHandle

HOSTILE = [
    "1. why",
    "+ x",
    "---",
    "# title",
    "<img src=x onerror=alert(1)>",
    "a\n1. b",
    "&lt;b&gt; **c** `d`",
]


PROSE = (
    "The corners of the mouth are turned downwards and the inner portions of the eyebrows are raised. The"
    " chin is slightly pushed up, while the lips remain closed."
)


EVENTS = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/queue/join')).length"
"""Events that the page has sent to the server."""

PICTURES = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/visit/')).length"
"""Pictures of the visit that the page has fetched."""


def test_claims_become_chips_that_light_up_and_ask(page: Any, model: FakeModel) -> None:
    """Guards against a face view that is drawn or fetched again while an answer streams."""
    page.wait_for_function(f"{PICTURES} >= 2")  # the photo, and the face cut out
    pictures = page.evaluate(PICTURES)
    page.evaluate("document.querySelector('.face-svg').before = true")
    model.say("AU4 is not active. AU12 is active here, and that is all that moves in this face today.")
    model.pause(0.03)
    ask(page, "Which action units are active?")
    expect(page.locator(".face-svg .unit.lit[data-au='12']").first).to_be_attached()
    wait_until_answered(page)
    expect(answers(page).locator(".chip.denied")).to_have_text("AU4")
    chip = answers(page).locator(".chip.said")
    expect(chip).to_have_attribute("data-au", "12")
    expect(page.locator(".face-svg .unit.denied[data-au='4']").first).to_be_attached()
    chip.hover()
    expect(page.locator(".face-svg .unit.hot[data-au='12']").first).to_be_attached()
    assert page.evaluate("document.querySelector('.face-svg').before")
    assert page.evaluate(PICTURES) == pictures

    # A movement in words becomes a chip too, as in the long answers of the published model.
    model.pause(0.0)
    model.say(PROSE)
    chip.click()
    expect(questions(page).nth(1)).to_have_text(follow_up(12))
    expect(page.locator("#chat .made-by")).to_have_count(2)
    chips = answers(page).nth(1).locator(".chip")
    expect(chips).to_have_text(
        [
            "corners of the mouth are turned downwards",
            "inner portions of the eyebrows are raised",
            "chin is slightly pushed up",
            "lips remain closed",
        ]
    )
    assert chips.evaluate_all("chips => chips.map((chip) => chip.dataset.au)") == ["15", "1", "17", "25"]
    expect(chips.last).to_have_class("chip denied")


def test_the_face_view_is_saved_and_a_region_asks_about_its_first_unit(page: Any) -> None:
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as download:
            page.click(f'[data-save="{kind}"]')
        data = Path(download.value.path()).read_bytes()
        assert data.startswith(start) and len(data) > 10_000, kind
    page.click('.choices [data-style="regions"]')
    region = page.locator('.region[data-region="lip_corner"][data-side="left"]')
    region.hover()
    panel = page.locator(".face-panel:visible")
    expect(panel).to_contain_text("AU12")
    expect(panel).to_contain_text("97 %")
    region.focus()
    page.keyboard.press("Enter")
    expect(questions(page)).to_have_text(follow_up(12))


def test_text_stays_text(page: Any, model: FakeModel) -> None:
    """Guards against lists, rules and elements made of what was typed or answered."""
    model.say(*HOSTILE)
    for number, text in enumerate(HOSTILE):
        ask_and_wait(page, text)
        assert questions(page).nth(number).inner_text().strip() == text
        assert answers(page).nth(number).inner_text().startswith(text)
        assert page.locator("#chat").locator("ol, ul, hr, h1, img, strong, code").count() == 0, text


def test_the_settings_reach_the_answer(page: Any, model: FakeModel) -> None:
    """Guards against an answer that does not say what made it, and a retry that repeats the seed."""
    page.click("#settings button")
    page.fill("#seed input, #seed textarea", "7")
    page.locator("#prior input").uncheck()
    page.get_by_role("spinbutton").first.fill("0.5")
    page.keyboard.press("Tab")
    ask_and_wait(page, "Which action units are active?")
    made = answers(page).locator(".made-by")
    facts = ("EmoLA-Nano", "temperature 0.5", "seed 7", "at most", "without landmarks", "tokens a second")
    for fact in facts:
        expect(made).to_contain_text(fact)
    page.click("#retry")
    expect(made).to_contain_text("seed 8")
    wait_until_answered(page)
    page.click("#back")
    expect(made).to_contain_text("seed 7")

    page.fill("#seed input, #seed textarea", "seven")
    ask(page, "And now?")
    expect(page.locator("#chat-notice")).to_have_text(messages.not_whole("seven"))
    expect(page.locator("#question textarea")).to_have_value("And now?")


def test_an_answer_has_its_evidence_and_follow_ups(page: Any, model: FakeModel) -> None:
    """Guards against a verdict without its measurement, and questions that were asked already."""
    model.say("AU4 and AU9 are active. AU25 is not active.")
    ask_and_wait(page, "Which action units are active?")
    rows = answers(page).locator(".evidence tr[data-au]")
    expect(rows.first).to_be_hidden()
    answers(page).locator(".evidence summary").click()
    expect(rows).to_have_class(["disagree", "unmeasured", "agree", "unsaid"])
    expected = (
        r"^AU4 .*active.*3 %.*disagree",
        r"^AU9 .*active.*cannot be measured",
        r"^AU25 .*absent.*40 %.*agree",
        r"^AU12 .*97 %.*not said",
    )
    expect(rows).to_have_text([re.compile(row) for row in expected])
    expect(rows.locator(".likely").first).to_have_attribute("style", "--likely: 0.03")
    expect(answers(page).locator(".evidence")).to_contain_text(answer_messages.SECOND_OPINION)

    offers = page.locator("#offers button:visible")
    about = [follow_up(9), follow_up(12)]
    expect(offers).to_have_text([doubt(4, active=True), *about, STARTER_QUESTIONS[0]])
    offers.first.click()
    expect(page.locator("#chat .made-by")).to_have_count(2)
    expect(offers).to_have_text([*about, *STARTER_QUESTIONS[:2]])


def test_movement_only_withholds_what_is_shown(page: Any, model: FakeModel) -> None:
    model.say("The face looks happy: AU12 is active.")
    ask_and_wait(page, "Which emotion is it?")
    expect(answers(page)).to_contain_text("happy")
    page.locator("#movement-only input").check()
    expect(answers(page).locator(".masked")).to_have_count(1)
    expect(answers(page)).not_to_contain_text("happy")
    banner = page.locator("#banner")
    expect(banner).to_contain_text(law.MOVEMENT_ONLY)
    banner.locator("summary").click()
    for place in (law.ARTICLE_5, law.RECITAL_18, law.ARTICLE_50):
        expect(banner.get_by_text(place)).to_be_visible()
    expect(page.locator("#offers")).not_to_contain_text("emotion")
    page.click("#retry")
    expect(page.locator("#chat-notice")).to_have_text(law.EMOTION_REFUSED)
    ask(page, "And which emotion is it now?")
    expect(page.locator("#chat-notice")).to_have_text(law.EMOTION_REFUSED)
    expect(page.locator("#question textarea")).to_have_value("And which emotion is it now?")
    expect(answers(page)).to_have_count(1)


def test_the_flag_leaves_no_other_mode(browser: Any, tmp_path: Path) -> None:
    server = PageServer(
        ModelHandle.of(FakeModel(answers=("Happy. AU12 is active.",))), {}, movement_only=True
    )
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    expect(page.locator("#banner")).to_contain_text(law.MOVEMENT_ONLY_FIXED)
    expect(page.locator("#movement-only")).to_have_count(0)
    expect(page.locator("#offers")).not_to_contain_text("emotion")
    ask(page, "Which emotion is it?")
    expect(page.locator("#chat-notice")).to_have_text(law.EMOTION_REFUSED)
    ask_and_wait(page, "What moves?")
    expect(answers(page)).to_contain_text("AU12")
    assert "appy" not in page.locator("body").inner_text()
    page.context.close()
    server.close()


def test_a_lost_connection_loses_no_text(browser: Any, tmp_path: Path) -> None:
    """Guards against a page that waits forever, and a lost question."""
    model = FakeModel(pause=0.1, answers=("A long answer. " * 100,))
    server = PageServer(ModelHandle.of(model), {})
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    ask(page, "What moves?")
    expect(answers(page)).to_have_text(re.compile("^A"))
    page.fill("#question textarea", "a draft")
    page.context.set_offline(True)
    expect(page.get_by_text(failures.CONNECTION_LOST)).to_be_visible()
    expect(answers(page)).to_have_text(re.compile("^A"))
    expect(page.locator("#question textarea")).to_have_value("a draft")
    page.context.set_offline(False)
    expect(page.locator("#reload")).to_be_visible()
    page.click("#reload")
    expect(page.locator("#question textarea")).to_have_value("a draft")
    page.context.close()
    server.close()


PROGRAM = """async () => {
    const session_hash = Math.random().toString(36).slice(2);
    const call = async (name, data) => {
        const address = `gradio_api/call/${name}`;
        const body = JSON.stringify({ data, session_hash });
        const headers = { "Content-Type": "application/json" };
        const { event_id } = await (await fetch(address, { method: "POST", headers, body })).json();
        const events = await (await fetch(`${address}/${event_id}`)).text();
        return JSON.parse(/^event: complete\\ndata: (.*)$/m.exec(events)[1])[0];
    };
    const canvas = new OffscreenCanvas(320, 240);
    canvas.getContext("2d").fillRect(0, 0, 320, 240);
    const form = new FormData();
    form.append("files", await canvas.convertToBlob(), "face.png");
    const [path] = await (await fetch("gradio_api/upload", { method: "POST", body: form })).json();
    const found = await call("look", [{ path }]);
    const answer = await call("ask", ["Which action units are active?", 1]);
    return { found, answer, evidence: await call("evidence", [1, answer]) };
}"""


def test_programs_use_the_functions_of_the_page(browser: Any, url: str) -> None:
    """Guards against endpoints that differ from the page, and a guide without them."""
    page = open_page(browser, url)
    result = page.evaluate(PROGRAM)
    assert len(result["found"]["faces"]) == 2
    assert result["answer"] == ANSWERS[0]
    verdicts = {unit["au"]: unit["verdict"] for unit in result["evidence"]["units"]}
    assert verdicts[12] == "agree" and verdicts[6] == "unmeasured"
    guide = page.request.get(f"{url}agents.md").text()
    assert all(name in guide for name in ("/look", "/ask", "/evidence"))
    expect(answers(page)).to_have_count(0)
    page.context.close()


def test_a_browser_in_german_sees_german(browser: Any, url: str) -> None:
    page = open_page(browser, url, locale="de-DE")
    expect(page.locator("#send")).to_have_text("Senden")
    expect(page.locator("#consent h2")).not_to_have_text("Before your first photo")
    page.context.close()


def test_the_last_change_of_movement_only_mode_counts(page: Any) -> None:
    """Guards against a ticked box without its mode: Gradio's default drops a change during an earlier one."""
    page.locator("#movement-only input").check()
    expect(page.locator("#banner")).to_contain_text(law.MOVEMENT_ONLY)
    events = page.evaluate(EVENTS)
    page.evaluate(
        """async () => {
            const box = document.querySelector("#movement-only input");
            box.click();
            await new Promise((resolve) => setTimeout(resolve));
            box.click();
        }"""
    )
    page.wait_for_function(f"{EVENTS} >= {events + 2}")  # the first one has hidden the banner
    expect(page.locator("#banner")).to_contain_text(law.MOVEMENT_ONLY)
    ask(page, "Is this face angry?")
    expect(page.locator("#chat-notice")).to_have_text(str(law.EMOTION_REFUSED))


def test_a_question_during_an_answer_is_not_lost(page: Any, model: FakeModel) -> None:
    """Guards against Gradio's default, which drops it and those that are sent just after an answer."""
    model.say("A long answer. " * 20)
    model.pause(0.1)
    ask(page, "First")
    expect(answers(page)).to_have_text(re.compile(r"^A"))
    ask(page, "Second")
    expect(page.locator("#chat-notice")).to_have_text(str(messages.STILL_WRITING))
    expect(page.locator("#question textarea")).to_have_value("Second")
    model.pause(0.0)
    wait_until_answered(page)
    page.press("#question textarea", "Enter")
    expect(questions(page)).to_have_text(["First", "Second"])
