"""P4 before the crew is there: a visit is decided, agreed with the customer, changed, handed over to another crew."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger
from guardia.cases.refusals import CrewHasIt, DecisionInThePast, HourOfAnotherYear, Missing, VisitOutOfOrder
from guardia.cases.stages.agreement import FARTHEST, Agreement, in_order, own, people_of, short
from guardia.cases.stages.field_paper import FieldPaper
from guardia.cases.verbs import Event, need
from guardia.field.crew import Crew
from guardia.field.visit import Visit, parts_in_a_line
from guardia.people.staff import Actor
from guardia.procedure import version as versions
from guardia.procedure.rules import BandNeed
from guardia.procedure.vocabulary import Band, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

SAID = ("site_contact", "access", "forecast_from", "forecast_to", "crew", "specialty", "parts", "plate", "tools")
"""What a visit keeps of its agreement under the same name; who agreed, and who enters, beside it."""


class Dispatching(FieldPaper):
    def decide_dispatch(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """A crew is to be sent, after the diagnosis or before it is done (P4 D). One visit is open at a time."""
        if visit := self.open_visit():
            sent = (Moment.DISPATCH_DECIDED, Moment.DISPATCH_AGREED)  # an agreement alone decides too
            return self.events.filter(moment__in=sent, data__visit=visit.pk).order_by("seq")[0]
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        self.must_not_precede(at, self.may_send_since())
        visit = self.new_visit(at)
        return self.write(Moment.DISPATCH_DECIDED, by=by, at=at, now=now, data={"visit": visit.pk})

    def agree(self: "Case", agreement: Agreement, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Both sides agreed on the visit: travel counts from here (P4.1, P4.2).

        At a remote site it says when it is decided again (P4.3 D), and that hour is a promise from here on. What held
        it up before is over: it is agreed that it goes.
        Raises Missing, DecisionInThePast and what ``Agreement.whole`` raises.
        """
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        visit = self.open_visit()
        if visit and visit.agreed_at:
            return self.latest(Moment.DISPATCH_AGREED)  # type: ignore[return-value]
        self.must_not_precede(at, visit.decided_at if visit else self.may_send_since())
        agreed = agreement.whole()
        in_order(agreed.forecast_from, agreed.forecast_to, at)
        self.must_say_when_it_is_decided_again(agreed, at)
        visit = visit or self.new_visit(at)
        if visit.blocked_at:
            self.hold_up_no_more(visit, by=by, at=at, now=now)
        visit.agreed_at, visit.next_decision_at = at, agreed.next_decision_at
        keep_agreement(visit, agreed)
        visit.save()
        data = about(visit) | due_fact(agreed.next_decision_at) | heard_fact(self, agreed.customer)
        return self.write(Moment.DISPATCH_AGREED, by=by, at=at, now=now, data=data, texts=texts_of(agreed))

    def change_dispatch(
        self: "Case", agreement: Agreement, *, by: Actor, at: datetime, now: datetime | None = None
    ) -> Event:
        """The visit is agreed anew before the crew is there: the customer learns what is other now (P4 D).

        It moves no promise: travel counts from the first agreement. An hour of the next decision that is left out
        stays. A letter that the guard has is no longer true.
        Raises NoOpenVisit, VisitOutOfOrder and what ``agree`` raises.
        """
        visit = self.must_be_agreed()
        if visit.arrived_at:
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        agreed = agreement.whole()
        was = agreed_values(visit)
        is_now = agreed_values(keep_agreement(visit, agreed))
        changed = sorted(name for name in is_now if is_now[name] != was[name])
        decision = agreed.next_decision_at if agreed.next_decision_at != visit.next_decision_at else None
        if not changed and decision is None:
            return self.said_of(visit, Moment.DISPATCH_CHANGED, Moment.DISPATCH_AGREED)  # type: ignore[return-value]
        self.must_not_precede(at, visit.agreed_at)
        in_order(agreed.forecast_from, agreed.forecast_to, at)
        must_come(decision, at)
        visit.permit_letter_at = None
        visit.next_decision_at = decision or visit.next_decision_at
        visit.save()
        data = about(visit) | {"changed": changed, "was": [hour.isoformat() for hour in was["forecast"]]}
        if "crew" in changed:
            data["crew_was"] = was["crew"]
        entries = [ledger.Entry(self, Moment.DISPATCH_CHANGED, by, at, "", data, texts_of(agreed))]
        if decision:
            about_it = {"visit": visit.pk, **due_fact(decision)}
            entries.append(ledger.Entry(self, Moment.DECISION_SET, by, at, "", about_it))
        return ledger.record(entries, now or at)[0]

    def hand_over_visit(
        self: "Case",
        crew: Crew,
        why: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        people: Sequence[Mapping[str, Any]] | None = None,
        plate: str | None = None,
        tools: str | None = None,
    ) -> Event:
        """Another crew goes on with the visit, before or after its arrival; no promise moves (P4).

        Raises NoOpenVisit, VisitOutOfOrder, CrewHasIt, Missing.
        """
        visit = self.must_be_agreed()
        if visit.crew_id == crew.pk:
            handed = self.said_of(visit, Moment.CREW_CHANGED)
            if handed and handed.data.get("crew") == crew.pk:
                return handed
            raise CrewHasIt(crew=crew.name)
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        why = need("P4", "why", why, _("why another crew continues"))
        self.must_not_precede(at, visit.agreed_at)
        before, was = visit.crew, visit.crew_id
        visit.crew, visit.people = crew, people_of(people, crew)
        visit.plate = short("plate", own(plate, crew, "plate"), _("the plate"), 20)
        visit.tools = short("tools", own(tools, crew, "tools"), _("the tools"), 2000)
        visit.permit_letter_at = None
        visit.save()
        data = {"visit": visit.pk, "crew": crew.pk, "was": was}
        texts = {"why": why, "crew": crew.name, "before": before.name if before else ""}
        return self.write(Moment.CREW_CHANGED, by=by, at=at, now=now, data=data, texts=texts)

    def may_send_since(self: "Case") -> datetime:
        """A visit is decided after the round began, and after the visit before it was over."""
        last = self.last_visit()
        return max(filter(None, (self.began_at(), last.ended_at if last else None)))

    def must_say_when_it_is_decided_again(self: "Case", agreed: Agreement, at: datetime) -> None:
        """P4.3 D: of a site that is hard to reach no hour of arrival is promised, but the next decision is."""
        if not self.band:
            return
        band = versions.of(self.procedure_version_id).band(Band(self.band))
        if agreed.next_decision_at is None and BandNeed.NEXT_DECISION in band.needs:
            raise Missing(str(band.clause), "next_decision_at", _("the time of the next decision"))
        must_come(agreed.next_decision_at, at)


def must_come(decision: datetime | None, at: datetime) -> None:
    """Raises DecisionInThePast, HourOfAnotherYear."""
    if decision and decision <= at:
        raise DecisionInThePast()
    if decision and decision - at > FARTHEST:
        raise HourOfAnotherYear()


def keep_agreement(visit: Visit, agreed: Agreement) -> Visit:
    """The agreement, as the visit keeps it."""
    visit.agreed_by_operator, visit.agreed_by_customer = agreed.operator, agreed.customer
    visit.people = [dict(each) for each in agreed.people or ()]
    for name in SAID:
        value = getattr(agreed, name)
        setattr(visit, name, [dict(each) for each in value] if name == "parts" else value)
    return visit


def agreed_values(visit: Visit) -> dict[str, Any]:
    """What was agreed on a visit, by the name under which a change of it is told."""
    return {
        "agreed_by": (visit.agreed_by_operator, visit.agreed_by_customer),
        "site_contact": visit.site_contact,
        "access": visit.access,
        "forecast": [hour for hour in (visit.forecast_from, visit.forecast_to) if hour],
        "crew": visit.crew_id,
        "specialty": visit.specialty,
        "parts": [dict(each) for each in visit.parts],
        "people": [dict(each) for each in visit.people],
        "plate": visit.plate,
        "tools": visit.tools,
    }


def about(visit: Visit) -> dict[str, Any]:
    """The codes and hours of an agreement; its persons and words are texts."""
    hours = [hour.isoformat() for hour in (visit.forecast_from, visit.forecast_to) if hour]
    data: dict[str, Any] = {
        "visit": visit.pk,
        "crew": visit.crew_id,
        "forecast": hours,
    }
    return data | ({"specialty": visit.specialty} if visit.specialty else {})


def due_fact(decision: datetime | None) -> dict[str, str]:
    return {"due_at": decision.isoformat()} if decision else {}


def heard_fact(case: "Case", who: str) -> dict[str, bool]:
    """Whether a contact of the company agreed, by name or position: nobody need be rung to hear of it (P D)."""
    names = {" ".join(text.casefold().split()) for one in contacts_of_company(case) for text in one if text}
    return {"heard": True} if " ".join(who.casefold().split()) in names else {}


def contacts_of_company(case: "Case") -> Iterable[tuple[str, str]]:
    return case.customer.contacts.filter(active=True).values_list("name", "position")


def texts_of(agreed: Agreement) -> dict[str, str]:
    """Never the documents of who enters: they are kept with the visit alone."""
    said = {name: getattr(agreed, name) for name in ("operator", "customer", "site_contact", "access")}
    return {name: text for name, text in {**said, "parts": parts_in_a_line(agreed.parts, "store")}.items() if text}
