"""The HTML report: one file, whose text stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from sessions import CLAIMS, SAMPLED, session, turn

from emola.ui.exports import words
from emola.ui.exports.record import ReadingRecord, SessionRecord
from emola.ui.exports.report import as_html

PHOTO = "data:image/jpeg;base64,AAAA"
FIGURE = f'<svg viewBox="0 0 9 9" role="img"><image href="{PHOTO}"/></svg>'


class Page(HTMLParser):
    """The elements, the text and the addresses of a page."""

    VOID = frozenset({"meta", "br", "image"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], "elements that are not closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)
        for name, value in attributes:
            assert not name.startswith("on")
            if name in ("href", "src", "action", "xlink:href", "data"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("style", "title"):
            self.text += data


def test_is_one_file_without_scripts() -> None:
    html = as_html(session(), {1: FIGURE})
    page = Page(html)
    assert page.addresses == [PHOTO]
    assert not {"script", "link", "iframe", "object", "form"} & set(page.tags)
    assert "url(" not in html and "@import" not in html
    assert "default-src &#x27;none&#x27;" in html
    assert "svg" in page.tags


def test_the_picture_can_be_left_out() -> None:
    page = Page(as_html(session()))
    assert page.addresses == [] and "svg" not in page.tags and "figure" not in page.tags


HOSTILE = [
    "<script>alert(1)</script>",
    "</li></ol><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</style><b>",
    "<!-- ",
    "&lt;b&gt; &amp;",
    "1. why",
]


def test_text_stays_text() -> None:
    """Guards against markup of a visitor, of a model or of an imported file."""
    for text in HOSTILE:
        page = Page(as_html(filled(text)))
        assert page.tags == Page(as_html(filled("plain"))).tags, text
        assert page.text.count(text.strip()) >= 6, text


def filled(text: str) -> SessionRecord:
    """Return a session in which every free text is this one."""
    record = session(turn(text, text))
    (conversation,) = record.conversations
    reading = ReadingRecord(given=text, written=text)
    model = record.model.model_copy(update={"name": text, "identity": {text: text}, "device": text})
    conversations = (conversation.model_copy(update={"reading": reading}),)
    return record.model_copy(update={"model": model, "conversations": conversations})


def test_line_breaks_stay() -> None:
    assert "<br>" in as_html(session(turn("one\ntwo")))


def test_holds_evidence_settings_and_versions() -> None:
    page = Page(as_html(session(turn(claims=CLAIMS), turn(settings=SAMPLED))))
    for expected in (
        "AU12 lip corner puller: said to be active, measured at 97 %; the measurement agrees.",
        "au adapter · temperature 0.7 · top-p 0.9 · seed 123",
        "142,300,000 parameters",
        "torch 2.13.0",
        "0123456789abcdef",
        "ab" * 32,
        words.EVIDENCE,
        words.TOLD,
        "not visible",
    ):
        assert expected in page.text, expected


def test_units_are_marked_and_hidden_ones_come_last() -> None:
    html = as_html(session(turn(claims=CLAIMS)))
    assert re.findall(r'<tr class="\w+" data-au="(\d+)"', html) == ["12", "4"]
    assert re.findall(r'<li class="(\w+)" data-au="(\d+)"', html) == [
        ("agree", "12"),
        ("disagree", "4"),
        ("unsaid", "25"),
    ]


def test_says_that_emotion_words_were_withheld() -> None:
    assert words.MOVEMENT_ONLY in as_html(session(movement_only=True))
    assert words.MOVEMENT_ONLY not in as_html(session())
