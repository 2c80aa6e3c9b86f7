"""The table of questions: one row for each kind.

To add a kind, write its questions under a heading of its name and its answers under ``answer to <name>
<state>`` in ``recipes/nano/phrases/en``, add a row here, and give it a weight in the recipe's mixture.
"""

from __future__ import annotations

from emola.train.nano.corpus import needs, subjects
from emola.train.nano.corpus.answers import emotions, lists, units
from emola.train.nano.corpus.conversation import (
    Conversation,
    Picker,
    Replier,
    Reply,
    Subject,
    TurnKind,
    no_subject,
)
from emola.train.nano.corpus.facts import PART_AUS
from emola.train.nano.corpus.needs import after, has_emotion, has_units


def by_topic(conversation: Conversation, subject: Subject) -> Reply:
    """Answer by the topic of the question alone."""
    return Reply(subject.topic, subject.slots)


def _rows(names: str, reply: Replier, pick: Picker = no_subject, **options: object) -> list[TurnKind]:
    """Return rows that differ in their names alone."""
    return [TurnKind(name, reply, pick=pick, **options) for name in names.split()]  # type: ignore[arg-type]


_EMOTION = (
    TurnKind("emotion", emotions.about, needs=(has_emotion,), pick=subjects.task("emotion")),
    *_rows(
        "emotion_word feelings runner_up support reasoning against weigh ruled_out sure_emotion"
        " strength_emotion emotion_percent emotion_scale ranking mixed key_units",
        emotions.about,
        needs=(has_emotion,),
    ),
    TurnKind("valence", emotions.valence, needs=(has_emotion,)),
    TurnKind("arousal", emotions.arousal, needs=(has_emotion,)),
    TurnKind("posed", emotions.smile, needs=(needs.may_smile,)),
    TurnKind("how_emotion", emotions.asked, needs=(has_emotion,), pick=subjects.emotion),
    TurnKind("emotion_yes_no", emotions.asked, needs=(has_emotion,), pick=subjects.emotion),
    TurnKind("why_not", emotions.asked, needs=(has_emotion,), pick=subjects.other_emotion),
    TurnKind("change", emotions.asked, needs=(has_emotion,), pick=subjects.emotion),
    TurnKind("correct_emotion", emotions.correction, needs=(has_emotion,), pick=subjects.emotion),
    TurnKind("choice", emotions.choice, needs=(has_emotion,), pick=subjects.two_emotions),
)
_LISTS = (
    TurnKind("list", lists.about, pick=subjects.task("au")),
    *_rows("list_and_emotion json", lists.about, needs=(has_emotion,)),
    *_rows("codes facs_code count strongest weakest levels", lists.about),
    TurnKind("absent", lists.absent, pick=subjects.scope),
    TurnKind("hidden", lists.hidden),
    TurnKind("upper", lists.upper),
    TurnKind("lower", lists.lower),
    TurnKind("sides", lists.sides),
    *(TurnKind(part, lists.part, kind="part", pick=subjects.part(part), heading="part") for part in PART_AUS),
)
_UNITS = (
    TurnKind("click", units.about, kind="unit", pick=subjects.unit, typed=False),
    *_rows(
        "yes_no bare level unit_scale unit_percent why_unit sure_unit where confusion",
        units.about,
        subjects.unit,
        kind="unit",
    ),
    TurnKind("correct_unit", units.about, kind="unit", pick=subjects.unit),
    TurnKind("unit_side", units.side, kind="side", pick=subjects.sided_unit),
    TurnKind("pair", units.pair, pick=subjects.pair),
    TurnKind("compare", units.compare, pick=subjects.compared),
    TurnKind("movement", units.movement, kind="movement", pick=subjects.movement("movement")),
    TurnKind("opposite", units.opposite, kind="movement", pick=subjects.movement("opposite")),
)
_STYLE = (
    TurnKind("describe", lists.about),
    *_rows(
        "summary two_sentences one_sentence child no_jargon bullets class",
        emotions.about,
        needs=(has_emotion,),
    ),
    *_rows("shorter longer", emotions.about, needs=(has_emotion, needs.after_emotion)),
)
_BACK_REFERENCES = (
    *_rows(
        "it_sure it_why it_strength it_muscle it_look",
        units.about,
        subjects.last_unit,
        kind="unit",
        needs=(needs.after_unit,),
    ),
    TurnKind("other_side", units.side, kind="side", pick=subjects.last_unit, needs=(after("side"),)),
    TurnKind(
        "and_unit", units.about, kind="unit", pick=subjects.unit, needs=(needs.after_unit,), answered="yes_no"
    ),
    TurnKind(
        "and_part", lists.part, kind="part", pick=subjects.any_part, needs=(after("part"),), answered="part"
    ),
    TurnKind("list_sure", lists.certainty, needs=(has_units, needs.after_list)),
    TurnKind("list_why", lists.about, needs=(has_units, needs.after_list)),
    TurnKind("repeat", lists.repeated, needs=(needs.not_at_start,)),
    TurnKind(
        "it_active",
        units.about,
        kind="unit",
        pick=subjects.last_unit,
        needs=(needs.after_definition,),
        answered="yes_no",
    ),
    TurnKind("decline_again", by_topic, needs=(after("decline", "decline_again"),)),
)
_KNOWLEDGE = (
    *_rows("what_is code_of look muscle", by_topic, subjects.known_unit, kind="knowledge"),
    *_rows("difference same_unit", by_topic, subjects.neighbours, kind="knowledge"),
    TurnKind("prototype", by_topic, kind="knowledge", pick=subjects.typical_emotion),
    TurnKind("facs", by_topic, kind="knowledge", pick=subjects.asked_topic("facs")),
    *_rows("felt_smile prove", by_topic, kind="knowledge"),
)
_TALK = (
    *_rows(
        "self_name self_abilities self_examples self_errors self_storage self_method self_languages"
        " self_training self_feelings",
        by_topic,
        kind="self",
    ),
    TurnKind("greeting", by_topic, needs=(needs.at_start,)),
    *_rows("thanks praise goodbye", by_topic, kind="thanks", needs=(needs.not_at_start,)),
    *_rows("off_topic ignore insult", by_topic),
    TurnKind("scene", by_topic, pick=subjects.asked_topic("scene")),
    TurnKind("decline", by_topic, pick=subjects.declined_topic),
)
KINDS: dict[str, TurnKind] = {
    kind.name: kind
    for family in (_EMOTION, _LISTS, _UNITS, _STYLE, _BACK_REFERENCES, _KNOWLEDGE, _TALK)
    for kind in family
}
"""All kinds of questions by name."""

KNOWLEDGE = frozenset(kind.name for kind in _KNOWLEDGE)
"""Kinds about FACS, not about the face."""

TALK = frozenset(kind.name for kind in _TALK)
"""Kinds about the model, small talk, and what it declines."""

CODED = ("codes", "json", "facs_code")
"""Kinds whose answer is no sentence."""
