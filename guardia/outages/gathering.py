"""The services behind an outage and the cases that speak for them: what joins, what is opened, what stays as it is.

The outage is held by the caller. Everything is set-based: the same statements for three services and for ten thousand.
Hours are UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from guardia.cases import common_cause, ledger, together
from guardia.cases.case import Case
from guardia.config.languages import in_active, in_each_language, named_texts
from guardia.customers.customer import Service
from guardia.network import reach
from guardia.network.element import Element
from guardia.outages import holding, memberships, naming
from guardia.outages.outage import Membership, NoSuchService, Outage, OutageService, OutageState
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor
from guardia.procedure import version as versions
from guardia.procedure.rules import TellsSilent
from guardia.procedure.vocabulary import Impact

SOURCE = "outage"


@dataclass
class Gathered:
    """What became of the services: the cases that joined, those that were opened, the services that were only told."""

    joined: list[Case] = field(default_factory=list)
    opened: list[Case] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)
    entries: list[ledger.Entry] = field(default_factory=list)

    @property
    def cases(self) -> list[Case]:
        return [*self.joined, *self.opened]


def behind(element: Element | None, site_id: int | None, named: Collection[int]) -> list[int]:
    """The ids of the services behind it: below the element, at the site, and those that were named.

    Behind it is also whose other way is that of an outage under way: a ring that is cut twice.
    """
    found = set(reach.services_cut_off(element.pk, down_beside(element))) if element else set()
    if site_id:
        found |= set(in_use().filter(site=site_id).values_list("pk", flat=True))
    return sorted(found | set(named))


def down_beside(element: Element) -> list[int]:
    """The ids of the other elements with an outage that is declared and not restored."""
    down = Outage.objects.filter(state=OutageState.DECLARED, element__isnull=False).exclude(element=element)
    return list(down.order_by("element").values_list("element", flat=True))


def in_use() -> QuerySet[Service]:
    """The services that a company has: nobody is told of one that was given up, nor a company that has left."""
    return Service.objects.filter(active=True, customer__active=True)


def must_exist(service_ids: Collection[int]) -> None:
    """Raises NoSuchService."""
    if in_use().filter(pk__in=service_ids).count() != len(set(service_ids)):
        raise NoSuchService()


def gather(
    outage: Outage,
    service_ids: Sequence[int],
    variant: str,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
    since: datetime | None = None,
) -> Gathered:
    """The rows of these services, their open cases that join, and by the rule new cases for those without; written.

    ``variant``: how a case that is open already joins (``gathered``, ``alert`` …); ``since``: from when on those who
    have not called are affected, where that is not since the outage began.
    """
    since = since or outage.started_at
    found = Gathered()
    open_ones = open_incidents(service_ids)
    join_open(outage, joining(outage, open_ones, at), variant, found, by=by, at=at)
    joined = {case.pk for case in found.joined}
    older = [case for case in open_ones if case.pk not in joined and case.part_of_id != outage.pk]
    gets_a_case = tells_silent(outage) is TellsSilent.CASE
    # A case whose service had come back speaks for what was, not for the new cut.
    spoken_for = {case.service_id for case in open_ones if case not in older or not case.restored_at}
    silent = [pk for pk in service_ids if pk not in spoken_for]
    if silent and gets_a_case:
        open_for(outage, silent, found, min(since, at), by=by, at=at)
    else:
        found.silent = silent
    found.entries += reached(outage, older, min(since, at), by=by, at=at, own_case=gets_a_case)
    found.entries += known_already(outage, found.cases, by=by, at=at)
    together.record_all(found.entries, now)
    memberships.join_cases(outage, found.cases, at)
    speaking = {case.service_id for case in found.cases}
    memberships.add_services(outage, [pk for pk in service_ids if pk not in speaking])
    return found


def tells_silent(outage: Outage) -> TellsSilent:
    return versions.of(outage.procedure_version_id).outages.tells_silent


def open_incidents(service_ids: Collection[int]) -> list[Case]:
    """The open incidents of these services, held, in the order of the ids."""
    ids = Case.objects.filter(service__in=service_ids, closed_at=None, desk=TECHNICAL).values_list("pk", flat=True)
    return holding.held_cases(ids)


def joining(outage: Outage, cases: Iterable[Case], at: datetime) -> list[Case]:
    """Those that belong to it: of no other outage, and begun no earlier than the rule reaches back."""
    earliest = reaches_back(outage.procedure_version_id, outage.started_at, at)
    return [case for case in cases if case.part_of_id is None and case.opened_at >= earliest]


def reaches_back(version_id: int, started_at: datetime, at: datetime) -> datetime:
    """Which hour (UTC) an open case must not have begun before, to join what is declared at ``at``.

    What was broken long before has a cause of its own.
    """
    return min(started_at, at - versions.of(version_id).outages.gather_back)


def join_open(outage: Outage, cases: Iterable[Case], variant: str, found: Gathered, *, by: Actor, at: datetime) -> None:
    for case in cases:
        when = max(at, case.opened_at)
        found.joined.append(case)
        found.entries.append(common_cause.joined_entry(case, outage, variant, by, when))


def open_for(
    outage: Outage, service_ids: Sequence[int], found: Gathered, since: datetime, *, by: Actor, at: datetime
) -> None:
    """A case of its own for each customer who has not called (the procedure's rule)."""
    # Companies and cities are shared by many of them: each is read once.
    services = list(in_use().filter(pk__in=service_ids).prefetch_related("customer", "site__city").order_by("pk"))
    made = together.opened_cases(
        services,
        naming.symptoms_of(outage),
        version_id=versions.in_force(at).pk,
        impact=Impact(outage.impact),
        since=since,
        source=SOURCE,
        by=by,
        at=at,
        outage=outage.pk,
    )
    for case, entry in made:
        found.opened.append(case)
        found.entries += [entry, common_cause.joined_entry(case, outage, "declared", by, at)]


def known_already(outage: Outage, cases: Iterable[Case], *, by: Actor, at: datetime) -> list[ledger.Entry]:
    """Who joins after the cause was found has it at once (P3)."""
    if not (outage.cause and outage.plan) or outage.state != OutageState.DECLARED:
        return []
    return together.diagnosed(cases, outage.cause, outage.plan, by=by, at=at, outage=outage.pk)


# Whose case is older than the outage that reaches its service too: it goes on by itself, and is told what that means.
#
# It is not part of the outage, since it has a cause of its own; yet its service stands behind the cut, so that the
# news of the outage reaches it as well. Hours are UTC.


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
        texts = named_texts(in_each_language(partial(words_of, outage, case, since, own_case)))
        found += together.record_news([case], texts, by=by, at=max(at, case.opened_at), outage=outage.pk)
    return found


def tell_it_is_over(outage: Outage, *, by: Actor, at: datetime) -> list[ledger.Entry]:
    """Each is told that the outage is over, and that its own case is not."""
    found = []
    for case in open_cases(outage):
        texts = named_texts(in_each_language(partial(over_words, outage, case, at)))
        found += together.record_news([case], texts, by=by, at=max(at, case.opened_at), outage=outage.pk)
    return found


def words_of(outage: Outage, case: Case, since: datetime, own_case: bool) -> str:
    """In the active language."""
    about = {**named(outage), "hour": hour_of(since, case), "case": case.display_number}
    reaches = _("Since %(hour)s a mass outage, %(number)s (%(name)s), has affected this service as well.") % about
    if case.restored_at and own_case:
        means = _("The new interruption has its own case. Case %(case)s continues where it was.") % about
    elif other := case.part_of:
        means = _("Case %(case)s continues as part of %(other)s.") % {**about, "other": other.display_number}
    else:
        means = _(
            "Case %(case)s was already open and has its own cause: it continues separately, with its own times, "
            "and the service may stay down until both are resolved. Updates about the outage will reach you "
            "here too."
        )
        means = means % about
    return f"{reaches} {means}"


def over_words(outage: Outage, case: Case, at: datetime) -> str:
    """In the active language."""
    about = {**named(outage), "hour": hour_of(at, case), "case": case.display_number}
    words = _(
        "The mass outage %(number)s (%(name)s) has been over since %(hour)s. Case %(case)s, which has its own "
        "cause, continues."
    )
    return words % about


def named(outage: Outage) -> dict[str, str]:
    """Its number and its name, as customers read it in the active language."""
    name = in_active(outage.public_name).strip() or outage.name
    return {"number": outage.display_number, "name": name}


def hour_of(at: datetime, case: Case) -> str:
    """``24/11 10:30``, where the service is."""
    return formats.date_format(at.astimezone(ZoneInfo(case.zone)), "d/m H:i")
