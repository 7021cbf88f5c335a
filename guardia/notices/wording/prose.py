"""What a person wrote, set into a sentence of ours."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.notices.wording.notice_facts import NoticeFacts

HEADLINE = 150


@dataclass(frozen=True)
class News:
    """What one moment tells: the end of the subject line, the first sentence, what follows it, and its facts.

    ``is_whole``: the subject is all that stands behind the number.
    """

    subject: str
    headline: str
    said: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    is_whole: bool = False


Says = Callable[["NoticeFacts"], News]
WORDING: dict[str, Says] = {}
"""The letters that have a function of their own, by kind; ``letter`` imports the modules that hold them."""


def letter_of(moment: Moment) -> Callable[[Says], Says]:
    """Marks the function that writes the letter of this kind."""

    def marked(function: Says) -> Says:
        WORDING[moment] = function
        return function

    return marked


def clause(text: str) -> str:
    """In one line and without its last full stop, to go on or be closed by our own sentence."""
    return " ".join(text.split()).rstrip(" .;,")


def is_short(text: str) -> bool:
    """True if it fits into a first sentence."""
    return len(clause(text)) <= HEADLINE


def headed(sentence: str, instead: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The headline and what follows: ``sentence`` where the text fits in it, else ``instead`` with the text below."""
    return (sentence, ()) if is_short(text) else (instead, (text.strip(),))


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *others, last = [word for word in words if word] or [""]
    return gettext("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last


def rows_of(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Only those that say something."""
    return tuple((label, value) for label, value in pairs if value)
