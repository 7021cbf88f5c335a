"""Cases that were lived through: one by the verbs of the desk, its letters sent by a worker; the others copy its rows.

Each copy has a number, a company, a service, a day, ids and a chain of hashes of its own, so that `guardia verify`
finds all of them whole. Their letters have the model's bodies, or, as those take most of the room by far, none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from bench._house import House, named
from bench._operator import CASE, OF_A_CASE
from bench._sinks import Sinks
from bench._worker import Worker, until
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.postgres import DATABASE
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.procedure import version
from tests.procedure.story import PROCEDURE, Story

DAYS = 395
"""Over which the cases are spread: thirteen months."""
NOTES = 9
"""What an engineer notes beside the other thirteen events."""
COMPANIES, SITES_EACH, LARGE = 200, 5, 1_000
"""The model's company has LARGE services and half of all cases; the others have the other half."""
AT_ONCE = 50_000


@dataclass(frozen=True)
class Model:
    """The number of the case that is copied, and its company."""

    number: int
    company_id: int


def lived(house: House, at: datetime) -> Model:
    """An operator with 2,000 services, and one case from before DAYS, with all its letters sent. ``at``: UTC, now."""
    day = (at - timedelta(days=DAYS + 5)).replace(hour=13, minute=0, second=0, microsecond=0)
    with behind(DatabaseRole.STAFF):
        version.publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, day - timedelta(days=30))
        story = Story()
        story.now = day
        story.case_is_registered()
        for number in range(NOTES):
            story.case.note(f"Se revisó el puerto {number} del equipo.", by=story.by, at=story.now)
        story.goes_to_the_closing()
        settle(story)
        assert story.number
    with Sinks() as sinks:
        worker = Worker(house, sinks, DATABASE)
        try:
            until(lambda: house.as_owner(DATABASE, SENT)[0][0], "its letters are sent", 120)
        finally:
            worker.stop()
    house.as_owner(DATABASE, f"UPDATE delivery SET {', '.join(f"{name} = '{day}'" for name in HOURS)}")
    return Model(story.number, story.bank.pk)


SENT = "SELECT count(*) > 0 AND bool_and(state = 'accepted') FROM delivery"
HOURS = ("available_at", "created_at", "settled_at")
"""Of a letter: as if it had left on the day of its case."""


def settle(story: Story) -> None:
    """The other companies, each with contacts in the order of the model's, and all sites and services."""
    companies = Customer.objects.bulk_create(
        Customer(name=f"Empresa {n}", folded_name=f"empresa {n}") for n in range(COMPANIES)
    )
    model = list(Contact.objects.filter(customer=story.bank).order_by("pk"))
    Contact.objects.bulk_create(
        Contact(customer=one, name=each.name, email=each.email and f"c{each.pk}-{one.pk}@example.com", language="es")
        for one in companies
        for each in model
    )
    owners = [story.bank] * (LARGE - 1) + [one for one in companies for _site in range(SITES_EACH)]
    sites = Site.objects.bulk_create(
        Site(customer=one, name=f"agencia {n}", city=story.site.city) for n, one in enumerate(owners)
    )
    Service.objects.bulk_create(
        Service(customer=site.customer, site=site, circuit=f"ENL-{n:05d}", folded_circuit=f"enl-{n:05d}", type="Enlace")
        for n, site in enumerate(sites)
    )


# --- copies -----------------------------------------------------------------------------------------------------------
PLAN = """
    CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
    SELECT n, nextval('case_id_seq') AS case_id, nextval('case_number') * 10 AS number, s.id AS service_id, s.site_id,
           s.customer_id, make_interval(days => (n * %(days)s / %(cases)s)::int) AS later, ''::bytea AS hash,
           n * %(case_event)s AS event, n * %(notice)s AS notice, n * %(test_result)s AS test,
           n * %(delivery)s AS letter, c.first - %(contact)s AS contact
    FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n
    JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, * FROM service) s
      ON s.place = CASE WHEN n %% 2 = 0 THEN n / 2 %% %(large)s ELSE %(large)s + n / 2 %% %(others)s END
    JOIN (SELECT customer_id, min(id) AS first FROM contact GROUP BY 1) c USING (customer_id)
"""
"""``event``, ``notice``, ``test``, ``letter``, ``contact``: by how much such an id of a copy is above the model's."""
NUMBERED = ("case_event", "notice", "test_result", "delivery")
"""Tables whose ids others name: a copy's follow those of the copy before."""
MODELS = 't.case_id = (SELECT min(id) FROM "case")'
TABLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("clock", MODELS, OF_A_CASE | {"id": "nextval('clock_id_seq')"}),
    ("test_result", MODELS, OF_A_CASE | {"id": "t.id + plan.test", "service_id": "plan.service_id"}),
    (
        "delivery",
        "t.id <= {last_letter}",
        {
            "id": "t.id + plan.letter",
            "customer_id": "plan.customer_id",
            "message_id": "'<' || plan.n || '.' || substr(t.message_id, 2)",
        },
    ),
    (
        "delivered_notice",
        "t.delivery_id <= {last_letter}",
        {
            "id": "nextval('delivered_notice_id_seq')",
            "customer_id": "plan.customer_id",
            "notice_id": "t.notice_id + plan.notice",
            "delivery_id": "t.delivery_id + plan.letter",
        },
    ),
)


def copy(house: House, database: str, model: Model, cases: int, *, bodies: bool) -> None:
    """Write so many copies, AT_ONCE in a transaction; the oldest first, as they would have come."""
    with psycopg.connect(named(house.server.owner_url, database), autocommit=True) as owner:
        events = owner.execute("SELECT seq, public, canonical, data::text FROM case_event ORDER BY seq").fetchall()
        outages = value_of(owner, 'SELECT outages::text FROM "case"')
        of_case = CASE | {"reporter_id": "t.reporter_id + plan.contact", "outages": f"({own_words(outages)})::jsonb"}
        given = {"cases": cases, "days": DAYS, "large": LARGE, "others": COMPANIES * SITES_EACH}
        given |= {name: value_of(owner, f"SELECT max(id) - min(id) + 1 FROM {name}") for name in NUMBERED}
        given["contact"] = value_of(owner, f"SELECT min(id) FROM contact WHERE customer_id = {model.company_id}")
        last_letter = value_of(owner, "SELECT max(id) FROM delivery")  # of the model: no copy has been written yet
        for begin in range(1, cases + 1, AT_ONCE):
            with owner.transaction():
                owner.execute(PLAN, given | {"begin": begin, "end": min(begin + AT_ONCE - 1, cases)})
                copy_rows(owner, "case", 't.id = (SELECT min(id) FROM "case")', of_case)
                for event in events:
                    copy_event(owner, *event)
                owner.execute('UPDATE "case" SET head_hash = plan.hash FROM plan WHERE plan.case_id = "case".id')
                for table, rows, columns in TABLES:
                    left_out = {} if bodies or table != "delivery" else {"body": "NULL"}
                    copy_rows(owner, table, rows.format(last_letter=last_letter), columns | left_out)
        for name in NUMBERED:
            owner.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")


NOTICES_OF_EVENT = """
    SELECT id, facts::text FROM notice WHERE event_id = (SELECT min(id) FROM case_event WHERE seq = %s) ORDER BY id
"""


def copy_event(owner: psycopg.Connection, seq: int, public: bool, canonical: str, data: str) -> None:
    """One event of each planned case, its hash bound to the one before, with its texts and notices."""
    canonical, mark = own_words(canonical), "01" if public else "00"
    owner.execute(
        rf"UPDATE plan SET hash = sha256(hash || '\x{mark}' || sha256(convert_to({canonical}, 'UTF8')))".encode()
    )
    of_it = f"t.id = (SELECT min(id) FROM case_event WHERE seq = {seq})"
    columns = {
        "id": "t.id + plan.event",
        "hash": "plan.hash",
        "canonical": canonical,
        "data": f"({own_words(data)})::jsonb",
    }
    copy_rows(owner, "case_event", of_it, OF_A_CASE | columns)
    text = {
        "id": "nextval('event_text_id_seq')",
        "customer_id": "plan.customer_id",
        "event_id": "t.event_id + plan.event",
    }
    copy_rows(owner, "event_text", of_it.replace("t.id", "t.event_id", 1), text)
    for notice, facts in owner.execute(NOTICES_OF_EVENT, [seq]).fetchall():
        columns = {
            **OF_A_CASE,
            "id": "t.id + plan.notice",
            "event_id": "t.event_id + plan.event",
            "contact_id": "t.contact_id + plan.contact",
            "facts": f"({own_words(facts)})::jsonb",
        }
        copy_rows(owner, "notice", f"t.id = {notice}", columns)


def copy_rows(owner: psycopg.Connection, table: str, rows: str, columns: Mapping[str, str]) -> None:
    """These rows for each planned case. ``columns``: what is not the model's own; all hours are as many days later."""
    found = owner.execute(
        """SELECT column_name, data_type LIKE 'timestamp%%' FROM information_schema.columns
           WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position""",
        [table],
    )
    own = {name: columns.get(name) or (f"t.{name} + later" if is_hour else f't."{name}"') for name, is_hour in found}
    names, values = ", ".join(f'"{name}"' for name in own), ", ".join(own.values())
    statement = f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, plan WHERE {rows} ORDER BY plan.n'
    owner.execute(statement.encode())


def value_of(owner: psycopg.Connection, question: str) -> Any:
    (found,) = owner.execute(question.encode()).fetchone() or (None,)
    return found


# --- what a copy says where the model says something of its own -------------------------------------------------------
OWN = {
    "case": "plan.number",
    "company": "plan.customer_id",
    "number": "plan.number",
    "reporter": "{} + plan.contact",
    "service": "plan.service_id",
    "site": "plan.site_id",
    "test": "{} + plan.test",
}
TOKENS = re.compile(
    rf'"(?P<name>{"|".join(OWN)})": ?(?P<number>\d+)'
    r'|"evidence": ?\[(?P<tests>[\d, ]+)\]|"hash": ?"(?P<hash>\w+)"|(?P<day>\d{4}-\d\d-\d\d)[T ]'
)


def own_words(text: str) -> str:
    """SQL of ``plan``: this text of the model with the numbers and the days of a copy."""
    parts, at = [], 0
    for found in TOKENS.finditer(text):
        group = next(name for name in ("number", "tests", "hash", "day") if found[name])
        parts += [literal(text[at : found.start(group)]), own_word(found, group)]
        at = found.end(group)
    return " || ".join([*parts, literal(text[at:])])


def own_word(found: re.Match[str], group: str) -> str:
    match group:
        case "day":
            return f"to_char(date '{found['day']}' + later, 'YYYY-MM-DD')"
        case "hash":
            return "encode(plan.hash, 'hex')"
        case "tests":
            return " || ',' || ".join(f"({OWN['test'].format(test.strip())})" for test in found["tests"].split(","))
    return f"({OWN[found['name']].format(found['number'])})"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
