"""What a word of monitoring is called here: circuits, codes, elements and tested addresses, many at once by index."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from django.db.models import Q

from guardia.customers.folding import fold
from guardia.customers.service import Service
from guardia.network.element import Element

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
