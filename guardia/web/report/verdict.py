"""What the check of a report found, in sentences."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.cases.number import grouped
from guardia.cases.report_check import Checked
from guardia.web.report.document import SHORT_HASH

RULES = {
    "missing": gettext_lazy("an event is missing or out of place"),
    "hash": gettext_lazy("its hash does not follow from the event before and its own text"),
    "place": gettext_lazy("it belongs to another case or another place"),
    "text": gettext_lazy("a text is not the one that was recorded"),
    "head": gettext_lazy("the last event is not the one the report names"),
    "timeline": gettext_lazy("the report tells it otherwise than the history"),
    "fault": gettext_lazy("the fault is not the one the case was closed with"),
    "solution": gettext_lazy("the solution is not the one the case was closed with"),
    "prevention": gettext_lazy("what is done so that it does not return is not what the case was closed with"),
    "evidence": gettext_lazy("who went on without good tests, and why, is not what is on record"),
    "affected": gettext_lazy("the affected time is not the one on record, or does not add up"),
    "confirmed": gettext_lazy("who confirmed is not who is on record"),
    "sum": gettext_lazy("the times of a promise do not add up"),
    "kept": gettext_lazy("a promise is said to be kept that was broken, or the other way round"),
}


def lines_of(checked: Checked) -> Iterator[str]:
    """The verdict first, then what was checked and how, then each thing that is wrong."""
    number = {"number": grouped(checked.case)}
    if checked.is_sound:
        yield _("GENUINE: report and history of case %(number)s agree.") % number
    else:
        yield _("CHANGED: report or history of case %(number)s were altered.") % number
    whole = ngettext("%(count)d event checked word by word", "%(count)d events checked word by word", checked.whole)
    bare = ngettext("%(count)d internal one by its hash", "%(count)d internal ones by their hash", checked.bare)
    yield f"{whole % {'count': checked.whole}}, {bare % {'count': checked.bare}}."
    words = _("Compare with the notices you received: event %(seq)s must bear the hash %(hash)s.")
    yield words % {"seq": checked.seq, "hash": checked.head[:SHORT_HASH]}
    for reason, who in checked.unproven:
        yield _("Without good tests of its stability, by decision of %(who)s: %(reason)s") % {
            "who": who or _("a supervisor"),
            "reason": reason or _("(erased)"),
        }
    for finding in checked.findings:
        what = RULES.get(finding.rule, finding.rule)
        yield _("Event %(seq)d: %(what)s") % {"seq": finding.seq, "what": what} if finding.seq else f"{what}"
