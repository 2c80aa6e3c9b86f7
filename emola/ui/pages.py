"""The pages of the app: one Gradio app with a route for each page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gradio as gr

MAX_EVENTS = 1000
"""Events that Gradio handles at the same time, besides questions, and most events that wait for it.

Far above the need of the pages, because nobody sees that queue: questions wait in ``AnswerQueue``, photos in
their handler.
"""


@dataclass(frozen=True)
class Page:
    """One page.

    path: its address below the root, such as "compare"; "" for the first page. name: its label in the
    navigation bar. build: creates its components and events in the open ``gr.Blocks`` that it is given.
    """

    path: str
    name: str
    build: Callable[[gr.Blocks], None]


def build_pages(pages: Sequence[Page]) -> gr.Blocks:
    """Build an app of pages; the first one is at the root, and each has its own components and events.

    The navigation bar is shown when there is more than one page. Its links load the other page, which then
    has a new Gradio session. Raises ValueError unless the first path is "" and all paths differ.
    """
    paths = [page.path for page in pages]
    if paths[:1] != [""] or len(set(paths)) < len(paths):
        raise ValueError(f'The first path must be "", and all paths must differ: {paths}')
    app = gr.Blocks(title="EmoLA", analytics_enabled=False, fill_width=True)
    for page in pages:
        with app.route(page.name, page.path) if page.path else app:
            if len(pages) > 1:
                gr.Navbar(main_page_name=pages[0].name)  # Gradio calls the first page "Home" otherwise
            page.build(app)
    return app.queue(max_size=MAX_EVENTS, api_open=False)
