"""What a fault has in common with others, as its customer reads it: never who the others are."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.notices.wording.hours import Hours
from guardia.outages.outage import Outage

SEEN = ("id", "public_name", "state", "started_at", "forecast_at", "restored_at", "ended_at")
"""What a company may read of an outage that one of its services is behind."""


def common_cause(case: Case, hours: Hours) -> Sequence[str]:
    """Sentences; none for a fault that is the customer's alone."""
    outage = Outage.objects.only(*SEEN).filter(pk=case.part_of_id).first() if case.part_of_id else None
    return sentences(outage, hours) if outage else ()


def sentences(outage: Outage, hours: Hours) -> list[str]:
    named = in_words(outage)
    first = _("It is part of an outage that affects several customers: %(name)s.") % {"name": named.rstrip(".")}
    said = [first if named else _("It is part of an outage that affects several customers.")]
    if outage.restored_at:
        said.append(_("It is over %(hour)s.") % {"hour": hours.since(outage.restored_at)})
    elif outage.forecast_at and outage.forecast_at > hours.now:
        said.append(
            _("We expect your service back %(hour)s.") % {"hour": hours.zoned(hours.before(outage.forecast_at))}
        )
    return said


def in_words(outage: Outage) -> str:
    """Its public name in the active language, in Spanish where it has none; empty where it has no name."""
    language = (get_language() or "es")[:2]
    return outage.public_name.get(language) or outage.public_name.get("es") or ""
