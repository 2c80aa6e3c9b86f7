"""Reading how certain an answer sounds."""

from emola.bench.readers import certainty

GROUPS = {
    "This face looks clearly happy.": "strong",
    "Sadness, perhaps.": "weak",
    "Perhaps happiness: the lip corners are strongly raised.": "weak",  # certainty outranks strength
    "Happiness: the lip corners are strongly raised.": "strong",
    "Fear, with slightly raised brows and a strongly stretched mouth.": "both",
    "No clear emotion.": "neither",
    "No strong emotion shows.": "neither",
    "I am not sure: anger.": "weak",
    "This is clearly sadness. It could also be fear.": "both",
    "Neutral.": "neither",
}


def test_groups_answers_by_certainty():
    assert {answer: certainty.group(answer) for answer in GROUPS} == GROUPS


def test_counts_every_certainty_word_of_the_corpus():
    """Regression: a certainty word in the training corpus was missing from the lists."""
    from emola.train.nano.corpus.facts import STRENGTHS

    for word in ("clearly", "probably", "perhaps"):
        assert any(certainty.find_words(f"Happy, {word}.", "certainty"))
    for word, side in zip((*STRENGTHS[:2], *STRENGTHS[3:]), (1, 1, 0, 0), strict=True):
        assert certainty.find_words(f"It is {word}.", "strength")[side]
