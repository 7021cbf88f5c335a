"""What a probe measured, in one sentence with its numbers: the result of a test on record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.probes.measured import Sample
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.test_result import Verdict

BACK = "back"
"""What was bad is good again: no result of one probe, but what a watch saw of several."""

SENTENCES = {
    "tcp": gettext_lazy("%(received)s of %(sent)s connections, %(loss)s %% lost"),
    "icmp": gettext_lazy("%(received)s of %(sent)s replies, %(loss)s %% lost"),
    "icmp_by_tcp": gettext_lazy(
        "%(received)s of %(sent)s replies, %(loss)s %% lost; using connections to port %(port)s, because this "
        "system does not allow Guardia to send pings"
    ),
    "icmp_not_permitted": gettext_lazy(
        "this system lets Guardia send no ping, and port %(port)s does not answer: nothing can be concluded"
    ),
    "dns": gettext_lazy("%(asked)s: %(said)s; %(received)s of %(sent)s replies"),
    "dns_silent": gettext_lazy("no answer about %(asked)s; %(sent)s asked"),
    "dns_no_record": gettext_lazy("no record for %(asked)s (%(rcode)s)"),
    "dns_other": gettext_lazy("%(asked)s returns %(said)s, expected %(expected)s"),
    "http": gettext_lazy("status %(status)s; %(received)s of %(sent)s answers"),
    "http_silent": gettext_lazy("no answer (%(trouble)s); %(sent)s asked"),
    "http_other": gettext_lazy("status %(status)s, expected is %(expected)s"),
    "snmp": gettext_lazy("interface %(interface)s: %(state)s; new errors while watching: %(errors)s, in all %(total)s"),
    "snmp_silent": gettext_lazy("interface %(interface)s: no answer by SNMP"),
    "snmp_no_interface": gettext_lazy("there is no interface %(interface)s at this address"),
    "snmp_no_community": gettext_lazy("not possible here, because SNMP_COMMUNITY is not set"),
    "snmp_no_access": gettext_lazy("not possible here, because SNMP_CREDENTIALS has no “%(name)s”"),
    "snmp_outside": gettext_lazy("not queried: SNMP access is limited to PROBE_NETWORKS, and %(address)s is not there"),
    "not_allowed": gettext_lazy("not tested: %(address)s is not an address that this installation allows"),
    "path": gettext_lazy("reached in %(hops)s hops: %(path)s"),
    "path_ends": gettext_lazy("not reached; the last that answered is %(last)s: %(path)s"),
    "path_not_permitted": gettext_lazy("not possible here, because this system lets Guardia send no ICMP"),
    "path_not_possible": gettext_lazy("not possible here, because the system refuses it (%(what)s)"),
    "too_long": gettext_lazy("stopped after %(seconds)s s without a result"),
    "trouble": gettext_lazy("could not be run (%(what)s)"),
    "given_up": gettext_lazy("abandoned: the process that ran it stopped three times"),
}


def sentence(code: str, numbers: Mapping[str, Any]) -> str:
    """In the language of the moment; times stand behind where they were measured."""
    known = SENTENCES.get(code)
    if known is None:
        return code
    said = str(known) % _Known(numbers)
    return f"{said}; {times(numbers)}" if "mean" in numbers else said


def typed(result: str) -> str:
    """What a person read elsewhere and typed says so (P5, P6)."""
    return _("%(result)s, typed by hand") % {"result": result.rstrip(".")}


def seen(probe: Mapping[str, Any]) -> str:
    """What an event says that a probe saw: its test by name, and what came of it; in the language of the moment."""
    kind = probe.get("kind", "")
    known = dict(ProbeKind.choices)
    facts = {"test": f"{known.get(kind, kind)} {probe.get('where', '')}"}
    if probe.get("code") == BACK:
        return _("%(test)s failed and is good again") % facts
    return _("%(test)s: %(words)s") % {**facts, "words": sentence(probe.get("code", ""), probe.get("numbers") or {})}


def times(numbers: Mapping[str, Any]) -> str:
    return _("%(mean)s ms on average (%(min)s to %(max)s)") % _Known(numbers)


class _Known(dict):
    """A number that an old row lacks is a dash, never an error."""

    def __missing__(self, name: str) -> str:
        return "–"


# The probes of a case laid side by side by target: before the restoration, after it, and the watch (P5, P6). Pure.


@dataclass(frozen=True, slots=True)
class Compared:
    """``watch``: the rounds since the green window began, in order; empty where it has not begun."""

    target: ServiceTarget
    before: Probe | None
    after: Probe | None
    watch: Sequence[Probe]

    @property
    def rounds(self) -> list[Sample]:
        """A bar for each round of the watch."""
        return [mean_of(probe.numbers, probe.verdict) for probe in self.watch]

    @property
    def bad_rounds(self) -> int:
        return sum(probe.verdict == Verdict.BAD for probe in self.watch)


def compared(
    probes: Iterable[Probe], restored_at: datetime | None, green_since: datetime | None = None
) -> list[Compared]:
    """One row per target, in the order in which they were first tested. Hours are UTC.

    Before the restoration the last result alone; after it the last bad one, or the first, beside the latest.
    """
    by_target: dict[int, list[Probe]] = {}
    for probe in sorted(probes, key=measured):
        by_target.setdefault(probe.target_id, []).append(probe)
    return [_row(found, restored_at, green_since) for found in by_target.values()]


def _row(probes: Sequence[Probe], restored_at: datetime | None, green_since: datetime | None) -> Compared:
    earlier = [p for p in probes if restored_at is None or measured(p) < restored_at]
    later = [p for p in probes if restored_at is not None and measured(p) >= restored_at]
    before = _last_bad_or_first(earlier) if restored_at else earlier[-1]
    watch = [p for p in probes if green_since and measured(p) > green_since and p.state == ProbeState.DONE]
    return Compared(probes[0].target, before, later[-1] if later else None, watch)


def measured(probe: Probe) -> datetime:
    return probe.measured_at or probe.due_at


def mean_of(numbers: Mapping[str, Any], verdict: str) -> Sample:
    """A bad round is a cross, whatever came back; one without times is as low as a bar can be."""
    return None if verdict == Verdict.BAD else float(numbers.get("mean", 0))


def _last_bad_or_first(probes: Sequence[Probe]) -> Probe | None:
    return next((p for p in reversed(probes) if p.verdict == Verdict.BAD), probes[0] if probes else None)
