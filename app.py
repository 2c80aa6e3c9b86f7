"""The app: ``python app.py``; ``--help`` shows the flags."""

import sys

from emola.cli import program

if __name__ == "__main__":
    program(["app", *sys.argv[1:]])
