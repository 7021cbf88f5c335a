"""A person who leaves marks behind every door: by telephone, mail, portal, on a visit, in a caption, in notices."""

from contextlib import nullcontext
from datetime import timedelta
from uuid import uuid4

from guardia.articles import editing
from guardia.calls.exchange import Exchange, ExchangeEvent
from guardia.cases.buyer_ticket import BuyerTicket
from guardia.cases.case import Case
from guardia.cases.case_files import add_file
from guardia.cases.draft import Draft
from guardia.cases.follower import Follower
from guardia.cases.saved_views import SavedView
from guardia.cases.stages import reception
from guardia.cases.stages.field_work import Agreement
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.customers import sessions
from guardia.customers.contact import Contact, ContactChange, ContactWay
from guardia.customers.sign_in import SignInCode
from guardia.escalation.reachability import Proof
from guardia.field.visit import FieldAct, Visit
from guardia.intake import customer_acts, mail_in
from guardia.mail.taking import take
from guardia.notices.address_marks import AddressMark
from guardia.notices.leases import seen
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.notices.sending import Post, send_due
from guardia.people.audit import AuditKind, write_down
from guardia.people.setting_change import put_on_record
from guardia.people.shifts import Handover
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Impact, WaitCause
from tests.files import samples
from tests.mailin.letters import letter
from tests.notices.post_office import PostOffice
from tests.procedure.story import Story, contact, staff

NAME, MAIL, NUMBER, DOCUMENT = "Ximena Quintanavega", "ximena.q@marcada.example.com", "+593987612345", "DOC0917263544"
OLD_MAIL = "antes.ximena@vieja.example.com"
MARKS = ("quintanavega", "marcada.example", "vieja.example", "87612345", "8761 2345", DOCUMENT.lower())
"""No column of any table, and no file, has any of these once she is erased."""


class Marked(Story):
    def live(self, until: str = "closed") -> "Marked":
        self.person = contact(self.bank, NAME, MAIL, "es", phones=[NUMBER])
        self.quality = staff("calidad", Role.QUALITY)
        self.is_known()
        self.rings_and_is_registered()
        self.the_desk_writes()
        if until == "closed":
            self.ends()
        self.mails_leave()
        return self

    def is_known(self) -> None:
        before = {"name": NAME, "email": OLD_MAIL, "phones": [], "position": "Jefa"}
        put_on_record("contact", self.person.pk, before, {**before, "email": MAIL}, by=self.supervisor, at=self.now)
        ContactWay.objects.create(customer=self.bank, contact=self.person, kind="sms", address=NUMBER)
        SignInCode.objects.create(mailbox_mark="a", asker_mark="b", mailbox=MAIL, salt=b"1", asked_at=self.now)
        AddressMark.objects.create(
            channel="mail", address=OLD_MAIL, reason="bounced", words=f"{NAME}?", marked_at=self.now
        )
        sessions.begin(self.person, MAIL, self.now)
        ContactChange.objects.create(
            customer=self.bank, kind="asked", by=self.head, about=self.person, at=self.now,
            fields={"name": NAME, "email": MAIL, "phones": NUMBER},
        )  # fmt: skip
        write_down(AuditKind.BROUGHT_IN, at=self.now, about="contacts", key=NAME, row=f"{NAME} {MAIL}")

    def rings_and_is_registered(self) -> None:
        exchange = Exchange.objects.create(name="central", kind="cti")
        call = reception.ring(
            from_number=NUMBER, line="1800400404", version=self.version, at=self.now, contact=self.person
        )
        self.call = call
        packet = [["CallerIDNum", "0987612345"], ["CallerIDName", NAME]]
        ExchangeEvent.objects.create(
            exchange=exchange, key="k", reference="1", source="cti", name="newCall", happened_at=self.now,
            received_at=self.now, packet=packet,
        )  # fmt: skip
        self.minutes_pass(0.5)
        self.engineer_answers()
        self.minutes_pass(2)
        report = Report(
            self.service, f"Llama {NAME}: no hay servicio, volver al 098 761 2345", Impact.DOWN, reporter=self.person,
            details={"reporter_name": NAME, "call_back_number": NUMBER, "site_contact": f"{NAME} (098 761-2345)"},
        )  # fmt: skip
        case = Case.register(report, by=self.by, at=self.now, call=reception.locked(call.pk), engineer=self.engineer)
        self.number = case.number
        Follower.objects.create(customer=self.bank, case=case, contact=self.person, added_at=self.now)

    def the_desk_writes(self) -> None:
        self.minutes_pass(1)
        self.case.note(f"Hablé con XIMENA QUINTANAVEGA, {MAIL}", by=self.by, at=self.now)
        self.case.tell(f"{NAME} nos abre la puerta", by=self.by, at=self.now)
        customer_acts.write(self.case, self.person, "escribo desde el portal sin decir quién soy", at=self.now)
        self.mail_comes(letter(f"{NAME} <{MAIL}>", "Soy yo otra vez", subject=f"[{self.case.display_number}] hola"))
        other = letter("helpdesk@example.com", f"Pregunten a {NAME}", subject=f"[{self.case.display_number}] x")
        self.mail_comes(other)
        self.mail_comes(letter("nadie@otro.example.com", f"¿Trabaja ahí {NAME}?", subject="pregunta", Cc=MAIL))
        whom = {"role": "reporterContact", "name": NAME, "number": NUMBER, "emailAddress": MAIL}
        said = {"description": f"{NAME} no tiene servicio", "relatedContactInformation": [whom]}
        BuyerTicket.objects.create(customer=self.bank, case=self.case, sent=said, made_at=self.now)
        Draft.objects.create(staff=self.engineer, key="x", fields={"texto": f"con {NAME}"}, saved_at=self.now)
        SavedView.objects.create(owner=self.engineer, name="suyos", asked={"q": NAME})
        Handover.objects.create(
            due_at=self.now,
            incoming=self.colleague,
            outgoing=self.engineer,
            note=f"llamar a {NAME}",
            signed_at=self.now,
        )
        Proof.objects.create(address=NUMBER, how="call", reached=True, answered_by=NAME, at=self.now, by=self.engineer)
        words = {"title_es": f"Lo que dijo {NAME}", "text_es": f"Escribir a {MAIL} o al {NUMBER}."}
        words |= {"causes": f"Como en lo de {NAME}", "reason": f"lo pidió {NAME}"}
        editing.save(None, words, by=self.engineer, at=self.now, from_case=self.case.pk)
        file = samples.jpeg()
        self.file = add_file(
            self.case, content=file, name="quintanavega.jpg", by=self.by, now=self.now, caption=f"{NAME} en la puerta"
        )

    def mail_comes(self, raw: bytes) -> None:
        take(raw, "pipe", self.now)
        while mail_in.route_next(self.now):
            pass

    def ends(self) -> None:
        self.minutes_pass(10)
        reason = WaitReason(WaitCause.CUSTOMER, NAME, f"{NAME} no tiene la llave", proof=f"llamada al {NUMBER}")
        wait = self.case.wait(reason, by=self.by, at=self.now).data["wait"]
        self.minutes_pass(5)
        self.case.go_on(self.case.waits.get(pk=wait), by=self.by, at=self.now)
        self.diagnosis("visit")
        people = [{"name": NAME, "document": DOCUMENT}, {"name": "Otra Persona", "document": "111"}]
        agreed = Agreement(
            operator="Despacho", customer=NAME, site_contact=f"{NAME}, {NUMBER}", access="24 horas", people=people,
            forecast_from=self.now + timedelta(hours=1.5), forecast_to=self.now + timedelta(hours=3),
        )  # fmt: skip
        self.case.agree(agreed, by=self.by, at=self.now)
        visit = Visit.objects.get(case__number=self.number)
        FieldAct.objects.create(
            customer=self.bank, case=self.case, visit=visit, key=uuid4(), order=1, kind="note", by_name="Técnico",
            facts={"texto": f"me atiende {NAME}"}, happened_at=self.now, received_at=self.now,
        )  # fmt: skip
        self.minutes_pass(100)
        self.case.depart(by=self.by, at=self.now - timedelta(minutes=60))
        self.case.arrive(by=self.by, at=self.now)
        self.case.clear_permit(by=self.by, at=self.now)
        self.minutes_pass(30)
        self.service_is_restored()
        self.minutes_pass(5)
        who = Confirmer(NAME, "Jefa de Sistemas", NUMBER)
        self.service_is_tested()
        self.case.confirm(who, "se empalmó la fibra", by=self.by, at=self.now)
        self.window_is_green()
        self.case.stabilise(by=self.by, at=self.now)
        self.minutes_pass(5)
        self.case.close("fibra cortada", "empalme", by=self.by, at=self.now)

    def mails_leave(self) -> None:
        """Everything that is owed is rendered and kept as sent."""
        office = PostOffice()
        office.open()
        try:
            for _round in range(6):
                self.minutes_pass(10)
                with office.outlet() as outlet:
                    send_due(outlet, Post(nullcontext, lambda: self.now, seen(self.now), Links(lambda *ids: "")))
        finally:
            office.close()
        assert Delivery.objects.filter(body__isnull=False).count() >= 2

    @property
    def of_person(self) -> Contact:
        return Contact.objects.get(pk=self.person.pk)
