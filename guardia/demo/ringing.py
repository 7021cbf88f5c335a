"""A telephone that rings on demand, for whoever tries the product: a known person of a company calls."""

from datetime import datetime, timedelta

from guardia.calls.call import Call
from guardia.cases.stages import reception
from guardia.customers.contact import Contact
from guardia.demo.staffing import Team
from guardia.demo.story import LINE
from guardia.procedure import version
from guardia.procedure.version import ProcedureVersion


def ring_demo_call(at: datetime) -> Call:
    """Somebody known calls at ``at`` (UTC), chosen at random. Raises NoProcedure, Contact.DoesNotExist."""
    known = Contact.objects.filter(active=True, customer__active=True).exclude(phones=[]).select_related("customer")
    caller = known.order_by("?").first()
    if caller is None:
        raise Contact.DoesNotExist()
    return rings(caller, version.in_force(at), at)


def calls_of_tonight(callers: tuple[Contact, Contact], team: Team, procedure: ProcedureVersion, now: datetime) -> None:
    """One call on the line, to be registered within minutes, and one that rings just now (P1, P2)."""
    talking, ringing = callers
    answered = now - timedelta(seconds=95)
    call = rings(talking, procedure, answered - timedelta(seconds=22))
    reception.answer(call, by=team.engineers[1], at=answered)
    rings(ringing, procedure, now)


def rings(caller: Contact, procedure: ProcedureVersion, at: datetime) -> Call:
    """A technical call of this person waits for the desk (P1)."""
    return reception.ring(from_number=caller.phones[0], line=LINE, version=procedure, at=at, contact=caller)
