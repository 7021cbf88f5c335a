"""Where an alert leads by the rules of its source, in words: each rule that was asked, and why it led nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.customers.service import Service
from guardia.network import alerts_mapping as mapping
from guardia.network.alerts_mapping import Lead, Rule, Tried
from guardia.network.alerts_rules import when_text
from guardia.network.element import Element

MEANS: Mapping[str, Promise] = {
    mapping.CIRCUIT: gettext_lazy("circuit of a service"),
    mapping.SERVICE_ID: gettext_lazy("code of a service in another system"),
    mapping.ELEMENT: gettext_lazy("code of an element"),
    mapping.TARGET: gettext_lazy("address that is tested of a service"),
    mapping.FIXED: gettext_lazy("always this circuit or element"),
    mapping.IGNORED: pgettext_lazy("alert", "ignored"),
}


@dataclass(frozen=True, slots=True)
class TriedLine:
    """``led``: this rule is the one that led there."""

    rule: str
    words: str
    led: bool


def tried_of(lead: Lead) -> list[TriedLine]:
    """The rules in the order they were asked, the one that led there last."""
    lines = [TriedLine(rule_words(tried.rule), why_words(tried), False) for tried in lead.tried]
    if lead.rule:
        lines.append(TriedLine(rule_words(lead.rule), led_words(lead), True))
    return lines


def rule_words(rule: Rule) -> str:
    when = when_text(rule.when)
    means = str(MEANS.get(rule.means, rule.means))
    what = _("%(label)s is the %(means)s") % {"label": rule.label, "means": means} if rule.label else means
    return _("if %(when)s: %(what)s") % {"when": when, "what": what} if when else what


def why_words(tried: Tried) -> str:
    value = {"value": tried.value[:60], "label": tried.rule.label}
    words = {
        mapping.NOT_MEANT: _("its conditions do not fit"),
        mapping.NO_LABEL: _("there is no label %(label)s") % value,
        mapping.UNKNOWN: _("nothing here is called “%(value)s”") % value,
        mapping.SEVERAL: _("several things are called “%(value)s”") % value,
        mapping.INACTIVE: _("“%(value)s” is not in use any more") % value,
    }
    return words.get(tried.why, tried.why)


def led_words(lead: Lead) -> str:
    if lead.is_ignored:
        return _("it is only shown")
    service = Service.objects.select_related("customer", "site").filter(pk=lead.service_id or 0).first()
    if service:
        return f"{service.circuit} · {service.customer.name} · {service.site.name}"
    element = Element.objects.filter(pk=lead.element_id or 0).first()
    return f"{element.code} · {element.name}" if element else _("it is only shown")


def answer_of(lead: Lead, others: Sequence[Rule] = ()) -> str:
    """In one line where it leads; for what leads nowhere, what to do."""
    if lead.rule:
        return led_words(lead)
    return _("nowhere: no rule finds anything; add one, or lead this alert by hand")
