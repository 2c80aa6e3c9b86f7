"""Settings as flags, environment variables and tables."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest

from emola import settings
from emola.errors import EmolaError
from emola.settings import choice, count, seconds, setting, size, switch


@dataclass(frozen=True)
class Group:
    """A group of settings, with a field that is none."""

    photo_bytes: int = setting(2**20, "size of a photo", size, public=2**19, smallest=1024, largest=2**30)
    turns: int = setting(0, "questions", count, public=40, largest=100)
    pause: float = setting(1.5, "pause", seconds, largest=60)
    loud: bool = setting(False, "be loud", switch)
    form: str = setting("plain", "form", choice("plain", "json"))
    constant: int = 7


def read(*argv: str, public: bool = False, **environ: str) -> Group:
    parser = argparse.ArgumentParser()
    settings.add_flags(parser, Group, "group")
    return settings.read(Group, vars(parser.parse_args(argv)), environ, public=public)


def test_flags_override_variables_which_override_defaults() -> None:
    assert read() == Group(2**20, 0, 1.5, False, "plain", 7)
    assert read(EMOLA_TURNS="5").turns == 5
    assert read("--turns", "6", EMOLA_TURNS="5").turns == 6


def test_public_defaults_are_below_flags_and_variables() -> None:
    """Guards against a public page that ignores what its operator sets."""
    assert read(public=True) == Group(2**19, 40, 1.5, False, "plain", 7)
    assert read(public=True, EMOLA_TURNS="5").turns == 5
    assert read("--turns", "6", public=True).turns == 6
    assert read("--turns", "0", public=True).turns == 0


def test_reads_every_kind() -> None:
    given = read("--photo-bytes", "3MB", "--pause", "0.5", "--loud", "--form", "json")
    assert given == Group(3 * 2**20, 0, 0.5, True, "json", 7)
    environ = {"EMOLA_PHOTO_BYTES": "2048", "EMOLA_PAUSE": "2", "EMOLA_LOUD": "On", "EMOLA_FORM": "json"}
    assert read(**environ) == Group(2048, 0, 2.0, True, "json", 7)
    assert read(EMOLA_LOUD="0", EMOLA_TURNS=" ") == Group()


@pytest.mark.parametrize(
    ("text", "value"), [("20MB", 20 * 2**20), ("64 kb", 65536), ("1GB", 2**30), ("12b", 12), ("12", 12)]
)
def test_sizes_have_units(text: str, value: int) -> None:
    assert size(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EMOLA_PHOTO_BYTES", "20 apples"),
        ("EMOLA_PHOTO_BYTES", "1"),
        ("EMOLA_PHOTO_BYTES", "2GB"),
        ("EMOLA_TURNS", "-1"),
        ("EMOLA_TURNS", "1.5"),
        ("EMOLA_TURNS", "٣"),
        ("EMOLA_TURNS", "9" * 5000),
        ("EMOLA_TURNS", "101"),
        ("EMOLA_PAUSE", "nan"),
        ("EMOLA_PAUSE", "-1"),
        ("EMOLA_PAUSE", "1e9"),
        ("EMOLA_LOUD", "maybe"),
        ("EMOLA_FORM", "xml"),
    ],
)
def test_an_invalid_variable_is_named(name: str, text: str) -> None:
    """Guards against a server without a limit that its operator believes to be set."""
    with pytest.raises(EmolaError, match=f"variable {name} is invalid") as raised:
        read(**{name: text})
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("argv", [("--turns", "x"), ("--photo-bytes", "1"), ("--form", "xml")])
def test_an_invalid_flag_ends_the_command(argv: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(*argv)
    assert argv[0] in capsys.readouterr().err


def test_help_and_table_name_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read("--help")
    text = " ".join(capsys.readouterr().out.split())
    assert "size of a photo (default: 1MB, with --public 512KB; EMOLA_PHOTO_BYTES)" in text
    assert "be loud (default: off; EMOLA_LOUD)" in text
    rows = settings.markdown_table(Group).splitlines()
    assert rows[2] == "| `--photo-bytes` | `EMOLA_PHOTO_BYTES` | size of a photo | 1MB | 512KB |"
    assert rows[4] == "| `--pause` | `EMOLA_PAUSE` | pause | 1.5 | 1.5 |"
    assert len(rows) == 2 + 5
