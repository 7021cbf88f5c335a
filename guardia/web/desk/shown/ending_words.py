"""What the follow-up and the closing say in the log (P6, P7)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from guardia.cases.event import CaseEvent
from guardia.cases.green_evidence import is_lacking
from guardia.evidence.words import seen
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.shown.clock import stood

Texts = Mapping[str, str]


def flapped(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return f"{relapsed(event, texts, at)} ({event.data.get('seconds', 0)} s)"


def relapsed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    """What a probe saw, in the reader's language; what a person saw, as it was written."""
    return seen(event.data["saw"]) if event.data.get("saw") else texts.get("what", "")


def closed(event: CaseEvent, texts: Texts, at: datetime) -> str:
    affected = stood(timedelta(seconds=event.data.get("affected_seconds", 0)))
    words = _("%(fault)s. %(solution)s. Affected for %(time)s")
    fault, solution = texts.get("fault", "").rstrip("."), texts.get("solution", "").rstrip(".")
    told = words % {"fault": fault, "solution": solution, "time": affected}
    again = texts.get("prevention", "")
    again = _("So that it does not return: %(what)s") % {"what": again} if again else ""
    return " · ".join(part for part in (told, again, unproven(event, texts, at)) if part)


def unproven(event: CaseEvent, texts: Texts, at: datetime) -> str:
    """Why it went on without green evidence, and who answers for it (P6)."""
    if not is_lacking(event.data):
        return ""
    facts = {"reason": texts.get("reason", "").rstrip("."), "who": texts.get("who") or _("a supervisor")}
    return _("without good tests: %(reason)s (decided by %(who)s)") % facts


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = {
    Moment.FLAPPED: flapped,
    Moment.RELAPSED: relapsed,
    Moment.STABILISED: unproven,
    Moment.CLOSED: closed,
}
