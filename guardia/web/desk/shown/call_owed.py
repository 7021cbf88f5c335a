"""A telephone call that whoever is on shift must make now (E5, or a level's own number), with its countdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import call_alarms
from guardia.customers.phones import spoken
from guardia.escalation import roster
from guardia.escalation.call_task import CallTask
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure
from guardia.web.desk.shown.clock import ClockFace
from guardia.web.desk.shown.voice_words import says_of
from guardia.web.shared.reach import tel

MOST_ON_THE_BENCH, MOST_OTHERS, MOST_NAMED = 3, 100, 3


@dataclass(frozen=True, slots=True)
class CallOwed:
    """``clock`` counts down to the hour at which the escalation moves on by itself.

    ``to_company``: a person of the company is to hear the news, ``says`` in short; else a level of the operator.
    """

    id: int
    number: str
    dial: str
    whom: str
    company: str
    case_number: str
    case_href: str
    act_href: str
    clock: ClockFace
    others: str = ""
    same_cause: bool = False
    to_company: bool = False
    says: str = ""

    @property
    def tag(self) -> str:
        return f"call-{self.id}{self.clock.state}{self.others}"


def call_owed(task: CallTask, at: datetime, says: str = "") -> CallOwed:
    case, others = task.case, list(call_alarms.same_call(task)[:MOST_OTHERS])
    place, act = ("call-owed", "llamada") if task.level else ("voice-owed", "voz")
    return CallOwed(
        id=task.pk,
        number=spoken(task.number) if task.number else _("no number on record"),
        dial=tel(task.number) if task.number else "",
        whom=whom_to_ring(task),
        company=case.customer.name,
        case_number=case.display_number,
        case_href=f"{reverse('case', args=[case.number])}#{place}",
        act_href=reverse("act", args=[case.number, act]),
        clock=face(task, at),
        others=others_words(others),
        same_cause=any(other.owed_at == task.owed_at for other in others),
        to_company=not task.level,
        says=says,
    )


def whom_to_ring(task: CallTask) -> str:
    """The level with its clause; or the person of the company who is to be told."""
    if not task.level:
        return ", ".join(part for part in (task.number_name, task.case.customer.name) if part)
    parts = (task.clause, task.number_name, _("level %(n)d") % {"n": task.level})
    return " · ".join(part for part in parts if part)


def others_words(others: Sequence[CallTask]) -> str:
    """Whose cases owe the same call besides: the first ones by name."""
    if not others:
        return ""
    words = ngettext("and for %(n)d more case: %(names)s", "and for %(n)d more cases: %(names)s", len(others))
    named = list(dict.fromkeys(other.case.customer.name for other in others))
    names = ", ".join(named[:MOST_NAMED]) + ("…" if len(named) > MOST_NAMED else "")
    return words % {"n": len(others), "names": names}


def face(task: CallTask, at: datetime) -> ClockFace:
    given = task.due_at - task.owed_at
    return ClockFace(at, task.due_at, task.owed_at, task.owed_at + given / 2, task.owed_at + given * 0.8)


def owed_on_the_bench(at: datetime) -> Sequence[CallOwed]:
    """Each number once, with the call that falls due first; one at an agreed hour from shortly before it (P D)."""
    numbers: dict[str, CallTask] = {}
    for task in [task for task in call_alarms.owed() if task.owed_at <= at]:
        numbers.setdefault(task.number or f"case {task.case_id}", task)
    shown = list(numbers.values())[:MOST_ON_THE_BENCH]
    says = says_of(shown, at)
    return tuple(call_owed(task, at, says.get(task.pk, "")) for task in shown)


def may_take_it(procedure: Procedure, at: datetime) -> list[Staff]:
    """The persons of the matrix on duty now: whoever answers the telephone may be one of them."""
    levels = sorted(rule.level for rule in procedure.escalation.levels)
    found = roster.Roster.between(at, at, levels)
    return list(dict.fromkeys(staff for level in levels for staff in found.on_duty(level, at)))
