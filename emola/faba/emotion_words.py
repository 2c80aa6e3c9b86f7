"""Words that name an emotion, in English and the commonest ones in German, Spanish and Chinese.

More words than :mod:`emola.faba.emotions` reads as one of the seven emotions. They are withheld where
emotions must not be inferred, so a word too many costs little. Recital 18 of Regulation (EU) 2024/1689 lists
happiness, sadness, anger, surprise, disgust, embarrassment, excitement, shame, contempt, satisfaction and
amusement. It sets apart visible expressions (a frown, a smile) and physical states (pain, fatigue), whose
words are not here.
"""

from __future__ import annotations

import re
import unicodedata

from emola.faba.emotions import ADJECTIVES, EMOTIONS, SUGGESTIVE, SYNONYMS

__all__ = [
    "AFTER_FEEL",
    "AMBIGUOUS",
    "JOIN",
    "PERSONAL",
    "TOKEN",
    "emotion_spans",
    "names_emotion",
    "normalise",
    "stems",
]

_ENGLISH = """
    happy* happi* joy* enjoy* rejoic* delight* cheer cheered cheerful* cheery cheering cheerless pleased
    pleasing* pleasur* pleasant* amus* glad gladly gladness gladden* elat* merry merri* content contented*
    contentment jolly jovial* jubila* ecsta* euphor* bliss* thrill* excit* enthusias* exhilar* glee*
    satisfied satisfaction satisfying* proud* pride triumphant* playful* loving* affection* tenderness
    hopeful* optimis* friendl* warmth grateful* gratitude carefree upbeat mirth* humoured humored hapiness
    hapy sad sadder saddest sadly sadness* sadden* saddness sorrow* grief* griev* melanchol* deject* gloom*
    miserabl* misery miseries downcast* downhearted* despair* despond* desperat* mourn* somber* sombre*
    tearful* cry cries cried crying weep weeps weeping wept sob sobs sobbed sobbing distress* anguish*
    heartbr* heartache* forlorn* glum* dismal* wistful* disappoint* lonely loneli* lonesome* regret*
    remorse* hopeless* pessimis* upset* woeful* homesick* bereav* bittersweet devastat* dismay* crestfallen
    teary surpris* astonish* amazed amazement startl* shock* stunned astound* bewilder* baffl* dumbfound*
    flabbergast* disbelie* incredul* puzzl* perplex* awe awed awestruck aghast suprise* supris* anger angers
    angered angering angr* annoy* irritat* furious* fury furies rage rages raged raging enrag* hostil* mad
    madness madly madder maddest madden* frustrat* displeas* agitat* stern sternly sternness outrag* irate*
    indign* wrath* exasperat* resent* aggress* hate hates hated hating hateful* hatred grumpy grumpi* sulk*
    sullen* infuriat* livid* vexed vexation fierce* menac* bitter bitterly bitterness* crabby cranky grouch*
    pissed grim grimly smug smugly disapprov* suspicio* mistrust* distrust* disgust* disguist* revuls*
    revolt* repuls* repell* repugn* avers* distast* contempt* disdain* scorn* loath* abhor* grossed fear
    fears feared fearing fearful* fearless* fearsome* afraid scared scary scare scares scaring fright*
    terror* terrified terrifies terrify terrifying* anxi* alarm* dread dreads dreaded dreading dreadful*
    apprehens* panic* nervous* worry worries worried* worrying* worrisome concern uneas* horror* horrif*
    petrif* timid* wary warily trepid* jittery paranoi* insecur* hysteri* neutral* expressionless*
    emotionless* unemotional* impassiv* unexpressiv* inexpressiv* calm* seren* tranquil* placid* composed
    composure stoic* deadpan* indifferen* apath* aloof* nonchalan* peaceful* embarrass* ashamed* shame
    shamed shameful* guilty guilt guilti* humiliat* jealous* envy envious* bored boredom shy shyly shyness
    nostalg* sympath* compassion* pity pitiful* curiosity positive positively positivity negative negatively
    negativity valence arousal aroused genuine* sincer* heartfelt posed fake faked staged
"""
"""Stems and words in lower case; ``*`` stands for any ending."""

_GERMAN = """
    glücklich* glück fröhlich* froh frohe* freude* freudig* freut erfreut* heiter* zufrieden* traurig*
    trauer* niedergeschlagen* betrübt* wütend* wut zornig* zorn sauer verärger* ärger* gereizt* angst ängst*
    verängstig* erschrocken* erschreck* erschrick* furcht* überrasch* erstaun* schockiert* ekel* angeekelt*
    angewidert* abscheu* verachtung verächtlich* ausdruckslos* gefühllos* gelangweilt* nervös* gelassen*
    begeister* stolz* eifersüchtig* besorgt* verlegen frustriert* enttäusch* verzweif* unzufrieden*
"""
_SPANISH = """
    feliz felices felicidad alegre* alegría* contento contenta contentos contentas triste* tristeza enfad*
    enoj* furios* rabia miedo* asustad* temor* aterrad* sorprend* sorpresa* asco asquead* asquea* neutro
    neutra neutros neutras inexpresiv* nervios* ansios* preocup* molest* ira aburrid* orgullos* vergüenza
    avergonzad* tranquil* desprecio emocionad* disgustad* satisfech*
"""
_CHINESE = """
    高兴 开心 快乐 愉快 喜悦 幸福 难过 悲伤 伤心 忧伤 悲哀 沮丧 生气 愤怒 恼火 发火 害怕 恐惧 惊恐 担心 担忧
    焦虑 惊讶 吃惊 惊奇 震惊 诧异 厌恶 嫌弃 恶心 反感 轻蔑 鄙视 面无表情 无表情 没有表情 中性 平静 冷静 尴尬
    兴奋 满意 失望 害羞 孤独 无聊 嫉妒 羞愧 骄傲
"""

AMBIGUOUS = frozenset(
    """
    cross blank confident confused serious thoughtful pensive determined interested concerned curious forced
    real honest felt polite acted spontaneous warm welcoming
    """.split()
)
"""Words that tell of a feeling only after a verb such as "looks" or before a noun such as "expression"."""

PERSONAL = frozenset("depressed relaxed tense".split())
"""Words that tell of a feeling only if they are said of a person: lip corners are depressed as well."""

AFTER_FEEL = frozenset("good bad great fine down low blue up well okay ok hurt awful terrible better".split())
"""Words that tell of a feeling only after "feels"."""

_LETTER = r"[^\W\d_]"
_INVISIBLE = "[\u0300-\u036f\u00ad\u034f\u200b-\u200f\u2060\ufeff]"
"""Accents of decomposed letters, soft hyphens, and characters without width."""
JOIN = r"(?:[-\u2010\u2011]\n|[-\u2010\u2011_*'’]{1,2})"
"""What joins the parts of a token; at most two characters."""
_WORD = rf"(?:{_LETTER}{_INVISIBLE}*)+"
_SPELLED = rf"{_LETTER}(?:[ .·]{_LETTER}(?!{_LETTER}|{_INVISIBLE})){{2,}}"
_FACE = "[\u2639\u263a\U0001f600-\U0001f644\U0001f910-\U0001f917\U0001f920-\U0001f92f\U0001f970-\U0001f97a]"

TOKEN = re.compile(rf"{_SPELLED}|{_WORD}(?:{JOIN}{_WORD})*|{_FACE}")
"""A word with the hyphens, underscores and marks inside it, a word spelled letter by letter, or an emoji."""

_PREFIX = "(?:un|non|over|super|hyper|ultra|dis|in)?"
_MARKS = re.compile(r"[^\w]|_", re.UNICODE)


def normalise(word: str) -> str:
    """Return a word in small letters, without accents, marks and invisible characters."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", word).casefold())


def stems(words: str) -> str:
    """Return a pattern that matches words separated by spaces.

    ``*`` at the end of a word stands for any ending, "_" for the space in a phrase.
    """
    patterns = (
        r"\W".join(map(normalise, re.split("[_-]", word))) + (r"\w*" if word.endswith("*") else "")
        for word in words.split()
    )
    return "|".join(sorted(patterns, key=len, reverse=True))


_READ = " ".join(
    word
    for emotion in EMOTIONS
    for word in (emotion, ADJECTIVES[emotion], *SYNONYMS[emotion], *SUGGESTIVE[emotion])
    if " " not in word
)
_NAMES = re.compile(
    f"{_PREFIX}(?:{stems(_ENGLISH)}|{stems(_READ)})|(?:un)?(?:{stems(_GERMAN)})|{stems(_SPANISH)}"
)
_CHINESE_NAMES = re.compile("|".join(sorted(_CHINESE.split(), key=len, reverse=True)))
_HUMP = re.compile(rf"{_LETTER}{_INVISIBLE}*(?:(?![A-Z]){_LETTER}{_INVISIBLE}*)*")


def names_emotion(word: str) -> bool:
    """Return whether a word names an emotion, whatever its case, marks and endings: "unhappily"."""
    return _NAMES.fullmatch(normalise(word)) is not None


def emotion_spans(token: str) -> list[tuple[int, int]]:
    """Return the spans of a :data:`TOKEN` that name an emotion by themselves.

    They are whole words of it, parts of a name such as "isHappy", or the token if only its parts together
    make the word: "hap-py", "h a p p y". Chinese words are found anywhere, since nothing separates them.
    """
    if re.fullmatch(_FACE, token):
        return [(0, len(token))]
    words = [match.span() for match in re.finditer(_WORD, token)]
    spans = [span for start, end in words for span in _in_word(token, start, end)]
    if not spans and len(words) > 1 and names_emotion(token):
        return [(0, len(token))]
    return spans


def _in_word(token: str, start: int, end: int) -> list[tuple[int, int]]:
    word = token[start:end]
    if names_emotion(word):
        return [(start, end)]
    parts = [*_HUMP.finditer(word)] if len(word) > 1 else []
    found = [part for part in parts if names_emotion(part.group())] or [*_CHINESE_NAMES.finditer(word)]
    return [(start + part.start(), start + part.end()) for part in found]
