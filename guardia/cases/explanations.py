"""A clock's hour in words: one sentence (“due 14:30: 20 min from 14:02, 8 min waiting: …”) and a line per part.

Said in a given zone (the desk's on its screens, the site's in the API) and in the active language. Exact to the second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.exclusions import UPHELD
from guardia.cases.explaining import CalendarMoved, Explained, WaitExplained
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.clocks.explain import Counts, SpanPart
from guardia.clocks.wait import Wait
from guardia.procedure.vocabulary import ClockKind, WaitCause

SPACE = "\u00a0"
TONIGHT = timedelta(hours=18)
THIS_MONTH = timedelta(days=25)


def exactly(length: timedelta, days: bool = True) -> str:
    """``20 min``, ``1 h 30 min``, ``2 d 15 h``, ``45 s``: every part that is not nothing, to the second.

    Without ``days``, for office hours of which 24 make no day: ``45 h``.
    """
    whole = int(length.total_seconds())
    first = ((whole // 86400, "d"), (whole // 3600 % 24, "h")) if days else ((whole // 3600, "h"),)
    parts = (*first, (whole // 60 % 60, "min"), (whole % 60, "s"))
    return SPACE.join(f"{number}{SPACE}{unit}" for number, unit in parts if number) or f"0{SPACE}min"


@dataclass(frozen=True)
class ExplainedClock:
    """One explained clock, to be said in ``zone`` at ``now`` (UTC)."""

    told: Explained
    zone: ZoneInfo
    now: datetime

    def hour(self, at: datetime) -> str:
        """The hour, with its seconds where it has some, and its day once it is not today's or tonight's."""
        local = at.astimezone(self.zone)
        words = date_format(local, "H:i:s" if local.second else "H:i")
        if abs(at - self.now) < TONIGHT:
            return words
        return f"{date_format(local, 'D j' if abs(at - self.now) < THIS_MONTH else _('j M Y'))} {words}"

    @property
    def sentence(self) -> str:
        """The hour and the sum that leads to it."""
        return _("%(hour)s: %(sum)s") % {"hour": self.head, "sum": ", ".join(self.pieces())}

    @property
    def head(self) -> str:
        clock = self.told.clock
        if clock.ended_at:
            return self._ended(clock.ended_at, clock.due_at)
        if clock.due_at is None:
            since = clock.waiting_since
            return (
                _("standing still since %(hour)s") % {"hour": self.hour(since)} if since else _("no hour is promised")
            )
        words = _("fell due at %(hour)s") if clock.due_at < self.now else _("due %(hour)s")
        return words % {"hour": self.hour(clock.due_at)}

    def _ended(self, ended_at: datetime, due_at: datetime | None) -> str:
        hours = {"ended": self.hour(ended_at), "due": self.hour(due_at) if due_at else "–"}
        words = {
            "kept": _("kept at %(ended)s, due %(due)s"),
            "breached": _("kept too late at %(ended)s, due %(due)s"),
        }
        return words.get(self.told.clock.outcome, _("no longer owed since %(ended)s")) % hours

    def pieces(self) -> Iterator[str]:
        """Target and start, then what delayed it: waits with their causes and who asked, closed hours, rest days."""
        told, clock = self.told, self.told.clock
        length = exactly(clock.target, days=not told.calendar) if clock.target is not None else ""
        of = {"length": length, "start": self.hour(clock.started_at), "hours": told.calendar}
        words = _("%(length)s of “%(hours)s” from %(start)s") if told.calendar else _("%(length)s from %(start)s")
        yield words % of
        if waited := told.explanation.total(Counts.WAITS):
            causes = "; ".join(self.causes())
            yield _("%(length)s waiting: %(causes)s") % {"length": exactly(waited), "causes": causes}
        if closed := told.explanation.total(Counts.CLOSED):
            yield _("%(length)s closed") % {"length": exactly(closed)}
        for day, name in (told.rests or {}).items():
            yield _("rest day %(day)s") % {
                "day": f"{date_format(day, 'D j')} ({name})" if name else date_format(day, "D j")
            }

    def causes(self) -> list[str]:
        """What was waited for, each once: the cause or third party, and who asked for it."""
        named = {str(told.wait.pk): told.wait for told in self.told.waits}
        ids = [pk for part in self.told.explanation.parts for pk in part.waits]
        return list(dict.fromkeys(cause_of(named[pk]) if pk in named else excluded(pk) for pk in ids))

    def lines(self) -> list[str]:
        """The same, part by part, and what changed since."""
        lines = [self.part_line(part) for part in self.told.explanation.parts]
        for wait in self.told.waits:
            lines += self.history(wait)
        return lines + [self.moved_line(moved) for moved in self.told.moved]

    def part_line(self, part: SpanPart) -> str:
        hours = {"from": self.hour(part.start), "to": self.hour(part.end), "length": exactly(part.length)}
        return _("%(from)s–%(to)s, %(length)s: %(what)s") % {**hours, "what": self.part_words(part)}

    def part_words(self, part: SpanPart) -> str:
        if part.counts == Counts.RUNS:
            return pgettext("part of a clock", "runs")
        if part.counts == Counts.CLOSED:
            rests = [name for day, name in (self.told.rests or {}).items() if day in part.rest_days and name]
            closed = pgettext("part of a clock", "closed")
            return f"{closed}: {', '.join(rests)}" if rests else closed
        named = {str(told.wait.pk): told.wait for told in self.told.waits}
        words = [full_cause(named[pk]) if pk in named else excluded(pk) for pk in part.waits]
        return _("stands still: %(causes)s") % {"causes": "; ".join(words)}

    def history(self, told: WaitExplained) -> Iterator[str]:
        """What became of a wait: corrected, objected to, ruled on."""
        wait = told.wait
        for correction in told.corrections:
            was = self.span(*correction.was) if correction.was else ""
            words = _("wait corrected at %(hour)s, written down before as %(was)s: %(reason)s")
            yield words % {"hour": self.hour(correction.at), "was": was, "reason": correction.reason}
        if wait.contested_at:
            words = _("%(who)s objected at %(hour)s to the wait of %(span)s: %(reason)s")
            yield words % {
                "who": wait.contested_by,
                "hour": self.hour(wait.contested_at),
                "span": self.span(wait.started_at, wait.ended_at),
                "reason": wait.contest_reason,
            }
        if wait.ruled_at:
            upheld = _("ruled at %(hour)s: the objection is right, the wait does not count. %(reasons)s")
            rejected = _("ruled at %(hour)s: the wait stands. %(reasons)s")
            words = upheld if wait.ruling == UPHELD else rejected
            yield words % {"hour": self.hour(wait.ruled_at), "reasons": wait.ruling_reasons}

    def span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.hour(start)}–{self.hour(end)}" if end else _("since %(hour)s") % {"hour": self.hour(start)}

    def moved_line(self, moved: CalendarMoved) -> str:
        words = _("moved at %(hour)s by a change of the calendar (%(reason)s): it was due %(was)s, it is due %(due)s")
        return words % {
            "hour": self.hour(moved.at),
            "reason": ", ".join(part for part in (moved.day, moved.reason) if part),
            "was": self.hour(moved.was_due_at) if moved.was_due_at else "–",
            "due": self.hour(moved.due_at) if moved.due_at else "–",
        }


def cause_of(wait: Wait) -> str:
    """``the customer, asked by Portería``; a third party by its name and ticket."""
    return _("%(whom)s, asked by %(who)s") % {"whom": whom(wait), "who": wait.asked_by}


def full_cause(wait: Wait) -> str:
    return f"{cause_of(wait)}: {wait.reason}"


def whom(wait: Wait) -> str:
    if not wait.party:
        return str(CAUSE_NAMES[WaitCause(wait.cause)])
    return f"{wait.party} ({wait.party_ticket})" if wait.party_ticket else wait.party


def excluded(kind: str) -> str:
    """Another clock whose time this one leaves out (P4.4: the work permit)."""
    return str(CLOCK_NAMES[ClockKind(kind)][0]).lower() if kind in list(ClockKind) else kind
