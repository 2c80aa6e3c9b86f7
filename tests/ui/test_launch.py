"""The flags of the app, and how the page is served."""

from __future__ import annotations

import argparse
import socket
from typing import Any

import pytest

from emola import downloads
from emola.files import asset
from emola.ui import launch
from emola.ui.theme import theme


def parse(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    launch.add_arguments(parser)
    return parser.parse_args(argv)


def test_without_flags_it_is_on_this_machine_only() -> None:
    """A bug guarded: a page open to the network, or shared, without being asked."""
    args = parse()
    assert args.host is None and args.share is False


def test_every_flag_is_read() -> None:
    """A bug guarded: a flag that --help shows and nothing reads."""
    flags = "--host 0.0.0.0 --port 81 --share --concurrency 3 --allow-host a --allow-host b --embed https://c"
    args = parse(*flags.split())
    assert vars(args) == {
        "host": "0.0.0.0",
        "port": 81,
        "share": True,
        "concurrency": 3,
        "allow_host": ["a", "b"],
        "embed": ["https://c"],
    }


@pytest.mark.parametrize(
    "bad", ["example.org", "https://example.org/page", "ftp://example.org", "https://", "*"]
)
def test_an_origin_is_a_scheme_and_a_host(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug guarded: a value that widens the security header, or breaks it."""
    with pytest.raises(SystemExit):
        parse("--embed", bad)
    assert "not an origin" in capsys.readouterr().err


def test_the_names_of_the_page_follow_from_how_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug guarded: a page on the network, on a Space or behind a share link that refuses its visitors."""
    monkeypatch.setattr(socket, "gethostname", lambda: "Box")
    for name in ("SPACE_HOST", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert launch._access(parse()).hosts == ()
    assert launch._access(parse("--host", "0.0.0.0")).admits_host("box.local:7860")
    assert launch._access(parse("--share")).admits_host("abc.gradio.live")
    assert launch._access(parse("--allow-host", "faces.example")).admits_host("faces.example")
    monkeypatch.setenv("SPACE_HOST", "owner-emola.hf.space")
    space = launch._access(parse())
    assert space.admits_host("owner-emola.hf.space")
    assert space.embed == ("https://huggingface.co",)


@pytest.mark.parametrize("bad", ["0", "-1", "many"])
def test_concurrency_is_a_count(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug guarded: no answer ever, with a concurrency of none."""
    with pytest.raises(SystemExit):
        parse("--concurrency", bad)
    assert "at least 1" in capsys.readouterr().err


def test_the_pages_own_files_are_there_and_name_no_other_server() -> None:
    """A bug guarded: a missing style sheet; a font or script from elsewhere."""
    css = asset("style.css").read_text("utf-8")
    script = asset("page.js").read_text("utf-8")
    sheets: Any = theme()._stylesheets
    assert "--accent" in css and script.lstrip().startswith("() =>")
    for text in (css, script, theme()._get_theme_css(), *sheets):
        assert "http" not in text.replace("http://www.w3.org", "")


def test_examples_are_shown_only_if_they_are_here(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug guarded: the page waiting for the network, or not opening, for want of example photos."""
    monkeypatch.setattr(downloads, "cache_dir", lambda: tmp_path)

    def refuse(*_: Any) -> None:
        raise AssertionError("must not fetch")

    monkeypatch.setattr(downloads.cache, "path", refuse)
    assert launch.example_photos() == {}
