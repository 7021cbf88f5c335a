"""The one question we have for the customer now, and what the customer may object to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.cases import objecting
from guardia.cases.case import Case
from guardia.cases.customer_acts import MAY_OBJECT
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.notices.wording.hours import Hours
from guardia.procedure.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Asks:
    """``confirms``: P5's question stands. ``fails_again``, ``objects``: what may be said after the solution.

    ``as_whom``: under which name and position it is confirmed; where position or telephone are not known, they are
    asked for. ``objection``: since when an objection waits for our answer.
    """

    confirms: bool
    fails_again: bool
    objects: bool
    restored: str
    as_whom: str
    needs_position: bool
    needs_phone: bool
    objection: str
    takes_files: bool


def asks_of(case: Case, contact: Contact, hours: Hours) -> Asks:
    stage = case.stage if case.is_open else ""
    phone = contact.phones[0] if contact.phones else ""
    standing = objecting.standing(case) if case.is_open else None
    words = _("You objected %(hour)s. The case stays open until we have answered.")
    return Asks(
        confirms=stage == Stage.VERIFICATION,
        fails_again=stage in (Stage.STABILITY, Stage.CLOSURE),
        objects=stage in MAY_OBJECT,
        restored=hours.at(case.restored_at) if case.restored_at else "",
        as_whom=", ".join(part for part in (str(contact), contact.position, spoken(phone) if phone else "") if part),
        needs_position=not contact.position,
        needs_phone=not phone,
        objection=words % {"hour": hours.at(standing.occurred_at)} if standing else "",
        takes_files=case.is_open,
    )
