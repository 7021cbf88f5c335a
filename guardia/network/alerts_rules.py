"""The mapping of a source as it is edited: rules in order, each checked; and the alerts that fire follow at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.customer import Service
from guardia.customers.values import Misfit, Unfit, fold, line
from guardia.network import alert_store as damping
from guardia.network.alert import Alert, AlertMapping, AlertSource, AlertState
from guardia.network.alert_message import LONGEST_LABEL, LONGEST_VALUE
from guardia.network.alert_store import opens, write
from guardia.network.alerts_mapping import FIXED, LOOKED_UP, MEANS, leads, rules_of
from guardia.network.alerts_sources import SOURCE
from guardia.network.element import Element
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

MOST_RULES, MOST_CONDITIONS = 100, 5
AT_ONCE = 2000
LABEL = line(LONGEST_LABEL)
WHEN = line(MOST_CONDITIONS * (LONGEST_LABEL + LONGEST_VALUE + 3))


def save_rules(source: AlertSource, rows: Sequence[Mapping[str, Any]], *, by: Staff | None, at: datetime) -> None:
    """The rules of a source from now on, in this order. Each row: ``when``, ``label``, ``means``, ``leads_to``.

    ``when`` is text, ``label=pattern`` parted by commas; ``leads_to`` a circuit, or the code of an element, of a fixed
    one. Raises Unfit with the number of each wrong row (``row3``) and its remedy. ``at`` is UTC.
    """
    if len(rows) > MOST_RULES:
        raise Unfit({"rules": _("More than %d rules do not fit.") % MOST_RULES})
    made, problems = [], {}
    for place, row in enumerate(rows, start=1):
        try:
            made.append(rule_in(source, place, row))
        except Misfit as misfit:
            problems[f"row{place}"] = str(misfit)
    if problems:
        raise Unfit(problems)
    take_turn(SOURCE, source.pk)
    before = rule_lines(source)
    AlertMapping.objects.filter(source=source).delete()
    AlertMapping.objects.bulk_create(made)
    put_on_record(SOURCE, source.pk, {"rules": before}, {"rules": rule_lines(source)}, by=by, at=at)
    follow(source)


def rule_in(source: AlertSource, place: int, row: Mapping[str, Any]) -> AlertMapping:
    """Raises Misfit."""
    means = str(row.get("means", ""))
    if means not in MEANS:
        raise Misfit(_("Choose what the label means."))
    label = LABEL(row.get("label", ""))
    if means in LOOKED_UP and not label:
        raise Misfit(_("Write the label whose value is looked up."))
    rule = AlertMapping(source=source, position=place, means=means, when=conditions(row.get("when", "")))
    rule.label = label if means in LOOKED_UP else ""
    if means == FIXED:
        rule.service, rule.element = thing_called(str(row.get("leads_to", "")))
    return rule


def conditions(written: Any) -> list[list[str]]:
    """``severity=crit*, job=ping`` as pairs. Raises Misfit."""
    parts = [part.strip() for part in WHEN(written).split(",") if part.strip()]
    if len(parts) > MOST_CONDITIONS:
        raise Misfit(_("More than %d conditions do not fit in one rule.") % MOST_CONDITIONS)
    found = []
    for part in parts:
        label, sign, pattern = part.partition("=")
        if not (sign and label.strip() and pattern.strip()):
            raise Misfit(_("“%s” is not a condition. Write label=value; * stands for anything.") % part[:40])
        found.append([LABEL(label), pattern.strip()])
    return found


def thing_called(written: str) -> tuple[Service | None, Element | None]:
    """The service of this circuit, else the element of this code. Raises Misfit."""
    name = fold(written.replace("\0", ""))[:80]
    service = Service.objects.filter(folded_circuit=name, active=True).first() if name else None
    element = None if service else Element.objects.filter(folded_code=name, active=True).first() if name else None
    if not (service or element):
        raise Misfit(_("No circuit or element is called “%s”. Enter it as shown on its own page.") % written[:40])
    return service, element


def lead_one(alert: Alert, written: str, *, by: Staff | None, at: datetime) -> AlertMapping:
    """A rule for this alert alone, before all others: its labels lead to this circuit or element. Raises Misfit."""
    service, element = thing_called(written)
    source = AlertSource.objects.get(pk=alert.source_id)
    take_turn(SOURCE, source.pk)
    if AlertMapping.objects.filter(source=source).count() >= MOST_RULES:
        raise Misfit(_("More than %d rules do not fit.") % MOST_RULES)
    before = rule_lines(source)
    lowest = AlertMapping.objects.filter(source=source).order_by("position").values_list("position", flat=True).first()
    place = min(0 if lowest is None else lowest - 1, 0)
    when = [[name, literal(value)] for name, value in telling(alert.labels)]
    rule = AlertMapping.objects.create(
        source=source, position=place, when=when, means=FIXED, service=service, element=element
    )
    put_on_record(SOURCE, source.pk, {"rules": before}, {"rules": rule_lines(source)}, by=by, at=at)
    follow(source)
    return rule


def telling(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """The labels that make this alert this one: whatever a source varies from message to message is left aside."""
    aside = {"value", "output", "event_id", "last_value", "since", "state", "severity", "timestamp", "uptime"}
    return [(name, value) for name, value in sorted(labels.items()) if name not in aside][:MOST_CONDITIONS]


def literal(value: str) -> str:
    """As a pattern that fits this value alone; a comma would part two conditions."""
    return "".join("?" if sign == "," else f"[{sign}]" if sign in "*?[" else sign for sign in value)


def follow(source: AlertSource) -> int:
    """The alerts that fire and are part of nothing lead where the rules now say; how many do now and did not."""
    rules = rules_of(source)
    free = Alert.objects.select_for_update(no_key=True).exclude(state=AlertState.RESOLVED)
    alerts = list(free.filter(source=source, outage=None, case=None).order_by("-since")[:AT_ONCE])
    found = 0
    for alert, lead in zip(alerts, leads(rules, [alert.labels for alert in alerts]), strict=True):
        found += lead.leads and not (alert.element_id or alert.service_id)
        alert.element_id, alert.service_id = lead.element_id, lead.service_id
        alert.acts_at = damping.looked_at_next(alert, source, opens=opens(alert, source))
    write(alerts)
    return found


def rule_lines(source: AlertSource) -> list[str]:
    """The rules as the record of settings keeps them, a line each."""
    rows = AlertMapping.objects.filter(source=source).select_related("service", "element").order_by("position")
    return [one_line(row) for row in rows]


def one_line(row: AlertMapping) -> str:
    to = row.service or row.element
    parts = (when_text(row.when), row.label, row.means, str(to) if to else "")
    return " · ".join(part for part in parts if part)


def when_text(when: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{pair[0]}={pair[1]}" for pair in when)
