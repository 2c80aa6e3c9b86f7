"""Reading the form of an answer."""

from emola.bench.readers import form

REPETITIVE = [
    "happy happy happy happy happy happy",
    "The brows are raised and the brows are raised and the brows are raised and",
    "AU1 is active. The lips are pressed together. The lips are pressed together.",
    "AU12 - Lip Corner Puller: up.\nAU25 - Lips Part: open.\nAU12 - Lip Corner Puller: up.",
    " ".join("AU4 is at level D, but I am not sure about it: the " + part for part in "xyz"),
    " ".join(f"AU4 is at level D, but I am not sure about it: the {part}." for part in "xyz"),
    "A " + " so a ".join(f"{n} the corners of the mouth are pulled up here" for n in "xyz"),
]


def test_repeats():
    assert [text for text in REPETITIVE if not form.repeats(text)] == []


PARTS = {4: "brows are drawn together", 9: "nose is wrinkled", 15: "lip corners are pulled down", 17: "chin"}
VARIED = [
    "No, no, no.",
    "AU1, AU2, AU4, AU5, AU6 and AU7.",
    "AU1 (inner brow raiser) is slight, AU2 (outer brow raiser) is slight and AU4 is slight.",
    "Yes. AU12 is active. Yes. AU12 is active.",  # three words, twice
    "The brows are raised and the lids are raised, so the face looks surprised.",
    "\n".join(f"- AU{n} is at level D, but I am not sure about it: the {part}" for n, part in PARTS.items()),
    " ".join(f"AU{n} is at level D, but I am not sure about it: the {part}." for n, part in PARTS.items()),
    "",
]


def test_does_not_repeat():
    assert [text for text in VARIED if form.repeats(text)] == []


FINISHED = {
    "The face looks happy.": True,
    'It is "happy."': True,
    "AU6 - Cheek Raiser\nAU12 - Lip Corner Puller": True,
    "AU6 (Cheek Raiser)\nAU12 (Lip Corner Puller)": True,
    "AU6 - Cheek Raiser\nAU12 - Lip Corner": False,
    "AU6 - Cheek Raiser\nAU12": False,
    "- AU6 (cheek raiser) is at level E: the cheeks are very strongly raised": True,
    "- AU6 (cheek raiser) is at level E: the cheeks are very strongly": False,
    "The face looks": False,
    "": False,
}


def test_is_finished():
    """A list of units may end in a complete unit name or movement instead of a full stop."""
    assert {text: form.is_finished(text) for text in FINISHED} == FINISHED


def test_openings_ignore_case_and_punctuation():
    texts = ["This face looks happy: the", "this face looks happy, the lips", "Neutral."]
    assert form.openings(texts) == [("this face looks happy the", 2), ("neutral", 1)]
    assert form.is_empty(" ...\n") and not form.is_empty("25")
