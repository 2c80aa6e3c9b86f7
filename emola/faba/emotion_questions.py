"""Recognition of questions that ask for an emotion.

Covers English, and simple questions in German, Spanish and Chinese.

A question counts if it names an emotion ("is she sad?"), the subject itself ("which emotion?", "how does he
feel?"), the expression as a whole without a word about movements, or whether a smile is felt. "Why?" and "are
you sure?" do not count: where emotions are withheld, they follow an answer about movements.
"""

from __future__ import annotations

import re
import unicodedata

from emola.faba.emotion_words import TOKEN, emotion_spans, normalise, stems
from emola.faba.prompts import MAX_QUESTION

__all__ = ["asks_for_emotion"]


def _words(text: str) -> str:
    """Return a pattern of whole words and phrases, see ``stems``; "_" stands for a space in a phrase."""
    return rf"\b(?:{stems(text)})\b"


_SUBJECT = _words(
    """
    emo emoji* emoticon* feel feels feeling* feelin mood* sentiment* vibe vibes temper valence
    arousal state_of_mind inner_state fühl* stimmung* laune* gelaunt gestimmt gemüt*
    was_für_ein_gesicht gesicht_geschrieben wie_geht_es wie_guckt sentimiento* sentir siente* sintiendo
    ánimo humor emoción* emociones semblante se_encuentra qué_cara
    """
)
"""The subject itself. A question about it counts even beside a word about movements."""
_SMILE = _words("smil* grin* laugh* duchenne lächel* lach* sonr* ríe") + "|笑"
_FELT = (
    _words(
        """
        felt pose posed poses posing unposed genuin* real really fake* faking phony phoney forc* polite
        social honest* sincer* true truly natural staged act acted acting spontan* heartfelt mean means
        meant believable plastic hollow empty wooden stiff cheesy canned candid for_the_camera for_the_photo
        command cue pretend* own_accord legit enjoyment fr kidding service attendant passport selfie
        yearbook manners put_on heart buy buying off strained duchenne echt* gespielt* aufgesetzt*
        natürlich* gekünstelt* gestellt* aufrichtig* gezwungen* gemacht* fürs_foto herzen höflichkeit
        auténtic* fingid* forzad* posad* espontáne* de_verdad para_la_foto
        """
    )
    + "|真|假|自然|勉强"
)
"""A smile and one of these words: a question whether the smile is felt."""
_PERSON = (
    r"(?:he|she|they|him|her|person|man|woman|kid|child|boy|girl|guy|lady|people|folks|faces?|expression)"
)
_TOLD_OF = r"\b(?:he|she|they|person|man|woman|kid|child|boy|girl|guy|lady)(?:'?s| is| are| seems?| feels?)"
_MOODY = r"(?:cross|blank|mad|grossed out)"
_PLUS, _MINUS = r"(?:positive|pos|plus|pleasant|good)", r"(?:negative|neg|minus|unpleasant|bad)"
_PHRASES = re.compile(
    "|".join(
        (
            _SUBJECT,
            "情绪|情感|感情|心情|感受|感觉|面无表情|没有表情|emotion|gefuhl",
            _words("interpret* valence neg hyped genuine_or spontaneous candid mean_together worked_up"),
            r"\b(?:posed|faked?|staged|acted) or\b|\bor (?:posed|staged|genuine|faked?|put on)\b",
            r"\b(?:is|are) (?:it|he|she|they|that) (?:acted|acting|posing|pretending|faking|staged|put on)\b",
            rf"\b{_PLUS}(?: look)?,? or (?:the )?{_MINUS}\b|\b{_MINUS},? or (?:the )?{_PLUS}\b",
            r"\b(?:positive, negative|negative, neutral|neutral or (?:positive|negative))\b",
            r"\b(?:positive|negative|pleasant|unpleasant) (?:look|expression|face|side)\b",
            r"\b(?:looks?|seems?|face) (?:positive|negative|pleasant|unpleasant|chill|hyped|forced)\b",
            r"\bgo(?:es|ing)? (?:on )?(?:inside|in (?:him|her|them|this person))",
            r"\bof the (?:seven|basic)\b|\b(?:they|it|that) (?:points?|adds? up) to\b",
            rf"{_TOLD_OF}(?: \w+)? (?:down|blue)(?= *(?:[?.!,]|$))",
            rf"^{_MOODY}\b|\b(?:or|how|quite) {_MOODY}\b|\b{_MOODY} (?:or|than)\b",
            rf"(?:{_TOLD_OF}|\blooks?|\bseems?)(?: \w+)? {_MOODY}\b",
        )
    )
)
_WHOLE = re.compile(
    "|".join(
        (
            _words("expression* expresión* transmite refleja comunica interpretas"),
            _words("ausdruck* gesichtsausdruck* drückt miene mimik"),
            _words("activated activation energy label verdict hashtag tag caption making_a_face"),
            _words("runner-up plan_b toss-up fallback undertone* overtone* mixed blend* a_mix mixture combo"),
            _words("rule_out ruled_out exclude excluded cross_off off_the_table elimination"),
            "表情|神情",
            r"\b(?:what|wat|which)\b.{0,60}\b(?:face|look|features)\b.{0,60}\b(?:say|tell|convey|show|mean|reveal)s?\b",
            r"\b(?:what|wat|which)\b.{0,60}\b(?:says?|shows?|written|wearing)\b.{0,60}"
            r"\b(?:on|in) (?:his|her|the) face",
            r"\b(?:what|wat|which) look\b|\bwhat(?:'s| is| kind of) (?:that |this |a )?(?:look|face)\b",
            r"\bup with (?:the|that|this|his|her) (?:face|look)\b|^(?:his|her|their) look\b|\bthat look of\b",
            r"\b(?:face|look),? (?:he|she|they)(?:'s|'re| is| are) (?:pulling|making)\b",
            r"\b(?:describe|explain) (?:\w+ )?look\b|\b(?:face|look) (?:reading|check|scan)\b",
            r"\b(?:read|scan|decode|translate|analy[sz]e|label|figure out|call|name|sum up|check)"
            r" (?:\w+ ){0,3}(?:face|look)\b|\breads? (?:him|her|them)\b",
            rf"\bhow(?:'s)?\b.{{0,30}}\b{_PERSON}\b.{{0,20}}"
            r"\b(?:look(?:s|ing)?|comes? across|seems?)\b(?! (?:for|like))",
            r"\b(?:second|next|2nd|nxt|other)\b.{0,60}\b(?:guess|choice|pick|candidate|reading|likeliest)\b",
            r"\bwonach sieht|\bwie (?:wirkt|schaut|sieht)\b|\bwie ist \w+.{0,40} drauf\b",
        )
    )
)
"""What asks for the expression as a whole, unless the question is about movements."""
_MOVEMENT = re.compile(
    _words(
        """
        au aus unit units facs muscle* movement* move moves moving code codes coded coding coder* lid lids
        eyelid* brow brows eyebrow* eye eyes cheek* nose mouth lip lips chin jaw forehead side sides
        symmetric* asymmetr* even muskel* bewegung* regung* brauen augenbrauen augen lider lippen mund*
        kiefer kodier* músculo* movimiento* unidad* cejas ceja ojos ojo párpado* labio* boca nariz código*
        """
    )
    + r"|\bau ?\d|动作|肌肉|眉|眼|嘴|鼻|编码"
)

_GERMAN_AUS = re.compile(r"(\b(?:sieht|druckt|schaut)\b.{0,60})\baus\b")
"""The end of "sieht ... aus", which is no plural of AU."""
_LEFT_OUT = re.compile(
    r"\b(?:without|no|not|never|skip|leave out|leaving out|instead of|rather than|except|omit|avoid|forget)"
    r"(?: (?:to|naming|name|any|an?|the|mentioning|mention|words?|for|giving|give|of))*"
    r" (?:emotions|feelings|emotion(?=$| word| please|[,.;)!])|mood(?=$| pls|[,.;)!])|interpret\w*)"
    r"(?: words?)?"
    r"|\b(?:emotions?|feelings?|mood) (?:aside|apart)\b"
)
"""A request to leave the emotion out: "describe the movements without naming an emotion"."""
_LACKS = re.compile(
    r"^without emotion|\b(?:is|are|looks?|seems?|someone|person|man|woman|'s) without emotion"
)

_COMMON = frozenset(
    """
    positive positively negative negatively mad cry crying weep weeping tearful teary sob sobbing genuine
    composed content enjoy pity shame amusing pleasant
    """.split()
)
"""Emotion words that are frequent in other questions; the patterns above hold them where they count."""
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")


def asks_for_emotion(question: str) -> bool:
    """Return whether a question asks for an emotion, or for whether an expression is felt.

    Only its first ``MAX_QUESTION`` characters are read; a conversation refuses a longer one.
    """
    text = _folded(question[:MAX_QUESTION])
    if _LACKS.search(text):
        return True
    text = _LEFT_OUT.sub(" ", text)
    moves = _MOVEMENT.search(_GERMAN_AUS.sub(r"\1", text)) is not None
    if _PHRASES.search(text) or any(_names(token.group(), moves) for token in TOKEN.finditer(text)):
        return True
    if re.search(_SMILE, text) and re.search(_FELT, text):
        return True
    return not moves and _WHOLE.search(text) is not None


def _names(token: str, moves: bool) -> bool:
    """Return whether a token names an emotion. moves: the question is about movements: "brows neutral?"."""
    word = normalise(token)
    return word not in _COMMON and not (moves and word == "neutral") and bool(emotion_spans(token))


def _folded(text: str) -> str:
    """Return a text in small letters, without accents and invisible characters, with single spaces."""
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold().replace("’", "'")
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
