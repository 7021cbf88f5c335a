"""Which alerts have one cause: the element that fires itself, the one that most of them stand behind, their site.

A storm of thousands is told apart with a handful of questions. What is only inferred must explain most of what stands
behind it: three services far apart that fail in one minute are no failure of the whole network.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardia.customers.service import Service
from guardia.network import reach
from guardia.network.alert import Alert, AlertState
from guardia.network.alerts_reach import topmost

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
