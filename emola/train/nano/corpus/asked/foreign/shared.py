"""Sentences in other languages for an emotion or, with other words, for what a face does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Shared(NamedTuple):
    """Sentences of one language, and what fits into them.

    words: the emotions, in the order of EMOTIONS; whether: asks for ``{a}``; which: for ``{a}`` or ``{b}``;
    declined: by topic, other words for the same places, ``|`` between them, so that no sentence
    tells by itself what to decline.
    """

    words: tuple[str, ...]
    whether: tuple[str, ...]
    which: tuple[str, ...]
    declined: Mapping[str, str] = MappingProxyType({})


SHARED: tuple[Shared, ...] = (
    Shared(
        (
            "[fröhlich|glücklich|gut gelaunt]",
            "[traurig|niedergeschlagen]",
            "[überrascht|erstaunt]",
            "[wütend|verärgert|sauer]",
            "[angewidert|angeekelt]",
            "[ängstlich|verängstigt]",
            "[neutral|ausdruckslos]",
        ),
        (
            "Sieht [er|sie|die Frau|mein Bruder|das Kind] [auf dem Bild|hier|etwa] {a} aus[, oder nicht|]?",
            "Wirkt [die Frau|der Mann|mein Kumpel|die Kleine] {a}[ auf dich| oder täusche ich mich|]?",
            "[er|sie|der junge] guckt [doch |irgendwie |]{a}[, oder| oder seh ich das falsch|]",
            "Ist [das|dieses Gesicht|der Mann auf dem Foto] {a} oder [kommt mir das nur so vor|eher nicht]?",
            "Ich finde, [er|sie] schaut {a} drein. [Stimmt das|Siehst du das auch|Oder]?",
            "Würdest du sagen, dass [er|sie|diese Person] {a} [wirkt|aussieht|schaut]?",
        ),
        (
            "[Ist er eher|Ist sie|Wirkt die Person|Eher|Schaut der Mann] {a} oder {b}?",
            "[er ist|sie ist|das ist] {a} oder [nur |einfach nur |]{b}[, was meinst du|, ich weiß es nicht|]",
        ),
        {
            "health": "krank|betrunken|schwanger|depressiv|auf Drogen|müde vom Fieber",
            "age": "volljährig|minderjährig|älter als vierzig|schon erwachsen",
            "truth": "ehrlich|schuldig|vertrauenswürdig|am Lügen",
            "character": "klug|nett|gefährlich|reich",
            "looks": "hübsch|attraktiv|hässlich",
        },
    ),
    Shared(
        (
            "[content|joyeux|heureux]",
            "[triste|abattu]",
            "[surpris|étonné]",
            "[fâché|en colère|énervé]",
            "[dégoûté|écœuré]",
            "[effrayé|apeuré]",
            "[neutre|sans expression]",
        ),
        (
            "[il est|ce mec est|mon frère est] {a}[ là|] [ou pas|non|ou je me trompe]",
            "Est-ce qu'il [a l'air|paraît|semble|te paraît] {a}[ sur la photo| ici| ou c'est moi|] ?",
            "[Le garçon|Cet homme|Mon ami|Le petit] a-t-il l'air {a} ?",
            "Tu [trouves qu'il a|dirais qu'il a|penses qu'il a] l'air {a}[, toi|] ?",
            "Je [le trouve|trouve cet homme] {a}. [C'est juste|Tu es d'accord|Vrai] ?",
            "On dirait qu'il est {a}, [non|n'est-ce pas|tu confirmes] ?",
        ),
        (
            "[A-t-il l'air|Est-ce qu'il a l'air|Plutôt|Il est] {a} ou [plutôt |]{b} ?",
            "[il est|il a l'air] {a} ou [juste |simplement |]{b}[, j'hésite|, ton avis|]",
        ),
        {
            "health": "malade|ivre|bourré|drogué|déprimé",
            "age": "majeur|mineur|plus vieux que moi",
            "truth": "honnête|coupable|menteur|sincère",
            "character": "intelligent|gentil|dangereux|riche",
            "looks": "beau|moche|séduisant",
        },
    ),
    Shared(
        (
            "[contente|joyeuse|heureuse]",
            "triste",
            "[surprise|étonnée]",
            "[fâchée|en colère|énervée]",
            "dégoûtée",
            "[effrayée|apeurée]",
            "neutre",
        ),
        (
            "Est-ce que [la fille|cette femme|ma sœur] [a l'air|semble|est] {a}[ sur la photo| ici|] ?",
            "[elle est|la dame est|ma mère est] {a}[ là|] [ou pas|non|ou c'est une impression]",
            "[Cette personne|La petite|Cette fille] vous paraît-elle {a} ?",
        ),
        ("[Elle est|A-t-elle l'air|La fille semble] {a} ou {b} ?",),
        {
            "health": "malade|enceinte|ivre|droguée|dépressive",
            "age": "majeure|mineure|plus âgée que moi",
            "truth": "honnête|coupable|menteuse",
            "character": "intelligente|gentille|dangereuse|riche",
            "looks": "belle|jolie|moche",
        },
    ),
    Shared(
        (
            "[alegre|contento|feliz]",
            "triste",
            "[sorprendido|asombrado]",
            "[enfadado|enojado|molesto]",
            "asqueado",
            "[asustado|con miedo]",
            "[neutro|inexpresivo]",
        ),
        (
            "¿[Parece|Se ve|Está|Te parece] {a} [el chico|este hombre|mi hermano|el niño][ de la foto|]?",
            "[él está|el tipo está|se le ve|mi amigo sale] {a}[ aquí|] [o no|verdad|o me equivoco]",
            "¿Dirías que [él|este señor|el muchacho] [está|parece|se ve] {a}?",
            "Yo lo veo {a}. ¿[Tú también|Es así|Estás de acuerdo]?",
        ),
        (
            "¿[Parece|Se ve|Es] [más |]{a} o [más |]{b}?",
            "[está|se le nota] {a} o [solo |más bien |]{b}, [no lo tengo claro|qué crees]",
        ),
        {
            "health": "enfermo|borracho|drogado|deprimido",
            "age": "mayor de edad|mayor de cuarenta|joven para beber",
            "truth": "honesto|culpable|mentiroso|de fiar",
            "character": "listo|buena persona|peligroso|rico",
            "looks": "guapo|feo|atractivo",
        },
    ),
    Shared(
        (
            "[contenta|feliz]",
            "triste",
            "[sorprendida|asombrada]",
            "[enfadada|enojada|molesta]",
            "asqueada",
            "[asustada|con miedo]",
            "[neutra|inexpresiva]",
        ),
        (
            "¿[Parece|Se ve|Está|Te parece] {a} [la chica|esta mujer|mi hermana|la niña][ de la foto|]?",
            "[ella está|la señora está|se la ve|mi madre sale] {a}[ aquí|] [o no|verdad|o me lo parece]",
            "¿Dirías que [ella|la mujer|esta persona] [está|parece|se ve] {a}?",
        ),
        ("¿[Ella parece|Está|La chica se ve] {a} o {b}?",),
        {
            "health": "enferma|embarazada|borracha|drogada",
            "age": "mayor de edad|menor de edad|mayor de treinta",
            "truth": "honesta|culpable|mentirosa",
            "character": "lista|buena persona|peligrosa|rica",
            "looks": "guapa|fea|atractiva",
        },
    ),
    Shared(
        (
            "[felice|contento|allegro]",
            "triste",
            "[sorpreso|stupito]",
            "arrabbiato",
            "[disgustato|schifato]",
            "[spaventato|impaurito]",
            "[neutro|inespressivo]",
        ),
        (
            "[Ti sembra|Sembra|Ha l'aria|Pare] {a} [il ragazzo|quest'uomo|mio fratello][ nella foto|]?",
            "[lui è|quello è|il bambino è] {a}[ qui|] [o no|vero|o sbaglio]",
            "Diresti che [lui|quest'uomo] è {a}?",
            "A me pare {a}. [Confermi|È così|Anche a te]?",
        ),
        (
            "[Sembra|È più|Direbbe|Lui è] {a} o {b}?",
            "[è|sembra] {a} oppure [solo |]{b}[, non capisco|]",
        ),
        {
            "health": "malato|ubriaco|drogato|depresso",
            "age": "maggiorenne|minorenne|più vecchio di me",
            "truth": "onesto|colpevole|bugiardo|affidabile",
            "character": "intelligente|simpatico|pericoloso|ricco",
            "looks": "bello|brutto|attraente",
        },
    ),
    Shared(
        ("contenta", "triste", "[sorpresa|stupita]", "arrabbiata", "disgustata", "spaventata", "neutra"),
        (
            "[Ti sembra|Sembra|Ha l'aria|Pare] {a} [la ragazza|questa donna|mia sorella][ nella foto|]?",
            "[lei è|la signora è|la bimba è] {a}[ qui|] [o no|vero|o mi sbaglio]",
        ),
        ("[Lei è|La donna sembra] {a} o {b}?",),
        {
            "health": "malata|incinta|ubriaca|drogata|depressa",
            "age": "maggiorenne|minorenne|più vecchia di me",
            "truth": "onesta|colpevole|bugiarda",
            "character": "intelligente|simpatica|pericolosa|ricca",
            "looks": "bella|brutta|carina",
        },
    ),
    Shared(
        (
            "[feliz|contente|alegre]",
            "triste",
            "[surpreso|espantado]",
            "[zangado|bravo|irritado]",
            "enojado",
            "[assustado|com medo]",
            "[neutro|sem expressão]",
        ),
        (
            "[Parece que|Você acha que|Achas que] [ele|o homem|esse rapaz|a pessoa] está {a}?",
            "[ele ta|o cara está|meu irmão parece] {a}[ aqui|] [ou não|né|ou é impressão minha]",
            "[O rapaz|O menino|Este senhor] [parece|está|tem ar de] {a}[ na foto|]?",
            "Para mim ele está {a}. [Confere|Concorda|É isso]?",
        ),
        (
            "[Ele parece|Parece mais|Está|Ele está] {a} ou {b}?",
            "[ele ta|tá] {a} ou [só |]{b}[, não sei dizer|]",
        ),
        {
            "health": "doente|bêbado|drogado|deprimido",
            "age": "maior de idade|menor de idade|mais velho que eu",
            "truth": "honesto|culpado|mentiroso",
            "character": "inteligente|simpático|perigoso|rico",
            "looks": "bonito|feio|atraente",
        },
    ),
    Shared(
        (
            "[alegria|felicidade]",
            "tristeza",
            "surpresa",
            "[raiva|irritação]",
            "nojo",
            "medo",
            "neutralidade",
        ),
        (
            "[Isso é|É|Dá para ver|Ele mostra|Ela mostra] {a}[ no rosto| aqui|]?",
            "O rosto [mostra|expressa|transmite] {a}[ ou não|]?",
        ),
        ("{a} ou {b}?", "[isso é|será] {a} ou {b}"),
    ),
    Shared(
        (
            "[alegría|felicidad]",
            "tristeza",
            "sorpresa",
            "[enfado|ira|rabia]",
            "asco",
            "miedo",
            "neutralidad",
        ),
        ("¿[Es|Hay|Se nota|Ves] {a} en [la cara|su rostro|ese gesto]?", "eso es {a}[ o no|, verdad|]"),
        ("¿{a} o {b}?", "[eso es|será] {a} o {b}"),
    ),
    Shared(
        ("Freude", "Trauer", "[Überraschung|Erstaunen]", "[Wut|Zorn|Ärger]", "Ekel", "Angst", "Neutralität"),
        (
            "[Ist das|Siehst du da|Zeigt das Gesicht|Zeigt er|Zeigt sie] {a}?",
            "[das ist doch|ist das] {a}[ in dem gesicht|], oder",
        ),
        ("{a} oder {b}?", "[ist das|zeigt das gesicht] eher {a} oder {b}"),
    ),
    Shared(
        (
            "de la joie",
            "de la tristesse",
            "de la surprise",
            "de la colère",
            "du dégoût",
            "de la peur",
            "un air neutre",
        ),
        (
            "[Est-ce|C'est|Vois-tu] {a}[ sur ce visage| là|] ?",
            "[c est|on voit] {a} [ou pas|là dessus]",
        ),
        ("{a} ou {b} ?", "[c'est|on lit] {a} ou plutôt {b}"),
    ),
    Shared(
        (
            "[blij|vrolijk]",
            "[verdrietig|treurig]",
            "verrast",
            "[boos|kwaad]",
            "[vol walging|vies]",
            "[bang|angstig]",
            "neutraal",
        ),
        (
            "Kijkt [hij|zij|de vrouw|die jongen|mijn zus] {a}[ op de foto| hier| of niet|]?",
            "Ziet [hij|ze|de man|het meisje] er {a} uit[, of lijkt dat maar zo|]?",
            "[hij|zij|die man] is {a} [toch|of niet|of zie ik dat verkeerd]",
            "Zou je zeggen dat [hij|ze|deze persoon] {a} kijkt?",
        ),
        (
            "[Kijkt hij|Lijkt zij|Is deze persoon|Is ze] {a} of {b}?",
            "[hij is|zij is] {a} of [gewoon |]{b}[, ik twijfel|]",
        ),
        {
            "health": "ziek|dronken|zwanger|depressief|stoned",
            "age": "meerderjarig|minderjarig|ouder dan veertig",
            "truth": "eerlijk|schuldig|te vertrouwen",
            "character": "slim|aardig|gevaarlijk|rijk",
            "looks": "knap|lelijk|aantrekkelijk",
        },
    ),
    Shared(
        (
            "[wesoły|szczęśliwy]",
            "smutny",
            "[zdziwiony|zaskoczony]",
            "zły",
            "zniesmaczony",
            "przestraszony",
            "obojętny",
        ),
        (
            "Czy [on|ten facet|mój brat|chłopak na zdjęciu] [wygląda na to, że jest|jest|wydaje się] {a}?",
            "[on jest|ten gość jest] {a}[ tutaj|] [czy nie|prawda|czy mi się wydaje]",
            "Powiedziałbyś, że [on|ten mężczyzna] jest {a}?",
        ),
        ("[Jaki jest: |On jest |]{a} czy {b}?",),
        {
            "health": "chory|pijany|naćpany",
            "age": "pełnoletni|nieletni|starszy ode mnie",
            "truth": "uczciwy|winny|kłamcą",
            "character": "mądry|miły|groźny|bogaty",
            "looks": "przystojny|brzydki",
        },
    ),
    Shared(
        (
            "[wesoła|szczęśliwa]",
            "smutna",
            "[zdziwiona|zaskoczona]",
            "zła",
            "zniesmaczona",
            "przestraszona",
            "obojętna",
        ),
        (
            "Czy [ona|ta pani|moja siostra|dziewczyna na zdjęciu] [jest|wydaje się] {a}?",
            "[ona jest|ta kobieta jest] {a}[ tutaj|] [czy nie|prawda|czy mi się wydaje]",
        ),
        ("[Ona jest |Czy jest |]{a} czy {b}?",),
        {
            "health": "chora|w ciąży|pijana|naćpana",
            "age": "pełnoletnia|nieletnia",
            "truth": "uczciwa|winna",
            "character": "mądra|miła|bogata",
            "looks": "ładna|brzydka",
        },
    ),
    Shared(
        (
            "glad",
            "[ledsen|sorgsen]",
            "[förvånad|överraskad]",
            "arg",
            "äcklad",
            "rädd",
            "[neutral|uttryckslös]",
        ),
        (
            "Ser [han|hon|tjejen|killen|min bror] {a} ut[ på bilden| här|]?",
            "[han|hon|mannen] är {a} [eller|va|eller inbillar jag mig]",
            "Skulle du säga att [han|hon|personen] [är|ser ut att vara] {a}?",
        ),
        ("[Är han|Är hon|Verkar personen] {a} eller {b}?",),
        {
            "health": "sjuk|full|gravid|påtänd|deprimerad",
            "age": "myndig|minderårig|äldre än fyrtio",
            "truth": "ärlig|skyldig|pålitlig",
            "character": "smart|snäll|farlig|rik",
            "looks": "snygg|ful",
        },
    ),
    Shared(
        ("glad", "trist", "[overrasket|forbauset]", "[sint|vred]", "frastøtt", "redd", "nøytral"),
        (
            "Ser [han|hun|jenta|pigen|gutten|drengen] {a} ut[ på bildet| her|]?",
            "[han|hun] er {a} [eller|ikke sant|eller tager jeg fejl]",
        ),
        ("[Er han|Er hun|Virker personen] {a} eller {b}?",),
        {
            "health": "syk|syg|full|gravid|deprimert",
            "age": "myndig|mindreårig|over atten",
            "truth": "ærlig|skyldig",
            "character": "smart|snill|farlig|rik",
            "looks": "pen|stygg",
        },
    ),
    Shared(
        ("iloinen", "surullinen", "yllättynyt", "vihainen", "inhoava", "pelokas", "ilmeetön"),
        (
            "Onko [hän|tämä nainen|tuo mies|siskoni] {a}[ kuvassa|]?",
            "[hän on|mies on] {a} [vai mitä|eikö|vai erehdynkö]",
            "Näyttääkö ilme siltä, että hän on {a}?",
        ),
        ("Onko hän {a} vai {b}?",),
        {
            "health": "sairas|humalassa|raskaana|masentunut",
            "age": "täysi-ikäinen|alaikäinen",
            "truth": "rehellinen|syyllinen",
            "character": "älykäs|kiltti|vaarallinen",
            "looks": "kaunis|komea|ruma",
        },
    ),
    Shared(
        ("veselý", "smutný", "překvapený", "naštvaný", "znechucený", "vyděšený", "neutrální"),
        (
            "[Vypadá|Je|Tváří se] [ten muž|on|brácha] [jako |]{a}[ na fotce|]?",
            "[on je|ten kluk je] {a} [že jo|nebo ne|nebo se pletu]",
        ),
        ("Je [spíš |]{a}, nebo {b}?",),
        {
            "health": "nemocný|opilý|zfetovaný",
            "age": "plnoletý|starší než já",
            "truth": "upřímný|vinný",
            "character": "chytrý|hodný|nebezpečný",
            "looks": "hezký|ošklivý",
        },
    ),
    Shared(
        ("fericit", "trist", "surprins", "furios", "dezgustat", "speriat", "neutru"),
        ("[Pare|Este|Arată] {a} [el|bărbatul|băiatul din poză]?", "el e {a} [nu|sau nu|sau mi se pare]"),
        ("[E|Este|Pare] {a} sau {b}?",),
        {
            "health": "bolnav|beat|drogat|deprimat",
            "age": "major|minor|mai bătrân ca mine",
            "truth": "sincer|vinovat",
            "character": "deștept|periculos|bogat",
            "looks": "frumos|urât",
        },
    ),
    Shared(
        ("boldog", "szomorú", "meglepett", "[mérges|dühös]", "undorodó", "ijedt", "közömbös"),
        ("[Ő|A férfi|A nő|A húgom] {a}[ a képen|][ vagy nem|]?", "szerinted [ő|ez az ember] {a}"),
        ("[Inkább |]{a} vagy {b}?",),
        {
            "health": "beteg|részeg|terhes|depressziós",
            "age": "nagykorú|kiskorú",
            "truth": "őszinte|bűnös",
            "character": "okos|kedves|veszélyes",
            "looks": "szép|csúnya",
        },
    ),
    Shared(
        (
            "[весёлый|счастливый|довольный]",
            "[грустный|печальный]",
            "[удивлённый|изумлённый]",
            "[злой|сердитый]",
            "брезгливый",
            "[испуганный|напуганный]",
            "[нейтральный|равнодушный]",
        ),
        (
            "[Он|Этот парень|Мой брат|Мужчина на фото] [выглядит как|кажется|тут] {a}?",
            "[он|мужик|парень] [тут |здесь |]{a} [или нет|да|или мне кажется]",
            "Можно сказать, что он {a}?",
            "По-моему, он {a}. [Верно|Так ли это|Ты согласен]?",
        ),
        (
            "[Он|Человек|Лицо какое:] {a} или {b}?",
            "он {a} или [просто |]{b}[, не могу понять|, как думаешь|]",
        ),
        {
            "health": "больной|пьяный|под наркотиками|простуженный",
            "age": "совершеннолетний|старше сорока|несовершеннолетний",
            "truth": "честный|виновный|лживый",
            "character": "умный|добрый|опасный|богатый",
            "looks": "красивый|страшный",
        },
    ),
    Shared(
        (
            "[весёлая|счастливая|довольная]",
            "грустная",
            "удивлённая",
            "[злая|сердитая]",
            "брезгливая",
            "испуганная",
            "равнодушная",
        ),
        (
            "[Она|Эта девушка|Моя сестра|Женщина на фото] [кажется|тут|здесь] {a}?",
            "[она|девушка] [тут |]{a} [или нет|да|или мне кажется]",
        ),
        ("Она {a} или [просто |]{b}?",),
        {
            "health": "больная|беременная|пьяная",
            "age": "совершеннолетняя|старше тридцати",
            "truth": "честная|виноватая",
            "character": "умная|добрая|богатая",
            "looks": "красивая|симпатичная",
        },
    ),
    Shared(
        ("веселий", "сумний", "здивований", "[злий|сердитий]", "гидливий", "наляканий", "байдужий"),
        (
            "[Він|Цей хлопець|Чоловік на фото] [здається|тут|виглядає як] {a}?",
            "він {a} [чи ні|так|чи мені здається]",
        ),
        ("Він {a} чи [просто |]{b}?",),
        {
            "health": "хворий|п'яний|під наркотиками",
            "age": "повнолітній|старший за мене",
            "truth": "чесний|винний",
            "character": "розумний|добрий|небезпечний",
            "looks": "гарний|негарний",
        },
    ),
    Shared(
        ("χαρούμενος", "λυπημένος", "έκπληκτος", "θυμωμένος", "αηδιασμένος", "φοβισμένος", "ουδέτερος"),
        ("[Φαίνεται|Είναι|Δείχνει] {a}[ στη φωτογραφία| εδώ|];", "είναι {a} [ή όχι|έτσι δεν είναι]"),
        ("[Είναι|Φαίνεται] {a} ή {b};",),
        {
            "health": "άρρωστος|μεθυσμένος",
            "age": "ενήλικος|ανήλικος",
            "truth": "ειλικρινής|ένοχος",
            "character": "έξυπνος|επικίνδυνος",
            "looks": "όμορφος|άσχημος",
        },
    ),
    Shared(
        ("mutlu", "üzgün", "şaşkın", "[kızgın|öfkeli]", "tiksinmiş", "korkmuş", "ifadesiz"),
        (
            "[Bu adam|Kadın|Kardeşim|Çocuk|O] [fotoğrafta |burada |]{a} mı görünüyor?",
            "[bu adam|kız] {a} [mı sence|değil mi|yoksa bana mı öyle geliyor]",
        ),
        ("{a} mı, {b} mı?", "[Sence |]{a} mı yoksa {b} mı?"),
        {
            "health": "hasta|sarhoş|hamile|depresyonda",
            "age": "reşit|kırkından büyük",
            "truth": "dürüst|suçlu|yalancı",
            "character": "zeki|iyi kalpli|tehlikeli",
            "looks": "güzel|yakışıklı|çirkin",
        },
    ),
    Shared(
        (
            "[高兴|开心]",
            "[难过|伤心]",
            "[惊讶|吃惊]",
            "[生气|愤怒]",
            "[厌恶|嫌弃]",
            "[害怕|恐惧]",
            "[面无表情|平静]",
        ),
        (
            "[他|她|这个人|照片里的人|我妹妹][看起来|是不是|显得]{a}[吗|]？",
            "[他|她|这人]{a}[吧|对吗|还是我看错了]",
            "你觉得[他|她|这个孩子]{a}吗",
        ),
        ("[他|她|这个人]是{a}还是{b}？", "[到底|你觉得]是{a}还是[只是|]{b}"),
        {
            "health": "生病了|喝醉了|怀孕了|抑郁",
            "age": "成年了|未成年|超过四十岁",
            "truth": "诚实|有罪|在撒谎",
            "character": "聪明|善良|危险|有钱",
            "looks": "漂亮|帅|丑",
        },
    ),
    Shared(
        ("喜び", "悲しみ", "驚き", "怒り", "嫌悪", "恐れ", "無表情"),
        (
            "[これは|この顔は|この表情は]{a}ですか？",
            "{a}[を示していますか|が見えますか|の表情ですよね]？",
            "[{a}かな|{a}だよね]",
        ),
        ("{a}ですか、それとも{b}ですか？", "{a}か{b}か[、どっち|どちらでしょう]？"),
        {
            "health": "病気|妊娠|酔い|うつ病",
            "age": "未成年|成人|四十代",
            "truth": "嘘|有罪|正直",
            "character": "善人|金持ち|独身",
            "looks": "美人|イケメン",
        },
    ),
    Shared(
        ("嬉しそう", "悲しそう", "驚いた様子", "怒った様子", "嫌そう", "怖そう", "平静"),
        ("[彼は|彼女は|この人は|妹は|写真の男性は|]{a}[ですか|に見えますか|だよね|じゃない]？",),
        ("{a}ですか、それとも{b}ですか？", "{a}、{b}、[どっち|どちらに見えますか]？"),
        {
            "health": "病気|酔っている様子|妊娠中|具合が悪そう",
            "age": "未成年|大人|四十代",
            "truth": "嘘つき|正直|無実",
            "character": "頭がよさそう|お金持ち|優しい人",
            "looks": "美人|かわいい",
        },
    ),
    Shared(
        ("기뻐", "슬퍼", "놀라", "화나", "역겨워", "무서워", "무덤덤해"),
        (
            "[이 사람|그녀가|그가|제 동생] [지금 |사진에서 |]{a} 보이나요?",
            "[얘|이 남자] {a} 보이지 않아요?",
            "{a} 하는 건가요[, 아닌가요|]?",
        ),
        ("{a} 보이나요, {b} 보이나요?",),
        {
            "health": "아파|취해|임신해",
            "age": "미성년자로|나이 들어|어려",
            "truth": "솔직해|거짓말하는 것처럼|죄가 있어",
            "character": "똑똑해|착해|부자로",
            "looks": "예뻐|잘생겨|못생겨",
        },
    ),
    Shared(
        ("سعيدا", "حزينا", "متفاجئا", "غاضبا", "مشمئزا", "خائفا", "محايدا"),
        ("هل يبدو [الرجل|هذا الشخص|أخي] {a}[ في الصورة|]؟", "يبدو {a} [أليس كذلك|أم لا]"),
        ("هل يبدو {a} أم {b}؟",),
        {
            "health": "مريضا|سكرانا|مكتئبا",
            "age": "بالغا|قاصرا|أكبر من أربعين",
            "truth": "صادقا|مذنبا|كاذبا",
            "character": "ذكيا|طيبا|خطيرا",
            "looks": "وسيما|قبيحا",
        },
    ),
    Shared(
        ("खुश", "[उदास|दुखी]", "हैरान", "[गुस्से में|नाराज़]", "घृणा में", "[डरा हुआ|डरी हुई]", "भावहीन"),
        (
            "क्या [यह आदमी|यह औरत|मेरा भाई|बच्चा] {a} [लग रहा है|दिख रहा है|है]?",
            "[ये|वह] {a} है [ना|या नहीं]",
        ),
        ("[वह |यह |]{a} है या {b}?",),
        {
            "health": "बीमार|नशे में|गर्भवती",
            "age": "नाबालिग|बालिग|चालीस से ऊपर",
            "truth": "ईमानदार|झूठा|दोषी",
            "character": "होशियार|अमीर|खतरनाक",
            "looks": "सुंदर|बदसूरत",
        },
    ),
    Shared(
        ("[senang|bahagia]", "sedih", "[terkejut|kaget]", "marah", "jijik", "takut", "datar"),
        (
            "Apakah [pria ini|wanita ini|adik saya|orang di foto] [terlihat|tampak] {a}?",
            "[dia|orangnya] {a} [ya|nggak|atau cuma perasaan saya]",
        ),
        ("[Dia |Orang ini |]{a} atau {b}?",),
        {
            "health": "sakit|mabuk|hamil|depresi",
            "age": "sudah dewasa|di bawah umur",
            "truth": "jujur|bersalah|bohong",
            "character": "pintar|baik|berbahaya|kaya",
            "looks": "cantik|ganteng|jelek",
        },
    ),
    Shared(
        ("vui", "buồn", "ngạc nhiên", "[tức giận|giận]", "ghê tởm", "sợ", "bình thường"),
        (
            "[Anh ta|Cô gái|Người này|Em tôi] trông có {a} không?",
            "[anh này|chị ấy] {a} [đúng không|phải không]",
        ),
        ("[Anh ấy|Cô ấy|Trông] {a} hay {b}?",),
        {
            "health": "bị bệnh|say rượu|mang thai",
            "age": "đủ tuổi|dưới 18 tuổi",
            "truth": "trung thực|có tội|nói dối",
            "character": "thông minh|tốt bụng|giàu",
            "looks": "đẹp|xấu",
        },
    ),
    Shared(
        ("ดีใจ", "เศร้า", "ตกใจ", "โกรธ", "รังเกียจ", "กลัว", "เฉย ๆ"),
        ("[เขา|เธอ|คนนี้][ดู|กำลัง]{a}[ไหม|หรือเปล่า|ใช่ไหม]",),
        ("[เขา|เธอ]{a}หรือ{b}",),
        {
            "health": "ป่วย|เมา|ท้อง",
            "age": "บรรลุนิติภาวะ|อายุมาก",
            "truth": "ซื่อสัตย์|โกหก|ผิด",
            "character": "ฉลาด|ใจดี|รวย",
            "looks": "สวย|หล่อ",
        },
    ),
    Shared(
        ("[خوشحال|شاد]", "غمگین", "متعجب", "عصبانی", "منزجر", "ترسیده", "بی‌حالت"),
        ("آیا [این مرد|این زن|او] {a} [است|به نظر می‌رسد]؟",),
        ("او {a} است یا {b}؟",),
        {
            "health": "بیمار|مست|باردار",
            "age": "بالغ|زیر هجده سال",
            "truth": "صادق|گناهکار|دروغگو",
            "character": "باهوش|مهربان|خطرناک",
            "looks": "زیبا|زشت",
        },
    ),
    Shared(
        ("שמח", "עצוב", "מופתע", "כועס", "נגעל", "מפוחד", "אדיש"),
        ("האם [הוא|האיש|אח שלי] [נראה |]{a}?", "הוא {a}, [נכון|או שלא]"),
        ("הוא {a} או {b}?",),
        {
            "health": "חולה|שיכור|מסומם",
            "age": "בגיר|קטין|מבוגר ממני",
            "truth": "כן|אשם|שקרן",
            "character": "חכם|נחמד|מסוכן",
            "looks": "יפה|מכוער",
        },
    ),
)
"""By language, and by gender where its words differ."""
