"""The pages of the app: one Gradio app with a route for each page."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

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


class SparseBlocks(gr.Blocks):  # type: ignore[misc]
    """Blocks in which an update of one component takes no time for the other outputs of its event.

    For every update, Gradio makes each output that the handler left out anew, with the schema of its values.
    With the outputs of a streamed answer, this took most of the time of the interpreter: the model, whose
    thread needs the interpreter between its operators, had a tenth of its speed.
    """

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """Do as Gradio's method, for those outputs of an event that a handler's update names."""
        named = isinstance(predictions, dict) and all(isinstance(key, Block) for key in predictions)
        if not named or not predictions or not predictions.keys() <= set(block_fn.outputs):
            return list(await super().postprocess_data(block_fn, predictions, state))
        changed = [output for output in block_fn.outputs if predictions.get(output, gr.skip()) != gr.skip()]
        processed: dict[Block, Any] = {}
        if changed:
            function = copy.copy(block_fn)
            function.outputs = changed
            values = [predictions[output] for output in changed]
            given = values[0] if len(values) == 1 else values
            results = await super().postprocess_data(function, given, state)
            processed = dict(zip(changed, results, strict=True))
        unchanged = {output: None if output.stateful else gr.skip() for output in block_fn.outputs}
        return [*{**unchanged, **processed}.values()]


def build_pages(pages: Sequence[Page]) -> gr.Blocks:
    """Build an app of pages; the first one is at the root, and each has its own components and events.

    The navigation bar is shown when there is more than one page. Its links load the other page, which then
    has a new Gradio session. Raises ValueError unless the first path is "" and all paths differ.
    """
    paths = [page.path for page in pages]
    if paths[:1] != [""] or len(set(paths)) < len(paths):
        raise ValueError(f'The first path must be "", and all paths must differ: {paths}')
    app = SparseBlocks(title="EmoLA", analytics_enabled=False, fill_width=True)
    for page in pages:
        with app.route(page.name, page.path) if page.path else app:
            if len(pages) > 1:
                gr.Navbar(main_page_name=pages[0].name)  # Gradio calls the first page "Home" otherwise
            page.build(app)
    return app.queue(max_size=MAX_EVENTS, api_open=False)
