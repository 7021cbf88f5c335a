"""Tickets by a key of the operator: opened, confirmed and rejected with the forms and verbs of the desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from guardia.cases.buyer_ticket import Ticket
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.customers.customer import Service
from guardia.intake import buyer_acts
from guardia.intake.buyer_acts import Buyer
from guardia.people.staff import Actor, Staff
from guardia.web.api.v2.case_acts import act_called, done_by
from guardia.web.api.v2.cases import opened
from guardia.web.api.v2.desk_form import done

POSITION = "reporterContact (MEF 124)"
"""What is on record as the position of whoever the Buyer named: the standard has no other word for it."""


def opened_at_the_desk(staff: Staff, service: Service, sent: Mapping[str, Any]) -> Ticket:
    """A case by the desk's own form (P2), with what the Buyer wrote beside it. Raises ProblemRaised."""
    if known := done(lambda: buyer_acts.opened_before(service.customer_id, sent)):
        return known
    at, who = now(), buyer_acts.reporter(sent)
    given = {
        "service": service.pk,
        "symptoms": buyer_acts.report_text(sent),
        "impact": sent["observedImpact"],
        "source": "portal",
        "reporter_name": who["name"],
        "call_back_number": who["number"],
    }
    case = opened(given, None, staff, at)
    if number := sent.get("externalId"):
        done(lambda: case.complete({"customer_reference": number}, by=Actor.of_staff(staff), at=at))
    return buyer_acts.opened_as_case(case, sent)


def by_account(staff: Staff) -> Buyer:
    """What a Buyer says through an account of the operator: noted in the case, confirmed and rejected as by a call."""
    by = Actor.of_staff(staff)

    def desk(name: str, case: Case, at: datetime, given: dict[str, Any]) -> object:
        return done_by(act_called(name), case, staff, at, given)

    return Buyer(
        say=lambda case, text, at: case.note(text, by=by, at=at),
        refer=lambda case, number, at: case.complete({"customer_reference": number}, by=by, at=at),
        confirm=lambda ticket, case, at: desk("confirm", case, at, confirmation_of(ticket, case)),
        reject=lambda case, reason, at: desk("relapse", case, at, {"what": reason}),
    )


def confirmation_of(ticket: Ticket, case: Case) -> dict[str, Any]:
    """Who confirms (P5): whom the Buyer named as having reported it."""
    who = buyer_acts.reporter(ticket.sent)
    return {
        "confirmer_name": who["name"] or case.reporter_name,
        "position": POSITION,
        "phone": who["number"] or case.call_back_number,
        "channel": "mail",
        "capacity": "employee",
        "plan_executed": case.solution or case.plan or case.cause or "-",
    }
