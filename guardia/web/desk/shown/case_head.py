"""What stands at the head of a case in words: where it is, who looks at it, and why nothing runs."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.procedure.vocabulary import Moment, Stage
from guardia.web.desk.shown.clock import hour
from guardia.web.shared import about


def is_unconfirmed(case: Case) -> bool:
    """Whether a supervisor went on without the customer's confirmation (P5 D)."""
    if case.stage not in {Stage.STABILITY, Stage.CLOSURE}:
        return False
    confirmed = case.latest(Moment.CONFIRMED)
    return confirmed is not None and confirmed.variant == "supervisor"


def provisional_href(case: Case) -> str:
    """Where its service is tidied that was put on file while the caller waited (L4); empty of any other."""
    if case.service is None or not case.service.provisional:
        return ""
    return reverse("provisional", args=[case.service_id])


def of_words(case: Case) -> str:
    service = f"{case.service.type} {case.service.capacity}".strip() if case.service else ""
    if about.is_request(case):
        numbers = [f"{name} {value}" for name, value in about.asked_for(case)]
        formal = [_("Formal complaint")] if case.is_complaint else []
        return about.joined(*formal, about.desk_name(case), *numbers, about.circuit(case), service)
    return about.joined(about.place(case), about.circuit(case), service, about.band(case))


def present_words(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return _("%(who)s looks at this case") % {"who": names[0]}
    return _("%(who)s look at this case") % {"who": ", ".join(names)}


def ended_words(case: Case, at: datetime) -> str:
    if case.closed_at is None and case.opens_at and case.opens_at > at:
        words = _("%(desk)s opens %(hour)s; its time counts from then on")
        return words % {"desk": about.desk_name(case), "hour": hour(case.opens_at, at)}
    if case.closed_at is None:
        return _("Nothing runs now")
    words = _("Cancelled at %(hour)s") if case.status == "cancelled" else _("Closed at %(hour)s")
    return words % {"hour": hour(case.closed_at, at)}
