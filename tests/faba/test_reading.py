"""Reading of action units and emotions from sentences."""

from emola.faba import ACTION_UNITS, read_action_units, read_emotion

UNITS = {
    "AU12": [12],
    "AU 12 is active.": [12],
    "au12 and au6": [6, 12],
    "AU06, AU12": [6, 12],
    "AUs 6 and 12 are active.": [6, 12],
    "AU6+12": [6, 12],
    "AU6+AU12": [6, 12],
    "AU 6, 12 and 25.": [6, 12, 25],
    "Action units: 1, 2 and 4": [1, 2, 4],
    "Action unit 4 is on.": [4],
    "6, 12, 25": [6, 12, 25],
    "6 and 12.": [6, 12],
    "12": [12],
    "AU12D + AU25": [12, 25],
    "AU99 is not a unit, AU4 is.": [4],
    "The lip corner puller is at work.": [12],
    "Brow lowerer and chin-raiser.": [4, 17],
    "- AU6 (Cheek Raiser): the cheeks go up.\n- AU12 (Lip Corner Puller): the lip corners go up.": [6, 12],
    "1. AU4 - Brow Lowerer\n2. AU7 - Lid Tightener": [4, 7],
    "No AU9.": [],
    "No, AU4 is not active.": [],
    "AU4 isn't active.": [],
    "AU4 is absent.": [],
    "AU4 stays quiet.": [],
    "AU12 is active without AU6.": [12],
    "AU12, but no AU6.": [12],
    "AU12 is active and AU4 is not.": [12],
    "AU4 is not active, but AU12 is.": [12],
    "AU12 is active, AU4, AU9 and AU15 are not.": [12],
    "AU4, AU9 and AU15 are not active.": [],
    "AU4, the brow lowerer, is not active.": [],
    "I see no AU4, AU9 or AU15.": [],
    "I see no AU4, and AU12 is strong.": [12],
    "Neither AU1 nor AU2 is active.": [],
    "AU1 is active; AU2 is not.": [1],
    "I do not see AU9.": [],
    "I can't find AU9 here, only AU10.": [10],
    "Not active: AU4, AU9.": [],
    "Active: AU6, AU12. Not active: AU4, AU9.": [6, 12],
    "Active:\n- AU6\n- AU12\n\nNot active:\n- AU4\n- AU9": [6, 12],
    "There is no doubt that AU12 is active.": [12],
    "AU12 is not only active, it is strong.": [12],
    "AU12 rather than AU14.": [12],
    "AU12 is active; it is easily confused with AU14.": [12],
    "AU6 would be seen in a felt smile.": [],
    "I would say that AU6 is active.": [6],
    "Happiness usually comes with AU6 and AU12.": [],
    "Is AU12 active?": [],
    "AU12 (80 %), AU25 (20 %)": [12, 25],
    "AU12, 20 % of full strength": [12],
    "AU25 - Lips Part: the lips come apart, the jaw is relaxed.": [25],
    "AU17 - Chin Raiser: the chin is pushed up and its skin dimples.": [17],
    "AU12 shows no activity.": [],
    "No action unit is clearly active.": [],
    "AU4 is perhaps active.": [4],
    "": [],
}


def test_reads_action_units() -> None:
    assert {text: read_action_units(text) for text in UNITS} == UNITS


def test_every_unit_is_read_by_code_and_by_name() -> None:
    for unit in ACTION_UNITS.values():
        assert read_action_units(f"I see {unit.label}.") == [unit.code]
        assert read_action_units(f"The {unit.name.lower()} is active.") == [unit.code]
        assert read_action_units(f"{unit.label} - {unit.name}: {unit.appearance}") == [unit.code]
        assert read_action_units(f"There is no {unit.label} ({unit.name}).") == [], unit


EMOTIONS = {
    "Happiness.": "happiness",
    "The face looks happy.": "happiness",
    "Sad": "sadness",
    "He is angry, not sad.": "anger",
    "This is not anger but fear.": "fear",
    "This looks like surprise rather than fear.": "surprise",
    "Not happy, sad or angry: the face is neutral.": "neutral",
    "There is no clear emotion.": "neutral",
    "No sign of anger or disgust. The overall impression is sadness.": "sadness",
    "A touch of fear, but mainly surprise.": "surprise",
    "It could be fear. The expression shows surprise.": "surprise",
    "The wide eyes suggest fear, and the mouth speaks against surprise.": "fear",
    "Anger usually lowers the brows. This face is disgusted.": "disgust",
    "The smile makes it joyful and the eyes delighted; no fear.": "happiness",
    "Is it fear? The face is surprised.": "surprise",
    "The man looks annoyed.": "anger",
    "An unhappy face.": "sadness",
    "Neither happiness nor surprise; I read disgust.": "disgust",
    "Fear: the eyes are wide open.": "fear",
    "I see a face.": None,
    "I see no anger.": None,
    "": None,
}


def test_reads_emotions() -> None:
    assert {text: read_emotion(text) for text in EMOTIONS} == EMOTIONS
