"""The app: ``python app.py``; ``--help`` shows the flags."""

import sys

from emola.cli import main

if __name__ == "__main__":
    sys.exit(main(["app", *sys.argv[1:]]))
