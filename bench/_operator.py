"""A small operator and any number of its cases: one is made by the verbs of the desk, the others copy its rows.

Copies are written set-based, each with hours, site and number of its own. Only their hash chain is the model's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.escalation.rota import Rota
from guardia.notices.notice import Notice
from guardia.people.staff import Actor, Role, Staff
from guardia.procedure import version

PROCEDURE = Path(__file__).resolve().parents[1] / "procedures" / "cirion-ecuador.yaml"
COMPANIES = 200
AT_ONCE = 50_000

# What each table calls the rows it belongs to, and what a copy has instead.
CASE = {
    "id": "plan.case_id",
    "customer_id": "plan.customer_id",
    "site_id": "plan.site_id",
    "service_id": "plan.service_id",
    "number": "plan.number",
}
OF_A_CASE = {"case_id": "plan.case_id", "customer_id": "plan.customer_id"}


@dataclass(frozen=True)
class Operator:
    """Two supervisors at level 1, a manager at each level above. ``case_id`` is the model that is copied; its diagnosis
    falls due at ``due_at`` (P3).
    """

    case_id: int
    due_at: datetime
    service_id: int
    services: int


def found(at: datetime, *, opened_at: datetime, sites: int, channels: Sequence[str] = ()) -> Operator:
    """An operator that is at work at ``at``, with one case opened at ``opened_at`` (UTC). ``channels``: by which the
    persons of level 1 are paged, beside mail.
    """
    with behind(DatabaseRole.STAFF):
        version.publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, at - timedelta(days=30))
        engineer = person("engineer", Role.ENGINEER)
        first = [person(f"level1-{seat}", Role.SUPERVISOR, channels) for seat in (1, 2)]
        above = [person(f"level{level}", Role.SUPERVISOR) for level in (2, 3)]
        for level, seat, holder in ((1, 1, first[0]), (1, 2, first[1]), (2, 1, above[0]), (3, 1, above[1])):
            hold(holder, level, seat, at - timedelta(days=30))
        service = place(sites)
        case = Case.register(
            Report(service, "No service"), by=Actor.of_staff(engineer), at=opened_at, engineer=engineer
        )
        assert case.events.count() == 1, "each copy is given one event"
        due_at = case.clocks.get(kind="diagnosis").due_at
        return Operator(case.pk, due_at, service.pk, sites)


def person(username: str, role: Role, channels: Sequence[str] = ()) -> Staff:
    return Staff.objects.create(
        username=username, name=username, role=role, email=f"{username}@example.com", channels=list(channels)
    )


def hold(staff: Staff, level: int, seat: int, since: datetime) -> None:
    Rota.objects.create(
        level=level,
        seat=seat,
        members=[staff.pk],
        starts_on=date(since.year, since.month, since.day),
        turns_at=time(0),
        valid=DateTimeTZRange(since, None),
    )


def place(sites: int) -> Service:
    """So many sites of two hundred companies, a service and two contacts each company; the first service."""
    city = City.objects.create(name="Quito", province="Pichincha", band="main")
    companies = Customer.objects.bulk_create(
        Customer(name=f"Company {n}", folded_name=f"company {n}") for n in range(COMPANIES)
    )
    Contact.objects.bulk_create(
        Contact(customer=company, name=f"Contact {n}", email=f"contact-{company.pk}-{n}@example.com")
        for company in companies
        for n in (1, 2)
    )
    places = Site.objects.bulk_create(
        (Site(customer=companies[n % COMPANIES], name=f"Site {n}", city=city) for n in range(sites)), batch_size=5000
    )
    services = Service.objects.bulk_create(
        (
            Service(customer_id=each.customer_id, site=each, circuit=f"ENL-{n}", folded_circuit=f"enl-{n}", type="Link")
            for n, each in enumerate(places)
        ),
        batch_size=5000,
    )
    return services[0]


def open_cases(operator: Operator, how_many: int, at: datetime) -> int:
    """So many cases by the verbs, at as many services; how many letters they owe."""
    with behind(DatabaseRole.STAFF):
        before = Notice.objects.filter(state="owed").count()
        by = Actor.of_staff(Staff.objects.get(username="engineer"))
        for service in Service.objects.filter(pk__gte=operator.service_id).order_by("pk")[:how_many]:
            Case.register(Report(service, "No service"), by=by, at=at)
        return Notice.objects.filter(state="owed").count() - before


def copy(
    operator: Operator, how_many: int, later: str, *, first: int = 0, of_case: Mapping[str, str] | None = None
) -> None:
    """So many copies of the model. ``later`` (SQL, of ``n``) is the interval by which the hours of copy ``n`` differ.

    Copy ``n`` is of the service ``n + first``, going round. Notices are set down as sent: only what is due is new.
    ``of_case``: columns of the case that a copy has of its own, as SQL of ``plan.n``.
    """
    for begin in range(0, how_many, AT_ONCE):
        with behind(DatabaseRole.WORKER), connection.cursor() as cursor:
            number = min(AT_ONCE, how_many - begin)
            cursor.execute(PLAN.format(later=later), _plan(operator, begin, number, first))
            for table, owner, replaced in TABLES:
                own = replaced | (of_case or {}) if table == "case" else replaced
                _copy_rows(cursor, operator, table, owner, own)


PLAN = """
    CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
    SELECT n, nextval('case_id_seq') AS case_id, nextval('case_event_id_seq') AS event_id,
           nextval('case_number') * 10 AS number, s.id AS service_id, s.site_id, s.customer_id, {later} AS later
    FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n
    JOIN service s ON s.id = %(service)s + (n + %(first)s) %% %(services)s
"""
TABLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("case", "t.id = %(case)s", CASE),
    ("case_event", "t.case_id = %(case)s", OF_A_CASE | {"id": "plan.event_id"}),
    (
        "event_text",
        "t.event_id IN (SELECT id FROM case_event WHERE case_id = %(case)s)",
        {"customer_id": "plan.customer_id", "event_id": "plan.event_id"},
    ),
    ("clock", "t.case_id = %(case)s", OF_A_CASE),
    ("notice", "t.case_id = %(case)s", OF_A_CASE | {"event_id": "plan.event_id", "state": "'sent'"}),
)
GIVEN = frozenset({"event_text", "clock", "notice"})
"""Tables whose ids nobody refers to: they are drawn."""


def _plan(operator: Operator, begin: int, number: int, first: int) -> dict[str, int]:
    return {
        "begin": begin,
        "end": begin + number - 1,
        "service": operator.service_id,
        "services": operator.services,
        "first": first,
    }


def _copy_rows(cursor, operator: Operator, table: str, owner: str, replaced: Mapping[str, str]) -> None:
    cursor.execute(
        """SELECT column_name, data_type FROM information_schema.columns
           WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position""",
        [table],
    )
    columns = {
        name: replaced.get(name) or (f"t.{name} + plan.later" if kind.startswith("timestamp") else f't."{name}"')
        for name, kind in cursor.fetchall()
        if not (name == "id" and table in GIVEN)
    }
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, plan WHERE {owner} ORDER BY plan.n',
        {"case": operator.case_id},
    )
