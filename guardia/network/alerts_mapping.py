"""Where an alert leads: its source's rules in order, the first that fits and finds something. Many alerts at once.

A rule that fits and finds nothing, or several things, leaves the word to the next; why is kept for whoever tries it.
"""

import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from django.db import connection
from django.db.models import Q, QuerySet

from guardia.customers.customer import Service
from guardia.customers.values import fold
from guardia.network.alert import AlertMapping, AlertSource
from guardia.network.element import Element

# What a word of monitoring is called here: circuits, codes, elements and tested addresses, many at once by index.


LONGEST = 80
MOST_WORDS = 12
PARTING = re.compile(r"[\s,;|()\[\]<>\"']+")
PORT = re.compile(r":\d{1,5}$")


@dataclass(frozen=True, slots=True)
class Found:
    """``count``: how many things in use are called so; ``is_inactive``: only one that is in use no more is."""

    element_id: int | None = None
    service_id: int | None = None
    count: int = 0
    is_inactive: bool = False

    @property
    def is_one(self) -> bool:
        return self.count == 1


@dataclass(frozen=True, slots=True)
class Hit:
    pk: int
    active: bool


Known = Mapping[str, list[Hit]]


def look_up(asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Found]:
    """By what was asked, ``(means, value)``. At most one question for each meaning."""
    by_means: dict[str, set[str]] = defaultdict(set)
    for means, value in asked:
        by_means[means].add(value)
    found: dict[tuple[str, str], Found] = {}
    for means, values in by_means.items():
        names_of, question, is_element = WAYS[means]
        names = {value: names_of(value) for value in values}
        known = question({name for each in names.values() for name in each})
        found |= {(means, value): first_of(names[value], known, is_element) for value in values}
    return found


def first_of(names: Iterable[str], known: Known, is_element: bool) -> Found:
    """Of the names that a value may stand for, the first that is known here."""
    inactive = False
    for name in names:
        hits = list(dict.fromkeys(known.get(name, ())))
        used = [hit for hit in hits if hit.active]
        if len(used) == 1:
            pk = used[0].pk
            return Found(element_id=pk, count=1) if is_element else Found(service_id=pk, count=1)
        if used:
            return Found(count=len(used))
        inactive = inactive or bool(hits)
    return Found(is_inactive=inactive)


def circuit_names(value: str) -> list[str]:
    """The whole, then each word of it: the alias of an interface often says more than the circuit."""
    words = [value, *PARTING.split(value)[:MOST_WORDS]]
    return list(dict.fromkeys(name for word in words if 2 < len(name := fold(word)) <= LONGEST))


def code_names(value: str) -> list[str]:
    return [value.strip()[:LONGEST]]


def element_names(value: str) -> list[str]:
    """The whole, without its port, and the first part of a host's full name."""
    bare = PORT.sub("", value.strip())
    short = "" if is_address(bare) else bare.partition(".")[0]
    return list(dict.fromkeys(name for word in (value, bare, short) if 0 < len(name := fold(word)) <= LONGEST))


def target_names(value: str) -> list[str]:
    """An address or name without scheme, path and port; ``ADDRESS#3`` is the interface 3 of that address first."""
    host, _sign, interface = value.strip().partition("#")
    host = re.sub(r"^\w+://", "", host).split("/")[0]
    bare = host.strip("[]") if is_address(host.strip("[]")) else PORT.sub("", host).strip("[]")
    plain = str(ip_address(bare)) if is_address(bare) else bare.lower()
    names = [f"{plain}#{interface}", plain] if interface else [plain]
    return [name for name in names if plain and len(name) <= 400]


def is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def by_circuit(names: set[str]) -> Known:
    found = Service.objects.filter(folded_circuit__in=names)
    return grouped(found.values_list("folded_circuit", "pk", "active", "customer__active"))


def by_code(names: set[str]) -> Known:
    found = Service.objects.filter(external_id__in=names)
    return grouped(found.values_list("external_id", "pk", "active", "customer__active"))


def by_element(names: set[str]) -> Known:
    found = Element.objects.filter(folded_code__in=names).values_list("folded_code", "pk", "active")
    return grouped((name, pk, active, True) for name, pk, active in found)


def by_target(names: set[str]) -> Known:
    """What is tested of a service: the address it was pinned to, its name as it was written, the interface."""
    hosts = {name.partition("#")[0] for name in names}
    addresses = {host for host in hosts if is_address(host)}
    wanted = Q(targets__pinned__in=addresses) | Q(targets__address__in=hosts)
    found = Service.objects.filter(wanted).values_list(
        "targets__pinned", "targets__address", "targets__asks", "pk", "active", "customer__active", "targets__active"
    )
    return grouped(
        (name, pk, active, customer and used)
        for pinned, address, asks, pk, active, customer, used in found
        for name in target_keys(str(pinned), str(address), str(asks))
    )


def target_keys(pinned: str, address: str, asks: str) -> set[str]:
    hosts = {pinned, address.lower()}
    return hosts | ({f"{host}#{asks}" for host in hosts} if asks.isascii() and asks.isdigit() else set())


def grouped(rows: Iterable[tuple]) -> Known:
    known: dict[str, list[Hit]] = defaultdict(list)
    for name, pk, active, is_also_active in rows:
        known[name].append(Hit(pk, bool(active and is_also_active)))
    return known


WAYS: Mapping[str, tuple[Callable[[str], list[str]], Callable[[set[str]], Known], bool]] = {
    "circuit": (circuit_names, by_circuit, False),
    "service_id": (code_names, by_code, False),
    "element": (element_names, by_element, True),
    "target": (target_names, by_target, False),
}


CIRCUIT, SERVICE_ID, ELEMENT, TARGET, FIXED, IGNORED = "circuit", "service_id", "element", "target", "fixed", "ignored"
MEANS = (CIRCUIT, SERVICE_ID, ELEMENT, TARGET, FIXED, IGNORED)
LOOKED_UP = frozenset({CIRCUIT, SERVICE_ID, ELEMENT, TARGET})

# Why a rule did not lead anywhere.
NOT_MEANT, NO_LABEL, UNKNOWN, SEVERAL, INACTIVE = "not_meant", "no_label", "unknown", "several", "inactive"

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    position: int
    when: tuple[tuple[str, str], ...]
    label: str
    means: str
    element_id: int | None = None
    service_id: int | None = None

    @classmethod
    def of(cls, row: AlertMapping) -> "Rule":
        when = tuple((str(pair[0]), str(pair[1])) for pair in row.when if len(pair) == 2)
        return cls(row.position, when, row.label, row.means, row.element_id, row.service_id)

    def is_meant(self, labels: Labels) -> bool:
        return all(fits(pattern, labels.get(label, "")) for label, pattern in self.when)


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was passed over, and why; ``value`` is what was looked up."""

    rule: Rule
    why: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """``rule``: the one that led there; None where none did."""

    element_id: int | None = None
    service_id: int | None = None
    rule: Rule | None = None
    tried: tuple[Tried, ...] = ()

    @property
    def is_ignored(self) -> bool:
        return self.rule is not None and self.rule.means == IGNORED

    @property
    def leads(self) -> bool:
        return bool(self.element_id or self.service_id)


def rules_of(source: AlertSource) -> list[Rule]:
    return [Rule.of(row) for row in AlertMapping.objects.filter(source=source).order_by("position")]


def leads(rules: Sequence[Rule], alerts: Sequence[Labels]) -> list[Lead]:
    """For each alert's labels where it leads; a handful of questions, however many alerts there are."""
    asked = {(rule.means, labels.get(rule.label, "")) for labels in alerts for rule in asking(rules, labels)}
    found = look_up((means, value) for means, value in asked if value)
    return [one_lead(rules, labels, found) for labels in alerts]


def asking(rules: Iterable[Rule], labels: Labels) -> Iterable[Rule]:
    return (rule for rule in rules if rule.means in LOOKED_UP and rule.is_meant(labels))


def one_lead(rules: Iterable[Rule], labels: Labels, found: Mapping[tuple[str, str], Found]) -> Lead:
    tried: list[Tried] = []
    for rule in rules:
        if not rule.is_meant(labels):
            tried.append(Tried(rule, NOT_MEANT))
        elif rule.means in {FIXED, IGNORED}:
            return Lead(rule.element_id, rule.service_id, rule, tuple(tried))
        elif not (value := labels.get(rule.label, "")):
            tried.append(Tried(rule, NO_LABEL))
        elif (hit := found.get((rule.means, value), Found())).is_one:
            return Lead(hit.element_id, hit.service_id, rule, tuple(tried))
        else:
            tried.append(Tried(rule, why_not(hit), value))
    return Lead(tried=tuple(tried))


def why_not(hit: Found) -> str:
    if hit.count > 1:
        return SEVERAL
    return INACTIVE if hit.is_inactive else UNKNOWN


def fits(pattern: str, value: str) -> bool:
    """``*`` and ``?`` stand for anything; capitals make no difference."""
    return compiled(pattern).match(value.lower()) is not None


@lru_cache(2048)
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern.lower()))


def mappings_of(source: AlertSource) -> QuerySet[AlertMapping]:
    """The source's rules in their order, with the service or the element that each may name."""
    return AlertMapping.objects.filter(source=source).select_related("service", "element").order_by("position")


# What stands above an element, for alerts of the network itself: which of several is the cause of the others.


ABOVE = """
    WITH RECURSIVE above(low, element, distance) AS (
        SELECT element, element, 0 FROM unnest(%(elements)s::bigint[]) AS element
        UNION
        SELECT above.low, link.upper_id, above.distance + 1 FROM above
        JOIN element_link AS link ON link.lower_id = above.element AND NOT link.protected
        WHERE above.distance < %(furthest)s
    )
    SELECT low, element, min(distance) AS nearest FROM above WHERE low <> element
    GROUP BY low, element ORDER BY low, nearest, element
"""
FURTHEST = 20
"""Steps up that are followed: a circle in the inventory ends there."""


def above(element_ids: Collection[int]) -> dict[int, list[int]]:
    """By element, those whose failure it feels, the nearest first; not itself. One query."""
    found: dict[int, list[int]] = {pk: [] for pk in element_ids}
    if not element_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, {"elements": sorted(found), "furthest": FURTHEST})
        for low, element, _nearest in cursor.fetchall():
            found[low].append(element)
    return found


def topmost(element_ids: Collection[int]) -> dict[int, int]:
    """By element, the one among these that explains it: the furthest above, or itself. A circle explains itself."""
    known, ways = set(element_ids), above(element_ids)
    found: dict[int, int] = {}
    for pk in known:
        higher = [one for one in ways[pk] if one in known and pk not in ways[one]]
        found[pk] = higher[-1] if higher else pk
    return found
