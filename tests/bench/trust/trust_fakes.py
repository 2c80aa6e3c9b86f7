"""Fake faces, answers and a scripted model for the trust measurements."""

from dataclasses import dataclass

from emola.bench import Answer
from emola.bench.trust import Question, Subject, TrustAnswers
from emola.faba import NANO_AUS


@dataclass(frozen=True)
class Estimate:
    active: bool
    probability: float | None


def estimate(active):
    return Estimate(active, 0.9 if active else 0.1)


def subject(name="a", label="happiness", active=(), found=True, brightness=100.0, yaw=0.0, side=50.0):
    evidence = {code: estimate(code in active) for code in NANO_AUS} if found else None
    geometry = (yaw, side) if found else (None, None)
    return Subject(name, f"face of {name}", label, found, evidence, brightness, *geometry)


def answers_about(subjects, emotions=None, units=None):
    return TrustAnswers(
        subjects,
        emotions=[Answer(text) for text in emotions or ["Happiness."] * len(subjects)],
        units=[Answer(text) for text in units or ["None."] * len(subjects)],
    )


def asked(subject, text="?", task="au", history=()):
    return Question(text, subject, task, text, history)


class Model:
    """Gives scripted answers, lists the batches, and may be interrupted after ``breaks_after`` of them."""

    def __init__(self, breaks_after=None):
        self.batches = []
        self.breaks_after = breaks_after

    def answer_each(self, questions, max_new_tokens):
        assert len({question.task for question in questions}) == 1
        if self.breaks_after == len(self.batches):
            raise KeyboardInterrupt
        self.batches.append([question.id for question in questions])
        return [Answer(self.text(question)) for question in questions]

    def answer_follow_ups(self, questions, max_new_tokens):
        assert len({(question.subject.id, question.history) for question in questions}) == 1
        return self.answer_each(questions, max_new_tokens)

    def text(self, question):
        kind = question.id.partition("/")[0]
        texts = {
            "emotion": "Clearly happiness.",
            "au": "AU12 is active.",
            "declined": "I answer in English. I cannot tell who this is.",
        }
        if kind == "why":
            return "The lip corners are pulled up (AU12)."
        if kind == "confirmation":
            return "Yes." if "happy" in question.text else "No."
        if kind in ("yes_no", "single_unit"):
            return "Yes, AU12 is active." if question.text.startswith("Is AU12 active") else "No."
        return texts.get(kind, "This face looks happy.")
