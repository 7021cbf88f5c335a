"""One of two installations that are each other's carrier: what its desk does, in a process of its own, word by word.

``python -m tests.carriers.installation A`` makes it and keeps its database server until its input ends. Each line that
it reads is a list of words in JSON: it does that one thing at the desk and writes a line of JSON, how things stand or
what went wrong.
The clock of the installation can be set on: what it reads as PostgreSQL's hour is that hour and a span of its own.
"""

import json
import os
import sys
from datetime import timedelta
from traceback import format_exc

os.environ |= {"GUARDIA_DEMO": "1"}

from guardia.cli.installation import open_installation
from guardia.cli.migrate import migrate

server = open_installation(empty=True)
migrate(quiet=True)

from django.db import connections  # noqa: E402

from guardia.calls.call import WrittenRequest  # noqa: E402
from guardia.carriers import interface_verbs, ticket_verbs  # noqa: E402
from guardia.carriers.carrier import Carrier, save_carrier  # noqa: E402
from guardia.carriers.carrier_connection import save_connection  # noqa: E402
from guardia.carriers.carrier_message import CarrierMessage  # noqa: E402
from guardia.carriers.carrier_mirroring import locked  # noqa: E402
from guardia.carriers.ticket import CarrierTicket  # noqa: E402
from guardia.carriers.ticket_verbs import Opening  # noqa: E402
from guardia.cases.case import Case  # noqa: E402
from guardia.cases.stages.registration import Report  # noqa: E402
from guardia.config.database_roles import DatabaseRole, behind  # noqa: E402
from guardia.config.now import now  # noqa: E402
from guardia.customers.contact import Contact  # noqa: E402
from guardia.customers.customer import Service  # noqa: E402
from guardia.evidence.test_result import Verdict  # noqa: E402
from guardia.people.staff import Actor, Staff  # noqa: E402
from guardia.procedure.vocabulary import Impact  # noqa: E402
from tests.api.test_company_keys import machine_of  # noqa: E402
from tests.procedure import story as stories  # noqa: E402

CLOCK = (
    "CREATE TABLE test_clock (span interval NOT NULL)",
    "INSERT INTO test_clock VALUES ('0')",
    "GRANT SELECT ON test_clock TO PUBLIC",
    """CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER AS
       'SELECT pg_catalog.clock_timestamp() + (SELECT span FROM public.test_clock)'""",
    "ALTER DATABASE {name} SET search_path = public, pg_catalog",
)
CIRCUIT = "ENL-0042"


def run_as_owner(*statements: str) -> None:
    with connections["direct"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def begin() -> dict:
    """An operator with a company, whose manager makes a key; at A the case is open from the start."""
    run_as_owner(*(one.format(name=connections["direct"].settings_dict["NAME"]) for one in CLOCK))
    connections.close_all()
    with behind(DatabaseRole.STAFF):
        stories.TWO_IN_THE_MORNING = now().replace(microsecond=0) - timedelta(minutes=5)
        story = stories.Story()
        Contact.objects.filter(pk=story.manager.pk).update(position="Head of IT", phones=["+593725550149"])
        story.manager.refresh_from_db()
        if sys.argv[1] == "A":
            story.open_case()
    return {"key": machine_of(story.manager).secret, "number": story.number}


def desk() -> Actor:
    return Actor.of_staff(Staff.objects.get(username="ingeniero1"))


def the_case() -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("customer", "site__city", "service").get()


def connect(url: str, key: str) -> None:
    at = now()
    carrier = save_carrier(Carrier(), {"name": "Transporte Norte", "mailbox": "noc@carrier.example.com"}, at=at)
    save_connection(carrier, {"url": url, "key": key}, at=at)


def opens() -> None:
    why = {"waits": True, "reason": "corte en la red del tercero", "proof": "correo de las 02:10"}
    opening = Opening(Carrier.objects.get(), "sin luz en el puerto", circuit=CIRCUIT, **why)
    at = now()
    ticket_verbs.open_ticket(
        the_case(), Opening(**{**vars(opening), "again_at": at + timedelta(minutes=30)}), by=desk(), at=at
    )


def ticket() -> CarrierTicket:
    return locked(CarrierTicket.objects.get().pk)


def asks(words: str) -> None:
    ticket_verbs.ask_for_news(ticket(), words, by=desk(), at=now())


def reopens(words: str) -> None:
    interface_verbs.reopen(ticket(), words, by=desk(), at=now())


def confirms() -> None:
    interface_verbs.confirm(ticket(), by=desk(), at=now())


def takes() -> None:
    """The desk of B takes the report that came by the interface."""
    request = WrittenRequest.objects.select_for_update().get()
    report = Report(Service.objects.get(circuit=CIRCUIT), "sin luz en el puerto", Impact.DOWN)
    engineer = Staff.objects.get(username="ingeniero1")
    Case.register(report, by=desk(), at=now(), source="portal", request=request, engineer=engineer)


def tested(verdict: Verdict) -> None:
    is_good = verdict == Verdict.GOOD
    results = {
        "ping": f"pérdida {0 if is_good else 100} %",
        "OTDR": f"{-18 if is_good else -40} dBm",
        "ancho de banda": f"{98 if is_good else 0} Mbps",
    }
    for name, result in results.items():
        the_case().add_test(name, result, verdict, by=desk(), at=now())


def diagnoses() -> None:
    tested(Verdict.BAD)
    the_case().diagnose("fibra cortada", "empalmar", "remote", by=desk(), at=now())


def restores(words: str) -> None:
    the_case().restore(words, by=desk(), at=now())
    tested(Verdict.GOOD)


def closes() -> None:
    """After the follow-up, whose half an hour the test has set the clock on by."""
    tested(Verdict.GOOD)
    the_case().stabilise(by=desk(), at=now())
    the_case().close("fibra cortada", "empalme de la fibra", by=desk(), at=now())


def passes(minutes: str) -> None:
    run_as_owner(f"UPDATE test_clock SET span = span + interval '{int(minutes)} minutes'")


def standing() -> dict:
    tickets = list(CarrierTicket.objects.order_by("pk"))
    cases = list(Case.objects.order_by("pk"))
    last = tickets[-1] if tickets else None
    return {
        "tickets": len(tickets),
        "cases": len(cases),
        "reports": WrittenRequest.objects.count(),
        "ticket": last.state if last else "",
        "number": last.number if last else "",
        "promise": str(last.promise_at or "") if last else "",
        "late": bool(last and last.is_late(now())),
        "reopened": last.reopened if last else 0,
        "waiting": CarrierMessage.objects.filter(state__in=["waiting", "sending"]).count(),
        "dead": list(CarrierMessage.objects.filter(state="dead").values_list("kind", "answer")),
        "stage": cases[-1].stage if cases else "",
        "status": cases[-1].status if cases else "",
        "confirmed": cases[-1].confirmed_by if cases else "",
        "breached": [one.kind for one in cases[-1].clocks.filter(breached_at__isnull=False)] if cases else [],
        "heard": [text.text for event in cases[-1].events.order_by("seq") for text in event.texts.all()]
        if cases
        else [],
    }


WORDS = {
    "connect": connect, "opens": opens, "asks": asks, "reopens": reopens, "confirms": confirms, "takes": takes,
    "diagnoses": diagnoses, "restores": restores, "closes": closes, "standing": lambda: None,
}  # fmt: skip


def done(name: str, *words: str) -> dict:
    if name == "passes":
        passes(*words)
        return {}
    with behind(DatabaseRole.STAFF):
        WORDS[name](*words)
        return standing()


print(json.dumps(begin()), flush=True)  # noqa: T201
for line in sys.stdin:  # the server is this process's: it stands until the test lets go
    try:
        answer = done(*json.loads(line))
    except Exception:
        answer = {"trouble": format_exc()}
    print(json.dumps(answer), flush=True)  # noqa: T201
connections.close_all()
if server:
    server.stop()
