"""What is said about a case: a note for the operator, or a word to the customer. Two verbs, so they are never
confused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import ObjectionStands
from guardia.cases.verbs import Event, Recording, need
from guardia.customers.contact import Contact
from guardia.people.staff import Actor, ActorKind
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent


class Talk(Recording):
    def note(self: "Case", text: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """A note that only the operator reads; a colleague whom it names with ``@`` has it to see, and gets it by mail
        or messenger.
        """
        from guardia.cases import mentions

        named = [one.pk for one in mentions.named_in(text)] if by.kind == ActorKind.STAFF else []
        others = sorted(pk for pk in named if pk != by.id)
        data = {"mentions": sorted(named), "staff": others} if named else {}
        event = self._say(Moment.NOTED, text, by, at, now, data)
        if named:
            mentions.name_in_note(event.pk, named)
        return event

    def tell(self: "Case", text: str, *, by: Actor, at: datetime) -> Event:
        """A word to the customer: every contact who follows the news is told, and the next news falls due anew."""
        return self._say(Moment.NEWS_SENT, text, by, at)

    def _say(
        self: "Case",
        moment: Moment,
        text: str,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Event:
        self.must_be_open()
        texts = {"text": need("P2", "text", text, _("the text"))}
        return self.said_already(moment, by=by, at=at, texts=texts) or self.write(
            moment, by=by, at=at, now=now, data=data, texts=texts
        )


# P6, P7: a contact objects to the solution or to the closing; until the desk has answered, the case is not closed.
#
# An objection changes no state: it is a word of the customer that stands in the log until a word of ours, or the
# relapse that it tells of, comes after it. So it can be neither lost nor forgotten, and needs no table.


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
