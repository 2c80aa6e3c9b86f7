"""The drawer with the settings of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import gradio as gr

from emola.chat.turns import DEFAULT_MAX_NEW_TOKENS
from emola.errors import ChatError
from emola.ui.shared import labels, messages

if TYPE_CHECKING:
    from emola.ui.visits.visit import Visit

MOVEMENTS = "au"
"""The adapter that answers in movement-only mode, if the model has it."""
LENGTHS = (20, 600)
"""Range of the length limit of an answer, in tokens."""


@dataclass
class SettingsDrawer:
    """The components of the drawer, in the order in which handlers get their values."""

    temperature: gr.Slider
    top_p: gr.Slider
    length: gr.Slider
    seed: gr.Textbox
    adapter: gr.Radio
    prior: gr.Checkbox

    @property
    def of_reading(self) -> list[Any]:
        """The components that change how the model reads a face."""
        return [self.adapter, self.prior]

    @property
    def inputs(self) -> list[Any]:
        """The components as the inputs of an event."""
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True)
class Settings:
    """Values of the drawer as a client sent them. None: the default of the conversation."""

    temperature: float | None = None
    top_p: float | None = None
    length: float | None = None
    seed: str | None = None
    adapter: str | None = None
    prior: bool = True

    def apply(self, visit: Visit, adapters: Sequence[str], longest: int = LENGTHS[1]) -> None:
        """Set the options of the conversation about the selected face.

        adapters: of the model. longest: limit of the server on an answer, in tokens, which a longer one is
        cut to. Raises ChatError for a value out of range.
        """
        length = _whole(self.length)
        movements = visit.movement_only and MOVEMENTS in adapters
        visit.chat.configure(
            temperature=self.temperature,
            top_p=self.top_p,
            max_new_tokens=min(DEFAULT_MAX_NEW_TOKENS if length is None else length, longest),
            seed=_seed(self.seed),
            adapter=MOVEMENTS if movements else self.adapter or None,
            prior=self.prior is not False,
        )


def _whole(value: float | None) -> int | None:
    """Return a number that a browser sent as a whole one; raises ChatError for another."""
    if value is None:
        return None
    if isinstance(value, (int, float)) and float(value).is_integer():
        return int(value)
    raise ChatError(messages.not_whole(value))


def _seed(text: str | None) -> int | None:
    """Return a typed seed; None for an empty field, which draws one. Raises ChatError for another text."""
    text = str(text or "").strip()
    if not text:
        return None
    if not text.isdecimal():
        raise ChatError(messages.not_whole(text))
    return int(text[:20])


def lay_out_settings(adapters: Sequence[str], longest: int = LENGTHS[1]) -> SettingsDrawer:
    """Create the drawer inside an open ``gr.Blocks``. adapters: of the model. longest: see ``Settings``."""
    length = min(DEFAULT_MAX_NEW_TOKENS, longest)
    choices = labels.adapter_choices(adapters)
    with gr.Accordion(labels.SETTINGS, open=False, elem_id="settings"):
        return SettingsDrawer(
            temperature=_slider(labels.TEMPERATURE, labels.TEMPERATURE_INFO, 0.0, 1.5, 0.0, 0.1),
            top_p=_slider(labels.TOP_P, labels.TOP_P_INFO, 0.1, 1.0, 1.0, 0.05),
            length=_slider(labels.LENGTH, labels.LENGTH_INFO, LENGTHS[0], longest, length, 10),
            # A number of Gradio cannot be empty.
            seed=gr.Textbox(label=labels.SEED, info=labels.SEED_INFO, max_length=19, elem_id="seed"),
            adapter=gr.Radio(
                choices,
                value=choices[0][1] if choices else None,
                label=labels.ADAPTER,
                info=labels.ADAPTER_INFO,
                visible=bool(choices),
                elem_id="adapter",
                elem_classes="segments",
            ),
            prior=gr.Checkbox(True, label=labels.PRIOR, info=labels.PRIOR_INFO, elem_id="prior"),
        )


def _slider(label: str, info: str, low: float, high: float, value: float, step: float) -> gr.Slider:
    return gr.Slider(low, high, value, step=step, label=label, info=info)
