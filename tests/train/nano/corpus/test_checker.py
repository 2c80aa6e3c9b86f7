"""The checker of written exchanges: what it rejects, and true answers that it must leave alone."""

import pytest

from emola.train.nano.corpus.checker import check_paths


@pytest.fixture
def check(tmp_path):
    """Return a function that checks a block and returns its problems, without warnings."""

    def run(needs, answer, kind="support", question="What do you see?"):
        file = tmp_path / "block.txt"
        file.write_text(f"## {kind}\nneeds: {needs}\nQ: {question}\nA: {answer}\n", "utf-8")
        return [problem.text for problem in check_paths([file]) if not problem.warning]

    return run


TRUE = [
    (
        "AU6, AU12; happiness clear",
        "The cheeks are raised and the lip corners are pulled up. It looks clearly happy.",
    ),
    ("AU6 C", "The cheeks are raised (AU6), at level C."),
    ("AU6 D-E", "The cheeks are strongly raised."),
    ("AU12 A-B", "The lip corners are slightly pulled up, a little higher on both sides."),
    ("not AU4, AU9", "The brows are not lowered, and the nose is smooth: AU4 and AU9 are not active."),
    ("not AU1, AU2, AU4", "The brows are level."),
    ("AU4; not AU7, AU23", "The brows are lowered, but the lids are not tightened and AU23 is absent."),
    ("not AU25, AU26, AU27", "The mouth is closed."),
    ("AU25", "The mouth is open."),
    ("AU6; not AU7", "AU7 would narrow the eyes, and I see nothing of the kind. The cheeks are raised."),
    ("AU6", "If the lip corners were pulled up as well, it would be a smile."),
    ("not AU6", "AU6 is the second sign of happiness, and AU12 usually comes with it."),
    ("AU10; disgust", "AU9 is the best sign of disgust. The upper lip is raised, so I read disgust."),
    ("hidden mouth", "The mouth is hidden, so AU12 and AU25 stay open."),
    ("no landmarks", "I found no landmarks, so I cannot say whether AU6 is active."),
    ("AU7 unsure", "I am not sure about AU7. The lids are probably tightened."),
    ("AU12 left", "The lip corners are pulled up, and the smile is stronger on their left."),
    ("surprise likely; then fear", "Surprise is likely. Fear is the second candidate."),
    ("anger", "Sadness would need lowered lip corners. The face looks angry."),
    ("only", "Nothing else is active."),
    ("AU4 C; only", "There is no other unit."),
    ("not AU4, AU1, AU2, AU9", "The brows and the nose are at rest."),
    ("AU6 C sure", "The cheeks are raised. It is at level C, and I read it clearly."),
    ("AU12; not AU6; surprise", "The raised lip corners would have to relax."),
    ("AU4", "Neither the cheeks nor the nose would have to move."),
    ("hidden eyes", "The eyes are hidden, so nobody can say whether they are narrowed."),
]


def test_accepts_what_follows(check):
    assert [(answer, found) for needs, answer in TRUE if (found := check(needs, answer))] == []


FALSE = [
    ("AU6", "The lip corners are pulled up.", "AU12 is active; by the needs it is unknown"),
    ("not AU12", "AU12 pulls the lip corners up.", "AU12 is active; by the needs it is inactive"),
    ("AU6", "Cheek Raiser and Lip Corner Puller are active.", "'Lip Corner Puller'"),
    ("AU12", "There are no raised lip corners.", "AU12 is inactive; by the needs it is active"),
    ("AU4", "AU9 is not active.", "AU9 is inactive; by the needs it is unknown"),
    ("AU4", "The mouth is closed.", "AU25 and AU26 and AU27 is inactive"),
    ("AU4", "The eyes are open and at rest.", "AU43 is inactive"),
    ("AU1", "The brows are raised.", "AU2 is active"),
    ("hidden mouth", "The lips are parted.", "by the needs it is hidden"),
    ("AU6 B-C", "The cheeks are strongly raised.", "means level D or E of AU6; the needs allow B to C"),
    ("AU6", "AU6 is at level C.", "means level C of AU6; the needs allow A to E"),
    ("AU12", "The smile is stronger on the left.", "which the needs do not give"),
    ("AU4; anger likely", "The face clearly looks angry.", "'clearly' needs 'anger clear'"),
    ("anger clear; dark", "The face clearly looks angry.", "a view that is dark"),
    ("anger clear", "The face probably looks angry.", "needs 'anger likely'"),
    ("anger", "Overall I read sadness.", "'sadness' is said of the face"),
    ("anger likely", "Disgust is the second candidate.", "a second candidate that the needs do not give"),
    ("AU4", "Nothing else is active.", "needs 'only'"),
    ("happiness; AU12; not AU4", "No contrary unit is active.", "needs 'not AU9, AU15, AU20, AU24'"),
    ("AU6", "AU6 pulls the lip corners up.", "AU6 does not do this"),
    ("AU6", "AU6 (Lip Corner Puller) is active.", "'Lip Corner Puller' is AU12, not AU6"),
    ("AU12", "The lip corners are pulled up (AU15).", "is not AU15"),
    ("AU6", "The zygomaticus major makes AU6.", "is not a muscle of AU6"),
    ("AU6; sadness", "The raised cheeks (AU6) speak for sadness.", "AU6 is not a sign of sadness"),
    ("AU4; anger", "AU4 contradicts anger.", "AU4 does not contradict anger"),
    ("AU10; disgust", "AU10 is the best sign of disgust.", "AU10 is not the best sign of disgust"),
    ("AU1; sadness", "The face looks sad, although the inner brows are raised.", "'although' does not fit"),
    ("not AU1, AU2, AU4", "The brows, the nose and the chin are at rest.", "AU9 is inactive"),
    ("AU4; not AU1, AU2", "Nothing else is active around the eyes.", "needs 'not AU5, AU7, AU43'"),
    ("not AU6", "The raised cheeks would have to relax.", "AU6 is active; by the needs it is inactive"),
    ("AU7 sure", "I am not sure about AU7.", "needs 'AU7 unsure'"),
    ("AU7", "The lids are probably tightened.", "needs 'AU7 unsure'"),
    ("AU7 unsure", "The lids are clearly tightened.", "needs 'AU7 sure'"),
    ("AU7 A-B", "It is a strong movement.", "does not fit the levels AB of AU7"),
    ("", "It is certainly so.", "'certainly' is not to be used"),
    ("", "I am sure that it is so.", "'I am sure' is not to be used"),
    ("happiness", "The person is happy.", "states a feeling of the person as a fact"),
    ("AU12", "Her lip corners are pulled up.", "'Her': the question does not say so"),
]


def test_rejects_what_does_not_follow(check):
    for needs, answer, message in FALSE:
        problems = check(needs, answer)
        assert any(message in problem for problem in problems), (answer, message, problems)


FORMS = [
    ("codes", "AU6, AU12; only", "AU6, AU12", True),
    ("codes", "AU6, AU12; only", "AU12, AU6", False),
    ("codes", "AU6, AU12", "AU6, AU12", False),
    ("facs_code", "AU6 C, AU12 D; only", "6C+12D", True),
    ("facs_code", "AU6 C, AU12 D; only", "6C+12C", False),
    ("json", "AU6 C; only; happiness likely", '{"action_units": {"AU6": "C"}, "emotion": "happiness"}', True),
    ("json", "AU6 C; only; happiness likely", '{"action_units": {"AU6": "D"}}', False),
    ("json", "AU6 C; only; happiness likely", "{AU6: C}", False),
    ("list", "AU6 C, AU12 D; only", "AU6 is at level C.", False),
    ("list", "AU6 C", "AU6 is at level C.", False),
    ("upper", "AU4; not AU1, AU2, AU5, AU6, AU7, AU43", "The brows are lowered.", True),
    ("upper", "AU4; not AU1, AU2", "The brows are lowered.", False),
    ("strongest", "AU6 B, AU12 C-D; only", "AU12 is the strongest.", True),
    ("strongest", "AU6 B-C, AU12 C-D; only", "AU12 is the strongest.", False),
    ("count", "AU6, AU12; only", "Two: AU6 and AU12.", True),
    ("count", "AU6, AU12; only", "Three: AU6 and AU12.", False),
    ("emotion_word", "anger", "Anger.", True),
    ("emotion_word", "anger", "It looks angry.", False),
    ("yes_no", "AU6", "Yes, AU6 is active.", True),
    ("yes_no", "AU6", "AU6 is active.", False),
    ("two_sentences", "AU6", "AU6 is active.", False),
    ("why_unit", "AU6", "The cheeks are raised.", False),
    ("describe", "AU6", "The cheeks are raised.", False),
    ("nonsense", "AU6", "The cheeks are raised.", False),
    ("unit_percent", "AU6 C", "About 50 %.", True),
    ("unit_percent", "AU6 C", "About 70 %.", False),
    ("absent", "AU6; only", "All but AU6: AU1, AU2 and AU4, for example.", True),
    ("absent", "AU6; not AU1", "AU1 and AU2.", False),
]


def test_answers_have_the_form_of_their_kind(check):
    for kind, needs, answer, valid in FORMS:
        assert (check(needs, answer, kind) == []) is valid, (kind, needs, answer)


@pytest.mark.parametrize(
    ("question", "needs", "answer", "valid"),
    [
        ("Is AU6 active?", "AU6", "Yes, it is.", True),
        ("Is AU6 active?", "AU6", "No, it is not.", False),
        ("Are the brows lowered?", "not AU4", "Yes, they are.", False),
        ("Is the mouth closed?", "AU25", "No, it is not.", True),
    ],
)
def test_verdicts_follow(check, question, needs, answer, valid):
    assert (check(needs, answer, "yes_no", question) == []) is valid


def test_the_same_question_must_be_about_different_faces(tmp_path):
    block = "## bare\nneeds: {}\nQ: AU6?\nA: {}\n"
    file = tmp_path / "blocks.txt"
    file.write_text(block.format("AU6", "Yes.") + block.format("not AU6", "No."), "utf-8")
    assert check_paths([file]) == []
    file.write_text(block.format("AU6 A-C", "Yes.") + block.format("AU6 C", "Sure."), "utf-8")
    (problem,) = check_paths([file])
    assert (problem.line, problem.text) == (7, "the question stands in blocks.txt:3 for the same faces")


def test_unused_requirements_are_a_warning(tmp_path):
    file = tmp_path / "block.txt"
    file.write_text("## support\nneeds: AU6, AU9\nQ: Why?\nA: The cheeks are raised.\n", "utf-8")
    (problem,) = check_paths([file])
    assert str(problem) == f"{file}:2: warning: required and not used: AU9"
