"""The calls of the hub that deploy a Space, as data: a dry run prints what a deployment makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hub_errors import one_sentence
from space_files import ZERO_GPU, DeployError, write_files

__all__ = ["Call", "Settings", "deploy", "describe", "existing_space_calls", "new_space_calls", "upload_call"]

_MASK = "(secret)"
_POLL_INTERVAL = 5.0
_SETTLE_SECONDS = 60.0
"""Time that the hub may take to notice a commit, during which it reports the stage of an earlier one."""
_LOG_LINES = 60


@dataclass(frozen=True)
class Settings:
    """What the operator asked for.

    commit: of the checkout. hardware: None for ZeroGPU in a new Space, and for no change in an existing one.
    sleep_time: in seconds, None for the hub's default. secrets: values by name. timeout: of the wait for the
    page, in seconds.
    """

    repo_id: str
    commit: str
    hardware: str | None
    private: bool
    sleep_time: int | None
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    timeout: float


@dataclass(frozen=True)
class Call:
    """A call of a method of ``huggingface_hub.HfApi``."""

    method: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        """Return the call as Python, with secrets masked."""
        listed = ", ".join(f"{name}={value!r}" for name, value in self._masked().items())
        return f"{self.method}({listed})"

    def _masked(self) -> dict[str, Any]:
        arguments = dict(self.arguments)
        if "space_secrets" in arguments:
            arguments["space_secrets"] = [{**each, "value": _MASK} for each in arguments["space_secrets"]]
        if self.method == "add_space_secret":
            arguments["value"] = _MASK
        return arguments

    def make(self, api: Any) -> Any:
        """Make the call. Raises DeployError with one sentence for what the hub refuses."""
        with one_sentence(self.method):
            return getattr(api, self.method)(**self.arguments)


def new_space_calls(settings: Settings) -> list[Call]:
    """Return the calls that create a Space."""
    arguments: dict[str, Any] = {
        "repo_id": settings.repo_id,
        "repo_type": "space",
        "private": settings.private,
        "space_sdk": "gradio",
        "space_hardware": settings.hardware or ZERO_GPU,
    }
    if settings.variables:
        arguments["space_variables"] = [
            {"key": key, "value": value} for key, value in settings.variables.items()
        ]
    if settings.secrets:
        arguments["space_secrets"] = [{"key": key, "value": value} for key, value in settings.secrets.items()]
    if settings.sleep_time is not None:
        arguments["space_sleep_time"] = settings.sleep_time
    return [Call("create_repo", arguments)]


def existing_space_calls(settings: Settings) -> list[Call]:
    """Return the calls that update the settings of an existing Space, which stays public or private."""
    repo = {"repo_id": settings.repo_id}
    calls = [
        Call("add_space_variable", {**repo, "key": key, "value": value})
        for key, value in settings.variables.items()
    ]
    calls += [
        Call("add_space_secret", {**repo, "key": key, "value": value})
        for key, value in settings.secrets.items()
    ]
    if settings.hardware:
        calls.append(Call("request_space_hardware", {**repo, "hardware": settings.hardware}))
    if settings.sleep_time is not None:
        calls.append(Call("set_space_sleep_time", {**repo, "sleep_time": settings.sleep_time}))
    return calls


def upload_call(settings: Settings, folder: Path | str) -> Call:
    """Return the call that replaces all files of the Space by those of a folder."""
    arguments = {
        "repo_id": settings.repo_id,
        "repo_type": "space",
        "folder_path": str(folder),
        "commit_message": f"Deploy {settings.commit[:12]}",
        "delete_patterns": "*",
    }
    return Call("upload_folder", arguments)


def _exists_call(settings: Settings) -> Call:
    return Call("repo_exists", {"repo_id": settings.repo_id, "repo_type": "space"})


def describe(settings: Settings, files: Mapping[str, bytes]) -> str:
    """Return every file with its size, and every call."""
    total = sum(map(len, files.values()))
    lines = [f"{len(files)} files, {total:,} bytes, of commit {settings.commit}:"]
    lines += [f"{len(data):>12,}  {name}" for name, data in files.items()]
    wait = Call("wait_for_space", {"repo_id": settings.repo_id, "timeout": settings.timeout})
    lines += ["", "Calls:", *map(str, (Call("whoami", {}), _exists_call(settings)))]
    lines += ["if there is no such Space:", *(f"    {call}" for call in new_space_calls(settings))]
    lines += ["otherwise:", *(f"    {call}" for call in existing_space_calls(settings))]
    lines += [str(upload_call(settings, "(the files above)")), str(wait)]
    lines += ["if the page does not run:", f"    {_log_call(settings, 'BUILD_ERROR')}", "    or"]
    return "\n".join([*lines, f"    {_log_call(settings, 'RUNTIME_ERROR')}"])


def deploy(
    settings: Settings, files: Mapping[str, bytes], say: Callable[[str], None], api: Any = None
) -> None:
    """Create or update the Space and wait until its page runs.

    say: called with each call and with the address of the Space. api: an ``HfApi``. Raises DeployError.
    """
    if api is None:
        from huggingface_hub import HfApi

        api = HfApi()
    Call("whoami", {}).make(api)  # so that a missing token is reported first
    exists = _exists_call(settings).make(api)
    for call in existing_space_calls(settings) if exists else new_space_calls(settings):
        say(str(call))
        call.make(api)
    with TemporaryDirectory(prefix="emola-space-") as folder:
        write_files(dict(files), Path(folder))
        call = upload_call(settings, folder)
        say(str(call))
        commit = call.make(api)
    stage, reason = _wait(settings, getattr(commit, "oid", None), api)
    address = f"https://huggingface.co/spaces/{settings.repo_id}"
    if stage != "RUNNING":
        for line in _log(settings, stage, api):
            say(line.rstrip("\n"))
        told = f" ({reason})" if reason else ""
        raise DeployError(
            f"The page does not run: {address} is in the stage {stage}{told}; its log is above."
        )
    say(f"The page runs: {address}")


def _wait(settings: Settings, commit: str | None, api: Any) -> tuple[str, str]:
    """Return the stage of the Space once it neither builds nor starts, and the reason if the hub gives one.

    commit: id of the uploaded commit. Raises DeployError.
    """
    started = time.monotonic()
    while True:
        left = max(0.0, settings.timeout - (time.monotonic() - started))
        call = Call(
            "wait_for_space", {"repo_id": settings.repo_id, "timeout": left, "poll_interval": _POLL_INTERVAL}
        )
        runtime = call.make(api)
        settled = commit is None or runtime.raw.get("sha") == commit
        if settled or time.monotonic() - started > min(_SETTLE_SECONDS, settings.timeout):
            stage = str(getattr(runtime.stage, "value", runtime.stage))
            return stage, str(runtime.raw.get("errorMessage") or "").strip().rstrip(".")
        time.sleep(_POLL_INTERVAL)


def _log_call(settings: Settings, stage: str) -> Call:
    return Call("fetch_space_logs", {"repo_id": settings.repo_id, "build": stage == "BUILD_ERROR"})


def _log(settings: Settings, stage: str, api: Any) -> list[str]:
    """Return the last lines of the log that belongs to a stage."""
    try:
        with one_sentence("fetch_space_logs"):
            return list(_log_call(settings, stage).make(api))[-_LOG_LINES:]
    except DeployError as error:
        return [f"The log could not be fetched: {error}"]
