"""The notation in which the table of kinds writes a sentence about an event.

A part of a sentence is one of three:

- words: a translated string, lazily, without placeholders;
- a fact by its name: ``"cause"`` is a text of the event, ``"data.level"`` stands in its data, ``"variant"`` is its
  variant, and a few are worked out of several (``"details"``). Behind a bar stands how it is written:
  ``"data.due_at|hour"``. Where facts come from and how each is written is in ``cases.event_facts``, once for all;
- a sentence made by a function of this module.

A fact that is absent is empty; only a code that its kind always has (a band, a condition) raises where there is none.
"""

from collections.abc import Callable
from typing import Protocol

from django.utils.functional import Promise


class Facts(Protocol):
    """What one event says, as it is written on one screen or in one letter, in the active language."""

    @property
    def for_operator(self) -> bool:
        """Whether it is our own people who read it."""

    def written(self, fact: str) -> str:
        """The fact of this name; empty where the event does not say it."""


Sentence = Callable[[Facts], str]
Part = str | Promise | Sentence


def read(part: Part, facts: Facts) -> str:
    """The part in the active language."""
    if isinstance(part, str):
        return facts.written(part)
    return part(facts) if callable(part) else str(part)


def says(words: str | Promise, /, **placeholders: Part) -> Sentence:
    """``words`` with what stands in each placeholder; one that is not named here stands for the fact of its name."""

    def sentence(facts: Facts) -> str:
        return str(words) % _Filled(facts, placeholders)

    return sentence


class _Filled(dict[str, str]):
    def __init__(self, facts: Facts, parts: dict[str, Part]) -> None:
        self.facts, self.parts = facts, parts

    def __missing__(self, name: str) -> str:
        return read(self.parts.get(name, name), self.facts)


def joined(*parts: Part, by: str = " · ") -> Sentence:
    """All parts that say something."""
    return lambda facts: by.join(words for part in parts if (words := read(part, facts)))


def first_of(*parts: Part) -> Sentence:
    """The first part that says something."""
    return lambda facts: next((words for part in parts if (words := read(part, facts))), "")


def given(fact: Part, then: Part, otherwise: Part = "") -> Sentence:
    """``then`` where the event says ``fact``."""
    return lambda facts: read(then if read(fact, facts) else otherwise, facts)


def by(fact: str, /, otherwise: Part = "", **parts: Part) -> Sentence:
    """The part of the value that ``fact`` has."""
    return lambda facts: read(parts.get(facts.written(fact), otherwise), facts)


def by_variant(otherwise: Part = "", **parts: Part) -> Sentence:
    return by("variant", otherwise, **parts)


def with_reason(part: Part, reason: Part = "reason") -> Sentence:
    """``part: reason``; the part alone where no reason was given."""
    return given(reason, says("%(part)s: %(reason)s", part=part, reason=reason), part)


def for_the_operator(part: Part) -> Sentence:
    """What the customer does not read."""
    return lambda facts: read(part, facts) if facts.for_operator else ""
