"""The table of questions: one row for each kind.

To add a kind, write its phrases under a heading of its name in ``recipes/nano/phrases``, add a row here, and
give it a weight in the recipe's mixture. If its answer needs no facts of the face, :func:`written` takes the
answer from the heading ``answer to <name>``.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from emola.faba import ACTION_UNITS
from emola.train.nano.corpus import needs, subjects
from emola.train.nano.corpus.answers import comparisons, degree, emotion, face, lists, reasons, units
from emola.train.nano.corpus.conversation import Conversation, Subject, TurnKind
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import sentences
from emola.train.nano.corpus.needs import after, after_emotion, has_emotion, has_units, not_had
from emola.train.nano.corpus.phrases import ENGLISH

Answer = Callable[[Conversation, Subject], str]


def of_face(answer: Callable[[random.Random, FaceFacts], str]) -> Answer:
    """Answer from the facts of the face."""
    return lambda conversation, subject: answer(conversation.rng, conversation.facts)


def of_unit(answer: Callable[[random.Random, FaceFacts, int], str]) -> Answer:
    """Answer from the facts of the face about the unit in question."""
    return lambda conversation, subject: answer(conversation.rng, conversation.facts, subject.code)


def of_emotion(answer: Callable[[random.Random, FaceFacts, str], str]) -> Answer:
    """Answer from the facts of the face about the emotion named in the question."""
    return lambda conversation, subject: answer(conversation.rng, conversation.facts, subject.emotions[0])


def written(name: str) -> Answer:
    """Answer with a phrase under the heading ``answer to <name>``."""

    def answer(conversation: Conversation, subject: Subject) -> str:
        book, rng = conversation.book, conversation.rng
        return sentences(book.draw(rng, f"answer to {name}", ENGLISH, subject.topic, subject.slots))

    return answer


def _of_codes(conversation: Conversation, subject: Subject) -> str:
    rng, facts = conversation.rng, conversation.facts
    if len(subject.codes) > 1:
        return units.pair_answer(rng, facts, *subject.codes)
    return units.yes_no_answer(rng, facts, subject.code)


def _of_part(conversation: Conversation, subject: Subject) -> str:
    return face.part_answer(conversation.rng, conversation.facts, subject.codes, subject.topic)


def _of_choice(conversation: Conversation, subject: Subject) -> str:
    return comparisons.choice_answer(conversation.rng, conversation.facts, subject.emotions)


def _difference(conversation: Conversation, subject: Subject) -> str:
    code, other = subject.codes
    return next(near.difference for near in ACTION_UNITS[code].neighbours if near.code == other)


def _same_unit(conversation: Conversation, subject: Subject) -> str:
    return f"No. {_difference(conversation, subject)}"


_MAIN = (
    TurnKind(
        "emotion",
        of_face(emotion.emotion_answer),
        needs=(has_emotion, not_had("emotion")),
        pick=subjects.task("emotion"),
    ),
    TurnKind(
        "emotion_brief",
        of_face(emotion.plain_answer),
        kind="emotion",
        needs=(has_emotion, not_had("emotion")),
        pick=subjects.task("emotion"),
        heading="emotion",
    ),
    TurnKind("list", of_face(lists.list_answer), needs=(not_had("list"),), pick=subjects.task("au")),
)
_NAMED_EMOTION = (has_emotion, not_had("emotion_yes_no"))
_ABOUT_EMOTION = (
    TurnKind("word", of_face(emotion.emotion_word), needs=(has_emotion, not_had("word"))),
    TurnKind(
        "emotion_yes_no",
        of_emotion(comparisons.emotion_yes_no_answer),
        needs=(has_emotion,),
        pick=subjects.emotion,
    ),
    TurnKind(
        "confirm",
        of_emotion(comparisons.emotion_yes_no_answer),
        kind="emotion_yes_no",
        needs=(has_emotion,),
        pick=subjects.emotion,
    ),
    TurnKind("choice", _of_choice, needs=(has_emotion, not_had("choice")), pick=subjects.two_emotions),
    TurnKind(
        "runner_up",
        of_face(comparisons.runner_up_answer),
        needs=(has_emotion, needs.knows_runner_up, after_emotion, not_had("runner_up")),
    ),
    TurnKind("support", of_face(reasons.support_answer), needs=(after_emotion, not_had("support"))),
    TurnKind(
        "support_units",
        of_face(reasons.support_by_units),
        kind="support",
        needs=(after_emotion, not_had("support")),
    ),
    TurnKind("against", of_face(reasons.against_answer), needs=(needs.had("emotion"), not_had("against"))),
    TurnKind("weigh", of_face(reasons.weigh_answer), needs=(has_emotion, not_had("weigh", "against"))),
    TurnKind(
        "sure_emotion", of_face(reasons.sureness_of_emotion), needs=(after_emotion, not_had("sure_emotion"))
    ),
    TurnKind(
        "strength_emotion",
        of_face(reasons.strength_of_emotion),
        needs=(after_emotion, not_had("strength_emotion"), needs.no_landmarks_or(needs.has_telling_strength)),
    ),
    TurnKind("posed", of_face(face.posed_answer), needs=(has_units, not_had("posed"), needs.may_smile)),
)
_DEGREES = (
    TurnKind(
        "how_strong",
        of_face(degree.strength_answer),
        kind="strength_emotion",
        needs=(has_emotion, not_had("strength_emotion")),
    ),
    TurnKind(
        "how_strong_scale",
        of_face(degree.strength_on_scale),
        kind="strength_emotion",
        needs=(has_emotion, not_had("strength_emotion")),
    ),
    TurnKind(
        "how_sure",
        of_face(degree.sureness_answer),
        kind="sure_emotion",
        needs=(has_emotion, not_had("sure_emotion")),
    ),
    TurnKind(
        "how_strong_emotion",
        of_emotion(comparisons.if_true(degree.strength_answer)),
        kind="emotion_yes_no",
        needs=_NAMED_EMOTION,
        pick=subjects.emotion,
    ),
    TurnKind(
        "how_strong_emotion_scale",
        of_emotion(comparisons.if_true(degree.strength_on_scale)),
        kind="emotion_yes_no",
        needs=_NAMED_EMOTION,
        pick=subjects.emotion,
    ),
    TurnKind(
        "how_sure_emotion",
        of_emotion(comparisons.if_true(degree.sureness_answer)),
        kind="emotion_yes_no",
        needs=_NAMED_EMOTION,
        pick=subjects.emotion,
    ),
    TurnKind(
        "how_strong_movement",
        of_unit(units.strength_answer),
        kind="strength",
        pick=subjects.mostly_named_unit,
    ),
    TurnKind(
        "how_sure_movement", of_unit(units.sureness_answer), kind="sure", pick=subjects.mostly_active_unit
    ),
    TurnKind("how_strong_part", _of_part, kind="part", pick=subjects.part(subjects.PARTS_DRAWN)),
)
_ABOUT_UNITS = (
    TurnKind(
        "click", of_unit(units.strength_yes_no), kind="yes_no", pick=subjects.unit("click"), typed=False
    ),
    TurnKind("yes_no", of_unit(units.yes_no_answer), pick=subjects.unit("yes_no")),
    TurnKind("bare", of_unit(units.bare_answer), pick=subjects.unit("bare")),
    TurnKind("strength", of_unit(units.strength_answer), pick=subjects.unit("strength")),
    TurnKind("sure", of_unit(units.sureness_answer), pick=subjects.unit("sure")),
    TurnKind("why", of_unit(units.why_answer), pick=subjects.unit("why")),
    TurnKind("here", of_unit(units.sign_answer), pick=subjects.unit("here")),
    TurnKind("pair", _of_codes, pick=subjects.pair),
    TurnKind("movement", _of_codes, kind="yes_no", pick=subjects.movement),
    TurnKind("part", _of_part, pick=subjects.part(tuple(subjects.PARTS))),
    TurnKind("part_brief", _of_part, kind="part", pick=subjects.part(subjects.PARTS_DRAWN)),
)
_ABOUT_THE_LIST = (
    TurnKind("numbers", of_face(lists.numbers_answer), needs=(not_had("numbers"),)),
    TurnKind("brief_units", of_face(lists.brief_answer), needs=(not_had("brief_units"),)),
    TurnKind("count", of_face(lists.count_answer), needs=(not_had("count"),)),
    TurnKind("upper", of_face(lists.upper_answer), needs=(not_had("upper"),)),
    TurnKind("lower", of_face(lists.lower_answer), needs=(not_had("lower"),)),
    TurnKind("absent", of_face(face.absent_answer), needs=(not_had("absent"),)),
    TurnKind(
        "sides", of_face(face.sides_answer), needs=(not_had("sides"), needs.no_landmarks_or(needs.has_sides))
    ),
    TurnKind(
        "strongest",
        of_face(face.strongest_answer),
        needs=(not_had("strongest"), needs.no_landmarks_or(needs.has_two_active)),
    ),
    TurnKind("weakest", of_face(face.weakest_answer), needs=(not_had("weakest"), needs.has_two_active)),
)
_BACK_REFERENCES = (
    TurnKind("decline_again", written("decline_again"), needs=(after("decline", "decline_again"),)),
    TurnKind("list_sure", of_face(lists.sureness_answer), needs=(has_units, needs.after_list)),
    TurnKind(
        "list_why", of_face(lists.reason_answer), needs=(has_units, needs.after_list, needs.has_short_list)
    ),
    TurnKind("it_muscle", written("muscle"), needs=(needs.after_unit,), pick=subjects.last_unit),
    TurnKind("it_look", written("look"), needs=(needs.after_unit,), pick=subjects.last_unit),
    TurnKind(
        "it_sure",
        of_unit(units.sureness_answer),
        needs=(needs.after_unit, after(*needs.STATES, *needs.REASONS)),
        pick=subjects.last_unit,
    ),
    TurnKind(
        "it_strength",
        of_unit(units.strength_answer),
        needs=(needs.after_active_unit, after(*needs.STATES, *needs.REASONS)),
        pick=subjects.last_unit,
    ),
    TurnKind(
        "it_why",
        of_unit(units.reason_answer),
        needs=(needs.after_unit, after(*needs.STATES)),
        pick=subjects.last_unit,
    ),
    TurnKind(
        "it_active", of_unit(units.yes_no_answer), needs=(needs.after_definition,), pick=subjects.last_unit
    ),
)
_OF_ANY_UNIT = ("what_is", "code_of", "look", "muscle")
_OF_THE_SYSTEM = (
    "felt_smile",
    "origin",
    "what_is_facs",
    "what_is_a_unit",
    "what_au_means",
    "what_facs_means",
    "how_strong_units_are",
    "what_units_prove",
    "who_codes",
)
_KNOWLEDGE = (
    *(TurnKind(name, written(name), kind="knowledge", pick=subjects.known_unit) for name in _OF_ANY_UNIT),
    TurnKind("difference", _difference, kind="knowledge", pick=subjects.neighbours),
    TurnKind("same_unit", _same_unit, kind="knowledge", pick=subjects.neighbours),
    TurnKind("prototype", written("prototype"), kind="knowledge", pick=subjects.typical_emotion),
    *(TurnKind(name, written(name), kind="knowledge") for name in _OF_THE_SYSTEM),
)
_ABOUT_THE_MODEL = (
    "self_name",
    "self_abilities",
    "self_examples",
    "self_errors",
    "self_storage",
    "self_method",
    "self_languages",
    "self_training",
    "self_feelings",
)
_REST = (
    TurnKind("decline", written("decline"), pick=subjects.declined_topic),
    TurnKind("off_topic", written("off_topic")),
    *(TurnKind(name, written(name), kind="self") for name in _ABOUT_THE_MODEL),
    TurnKind("greeting", written("greeting"), needs=(needs.at_start,)),
    *(
        TurnKind(name, written(name), kind="thanks", needs=(needs.not_at_start,))
        for name in ("thanks", "praise", "goodbye")
    ),
)
_FAMILIES = (
    _MAIN,
    _ABOUT_EMOTION,
    _DEGREES,
    _ABOUT_UNITS,
    _ABOUT_THE_LIST,
    _BACK_REFERENCES,
    _KNOWLEDGE,
    _REST,
)
KINDS: dict[str, TurnKind] = {kind.name: kind for family in _FAMILIES for kind in family}
"""All kinds of questions by name."""
