"""Answers about the movements of the face as a whole: strongest, weakest, absent, sides, parts, smile."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba.emotions import is_posed_smile
from emola.train.nano.corpus.answers.lists import no_landmarks
from emola.train.nano.corpus.answers.movements import clause, moves, name, the_name
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, listed, sentences


def strongest_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the strongest active unit."""
    code = facts.strongest
    if code is None:
        return no_landmarks(rng)
    return sentences(
        expand(
            rng,
            "[AU{code}[|, {the_name}]|AU{code}: {clause}|AU{code} is the strongest|{the_name}, AU{code}"
            "|it is AU{code}: {clause}"
            "|AU{code} ({name}) stands out most].",
            code=str(code),
            name=name(code),
            the_name=the_name(code),
            clause=clause(rng, code, facts.unit(code)),
        )
    )


def absent_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List the first four units that are not active."""
    if facts.units is None:
        return no_landmarks(rng)
    codes = facts.inactive[:4]
    either, both = (listed([f"AU{code}" for code in codes], word) for word in ("or", "and"))
    named = listed([f"AU{code} ({name(code)})" for code in codes], "or")
    return sentences(
        expand(
            rng,
            "[I see no {either}|for example, no {named}|not active: {both}|there is no {named}"
            "|no {either}, for example"
            "|among others, {both} are not active].",
            either=either,
            both=both,
            named=named,
        )
    )


def sides_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Say whether both sides of the face move alike; an active unit was measured on each side."""
    if facts.units is None:
        return no_landmarks(rng)
    if facts.turned:
        return expand(
            rng,
            "[I cannot compare them|Hard to say"
            "|I cannot tell]: the head is turned, and one side is partly hidden.",
        )
    uneven = [(code, side) for code in facts.active if (side := facts.stronger_side(code))]
    if uneven:
        code, side = uneven[0]
        return expand(
            rng,
            "[AU{code} is stronger on the person's {side} side"
            "|On the person's {side} side AU{code} is stronger"
            "|The sides differ: AU{code} is stronger on the person's {side} side].",
            code=str(code),
            side=side,
        )
    return expand(
        rng,
        "[Both sides move [much |]alike|I see no large difference|It looks even|The two sides look alike"
        "|Left and right are much the same].",
    )


def part_answer(rng: random.Random, facts: FaceFacts, codes: Sequence[int], part: str) -> str:
    """Say what one part of the face does; ``codes`` are the units that move it."""
    if facts.units is None:
        return no_landmarks(rng)
    moving = [code for code in codes if code in facts.active]
    if not moving:
        are = "is" if part in ("mouth", "nose") else "are"
        return expand(
            rng,
            "[The {part} {are} at rest|Nothing [much |]moves there|I see no movement there].",
            part=part,
            are=are,
        )
    return sentences(f"{moves(rng, facts, moving)}.")


def posed_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Say whether the smile is felt or posed; ``facts.units`` is not None."""
    if 12 not in facts.active:
        answer = "[there is no smile here|I see no smile|I can only tell of smiles]: AU12 is not active."
    elif is_posed_smile(facts.active):
        answer = (
            "[it may be posed|perhaps posed|more likely posed]: [AU12 is active without AU6"
            "|the lip corners rise, but the cheeks stay down (no AU6)]."
        )
    else:
        answer = (
            "[it looks felt|more likely felt|perhaps felt]: [AU6 is active with AU12"
            "|the cheeks rise with the lip corners (AU6 and AU12)]."
        )
    return sentences(expand(rng, answer))


def weakest_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Name the weakest active unit; there is one."""
    code = min(facts.active, key=lambda active: facts.unit(active).intensity)
    text = "[AU{code}, {the_name}|AU{code} is the weakest|AU{code} ({name}) is the faintest|it is AU{code}]."
    return sentences(expand(rng, text, code=str(code), name=name(code), the_name=the_name(code)))
