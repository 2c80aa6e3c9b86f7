"""The flags of the app, and how the page is served."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from emola import downloads
from emola.ui import launch


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
    flags = "--host 0.0.0.0 --port 81 --share --concurrency 3"
    args = parse(*flags.split())
    assert vars(args) == {
        "host": "0.0.0.0",
        "port": 81,
        "share": True,
        "concurrency": 3,
    }


@pytest.mark.parametrize("bad", ["0", "-1", "many"])
def test_concurrency_is_a_count(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug guarded: no answer ever, with a concurrency of none."""
    with pytest.raises(SystemExit):
        parse("--concurrency", bad)
    assert "at least 1" in capsys.readouterr().err


def test_nothing_about_visitors_is_kept_or_sent() -> None:
    """A bug guarded: Gradio keeping runs, or rendering through another server, by its own defaults."""
    options = launch.launch_options({})
    assert options["run_history"] is False
    assert options["ssr_mode"] is False
    assert options["max_file_size"] == launch.LARGEST_UPLOAD


def test_the_pages_own_files_are_there_and_name_no_other_server() -> None:
    """A bug guarded: a missing style sheet; a font or script from elsewhere."""
    from emola.ui.theme import theme

    css = "".join(path.read_text("utf-8") for path in launch.launch_options({})["css_paths"])
    script = launch.launch_options({})["js"]
    sheets: Any = theme()._stylesheets
    assert "--accent" in css and script.lstrip().startswith("() =>")
    for text in (css, script, theme()._get_theme_css(), *sheets):
        assert "http" not in text.replace("http://www.w3.org", "")


def test_examples_are_shown_only_if_they_are_here(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug guarded: the page waiting for the network, or not opening, for want of example photos."""
    monkeypatch.setattr(downloads, "cache_dir", lambda: tmp_path)

    def refuse(*_: Any) -> None:
        raise AssertionError("must not fetch")

    monkeypatch.setattr(downloads, "path", refuse)
    assert launch.example_photos() == {}
