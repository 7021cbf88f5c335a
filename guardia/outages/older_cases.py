"""Whose case is older than the outage that reaches its service too: it goes on by itself, and is told what that means.

It is not part of the outage, since it has a cause of its own; yet its service stands behind the cut, so that the news
of the outage reaches it as well. Hours are UTC.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from guardia.cases import ledger, together
from guardia.cases.case import Case
from guardia.cases.in_languages import in_languages
from guardia.outages import holding, naming
from guardia.outages.outage import Membership, Outage, OutageService
from guardia.people.actor import Actor
from guardia.people.shifts import TECHNICAL


def open_cases(outage: Outage) -> list[Case]:
    """The open incidents of services behind it for which no case of it speaks, held, in the order of the ids."""
    behind = OutageService.objects.filter(outage=outage, state=Membership.BEHIND).values("service")
    cases = Case.objects.filter(service__in=behind, closed_at=None, desk=TECHNICAL, part_of=None)
    return holding.held_cases(cases.values_list("pk", flat=True))


def reached(
    outage: Outage, cases: Iterable[Case], since: datetime, *, by: Actor, at: datetime, own_case: bool
) -> list[ledger.Entry]:
    """Each is told that the outage reaches its service ``since`` then. ``own_case``: where a service had come back
    already, the new cut has a case of its own.
    """
    found, older = [], list(cases)
    others = Outage.objects.in_bulk({case.part_of_id for case in older if case.part_of_id})
    for case in older:
        case.part_of = others.get(case.part_of_id) if case.part_of_id else None
        texts = in_languages(partial(words_of, outage, case, since, own_case))
        found += together.record_news([case], texts, by=by, at=max(at, case.opened_at), outage=outage.pk)
    return found


def over(outage: Outage, *, by: Actor, at: datetime) -> list[ledger.Entry]:
    """Each is told that the outage is over, and that its own case is not."""
    found = []
    for case in open_cases(outage):
        texts = in_languages(partial(over_words, outage, case, at))
        found += together.record_news([case], texts, by=by, at=max(at, case.opened_at), outage=outage.pk)
    return found


def words_of(outage: Outage, case: Case, since: datetime, own_case: bool) -> str:
    """In the active language."""
    about = {**named(outage), "hour": hour_of(since, case), "case": case.display_number}
    reaches = _("Since %(hour)s a mass outage, %(number)s (%(name)s), reaches this service as well.") % about
    if case.restored_at and own_case:
        means = _("The new cut has a case of its own. Case %(case)s goes on where it was.") % about
    elif other := case.part_of:
        means = _("Case %(case)s goes on as part of %(other)s.") % {**about, "other": other.display_number}
    else:
        means = _(
            "Case %(case)s was open before and has a cause of its own: it goes on by itself, with its own times, and"
            " the service may stay out until both are solved. News of the outage reaches you here too."
        )
        means = means % about
    return f"{reaches} {means}"


def over_words(outage: Outage, case: Case, at: datetime) -> str:
    """In the active language."""
    about = {**named(outage), "hour": hour_of(at, case), "case": case.display_number}
    words = _(
        "The mass outage %(number)s (%(name)s) is over since %(hour)s."
        " Case %(case)s, which has a cause of its own, goes on."
    )
    return words % about


def named(outage: Outage) -> dict[str, str]:
    """Its number and its name, as customers read it in the active language."""
    name = naming.in_language(outage.public_name, (translation.get_language() or "").split("-")[0]) or outage.name
    return {"number": outage.display_number, "name": name}


def hour_of(at: datetime, case: Case) -> str:
    """``24/11 10:30``, where the service is."""
    return formats.date_format(at.astimezone(ZoneInfo(case.zone)), "d/m H:i")
