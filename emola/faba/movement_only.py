"""Withholding of emotion words, where a model may describe movements and must not name emotions.

Article 5(1)(f) of Regulation (EU) 2024/1689 prohibits AI systems that infer emotions at work and in
education. A visible movement such as a frown or a smile may be described, so words of movements are kept.

A text is a sequence of tokens: words with the hyphens, underscores and emphasis marks inside them, and words
spelled letter by letter. Whether a token is withheld depends on the sentence before it and on the next token,
so a stream is held back by about two words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from emola.faba.emotion_questions import asks_for_emotion
from emola.faba.emotion_words import AFTER_FEEL, AMBIGUOUS, JOIN, PERSONAL, TOKEN, emotion_spans, normalise

__all__ = ["WITHHELD", "GrowingMask", "StreamMask", "asks_for_emotion", "mask_emotions", "mask_stream"]

WITHHELD = "[withheld]"
"""Replaces an emotion word. It needs no escaping in JSON, HTML or Markdown."""

_LOOKAHEAD = 3  # characters after a token that decide whether it ends there
_SENTENCE_END = re.compile(r"[.!?;:…。！？\n]")
_BREAK = re.compile(r"[^\s\"'“”‘’*_]")  # between two words that do not belong together

_FEEL = frozenset("feel feels feeling felt mood".split())
_LEADS = _FEEL | frozenset(
    "look looks looked looking seem seems seemed seeming appear appears appeared appearing across".split()
)
_COPULA = frozenset("is are was were s re".split())
_PERSONS = frozenset("he she person man woman child kid boy girl lady guy".split())
_SUBJECTS = _PERSONS | frozenset("face expression look smile".split())
_BETWEEN = frozenset(
    """
    a an and or but not also both either neither nor very quite rather so too bit little somewhat kind sort
    of as more most less even to be is are was been if like almost pretty just than all
    """.split()
)
"""Words between "looks" and the word that it leads to, besides adverbs in -ly."""
_NOUNS = frozenset(
    """
    expression expressions look face smile smiles grin laugh laughter mood stare gaze one person man woman
    child state demeanor demeanour attitude air feeling feelings emotion
    """.split()
)
_NEGATIONS = frozenset(
    """
    no not without never neither nor cannot nothing none hardly lack lacks lacking absence devoid little few
    t dont doesnt didnt isnt arent wasnt cant wont
    """.split()
)
_EMOTION = frozenset("emotion emotional feeling mood affect sentiment".split())
_BEFORE_OF = frozenset({"content", "composed"})
"""Words that name no emotion before "of"."""


@dataclass
class _Sentence:
    """What the sentence so far says about the next word.

    leads: it follows "looks" or "he is". feels: it follows "feels". denies: it follows "no" or "not", at once
    if ``denied_now``. someone: a person was named. subject: the last word is what a feeling is told of.
    """

    leads: bool = False
    feels: bool = False
    denies: bool = False
    denied_now: bool = False
    someone: bool = False
    subject: bool = False

    def add(self, word: str, *, withheld: bool) -> None:
        """Extend the sentence by a word."""
        if word in _LEADS or (self.subject and word in _COPULA):
            self.leads, self.feels = True, word in _FEEL
        elif not (withheld or word in _BETWEEN or word in AMBIGUOUS | PERSONAL or word.endswith("ly")):
            self.leads = self.feels = False
        self.denied_now = word in _NEGATIONS
        self.denies = word != "but" and (self.denies or self.denied_now)
        self.subject = word in _SUBJECTS
        self.someone = self.someone or word in _PERSONS

    def tells(self, word: str, following: str) -> bool:
        """Return whether a word that is no emotion by itself tells of one here."""
        before_noun = following in _NOUNS
        return (
            (word in AMBIGUOUS and (self.leads or before_noun))
            or (word in PERSONAL and ((self.leads and self.someone) or following == "person"))
            or (word in AFTER_FEEL and self.feels)
            or (word in _EMOTION and self.denies)
            or (word == "expression" and self.denied_now)
        )


class StreamMask:
    """Masks a text that arrives in pieces of any size.

    The results of :meth:`push` and :meth:`finish`, joined, are ``mask_emotions`` of the joined pieces.
    """

    def __init__(self) -> None:
        self.count = 0
        """Number of words withheld so far."""
        self._text = ""  # what is held back
        self._sentence = _Sentence()

    def push(self, piece: str) -> str:
        """Add a piece of the text; return what can be shown now."""
        self._text += piece
        return self._release(final=False)

    def finish(self) -> str:
        """Return the rest of the text."""
        return self._release(final=True)

    def _release(self, *, final: bool) -> str:
        shown, end = [], 0
        for token, following in pairwise([*TOKEN.finditer(self._text), None]):
            assert token is not None
            if not final and not self._is_settled(token, following):
                break
            shown += [self._gap(end, token.start()), self._masked(token, following)]
            end = token.end()
        else:
            shown.append(self._gap(end, len(self._text)))
            end = len(self._text)
        self._text = self._text[end:]
        return "".join(shown)

    def _is_settled(self, token: re.Match[str], following: re.Match[str] | None) -> bool:
        """Return whether no further piece can change the token or the word that follows it."""
        end = len(self._text)
        if following is not None and following.end() + _LOOKAHEAD <= end:
            return True
        gap = self._text[token.end() : following.start() if following else end]
        return token.end() + _LOOKAHEAD <= end and len(gap) > 1 and _BREAK.search(gap) is not None

    def _gap(self, start: int, end: int) -> str:
        gap = self._text[start:end]
        if _SENTENCE_END.search(gap):
            self._sentence = _Sentence()
        return gap

    def _masked(self, token: re.Match[str], following: re.Match[str] | None) -> str:
        """Return a token with its emotion words withheld, and add it to the sentence."""
        text, after = token.group(), ""
        if following is not None and not _BREAK.search(self._text[token.end() : following.start()]):
            after = following.group()
        spans = self._spans(text, normalise(after))
        for start, end in reversed(spans):
            text = text[:start] + WITHHELD + text[end:]
        self.count += len(spans)
        if text.lower() == "an" and emotion_spans(after):  # "an" would tell the first letter
            text = text[0]
        for part in re.split(JOIN, token.group()):
            self._sentence.add(normalise(part), withheld=bool(spans))
        return text

    def _spans(self, token: str, following: str) -> list[tuple[int, int]]:
        """Return the spans of a token to withhold. following: the next word, "" at a punctuation mark."""
        word = normalise(token)
        if named := emotion_spans(token):
            return [] if following == "of" and word in _BEFORE_OF else named
        return [(0, len(token))] if self._sentence.tells(word, following) else []


class GrowingMask:
    """Masks a text that grows at its end; its last words are hidden until it is known how they go on."""

    def __init__(self) -> None:
        self._mask = StreamMask()
        self._read = 0  # characters of the text that the mask has
        self._masked = ""

    def update(self, text: str) -> str:
        """Return the text so far with its emotion words withheld. text: continues the one before."""
        self._masked += self._mask.push(text[self._read :])
        self._read = len(text)
        return self._masked


def mask_stream(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of a text with its emotion words withheld."""
    mask = StreamMask()
    for piece in pieces:
        if shown := mask.push(piece):
            yield shown
    if shown := mask.finish():
        yield shown


def mask_emotions(text: str) -> tuple[str, int]:
    """Return a text with its emotion words withheld, and their number.

    Applies to prose, to a line of a reading, and to JSON, which stays valid.
    """
    mask = StreamMask()
    masked = mask.push(text) + mask.finish()
    return masked, mask.count
