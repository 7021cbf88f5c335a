"""What stands on record beside a call: each service with its state, the last cases, the last calls of the number."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.words import IMPACT_NAMES
from guardia.customers.service import Service
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.phone.call_shown import stands
from guardia.web.desk.shown.clock import hour

MOST_SERVICES = 30


@dataclass(frozen=True, slots=True)
class ServiceRow:
    circuit: str
    words: str
    state: str
    impact: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class BeforeRow:
    href: str
    name: str
    words: str


def service_row(service: Service, case: Case | None) -> ServiceRow:
    """A service with the impact of its newest open case, if it has one."""
    words = " · ".join(part for part in (service.type, service.capacity, service.site.name) if part)
    if case is None:
        return ServiceRow(service.circuit, words, _("no open case"))
    href = reverse("case", args=[case.number])
    if case.restored_at or not case.impact:
        return ServiceRow(service.circuit, words, _("Restored"), "restored", href)
    return ServiceRow(service.circuit, words, str(IMPACT_NAMES[Impact(case.impact)]), case.impact, href)


def before_case(case: Case, at: datetime) -> BeforeRow:
    solution = f"{case.subject}: {case.solution}" if case.solution else case.subject
    return BeforeRow(
        reverse("case", args=[case.number]), case.display_number, f"{hour(case.opened_at, at)} · {solution}"
    )


def before_call(call: Call, at: datetime) -> BeforeRow:
    case = call.case.display_number if call.case else ""
    words = " · ".join(part for part in (stands(call, at), case) if part)
    return BeforeRow(reverse("call", args=[call.pk]), hour(call.arrived_at, at), words)
