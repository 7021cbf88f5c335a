"""The pictures of a letter (P5, P6): before and after the restoration, how the watch went; each with its numbers.

Whoever does not see a picture, because the mail is text or pictures are blocked, reads the same in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from guardia.notices.wording.fact_phrases import in_own_language
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of

Sample = float | None
MOST_READ_OUT = 12


@dataclass(frozen=True)
class Side:
    """One picture: its label with the hour, its numbers, its samples in words; ``top`` is the scale it shares."""

    label: str
    said: str
    described: str
    samples: tuple[Sample, ...]
    top: float | None = None


@dataclass(frozen=True)
class Chart:
    title: str
    sides: tuple[Side, ...]


def charts(told: Sequence[NoticeFacts]) -> tuple[Chart, ...]:
    """Of the last event that has any: what came before is the same again."""
    last = next((each for each in reversed(told) if each["pictures"]), None)
    return tuple(_chart(last, row) for row in last["pictures"]) if last else ()


def _chart(told: NoticeFacts, row: Mapping[str, Any]) -> Chart:
    title = capfirst(in_own_language(row["names"], ""))
    if watch := row.get("watch"):
        return Chart(title, (_watch(told, watch),))
    pair = ((_("Before"), row.get("before")), (_("After"), row.get("after")))
    top = max((sample for _label, side in pair if side for sample in side["samples"] if sample), default=None)
    return Chart(title, tuple(_side(told, label, side, top) for label, side in pair if side))


def _side(told: NoticeFacts, label: str, side: Mapping[str, Any], top: float | None) -> Side:
    samples = tuple(side["samples"])
    hour = moment_of(side["at"])
    named = _("%(label)s, %(hour)s") % {"label": label, "hour": told.hours.stamp(hour)} if hour else label
    return Side(named, in_own_language(side["results"], ""), described(samples), samples, top)


def _watch(told: NoticeFacts, watch: Mapping[str, Any]) -> Side:
    start, end = moment_of(watch["since"]), moment_of(watch["until"])
    words = ngettext("%(rounds)d test, %(bad)d bad", "%(rounds)d tests, %(bad)d bad", watch["rounds"])
    label = capfirst(told.hours.between(start, end)) if start and end else pgettext("stage", "Follow-up")
    samples = tuple(watch["samples"])
    return Side(label, words % {"rounds": watch["rounds"], "bad": watch["bad"]}, described(samples), samples)


def described(samples: Sequence[Sample]) -> str:
    """The bars in words: one by one while they are few, else how many, how high, and how many were lost."""
    if len(samples) <= MOST_READ_OUT:
        return ", ".join(_("lost") if sample is None else f"{sample:.0f} ms" for sample in samples)
    came = [sample for sample in samples if sample is not None]
    facts = {"count": len(samples), "lost": len(samples) - len(came), "least": min(came, default=0)}
    facts["most"] = max(came, default=0)
    return _("%(count)d bars from %(least).0f to %(most).0f ms, %(lost)d lost") % facts


# A table of a letter: as columns where it is HTML, as lines where it is text, with the same words.


@dataclass(frozen=True)
class Grid:
    """``head`` names the columns; the first one names the row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def named_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Each cell after the first with the name of its column, which a narrow screen shows in place of the head."""
        names = ("", *self.head[1:])
        return tuple(tuple(zip(names, row, strict=True)) for row in self.rows)

    @property
    def lines(self) -> tuple[str, ...]:
        """``ENL-0042 · Availability: 99.500 % · Affected time: 3 h``, for whoever reads text."""
        return tuple(self._line(row) for row in self.rows)

    def _line(self, row: tuple[str, ...]) -> str:
        said = (f"{name}: {cell}" for name, cell in zip(self.head[1:], row[1:], strict=True) if cell)
        return " · ".join((row[0], *said))
