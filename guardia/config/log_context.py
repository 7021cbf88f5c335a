"""What a line of the log says beside its words: which request, whose role, which case, which step of the worker.

Set once where a request or a step begins, and read by every line that is written until it ends.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

FIELDS = ("request", "route", "role", "case", "step")
_said: ContextVar[Mapping[str, str]] = ContextVar("said")


@contextmanager
def about(**words: object) -> Iterator[None]:
    """Every line written inside says this too; what is empty says nothing. ``words``: names of FIELDS."""
    token = _said.set({**known(), **_cleaned(words)})
    try:
        yield
    finally:
        _said.reset(token)


def tell(**words: object) -> None:
    """The same from now on, until the ``about`` that stands around it ends."""
    _said.set({**known(), **_cleaned(words)})


def known() -> Mapping[str, str]:
    """All that is known here, by field."""
    return _said.get({})


def context_value(field: str) -> str:
    """What is known here of this field; empty where nothing is."""
    return known().get(field, "")


def _cleaned(words: Mapping[str, object]) -> dict[str, str]:
    if unknown := set(words) - set(FIELDS):
        raise ValueError(f"a line of the log has no field {', '.join(sorted(unknown))}")
    return {name: str(value) for name, value in words.items() if value not in (None, "")}


class WithContext(logging.Filter):
    """Hangs what is known on the line when it is written, in the thread that writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = dict(known())
        return True
