"""The trust questions: their faces, texts and histories."""

from trust_fakes import subject

from emola.bench.trust.questions import (
    AFTER_EMOTION,
    FIRST,
    Phrasing,
    confirmation_questions,
    definition_follow_ups,
    first_question,
    single_unit_questions,
    spread,
    why_questions,
)
from emola.faba import ACTION_UNITS


def histories(subjects, text="Happy."):
    return [((f"{subject.id}?", text),) for subject in subjects]


def test_first_questions_depend_only_on_seed_and_face():
    subjects = [subject(str(number)) for number in range(40)]
    texts = [first_question("emotion", face, 0).text for face in subjects]
    assert texts == [first_question("emotion", face, 0).text for face in reversed(subjects)][::-1]
    assert len(set(texts)) > 10
    assert texts != [first_question("emotion", face, 1).text for face in subjects]


def test_phrasings_are_spread_over_faces_with_landmarks():
    subjects = [subject("a"), subject("blind", found=False), subject("b"), subject("c")]
    phrasings = [Phrasing("age", f"{number}?") for number in range(4)]
    turns = spread("declined", phrasings, subjects, histories(subjects))
    assert [question.subject.id for question in turns[FIRST]] == ["a", "b", "c", "a"]
    assert [question.subject.id for question in turns[AFTER_EMOTION]] == ["b", "c", "a", "b"]
    assert [question.history[0][0] for question in turns[AFTER_EMOTION]] == ["b?", "c?", "a?", "b?"]
    assert not any(question.history for question in turns[FIRST])
    without_landmarks = spread("declined", phrasings[:1], subjects[1:2], histories(subjects)[1:2])
    assert [question.subject.id for question in without_landmarks[FIRST]] == ["blind"]  # the only face


def test_single_units_are_balanced():
    """Asks about as many inactive as active units, at least one; faces without evidence are excluded."""
    subjects = [subject("a", active=(1, 2, 25)), subject("blind", found=False), subject("calm")]
    emotions = histories(subjects)
    turns = single_unit_questions(subjects, emotions, 0)
    assert list(turns) == [FIRST, AFTER_EMOTION]
    for turn, questions in turns.items():
        codes = [code for question, code in questions if question.subject.id == "a"]
        assert len(codes) == 6 and {1, 2, 25} <= set(codes)
        assert [question.subject.id for question, _ in questions].count("calm") == 1 and len(questions) == 7
        assert all(f"AU{code} " in question.text for question, code in questions)
        expected = {()} if turn == FIRST else {emotions[0], emotions[2]}
        assert {question.history for question, _ in questions} == expected
    assert [code for _, code in turns[FIRST]] == [code for _, code in turns[AFTER_EMOTION]]


def test_asks_about_the_named_emotion_and_another():
    subjects = [subject("a"), subject("b"), subject("mute")]
    emotions = [(("Mood?", text),) for text in ("Happy.", "The face looks sad.", "Hm.")]
    turns = confirmation_questions(subjects, emotions, 0)
    assert [len(questions) for questions in turns.values()] == [4, 4]
    for turn, questions in turns.items():
        assert [emotion for _, emotion in questions][::2] == ["happiness", "sadness"]  # the named ones
        expected = {()} if turn == FIRST else set(emotions[:2])
        assert {question.history for question, _ in questions} == expected
        assert "happy" in questions[0][0].text
    assert [question.text for question, _ in turns[FIRST]] == [
        question.text for question, _ in turns[AFTER_EMOTION]
    ]


def test_why_follows_each_history():
    subjects = [subject("a"), subject("b")]
    questions = why_questions("emotion", "emotion", subjects, histories(subjects))
    assert [(question.text, question.history) for question in questions] == [
        ("Why?", history) for history in histories(subjects)
    ]


def test_definitions_cover_every_unit_and_alternate_faces():
    questions = definition_follow_ups([subject("a"), subject("b")])
    assert len({question.id for question in questions.values()}) == 3 * len(ACTION_UNITS)
    assert {question.subject.id for question in questions.values()} == {"a", "b"}
