"""What the events of a visit and of a request say in the log (P4, A3): hours, crews, parts, desks."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.cases.desks import desk_name
from guardia.cases.event import CaseEvent
from guardia.cases.words import CONDITION_NAMES
from guardia.procedure.vocabulary import Condition, Moment
from guardia.web.desk import areas
from guardia.web.desk.clock import hour

Texts = Mapping[str, str]

SOURCES: dict[str, Promise] = {
    "radio": gettext_lazy("reported by radio"),
    "field": gettext_lazy("from the technician's page"),
}
CHANGED: dict[str, Promise] = {
    "forecast": gettext_lazy("forecast"),
    "crew": gettext_lazy("crew"),
    "site_contact": gettext_lazy("contact at the site"),
    "access": gettext_lazy("access hours"),
    "agreed_by": gettext_lazy("who agreed on it"),
    "people": gettext_lazy("who enters"),
    "plate": gettext_lazy("plate"),
    "tools": gettext_lazy("tools"),
    "parts": gettext_lazy("parts"),
    "specialty": gettext_lazy("specialty"),
}


def by_whom_and_where(event: CaseEvent, texts: Texts) -> str:
    """``reported by radio · -0.18012, -78.48231 ±12 m``; nothing where the desk itself wrote it down."""
    source = SOURCES.get(event.data.get("source", ""))
    return together(str(source) if source else "", texts.get("place", ""))


def together(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def arrival(event: CaseEvent, at: datetime) -> str:
    if len(forecast := event.data.get("forecast") or ()) != 2:
        return ""
    begin, end = (hour(datetime.fromisoformat(one), at) for one in forecast)
    return _("arrival between %(a)s and %(b)s") % {"a": begin, "b": end}


def next_decision(event: CaseEvent, at: datetime) -> str:
    due_at = event.data.get("due_at")
    return _("decided again at %(hour)s") % {"hour": hour(datetime.fromisoformat(due_at), at)} if due_at else ""


def step(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return by_whom_and_where(event, texts)


def agreed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    words = _("%(arrival)s; %(operator)s with %(customer)s; at the site: %(contact)s, %(access)s")
    said = words % {
        "arrival": arrival(event, at),
        "operator": texts.get("operator", ""),
        "customer": texts.get("customer", ""),
        "contact": texts.get("site_contact", ""),
        "access": texts.get("access", ""),
    }
    parts = _("carries %(parts)s") % {"parts": texts["parts"]} if texts.get("parts") else ""
    return together(said, parts, next_decision(event, at))


def changed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    names = ", ".join(str(CHANGED[name]) for name in event.data.get("changed", ()) if name in CHANGED)
    return together(_("new: %(what)s") % {"what": names} if names else "", agreed(event, texts, at))


def crew_changed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    crews = {"crew": texts.get("crew", ""), "before": texts.get("before", "")}
    said = _("%(crew)s in place of %(before)s") % crews if crews["before"] else crews["crew"]
    return f"{said}: {texts['why']}" if texts.get("why") else said


def blocked(event: CaseEvent, texts: Texts, at: datetime) -> str:
    said = f"{CONDITION_NAMES[Condition(event.variant)]}: {texts.get('why', '')}"
    return together(said, by_whom_and_where(event, texts))


def decision(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return together(next_decision(event, at), texts.get("why", ""), by_whom_and_where(event, texts))


def resumed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return together(arrival(event, at), next_decision(event, at), by_whom_and_where(event, texts))


def letter(event: CaseEvent, texts: Texts, at: datetime) -> str:
    count = int(event.data.get("people", 0))
    words = ngettext("for %(count)d person", "for %(count)d persons", count) % {"count": count}
    return f"{words}: {texts['people']}" if texts.get("people") else words


def parts(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return together(texts.get("parts") or _("none after all"), by_whom_and_where(event, texts))


def signed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    who = ", ".join(text for text in (texts.get("name"), texts.get("position")) if text)
    return together(who, by_whom_and_where(event, texts))


def left(event: CaseEvent, texts: Texts, at: datetime) -> str:
    said = _("the work is done") if event.variant == "done" else _("the work is unfinished")
    said = f"{said}: {texts['reason']}" if texts.get("reason") else said
    return together(said, by_whom_and_where(event, texts))


def restored(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return together(texts.get("solution", ""), by_whom_and_where(event, texts))


VISIT_WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.DISPATCH_AGREED: agreed,
    Moment.DISPATCH_CHANGED: changed,
    Moment.CREW_CHANGED: crew_changed,
    Moment.PERMIT_LETTER_SENT: letter,
    Moment.DEPARTED: step,
    Moment.ARRIVED: step,
    Moment.PERMIT_CLEARED: step,
    Moment.BLOCKED: blocked,
    Moment.DECISION_SET: decision,
    Moment.VISIT_RESUMED: resumed,
    Moment.PARTS_USED: parts,
    Moment.VISIT_SIGNED: signed,
    Moment.LEFT_SITE: left,
    Moment.RESTORED: restored,
}


# --- requests ---------------------------------------------------------------------------------------------------------
# What the events of a request say in the log: which desk it came to, what it asks for, why it was passed on (A3).
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


REQUEST_WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.ADMIN_TAKEN: _taken,
    Moment.ADMIN_DESK_OPENED: _opened,
    Moment.TRANSFERRED: _transferred,
    Moment.CALENDAR_CHANGED: _calendar,
}
