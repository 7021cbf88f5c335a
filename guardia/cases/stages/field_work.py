"""P4 in the field: agreed, on the way, arrived, permit cleared, blocked; the steps of a visit as plain facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import DecisionInThePast, NoOpenVisit, VisitOutOfOrder
from guardia.cases.verbs import Event, Recording, need
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Condition, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


@dataclass(frozen=True)
class Agreement:
    """P4 D: both persons who agree, the contact at the site, access and the forecast. Hours in UTC."""

    operator: str
    customer: str
    site_contact: str
    access: str
    forecast_from: datetime
    forecast_to: datetime
    crew: Crew | None = None


class FieldWork(Recording):
    def decide_dispatch(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """A crew is to be sent, after the diagnosis or before it is done (P4 D). One visit is open at a time."""
        if visit := self.open_visit():
            sent = (Moment.DISPATCH_DECIDED, Moment.DISPATCH_AGREED)  # an agreement alone decides too
            return self.events.filter(moment__in=sent, data__visit=visit.pk).order_by("seq")[0]
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        self.must_not_precede(at, self.began_at())
        visit = self.new_visit(at)
        return self.write(Moment.DISPATCH_DECIDED, by=by, at=at, now=now, data={"visit": visit.pk})

    def agree(self: "Case", agreement: Agreement, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Both sides agreed on the visit: travel counts from here (P4.1, P4.2)."""
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        visit = self.open_visit()
        if visit and visit.agreed_at:
            return self.latest(Moment.DISPATCH_AGREED)  # type: ignore[return-value]
        self.must_not_precede(at, self.began_at())
        for field, what in (
            ("operator", _("who agrees for the operator")),
            ("customer", _("who agrees for the customer")),
            ("site_contact", _("the contact at the site")),
            ("access", _("the access hours")),
        ):
            need("P4", field, getattr(agreement, field), what)
        visit = visit or self.new_visit(at)
        visit.agreed_at, visit.crew = at, agreement.crew
        visit.agreed_by_operator, visit.agreed_by_customer = agreement.operator, agreement.customer
        visit.site_contact, visit.access = agreement.site_contact, agreement.access
        visit.forecast_from, visit.forecast_to = agreement.forecast_from, agreement.forecast_to
        visit.save()
        data = {
            "visit": visit.pk,
            "crew": visit.crew_id,
            "forecast": [agreement.forecast_from.isoformat(), agreement.forecast_to.isoformat()],
        }
        texts = {name: getattr(agreement, name) for name in ("operator", "customer", "site_contact", "access")}
        return self.write(Moment.DISPATCH_AGREED, by=by, at=at, now=now, data=data, texts=texts)

    def depart(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The crew is on the way."""
        return self._step("departed_at", "agreed_at", Moment.DEPARTED, by, at, now)

    def arrive(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The crew is at the site: travel ends, the work permit and the solution's hours begin (P4.4)."""
        return self._step("arrived_at", "agreed_at", Moment.ARRIVED, by, at, now)

    def clear_permit(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The work permit is given; its time was not counted in the four hours (P4 D)."""
        return self._step("permit_cleared_at", "arrived_at", Moment.PERMIT_CLEARED, by, at, now)

    def block(
        self: "Case",
        condition: Condition,
        why: str,
        next_decision_at: datetime,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """A named condition holds the visit up; the customer learns when it is decided again (P4.3)."""
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        visit = self.must_have_visit()
        why = need("P4.3", "why", why, _("what holds the visit up"))
        if next_decision_at <= at:
            raise DecisionInThePast()
        data = {"visit": visit.pk, "due_at": next_decision_at.isoformat()}
        if said := self.said_already(
            Moment.BLOCKED, by=by, at=at, texts={"why": why}, variant=condition.value, due_at=data["due_at"]
        ):
            return said
        blocked = self.write(
            Moment.BLOCKED, variant=condition.value, by=by, at=at, now=now, data=data, texts={"why": why}
        )
        self.write(Moment.DECISION_SET, by=by, at=at, now=now, data=data)
        return blocked

    def open_visit(self: "Case") -> Visit | None:
        return self.visits.filter(ended_at=None).select_related("crew").order_by("-pk").first()

    def new_visit(self: "Case", at: datetime) -> Visit:
        return Visit.objects.create(customer_id=self.customer_id, case=self, decided_at=at)

    def end_visit(self: "Case", at: datetime, restored: bool = False) -> None:
        restored_at = at if restored else None
        self.visits.filter(ended_at=None).update(ended_at=at, restored_at=restored_at)

    def must_have_visit(self: "Case") -> Visit:
        """Raises NoOpenVisit."""
        visit = self.open_visit()
        if visit is None:
            raise NoOpenVisit()
        return visit

    def next_step_of(self: "Case", visit: Visit | None) -> Promise:
        """What the visit asks for next."""
        if visit is None or not visit.agreed_at:
            return _("agree on the visit with the customer")
        if not visit.departed_at and not visit.arrived_at:
            return _("the crew leaves")
        if not visit.arrived_at:
            return _("the crew arrives")
        return _("clear the work permit") if not visit.permit_cleared_at else _("restore the service")

    def _step(
        self: "Case", field: str, after: str, moment: Moment, by: Actor, at: datetime, now: datetime | None
    ) -> Event:
        visit = self.must_have_visit()
        if getattr(visit, field):
            return self.latest(moment)  # type: ignore[return-value]
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        if not getattr(visit, after) or (field == "departed_at" and visit.arrived_at):
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        self.must_not_precede(at, visit.last_step_at)
        setattr(visit, field, at)
        visit.save(update_fields=[field])
        return self.write(moment, by=by, at=at, now=now, data={"visit": visit.pk})
