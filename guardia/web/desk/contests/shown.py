"""An objection as the quality manager reads it: what we wrote, what the customer says, what a ruling would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.cases.contesting import REJECTED
from guardia.cases.exclusions import UPHELD
from guardia.cases.explained_words import whom
from guardia.cases.if_upheld import Changed
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.arithmetic import between
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import ClockState, is_broken
from guardia.clocks.wait import Wait
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import ClockFace, hour, promised, stood, written
from guardia.web.desk.shown.clock_faces import face_of
from guardia.web.desk.shown.waits import span_of

RULINGS = (UPHELD, REJECTED)


@dataclass(frozen=True, slots=True)
class ContestedStop:
    """One contested stop: the two sides, and the fields of the ruling with what was typed."""

    pk: int
    whom: str
    span: str
    length: str
    reason: str
    asked_by: str
    proof: str
    clocks: str
    who: str
    said_at: str
    words: str
    ruling: str = ""
    reasons: str = ""
    ruling_problem: str = ""
    reasons_problem: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """One clock, as it is and as it would be if the objection is right."""

    name: str
    now: str
    then: str
    changes_judgement: bool


@dataclass(frozen=True, slots=True)
class Objection:
    id: str
    number: str
    href: str
    rule_href: str
    company: str
    subject: str
    status: str
    clock: ClockFace | None
    stops: Sequence[ContestedStop]
    consequences: Sequence[Consequence]
    draft: str
    saved_at: float = 0
    saved_words: str = ""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling that was given, in one line."""

    number: str
    href: str
    company: str
    words: str
    reasons: str
    upheld: bool


def objection_of(
    case: Case,
    waits: Sequence[Wait],
    clock: Clock | None,
    changes: Sequence[Changed],
    at: datetime,
    *,
    typed: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
    saved_at: float = 0,
    saved_words: str = "",
) -> Objection:
    """``typed`` holds the fields as they were sent or drafted, ``problems`` what was wrong with them, by name."""
    return Objection(
        id=f"objecion-{case.number}",
        number=case.display_number,
        href=case_href(case),
        rule_href=reverse("rule", args=[case.number]),
        company=case.customer.name,
        subject=case.subject,
        status=_("closed") if case.closed_at else _("open"),
        clock=face_of(clock, at) if clock else None,
        stops=[stop_of(wait, at, typed, problems) for wait in waits],
        consequences=[consequence_of(changed, at) for changed in changes],
        draft=draft_key(case),
        saved_at=saved_at,
        saved_words=saved_words,
    )


def draft_key(case: Case) -> str:
    return f"objecion:{case.number}"


def stop_of(wait: Wait, at: datetime, typed: Mapping[str, str], problems: Mapping[str, str]) -> ContestedStop:
    who, ruling = whom(wait), typed.get(f"ruling_{wait.pk}", "")
    return ContestedStop(
        pk=wait.pk,
        whom=who[:1].upper() + who[1:],
        span=span_of(wait, at),
        length=stood((wait.ended_at or at) - wait.started_at),
        reason=wait.reason,
        asked_by=wait.asked_by,
        proof=wait.proof,
        clocks=", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks),
        who=wait.contested_by,
        said_at=hour(wait.contested_at, at) if wait.contested_at else "",
        words=wait.contest_reason,
        ruling=ruling if ruling in RULINGS else "",
        reasons=typed.get(f"reasons_{wait.pk}", ""),
        ruling_problem=problems.get(f"ruling_{wait.pk}", ""),
        reasons_problem=problems.get(f"reasons_{wait.pk}", ""),
    )


def consequence_of(changed: Changed, at: datetime) -> Consequence:
    clock, without = changed.clock, changed.without
    short, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    broken, would_be = is_broken(clock, at), is_broken(without, at)
    return Consequence(f"{short}: {owed}", state_of(clock, at), state_of(without, at), broken != would_be)


def state_of(clock: ClockState, at: datetime) -> str:
    """``14:00 of 20:00, kept``, ``24:00 of 20:00, overdue``; of a running clock, how much of it has run."""
    took = between(clock.started_at, clock.ended_at or at, clock.waits, clock.hours)
    target = clock.target or timedelta()
    words = {"kept": pgettext("clock", "kept"), "breached": pgettext("clock", "overdue")}
    judged = words.get(clock.outcome, pgettext("clock", "no longer owed"))
    if clock.ended_at is None:
        judged = words["breached"] if is_broken(clock, at) else pgettext("clock", "running")
    return _("%(took)s of %(target)s, %(judged)s") % {
        "took": written(took, loose=True),
        "target": promised(target),
        "judged": judged,
    }


def ruled_of(wait: Wait, at: datetime) -> Ruled:
    upheld = wait.ruling == UPHELD
    words = _("%(hour)s, %(who)s: the objection is right") if upheld else _("%(hour)s, %(who)s: the stop stands")
    facts = {
        "hour": hour(wait.ruled_at, at) if wait.ruled_at else "",
        "who": wait.ruled_by.name if wait.ruled_by else "",
    }
    return Ruled(
        wait.case.display_number,
        case_href(wait.case),
        wait.case.customer.name,
        words % facts,
        wait.ruling_reasons,
        upheld,
    )
