"""Escalations and objections of the sample: whoever is paged answers, customers ask, and customers object (P7 D)."""

from datetime import datetime, timedelta

from guardia.cases.case import Case
from guardia.cases.contesting import Ruling
from guardia.customers.contacts import unreachable
from guardia.customers.customer import Customer
from guardia.demo.staffing import Team
from guardia.escalation import reachability
from guardia.people.staff import Actor, Staff
from guardia.procedure.version import ProcedureVersion

# --- escalations ------------------------------------------------------------------------------------------------------
ANSWERS_AFTER = timedelta(minutes=4)


def answer_is_due(case: Case) -> datetime | None:
    """When the person who was paged last for this case answers; None where nobody is asked."""
    if not case.escalated_level or case.answering_id:
        return None
    paged = case.escalations.filter(ended_at=None, joined=None, paged_at__isnull=False).order_by("-ordinal").first()
    return paged.paged_at + ANSWERS_AFTER if paged and paged.paged_at else None


def answer(case: Case, at: datetime) -> bool:
    """The first of those who were paged answers at ``at`` (UTC); False where there is nobody."""
    running = case.escalation_now()
    person = Staff.objects.filter(pk__in=running.paged).order_by("pk").first() if running else None
    if person is None:
        return False
    case.acknowledge(person, by=Actor.of_staff(person), at=at)
    return True


def customers_ask(team: Team, now: datetime) -> None:
    """E1: one customer has just asked for it at the desk; another rang the supervisor five minutes ago."""
    waiting = open_case("ENL-0061")
    waiting.escalate(
        "La clínica pide hablar con un supervisor: la guardia del edificio no deja entrar",
        source="customer",
        asked_by=waiting.reporter_name or "Jefe de sistemas",
        by=Actor.of_staff(team.engineers[1]),
        at=now - timedelta(minutes=2),
        now=now,
    )
    on_duty = team.people["supervisor2"]
    rung = open_case("ENL-0302")
    rung.receive_escalation(
        rung.reporter_name or "Jefe de campamento",
        staff=on_duty,
        level=1,
        by=Actor.of_staff(on_duty),
        at=now - timedelta(minutes=5),
        now=now,
        words="Pregunta si hay otra ruta de acceso",
    )


def open_case(circuit: str) -> Case:
    cases = Case.objects.select_for_update(of=("self",)).filter(service__circuit=circuit, closed_at=None)
    return cases.select_related("customer", "site__city", "service", "assigned").get()


def prove_numbers(team: Team, version: ProcedureVersion, now: datetime) -> None:
    """Most numbers were proven lately; one long ago, one did not answer, and some were never tried."""
    manager, senior = team.people["gerente"], team.people["gerente_senior"]
    for person, days in ((team.people["supervisora1"], 12), (team.people["supervisor2"], 31), (manager, 40)):
        level = 2 if person == manager else 1
        reachability.put(
            person.mobile, how="call", reached=True, at=now - timedelta(days=days), level=level, staff=person
        )
        reachability.put(
            person.email, how="page", reached=True, at=now - timedelta(days=days), level=level, staff=person
        )
    reachability.put(senior.mobile, how="drill", reached=True, at=now - timedelta(days=131), level=3, staff=senior)
    reachability.put(manager.desk_phone, how="drill", reached=False, at=now - timedelta(days=9), level=2, staff=manager)
    night = version.procedure.escalation.night.number
    reachability.put(night, how="call", reached=True, at=now - timedelta(days=5), answered_by="Supervisor de turno")


# --- objections -------------------------------------------------------------------------------------------------------
# Customers object to a stop (P7 D): one is still to be ruled on, one was, with its reasons.
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
