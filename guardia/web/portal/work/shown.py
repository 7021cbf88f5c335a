"""What a company reads of a planned work, behind its own wall: hours of its own sites, its own services, its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from guardia.customers.contact import Contact
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.work_answers import AGREED, OBJECTED
from guardia.procedure import version as versions
from guardia.procedure.version import ProcedureVersion
from guardia.web.status.shown import said_by

COLUMNS = (
    *("id", "number", "public_name", "state", "zone", "starts_at", "ends_at", "expected_minutes", "needs_agreement"),
    *("announced_at", "started_at", "ended_at", "overran_at"),
)
"""What a company may read of a work; the rest is the house's."""
MOST_SERVICES, MOST_WORKS, MOST_NEAR = 200, 50, 3
SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServiceShown:
    circuit: str
    where: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class WorkShown:
    """``kind``: coming, running, late, over, cancelled. ``may_agree``: it is asked; ``may_object``: it may say."""

    number: str
    title: str
    kind: str
    state: str
    window: str
    expected: str
    services: Sequence[ServiceShown]
    answer: str
    answer_words: str
    may_agree: bool
    may_object: bool


def works_of(customer_id: int, at: datetime) -> QuerySet[PlannedWork]:
    """The announced works that touch the company and are not over, the first to begin first; behind its wall."""
    theirs = PlannedWorkService.objects.filter(customer=customer_id, taken_out_at=None)
    works = PlannedWork.objects.filter(pk__in=theirs.values("work"), announced_at__isnull=False, ended_at=None)
    return works.only(*COLUMNS).order_by("starts_at", "pk")[:MOST_WORKS]


def near_of(contact: Contact, at: datetime) -> list[WorkShown]:
    """Those under way, or that begin within a day: what whoever is about to report a fault should know."""
    near = [work for work in works_of(contact.customer_id, at) if work.starts_at <= at + SOON]
    return all_shown(near[:MOST_NEAR], contact, at)


def work_of(pk: int, customer_id: int) -> PlannedWork | None:
    """An announced work that touches, or touched, this company."""
    theirs = PlannedWorkService.objects.filter(customer=customer_id, work=pk)
    works = PlannedWork.objects.filter(pk=pk, announced_at__isnull=False, pk__in=theirs.values("work"))
    return works.only(*COLUMNS).first()


def all_shown(works: Sequence[PlannedWork], contact: Contact, at: datetime) -> list[WorkShown]:
    """In the order given; two questions, however many there are."""
    if not works:
        return []
    rows, version = services_of(works, contact.customer_id), versions.version_at(at)
    return [shown_of(work, rows.get(work.pk, []), at, version) for work in works]


def services_of(works: Sequence[PlannedWork], customer_id: int) -> dict[int, list[PlannedWorkService]]:
    """The company's services that each touches, or touched, by the id of the work; of each two hundred at most."""
    rows = PlannedWorkService.objects.filter(work__in=[work.pk for work in works], customer=customer_id)
    place = Window(RowNumber(), partition_by=F("work"), order_by=F("service__circuit"))
    named = rows.annotate(place=place).filter(place__lte=MOST_SERVICES).select_related("service__site__city")
    found: dict[int, list[PlannedWorkService]] = {}
    for row in named.order_by("service__circuit"):
        found.setdefault(row.work_id, []).append(row)
    return found


def shown_of(
    work: PlannedWork, found: Sequence[PlannedWorkService], at: datetime, version: ProcedureVersion | None
) -> WorkShown:
    """``found``: the company's services that it touches, or touched; ``version``: the procedure in force."""
    touched = [row for row in found if row.taken_out_at is None]
    hours = hours_for(found, work, at, version)
    kind, state = state_of(work, hours)
    first = touched[0] if touched else None
    can_be_answered = kind == "coming" and first is not None
    answer = first.answer if first else ""
    return WorkShown(
        number=work.display_number,
        title=said_by(work.public_name),
        kind=kind,
        state=state if touched else _("It does not touch your company after all."),
        window=hours.zoned(hours.window(work.starts_at, work.ends_at)),
        expected=expected(work),
        services=[service_shown(row) for row in found],
        answer=answer_said(first, hours),
        answer_words=first.answer_words if first else "",
        may_agree=can_be_answered and work.needs_agreement and answer != AGREED,
        may_object=can_be_answered,
    )


def hours_for(
    rows: Sequence[PlannedWorkService], work: PlannedWork, at: datetime, version: ProcedureVersion | None
) -> Hours:
    """In the zone of most of the company's sites that it touches."""
    zones = [row.service.site.zone for row in rows] or [work.zone]
    zone = max(dict.fromkeys(zones), key=zones.count)
    return hours_of(zone, version.procedure, at) if version else Hours(zone, zone, at)


def state_of(work: PlannedWork, hours: Hours) -> tuple[str, str]:
    if work.state == WorkState.CANCELLED:
        return "cancelled", _("It was cancelled: your services are not touched.")
    if work.ended_at:
        return "over", _("It is over %(hour)s.") % {"hour": hours.since(work.ended_at)}
    if work.overran_at:
        return "late", _("It should have been over %(hour)s. We apologise.") % {"hour": hours.at(work.overran_at)}
    if work.state == WorkState.UNDER_WAY:
        return "running", _("It is under way.")
    return "coming", _("It is announced.")


def expected(work: PlannedWork) -> str:
    if work.expected_minutes is None:
        return _("Your services may be out for the whole window.")
    if work.expected_minutes == 0:
        return _("No time without service is expected; a short interruption is possible.")
    time = lasting(work.expected_minutes * 60)
    return _("Your services may be out for up to %(time)s within the window.") % {"time": time}


def service_shown(row: PlannedWorkService) -> ServiceShown:
    site = row.service.site
    return ServiceShown(row.service.circuit, f"{site.name}, {site.city.name}", row.taken_out_at is not None)


def answer_said(row: PlannedWorkService | None, hours: Hours) -> str:
    if row is None or row.answered_at is None:
        return ""
    words = {AGREED: _("Your company agreed %(hour)s."), OBJECTED: _("Your company told us %(hour)s:")}
    return words.get(row.answer, "") % {"hour": hours.at(row.answered_at)}
