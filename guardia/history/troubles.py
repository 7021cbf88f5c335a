"""What could not be taken of a former tool's file, in words, and counted."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO, TypedDict

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.customers.values import no_formula
from guardia.history.former_case import Trouble

WORDS = {
    "no kind": _("the mapping has nothing for such a row: it is left out"),
    "above the headings": _("it is above the headings: it is not read"),
    "no such case": _("it names a case that is in none of the files: it is left out"),
    "no number": _("no case number: the row is left out"),
    "no opening": _("no readable opening time: the case is left out"),
    "no closing": _("no readable closing time, and no state of an open case: the case is left out"),
    "still open": _("the case is still open: it is not history yet, and is left out"),
    "closed before opened": _("closed before it was opened: the case is left out"),
    "in the future": _("it is in the future: the case is left out"),
    "no company": _("this company is not on file: the case is left out"),
    "many companies": _("several companies on file have this name: the case is left out"),
    "no service": _("this service is not on file for the company: the case is imported without it"),
    "open without service": _("an open case needs a service that is on file: the case is left out"),
    "closed when restored": _("no closing time: that of the restoration is used"),
    "restored outside": _("restored before it was opened, or in the future: the hour is left out"),
    "unknown state": _("the mapping does not say what this state means: it is imported as a note"),
    "event without hour": _("no readable time: the event is left out"),
    "event in the future": _("it is in the future: the event is left out"),
    "unreadable": _("this is not a time"),
    "swapped": _("day and month are swapped: read in the only way in which it is a day"),
    "24:00": _("24:00 is read as the midnight that follows"),
    "no such hour": _("the clocks went forward over this hour: read as an hour later"),
    "twice that hour": _("the clocks went back, and this hour came twice: read as the first"),
    "out of order": _("events are out of order: sorted by their times"),
    "before its opening": _("some events are before the opening: imported as they are"),
    "short": _("the row has fewer cells than the heading: the missing ones are read as empty"),
    "lone quote": _("a quote is not closed: the row is read up to the end of its line"),
    "cut": _("the cell has more than 20,000 characters: the rest is not imported"),
    "surplus": _("the row has more cells than the heading: the others are not read"),
    "no attachment": _("this file is not among the attachments: the case is imported without it"),
    "attachment refused": _("this file is not accepted, for its size or its kind: the case is imported without it"),
    "attachment damaged": _("this is not a file in base64: the case is imported without it"),
    "too many attachments": _("the case has more files than one may have: this one is not imported"),
    "changed since": _("imported before, and the file now says something else: left as it is"),
}
"""Each trouble in a sentence that says what became of it."""
LEAVES_OUT = frozenset(
    {
        *("no kind", "above the headings", "no such case", "no number", "no opening", "no closing", "still open"),
        *("closed before opened", "in the future", "no company", "many companies", "open without service"),
        *("event without hour", "event in the future"),
    }
)
"""A row, an event or a case does not come in for it; with all others it does."""
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

    def counted(self, names: Sequence[str]) -> "Iterator[CountedTrouble]":
        """As data, the most frequent first; ``names``: of the files."""
        for (what, word), count in self.counts.most_common():
            first: list[Place] = [
                {"file": names[one.file], "row": one.row, "heading": one.heading, "words": one.words[:40]}
                for one in self.first[what, word]
            ]
            yield {"what": what, "word": word, "count": count, "first": first}

    def lines(self, names: Sequence[str]) -> Iterator[str]:
        """The most frequent first: how many, what, and where the first ones stand."""
        for trouble in self.counted(names):
            yield trouble_line(trouble, names_files=len(names) > 1)


class Place(TypedDict):
    """Where a trouble stands: file, row as a spreadsheet counts it, heading, and the words there."""

    file: str
    row: int
    heading: str
    words: str


class CountedTrouble(TypedDict):
    """``what``: a key of ``WORDS``; ``word``: what it is about, where each word is counted apart."""

    what: str
    word: str
    count: int
    first: list[Place]


def trouble_line(trouble: CountedTrouble, *, names_files: bool) -> str:
    """``3 × this is no hour (row 17, Opened: 31/02/2024; …)``."""
    where = places_in_words(trouble, names_files=names_files)
    return f"{trouble['count']} × {trouble_in_words(trouble)} ({where})"


def trouble_in_words(trouble: CountedTrouble) -> str:
    return f"{WORDS[trouble['what']]}" + (f" “{trouble['word']}”" if trouble["word"] else "")


def places_in_words(trouble: CountedTrouble, *, names_files: bool) -> str:
    """Where the first ones stand: ``row 17, Opened: 31/02/2024; …``."""
    places = []
    for one in trouble["first"]:
        words = gettext("row %(row)d, %(heading)s") % {"row": one["row"], "heading": one["heading"]}
        words = f"{one['file']} {words}" if names_files else words
        places.append(f"{words}: {one['words']}" if one["words"] else words)
    return "; ".join(places) + (" …" if trouble["count"] > len(places) else "")


def written_into(stream: TextIO, names: Sequence[str]) -> Callable[[Trouble], object]:
    """Write the headings of a CSV into ``stream``, and give back what writes each trouble there as a row; ``names``: of
    the files. No spreadsheet takes a word of a file for a formula.
    """
    rows = csv.writer(stream)
    rows.writerow([_("File"), _("Row"), _("Column"), _("What is wrong"), _("What it contains")])

    def write(trouble: Trouble) -> None:
        cells = (names[trouble.file], trouble.row, trouble.heading, WORDS[trouble.what], trouble.words)
        rows.writerow([no_formula(str(cell)) for cell in cells])

    return write
