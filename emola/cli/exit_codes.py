"""Exit codes: errors and signals end a command with a code and one line on stderr.

0 success; 2 user error; 130 interrupted (SIGINT); 143 terminated (SIGTERM); 129 hung up (SIGHUP);
141 the reader closed the output.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, ParamSpec

from emola.cli.signals import Terminated, handle_termination
from emola.errors import EmolaError
from emola.extras import missing_package_message
from emola.files import is_disk_error

__all__ = ["end_process", "one_line", "with_exit_codes"]

_P = ParamSpec("_P")

_LOADER = "load-model"
"""Name of the thread in which ``ModelHandle`` loads a model."""


def with_exit_codes(name: str) -> Callable[[Callable[_P, int]], Callable[_P, int]]:
    """Return a decorator for a function that runs a command and returns its exit code.

    Exceptions that a user can act on become exit codes; all others, being defects of EmoLA, are raised.
    name: the program, as the beginning of each line on stderr.
    """

    def decorate(command: Callable[_P, int]) -> Callable[_P, int]:
        @functools.wraps(command)
        def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> int:
            try:
                with handle_termination() as termination:
                    code = command(*args, **kwargs)
                    if sys.stdout is not None:  # None in a service without a console
                        sys.stdout.flush()
                    return termination.code or code
            except Terminated as signal:
                message, code = "terminated", signal.code
            except KeyboardInterrupt:
                message, code = "interrupted", 130
            except BrokenPipeError:
                # The reader, such as `head`, has closed the pipe. Python flushes stdout once more at exit.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 141
            except (EmolaError, ModuleNotFoundError, OSError) as error:
                if (text := _user_message(error)) is None:
                    raise
                message, code = text, 2
            print(f"{name}: {one_line(message)}", file=sys.stderr)
            return code

        return wrapper

    return decorate


def end_process(code: int) -> NoReturn:
    """End the process with an exit code, also while a thread is loading a model.

    Python ends a daemon thread by unwinding it at its next step. Inside the C++ code of PyTorch this aborts
    the process, whose exit code is then 134. In this case only the exit handlers are run.
    """
    if any(thread.name == _LOADER for thread in threading.enumerate()):
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):  # there is none, or its reader has closed it
                stream.flush()
        os._exit(code)
    sys.exit(code)


def one_line(message: str) -> str:
    """Replace line ends and control characters, which file names can bring into a message."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in " ".join(message.split()))


def _user_message(error: Exception) -> str | None:
    """Return the message to the user about an error, None for a defect of EmoLA."""
    if isinstance(error, EmolaError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return missing_package_message(error)
    if isinstance(error, OSError) and error.filename is not None:  # a path that the user named
        return f"{error.filename} cannot be used: {error.strerror}."
    if isinstance(error, OSError) and is_disk_error(error):
        return f"The output cannot be written: {error.strerror}."
    return None
