"""What the law asks a page to tell, and what movement-only mode withholds.

Regulation (EU) 2024/1689 (AI Act): Article 5(1)(f), Recital 18, and Article 50(3), which applies since August
2026.
"""

from __future__ import annotations

from emola.ui.shared.fragments import text
from emola.ui.shared.message import message

ARTICLE_5 = message("law_article_5")
RECITAL_18 = message("law_recital_18")
ARTICLE_50 = message("law_article_50")

MOVEMENT_ONLY = message("movement_only_on")
MOVEMENT_ONLY_FIXED = message("movement_only_fixed")
WHY = message("movement_only_why")
EMOTION_REFUSED = message("emotion_refused")
"""The notice for a question that asks for an emotion in movement-only mode."""
SESSION_REFUSED = message("session_refused")
"""The notice for a saved conversation with such a question, which "why?" would ask again."""


def banner(*, fixed: bool) -> str:
    """Return the banner of movement-only mode. fixed: the server was started in this mode."""
    laws = "".join(f"<li>{text(law)}</li>" for law in (ARTICLE_5, RECITAL_18, ARTICLE_50))
    title = MOVEMENT_ONLY_FIXED if fixed else MOVEMENT_ONLY
    return (
        f'<div class="banner" role="note"><p><b>{text(title)}</b></p>'
        f"<details><summary>{text(WHY)}</summary><ul>{laws}</ul></details></div>"
    )
