"""Who a call is from, once a person has asked: a contact of a company, or somebody of it who is none (P2 D).

And what becomes of a call that nobody answered, of whichever desk it was.
"""

from datetime import datetime

from guardia.calls.call import Call
from guardia.cases.stages import reception
from guardia.cases.stages.reception_clocks import NOT_OWED
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff


def is_from(call: Call, customer: Customer, contact: Contact | None, *, at: datetime) -> Call:
    """The locked call is from this company; ``contact`` is who calls, None for somebody who is no contact of it.

    Its clocks stand behind that company's wall from now on (``at``, UTC). A call that has become part of a case keeps
    whom the case has. Saying the same twice changes nothing. Raises ValueError for a contact of another company.
    """
    if contact and contact.customer_id != customer.pk:
        raise ValueError(f"contact {contact.pk} is not of company {customer.pk}")
    if call.case_id or (call.customer_id == customer.pk and call.contact_id == (contact.pk if contact else None)):
        return call
    call.customer, call.contact = customer, contact
    Call.objects.filter(pk=call.pk).update(customer=customer, contact=contact)
    reception.keep_clocks(call, now=at)
    return call


def may_be_rung_back(call: Call) -> bool:
    """Nobody answered it and nobody has rung back yet: with a clock (call-back D), or a desk in its own time (A2)."""
    return call.is_owed_a_call_back or (
        call.settled_as == NOT_OWED and call.at_desk != TECHNICAL and not call.reached_at
    )


def reach(call: Call, *, by: Staff, at: datetime) -> Call:
    """Rung back and reached: the person is on the line now. Also one to whom no call-back was promised (A2).

    Raises AnsweredByAnother, TimeBeforeTheCase.
    """
    if call.settled_as == NOT_OWED and may_be_rung_back(call):
        call.settled_at, call.settled_as = None, ""
        if not call.lost_again_at:
            call.abandoned_at = call.abandoned_at or call.ended_at or call.arrived_at
        Call.objects.filter(pk=call.pk).update(settled_at=None, settled_as="", abandoned_at=call.abandoned_at)
    return reception.reach(call, by=by, at=at)


def needs_nothing(call: Call, *, at: datetime) -> Call:
    """A person says that nothing is to be done for this call: no fault, or nobody to ring back."""
    if call.settled_as == NOT_OWED and may_be_rung_back(call):
        call.settled_at, call.settled_as = at, "not_a_fault"
        Call.objects.filter(pk=call.pk).update(settled_at=at, settled_as=call.settled_as)
    return reception.settle(call, as_="not_a_fault", at=at)
