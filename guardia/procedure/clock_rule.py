"""One row of the procedure's table of clocks: what is promised, from when, until when, who answers for it.

How a clock follows the events of its case, one event after the other:

1. While it runs, an event that is one of its
   ``stops`` ends it and it is judged: kept, or broken if its due hour had passed;
   ``drops`` ends it without a judgement (what it promised is no longer owed); if its due hour had already passed, it
   was broken at that hour all the same;
   ``restarts`` ends and judges it as ``stops`` does, and begins it again at the same hour. One that does not run is
   not begun by it.
2. Then, if it does not run, an event that is one of its ``starts`` begins it. If it runs, it goes on untouched: nobody
   gains time by doing a step twice. A moment in both ``stops`` (or ``drops``) and ``starts`` ends the old one and
   begins a new one.
   ``unless_running`` names, for one of the starts, other clocks whose running (before the event) makes that start
   void: a diagnosis that asks for a visit does not ask for a second one while the crew is on its way.

``excludes`` names a clock whose running time is not counted by this one (P4.4: the work permit).
A clock that was broken goes on running, counting how late it is, until it is stopped or dropped.
Moments without a variant name all their variants.
"""

from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any

from django.utils.translation import gettext
from pydantic import AfterValidator, Field, StrictBool, StrictInt, model_validator

from guardia.procedure.durations import RealLength, Unit, counts_office_hours
from guardia.procedure.problems import refusal
from guardia.procedure.texts import ClauseNumber, Name, Part, Text
from guardia.procedure.vocabulary import (
    VARIANTS,
    Answerer,
    Band,
    CaseKind,
    ClockKind,
    Comparison,
    Moment,
    Stage,
    WaitCause,
)

# The moments at which a clock starts or stops, as a procedure writes them: ``arrived``, ``diagnosed/visit``.


def known(trigger: str) -> str:
    """The trigger itself, when its moment and its variant exist. Raises a refusal naming the nearest that do."""
    moment, slash, variant = trigger.partition("/")
    if moment not in tuple(Moment):
        raise refusal(gettext("There is no moment “%s”") % moment, nearest(moment, tuple(Moment)))
    variants = VARIANTS.get(Moment(moment), ())
    if slash and variant not in variants:
        raise refusal(
            gettext("The moment “%(moment)s” has no variant “%(variant)s”") % {"moment": moment, "variant": variant},
            nearest(variant, variants) if variants else gettext("Write only “%s”") % moment,
        )
    return trigger


def nearest(word: str, words: tuple[str, ...]) -> str:
    """A remedy: the one word that looks like it, or else the whole list."""
    close = get_close_matches(word, words, n=1)
    if close:
        return gettext("Write “%s”") % close[0]
    return gettext("Write one of: %s") % ", ".join(sorted(words))


def matches(trigger: str, moment: str, variant: str | None = None) -> bool:
    """Whether an event is what the trigger names: without a variant it names them all."""
    return trigger == moment or (variant is not None and trigger == f"{moment}/{variant}")


def overlap(one: str, other: str) -> bool:
    """Whether one and the same event could be both."""
    return one == other or one.split("/")[0] == other or other.split("/")[0] == one


Trigger = Annotated[str, AfterValidator(known)]


# How long a promise lasts: one length for all, one per band of the site, one per level, or as somebody sets it.


AS_SET = "as set"
NO_TARGET = "none"


class BandTarget(Part):
    """P4.1 to P4.3: at most ``target``, seldom before ``range_from``; both None where no hour may be promised."""

    range_from: RealLength | None = None
    target: RealLength | None = None

    @model_validator(mode="before")
    @classmethod
    def from_words(cls, value: Any) -> Any:
        """``6 h`` is short for ``{target: 6 h}``; ``none`` says that no hour is promised (P4.3)."""
        if value == NO_TARGET:
            return {}
        return {"target": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def from_before_to(self) -> "BandTarget":
        if self.range_from and not (self.target and self.range_from < self.target):
            raise refusal(
                gettext("The range does not begin before its target"),
                gettext("Write a “range_from” shorter than “target”"),
            )
        return self


class Target(Part):
    """Exactly one of the four says how long the promise lasts."""

    duration: RealLength | None = None
    by_band: dict[Band, BandTarget] | None = None
    by_level: dict[int, RealLength] | None = None
    as_set: bool = False

    @model_validator(mode="before")
    @classmethod
    def from_words(cls, value: Any) -> Any:
        """``20 min`` · ``as set`` · ``{main: …, intermediate: …, remote: …}`` · ``{1: 10 min, 2: 15 min, …}``."""
        if value == AS_SET:
            return {"as_set": True}
        if not isinstance(value, dict):
            return {"duration": value}
        if any(isinstance(key, int) for key in value):
            return {"by_level": value}
        return {"by_band": value} if value.keys() & set(Band) else value

    @model_validator(mode="after")
    def exactly_one(self) -> "Target":
        given = (self.duration, self.by_band, self.by_level, self.as_set or None)
        if sum(one is not None for one in given) != 1:
            raise refusal(
                gettext("The target is not given"),
                gettext("Write one length (20 min), one per band, one per level, or “as set”"),
            )
        return self

    @model_validator(mode="after")
    def every_band(self) -> "Target":
        missing = [band for band in Band if self.by_band is not None and band not in self.by_band]
        if missing:
            raise refusal(
                gettext("The target gives nothing for: %s") % ", ".join(missing),
                gettext("Write a length for each band, or “none” where no hour may be promised"),
            )
        return self

    @model_validator(mode="after")
    def every_level(self) -> "Target":
        levels = sorted(self.by_level or {})
        if levels != list(range(1, len(levels) + 1)):
            raise refusal(gettext("The levels of the target have a gap"), gettext("Write levels 1, 2, 3 …"))
        return self

    def length(self, band: Band | None = None, level: int | None = None) -> timedelta | None:
        """The length for this band or level; None where nothing is promised. A level beyond the last uses the last."""
        if self.by_band is not None:
            return self.by_band[band].target if band else None
        if self.by_level is not None:
            return self.by_level[min(max(level or 1, 1), max(self.by_level))]
        return self.duration


ALWAYS = "always"
"""The weekly hours that know no calendar: 24×7 (A1)."""

Percent = Annotated[StrictInt, Field(gt=0, lt=100)]


class ClockRule(Part):
    """The rule of one clock. Lengths are of the clock's calendar: every hour, or only its office hours (A3)."""

    kind: ClockKind
    clause: ClauseNumber
    name: Text
    stage: Stage | None = None
    applies_to: tuple[CaseKind, ...] = (CaseKind.INCIDENT,)
    starts: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    unless_running: dict[Trigger, tuple[ClockKind, ...]] = {}
    restarts: tuple[Trigger, ...] = ()
    stops: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    drops: tuple[Trigger, ...] = ()
    excludes: ClockKind | None = None
    counts_from: Text
    counts_until: Text
    target: Target
    unit: Unit = Unit.ELAPSED
    comparison: Comparison
    warnings: tuple[Percent, Percent] = (50, 80)
    waits: tuple[WaitCause, ...] = ()
    answers: Answerer
    calendar: Name = ALWAYS
    escalates: StrictBool = True
    sample: StrictBool = False
    decision: StrictBool = False

    def target_for(self, band: Band | None = None, level: int | None = None) -> timedelta | None:
        """How long the promise lasts; None where no hour is promised (P4.3) or where the event carries it (as set)."""
        return self.target.length(band, level)

    def range_for(self, band: Band | None) -> tuple[timedelta, timedelta] | None:
        """From and to, where the text promises a range (P4.1: 1.5 h to 3 h); None elsewhere."""
        rule = self.target.by_band[band] if self.target.by_band and band else None
        return (rule.range_from, rule.target) if rule and rule.range_from and rule.target else None

    def is_started(self, moment: str, variant: str | None, running: frozenset[ClockKind]) -> bool:
        """Whether one of the starts is this event, and none of the clocks that would make it void runs."""
        named = [trigger for trigger in self.starts if matches(trigger, moment, variant)]
        return any(not running & set(self.unless_running.get(trigger, ())) for trigger in named)

    @model_validator(mode="before")
    @classmethod
    def take_unit_from_target(cls, value: Any) -> Any:
        """``target: 4 office h`` says both the length and that only the calendar's hours count."""
        target = value.get("target") if isinstance(value, dict) else None
        if not isinstance(target, str) or not counts_office_hours(target) or "unit" in value:
            return value
        return {**value, "target": target.replace("office ", ""), "unit": Unit.OFFICE}

    @model_validator(mode="after")
    def calendar_fits_unit(self) -> "ClockRule":
        if (self.unit is Unit.OFFICE) == (self.calendar == ALWAYS):
            raise refusal(
                gettext("The calendar “%s” and the target do not agree on which hours count") % self.calendar,
                gettext("Write the target in office hours (4 office h) with the name of their calendar, or neither"),
            )
        return self

    @model_validator(mode="after")
    def warns_in_order(self) -> "ClockRule":
        if self.warnings[0] >= self.warnings[1]:
            raise refusal(
                gettext("The second warning does not come after the first"),
                gettext("Write two increasing percentages of the elapsed time, such as [50, 80]"),
            )
        return self

    @model_validator(mode="after")
    def ends_one_way(self) -> "ClockRule":
        """One event cannot stop, drop and restart the same clock."""
        for one, other in (("stops", "drops"), ("stops", "restarts"), ("drops", "restarts")):
            for trigger in getattr(self, one):
                if any(overlap(trigger, second) for second in getattr(self, other)):
                    raise refusal(
                        gettext("“%(trigger)s” appears in both “%(one)s” and “%(other)s”")
                        % {"trigger": trigger, "one": one, "other": other},
                        gettext("Leave it in one of them"),
                    )
        return self
