"""The operator whose pages are looked at: the sample operator, and some of each that the sample does not have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from django.db.models import Model

from guardia.calls.call import Call, CallTransfer, QueueVisit, RingAttempt, Scan, WrittenRequest
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeGap
from guardia.carriers.carrier import Carrier
from guardia.cases import mentions
from guardia.cases.buyer_ticket import BuyerTicket
from guardia.cases.case import Case
from guardia.cases.customer_act import CustomerAct
from guardia.cases.draft import Presence
from guardia.cases.event import CaseEvent
from guardia.cases.follower import Follower
from guardia.cases.links import CaseLink
from guardia.cases.saved_views import SavedView
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import sessions
from guardia.customers.contact import Contact, ContactChange, ContactWay
from guardia.customers.customer import Service
from guardia.demo.mailbox import rings
from guardia.demo.seed import CUSTOMER, seed
from guardia.escalation.escalation import CallTask
from guardia.evidence.files import CaseFile
from guardia.evidence.probe import Probe
from guardia.evidence.target import ServiceTarget
from guardia.field.crew import Crew
from guardia.field.visit import FieldAct, Visit
from guardia.mail.message import Attachment, Message, Original
from guardia.network.alert import Alert, AlertMapping, AlertSource, AlertTurn
from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Delivery
from guardia.notices.pacing import DomainLimit
from guardia.outages.outage import Outage, OutageService
from guardia.outages.planned_work import PlannedWork, PlannedWorkService
from guardia.people.audit import AuditEntry
from guardia.people.setting_change import SettingChange
from guardia.people.shifts import Handover, HandoverLine
from guardia.people.staff import Role, Staff
from guardia.privacy.requests import PrivacyRequest
from guardia.procedure import version
from guardia.web.desk.settings.change_nouns import NOUNS
from guardia.webhooks.subscription import WebhookSubscription

CASES = 40
HANDED = 40
"""So many calls came through the exchange, and so many mails came in."""


@dataclass(frozen=True)
class House:
    """``cookie``: of the company's administrator; ``words``: what an address names, by the word of its blank."""

    cookie: str
    words: dict[str, object]


class Founding:
    """Rows as verbs leave them, of what happens less often than every day. ``self.at`` (UTC) is now."""

    def __init__(self, at: datetime) -> None:
        self.at, self.ago = at, at - timedelta(hours=3)
        self.by = Staff.objects.get(username="administrador")
        self.others = list(Staff.objects.exclude(pk=self.by.pk).order_by("pk")[:5])
        self.contact = Contact.objects.get(email=CUSTOMER)
        self.company = self.contact.customer_id
        self.cases = list(Case.objects.order_by("pk"))
        self.numbers = count(1)
        theirs = [case for case in self.cases if case.customer_id == self.company]
        self.own = next(case for case in theirs if case.is_open and case.service_id)
        self.mate = Contact.objects.filter(customer=self.company).exclude(pk=self.contact.pk).order_by("pk").first()

    def all(self) -> None:
        self.telephone()
        self.three_ring()
        self.network()
        self.outages()
        self.monitoring()
        self.of_companies()
        self.of_cases()
        self.tests()
        self.field()
        self.mail()
        self.settings()

    def telephone(self) -> None:
        exchange = Exchange.objects.create(name="central", kind="ami", seen_at=self.at)
        ExchangeAgent.objects.create(exchange=exchange, name="Agente 1", staff=self.by, since=self.ago)
        ExchangeGap.objects.create(exchange=exchange, lost_at=self.ago, back_at=self.ago + timedelta(minutes=1))
        for number, call in enumerate(Call.objects.order_by("pk")[:HANDED]):
            at, by = call.arrived_at, self.by
            Call.objects.filter(pk=call.pk).update(exchange=exchange, reference=f"llamada-{number}")
            ExchangeEvent.objects.create(
                exchange=exchange, key=f"{number}", reference=f"llamada-{number}", source="ami", name="QueueCallerJoin",
                happened_at=at, received_at=at, packet=[],
            )  # fmt: skip
            visit = QueueVisit.objects.create(call=call, ordinal=1, queue="noc", joined_at=at, staff=by)
            RingAttempt.objects.create(visit=visit, ordinal=1, member="Agente 1", staff=by, rang_at=at)
            CallTransfer.objects.create(call=call, ordinal=1, at=at, kind="blind", to="200", staff=by)

    def three_ring(self) -> None:
        """As many as are shown at once, each of a company of its own that stands behind an outage; before any other."""
        behind = OutageService.objects.exclude(state="left").values_list("customer", flat=True).distinct()
        companies = list(behind.order_by("customer"))[:3]
        assert len(companies) == 3
        for number, company in enumerate(companies, start=1):
            caller = Contact.objects.filter(customer=company).exclude(phones=[]).order_by("pk").first()
            at = self.at - timedelta(seconds=50 - number)
            rings(caller, version.in_force(at), at)

    def network(self) -> None:
        """Each service ends at a port of its own, behind one of the sample's nodes."""
        upper = Element.objects.order_by("pk").first()
        for service in Service.objects.order_by("pk"):
            code = f"PT-{service.pk:04d}"
            port = Element.objects.create(code=code, folded_code=code.lower(), name=code, kind="node")
            ElementLink.objects.create(upper=upper, lower=port)
            ServiceElement.objects.create(customer_id=service.customer_id, service=service, element=port)

    def outages(self) -> None:
        """Those of before: six that are over, and as many works."""
        services = list(Service.objects.order_by("pk")[:8])
        Outage.objects.update(is_public=True)
        PlannedWork.objects.update(is_public=True)
        outage, work = Outage.objects.order_by("pk").first(), PlannedWork.objects.order_by("pk").first()
        for number in range(6):
            outage.pk, outage.number, outage.element, outage.site = None, 500 + number, None, None
            outage.state, outage.ended_at, outage.work, outage.is_public = "ended", self.ago, None, True
            outage.save()
            work.pk, work.number, work.state, work.ended_at = None, 500 + number, "ended", self.ago
            work.save()
            for service in services:
                OutageService.objects.create(
                    customer_id=service.customer_id, outage=outage, service=service, state="left", joined_at=self.ago
                )
                PlannedWorkService.objects.create(customer_id=service.customer_id, work=work, service=service)

    def monitoring(self) -> None:
        source = AlertSource.objects.create(name="monitoreo", kind="generic", seen_at=self.at)
        AlertMapping.objects.create(source=source, position=1, label="circuit", means="circuit")
        service = Service.objects.filter(customer=self.company).order_by("pk").first()
        for number, state in enumerate(("firing", "flapping", "resolved", "resolved")):
            over_at = self.ago if state == "resolved" else None
            alert = Alert.objects.create(
                source=source, fingerprint=f"{number}", state=state, name="enlace caído", since=self.ago,
                first_at=self.ago, last_at=self.at, resolved_at=over_at, service=service,
                element=Element.objects.order_by("pk").first(),
            )  # fmt: skip
            AlertTurn.objects.create(alert=alert, fires=True, at=self.ago, received_at=self.ago)

    def of_companies(self) -> None:
        for contact in Contact.objects.filter(customer=self.company):
            ContactWay.objects.create(customer_id=self.company, contact=contact, kind="sms", address="+593725550100")
        for settled in ({}, {"settled_at": self.at, "settled_as": "seen", "settled_by": self.by}):
            for kind in ("changed", "asked"):
                change = SettingChange.objects.create(
                    noun="contact", key=str(self.mate.pk), before={"name": "A"}, after={"name": "B"},
                    by_contact=self.contact, at=self.ago,
                )  # fmt: skip
                ContactChange.objects.create(
                    customer_id=self.company, kind=kind, by=self.contact, about=self.mate, change=change, at=self.ago,
                    fields={"name": "Colega"}, case=self.own, **settled,
                )  # fmt: skip

    def of_cases(self) -> None:
        for case in self.cases:
            contact = Contact.objects.filter(customer=case.customer_id).order_by("pk").last()
            of = {"customer_id": case.customer_id, "case": case}
            Follower.objects.create(**of, contact=contact, added_at=self.ago)
            CustomerAct.objects.create(**of, contact=contact, nonce=next(self.numbers), kind="wrote", at=self.ago)
            for somebody in self.others:
                mentions.watch(case, somebody, self.ago)
            # In a day: whoever looks again within seconds writes nothing down.
            Presence.objects.create(**of, staff=self.by, seen_at=self.at + timedelta(days=1))
            for number in range(2):
                CaseFile.objects.create(
                    **of, name=f"foto {number}.jpg", type="image/jpeg", size=1, sha256=f"{number}", shown=True,
                    taken_at=self.ago, added_at=self.ago, added_by=self.by, added_by_name=self.by.name,
                )  # fmt: skip
        for case, other in self.of_the_same_company():
            CaseLink.objects.create(
                customer_id=case.customer_id, case=case, other=other, kind="related", made_at=self.ago
            )
        mentions.watch(self.own, self.by, self.ago)
        notes = CaseEvent.objects.filter(moment="noted").order_by("pk")
        for event in notes[:5]:
            mentions.name_in_note(event.pk, [self.by.pk])
        for event in CaseEvent.objects.order_by("pk")[:40]:
            mentions.name_in_note(event.pk, [one.pk for one in self.others])
        known = CallTask.objects.values("event")
        for event in CaseEvent.objects.exclude(pk__in=known).order_by("pk")[:40]:
            CallTask.objects.create(
                customer_id=event.customer_id, case_id=event.case_id, event=event, level=1, clause="E5",
                number="+59325550100", owed_at=self.ago, due_at=self.ago, settled_at=self.ago, outcome="answered",
            )  # fmt: skip

    def of_the_same_company(self) -> Iterator[tuple[Case, Case]]:
        last: dict[int, Case] = {}
        for case in self.cases:
            if before := last.get(case.customer_id):
                yield case, before
            last[case.customer_id] = case

    def tests(self) -> None:
        for case in self.cases:
            if case.service_id is None:
                continue
            target = ServiceTarget.objects.create(
                customer_id=case.customer_id, service_id=case.service_id, kind="icmp", address="192.0.2.1",
                pinned="192.0.2.1", added_by=self.by, added_at=self.ago,
            )  # fmt: skip
            for state in ("asked", "done") if case.is_open else ("done",):
                measured = {} if state == "asked" else {"measured_at": self.ago, "verdict": "good"}
                Probe.objects.create(
                    customer_id=case.customer_id, case=case, target=target, occasion="on_demand", state=state,
                    asked_at=self.ago, due_at=self.ago, **measured,
                )  # fmt: skip

    def field(self) -> None:
        visit = Visit.objects.filter(ended_at=None, agreed_at__isnull=False).order_by("pk").first()
        for settled_at in (None, self.at):
            FieldAct.objects.create(
                customer_id=visit.customer_id, case_id=visit.case_id, visit=visit, key=UUID(int=next(self.numbers)),
                order=1, kind="arrive", facts={}, happened_at=self.ago, received_at=self.ago, by_name="Cuadrilla",
                refused="no", settled_at=settled_at,
            )  # fmt: skip

    def mail(self) -> None:
        first = Message.objects.order_by("pk").first()
        content = bytes(first.original.content)
        for number in range(HANDED):
            first.pk, first.identity, first.state, first.request = None, f"carta-{number}", "done", None
            first.settled_at, first.received_at = self.at, self.ago - timedelta(hours=number)
            first.save()
            Original.objects.create(message=first, customer_id=first.customer_id, content=content)
        Attachment.objects.create(
            message=Message.objects.order_by("pk").first(), customer_id=first.customer_id, part=1, name="a.pdf",
            type="application/pdf", size=1,
        )  # fmt: skip
        request = WrittenRequest.objects.order_by("pk").first()
        Scan.objects.create(
            request=request, customer_id=request.customer_id, name="b.png", type="image/png", size=1, sha256="b",
            content=b"b", added_at=self.ago, added_by=self.by,
        )  # fmt: skip
        BuyerTicket.objects.bulk_create(
            BuyerTicket(customer_id=case.customer_id, case=case, made_at=case.opened_at)
            for case in Case.objects.order_by("pk")
        )
        delivery = Delivery.objects.filter(customer=self.company).order_by("pk").first()
        for cleared_at in (None, self.at):
            AddressMark.objects.create(
                customer_id=self.company, channel="mail", address="nadie@example.com", reason="bounced",
                marked_at=self.ago, cleared_at=cleared_at, delivery=delivery,
            )  # fmt: skip

    def settings(self) -> None:
        DomainLimit.objects.create(domain="example.com", per_minute=60)
        WebhookSubscription.objects.create(name="CRM", url="https://crm.example.com/", secret="", made_at=self.ago)
        for kind in ("signed_in", "exported", "sign_in_failed"):
            AuditEntry.objects.create(
                at=self.ago, kind=kind, staff=self.by, address="192.0.2.7", about="staff", key=str(self.by.pk)
            )
        for noun in NOUNS:
            SettingChange.objects.create(
                noun=noun, key=str(self.company), by=self.by, at=self.ago, before={"band": "main"},
                after={"band": "remote", "cases": [], "sites": [1]},
            )  # fmt: skip
        handover = Handover.objects.order_by("pk").first()
        known = handover.lines.values("case")
        for case in Case.objects.exclude(pk__in=known).order_by("pk")[:HANDED]:
            HandoverLine.objects.create(
                handover=handover, customer_id=case.customer_id, case=case, next_step="seguir", responsible=self.by
            )
        SavedView.objects.create(owner=self.by, name="VIP", asked={"vip": "1"}, shared=True)
        for done in ({"state": "ready"}, {"state": "done", "done_at": self.at}):
            PrivacyRequest.objects.create(what="export", contact=self.mate, asked_at=self.ago, asked_by=self.by, **done)
        Staff.objects.create(username="auditora", name="Auditora", role=Role.AUDITOR)


FIRST: dict[str, type[Model]] = {
    "crew": Crew,
    "element": Element,
    "carrier": Carrier,
    "alert": Alert,
    "source": AlertSource,
    "exchange": Exchange,
    "call": Call,
    "message": Message,
    "handover": Handover,
}


def found(at: datetime) -> House:
    """An operator that is at work at ``at`` (UTC); written for good."""
    seed(at, CASES)
    with behind(DatabaseRole.STAFF):
        founding = Founding(at)
        founding.all()
        _session, cookie = sessions.begin(founding.contact, CUSTOMER, at)
        return House(cookie, words_of(founding))


def words_of(founding: Founding) -> dict[str, object]:
    """What is named where an address has a blank."""
    first = {name: model.objects.order_by("pk").values_list("pk", flat=True)[0] for name, model in FIRST.items()}
    declared = Outage.objects.filter(state="declared").order_by("pk").first()
    work = PlannedWork.objects.filter(ended_at=None).order_by("pk").first()
    return {
        **first,
        "company": founding.company,
        "case": founding.own.number,
        "service": founding.own.service_id,
        "outage": declared.number,
        "work": work.display_number,
    }
