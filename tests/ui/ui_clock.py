"""A fake clock."""


class Clock:
    """Returns the time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now
