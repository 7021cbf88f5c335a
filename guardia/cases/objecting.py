"""P6, P7: a contact objects to the solution or to the closing; until the desk has answered, the case is not closed.

An objection changes no state: it is a word of the customer that stands in the log until a word of ours, or the relapse
that it tells of, comes after it. So it can be neither lost nor forgotten, and needs no table.
"""

from typing import TYPE_CHECKING

from guardia.cases.refusals import ObjectionStands
from guardia.customers.contact import Contact
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent

ANSWERS = (Moment.NEWS_SENT, Moment.RELAPSED)


def standing(case: "Case") -> "CaseEvent | None":
    """The last objection of this case that nobody has answered."""
    last = case.events.filter(moment=Moment.MESSAGE_RECEIVED, data__objects=True).order_by("-seq").first()
    if last is None or case.events.filter(moment__in=ANSWERS, seq__gt=last.seq).exists():
        return None
    return last


def must_be_answered(case: "Case") -> None:
    """Raises ObjectionStands."""
    from guardia.cases.verbs import desk_hour

    if found := standing(case):
        who = Contact.objects.filter(pk=found.actor_id).first()
        raise ObjectionStands(who=who or case.customer.name, hour=desk_hour(found.occurred_at))
