"""Questions about the face in other languages; the answers to them are in English."""

from __future__ import annotations

import random

from emola.faba import EMOTIONS
from emola.train.nano.corpus.asked.foreign.degree import DEGREES_ASKED
from emola.train.nano.corpus.asked.foreign.emotions import EMOTIONS_ASKED
from emola.train.nano.corpus.asked.foreign.movements import MOVEMENTS_ASKED
from emola.train.nano.corpus.asked.foreign.movements_wide import MOVEMENTS_WIDE
from emola.train.nano.corpus.asked.foreign.shared import SHARED
from emola.train.nano.corpus.asked.foreign.units import UNIT_MEANINGS, UNITS_ASKED
from emola.train.nano.corpus.asked.foreign.wide import POSED, WIDE
from emola.train.nano.corpus.grammar import expand, joined, sentences

ENGLISH_ONLY = (
    "[I answer in English|I only answer in English|I can only answer in English|I reply in English"
    "|my answers are in English|sorry, I only write English|English is all I write"
    "|in English, the only language I write|here is my answer in English]."
)

_OPEN: dict[str, tuple[str, ...]] = {
    "emotion": (
        "Welche Emotion [zeigt|hat] [dieses|das] Gesicht?",
        "Was fühlt [diese Person|er|sie|der Mann|die Frau]?",
        "Wie sieht der Gesichtsausdruck aus?",
        "[Emotion|Stimmung|Gefühl|Gesichtsausdruck], bitte?",
        "Wie [wirkt|schaut] [er|sie|die Person]?",
        "Beschreibe [den Ausdruck|das Gefühl|die Mimik][, bitte|].",
        "Quelle émotion [voit-on|vois-tu|lis-tu] sur ce visage ?",
        "Que montre cette expression ?",
        "[Émotion|Humeur|Expression] ?",
        "Que ressent [cette personne|cet homme|cette femme] ?",
        "[Décris|Explique]-moi l'expression[, s'il te plaît|].",
        "¿Qué [emoción|sentimiento] [muestra|expresa] [esta cara|este rostro]?",
        "¿Cómo es la expresión?",
        "¿Qué siente [esta persona|él|ella]?",
        "[Emoción|Ánimo|Expresión], por favor.",
        "¿Cómo se siente?",
        "Quale emozione [mostra|esprime] questo [viso|volto]?",
        "Che [emozione|espressione|umore] è?",
        "[Emozione|Umore]?",
        "Cosa prova [lui|lei|questa persona]?",
        "Que [emoção|sentimento] [mostra|expressa] este rosto?",
        "Como [ele|ela] se sente?",
        "[Emoção|Humor], por favor?",
        "Welke emotie [toont|zie je op] dit gezicht?",
        "Hoe [voelt|kijkt] [hij|zij|deze persoon]?",
        "Welk gevoel zie je?",
        "Jaką emocję [widać|widzisz] na tej twarzy?",
        "Co czuje ta osoba?",
        "Jaki to wyraz twarzy?",
        "Bu yüz hangi duyguyu gösteriyor?",
        "[Hangi|Ne] duygu bu?",
        "Bu kişi ne hissediyor?",
        "Vilken känsla visar ansiktet?",
        "Hur [känner|mår] [han|hon] av uttrycket att döma?",
        "Vad uttrycker ansiktet?",
        "Hvilken følelse viser [ansiktet|dette ansiktet]?",
        "Hva uttrykker ansiktet?",
        "Hvilken følelse ser du i ansigtet?",
        "Hvad udtrykker ansigtet?",
        "Mitä tunnetta nämä kasvot ilmaisevat?",
        "Mikä tunne [kasvoilla näkyy|tämä on]?",
        "Jakou emoci [vidíš|ukazuje] [v této tváři|ten výraz]?",
        "Co vyjadřuje tento obličej?",
        "Ce emoție [arată|exprimă] [această față|acest chip]?",
        "Ce simte [el|ea|persoana aceasta]?",
        "Milyen érzelmet [mutat|fejez ki] ez az arc?",
        "Mit érez [ez az ember|a nő|a férfi]?",
        "[Какую эмоцию|Какое чувство] [выражает|показывает] это лицо?",
        "Что чувствует этот человек?",
        "Какая [это|здесь] эмоция?",
        "[Яку емоцію|Яке почуття] [виражає|показує] це обличчя?",
        "Що відчуває ця людина?",
        "Ποιο συναίσθημα [δείχνει|εκφράζει] αυτό το πρόσωπο;",
        "Τι νιώθει [αυτός|αυτή];",
        "この顔は[どんな|何の]感情を表していますか？",
        "どんな[表情|気持ち]ですか？",
        "[感情|表情|気分]は？",
        "这张脸[表达|显示|表现]了什么[情绪|感情]？",
        "[他|她]是什么[表情|情绪|心情]？",
        "이 얼굴은 [어떤|무슨] 감정을 [나타내나요|보여 주나요]?",
        "[감정|표정|기분]은?",
        "ما [العاطفة|المشاعر] التي يظهرها هذا الوجه؟",
        "ما هو [تعبير الوجه|الشعور]؟",
        "यह चेहरा [कौन सी|क्या] भावना दिखाता है?",
        "चेहरे पर [कौन सा|क्या] भाव है?",
        "Emosi apa yang [terlihat|ditunjukkan] [di wajah ini|wajah ini]?",
        "Bagaimana ekspresi [orang ini|wajahnya]?",
        "Khuôn mặt này thể hiện [cảm xúc gì|cảm xúc nào]?",
        "[Anh ấy|Cô ấy] đang cảm thấy thế nào?",
        "[Emotie|Stemming|Gezichtsuitdrukking]?",
        "[Emocja|Nastrój|Mina]?",
        "[Duygu|Ruh hali|İfade]?",
        "[Känsla|Humör|Ansiktsuttryck]?",
        "[Følelse|Humør|Uttrykk|Udtryk]?",
        "[Tunne|Ilme|Mieliala]?",
        "[Emoce|Výraz|Nálada]?",
        "[Emoție|Expresie|Érzelem|Arckifejezés]?",
        "[Эмоция|Настроение|Выражение лица]?",
        "[Емоція|Настрій|Вираз обличчя]?",
        "[Συναίσθημα|Έκφραση|Διάθεση];",
        "[情绪|表情|心情]？",
        "[المشاعر|التعبير]؟",
        "[भावना|भाव]?",
        "[Emosi|Ekspresi|Cảm xúc|Biểu cảm]?",
    ),
    "au": (
        "Welche [Action Units|AUs] sind [aktiv|gerade aktiv]?",
        "Welche AUs siehst du[ hier|]?",
        "Welche [Muskeln|Gesichtsmuskeln] [bewegen sich|sind aktiv]?",
        "Was bewegt sich im Gesicht?",
        "[Liste|Nenne] [die|alle] AUs[, bitte|].",
        "Quelles [unités d'action|AU] sont actives ?",
        "Quels muscles [bougent|sont actifs] ?",
        "Quels mouvements vois-tu [sur ce visage|] ?",
        "¿Qué [unidades de acción|AUs] están activas?",
        "¿Qué músculos están [activos|en uso]?",
        "¿Qué movimientos hace la cara?",
        "Quali [action unit|unità d'azione|AU] sono attive?",
        "Quali muscoli [si muovono|sono attivi]?",
        "Quais [unidades de ação|AUs] estão ativas?",
        "Que músculos se mexem?",
        "Welke [action units|AU's] zijn actief?",
        "Welke spieren bewegen?",
        "Które jednostki [AU|ruchu] są aktywne?",
        "Które mięśnie twarzy pracują?",
        "Hangi [eylem birimleri|AU'lar] etkin?",
        "Hangi kaslar [hareket ediyor|çalışıyor]?",
        "Vilka [action units|muskler] är aktiva?",
        "Hvilke [muskler|action units] er [aktive|i bruk]?",
        "Hvilke bevægelser ser du i ansigtet?",
        "Mitkä [lihakset|AU:t] ovat aktiivisia?",
        "Které [svaly|akční jednotky] jsou aktivní?",
        "Ce [mușchi|unități de acțiune] sunt [activi|active]?",
        "Mely [izmok|AU-k] aktívak?",
        "Какие [двигательные единицы|AU] активны?",
        "Какие мышцы лица [работают|двигаются]?",
        "Які [рухові одиниці|AU] активні?",
        "Які м'язи обличчя працюють?",
        "Ποιες [μονάδες δράσης|AU] είναι ενεργές;",
        "どの[アクションユニット|AU|筋肉]が[動いて|働いて]いますか？",
        "[哪些|有哪些][动作单元|AU|肌肉][是活跃的|在动]？",
        "어떤 [액션 유닛|AU|근육]이 [활성화되어 있나요|움직이나요]?",
        "ما [وحدات الحركة|عضلات الوجه] النشطة؟",
        "कौन सी [एक्शन यूनिट|AU|मांसपेशियाँ] सक्रिय हैं?",
        "[Unit aksi|AU|Otot] mana yang aktif?",
        "Những [đơn vị hành động|AU|cơ] nào đang hoạt động?",
        "[Muskeln|Bewegungen|Gesichtsmuskeln|AUs], bitte?",
        "[Mouvements|Unités d'action|Muscles du visage] ?",
        "¿[Músculos|Movimientos|Unidades de acción]?",
        "[Muscoli|Movimenti|Spieren|Bewegingen|Músculos]?",
        "[Мышцы|Движения|М'язи|Рухи]?",
        "[筋肉の動きは|肌肉呢|근육은]？",
    ),
    "support": (
        "Warum[ denkst du das| sagst du das|]?",
        "Woran [erkennst|siehst] du das?",
        "Pourquoi[ dis-tu cela|] ?",
        "À quoi le vois-tu ?",
        "¿Por qué[ lo dices|]?",
        "¿En qué lo notas?",
        "Perché[ lo dici|]?",
        "Da cosa lo [vedi|capisci]?",
        "Por quê?",
        "Como [sabes|você sabe]?",
        "Waarom[ denk je dat|]?",
        "Waar zie je dat aan?",
        "Dlaczego[ tak myślisz|]?",
        "[Neden|Niye][ böyle düşünüyorsun|]?",
        "Varför[ tror du det|]?",
        "Hvorfor[ tror du det|]?",
        "Miksi[ luulet niin|]?",
        "Proč[ si to myslíš|]?",
        "De ce[ crezi asta|]?",
        "Miért[ gondolod|]?",
        "Почему[ ты так думаешь|]?",
        "Чому[ ти так думаєш|]?",
        "Γιατί[ το λες αυτό|];",
        "[なぜ|どうして]ですか？",
        "为什么[这么说|]？",
        "왜[ 그렇게 생각해요|요|]?",
        "لماذا[ تقول ذلك|]؟",
        "क्यों?",
        "Kenapa[ begitu|]?",
        "[Tại sao|Vì sao][ vậy|]?",
    ),
    "mouth": (
        "Was macht der Mund?",
        "[Und der|Wie ist der] Mund?",
        "Que fait la bouche ?",
        "¿Qué hace la boca?",
        "Cosa fa la bocca?",
        "O que faz a boca?",
        "Wat doet de mond?",
        "Co robią usta?",
        "Ağız ne yapıyor?",
        "Vad gör munnen?",
        "Hva gjør munnen?",
        "Mitä suu tekee?",
        "Co dělá pusa?",
        "Mit csinál a száj?",
        "Что делает рот?",
        "口はどう動いていますか？",
        "嘴巴[在做什么|怎么样]？",
        "입은 어떤가요?",
        "Bagaimana mulutnya?",
        "[Mund|Lippen|Mundwinkel]?",
        "[Bouche|Lèvres|Et la bouche] ?",
        "¿[Boca|Labios|Y la boca]?",
        "[Bocca|Labbra|Boca|Mond|Usta|Mun|Suu]?",
        "[Рот|Губы|Губи]?",
        "[口は|口元は|嘴呢|입은]？",
    ),
    "brows": (
        "Was machen die [Brauen|Augenbrauen]?",
        "Que font les sourcils ?",
        "¿Qué hacen las cejas?",
        "Cosa fanno le sopracciglia?",
        "E as sobrancelhas?",
        "Wat doen de wenkbrauwen?",
        "Co robią brwi?",
        "Kaşlar ne yapıyor?",
        "Vad gör ögonbrynen?",
        "Mitä kulmakarvat tekevät?",
        "Что с бровями?",
        "眉はどうなっていますか？",
        "眉毛呢？",
        "눈썹은요?",
        "ماذا عن الحاجبين؟",
        "Bagaimana alisnya?",
        "[Brauen|Augenbrauen|Stirn und Brauen]?",
        "[Sourcils|Et les sourcils] ?",
        "¿[Cejas|Y las cejas]?",
        "[Sopracciglia|Sobrancelhas|Wenkbrauwen|Brwi|Ögonbryn]?",
        "[Брови|Что делают брови]?",
    ),
    "eyes": (
        "Was machen die Augen?",
        "Que font les yeux ?",
        "¿Y los ojos?",
        "Cosa fanno gli occhi?",
        "E os olhos?",
        "Wat doen de ogen?",
        "A oczy?",
        "Gözler ne yapıyor?",
        "Vad gör ögonen?",
        "Entä silmät?",
        "Что с глазами?",
        "目はどうですか？",
        "眼睛呢？",
        "눈은 어떤가요?",
        "وماذا عن العينين؟",
        "Bagaimana matanya?",
        "[Augen|Lider|Die Augen]?",
        "[Yeux|Paupières|Et les yeux] ?",
        "¿[Ojos|Párpados]?",
        "[Occhi|Olhos|Ogen|Oczy|Ögon|Silmät]?",
        "[Глаза|Очі|Веки]?",
    ),
} | DEGREES_ASKED
ASKED = joined(_OPEN, WIDE, {"posed": POSED})
"""Open questions: the two tasks, the reasons, parts of the face, how strong, how sure, and the smile."""
_WHETHER = [(template, one.words) for one in SHARED for template in one.whether]
_WHICH = [(template, one.words) for one in SHARED for template in one.which]
_DECLINED = {
    topic: [
        (template, one.declined[topic])
        for one in SHARED
        if topic in one.declined
        for template in (*one.whether, *one.which)
    ]
    for topic in SHARED[0].declined
}
DECLINED = tuple(_DECLINED)
"""The topics to decline that the sentences about emotions are asked of, too."""
MOVEMENTS = joined(MOVEMENTS_ASKED, MOVEMENTS_WIDE)
"""Questions whether a movement is there, by the units that answer them."""


def question(rng: random.Random, kind: str) -> str:
    """An open question of ``kind``, one of :data:`ASKED`."""
    return expand(rng, rng.choice(ASKED[kind]))


def emotion_question(rng: random.Random, emotion: str) -> str:
    """Whether the face shows ``emotion``."""
    if rng.random() < 0.5:
        return expand(rng, rng.choice(EMOTIONS_ASKED[emotion]))
    template, words = rng.choice(_WHETHER)
    return _with_words(rng, template, a=words[EMOTIONS.index(emotion)])


def choice_question(rng: random.Random, first: str, second: str) -> str:
    """Which of two emotions."""
    template, words = rng.choice(_WHICH)
    return _with_words(rng, template, a=words[EMOTIONS.index(first)], b=words[EMOTIONS.index(second)])


def declined_question(rng: random.Random, topic: str) -> str:
    """A question about one of :data:`DECLINED`, in a sentence that asks for emotions as well."""
    template, words = rng.choice(_DECLINED[topic])
    first, second = rng.sample(words.split("|"), 2)
    return _with_words(rng, template, a=first, b=second)


def movement_question(rng: random.Random, codes: tuple[int, ...]) -> str:
    """Whether a movement is there; ``codes`` is one of :data:`MOVEMENTS`."""
    return expand(rng, rng.choice(MOVEMENTS[codes]))


def unit_question(rng: random.Random, code: int) -> str:
    """Whether a unit is active."""
    return expand(rng, rng.choice(UNITS_ASKED), au=f"AU{code}")


def meaning_question(rng: random.Random, code: int) -> str:
    """What a unit is."""
    return expand(rng, rng.choice(UNIT_MEANINGS), au=f"AU{code}")


def _with_words(rng: random.Random, template: str, **words: str) -> str:
    """``template`` with one of each slot's words, the sentence beginning with a capital or as it is typed."""
    question = expand(rng, template, **{slot: expand(rng, choices) for slot, choices in words.items()})
    return question if rng.random() < 0.3 else question[0].upper() + question[1:]


def in_english(rng: random.Random, answer: str) -> str:
    """``answer`` after the remark that it is in English; a list starts on its own line."""
    return sentences(expand(rng, ENGLISH_ONLY)) + ("\n" if "\n" in answer else " ") + answer
