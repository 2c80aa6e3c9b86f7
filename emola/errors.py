"""The exceptions of EmoLA.

::

    EmolaError
    ├── ImageError        a picture cannot be read or used
    │   └── NoFaceError   a picture shows no face
    ├── DownloadError     a third-party file is missing, unreachable or damaged
    ├── CheckpointError   a model folder is incomplete or incompatible
    ├── ChatError         a question or a conversation is invalid
    ├── DataError         a data set, corpus, answer file or output is unusable
    ├── RecipeError       a training recipe or a setting is invalid
    └── PackageError      an optional package is not installed

Each message is one sentence that says what is wrong, where, and what to do. It is shown to the user
unchanged: with exit code 2 on the command line, as a notice in the page. Any other exception is a defect of
EmoLA.
"""

from __future__ import annotations

_MAX_LENGTH = 300
"""Maximum length of a library's message in characters; some messages list every accepted value."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, shortened if it is long, or the class of the error.

    For the messages of other libraries, which may span several lines or be empty.
    """
    line = str(error).strip().partition("\n")[0].rstrip(".:") or type(error).__name__
    return line if len(line) <= _MAX_LENGTH else f"{line[:_MAX_LENGTH]} ..."


class EmolaError(Exception):
    """A problem that the user can solve; ``str(error)`` says how."""


class ImageError(EmolaError):
    """A picture cannot be read or used."""


class NoFaceError(ImageError):
    """A picture shows no face."""


class DownloadError(EmolaError):
    """A third-party file is missing, unreachable or damaged."""


class CheckpointError(EmolaError):
    """A model folder is incomplete or incompatible."""


class ChatError(EmolaError):
    """A question or a conversation is invalid."""


class DataError(EmolaError):
    """A data set, corpus, answer file or output is unusable."""


class RecipeError(EmolaError):
    """A training recipe or a setting is invalid."""


class PackageError(EmolaError):
    """An optional package is not installed."""
