"""The notice before the first photo, with a button to agree.

``assets/styles/notices.css`` hides the choice of photos until the button is pressed. ``assets/visit.js``
keeps the consent in the ``sessionStorage`` of the tab alone; the server does not learn of it.
"""

from __future__ import annotations

from emola.ui.shared import law, messages
from emola.ui.shared.fragments import text
from emola.ui.shared.message import message

TITLE = message("consent_title")
READS = message("consent_reads")
READS_MOVEMENTS = message("consent_reads_movements")
OTHERS = message("consent_others")
AGREE = message("consent_agree")


def consent(*, movement_only: bool) -> str:
    """Return the notice. movement_only: the server was started in movement-only mode."""
    told = [READS_MOVEMENTS if movement_only else READS, law.ARTICLE_50]
    if not movement_only:
        told.append(law.ARTICLE_5)
    told += [messages.LIMIT, messages.PRIVACY, OTHERS]
    items = "".join(f"<li>{text(line)}</li>" for line in told)
    return (
        f'<section class="consent" aria-labelledby="consent-title"><h2 id="consent-title">{text(TITLE)}</h2>'
        f'<ul>{items}</ul><button type="button" id="agree">{text(AGREE)}</button></section>'
    )
