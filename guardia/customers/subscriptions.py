"""What a person of a company can be told about: every topic and kind of case, unless the company chooses less (P2)."""

from functools import partial

from guardia.procedure.vocabulary import CaseKind, Topic

EVERYTHING = [topic.value for topic in Topic]
EVERY_KIND = [kind.value for kind in CaseKind]

everything: partial[list[str]] = partial(list, tuple(EVERYTHING))
every_kind: partial[list[str]] = partial(list, tuple(EVERY_KIND))
"""Defaults of columns. A migration writes them down as they are, so that it imports none of our code."""
