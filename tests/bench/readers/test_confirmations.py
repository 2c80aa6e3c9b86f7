"""Reading yes or no to an emotion."""

from emola.bench.readers.confirmations import confirms

CONFIRMS_FEAR = {
    "Yes.": True,
    "Yes, the face looks afraid.": True,
    "Afraid, I would say.": True,
    "No.": False,
    "No, rather sad.": False,
    "No, I see sadness, not fear.": False,
    "I do not think so: the face looks sad.": False,
    "The face looks sad.": False,
    "Yes, the face looks sad.": None,
    "No, the face looks afraid.": None,
    "Hm.": None,
    "": None,
}


def test_confirms():
    assert {answer: confirms(answer, "fear") for answer in CONFIRMS_FEAR} == CONFIRMS_FEAR
