"""Reading yes or no to a question about a unit."""

from emola.bench.readers.yes_no import says

YES = [
    "Yes.",
    "yes",
    "Yes, AU12 is clearly active.",
    "Yes: the lip corners are raised, so AU12 is clearly active.",
    "AU12 is active and strong.",
    "AU12 (lip corner puller) is probably active.",
    "Perhaps: AU12 is just over the line.",
    "It is close, but I count AU12 as active.",
    "I think so: AU12 is active, but only a trace.",
    "Yes, the lip corner puller is active.",
    "No doubt: AU12 is active.",
    "Not only is AU12 active, it is strong.",
    "It is active.",
    "Is AU12 active? Yes.",
    "Yes, AU12 is active. AU6 is not active.",
    "Certainly, and it is strong.",
]


def test_says_yes():
    assert [answer for answer in YES if says(answer, 12) is not True] == []


NO = [
    "No.",
    "no",
    "No, AU12 is clearly not active.",
    "AU12 is not active.",
    "There is no AU12 here.",
    "No sign of AU12.",
    "No AU12 here.",
    "No, I see no AU12.",
    "I do not think that AU12 is active.",
    "Not quite: AU12 is not active, but it is close.",
    "It is close, but AU12 is not active.",
    "Perhaps a hint, but I count AU12 as not active.",
    "Hardly: AU12 is not active, but it is a close call.",
    "Probably not: the lip corners are not raised, so AU12 is not active.",
    "AU12 is at rest.",
    "The lip corner puller is not active.",
    "It is not visible.",
    "Absent.",
    "No: AU12 is not active. AU6 is active.",
]


def test_says_no():
    assert [answer for answer in NO if says(answer, 12) is not False] == []


NEITHER = [
    "",
    "No landmarks were found, so I cannot read action units.",
    "The landmarks were not found.",
    "The lip corners are pulled up.",
    "Perhaps.",
    "AU1 is active.",  # another unit
    "No, AU12 is active.",
    "Yes, AU12 is not active.",
    "AU12 is active. AU12 is not active.",
    "This face looks happy.",
]


def test_says_neither():
    """Regression: "No landmarks" was read as no, AU1 as AU12, and a contradiction by its first word."""
    assert [answer for answer in NEITHER if says(answer, 12) is not None] == []
