"""Escalations of the sample: whoever is paged answers after some minutes, two customers ask, and numbers are proven."""

from datetime import datetime, timedelta

from guardia.cases.case import Case
from guardia.demo.staffing import Team
from guardia.escalation import proven
from guardia.people.actor import Actor
from guardia.people.staff import Staff
from guardia.procedure.version import ProcedureVersion

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
        proven.put(person.mobile, how="call", reached=True, at=now - timedelta(days=days), level=level, staff=person)
        proven.put(person.email, how="page", reached=True, at=now - timedelta(days=days), level=level, staff=person)
    proven.put(senior.mobile, how="drill", reached=True, at=now - timedelta(days=131), level=3, staff=senior)
    proven.put(manager.desk_phone, how="drill", reached=False, at=now - timedelta(days=9), level=2, staff=manager)
    night = version.procedure.escalation.night.number
    proven.put(night, how="call", reached=True, at=now - timedelta(days=5), answered_by="Supervisor de turno")
