"""The drawer of settings, without a browser."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import gradio as gr
import pytest
from memory_page import Page

from emola.faba.prompts import follow_up
from emola.ui.chat.settings import Settings

pytestmark = pytest.mark.usefixtures("every_token")


def ask(page: Page, question: str, **settings: Any) -> None:
    page.run(page.chat.ask(question, page.key, *astuple(Settings(**settings))))


def test_the_settings_apply_to_the_answer_and_are_named_under_it(page: Page) -> None:
    page.look()
    ask(page, "one", temperature=0.5, top_p=0.9, length=10.0, seed="7", prior=False)
    made = page.visits.find(page.key).chat.turns[0].settings
    assert (made.temperature, made.top_p, made.max_new_tokens, made.seed, made.prior) == (
        0.5,
        0.9,
        10,
        7,
        False,
    )
    assert "seed 7" in page.notes[1] and "temperature 0.5" in page.notes[1]
    ask(page, "two")
    made = page.visits.find(page.key).chat.turns[1].settings
    assert (made.temperature, made.seed, made.prior) == (0.0, None, True)


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -1.0},
        {"top_p": 0.0},
        {"length": 0.0},
        {"length": 2.5},
        {"seed": "x"},
        {"seed": "1.5"},
        {"seed": "-1"},
        {"adapter": "unknown"},
        {"temperature": "hot"},
    ],
)
def test_a_setting_out_of_range_is_reported_and_keeps_the_question(
    page: Page, settings: dict[str, Any]
) -> None:
    page.look()
    page.state[page.parts.question] = {"value": "one"}
    ask(page, "one", **settings)
    assert "notice-error" in page.value(page.parts.chat_notice)
    assert page.messages == [] and page.value(page.parts.question) == "one"


def test_a_region_asks_about_its_unit(page: Page) -> None:
    page.look()
    press = gr.EventData(None, {"au": 12})
    page.run(page.chat.ask_about(press, page.key, *astuple(Settings())))
    assert page.messages[0] == follow_up(12)


@pytest.mark.parametrize("data", [None, {}, {"au": "12"}, {"au": 999}, [12], {"au": None}])
def test_a_forged_press_is_ignored(page: Page, data: Any) -> None:
    page.look()
    page.run(page.chat.ask_about(gr.EventData(None, data), page.key, *astuple(Settings())))
    assert page.messages == []
