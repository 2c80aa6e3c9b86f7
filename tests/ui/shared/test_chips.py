"""Text of a conversation as HTML."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from itertools import groupby

import pytest

from emola.faba.claims import Claim, find_claims
from emola.faba.movements import MOVEMENTS
from emola.ui.shared.chips import plain, with_chips

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "</button></span></div><iframe src=//x>",
    "1. why\n+ x\n---\n# a **b** `c` [d](javascript:e)",
    "<!-- --><![CDATA[x]]><?php ?>",
    "<AU12 onclick=x>AU12</AU12> and <lip corner puller>",
    "$$x$$ \\(y\\) \\[z\\]",
)


class Page(HTMLParser):
    """The text and the tags of HTML, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags = "", []  # type: ignore[var-annotated]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("declaration", {}))

    handle_comment = handle_decl = handle_pi = unknown_decl


def hostile(rng: random.Random) -> str:
    pieces = [
        *ATTACKS,
        "AU12",
        " is not ",
        "lip corner puller",
        "the cheeks are raised",
        "\r\n",
        "\n",
        "<",
        ">",
    ]
    pieces += ['"', "'", "&", ";", "=", "/", "`", "\ue000", "\ue001", "é", "脸", "\u2028", "0", " "]
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, 12)))


def test_text_stays_text() -> None:
    for text in ATTACKS:
        page = Page(plain(text))
        assert page.text == text
        assert {tag for tag, _ in page.tags} <= {"br"}, text


def test_no_text_becomes_markup() -> None:
    """Guards against script in a question or an answer: the page shows HTML that we write."""
    rng = random.Random(0)
    for text in (hostile(rng) for _ in range(1000)):
        shown = text.replace("\r\n", "\n").replace("\r", "\n")
        claims = find_claims(text)
        for html in (plain(text), with_chips(text, claims)):
            page = Page(html)
            assert page.text == shown
            assert {tag for tag, _ in page.tags} <= {"br", "span"}
        chips = [attributes for tag, attributes in page.tags if tag == "span"]
        codes = [str(claim.code) for claim in claims if claim.start < claim.end]
        marked = [str(attributes["data-au"]) for attributes in chips]
        assert [code for code, _ in groupby(marked)] == [code for code, _ in groupby(codes)]
        names = {"class", "data-au", "role", "tabindex", "title"}
        assert all(set(attributes) == names for attributes in chips)


def test_a_chip_says_what_it_claims() -> None:
    html = with_chips("AU12, not AU4", [Claim(0, 4, 12, True), Claim(10, 13, 4, False)])
    assert html == (
        '<span class="chip said" data-au="12" role="button" tabindex="0" title="AU12 Lip Corner Puller">'
        "AU12</span>, not "
        '<span class="chip denied" data-au="4" role="button" tabindex="0" title="AU4 Brow Lowerer">AU4</span>'
    )
    assert 'class="chip mentioned"' in with_chips("AU4?", [Claim(0, 3, 4, None)])


def test_a_chip_is_a_button_named_by_its_words() -> None:
    """Guards against a block that does not wrap, and against a name that lacks the visible words."""
    ((tag, attributes),) = Page(with_chips("AU12", [Claim(0, 4, 12, True)])).tags
    assert tag == "span"
    assert attributes["role"] == "button" and attributes["tabindex"] == "0"
    assert "aria-label" not in attributes


@pytest.mark.parametrize(
    ("text", "chips"),
    [
        ("AU12 (lip corner puller) is active.", ["AU12 (lip corner puller)"]),
        (
            "AU12 - Lip Corner Puller: the lip corners are up.",
            ["AU12 - Lip Corner Puller", "lip corners are up"],
        ),
        ("AU12, the lip corner puller, is active.", ["AU12, the lip corner puller"]),
        ("AU12 pulls the lip corners up.", ["AU12 pulls the lip corners up"]),
        ("AU12 (lip corner puller, strong)", ["AU12", "lip corner puller"]),
        ("AU6, AU12", ["AU6", "AU12"]),
        ("AU12 is the lip corner puller.", ["AU12", "lip corner puller"]),
    ],
)
def test_a_code_and_its_name_share_a_chip(text: str, chips: list[str]) -> None:
    assert re.findall(r">([^<]+)</span>", with_chips(text, find_claims(text))) == chips


def test_a_claim_without_text_has_no_chip() -> None:
    assert with_chips("AU25-27", find_claims("AU25-27")).count("<span") == 2


def test_a_chip_takes_less_than_200_bytes() -> None:
    """Guards against a slow stream: a claim costs its markup, and no other state."""
    for move in MOVEMENTS.values():
        for words in (*move.clauses, *move.things, *move.acts):
            text = words.replace("{how}", "very strongly ")
            assert len(with_chips(text, find_claims(text)).encode()) < 200
