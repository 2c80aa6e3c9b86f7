"""Deployment: the calls of the hub, the dry run, and errors in one sentence."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import deploy
import hub_calls
import pytest
from fake_hub import FakeHub
from hub_calls import Settings
from hub_errors import one_sentence
from space_files import ZERO_GPU, DeployError

FILES = {"app.py": b"print()\n", "emola/__init__.py": b""}


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "repo_id": "jane/emola",
        "commit": "c" * 40,
        "hardware": None,
        "private": True,
        "sleep_time": None,
        "variables": {"EMOLA_MODEL": "nano"},
        "secrets": {"HF_TOKEN": "hf_hidden"},
        "timeout": 10.0,
    }
    return Settings(**{**values, **changes})


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that only the pauses of the deployment move."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(hub_calls, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: now[0]))
    return now


def run(hub: FakeHub, **changes: Any) -> list[str]:
    said: list[str] = []
    hub_calls.deploy(settings(**changes), FILES, said.append, hub)
    return said


def test_a_new_space_is_created_with_its_settings():
    hub = FakeHub()
    said = run(hub, sleep_time=3600, hardware="l4x1")
    assert hub.methods == ["whoami", "repo_exists", "create_repo", "upload_folder", "wait_for_space"]
    assert hub.arguments("create_repo") == {
        "repo_id": "jane/emola",
        "repo_type": "space",
        "private": True,
        "space_sdk": "gradio",
        "space_hardware": "l4x1",
        "space_sleep_time": 3600,
        "space_variables": [{"key": "EMOLA_MODEL", "value": "nano"}],
        "space_secrets": [{"key": "HF_TOKEN", "value": "hf_hidden"}],
    }
    assert hub.uploaded == FILES
    assert hub.arguments("upload_folder")["delete_patterns"] == "*"
    assert said[-1] == "The page runs: https://huggingface.co/spaces/jane/emola"
    assert not any("hf_hidden" in line for line in said)


def test_an_existing_space_keeps_what_was_not_asked_for():
    """Guards against a paid Space that is moved to other hardware by an update."""
    hub = FakeHub(exists=True)
    run(hub)
    assert hub.methods[2:4] == ["add_space_variable", "add_space_secret"]
    assert "request_space_hardware" not in hub.methods
    hub = FakeHub(exists=True)
    run(hub, hardware="cpu-upgrade", sleep_time=-1)
    assert hub.arguments("request_space_hardware")["hardware"] == "cpu-upgrade"
    assert hub.arguments("set_space_sleep_time")["sleep_time"] == -1


def test_new_spaces_get_zero_gpu():
    hub = FakeHub()
    run(hub, variables={})
    assert hub.arguments("create_repo")["space_hardware"] == ZERO_GPU
    assert "space_variables" not in hub.arguments("create_repo")


@pytest.mark.parametrize(("model", "variables"), [([], {}), (["--model", "nano"], {"EMOLA_MODEL": "nano"})])
def test_an_update_keeps_the_model_unless_one_is_named(model, variables, monkeypatch):
    """Guards against a Space with a large model that an update turns into one with EmoLA-Nano."""
    asked: list[Settings] = []
    monkeypatch.setattr(deploy, "require_clean", lambda: "c" * 40)
    monkeypatch.setattr(deploy, "space_files", lambda *_: FILES)
    monkeypatch.setattr(deploy, "deploy", lambda settings, *_: asked.append(settings))
    assert deploy.main(["jane/emola", *model]) == 0
    assert asked[0].variables == variables


@pytest.mark.parametrize("before", ["RUNNING@old", "RUNTIME_ERROR@old", "NO_APP_FILE", "PAUSED"])
def test_waits_for_the_uploaded_commit(before):
    """Guards against success or failure that the page of the commit before reports."""
    hub = FakeHub(exists=True, stages=(before, before, "RUNNING@new"))
    run(hub)
    assert hub.methods.count("wait_for_space") == 3


def test_a_hub_that_names_no_commit_is_believed_after_a_minute(clock):
    said = run(FakeHub(exists=True, stages=("RUNNING",)), timeout=3600.0)
    assert said[-1].startswith("The page runs")
    assert 60 < clock[0] < 90


@pytest.mark.parametrize(("stage", "log"), [("BUILD_ERROR", "build log"), ("RUNTIME_ERROR", "run log")])
def test_a_page_that_does_not_run_shows_its_log(stage, log):
    said: list[str] = []
    with pytest.raises(DeployError, match=f"in the stage {stage}; its log is above"):
        hub_calls.deploy(settings(), FILES, said.append, FakeHub(stages=(f"{stage}@new",)))
    assert said[-1] == log


def test_the_reason_of_the_hub_is_told():
    """Guards against a failure that is not in the log, such as one of ZeroGPU."""
    hub = FakeHub(stages=("RUNTIME_ERROR@new: No @spaces.GPU function detected.",))
    with pytest.raises(DeployError, match=r"RUNTIME_ERROR \(No @spaces.GPU function detected\); its log"):
        run(hub)


def test_every_call_exists_in_the_hub_library():
    """Guards against methods and arguments that the pinned version of huggingface_hub does not have."""
    import inspect

    from huggingface_hub import HfApi

    for hub in (FakeHub(stages=("BUILD_ERROR@new",)), FakeHub(exists=True)):
        try:
            run(hub, hardware="l4x1", sleep_time=60)
        except DeployError:
            pass
        for method, arguments in hub.calls:
            inspect.signature(getattr(HfApi, method)).bind(None, **arguments)


def test_the_dry_run_prints_files_and_calls_and_connects_to_nothing(monkeypatch, capsys):
    def connect(*_: Any) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(deploy, "require_clean", lambda: "c" * 40)
    monkeypatch.setattr(deploy, "space_files", lambda *_: FILES)
    monkeypatch.setenv("HF_TOKEN", "hf_hidden")
    argv = ["jane/emola", "--secret", "HF_TOKEN", "--variable", "A=b=c", "--dry-run"]
    argv += ["--variable", "EMOLA_MOVEMENT_ONLY=1", "--variable", "EMOLA_FETCH=insightface"]
    assert deploy.main(argv) == 0
    out = capsys.readouterr().out
    assert "2 files, 8 bytes, of commit cccc" in out
    assert "           8  app.py" in out and "           0  emola/__init__.py" in out
    for method in (
        "whoami repo_exists create_repo add_space_variable add_space_secret upload_folder wait_for_space "
        "fetch_space_logs"
    ).split():
        assert f"{method}(" in out
    assert "'key': 'A', 'value': 'b=c'" in out
    assert "(secret)" in out and "hf_hidden" not in out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["jane/emola", "--variable", "A"], "'A' is not a variable"),
        (["jane/emola", "--variable", "HF_TOKEN=hf_hidden"], "variables are public; use --secret"),
        (["jane/emola", "--variable", "EMOLA_MOVEMENTS_ONLY=1"], "no variable EMOLA_MOVEMENTS_ONLY"),
        (["jane/emola", "--variable", "EMOLA_TURNS=many"], "EMOLA_TURNS is invalid: 'many' is not a whole"),
        (["jane/emola", "--secret", "A=value"], "given by its name alone"),
        (["jane/emola", "--secret", "SURELY_NOT_SET"], "SURELY_NOT_SET is not set"),
        (["jane/emola", "--hardware", "cpu-basic", "--sleep-time", "60"], "paid hardware"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_one_sentence(argv, words, monkeypatch, capsys):
    monkeypatch.setattr(deploy, "require_clean", lambda: "c" * 40)
    monkeypatch.setattr(deploy, "deploy", lambda *_: pytest.fail("deployed"))
    assert deploy.main(argv) == 2
    error = capsys.readouterr().err
    assert words in error and error.startswith("deploy: ") and error.count("\n") == 1
    assert "value'" not in error and "hf_hidden" not in error


def test_rejects_a_name_without_an_owner(capsys):
    with pytest.raises(SystemExit) as caught:
        deploy.main(["emola"])
    assert caught.value.code == 2
    assert "not the name of a Space" in capsys.readouterr().err


def http_error(status: int, message: str) -> Exception:
    from huggingface_hub.errors import HfHubHTTPError

    response = SimpleNamespace(status_code=status, headers={}, request=None)
    return HfHubHTTPError(f"{status} Client Error\n\nfor url", response=response, server_message=message)


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (401, "Invalid credentials", r"does not accept the token \(Invalid credentials\): log in"),
        (
            402,
            "Subscribe to PRO to create a Gradio Space.",
            r"a paid plan \(Subscribe .* Space\): .*zero-a10g",
        ),
        (403, "You don't have the rights", "may not change this Space"),
        (403, "You have reached the limit of 2 ZeroGPU Spaces", "limit of the account is reached"),
        (404, "Repository not found", "does not find the Space or its owner"),
        (429, "", "refuses more requests for now; try again"),
        (503, "", "a problem of its own .503."),
        (418, "", "refuses the call create_repo .418."),
    ],
)
def test_refusals_of_the_hub_are_one_sentence(status, message, words):
    with pytest.raises(DeployError, match=words) as caught:
        run(FakeHub(create_repo=http_error(status, message)))
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_a_missing_token_and_a_missing_network_are_one_sentence():
    from huggingface_hub.errors import LocalTokenNotFoundError, OfflineModeIsEnabled

    with pytest.raises(DeployError, match="There is no token"):
        run(FakeHub(whoami=LocalTokenNotFoundError("Token is required")))
    for error in (OfflineModeIsEnabled("offline"), ConnectionResetError("reset"), connect_error()):
        with pytest.raises(DeployError, match="cannot be reached"):
            run(FakeHub(upload_folder=error))
    with pytest.raises(DeployError, match="time limit"):
        run(FakeHub(wait_for_space=TimeoutError("still building")))


def connect_error() -> Exception:
    """Return an error of the HTTP library of huggingface_hub, whichever that is."""
    from huggingface_hub.errors import HfHubHTTPError

    library = next(base for base in HfHubHTTPError.__mro__ if base.__module__.startswith("httpx"))
    return library("no route to host")


def test_defects_are_not_hidden():
    with pytest.raises(ZeroDivisionError), one_sentence("whoami"):
        1 / 0  # noqa: B018


def test_a_checkout_with_changes_is_not_deployed(monkeypatch, capsys):
    def refuse() -> str:
        raise DeployError("The checkout has changes that are not committed (app.py).")

    monkeypatch.setattr(deploy, "require_clean", refuse)
    monkeypatch.setattr(deploy, "deploy", lambda *_: pytest.fail("deployed"))
    assert deploy.main(["jane/emola"]) == 2
    assert "not committed" in capsys.readouterr().err
