"""A sample operator for trying out: its procedure, people, companies, ninety days of cases and a busy desk.

All of it is made by the verbs a desk uses, at past hours; only the mails of the past are set down as delivered.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from guardia.cases import ledger, written
from guardia.cases.case import Case
from guardia.cases.desk_hours import opens_at
from guardia.cases.stages.administrative import Ask
from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City, Gazetteer, load_cities
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.demo import escalations, network
from guardia.demo import tonight as demo_tonight
from guardia.demo.articles import write_articles
from guardia.demo.carriers import carriers_at_work
from guardia.demo.companies import found_companies
from guardia.demo.escalations import customers_object
from guardia.demo.groups import write_groups
from guardia.demo.history import CASES, DAYS, tell_history
from guardia.demo.mail import mail_of_tonight, set_down_as_delivered
from guardia.demo.mailbox import calls_of_tonight
from guardia.demo.network import works_of_the_week
from guardia.demo.quick_answers import write_quick_answers
from guardia.demo.staffing import CUSTOMER, LOGINS, PASSWORD, fill_levels, hire, man_the_desk
from guardia.demo.tonight import Tonight
from guardia.field.crew import Crew
from guardia.intake.portal_requests import take as take_from_tray
from guardia.people.staff import Actor, Role, Staff
from guardia.procedure import version
from guardia.procedure.version import ProcedureVersion, publish
from guardia.procedure.vocabulary import WaitCause

# Requests of the last days for sales and billing (A3): taken, answered, solved, passed on, waiting for the customer.
#
# Each is told through its verbs. Its desk acts so many minutes after it opened; what would lie ahead has not happened.


Act = Callable[["DemoRequest"], object]
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
DESK_PERSON = {"sales": "ventas1", "billing": "facturacion1"}


@dataclass
class DemoRequest:
    """One request while it is told; ``now`` is the hour of what happens (UTC)."""

    tonight: Tonight
    contact: Contact
    desk: str
    text: str
    now: datetime
    source: str = "phone"
    fields: dict[str, str] = field(default_factory=dict)
    taken: list[Case] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.taken[0]

    @property
    def by(self) -> Actor:
        return Actor.of_staff(self.tonight.team.people[DESK_PERSON[self.case.desk]])

    def takes_place(self, acts: dict[int, Act]) -> None:
        """Taken at its hour, then each act as many minutes after its desk opened as it says."""
        begun = self.now
        self.taken = [self._from_an_office() if self.source == "office" else self._taken()]
        opened = opens_at(self.case.procedure_version_id, self.desk, begun) or begun
        for minutes, act in acts.items():
            at = opened + timedelta(minutes=minutes)
            if at <= self.tonight.present:
                self._until(at)
                act(self)
        self._until(self.tonight.present)

    def _until(self, at: datetime) -> None:
        """The hour comes; that its desk opened, or a promise broke, is recorded as the sweep would."""
        self.now = at
        if self.case.is_open:
            ledger.record_breaches([self.case], at)

    def _taken(self) -> Case:
        ask = Ask(self.contact.customer, self.desk, self.text, reporter=self.contact, fields=self.fields)
        engineer = self.tonight.team.on_shift(self.now)[0]
        received_at = None if self.source == "phone" else self.now
        by = Actor.of_staff(engineer)
        return Case.take(ask, by=by, at=self.now, source=self.source, received_at=received_at)

    def _from_an_office(self) -> Case:
        """A4: handed in on paper, stamped, scanned."""
        clerk = self.tonight.team.people[DESK_PERSON[self.desk]]
        request = written.arrive(
            self.contact,
            way="office",
            office="Quito",
            subject="Carta entregada en la oficina",
            text=self.text,
            version=self.tonight.version,
            received_at=self.now,
            now=self.now,
            taken_by=clerk,
            desk=self.desk,
        )
        written.attach_scan(request, "carta.pdf", SCAN, by=clerk, at=self.now)
        return take_from_tray(request, self.desk, by=clerk, at=self.now, fields=self.fields)


def answers(text: str) -> Act:
    return lambda asked: asked.case.answer_request(text, by=asked.by, at=asked.now)


def solves(text: str) -> Act:
    return lambda asked: asked.case.solve_request(text, by=asked.by, at=asked.now)


def passes_to(desk: str, reason: str) -> Act:
    return lambda asked: asked.case.transfer(desk, by=asked.by, at=asked.now, reason=reason)


def waits(reason: str) -> Act:
    why = WaitReason(WaitCause.CUSTOMER, asked_by="Facturación 1", reason=reason, proof="Correo enviado al cliente")
    return lambda asked: asked.case.wait(why, by=asked.by, at=asked.now)


TWICE = "La factura de este mes cobra dos veces el mismo enlace."
QUOTE = "Solicitan una cotización para subir el enlace a 200 Mbps."
PAPER = "Piden por carta cambiar la razón social en las facturas."
WHERE = "Preguntan a quién enviar el comprobante de retención."
COPY = "Necesitan el duplicado de la factura del mes anterior."
OFFICE = "Piden una visita comercial para una sede nueva."
DETAIL = "Quieren el detalle de lo facturado por cada sede."
PAID = "Pagaron ayer y el portal todavía muestra la factura pendiente."
RENEW = "El contrato vence el próximo mes y quieren renovarlo."

# Hours before the demo opens, whose circuit, desk, how it came, what is asked, fields; what the desk did, and when.
TOLD: tuple[tuple[float, str, str, str, str, dict[str, str], dict[int, Act]], ...] = (
    (144.5, "ENL-0042", "billing", "phone", TWICE, {"invoice": "001-002-000018342"},
     {90: answers("Revisamos la factura con su contrato."), 300: solves("Emitimos una nota de crédito.")}),
    (119.2, "ENL-0061", "sales", "mail", QUOTE, {"quotation": "COT-2209"},
     {60: answers("Su asesor prepara la cotización."), 400: solves("Le enviamos la cotización COT-2209.")}),
    (96.7, "ENL-0043", "billing", "office", PAPER, {"contract": "C-10443"},
     {120: answers("Necesitamos el nombramiento del representante."), 130: waits("Falta el nombramiento vigente")}),
    (73.1, "ENL-0096", "sales", "phone", WHERE, {},
     {20: passes_to("billing", "Es un asunto de facturación"), 400: solves("Se recibe en facturacion@example.com.")}),
    (26.3, "ENL-0275", "sales", "phone", OFFICE, {}, {60: answers("Un asesor le llamará para fijar el día.")}),
    (11.4, "ENL-0150", "billing", "mail", COPY, {"invoice": "001-002-000017990"},
     {180: answers("Buscamos la factura en el archivo.")}),
    (9.6, "ENL-0228", "sales", "phone", RENEW, {"contract": "C-20911"}, {200: answers("Le llamará su asesora.")}),
    (8.4, "ENL-0311", "billing", "phone", DETAIL, {}, {230: answers("Preparamos el detalle por sede.")}),
)  # fmt: skip


def add_a_fresh_request(tonight: Tonight) -> None:
    """By telephone, some minutes before the demo opens, so that something always waits for its first answer."""
    contact = next(one for one in tonight.circuits["ENL-0187"].contacts if one.email)
    DemoRequest(tonight, contact, "billing", PAID, tonight.present - timedelta(minutes=3.5)).takes_place({})


def requests_of_the_week(tonight: Tonight) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Each with the hour (UTC) at which it came, in order; called, it is told."""
    for hours, circuit, desk, source, text, fields, acts in TOLD:
        at = tonight.present - timedelta(hours=hours)
        contact = next(one for one in tonight.circuits[circuit].contacts if one.email)
        asked = DemoRequest(tonight, contact, desk, text, at, source, fields)
        yield at, lambda asked=asked, acts=acts: asked.takes_place(acts)  # type: ignore[misc]


# --- seed -------------------------------------------------------------------------------------------------------------
__all__ = ["CUSTOMER", "LOGINS", "publish_sample", "seed"]

# The oldest first, so that the numbers of the cases follow their hours.
IN_ORDER = (
    demo_tonight.field_solution_ends,
    demo_tonight.third_party_owes_a_pole,
    demo_tonight.stability_is_followed,
    demo_tonight.next_news_is_owed,
    demo_tonight.travel_ends,
    demo_tonight.customer_must_let_us_in,
    demo_tonight.road_is_closed,
    demo_tonight.permit_is_owed,
    demo_tonight.closing_is_owed,
    demo_tonight.decision_is_owed,
    demo_tonight.remote_solution_runs,
    demo_tonight.confirmation_is_owed,
    network.ring_is_cut,
    demo_tonight.dispatch_is_to_be_agreed,
    demo_tonight.diagnosis_is_overdue,
    demo_tonight.diagnosis_is_due,
    demo_tonight.nobody_has_it_yet,
    network.node_is_proposed,
    add_a_fresh_request,
)
PROCEDURE = Path(__file__).resolve().parents[2] / "procedures" / "cirion-ecuador.yaml"


def seed(now: datetime, cases: int = CASES) -> None:
    """Fill an empty installation as it stands at ``now`` (UTC), with so many cases of the past.

    In one transaction: all of it, or nothing. Does nothing where a company exists.
    """
    with behind(DatabaseRole.STAFF):
        take_turn()
        if Customer.objects.exists():
            return
        version = publish_sample(now - timedelta(days=DAYS + 30))
        team = hire()
        fill_levels(team, now)
        tonight = Tonight(team, version, found_companies(), now)
        circuits = list(tonight.circuits.values())
        tell_history(now, tonight.team, version, circuits, cases, requests_of_the_week(tonight))
        for told in IN_ORDER:
            told(tonight)
        callers = (tonight.circuits["ENL-0271"].caller, tonight.circuits["ENL-0042"].contacts[1])
        calls_of_tonight(callers, tonight.team, version, now)
        mail_of_tonight(tonight.circuits["ENL-0043"], now)
        escalations.customers_ask(tonight.team, now)
        customers_object(tonight.team, now)
        escalations.prove_numbers(tonight.team, version, now)
        works_of_the_week(tonight)
        write_articles(tonight.team, now)
        write_quick_answers(tonight.team, now)
        write_groups(tonight.team, now)
        carriers_at_work(tonight.team, now)
        man_the_desk(tonight.team, now)
        with behind(DatabaseRole.WORKER):
            set_down_as_delivered(now)


def publish_sample(at: datetime) -> ProcedureVersion:
    """The procedure of ``procedures/``, in force from ``at``."""
    return publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, at)


def take_turn() -> None:
    """Two seeds at the same time wait for each other, and the second finds the installation filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('guardia demo'))")


# --- tiny -------------------------------------------------------------------------------------------------------------
# The smallest operator that can be walked through: one of each, for a check that must be quick.
# A walk cannot wait half an hour for the green window (P6 D); this is the operator's own number, so it may be short.
GREEN_WINDOW = ("green_window: 30 min", "green_window: 1 s")
USERNAME = "ingeniero1"


def tiny(now: datetime) -> dict[str, str | int]:
    """One procedure, company, site, service, crew and engineer, as of ``now`` (UTC). The login and the ids."""
    with behind(DatabaseRole.STAFF):
        take_turn()
        text = PROCEDURE.read_text(encoding="utf-8").replace(*GREEN_WINDOW)
        published = version.publish(text, PROCEDURE.name, None, now - timedelta(days=1))
        engineer = Staff.objects.create_user(USERNAME, PASSWORD, name="Ingeniero 1", role=Role.ENGINEER)
        crew = Crew.objects.create(name="Cuadrilla 1", phone="+59375550404", base="Cuenca")
        load_cities()
        ids = company_in_cuenca()
    ids |= {"procedure": published.pk, "staff": engineer.pk, "crew": crew.pk}
    return {"username": USERNAME, "password": PASSWORD, **ids}


def company_in_cuenca() -> dict[str, int]:
    """A bank with two persons who are told everything, in Spanish and in English, and service ENL-0001."""
    company = save_company(Customer(), {"name": "Banco Austral", "vip": True})
    head = {"name": "Jefe de Sistemas", "email": "jefe@example.com", "phones": "+593725550148", "language": "es"}
    desk = {"name": "Help Desk", "email": "helpdesk@example.com", "phones": "07 555 0149", "language": "en"}
    people = [save_contact(Contact(customer=company), fields) for fields in (head, desk)]
    city = Gazetteer.of(City.objects.all()).find("Cuenca")
    place = {"name": "agencia matriz", "city": city, "contact_on_site": "Guardia de turno", "access_hours": "24 h"}
    site = save_site(Site(customer=company), place)
    line = {"circuit": "ENL-0001", "type": "Enlace de datos por fibra", "capacity": "100 Mbps", "site": site}
    service = save_service(Service(customer=company), line)
    ids = {"customer": company.pk, "site": site.pk, "service": service.pk}
    return ids | {"jefe": people[0].pk, "helpdesk": people[1].pk}
