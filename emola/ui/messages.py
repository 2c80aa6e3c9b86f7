"""What the page says, word for word, and the small pieces of HTML it says it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from emola.faba import ACTION_UNITS
from emola.face import MAX_FACES, AUEstimate, Face

TITLE = "EmoLA"
TAGLINE = "What a face does, in words"
LIMIT = "It describes visible movements; it does not know what someone feels."
NANO_LIMIT = "Nano is very small and often errs: ask it in English, and check its words against the face."
PRIVACY = (
    "Your photo stays in the memory of the machine that runs this page; it is never written to its disk. "
    "It is gone when you delete it, a minute after you close the page, and after an hour without a question."
)

CHOOSE_FIRST = "Choose a photo first; then ask about it."
IDLE_TOO_LONG = "This page was idle for so long that its photo was put away; choose it again."
NO_FACE = "No face was found in this photo; try one where a face is larger, brighter or turned to the camera."
NEW_CONVERSATION = "New photo, new conversation."
NO_EXAMPLES = "The example photos are not on this machine yet; “emola fetch examples” gets them."
ERASED = "Your photo and the conversation are deleted."
NOT_UPLOADED = "That photo is not on the server any more; upload it again."
ONE_FILE = "Upload one file at a time."
UPLOADS_FULL = "Too many photos are arriving at once; try again in a minute."
UPLOAD_BROKEN = "The photo did not arrive completely; upload it again."
WRONG_ORIGIN = "Requests from pages of other sites are refused."
BAD_REQUEST = "This request is not one of the page."
CLOSED = "There is nothing here."
PICTURE_GONE = "This picture was deleted."
ADAPTER_LABEL = "Answers by"
AUTO = ("Auto", "auto")
"""The choice that leaves it to the model which of its adapters answers."""
ADAPTERS = {"au": "action units", "emotion": "emotion"}
EDITING = "You are changing your last question; send to ask it instead, or press Esc to leave it."
NOTHING_TO_EDIT = "There is nothing to edit: no question has been asked yet."
STILL_WRITING = "An answer is still being written; wait for it or stop it."
QUEUE_FULL = "Too many questions are waiting already; try again in a minute."
NOT_ASKED = "Stopped while it waited; nothing was asked."
STOPPED = "stopped"
CUT = "ended at its length limit"
DEFECT = "Something went wrong on our side; your conversation is kept. Please try again."

MEASURED = (
    "How likely each unit is by the landmarks and the picture, measured apart from the model’s words; "
    "active from 50 %. Left and right are the person’s own: how strong the movement is there, of 100. "
    "Check the answers against it; it errs too."
)
UNSURE = "Read the answers about this face with care."

KEYS = "Enter sends · Esc stops"

BEFORE_PHOTO = (
    "### Ask about a face\nChoose a photo first. Then ask in your own words, or begin with a question below."
)
BEFORE_QUESTION = "### Ask about this face\nIn your own words, or with one of the questions below."


def found(count: int) -> str:
    """What was found in the photo, in a sentence."""
    if count == 1:
        return "One face found."
    found = f"{count} faces found"
    if count >= MAX_FACES:
        found = f"The {count} largest faces are shown, and the photo may hold more"
    return f"{found}; the first is chosen. Click on another one, or pick its number."


def upload_too_large(most: int) -> str:
    """A photo has more bytes than are accepted."""
    return f"The file is too large: at most {most // 2**20} MB are accepted."


def request_too_large(most: int) -> str:
    """A request has more bytes than are accepted."""
    return f"The request is too large: at most {most} bytes are accepted."


def wrong_host(host: str) -> str:
    """The page was requested under a name that it was not started for."""
    return f"This server does not answer as {host[:100]!r}; start it with --allow-host to change that."


def no_such_face(number: object, count: int) -> str:
    """A face was asked for that the photo does not have."""
    return f"There is no face {number}; the photo has {count}, numbered from 1."


def chosen(number: int) -> str:
    """Another face of the photo was picked."""
    return f"Face {number}: a new conversation."


def waiting(number: int) -> str:
    """All places are taken; ``number`` counts those who wait, from 1."""
    turn = "your question is the next" if number == 1 else f"your question is number {number} in line"
    return f"Waiting for a free place: {turn}."


def no_face_number(given: object) -> str:
    """What was given as the number of a face is none."""
    return f"{given!r} is not the number of a face; give a whole number from 1, or none for the largest face."


def adapter(name: str) -> str:
    """A model's adapter, in the words a visitor knows."""
    return ADAPTERS.get(name, name)


def adapter_choices(names: Sequence[str]) -> list[tuple[str, str]]:
    """What a visitor can choose between, and the names behind it; nothing for a model with one voice."""
    if len(names) < 2:
        return []
    return [AUTO, *((adapter(name).capitalize(), name) for name in names)]


def answered_by(name: str) -> str:
    """Which adapter wrote an answer."""
    return f"{adapter(name)} adapter"


def dropped(count: int) -> str:
    """The oldest turns no longer fitted when the last question was asked."""
    if count == 1:
        return "The conversation is long: the model no longer sees your first question and its answer."
    return (
        f"The conversation is long: the model no longer sees your first {count} questions and their answers."
    )


def notice(text: str = "", kind: str = "info") -> str:
    """A line of the page that tells what happened; empty text is an empty line. Text is escaped."""
    return f'<p class="notice notice-{kind}">{escape(text)}</p>' if text else ""


def header(name: str, info: Mapping[str, Any]) -> str:
    """The head of the page: what this is, which model, how big, and what it cannot do."""
    facts = " ".join(f"<span>{escape(fact)}</span>" for fact in (name, *size_of(info)))
    limit = f"{LIMIT} {NANO_LIMIT}" if "nano" in name.lower() else LIMIT
    return (
        f'<div class="masthead"><div class="masthead-name"><h1>{TITLE}</h1><p>{TAGLINE}</p></div>'
        f'<div class="masthead-model"><p class="model-facts">{facts}</p>'
        f'<p class="model-limit">{escape(limit)}</p></div>'
        '<button id="theme-toggle" type="button" aria-label="Light or dark colours"></button></div>'
    )


def seen(face: Face, address: str, measured: Mapping[int, AUEstimate]) -> str:
    """A face as the model sees it, what keeps it from being seen well, and what was measured in it.

    address: where the browser fetches the aligned crop.
    """
    stretched = " It was brightened before it was read." if face.levels is not None else ""
    return (
        f'<figure class="seen"><img src="{escape(address)}" alt="The face, cut out and upright">'
        "<figcaption><b>What the model sees</b><br>"
        f"The face, turned upright and cut out.{stretched}</figcaption></figure>"
        + notice(caution(face), "caution")
        + (_measured(measured) if measured else "")
    )


def caution(face: Face) -> str:
    """What keeps a face from being seen well, and what follows; empty for a face that is seen well."""
    if face.visibility is None or face.visibility.clear:
        return ""
    return " ".join([*face.visibility.sentences, UNSURE])


def _measured(estimates: Mapping[int, AUEstimate]) -> str:
    """All units with how likely each is, the likeliest first and those not visible last, folded away."""
    ordered = sorted(estimates.items(), key=lambda item: _order(item[1]), reverse=True)
    active = sum(estimate.active for estimate in estimates.values())
    rows = "".join(_row(code, estimate) for code, estimate in ordered)
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Unit", "", "Likely", "Left", "Right"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'<details class="measured"><summary><b>Measured</b> {active} of {len(estimates)} action units'
        f" active</summary><p>{MEASURED}</p>{table}</details>"
    )


def _order(estimate: AUEstimate) -> float:
    return -1.0 if estimate.probability is None else estimate.probability


def _row(code: int, estimate: AUEstimate) -> str:
    """One unit: how likely it is, and how strong on either side."""
    head = f'<th scope="row">AU{code}</th><td>{escape(ACTION_UNITS[code].name)}</td>'
    if estimate.probability is None:
        cells = '<td colspan="3">not visible</td>'
    else:
        likely = (
            f'<span class="likely" style="--likely: {estimate.probability:.2f}">'
            f"{_percent(estimate.probability)}</span>"
        )
        sides = "".join(
            f'<td class="side">{_strength(side)}</td>' for side in (estimate.left, estimate.right)
        )
        cells = f"<td>{likely}</td>{sides}"
    state = "active" if estimate.active else "inactive"
    return f'<tr class="{state}" data-au="{code}">{head}{cells}</tr>'


def _strength(side: float | None) -> str:
    return "–" if side is None else f"{round(100 * side)}"


def _percent(share: float) -> str:
    """In whole per cent; nothing is impossible or certain."""
    percent = round(100 * share)
    return "under 1 %" if percent < 1 else "over 99 %" if percent > 99 else f"{percent} %"


def size_of(info: Mapping[str, Any]) -> Sequence[str]:
    """The model's size and where it runs, in the words a visitor knows."""
    facts = []
    if parameters := info.get("parameters"):
        facts.append(f"{in_millions(int(parameters))} parameters")
    if quantize := info.get("quantize"):
        facts.append(f"{str(quantize).upper()} weights")
    if device := info.get("device"):
        facts.append({"cpu": "on the CPU", "cuda": "on a GPU"}.get(str(device).split(":")[0], f"on {device}"))
    return facts


def in_millions(parameters: int) -> str:
    """142_300_000 as "142 million", 7_100_000_000 as "7.1 billion"."""
    if parameters >= 1_000_000_000:
        return f"{parameters / 1e9:.1f} billion"
    if parameters >= 10_000_000:
        return f"{parameters / 1e6:.0f} million"
    return f"{parameters / 1e6:.1f} million"
