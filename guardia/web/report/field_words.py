"""What the events of a visit say in the report's course of events, as the customer reads it (P4)."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.closing_report import Said
from guardia.cases.words import CONDITION_NAMES
from guardia.procedure.vocabulary import Condition, Moment
from guardia.web.report.words import Hours


def forecast(said: Said, hours: Hours) -> str:
    found = said.data.get("forecast")
    return hours.span(*map(datetime.fromisoformat, found)) if found and len(found) == 2 else ""


def decided_again(said: Said, hours: Hours) -> str:
    due = said.data.get("due_at")
    return _("decided again at %(hour)s") % {"hour": hours.at(datetime.fromisoformat(due))} if due else ""


def agreed(said: Said, hours: Hours) -> str:
    found = forecast(said, hours)
    expected = _("expected arrival: %(hours)s") % {"hours": found} if found else ""
    return together(expected, decided_again(said, hours))


def decision(said: Said, hours: Hours) -> str:
    return together(decided_again(said, hours), said.text("why"))


def blocked(said: Said, hours: Hours) -> str:
    return f"{CONDITION_NAMES[Condition(said.variant)]}: {said.text('why')}"


def crew_changed(said: Said, hours: Hours) -> str:
    crews = {"crew": said.text("crew"), "before": said.text("before")}
    return _("%(crew)s in place of %(before)s") % crews if crews["before"] else crews["crew"]


def letter(said: Said, hours: Hours) -> str:
    count = int(said.data.get("people", 0))
    return ngettext("for %(count)d person", "for %(count)d persons", count) % {"count": count}


def parts(said: Said, hours: Hours) -> str:
    return said.text("parts") or _("none after all")


def signed(said: Said, hours: Hours) -> str:
    return ", ".join(text for text in (said.text("name"), said.text("position")) if text)


def left(said: Said, hours: Hours) -> str:
    words = _("the work is done") if said.variant == "done" else _("the work is unfinished")
    return f"{words}: {said.text('reason')}" if said.text("reason") else words


def together(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


WRITERS: dict[Moment, Callable[[Said, Hours], str]] = {
    Moment.DISPATCH_AGREED: agreed,
    Moment.DISPATCH_CHANGED: agreed,
    Moment.VISIT_RESUMED: agreed,
    Moment.BLOCKED: blocked,
    Moment.DECISION_SET: decision,
    Moment.CREW_CHANGED: crew_changed,
    Moment.PERMIT_LETTER_SENT: letter,
    Moment.PARTS_USED: parts,
    Moment.VISIT_SIGNED: signed,
    Moment.LEFT_SITE: left,
}
