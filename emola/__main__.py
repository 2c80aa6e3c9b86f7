"""``python -m emola``: the command line."""

from emola.cli import program

program()
