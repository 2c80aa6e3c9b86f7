"""``python -m emola``: the command line."""

from emola.cli import main

raise SystemExit(main())
