"""A source of alerts as the settings show it: its state in words, its rules as rows, how it is connected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from guardia.network.alert import AlertMapping, AlertSource, SourceKind
from guardia.network.alerts_rules import when_text
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.alerts import MEANS
from guardia.web.desk.clock import hour

BLANK_ROWS = 2
PLACE = "<TOKEN>"


@dataclass(frozen=True, slots=True)
class SourceRow:
    source: AlertSource
    kind: str
    state: str
    is_bad: bool
    opens: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row of the form; ``wrong``: why it cannot be kept."""

    number: int
    when: str = ""
    label: str = ""
    means: str = ""
    leads_to: str = ""
    wrong: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.when or self.label or self.means or self.leads_to)


def find(source_id: int) -> AlertSource:
    """Raises Http404."""
    return get_object_or_404(AlertSource, pk=min(source_id, LARGEST_ID))


def source_row(source: AlertSource, at: datetime) -> SourceRow:
    state, is_bad = state_of(source, at)
    return SourceRow(source, str(source.get_kind_display()), state, is_bad, str(source.get_opens_display()))


def state_of(source: AlertSource, at: datetime) -> tuple[str, bool]:
    """In words, and whether somebody should look at it."""
    if not source.is_active:
        return _("switched off"), False
    if source.kind == SourceKind.SNMP and not settings.TRAPS_LISTEN and source.seen_at is None:
        return _("nothing listens to traps: TRAPS_LISTEN is not set"), True
    if source.trouble:
        return _("something is wrong with what it sends"), True
    if source.seen_at is None:
        return _("it has said nothing yet"), False
    return _("last word %s") % hour(source.seen_at, at), False


def rule_rows(rows: Sequence[Mapping[str, str]], wrong: Mapping[str, str]) -> list[RuleRow]:
    """Those that were given, and two to fill in."""
    given = [
        RuleRow(place, row["when"], row["label"], row["means"], row["leads_to"], wrong.get(f"row{place}", ""))
        for place, row in enumerate(rows, start=1)
    ]
    return [*given, *(RuleRow(len(given) + extra) for extra in range(1, BLANK_ROWS + 1))]


def kept_rows(source: AlertSource) -> list[dict[str, str]]:
    found = AlertMapping.objects.filter(source=source).select_related("service", "element").order_by("position")
    return [
        {
            "when": when_text(row.when),
            "label": row.label,
            "means": row.means,
            "leads_to": str(row.service or row.element or ""),
        }
        for row in found
    ]


def means_choices() -> list[tuple[str, str]]:
    return [(key, str(words)) for key, words in MEANS.items()]


def snippet_of(kind: str, address: str) -> str:
    """What is written into the source itself; nothing for those whose script is a file of its own."""
    if kind == SourceKind.ALERTMANAGER:
        return (
            "receivers:\n  - name: guardia\n    webhook_configs:\n"
            f"      - url: '{address}'\n        send_resolved: true\n        max_alerts: 0\n"
        )
    if kind == SourceKind.GENERIC:
        return (
            f"curl -sS -X POST '{address}' -H 'Content-Type: application/json' -d '"
            '{"fingerprint": "olt-3/pon-7", "status": "firing", "name": "PON", "labels": {"circuit": "ENL-0042"}}'
            "'\n"
        )
    if kind == SourceKind.SNMP:
        where = settings.TRAPS_LISTEN or "0.0.0.0:1162"
        return f"snmptrap -v 2c -c COMMUNITY {where} '' 1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.3 i 3\n"
    return ""


SCRIPTS: Mapping[str, str] = {
    SourceKind.ZABBIX: "docs/operations/alerts/zabbix-media-type.yaml",
    SourceKind.ICINGA: "docs/operations/alerts/icinga-notify.sh",
    SourceKind.LIBRENMS: "docs/operations/alerts/librenms-transport.txt",
}
