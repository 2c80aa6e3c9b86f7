"""Settings as fields of a dataclass, from which flags, environment variables, help and tables are made.

::

    @dataclass(frozen=True)
    class Limits:
        queue: int = setting(20, "length of the queue", count, public=30)

declares the flag ``--queue`` and the variable ``EMOLA_QUEUE``. A flag overrides its variable, a variable
overrides the value for public pages, and that one overrides the default.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from emola.errors import EmolaError

__all__ = [
    "Setting",
    "add_flags",
    "choice",
    "count",
    "markdown_table",
    "read",
    "seconds",
    "setting",
    "settings_of",
    "size",
    "switch",
    "text_of",
]

_UNITS = {"GB": 2**30, "MB": 2**20, "KB": 2**10, "B": 1}
_LARGEST = 2**40
_SWITCHES = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(
    ("0", "false", "no", "off"), False
)
_KEY = "setting"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Setting:
    """A setting: a field of a dataclass.

    default: without a flag and a variable. parse: converts a text to a value; raises
    argparse.ArgumentTypeError. public: the default of a public page, None if it is the same. smallest,
    largest: bounds of a number. name: of the field.
    """

    default: Any
    help: str
    parse: Callable[[str], Any]
    public: Any = None
    smallest: float = 0
    largest: float = _LARGEST
    name: str = ""

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return "EMOLA_" + self.name.upper()

    def value(self, text: str) -> Any:
        """Return the value of a text. Raises argparse.ArgumentTypeError for an invalid one."""
        value = self.parse(text)
        if isinstance(value, (int, float)) and not self.smallest <= value <= self.largest:
            bounds = f"{text_of(self, self.smallest)} to {text_of(self, self.largest)}"
            raise argparse.ArgumentTypeError(f"{text!r} is not from {bounds}")
        return value


def setting(default: Any, help: str, parse: Callable[[str], Any], **options: Any) -> Any:
    """Declare a field of a dataclass as a setting. options: public, smallest and largest of ``Setting``."""
    return field(default=default, metadata={_KEY: Setting(default, help, parse, **options)})


def settings_of(group: type) -> list[Setting]:
    """Return the settings of a dataclass; its other fields are not configurable."""
    declared = [part for part in fields(group) if _KEY in part.metadata]
    return [replace(part.metadata[_KEY], name=part.name) for part in declared]


def add_flags(parser: argparse.ArgumentParser, group: type, title: str) -> None:
    """Add the flags of a dataclass of settings to a parser, under a title; they are None when not given."""
    flags = parser.add_argument_group(title)
    for each in settings_of(group):
        text = f"{each.help} ({_defaults(each)})"
        if each.parse is switch:
            flags.add_argument(each.flag, action="store_true", default=None, help=text)
        else:
            flags.add_argument(each.flag, type=each.value, metavar=_metavar(each), help=text)


def read(
    group: type[_T], given: Mapping[str, Any], environ: Mapping[str, str], *, public: bool = False
) -> _T:
    """Return an instance of a dataclass of settings.

    given: the values of the flags by the names of the settings, None for a flag that was not given. environ:
    the environment; an empty variable counts as missing. public: use the defaults of a public page. Raises
    EmolaError for an invalid variable.
    """
    return group(**dict(_values(group, given, environ, public)))


def _values(
    group: type, given: Mapping[str, Any], environ: Mapping[str, str], public: bool
) -> Iterator[tuple[str, Any]]:
    for each in settings_of(group):
        text = environ.get(each.variable, "").strip()
        if (value := given.get(each.name)) is not None:
            yield each.name, value
        elif text:
            try:
                yield each.name, each.value(text)
            except argparse.ArgumentTypeError as error:
                raise EmolaError(f"The environment variable {each.variable} is invalid: {error}.") from None
        elif public and each.public is not None:
            yield each.name, each.public


def count(text: str) -> int:
    """Parse a whole number."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number")
    return int(text)


def seconds(text: str) -> float:
    """Parse a number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of seconds")
    return value


def size(text: str) -> int:
    """Parse a number of bytes, such as ``20MB``, ``64KB`` or ``1000``; a KB has 1024 bytes."""
    upper = text.strip().upper()
    unit = next((unit for unit in _UNITS if upper.endswith(unit)), "")
    number = upper.removesuffix(unit).strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 14):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a size such as 20MB")
    return int(number) * _UNITS[unit or "B"]


def switch(text: str) -> bool:
    """Parse the value of an environment variable that switches something on or off."""
    try:
        return _SWITCHES[text.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is neither 1 nor 0") from None


def choice(*names: str) -> Callable[[str], str]:
    """Return a parser of one of some names."""

    def parse(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is none of {', '.join(names)}")
        return text

    return parse


def text_of(setting: Setting, value: Any) -> str:
    """Return a value as a user would write it."""
    if setting.parse is size:
        unit = next((unit for unit, factor in _UNITS.items() if value and value % factor == 0), "B")
        return f"{int(value) // _UNITS[unit]}{unit}"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)


def markdown_table(group: type) -> str:
    """Return the settings of a dataclass as a table in Markdown."""
    rows = ["| flag | environment variable | meaning | default | with `--public` |", "|---|---|---|---|---|"]
    for each in settings_of(group):
        default = text_of(each, each.default) or "none"
        public = default if each.public is None else text_of(each, each.public)
        rows.append(f"| `{each.flag}` | `{each.variable}` | {each.help} | {default} | {public} |")
    return "\n".join(rows) + "\n"


def _defaults(setting: Setting) -> str:
    """Return the part of the help about the defaults."""
    default = text_of(setting, setting.default) or "none"
    public = "" if setting.public is None else f", with --public {text_of(setting, setting.public)}"
    return f"default: {default}{public}; {setting.variable}"


def _metavar(setting: Setting) -> str:
    names: dict[Callable[[str], Any], str] = {size: "SIZE", seconds: "SECONDS", count: "N"}
    return names.get(setting.parse, "VALUE")
