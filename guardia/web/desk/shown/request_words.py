"""What the events of a request say in the log: which desk it came to, what it asks for, why it was passed on (A3)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.desks import desk_name
from guardia.cases.event import CaseEvent
from guardia.procedure.vocabulary import Moment
from guardia.web.desk import areas
from guardia.web.desk.shown.clock import hour

Texts = Mapping[str, str]


def desk_named(key: object, at: datetime, event: CaseEvent) -> str:
    """The desk by the name it has at ``at``; one that is no more, as the case's own version named it."""
    known = areas.desks(at).get(str(key or ""))
    return known or desk_name(event.case.procedure_version_id, str(key or ""))


def _taken(event: CaseEvent, texts: Texts, at: datetime) -> str:
    words = texts.get("text") or texts.get("symptoms") or texts.get("subject", "")
    who = texts.get("reporter_name", "")
    said = _("for %(desk)s: %(what)s") % {
        "desk": desk_named(event.data.get("desk"), at, event),
        "what": words.rstrip("."),
    }
    return _("%(what)s. Asks: %(who)s") % {"what": said, "who": who} if who else said


def _opened(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return _("its time counts from here on")


def _transferred(event: CaseEvent, texts: Texts, at: datetime) -> str:
    desks = {"a": desk_named(event.data.get("from"), at, event), "b": desk_named(event.data.get("to"), at, event)}
    words, reason = _("from %(a)s to %(b)s") % desks, texts.get("reason", "")
    return f"{words}: {reason}" if reason else words


def _calendar(event: CaseEvent, texts: Texts, at: datetime) -> str:
    if opens := event.data.get("opens_at"):
        return _("its desk opens %(hour)s") % {"hour": hour(datetime.fromisoformat(opens), at)}
    return ", ".join(text for text in texts.values() if text)


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.ADMIN_TAKEN: _taken,
    Moment.ADMIN_DESK_OPENED: _opened,
    Moment.TRANSFERRED: _transferred,
    Moment.CALENDAR_CHANGED: _calendar,
}
