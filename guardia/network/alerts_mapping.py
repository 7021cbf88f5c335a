"""Where an alert leads: its source's rules in order, the first that fits and finds something. Many alerts at once.

A rule that fits and finds nothing, or several things, leaves the word to the next; why is kept for whoever tries it.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from guardia.network.alert import AlertMapping, AlertSource
from guardia.network.alerts_lookup import Found, look_up

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
