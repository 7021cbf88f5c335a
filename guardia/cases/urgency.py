"""Which notice leaves first when thousands are owed at once (a storm): the lowest number.

0 a page to our own people, who may still change what is said next;
1 a service that is out: that we know of it, and the number (P2), since whoever hears nothing rings;
2 the service is back, gone again, or the case is over: it changes what the company does now;
3 any other news of a service that is out;
4 the registration of a service that works badly; that a request is taken, or passed to another desk (A3);
5 all else: it can wait for some minutes without harm.
"""

from typing import TYPE_CHECKING

from guardia.cases.desks import kind_of
from guardia.events.kinds import KINDS, Urgency
from guardia.procedure.vocabulary import MAY_BE_OUT, CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case


def urgency_of(case: "Case", moment: str) -> int:
    """The turn of a notice of this moment, as the case stands after it; the lowest leaves first."""
    is_out = case.impact in MAY_BE_OUT and not case.restored_at
    said = KINDS[Moment(moment)].urgency
    if said == Urgency.OUR_OWN:
        return 0
    if moment == Moment.REGISTERED:
        return 1 if is_out else 4
    if moment in (Moment.ADMIN_TAKEN, Moment.TRANSFERRED):
        return 4
    if kind_of(case.desk) == CaseKind.REQUEST:
        return 5
    if said == Urgency.TURN:
        return 2
    return 3 if is_out else 5
