"""A sentence that is on record in English and is read in the language of whoever looks at it."""

from typing import Any, Self

from django.utils.translation import gettext


class Headline(str):
    """It reads, compares and is stored as its English words; ``in_words`` gives it in the language of now.

    ``msgid`` is English with named places, such as ``the text %(name)s was added``, marked by ``gettext_noop`` where it
    is written; ``facts`` stand in these places: names of rows and columns, figures, hours, or headlines themselves.
    """

    __slots__ = ("facts", "msgid")
    msgid: str
    facts: dict[str, Any]

    def __new__(cls, msgid: str, **facts: Any) -> Self:
        made = super().__new__(cls, msgid % facts if facts else msgid)
        made.msgid, made.facts = msgid, facts
        return made

    def in_words(self) -> str:
        words = gettext(self.msgid) if self.msgid else ""
        return words % {name: in_words(fact) for name, fact in self.facts.items()} if self.facts else words


def in_words(value: Any) -> str:
    """In the language of now where it is a headline; else as it is."""
    return value.in_words() if isinstance(value, Headline) else str(value)


def as_facts(headline: str) -> list[Any]:
    """For the journal, from which ``of_facts`` reads it again; empty for words without a message."""
    if not isinstance(headline, Headline):
        return []
    facts = headline.facts.items()
    return [headline.msgid, {name: as_facts(fact) if isinstance(fact, Headline) else str(fact) for name, fact in facts}]


def of_facts(stored: list[Any], words: str) -> str:
    """The headline that was stored; ``words`` where an older release has stored none."""
    if not stored:
        return words
    msgid, facts = stored
    return Headline(
        msgid, **{name: of_facts(fact, "") if isinstance(fact, list) else fact for name, fact in facts.items()}
    )
