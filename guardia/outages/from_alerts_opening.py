"""One cause becomes what its source's rule says: an outage proposed or declared, a case, or part of what is open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.queries import locked_cases
from guardia.cases.stages.registration import Report
from guardia.customers.customer import Service, Site
from guardia.evidence.test_result import Verdict
from guardia.network import reach
from guardia.network.alert import Alert, AlertState, WhatItOpens
from guardia.network.alerts_mapping import above, topmost
from guardia.network.element import Element
from guardia.network.reach import elements_above
from guardia.outages import holding, restoring
from guardia.outages.declaring import Declared, declare
from guardia.outages.outage import Membership, Origin, Outage, OutageService, OutageState
from guardia.outages.proposing import propose
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Impact, Stage

# Which alerts have one cause: the element that fires itself, the one that most of them stand behind, their site.
#
# A storm of thousands is told apart with a handful of questions. What is only inferred must explain most of what
# stands behind it: three services far apart that fail in one minute are no failure of the whole network.


MOST_SUPPORTERS = 5000
MOST_LOOKED_AT = 20
SHARE, SURE = 0.5, 0.8
"""Of the services behind an element that does not fire itself, so many must: to propose it, and to declare it."""


@dataclass(frozen=True)
class Cause:
    """``services``: who is hit, by id. ``is_sure``: it fires itself, or nearly everything behind it does.

    Without an element and without a site it is a single service's own.
    """

    alerts: tuple[Alert, ...]
    services: tuple[int, ...]
    element_id: int | None = None
    site_id: int | None = None
    is_sure: bool = True

    @property
    def is_common(self) -> bool:
        return bool(self.element_id or self.site_id)


def supporters(due: Sequence[Alert]) -> list[Alert]:
    """The other alerts that fire and are part of nothing yet: they tell of which cause the due ones are."""
    firing = (
        Alert.objects.select_related("source")
        .exclude(state=AlertState.RESOLVED)
        .filter(outage=None, case=None, source__is_active=True)
    )
    known = {alert.pk for alert in due}
    found = firing.order_by("-since")[:MOST_SUPPORTERS]
    return [alert for alert in found if alert.pk not in known and (alert.service_id or alert.element_id)]


def causes_of(due: Sequence[Alert], others: Sequence[Alert]) -> list[Cause]:
    """The causes with at least one alert that is due, the widest first. Each alert is of one."""
    everything = [*due, *others]
    found, left = by_element_alerts(everything)
    inferred, left = by_what_they_share(left)
    at_sites, left = by_site(left)
    single = [Cause((*alerts,), (pk,)) for pk, alerts in of_each_service(left).items()]
    is_due = {alert.pk for alert in due}
    return [cause for cause in (*found, *inferred, *at_sites, *single) if any(a.pk in is_due for a in cause.alerts)]


def gathers(alerts: Iterable[Alert]) -> int:
    """From how many services on it is an outage: by the most cautious of their sources."""
    return min(max(2, alert.source.gathers) for alert in alerts)


def by_element_alerts(alerts: Sequence[Alert]) -> tuple[list[Cause], list[Alert]]:
    """Elements that fire themselves, each with all that stands behind it; what is left has another cause."""
    tops = topmost({alert.element_id for alert in alerts if alert.element_id})
    by_top: dict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.element_id:
            by_top[tops[alert.element_id]].append(alert)
    left = [alert for alert in alerts if not alert.element_id]
    found = []
    for top in sorted(by_top):
        behind = reach.services_behind([top])
        if not behind:
            continue
        own = set(behind)
        with_it = [*by_top[top], *(alert for alert in left if alert.service_id in own)]
        left = [alert for alert in left if alert.service_id not in own]
        if len(behind) >= gathers(by_top[top]):
            found.append(Cause((*with_it,), (*behind,), element_id=top))
        else:
            found += [Cause((*with_it,), (pk,)) for pk in behind[:1]]
            found += [Cause((*by_top[top],), (pk,)) for pk in behind[1:]]
    return sorted(found, key=lambda cause: -len(cause.services)), left


def by_what_they_share(alerts: Sequence[Alert]) -> tuple[list[Cause], list[Alert]]:
    """The element above most of the services that fire, again and again, while it explains enough of them."""
    found, left = [], list(alerts)
    above = reach.elements_above({alert.service_id for alert in alerts if alert.service_id})
    passed: set[int] = set()
    while left:
        firing = of_each_service(left)
        counts = Counter(element for pk in firing for element in above.get(pk, ()) if element not in passed)
        most = [element for element, count in counts.most_common(MOST_LOOKED_AT) if count >= gathers(left)]
        best = best_of(most, counts)
        if best is None:
            break
        element, share = best
        hit = [pk for pk in firing if element in above.get(pk, ())]
        passed.add(element)
        if share < SHARE:
            passed |= {one for one in most if counts[one] == counts[element]}
            continue
        with_it = [alert for alert in left if alert.service_id in set(hit)]
        left = [alert for alert in left if alert.service_id not in set(hit)]
        found.append(Cause((*with_it,), (*hit,), element_id=element, is_sure=share >= SURE))
    return found, left


def best_of(elements: Sequence[int], counts: Counter[int]) -> tuple[int, float] | None:
    """The one that explains most, of those that explain as many the one with the fewest behind it; and its share."""
    if not elements:
        return None
    most = counts[elements[0]]
    behind = {element: len(reach.services_behind([element])) for element in elements if counts[element] == most}
    element = min(behind, key=lambda one: (behind[one] or most, one))
    return element, most / max(behind[element], most)


def by_site(alerts: Sequence[Alert]) -> tuple[list[Cause], list[Alert]]:
    """Several services of one site, with nothing in the inventory that they share."""
    firing = of_each_service(alerts)
    if len(firing) < 2:
        return [], list(alerts)
    at_site: dict[int, list[int]] = defaultdict(list)
    for pk, site in Service.objects.filter(pk__in=firing).order_by("pk").values_list("pk", "site_id"):
        at_site[site].append(pk)
    gathered = {site: pks for site, pks in at_site.items() if len(pks) >= gathers(alerts)}
    hit = {pk for pks in gathered.values() for pk in pks}
    found = []
    for site, pks in gathered.items():
        share = len(pks) / Service.objects.filter(site=site, active=True).count()
        with_it = [alert for pk in pks for alert in firing[pk]]
        found.append(Cause((*with_it,), (*pks,), site_id=site, is_sure=share >= SURE))
    return found, [alert for alert in alerts if alert.service_id not in hit]


def of_each_service(alerts: Iterable[Alert]) -> dict[int, list[Alert]]:
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.service_id:
            found[alert.service_id].append(alert)
    return found


SOURCE = "alert"
OPEN = (OutageState.PROPOSED, OutageState.DECLARED, OutageState.RESTORED)
SLIGHT = frozenset({"warning", "minor", "average", "information", "info", "degraded", "not classified"})
MOST_NAMED = 500
"""Ids of alerts that a proposal holds; the alerts themselves name their outage, however many there are."""


def open_cause(cause: Cause, now: datetime) -> None:
    """Its alerts know what they are part of from now on. Raises Refused. ``now`` is UTC."""
    if outage := open_outage(cause):
        take_part(cause, outage, now)
    elif cause.is_common:
        attach(cause.alerts, common(cause, now))
    else:
        single(cause, now)


def open_outage(cause: Cause) -> Outage | None:
    """The outage that explains it already: of its element or one above it, of its site, or with its service in it."""
    elements = [cause.element_id, *above([cause.element_id])[cause.element_id]] if cause.element_id else []
    first = cause.services[:1]
    for ways in () if cause.element_id else elements_above(first).values():
        elements += ways
    theirs = Q(element__in=elements)
    if cause.site_id:
        theirs |= Q(site=cause.site_id)
    if not cause.is_common:
        member = Q(services__service__in=first) & ~Q(services__state=Membership.LEFT)
        theirs |= member | Q(state=OutageState.PROPOSED, alerts__service__in=first)
    found = Outage.objects.filter(theirs, state__in=OPEN).order_by("pk").distinct()
    fits = (outage for outage in found if outage.state != OutageState.RESTORED or is_its_own(outage, cause))
    return next(fits, None) or (of_most(cause) if cause.is_common else None)


def of_most(cause: Cause) -> Outage | None:
    """The outage that most of these services are part of, whatever it was declared for."""
    members = OutageService.objects.filter(service__in=cause.services, outage__state__in=OPEN)
    counts = members.exclude(state=Membership.LEFT).order_by().values_list("outage").annotate(n=Count("pk"))
    best = counts.order_by("-n", "outage").first()
    return Outage.objects.get(pk=best[0]) if best and 2 * best[1] >= len(cause.services) else None


def is_its_own(outage: Outage, cause: Cause) -> bool:
    """A restored outage takes up again only the services that were part of it."""
    return outage.services.filter(service__in=cause.services).exclude(state=Membership.LEFT).exists()


def take_part(cause: Cause, outage: Outage, now: datetime) -> None:
    """Part of what is open. Fails again what was restored, and its cases go back to the diagnosis (P6 D)."""
    if outage.state == OutageState.RESTORED:
        outage = holding.locked_outage(outage)
    if outage.state == OutageState.RESTORED:
        since = started_at(cause.alerts)
        cases = Case.objects.filter(part_of=outage, service__in=cause.services, closed_at=None)
        ids = list(cases.values_list("pk", flat=True))
        if ids and outage.restored_at and since > outage.restored_at:
            again = locked(ids)
            restoring.relapse(outage, seen_words(cause.alerts), by=SYSTEM, at=since, cases=again, now=now)
    elif outage.state == OutageState.PROPOSED and acts_by_itself(cause, now) and cause.element_id == outage.element_id:
        declare(outage, declared(cause), by=SYSTEM, at=now, now=now)
    attach(cause.alerts, outage)


def common(cause: Cause, now: datetime) -> Outage:
    """An outage of its element or site: declared where the source's rule says so and nothing is guessed."""
    if acts_by_itself(cause, now):
        return declare(None, declared(cause), by=SYSTEM, at=now, now=now)
    return proposed(cause, now)


def proposed(cause: Cause, now: datetime) -> Outage:
    signs = {"alerts": [alert.pk for alert in cause.alerts[:MOST_NAMED]], "cases": [], "services": len(cause.services)}
    return propose(
        element=Element.objects.filter(pk=cause.element_id).first() if cause.element_id else None,
        site=Site.objects.filter(pk=cause.site_id).first() if cause.site_id else None,
        services=() if cause.is_common else cause.services,
        signs=signs,
        started_at=started_at(cause.alerts),
        origin=Origin.ALERTS,
        impact=impact_of(cause.alerts),
        now=now,
    )


def declared(cause: Cause) -> Declared:
    return Declared(
        element=Element.objects.filter(pk=cause.element_id).first() if cause.element_id else None,
        site=Site.objects.filter(pk=cause.site_id).first() if cause.site_id else None,
        services=() if cause.is_common else cause.services,
        impact=impact_of(cause.alerts),
        started_at=started_at(cause.alerts),
        origin=Origin.ALERTS,
    )


def single(cause: Cause, now: datetime) -> None:
    """A service's own: its open case has it as a test; without one, a case or a proposal by the rule (P2, P3)."""
    open_case = Case.objects.filter(service__in=cause.services, closed_at=None, desk=TECHNICAL).order_by("pk").first()
    if open_case:
        case = locked([open_case.pk])[0]
        fails(case, cause.alerts, now)
        return attach(cause.alerts, case.part_of, case)
    if not acts_by_itself(cause, now):
        return attach(cause.alerts, proposed(cause, now))
    return attach(cause.alerts, None, registered(cause, now))


def registered(cause: Cause, now: datetime) -> Case:
    """The case that nobody called about. What monitoring says in its own words only the operator reads."""
    service = Service.objects.select_related("customer", "site__city").get(pk=cause.services[0])
    since = started_at(cause.alerts)
    symptoms = _("Our monitoring has seen the service failing since %(hour)s.") % {"hour": hour_words(since)}
    report = Report(service, symptoms, impact_of(cause.alerts), affected_since=min(since, now))
    case = Case.register(report, by=SYSTEM, at=now, now=now, source=SOURCE)
    fails(locked([case.pk])[0], cause.alerts, now)
    return case


def fails(case: Case, alerts: Sequence[Alert], now: datetime) -> None:
    """Each alert as a bad test of the case; in the follow-up the service has failed again (P3, P6)."""
    for alert in alerts:
        case.add_test(test_name(alert), says(alert), Verdict.BAD, by=SYSTEM, at=min(alert.since, now), now=now)
    if case.stage == Stage.STABILITY and case.green_since and started_at(alerts) > case.green_since:
        case.relapse(seen_words(alerts), by=SYSTEM, at=started_at(alerts), now=now)


def attach(alerts: Iterable[Alert], outage: Outage | None, case: Case | None = None) -> None:
    for alert in alerts:
        alert.outage, alert.case, alert.acts_at = outage, case, None


def locked(ids: Sequence[int]) -> list[Case]:
    cases = locked_cases()
    return list(cases.filter(pk__in=ids).order_by("pk"))


def acts_by_itself(cause: Cause, now: datetime) -> bool:
    """Whether its source's rule opens it without the desk, and one of its alerts is news: an old one, which a source
    brings along when it is connected, is proposed to the desk and opens nothing. ``now`` is UTC.
    """
    return cause.is_sure and any(
        alert.source.opens == WhatItOpens.BY_ITSELF and not is_old(alert, now) for alert in cause.alerts
    )


def is_old(alert: Alert, now: datetime) -> bool:
    """Whether it has fired for longer than ALERTS_OLDEST_HOURS; 0 sets no limit."""
    longest = timedelta(hours=settings.ALERTS_OLDEST_HOURS)
    return bool(longest) and now - alert.since > longest


def started_at(alerts: Iterable[Alert]) -> datetime:
    return min(alert.since for alert in alerts)


def impact_of(alerts: Sequence[Alert]) -> Impact:
    """Comes and goes: intermittent. Nothing but warnings: degraded. Else it is down."""
    if all(alert.state == AlertState.FLAPPING for alert in alerts):
        return Impact.INTERMITTENT
    return Impact.DEGRADED if all(alert.severity.lower() in SLIGHT for alert in alerts) else Impact.DOWN


def test_name(alert: Alert) -> str:
    return _("%(alert)s (%(source)s)") % {"alert": alert.name[:80], "source": alert.source.name[:30]}


def says(alert: Alert) -> str:
    """In the operator's language, what monitoring says of it."""
    words = alert.summary or alert.name
    if alert.state == AlertState.FLAPPING:
        return _("intermittent since %(hour)s: %(words)s") % {"hour": hour_words(alert.since), "words": words}
    return _("fails since %(hour)s: %(words)s") % {"hour": hour_words(alert.since), "words": words}


def seen_words(alerts: Sequence[Alert]) -> str:
    return _("Our monitoring has seen it failing again since %(hour)s.") % {"hour": hour_words(started_at(alerts))}


def hour_words(at: datetime) -> str:
    return date_format(localtime(at), "d/m H:i")
