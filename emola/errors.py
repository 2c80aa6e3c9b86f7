"""What can go wrong, as one hierarchy.

::

    EmolaError
    ├── ImageError        a picture cannot be read or used
    │   └── NoFaceError   no face was found in it
    ├── DownloadError     a third-party file is missing, unreachable or damaged
    ├── CheckpointError   a model folder is incomplete or does not fit
    ├── ChatError         a question cannot be asked as it stands
    ├── DataError         a data set, corpus or answer file does not fit
    ├── RecipeError       a training recipe or a setting is wrong
    └── PackageError      a Python package that only some commands need is not installed

Every message is one sentence that says what is wrong, where, and what to do; it is shown to the
user as it stands (exit code 2 on the command line, a notice in the page). Anything else that is
raised is a defect of ours.
"""

from __future__ import annotations

_LONGEST = 300
"""Characters of a library's message that are shown; some list every value that they accept."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, shortened if it is long, or the class of the error.

    For the messages of other libraries, which may span several lines or be empty.
    """
    line = str(error).strip().partition("\n")[0].rstrip(".:") or type(error).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


class EmolaError(Exception):
    """Something the user can put right; ``str(error)`` tells how."""


class ImageError(EmolaError):
    """A picture cannot be read or used."""


class NoFaceError(ImageError):
    """No face was found in a picture."""


class DownloadError(EmolaError):
    """A third-party file is missing, unreachable or damaged."""


class CheckpointError(EmolaError):
    """A model folder is incomplete or does not fit."""


class ChatError(EmolaError):
    """A question cannot be asked as it stands."""


class DataError(EmolaError):
    """A data set, corpus or answer file does not fit."""


class RecipeError(EmolaError):
    """A training recipe or a setting is wrong."""


class PackageError(EmolaError):
    """A Python package that only some commands need is not installed."""
