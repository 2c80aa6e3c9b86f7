"""Whole conversations about one face: which questions come in which order, as chat-template messages."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emola.data.corpus import declines, emotion, knowledge, lists, questions, talk, units
from emola.data.corpus.facts import STRENGTHS, FaceFacts, asking_weight
from emola.data.corpus.grammar import expand, sentences
from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, NANO_AUS
from emola.faba.emotions import is_posed_smile

_PARTS: dict[str, tuple[int, ...]] = {
    "brows": (1, 2, 4),
    "eyes": (5, 7, 43),
    "cheeks": (6,),
    "nose": (9,),
    "mouth": (10, 12, 14, 15, 16, 20, 23, 24, 25, 26, 27),
}


@dataclass(frozen=True)
class Exchange:
    """One question and its answer, with the kind of question for tests and statistics."""

    kind: str
    question: str
    answer: str
    code: int | None = None


@dataclass
class _Talk:
    """The conversation so far."""

    facts: FaceFacts
    rng: random.Random
    done: list[Exchange] = field(default_factory=list)

    def had(self, kind: str) -> bool:
        return any(exchange.kind == kind for exchange in self.done)

    def asked(self) -> set[int]:
        return {exchange.code for exchange in self.done if exchange.code is not None}


_Maker = Callable[[_Talk], "Exchange | None"]


def build_conversation(facts: FaceFacts, rng: random.Random) -> list[dict[str, Any]]:
    """Chat-template messages of two to five turns about one face; the first question carries the image."""
    messages: list[dict[str, Any]] = []
    for exchange in exchanges(facts, rng):
        content = [{"type": "text", "text": exchange.question}]
        if not messages:
            content.insert(0, {"type": "image"})
        messages.append({"role": "user", "content": content})
        messages.append({"role": "assistant", "content": [{"type": "text", "text": exchange.answer}]})
    return messages


def exchanges(facts: FaceFacts, rng: random.Random) -> list[Exchange]:
    """The questions and answers of one conversation, in order; the same for the same state of ``rng``."""
    so_far = _Talk(facts, rng)
    count = rng.choices((2, 3, 4, 5), (0.1, 0.35, 0.35, 0.2))[0]
    plan: list[_Maker] = []
    if facts.emotion is not None and rng.random() < 0.77:
        plan.append(_emotion)
    if rng.random() < 0.77:
        plan.append(_list)
    if rng.random() < 0.4:
        plan.reverse()
    if rng.random() < 0.2:
        plan.insert(rng.randrange(len(plan) + 1), rng.choice(_ANYTIME))
    for maker in plan:
        _add(so_far, maker)
    attempts = 0
    while len(so_far.done) < count and attempts < 30:
        attempts += 1
        _add(so_far, rng.choices(_FOLLOW_UPS, _WEIGHTS)[0])
    if rng.random() < 0.03:
        _add(so_far, _thanks)
    return so_far.done


def _add(so_far: _Talk, maker: _Maker) -> None:
    exchange = maker(so_far)
    if exchange is None or any(exchange.answer == before.answer for before in so_far.done):
        return
    if exchange.question[:-1] not in " ".join(before.question for before in so_far.done):
        so_far.done.append(exchange)


def _typed(so_far: _Talk, kind: str, question: str, answer: str, code: int | None = None) -> Exchange:
    return Exchange(kind, questions.typed(so_far.rng, question), answer, code)


def _emotion(so_far: _Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    if facts.emotion is None or so_far.had("emotion"):
        return None
    answer = emotion.emotion_answer(rng, facts)
    if rng.random() < 0.03:
        question, preface = questions.foreign_question(rng, "emotion")
        return Exchange("emotion", question, sentences(f"{preface} {answer}"))
    return _typed(so_far, "emotion", questions.task_question(rng, "emotion"), answer)


def _list(so_far: _Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    if so_far.had("list"):
        return None
    answer = lists.list_answer(rng, facts)
    if rng.random() < 0.03:
        question, preface = questions.foreign_question(rng, "au")
        return Exchange("list", question, sentences(f"{preface}\n{answer}"))
    return _typed(so_far, "list", questions.task_question(rng, "au"), answer)


def _pick_unit(so_far: _Talk, active_share: float = 0.5) -> int | None:
    """A unit not yet asked about, active or not by chance; any unit if the landmarks are missing."""
    facts, rng = so_far.facts, so_far.rng
    if facts.units is None:
        return rng.choice(NANO_AUS)
    active = [code for code in facts.active if code not in so_far.asked()]
    inactive = [code for code in facts.inactive if code not in so_far.asked()]
    if active and (rng.random() < active_share or not inactive):
        return rng.choice(active)
    if not inactive or (not active and rng.random() < 0.5):
        return None
    # half by how common the unit is, half by how close this face comes to it
    near = rng.random() < 0.5
    weights = [0.03 + facts.unit(code).probability if near else asking_weight(code) for code in inactive]
    return rng.choices(inactive, weights)[0]


def _unit(kind: str, active_share: float = 0.5) -> _Maker:
    def make(so_far: _Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        code = _pick_unit(so_far, active_share)
        if code is None:
            return None
        question = questions.unit_question(rng, kind, code)
        if kind == "strength":
            answer = units.strength_answer(rng, facts, code)
        elif kind == "sure":
            answer = units.sureness_answer(rng, facts, code)
        elif kind in ("why", "here"):
            answer = units.why_answer(rng, facts, code, why=kind == "why")
        else:
            answer = units.yes_no_answer(rng, facts, code, strength=kind == "click")
        if kind == "click":
            return Exchange("yes_no", question, answer, code)
        return _typed(so_far, kind, question, answer, code)

    return make


def _emotion_yes_no(so_far: _Talk) -> Exchange | None:
    rng, true = so_far.rng, so_far.facts.emotion
    if true is None or so_far.had("emotion_yes_no"):
        return None
    asked = true if rng.random() < 0.5 else rng.choice([other for other in EMOTIONS if other != true])
    slots = {
        "adjective": ADJECTIVES[true],
        "true": true,
        "noun": "a neutral face" if asked == "neutral" else asked,
    }
    if asked == true:
        answer = "[yes, the face looks {adjective}|yes, I would call it {true}|yes, {adjective}|yes: the expression looks {adjective}]."
    else:
        answer = (
            "[no, the face looks {adjective}|no, I would call it {true}|no, rather {adjective}|no, I see {true}, not {noun}"
            "|I do not think so: the face looks {adjective}]."
        )
    question = questions.emotion_yes_no(rng, asked)
    return _typed(so_far, "emotion_yes_no", question, sentences(expand(rng, answer, **slots)))


def _about_emotion(kind: str) -> _Maker:
    """Follow-ups that need an emotion already named in the conversation, and landmarks."""

    def make(so_far: _Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        if not so_far.had("emotion") or so_far.had(kind):
            return None
        if facts.units is None:
            answer = emotion.picture_only(rng)
        elif kind == "support":
            answer = emotion.support_answer(rng, facts)
        elif kind == "against":
            answer = emotion.against_answer(rng, facts)
        elif kind == "strength_emotion":
            if facts.emotion == "neutral" and facts.active:
                return None
            answer = _strength_of_emotion(rng, facts)
        else:
            answer = _sureness_of_emotion(rng, facts)
        return _typed(so_far, kind, questions.aside(rng, kind), answer)

    return make


def _strength_of_emotion(rng: random.Random, facts: FaceFacts) -> str:
    signs = facts.evidence.supporting
    if not signs:
        return expand(rng, "[Not strong|Weak|Faint]: no movement [stands out for it|carries it].")
    code = max(signs, key=lambda sign: facts.unit(sign).intensity)
    band = facts.unit(code).band
    return sentences(f"{STRENGTHS[band]}, going by AU{code}.")


def _sureness_of_emotion(rng: random.Random, facts: FaceFacts) -> str:
    evidence, name = facts.evidence, facts.emotion
    fits = len(evidence.supporting) > 1 and not evidence.contrary
    sure = fits if name != "neutral" else not facts.active
    if sure:
        text = "[fairly sure|yes, fairly|quite sure]: [the movements fit {name} well|{name} fits what I see]."
    elif evidence.supporting:
        text = "[not entirely|moderately|only moderately]: the movements fit {name} in part."
    else:
        text = "[not very|no, not very sure|not quite]: the movements do not settle it, {name} is only my impression."
    return sentences(expand(rng, text, name="a neutral face" if name == "neutral" else name or ""))


def _posed(so_far: _Talk) -> Exchange | None:
    rng, facts = so_far.rng, so_far.facts
    if facts.units is None or so_far.had("posed") or (12 not in facts.active and rng.random() < 0.92):
        return None
    if 12 not in facts.active:
        answer = "[there is no smile here|I see no smile]: AU12 is not active."
    elif is_posed_smile(facts.active):
        answer = "[it may be posed|perhaps posed|more likely posed]: [AU12 is active without AU6|the lip corners rise, but the cheeks stay down (no AU6)]."
    else:
        answer = "[it looks felt|more likely felt|perhaps felt]: [AU6 is active with AU12|the cheeks rise with the lip corners (AU6 and AU12)]."
    return _typed(so_far, "posed", questions.aside(rng, "posed"), sentences(expand(rng, answer)))


def _aside(kind: str) -> _Maker:
    def make(so_far: _Talk) -> Exchange | None:
        rng, facts = so_far.rng, so_far.facts
        if so_far.had(kind):
            return None
        if kind == "word":
            if facts.emotion is None:
                return None
            answer = emotion.emotion_word(rng, facts)
        elif facts.units is None:
            answer = units.no_landmarks(rng)
        elif kind == "numbers":
            answer = lists.numbers_answer(facts)
        elif kind == "brief_units":
            answer = lists.brief_answer(rng, facts)
        elif kind == "absent":
            answer = units.absent_answer(rng, facts)
        elif kind == "sides":
            if not any(facts.unit(code).left is not None for code in facts.active):
                return None
            answer = units.sides_answer(rng, facts)
        elif len(facts.active) < 2:
            return None
        else:
            answer = units.strongest_answer(rng, facts)
        return _typed(so_far, kind, questions.aside(rng, kind), answer)

    return make


def _pair(so_far: _Talk) -> Exchange | None:
    """Two units in one question, often neighbours that are confused."""
    rng, facts = so_far.rng, so_far.facts
    first = _pick_unit(so_far)
    if first is None:
        return None
    near = [other.code for other in ACTION_UNITS[first].neighbours if other.code in NANO_AUS]
    second = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(NANO_AUS)
    if second == first:
        return None
    question = questions.pair_question(rng, first, second)
    return _typed(so_far, "pair", question, units.pair_answer(rng, facts, first, second))


def _it(so_far: _Talk) -> Exchange | None:
    """A question that refers back to the unit just spoken of without naming it."""
    rng, facts = so_far.rng, so_far.facts
    code = so_far.done[-1].code if so_far.done else None
    if code is None or facts.units is None:
        return None
    kind = rng.choice(("strength", "strength", "sure", "sure", "muscle", "look"))
    if kind == "strength":
        answer = units.strength_answer(rng, facts, code)
    elif kind == "sure":
        answer = units.sureness_answer(rng, facts, code)
    else:
        answer = (knowledge.muscle if kind == "muscle" else knowledge.look)(rng, code)[1]
    return _typed(so_far, f"it_{kind}", questions.aside(rng, f"it_{kind}"), answer, code)


def _part(so_far: _Talk) -> Exchange | None:
    rng = so_far.rng
    part = rng.choice(list(_PARTS))
    do = "does" if part in ("mouth", "nose") else "do"
    question = expand(
        rng,
        "[What {do} the {part} do?|And the {part}?|What about the {part}?|What happens at the {part}?|Describe the {part}.|How {are} the {part}?]",
        part=part,
        do=do,
        are="is" if do == "does" else "are",
    )
    return _typed(so_far, "part", question, units.part_answer(rng, so_far.facts, _PARTS[part], part))


def _knowledge(so_far: _Talk) -> Exchange | None:
    rng = so_far.rng
    code = rng.choice(so_far.facts.active) if so_far.facts.active and rng.random() < 0.4 else None
    return _typed(so_far, "knowledge", *knowledge.any_knowledge(rng, code))


def _decline(so_far: _Talk) -> Exchange | None:
    return _typed(so_far, "decline", *declines.decline(so_far.rng))


def _off_topic(so_far: _Talk) -> Exchange | None:
    return _typed(so_far, "off_topic", *talk.off_topic(so_far.rng))


def _self(so_far: _Talk) -> Exchange | None:
    return _typed(so_far, "self", *talk.about_itself(so_far.rng))


def _greeting(so_far: _Talk) -> Exchange | None:
    return None if so_far.done else _typed(so_far, "greeting", *talk.greeting(so_far.rng))


def _thanks(so_far: _Talk) -> Exchange | None:
    return _typed(so_far, "thanks", *talk.thanks(so_far.rng)) if so_far.done else None


_ANYTIME: tuple[_Maker, ...] = (
    _unit("yes_no"), _unit("click"), _decline, _knowledge, _greeting, _off_topic, _emotion_yes_no, _self,
    _aside("word"), _aside("numbers"), _aside("brief_units"), _part,
)  # fmt: skip
_WEIGHTED: tuple[tuple[_Maker, float], ...] = (
    (_unit("click"), 0.15),
    (_unit("yes_no"), 0.2),
    (_unit("strength", 0.75), 0.05),
    (_unit("sure", 0.6), 0.04),
    (_unit("why", 0.8), 0.04),
    (_unit("here", 0.8), 0.02),
    (_about_emotion("support"), 0.06),
    (_about_emotion("against"), 0.05),
    (_about_emotion("sure_emotion"), 0.03),
    (_about_emotion("strength_emotion"), 0.02),
    (_emotion_yes_no, 0.05),
    (_pair, 0.06),
    (_it, 0.12),
    (_posed, 0.06),
    (_aside("word"), 0.03),
    (_aside("numbers"), 0.03),
    (_aside("brief_units"), 0.02),
    (_aside("strongest"), 0.03),
    (_aside("absent"), 0.04),
    (_aside("sides"), 0.03),
    (_part, 0.05),
    (_knowledge, 0.12),
    (_decline, 0.12),
    (_off_topic, 0.03),
    (_self, 0.01),
    (_thanks, 0.02),
)
_FOLLOW_UPS = [maker for maker, _ in _WEIGHTED]
_WEIGHTS = [weight for _, weight in _WEIGHTED]
