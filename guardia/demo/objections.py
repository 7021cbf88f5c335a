"""Customers object to a stop (P7 D): one is still to be ruled on, one was, with its reasons."""

from datetime import datetime, timedelta

from guardia.cases.case import Case
from guardia.cases.contesting import Ruling
from guardia.customers.customer import Customer
from guardia.customers.reach import unreachable
from guardia.demo.escalations import open_case
from guardia.demo.staffing import Team
from guardia.people.actor import Actor

SAID_AFTER = timedelta(hours=2)
RULED_AFTER = timedelta(hours=23)
LONG_AGO = timedelta(days=2)


def customers_object(team: Team, now: datetime) -> None:
    """As it stands at ``now`` (UTC); the second needs a case of the past that waited."""
    by = Actor.of_staff(team.engineers[1])
    waiting = open_case("ENL-0302")
    waiting.contest(
        waiting.waits.filter(ended_at=None),
        who=waiting.reporter_name or "Jefe de campamento",
        words="La vía por Zumbi está abierta; la cuadrilla pudo entrar por ahí",
        by=by,
        at=now - timedelta(minutes=18),
        now=now,
    )
    if past := closed_with_a_wait(now):
        objected_and_ruled(past, team, by)


def closed_with_a_wait(now: datetime) -> Case | None:
    """The last one that closed in time to be ruled on before ``now`` (UTC)."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("customer", "site__city", "service", "assigned")
    found = cases.filter(status="closed", closed_at__lt=now - LONG_AGO, waits__ended_at__isnull=False)
    found = found.exclude(customer__in=unreachable(Customer.objects.all()))
    return found.order_by("-closed_at").first()


def objected_and_ruled(case: Case, team: Team, by: Actor) -> None:
    closed_at = case.closed_at
    if closed_at is None:
        return
    said_at = closed_at + SAID_AFTER
    waits = list(case.waits.filter(ended_at__isnull=False))
    case.contest(
        waits,
        who=case.reporter_name or "Jefe de Sistemas",
        words="Nadie nos pidió esperar; estuvimos en la sede todo el tiempo",
        by=by,
        at=said_at,
        now=said_at,
    )
    ruling = Ruling(upheld=False, reasons="La grabación de la llamada muestra quién pidió esperar y a qué hora")
    ruled_at = closed_at + RULED_AFTER
    case.rule({wait.pk: ruling for wait in waits}, by=Actor.of_staff(team.people["calidad"]), at=ruled_at, now=ruled_at)
