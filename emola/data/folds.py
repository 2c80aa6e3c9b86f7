"""The three folds of BP4D and DISFA, by subject.

The lists are those of JAA-Net (Shao et al., ECCV 2018), which go back to DRML and EAC-Net and are used by
most later papers; the READMEs and scripts of ME-GraphAU and AUNCE print them. Fold k tests on part k and
trains on the other two. Some code counts in reverse: fold 1 of ME-GraphAU tests on part 3.
"""

from __future__ import annotations

__all__ = ["BP4D_PARTS", "DISFA_PARTS", "subjects"]

BP4D_PARTS = (
    "F001 M007 F018 F008 F002 M004 F010 F009 M012 M001 F016 M014 F023 M008".split(),
    "M011 F003 M010 M002 F005 F022 M018 M017 F013 M016 F020 F011 M013 M005".split(),
    "F007 F015 F006 F019 M006 M009 F012 M003 F004 F021 F017 M015 F014".split(),
)
"""The 41 subjects."""

DISFA_PARTS = (
    "SN002 SN010 SN001 SN026 SN027 SN032 SN030 SN009 SN016".split(),
    "SN013 SN018 SN011 SN028 SN012 SN006 SN031 SN021 SN024".split(),
    "SN003 SN029 SN023 SN025 SN008 SN005 SN007 SN017 SN004".split(),
)
"""The 27 subjects."""


def subjects(parts: tuple[list[str], ...], split: str, fold: int) -> list[str]:
    """Return the subjects of the "train" or "test" split of fold 1, 2 or 3, sorted."""
    chosen = [part for number, part in enumerate(parts, 1) if (number == fold) == (split == "test")]
    return sorted(name for part in chosen for name in part)
