"""``emola app``, without serving the page."""

from __future__ import annotations

import argparse
import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from emola import cli, downloads
from emola.cli import app, fetch
from emola.cli.operation import Operation
from emola.errors import DownloadError, EmolaError
from emola.limits import Limits
from emola.ui.serving.visitors import PRIVATE_PROXIES


def parse(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    app.add_arguments(parser)
    return parser.parse_args(argv)


def test_listens_on_this_machine_by_default() -> None:
    """Guards against exposing or sharing the page without being asked."""
    args = parse()
    assert args.host is None and args.share is False
    operation, limits = app._settings(args)
    assert (operation, limits) == (Operation(), Limits())


def test_reads_every_flag() -> None:
    """Guards against a flag that --help shows and nothing reads."""
    flags = "--host 0.0.0.0 --port 81 --share --concurrency 3 --allow-host a --allow-host b --embed https://c"
    assert {name: value for name, value in vars(parse(*flags.split())).items() if value is not None} == {
        "model": "nano",
        "dtype": "auto",
        "device": "auto",
        "engine": "local",
        "engine_url": [],
        "host": "0.0.0.0",
        "port": 81,
        "share": True,
        "concurrency": 3,
        "allow_host": ["a", "b"],
        "embed": ["https://c"],
    }


def test_reads_settings_from_flags_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOLA_PUBLIC", "1")
    monkeypatch.setenv("EMOLA_TURNS", "7")
    operation, limits = app._settings(parse("--movement-only", "--queue", "9", "--metrics", "9090"))
    assert operation == Operation(public=True, movement_only=True, metrics="127.0.0.1:9090")
    assert (limits.turns, limits.queue, limits.questions_per_minute) == (7, 9, 12)
    monkeypatch.setenv("EMOLA_TURNS", "many")
    with pytest.raises(EmolaError, match="EMOLA_TURNS"):
        app._settings(parse())


def test_trusts_the_proxies_of_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a Space whose visitors share one limit, since a proxy is the only connection."""
    monkeypatch.delenv("SPACE_HOST", raising=False)
    assert app._trusted_proxies(Operation()) == 0
    assert app._trusted_proxies(Operation(trusted_proxies=2)) == 2
    monkeypatch.setenv("SPACE_HOST", "owner-emola.hf.space")
    assert app._trusted_proxies(Operation()) == PRIVATE_PROXIES
    assert app._trusted_proxies(Operation(trusted_proxies=2)) == 2


@pytest.fixture
def untouched_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logs of Gradio and Uvicorn as they are in the process of the tests."""
    for name in ("adopt_gradio_tracebacks", "adopt_server_logs"):
        monkeypatch.setattr(f"emola.ui.serving.logs.{name}", lambda: None)


@pytest.mark.usefixtures("untouched_logs")
@pytest.mark.parametrize("flags", [(), ("--movement-only",), ("--mcp",), ("--public",)])
def test_the_server_gets_the_flags(flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a page that names emotions, or an open MCP address, in spite of the flags."""
    given: dict[str, Any] = {}

    class Served(Exception):
        pass

    def serve(*_: Any, **options: Any) -> None:
        given.update(options)
        raise Served

    monkeypatch.setattr("emola.ui.serving.server.PageServer", serve)
    monkeypatch.setattr("emola.ui.shared.model_handle.ModelHandle.start", lambda *_, **__: None)
    monkeypatch.setattr(app, "_verify_language_model", lambda: None)
    args = parse(*flags)
    with pytest.raises(Served):
        app.serve(args, "EmoLA-Nano", (), *app._settings(args))
    assert given["movement_only"] is ("--movement-only" in flags)
    assert given["mcp"] is ("--mcp" in flags)
    assert given["limits"].turns == (40 if "--public" in flags else 0) and given["metrics"] is None


def test_loads_the_model_with_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an option of the model that the page ignores."""
    loaded: dict[str, Any] = {}
    monkeypatch.setattr("emola.load", lambda model, **options: loaded.update(options, model=model))
    flags = "--model here --device cpu --dtype float32 --quantize int8 --cache-bytes 1MB".split()
    args = parse(*flags)
    app._loader(args, app._settings(args)[1])()
    assert loaded == {
        "model": "here", "device": "cpu", "dtype": "float32", "quantize": "int8", "servers": (),
        "cache_bytes": 2**20,
    }  # fmt: skip


@pytest.mark.usefixtures("untouched_logs")
def test_serves_a_model_of_another_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a Space that loads the weights a second time, onto a GPU that its process lacks."""
    loaded: list[Any] = []

    class Served(Exception):
        pass

    def serve(handle: Any, *_: Any, **__: Any) -> None:
        loaded.append(handle.wait(10.0))
        raise Served

    monkeypatch.setattr("emola.ui.serving.server.PageServer", serve)
    monkeypatch.setattr(app, "_verify_language_model", lambda: None)
    model = SimpleNamespace(identity=dict)
    with pytest.raises(Served):
        app.serve(parse(), "EmoLA-7B", (), Operation(), Limits(), lambda: model)
    assert loaded == [model]


@pytest.mark.parametrize(
    ("flags", "module", "extra"),
    [(["--mcp"], "mcp", "mcp"), (["--metrics", "9090"], "prometheus_client", "metrics")],
)
def test_names_the_package_of_a_switch(
    flags: list[str],
    module: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Guards against a model that loads for seconds before the error."""
    monkeypatch.setitem(sys.modules, module, None)
    assert cli.main(["app", *flags]) == 2
    assert f'pip install "emola[{extra}]"' in capsys.readouterr().err


def test_rejects_the_port_of_the_page_for_the_metrics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a traceback of Gradio, which finds its port in use."""
    monkeypatch.setattr(app, "require", lambda _: None)
    assert cli.main(["app", "--port", "9090", "--metrics", "9090"]) == 2
    assert "choose another --metrics" in capsys.readouterr().err


@pytest.mark.parametrize(
    "origin", ["example.org", "https://example.org/page", "ftp://example.org", "https://", "*"]
)
def test_rejects_an_invalid_origin(origin: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a value that widens the security header, or breaks it."""
    with pytest.raises(SystemExit):
        parse("--embed", origin)
    assert "not an origin" in capsys.readouterr().err


def test_access_rules_follow_from_the_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against refusing visitors on a network, on a Space or behind a share link."""
    monkeypatch.setattr(socket, "gethostname", lambda: "Box")
    for name in ("SPACE_HOST", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert app._access(parse()).hosts == ()
    assert app._access(parse("--host", "0.0.0.0")).admits_host("box.local:7860")
    assert app._access(parse("--share")).admits_host("abc.gradio.live")
    assert app._access(parse("--allow-host", "faces.example")).admits_host("faces.example")
    monkeypatch.setenv("SPACE_HOST", "owner-emola.hf.space")
    space = app._access(parse())
    assert space.admits_host("owner-emola.hf.space")
    assert space.embed == ("https://huggingface.co",)


@pytest.mark.parametrize("concurrency", ["0", "-1", "many"])
def test_rejects_an_invalid_concurrency(concurrency: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a concurrency of zero, with which no question is ever answered."""
    with pytest.raises(SystemExit):
        parse("--concurrency", concurrency)
    assert "whole number from 1" in capsys.readouterr().err


def test_shows_drawings_and_cached_photos(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a page that waits for, or fails without, the download of example photos."""
    monkeypatch.setattr(downloads.cache, "cache_dir", lambda: tmp_path)

    def refuse(*_: Any) -> None:
        raise AssertionError("must not fetch")

    monkeypatch.setattr(downloads.cache, "path", refuse)
    drawn = app._example_photos()
    assert drawn and all(photo.path.is_file() for photo in drawn.values())
    monkeypatch.setattr(downloads.cache, "cached", lambda name: name == "astronaut.png" and tmp_path / name)
    ((title, photo),) = [item for item in app._example_photos().items() if item[0] not in drawn]
    assert photo.path == tmp_path / "astronaut.png"
    assert (title, photo.author, photo.licence) == ("Eileen Collins, astronaut", "NASA", "public domain")


def test_help_lists_the_flags(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["app", "--help"])
    text = capsys.readouterr().out
    flags = "--model --quantize --host --port --share --concurrency --movement-only --mcp --public --turns"
    for flag in flags.split():
        assert flag in text


def restricted() -> set[str]:
    """Return the files that are fetched only when they are asked for by name."""
    return {name for group in fetch._RESTRICTED for name in downloads.GROUPS[group]}


def test_fetches_missing_files_and_opens_without_examples(
    cache: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[tuple[str, str]] = []
    monkeypatch.setattr(app, "serve", lambda args, name, *_: served.append((args.model, name)) or 0)
    monkeypatch.setattr(downloads, "is_present", lambda group: False)
    assert cli.main(["app"]) == 0
    assert set(cache) == {*downloads.FILES} - restricted()
    fetch_one = downloads.path

    def without_examples(name: str, progress: Any = None) -> Any:
        if name in downloads.GROUPS["examples"]:
            raise DownloadError(f"{name} could not be fetched.")
        return fetch_one(name, progress)

    monkeypatch.setattr(downloads, "path", without_examples)
    capsys.readouterr()
    assert cli.main(["app"]) == 0
    assert "opens without all example photos" in capsys.readouterr().err
    assert served == [("nano", "EmoLA-Nano"), ("nano", "EmoLA-Nano")]


def test_serves_with_the_settings_that_were_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a second reading of the environment, after the checks."""
    turns: list[int] = []
    monkeypatch.setenv("EMOLA_TURNS", "7")
    monkeypatch.setattr(app, "_fetch_missing", lambda _: monkeypatch.setenv("EMOLA_TURNS", "9"))
    monkeypatch.setattr(
        app, "serve", lambda args, name, adapters, operation, limits, loader: turns.append(limits.turns) or 0
    )
    assert cli.main(["app"]) == 0
    assert turns == [7]


def test_fetches_nothing_that_is_present(cache: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "serve", lambda *_: 0)
    monkeypatch.setattr(downloads, "is_present", lambda group: True)
    assert cli.main(["app"]) == 0
    assert cache == []


@pytest.mark.parametrize(
    "argv",
    [["--model", "/no/such/folder"], ["--model", "."], ["--device", "cuda:99"], ["--port", "70000"]],
    ids=lambda argv: argv[-1],
)
def test_reports_invalid_arguments_before_serving_the_page(
    argv: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "serve", lambda *_: pytest.fail("the page was served"))
    assert cli.main(["app", *argv]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
