"""The NOC's words for the tests of the procedure: time passes by argument, and silence is asserted too."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.calls.call import Call
from guardia.cases import case_proofs, sweep
from guardia.cases.case import Case
from guardia.cases.queries import named_case
from guardia.cases.stages import reception
from guardia.cases.stages.field_work import Agreement
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.escalation.rota import Rota
from guardia.evidence.test_result import Verdict
from guardia.notices.notice import Notice
from guardia.people.staff import Actor, Role, Staff
from guardia.procedure import version
from guardia.procedure.schema import load
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Impact

PROCEDURE = Path(__file__).parents[2] / "procedures" / "cirion-ecuador.yaml"
FIRST_ID = 1_000_000_000
"""No test publishes so many versions that the database gives one of them such an id."""
TWO_IN_THE_MORNING = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)  # Saturday 02:00 in Ecuador


class Story:
    """One operator, two companies; an incident of the first. Every verb happens at ``self.now`` (UTC)."""

    def __init__(self, band: str = "main") -> None:
        self.now = TWO_IN_THE_MORNING
        self.version = sample_published(self.now - timedelta(days=30))
        people = {"ingeniero1": Role.ENGINEER, "ingeniero2": Role.ENGINEER, "supervisora": Role.SUPERVISOR}
        self.engineer, self.colleague, self.supervisor = Staff.objects.bulk_create(
            Staff(username=name, name=name, role=role) for name, role in people.items()
        )
        self.by = Actor.of_staff(self.engineer)
        self.bank, self.other = Customer.objects.bulk_create(
            [
                Customer(name="Banco Austral", folded_name="banco austral", vip=True),
                Customer(name="Hospital Los Arrayanes", folded_name="hospital los arrayanes"),
            ]
        )
        told = ["registration", "closure"]
        self.head, self.desk, self.manager, self.mute, self.former, self.stranger = Contact.objects.bulk_create(
            [
                a_contact(self.bank, "Jefe de Sistemas", "jefe@example.com", "es", phones=["+593725550148"]),
                a_contact(self.bank, "Help Desk", "helpdesk@example.com", "en"),
                a_contact(self.bank, "Gerente de TI", "gerente@example.com", "pt", told=told),
                a_contact(self.bank, "Guardia de turno", "", "es"),
                a_contact(self.bank, "Anterior jefe", "antes@example.com", "es", active=False),
                a_contact(self.other, "Coordinadora", "hospital@example.com", "es"),
            ]
        )
        city = City.objects.create(name="Cuenca", province="Azuay", band=band)
        self.site = Site.objects.create(
            customer=self.bank, name="agencia matriz", city=city, contact_on_site="Portería", access_hours="24 horas"
        )
        self.service = Service.objects.create(
            customer=self.bank, site=self.site, circuit="ENL-0042", folded_circuit="enl-0042", type="Enlace"
        )
        self.number: int | None = None
        self.call: Call | None = None
        self.last_notice = 0

    # --- time ---
    def minutes_pass(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def seconds_pass(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def the_sweep_runs(self) -> int:
        return sweep.sweep(self.now)

    # --- P1, P2 ---
    def caller_rings(self, contact: Contact | None = None) -> Call:
        self.call = reception.ring(
            from_number="+593725550148", line="1800400404", version=self.version, at=self.now, contact=contact
        )
        return self.call

    def engineer_answers(self) -> Call:
        return reception.answer(reception.locked(self.call.pk), by=self.engineer, at=self.now)

    def case_is_registered(self, symptoms: str = "No tienen servicio", impact: Impact = Impact.DOWN, **more) -> Case:
        call = reception.locked(self.call.pk) if self.call else None
        report = Report(self.service, symptoms, impact, reporter=self.head)
        case = Case.register(report, by=self.by, at=self.now, call=call, engineer=self.engineer, **more)
        self.number = case.number
        return case

    def open_case(self) -> Case:
        """Rang, answered after 20 s, registered 3 min later."""
        self.caller_rings(self.head)
        self.seconds_pass(20)
        self.engineer_answers()
        self.minutes_pass(3)
        return self.case_is_registered()

    # --- what the engineer does ---
    @property
    def case(self) -> Case:
        """The case as the desk gets it: locked, fresh from the database."""
        found = named_case(str(self.number), locked=True)
        assert found
        return found

    def test_shows(self, result: str, verdict: Verdict = Verdict.BAD, name: str = "ping"):
        return self.case.add_test(name, result, verdict, by=self.by, at=self.now)

    def diagnosis(self, plan_kind: str = "remote", **more):
        self.test_shows("pérdida 100 %")
        self.test_shows("corte a 1,2 km", name="OTDR")
        return self.case.diagnose("fibra cortada", "empalmar", plan_kind, by=self.by, at=self.now, **more)

    def visit_is_agreed(self, **more):
        return self.case.agree(self.agreement(**more), by=self.by, at=self.now)

    def agreement(self, **more) -> Agreement:
        """With the forecast of a main city; at a remote site it is decided again in two hours (P4.3)."""
        if self.site.city.band == "remote":
            more = {"next_decision_at": self.now + timedelta(hours=2)} | more
        more = {
            "forecast_from": self.now + timedelta(hours=1.5),
            "forecast_to": self.now + timedelta(hours=3),
        } | more
        return Agreement(
            operator="Despacho",
            customer="Jefe de Sistemas",
            site_contact="Portería",
            access="24 horas",
            **more,
        )

    def service_is_restored(self, solution: str = "se empalmó la fibra"):
        return self.case.restore(solution, by=self.by, at=self.now)

    def service_is_tested(self) -> None:
        """The tests that P5 asks for since the restoration, as far as they are not on record."""
        tested(self.case, self.by, self.now)

    def customer_confirms(self, **more):
        if self.case.stage == "verification":
            self.service_is_tested()
        who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "07 555 0148", **more)
        return self.case.confirm(who, "se empalmó la fibra", by=self.by, at=self.now)

    def window_is_green(self, minutes: float = 30) -> None:
        self.minutes_pass(minutes)
        self.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
        self.test_shows("pérdida 0 %", Verdict.GOOD)

    def goes_to_the_closing(self) -> None:
        """From the diagnosis on: a remote plan, restored, confirmed, stable and closed, in 65 minutes."""
        self.minutes_pass(5)
        self.diagnosis()
        self.minutes_pass(20)
        self.service_is_restored()
        self.minutes_pass(5)
        self.customer_confirms()
        self.window_is_green()
        self.case.stabilise(by=self.by, at=self.now)
        self.minutes_pass(5)
        self.case.close("fibra cortada", "empalme de la fibra", by=self.by, at=self.now)

    # --- what is seen ---
    def clock(self, kind: str, ordinal: int = 1):
        return self.case.clocks.get(kind=kind, ordinal=ordinal)

    def moments(self) -> list[str]:
        return list(self.case.events.order_by("seq").values_list("moment", flat=True))

    def is_told(self, moment: str, *contacts: Contact) -> list[Notice]:
        """Exactly these contacts are owed this notice, and nobody is owed anything else since the last question."""
        fresh = list(Notice.objects.filter(pk__gt=self.last_notice, state="owed").order_by("pk"))
        self.last_notice = max([self.last_notice, *(notice.pk for notice in fresh)])
        told = sorted((notice.moment, notice.contact_id) for notice in fresh)
        assert told == sorted((moment, contact.pk) for contact in contacts)
        return fresh

    def nobody_is_told(self) -> None:
        self.is_told("")


def tested(case: Case, by: Actor, at: datetime) -> None:
    """Two good tests since the restoration, as P5 asks for, and P6 at the end of its window; what is there stays."""
    for name, result in (("ping", "pérdida 0 %"), ("ancho de banda", "98 Mbps"))[
        case_proofs.since_restored(case, at) :
    ]:
        case.add_test(name, result, Verdict.GOOD, by=by, at=at)


def staff(username: str, role: Role) -> Staff:
    return Staff.objects.create(username=username, name=username, role=role)


def contact(customer: Customer, name: str, email: str, language: str, **more) -> Contact:
    """A person of a company, on record."""
    person = a_contact(customer, name, email, language, **more)
    person.save()
    return person


def a_contact(customer: Customer, name: str, email: str, language: str, **more) -> Contact:
    """A person of a company; the mailbox is read without the company's own service unless the story says otherwise."""
    more = {"email_independent": True} | more
    return Contact(customer=customer, name=name, position=name, email=email, language=language, **more)


def sample_published(at: datetime) -> ProcedureVersion:
    """The sample, published at this hour: the same text always by the same id, so that a process reads it once.

    Where a version is published already, it is published after that one, as any other is.
    """
    text = PROCEDURE.read_text()
    if version.is_any_published():
        return version.publish(text, PROCEDURE.name, None, at)
    sample = ProcedureVersion(number=1, published_at=at, effective_at=at, **columns_of(text))
    sample.save(force_insert=True)
    return sample


@lru_cache(maxsize=4)
def columns_of(text: str) -> dict:
    """What `version.publish` writes of a text, with an id of its own far from those that the database gives."""
    procedure = load(text, PROCEDURE.name)
    document = procedure.model_dump(mode="json")
    return {
        "pk": FIRST_ID + crc32(text.encode()) % FIRST_ID,
        "code": procedure.code,
        "title": procedure.title.es,
        "source": text,
        "document": document,
        "sha256": version.digest(document),
    }


def rota(level: int, member: Staff, since: datetime, seat: int = 1) -> Rota:
    """This person alone holds a seat of a level, from a day before ``since`` on; with an address to be paged at."""
    Staff.objects.filter(pk=member.pk, email="").update(email=f"{member.username}@example.com")
    return Rota.objects.create(
        level=level,
        seat=seat,
        members=[member.pk],
        starts_on=since.date() - timedelta(days=1),
        turns_at=time(8),
        valid=DateTimeTZRange(since - timedelta(days=1), None),
    )
