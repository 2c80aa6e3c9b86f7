"""Answers of a large model on ZeroGPU: each answer is one call of a worker process that has a GPU.

The package ``spaces`` runs a decorated function in a worker, which it forks from this process and may use
again. Arguments and results are pickled. Everything else that a worker computes, such as keys and values, is
lost with it. So a call carries the face, the whole prompt and the settings, and the worker encodes the face
again: a crop is smaller than its embeddings, and a GPU encodes it in a fraction of a second.

A worker learns from a file, which this process removes, that its answer is not wanted any more. Closing the
generator of a decorated function does not end the worker, but waits for it.

``spaces`` finds the visitor whose GPU time is used in a context variable of Gradio. An answer must therefore
be generated in the thread of the event handler.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import torch
from refusals import refusal_of

from emola.chat import ChatSession, EncodedFace, Engine, Sampling
from emola.errors import CheckpointError

if TYPE_CHECKING:
    from emola import EmoLA
    from emola.face import AUEstimate, Face, PriorExpert

START_SECONDS = 12.0
"""Time from the start of a worker, which copies 14 GB to its GPU, to the first token. Not measured."""
SECONDS_PER_TOKEN = 0.05
"""Time of one token of a 7B model in bfloat16 with a LoRA adapter that is not merged. Not measured."""


@dataclass(frozen=True, eq=False)
class SentFace:
    """The part of a face that a worker needs (``FaceLike``)."""

    crop: Any
    prior: Any
    visibility: Any


@dataclass(frozen=True)
class Call:
    """The argument of a worker: one answer. All fields can be pickled, and none is on a GPU.

    room: length limit in tokens. wanted: path of a file that exists while the answer is wanted.
    """

    face: SentFace
    adapter: str | None
    prompt: list[int]
    room: int
    sampling: Sampling
    wanted: str


Answer = Callable[[Call], Generator[int, None, None]]
"""A function that yields the tokens of an answer, decorated with ``spaces.GPU``."""


def seconds(call: Call) -> int:
    """Return the GPU time to reserve for an answer, in seconds.

    ZeroGPU refuses a call when the visitor has less time left than this, and ends a call that takes longer.
    """
    return math.ceil(START_SECONDS + SECONDS_PER_TOKEN * call.room)


def generate(model: Any, processor: Any, call: Call) -> Generator[int, None, None]:
    """Yield the tokens of an answer; runs in the worker.

    The engine is made for this call, since the parent may have held the locks of its own during the fork.
    """
    engine = Engine(model, processor)
    face = engine.encode(call.face, call.adapter)
    wanted = Path(call.wanted)
    tokens = engine.generate(
        engine.new_owner(),
        face,
        call.prompt,
        max_new_tokens=call.room,
        sampling=call.sampling,
        stopped=lambda: not wanted.exists(),
    )
    with closing(tokens):
        yield from tokens


@dataclass(frozen=True, eq=False)
class UnencodedFace(EncodedFace):
    """A face that the worker encodes; its embeddings here are empty."""

    sent: SentFace | None = None


class ZeroGpuDecoder:
    """Generates each answer in one call of a worker.

    answer: see ``Answer``.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._folder = TemporaryDirectory(prefix="emola-answers-")

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        """Yield the tokens of an answer, without the stop token that ends it.

        owner: ignored, since no prefix cache outlives a call. Raises ChatError when ZeroGPU refuses a GPU or
        takes it away.
        """
        if not isinstance(face, UnencodedFace) or face.sent is None:
            raise TypeError(f"a worker needs an UnencodedFace, not {type(face).__name__}")
        if stopped():
            return
        wanted = Path(self._folder.name) / uuid4().hex
        wanted.touch()
        tokens = self._answer(Call(face.sent, face.adapter, prompt, room, sampling, str(wanted)))
        try:
            for token in tokens:
                if stopped():
                    return
                yield token
        except Exception as error:  # `spaces` raises RuntimeError and gradio.Error
            if (refusal := refusal_of(error)) is None:
                raise
            raise refusal from error
        finally:
            wanted.unlink(missing_ok=True)
            tokens.close()  # the GPU is released when the worker has noticed

    def release(self, owner: int) -> None:
        """Do nothing: nothing is kept for a conversation."""

    def memory(self, owner: int) -> int:
        """Return 0, see :meth:`release`."""
        return 0

    def close(self) -> None:
        """End all answers."""
        self._folder.cleanup()


class ZeroGpuEngine(Engine):
    """An engine that makes the prompts here and generates the answers in workers.

    Raises CheckpointError for a model that reads a face before it answers: its passes would run here.
    """

    def __init__(self, model: Any, processor: Any, answer: Answer) -> None:
        if getattr(model.config, "reading", None):
            raise CheckpointError(f"{model.config.title} reads faces on the CPU; set EMOLA_MODEL to nano.")
        super().__init__(model, processor, decoder=ZeroGpuDecoder(answer))

    def encode(self, face: Any, adapter: str | None = None) -> UnencodedFace:
        """Return what the worker needs to encode a face."""
        sent = SentFace(face.crop, face.prior, face.visibility)
        empty = torch.empty(1, 0, 0), np.empty(0, np.float32)
        return UnencodedFace(*empty, adapter=self.name_of(adapter), sent=sent)


class ZeroGpuModel:
    """A model whose answers come from workers, with the interface of the pages (``AffectModel``).

    Must be created in the main thread, where ``spaces`` pretends that the weights are on a GPU.
    """

    def __init__(self, model: EmoLA, answer: Answer) -> None:
        self._model = model
        self._engine = ZeroGpuEngine(model.model, model.processor, answer)
        self._info = {**model.info, "device": "cuda"}

    @property
    def name(self) -> str:
        """Display name of the model."""
        return self._model.name

    @property
    def info(self) -> Mapping[str, Any]:
        """Facts, see ``EmoLA.info``."""
        return self._info

    @property
    def adapters(self) -> Sequence[str]:
        """The names of the adapters."""
        return self._engine.adapters

    @property
    def prior(self) -> PriorExpert:
        """The expert that finds the faces, on the CPU."""
        return self._model.prior

    def identity(self) -> Mapping[str, str]:
        """Return digests of the parts that the answers depend on."""
        return self._model.identity()

    def evidence(self, face: Face) -> Mapping[int, AUEstimate]:
        """Return the evidence for each action unit; CheckpointError for a model that measures none."""
        return self._model.evidence(face)

    def chat(self, face: Face, **options: Any) -> ChatSession:
        """Start a conversation about a face."""
        return ChatSession(self._engine, face, **options)

    def close(self) -> None:
        """End all answers."""
        self._engine.close()


def load(model: str) -> EmoLA:
    """Load a model for the workers. Call it in the main thread, before the page is launched.

    At the launch ``spaces`` writes the weights to disk, from where each worker copies them to its GPU.
    Loading with ``device="cuda"`` would initialise CUDA, which this process does not have.

    Raises CheckpointError and DownloadError.
    """
    import emola

    loaded = emola.load(model, device="cpu", dtype="bfloat16")
    loaded.model.to("cuda")
    return loaded
