"""Our engine and llama.cpp as runners, which complete prompts by greedy decoding and take the time."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from PIL import Image

from benchmarks.endless import EndlessProcessor
from emola.chat import Engine
from emola.chat.faces import FaceWithoutPrior
from emola.errors import EmolaError

__all__ = ["Completion", "EngineRunner", "LlamaRunner", "Runner"]

_WORKER = Path(__file__).with_name("llama_worker.py")


class Completion(NamedTuple):
    """The seconds to the first token and from there to the last one, and the ids."""

    prefill: float
    decode: float
    ids: list[int]


class Runner(Protocol):
    """Something that completes prompts."""

    def complete(self, prompt: Sequence[int], tokens: int) -> Completion:
        """Complete a prompt by exactly ``tokens`` tokens."""


class EngineRunner:
    """Our engine with a model and its processor. It asks for a face, which no prompt shows."""

    def __init__(self, model: Any, processor: Any) -> None:
        self._engine = Engine(model, EndlessProcessor(processor))
        face = FaceWithoutPrior(Image.new("RGB", (224, 224), "gray"), visibility=None)
        self._face = self._engine.encode(face)

    def complete(self, prompt: Sequence[int], tokens: int) -> Completion:
        """Complete a prompt as a conversation of its own, without a cached prefix."""
        owner = self._engine.new_owner()
        begun = time.perf_counter()
        stream = self._engine.generate(owner, self._face, prompt, max_new_tokens=tokens)
        ids = list(itertools.islice(stream, 1))
        first = time.perf_counter()
        ids += stream
        completion = Completion(first - begun, time.perf_counter() - first, ids)
        self._engine.release(owner)
        return completion


class LlamaRunner:
    """llama.cpp in a process of its own, as a context manager.

    python: of an environment with llama-cpp-python. file: a GGUF model. context: in tokens.
    """

    def __init__(self, python: Path, file: Path, threads: int, context: int) -> None:
        self._command = [str(python), str(_WORKER), str(file), str(threads), str(context)]
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.facts = self._read()
        """Versions and the instructions of the processor that llama.cpp uses."""

    def complete(self, prompt: Sequence[int], tokens: int) -> Completion:
        """Complete a prompt. Raises EmolaError when llama.cpp fails."""
        if self._process.stdin is None:
            raise EmolaError("llama.cpp has no input.")
        print(json.dumps({"prompt": list(prompt), "tokens": tokens}), file=self._process.stdin, flush=True)
        return Completion(**self._read())

    def __enter__(self) -> LlamaRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes stdin, which ends the process

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:  # it ended, or is about to
            self._process.communicate()
            command, code = " ".join(self._command), self._process.returncode
            raise EmolaError(f"llama.cpp ended with code {code}; run {command} to see why.")
        answer: dict[str, Any] = json.loads(line)
        return answer
