"""A model that may still be loading while the page is served."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from emola.errors import CheckpointError, EmolaError, first_line
from emola.ui.shared import messages

if TYPE_CHECKING:
    from emola.chat import ChatSession
    from emola.face import AUEstimate, Face, PriorExpert

log = logging.getLogger(__name__)


class AffectModel(Protocol):
    """Interface of a model for the pages; :class:`emola.EmoLA` implements it."""

    @property
    def name(self) -> str:
        """Display name of the model."""

    @property
    def info(self) -> Mapping[str, Any]:
        """Facts: "parameters" (int), "device" (str), "quantize" (str or None)."""

    @property
    def adapters(self) -> Sequence[str]:
        """The names of the adapters that can be chosen; empty when there is no choice."""

    @property
    def prior(self) -> PriorExpert:
        """The expert that finds the faces."""

    def identity(self) -> Mapping[str, str]:
        """Return digests of the parts that the answers depend on; CheckpointError if they are unknown."""

    def evidence(self, face: Face) -> Mapping[int, AUEstimate]:
        """Return the evidence for each action unit; CheckpointError for a model that measures none."""

    def chat(self, face: Face) -> ChatSession:
        """Start a conversation about a face."""

    def close(self) -> None:
        """End all answers, refuse further ones, and free the prefix caches."""


class ModelHandle:
    """A model that is loaded in a thread. Thread-safe.

    load: loads the model. name, adapters: known before it is loaded, for the layout of the page.
    """

    def __init__(self, load: Callable[[], AffectModel], *, name: str, adapters: Sequence[str] = ()) -> None:
        self.name = name
        self.adapters = tuple(adapters)
        self._load = load
        self._done = threading.Event()
        self._closed = False
        self._model: AffectModel | None = None

    @classmethod
    def of(cls, model: AffectModel) -> ModelHandle:
        """Return the handle of a model that is loaded already."""
        handle = cls(lambda: model, name=model.name, adapters=model.adapters)
        handle._run(lambda: None)
        return handle

    def start(self, then: Callable[[], None] = lambda: None) -> None:
        """Load the model in the background; call ``then`` after success or failure.

        Its digests follow, so that no visitor waits for them at the first export.
        """

        def run() -> None:
            self._run(then)
            if self._model is not None:
                with suppress(EmolaError):  # a model without identity; exports leave it out
                    self._model.identity()

        threading.Thread(target=run, name="load-model", daemon=True).start()

    @property
    def loading(self) -> bool:
        """Whether loading is still in progress."""
        return not self._done.is_set()

    @property
    def model(self) -> AffectModel | None:
        """The model; None while it is loading and when loading failed."""
        return self._model

    def wait(self, timeout: float | None = None) -> AffectModel:
        """Return the model once it is loaded.

        timeout: in seconds, None for no limit. Raises CheckpointError when the model could not be loaded,
        or is still loading after the timeout or :meth:`close`.
        """
        done = self._done.wait(timeout)
        if (model := self._model) is not None:
            return model
        if not done or self._closed:
            raise CheckpointError(messages.still_loading(self.name))
        raise CheckpointError(messages.load_failed(self.name))

    def close(self) -> None:
        """End all answers of the model, or all waits for one that is still loading."""
        self._closed = True
        self._done.set()
        if self._model is not None:
            self._model.close()

    def _run(self, then: Callable[[], None]) -> None:
        try:
            self._model = self._load()
        except EmolaError as error:
            log.error("%s could not be loaded: %s", self.name, error)
        except Exception as error:
            log.exception("%s could not be loaded: %s", self.name, first_line(error))
        finally:
            self._done.set()
            then()
