"""Report pages: blocks rendered as Markdown with PNG files beside it, and as one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

from emola.bench.plots import Plot
from emola.errors import DataError

__all__ = ["Block", "Drawing", "Heading", "Table", "Text", "decimal", "excerpt", "facts_table", "write_pages"]

_EXCERPT = 160


class Block(Protocol):
    """A block of a report."""

    def markdown(self) -> str:
        """Return the block as Markdown, without the empty line after it."""

    def html(self) -> str:
        """Return the block as one HTML element."""


@dataclass(frozen=True)
class Heading:
    """The heading of a section."""

    text: str

    def markdown(self) -> str:
        return f"## {_plain(self.text)}"

    def html(self) -> str:
        return f"<h2>{escape(self.text)}</h2>"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str

    def markdown(self) -> str:
        return _plain(self.text)

    def html(self) -> str:
        return f"<p>{escape(self.text)}</p>"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it. A header of empty cells is hidden in HTML."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str | None = None

    def markdown(self) -> str:
        lines = [self.header, ["---"] * len(self.header), *self.rows]
        text = "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines)
        return f"{text}\n\n{_plain(self.note)}" if self.note else text

    def html(self) -> str:
        kinds = [_column_class([row[column] for row in self.rows]) for column in range(len(self.header))]
        columns = zip(self.header, kinds, strict=True)
        head = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in columns)
        head = f"<thead><tr>{head}</tr></thead>" if any(self.header) else ""
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>'
            + "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row[1:], kinds[1:], strict=True))
            + "</tr>"
            for row in self.rows
        )
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f'<div class="table"><table>{head}<tbody>{body}</tbody></table></div>{note}'


@dataclass(frozen=True)
class Drawing:
    """A plot: inline in HTML, a PNG file beside the Markdown."""

    plot: Plot

    def markdown(self) -> str:
        return f"![{self.plot.alt}]({self.plot.name}.png)"

    def html(self) -> str:
        return f'<figure role="img" aria-label="{escape(self.plot.alt)}">{self.plot.svg}</figure>'


def write_pages(folder: Path, title: str, blocks: Sequence[Block]) -> None:
    """Write ``report.md`` with its PNG files, and ``report.html``. Raises DataError."""
    markdown = "\n\n".join([f"# {title}", *(block.markdown() for block in blocks)]) + "\n"
    page = _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(block.html() for block in blocks))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for block in blocks:
            if isinstance(block, Drawing):
                (folder / f"{block.plot.name}.png").write_bytes(block.plot.png)
        (folder / "report.md").write_text(markdown, encoding="utf-8", newline="\n")
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(f"The report cannot be written to {folder}: {error}.") from error


def facts_table(facts: Mapping[str, Any]) -> Table:
    """Return a table without header of the facts that are not None."""
    return Table(("", ""), [(name, str(value)) for name, value in facts.items() if value is not None])


def decimal(value: float | None) -> str:
    """Return a number with three decimals, or a dash for None."""
    return "–" if value is None else f"{value:.3f}"


def excerpt(text: str) -> str:
    """Return a text on one line, shortened to 160 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"


def _plain(text: str) -> str:
    """Escape what Markdown would interpret, in text and in table cells."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return text


def _column_class(column: Sequence[str]) -> str:
    """Return the HTML class of a column: numbers are right-aligned, long texts get a minimum width."""
    if all(re.fullmatch(r"[\d.]+(?: %)?|–|", cell) for cell in column):
        return ' class="number"'
    return ' class="long"' if max(map(len, column), default=0) > 60 else ""


_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --soft: #f3f4f6; --line: #d8dbe0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #16181c; --soft: #20242a; --line: #3a3f47; }
}
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 58rem; color: var(--ink);
  background: var(--paper); font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.25rem; }
p { max-width: 46rem; }
figure { margin: 1.5rem 0; } figure svg { width: 100%; max-width: 44rem; height: auto; }
figure svg text { font-family: system-ui, sans-serif !important; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; }
th, td { padding: 0.4rem 0.75rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
thead th { background: var(--soft); white-space: nowrap; }
tbody th { font-weight: 500; min-width: 9rem; overflow-wrap: anywhere; }
.table .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.long { min-width: 16rem; }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
