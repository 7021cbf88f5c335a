"""What could not be taken of a former tool's file, in words, and counted."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from guardia.history.former_case import Trouble

WORDS = {
    "no kind": _("the mapping has nothing for such a row: it is left out"),
    "above the headings": _("it stands above the headings: it is not read"),
    "no such case": _("it names a case that is in none of the files: it is left out"),
    "no number": _("no number of a case: the row is left out"),
    "no opening": _("no hour of its opening that can be read: the case is left out"),
    "no closing": _("no hour of its closing that can be read, and no state of an open case: the case is left out"),
    "still open": _("the case is still open: it is no history, and is left out"),
    "closed before opened": _("closed before it was opened: the case is left out"),
    "in the future": _("it lies in the future: the case is left out"),
    "no company": _("this company is not on file: the case is left out"),
    "many companies": _("several companies on file have this name: the case is left out"),
    "no service": _("this service is not on file of the company: the case is brought in without it"),
    "open without service": _("an open case needs a service that is on file: the case is left out"),
    "closed when restored": _("no hour of its closing: that of its restoration is taken"),
    "restored outside": _("restored before it was opened, or in the future: the hour is left out"),
    "unknown state": _("the mapping does not say what this state means: it is brought in as a note"),
    "event without hour": _("no hour that can be read: the event is left out"),
    "event in the future": _("it lies in the future: the event is left out"),
    "unreadable": _("this is no hour"),
    "swapped": _("day and month are swapped: read in the only way in which it is a day"),
    "24:00": _("24:00 is read as the midnight that follows"),
    "no such hour": _("the clocks went forward over this hour: read as an hour later"),
    "twice that hour": _("the clocks went back, and this hour came twice: read as the first"),
    "out of order": _("events stand out of order: put in the order of their hours"),
    "before its opening": _("events lie before the opening: brought in as they are"),
    "short": _("the row has fewer cells than the heading: the missing ones are taken for empty"),
    "lone quote": _("a quote has no pair: the row is read up to the end of its line"),
    "cut": _("the cell has more than 20,000 characters: the rest is not brought in"),
    "surplus": _("the row has more cells than the heading: the others are not read"),
    "no attachment": _("this file is not among the attachments: the case is brought in without it"),
    "attachment refused": _("this file is not taken, for its size or its kind: the case is brought in without it"),
    "attachment damaged": _("this is no file in base64: the case is brought in without it"),
    "too many attachments": _("the case has more files than one may have: this one is not brought in"),
    "changed since": _("brought in before, and the file says something else now: left as it is"),
}
"""Each trouble in a sentence that says what became of it."""
BY_WORD = frozenset({"unknown state", "no company", "many companies", "no service", "no kind"})
"""Are counted apart for each word, which says what has to be put in order."""
SHOWN = 5


@dataclass
class Troubles:
    """Counts every trouble, and keeps the first rows of each kind and word to be shown."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], list[Trouble]] = field(default_factory=dict)
    also: Callable[[Trouble], object] | None = None
    """Is called with each one, by whoever writes them all down."""

    def add(self, trouble: Trouble) -> None:
        by_word = trouble.words if trouble.what in BY_WORD else ""
        key = trouble.what, by_word
        if self.also:
            self.also(trouble)
        self.counts[key] += 1
        if len(rows := self.first.setdefault(key, [])) < SHOWN:
            rows.append(trouble)

    def lines(self, files: list[str]) -> Iterator[str]:
        """The most frequent first: how many, what, and where the first ones stand."""
        for (what, word), count in self.counts.most_common():
            rows = self.first[what, word]
            where = ", ".join(place(row, files) for row in rows) + (" …" if count > len(rows) else "")
            about = f" “{word}”" if word else ""
            yield f"{count} × {WORDS[what]}{about} ({where})"


def place(trouble: Trouble, files: list[str]) -> str:
    """``incidents.csv row 17, Opened: 31/02/2024``."""
    of_file = f"{files[trouble.file]} " if len(files) > 1 else ""
    words = f": {trouble.words[:40]}" if trouble.words else ""
    return str(_("%(file)srow %(row)d, %(heading)s%(words)s")) % {
        "file": of_file,
        "row": trouble.row,
        "heading": trouble.heading,
        "words": words,
    }
