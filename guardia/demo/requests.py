"""Requests of the last days for sales and billing (A3): taken, answered, solved, passed on, waiting for the customer.

Each is told through its verbs. Its desk acts so many minutes after it opened; what would lie ahead has not happened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardia.cases import ledger, written
from guardia.cases.case import Case
from guardia.cases.desk_hours import opens_at
from guardia.cases.stages.administrative import Ask
from guardia.cases.waiting import WaitReason
from guardia.customers.contact import Contact
from guardia.demo.tonight import Tonight
from guardia.intake.tray_requests import take as take_from_tray
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import WaitCause

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
