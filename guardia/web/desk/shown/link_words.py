"""What the log says of linked cases: which one, and which of the two goes on."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.event import CaseEvent
from guardia.cases.number import grouped
from guardia.procedure.vocabulary import Moment

Texts = Mapping[str, str]


def _linked(event: CaseEvent, texts: Texts, at: datetime) -> str:
    number = {"number": grouped(event.data["other"])}
    if event.variant != "duplicate":
        return _("related to %(number)s") % number
    if event.data.get("goes_on"):
        return _("%(number)s was the same and ended as its duplicate; this case goes on") % number
    return _("duplicate of %(number)s, which goes on") % number


def _unlinked(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return _("no longer related to %(number)s") % {"number": grouped(event.data["other"])}


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.CASE_LINKED: _linked,
    Moment.CASE_UNLINKED: _unlinked,
}
