"""While it rings: the mass outage or the planned work that probably explains the fault, and the key that joins it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.customers.service import Service
from guardia.outages.known import Known, known_of
from guardia.outages.outage import Outage
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.outages.words import BEHIND
from guardia.people.shifts import TECHNICAL
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.common_cause import CommonCause, of_outage, span_words, work_line

MOST = 3
MOST_SERVICES = 9


def probably(calls: Sequence[Call], at: datetime) -> dict[int, list[CommonCause]]:
    """What is known to explain each technical call of a known company, by call; few questions for all of them."""
    asked = [call for call in calls if call.customer_id and call.at_desk == TECHNICAL]
    known = known_of({call.customer_id for call in asked if call.customer_id}, now=at)
    ids = {pk for found in known.values() for one in found[:MOST] for pk in one.services if one.outage}
    named = dict(Service.objects.filter(pk__in=ids).order_by("circuit").values_list("pk", "circuit")) if ids else {}
    return {
        call.pk: [
            each for one in known.get(call.customer_id or 0, ())[:MOST] if (each := probable(one, call, named, at))
        ]
        for call in asked
    }


def probable(known: Known, call: Call, named: Mapping[int, str], at: datetime) -> CommonCause | None:
    if known.outage:
        return probable_outage(known, known.outage, call, named, at)
    return probable_work(known.work, at) if known.work else None


def probable_outage(known: Known, outage: Outage, call: Call, named: Mapping[int, str], at: datetime) -> CommonCause:
    if known.why != BEHIND:
        return of_outage(outage, _("Perhaps this outage"), at)
    services = [(pk, circuit) for pk, circuit in named.items() if pk in known.services]
    return of_outage(
        outage,
        _("Probably this outage"),
        at,
        join_href=reverse("outage_call", args=[outage.number, call.pk]),
        services=services[:MOST_SERVICES] if len(services) > 1 else (),
    )


def probable_work(work: PlannedWork, at: datetime) -> CommonCause:
    if work.state != WorkState.UNDER_WAY:
        return work_line(work, _("Planned work is to begin"), span_words(work, at))
    if work.ends_at < at:
        overdue = _("it should have ended at %(end)s") % {"end": hour(work.ends_at, at)}
        return work_line(work, _("Inside planned work"), overdue, mark="late")
    return work_line(work, _("Inside planned work"), span_words(work, at))
