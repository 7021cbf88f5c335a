"""Beside the form of a new case: what may be the same (open at the same site), and what the service had before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from guardia.calls.call import Call
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.words import IMPACT_NAMES, STAGE_NAMES
from guardia.customers.service import Service
from guardia.procedure.vocabulary import Impact, Stage
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour, stood
from guardia.web.shared.about import circuit


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case of the same site: perhaps what the caller speaks of."""

    number: str
    subject: str
    words: str
    href: str
    join_href: str
    call_id: int


@dataclass(frozen=True, slots=True)
class BeforeCase:
    number: str
    href: str
    subject: str
    words: str


def open_cases(service: Service | None, call: Call | None, at: datetime) -> list[OpenCase]:
    if service is None:
        return []
    return [
        OpenCase(
            case.display_number,
            case.subject,
            f"{circuit(case)} · {IMPACT_NAMES[Impact(case.impact)]} · {STAGE_NAMES[Stage(case.stage)]} · "
            f"{hour(case.opened_at, at)}",
            case_href(case),
            reverse("join", args=[case.number]) if call else "",
            call.pk if call else 0,
        )
        for case in queries.open_at_site(service.site_id)[:5]
    ]


def before_of(service: Service | None, at: datetime) -> list[BeforeCase]:
    """The last cases of the same service."""
    if service is None:
        return []
    return [
        BeforeCase(case.display_number, case_href(case), before_subject(case), before_words(case, at))
        for case in queries.before_of_service(service.pk)[:3]
    ]


def before_subject(case: Case) -> str:
    return f"{case.subject.rstrip('.')}: {case.solution}" if case.solution else case.subject


def before_words(case: Case, at: datetime) -> str:
    affected = stood(timedelta(seconds=case.affected_seconds or 0))
    return f"{hour(case.opened_at, at)} · {affected} · {IMPACT_NAMES[Impact(case.impact)]}"
