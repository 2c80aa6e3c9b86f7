"""A hub that records the calls of a deployment."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any


class FakeHub:
    """Stand-in for ``huggingface_hub.HfApi``.

    exists: whether the Space exists. stages: the stages that it reports, the last one repeatedly, each as
    "STAGE@COMMIT: REASON" or a part of that; the uploaded commit is "new". failures: errors to raise, by
    method.
    """

    def __init__(
        self, *, exists: bool = False, stages: tuple[str, ...] = ("RUNNING@new",), **failures: Exception
    ) -> None:
        self.exists = exists
        self.stages = list(stages)
        self.failures = failures
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.uploaded: dict[str, bytes] = {}

    def __getattr__(self, method: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((method, arguments))
            if error := self.failures.get(method):
                raise error
            return getattr(self, f"_{method}", lambda **_: None)(**arguments)

        if method.startswith("_"):
            raise AttributeError(method)
        return call

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    def arguments(self, method: str) -> dict[str, Any]:
        return next(arguments for name, arguments in self.calls if name == method)

    def _repo_exists(self, **_: Any) -> bool:
        return self.exists

    def _upload_folder(self, folder_path: str, **_: Any) -> Any:
        folder = Path(folder_path)
        self.uploaded = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        return SimpleNamespace(oid="new")

    def _wait_for_space(self, **_: Any) -> Any:
        stage = self.stages.pop(0) if len(self.stages) > 1 else self.stages[0]
        state, _, reason = stage.partition(": ")
        name, _, commit = state.partition("@")
        raw = {"sha": commit, "errorMessage": reason}
        return SimpleNamespace(stage=name, raw={key: value for key, value in raw.items() if value})

    def _fetch_space_logs(self, build: bool, **_: Any) -> Any:
        yield f"{'build' if build else 'run'} log\n"
