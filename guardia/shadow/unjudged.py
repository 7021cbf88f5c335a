"""What a replay cannot judge, and what it assumed instead: each in a sentence, so that it is no verdict."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.shadow.former_course import What

LACKING = {
    What.DIAGNOSED: gettext_lazy(
        "No event in the file says when the cause and the plan were known: diagnosis (P3) is not evaluated. "
        "Each diagnosis is set at its restoration, the latest time at which it must have happened."
    ),
    What.REMOTE: gettext_lazy(
        "No event in the file says that a plan needed no visit: the solution (P4) is not evaluated. Each plan "
        "counts as carried out remotely; agreement, travel, work permit and solution in the field do not run "
        "for anybody."
    ),
    What.TOLD: gettext_lazy(
        "No event in the file says when the customer was told something: the next news is not evaluated. How "
        "many notices were due is counted by time alone."
    ),
    What.CONFIRMED: gettext_lazy(
        "No event in the file says when somebody at the company confirmed: verification (P5) and follow-up (P6) "
        "are not evaluated. Each confirmation is set at the latest possible time, that of the next event."
    ),
    What.STABLE: gettext_lazy(
        "No event in the file says when the service was declared stable: follow-up (P6) and closing (P7) are "
        "not evaluated. Each is set at its closing."
    ),
}
ALWAYS = (
    gettext_lazy(
        "Reception (P1) and registration (P2) are not evaluated: no former tool has the times of the calls. "
        "Each case counts from its opening."
    ),
    gettext_lazy(
        "Who was paged and answered, and what was done then, is not known: the pages are those that the steps "
        "of each stage call for, and nobody is paged because an acknowledgement expired or nothing moved. A "
        "stage that is not evaluated pages only its first level."
    ),
    gettext_lazy(
        "No outage is declared unless requested for the replay. Each case, or each circuit if the file names "
        "it, counts as a separate site and is paged separately, unless the file or the network gives the site."
    ),
    gettext_lazy(
        "Notices are counted as if each company had one contact who is notified of everything. Tests, evidence "
        "and the green window are not required."
    ),
)
REMARKS = {
    "unknown wait": gettext_lazy(
        "%d × the file does not say who was being waited for: such a wait stops no promise (W1)"
    ),
    "closed then reopened": gettext_lazy(
        "%d × closed and reopened: a closed case stays closed here, so its closing counts as its restoration"
    ),
    "reopened while open": gettext_lazy("%d × reopened while still open: ignored"),
    "no restoration": gettext_lazy("%d × without a restoration time: the closing is the latest possible"),
    "restored after closing": gettext_lazy("%d × restored after it was closed: its closing time is used"),
}
REFUSED: dict[str, Promise] = {
    What.REOPENED: gettext_lazy("%d × a reopening that the procedure does not allow there"),
    What.WAITING: gettext_lazy("%d × a wait for a cause that cannot stop any running promise (W1): it stops none"),
}


def unjudged(done: Mapping[str, Any]) -> Iterator[str]:
    """Sentence by sentence, of one replay as ``guardia.shadow.job`` writes it."""
    said = {*done["said"]} | ({What.DIAGNOSED.value} if What.REMOTE.value in done["said"] else set())
    for what, words in LACKING.items():
        if what.value not in said:
            yield str(words)
    yield from map(str, ALWAYS)
    for remark, count in sorted(done["remarks"].items()):
        yield str(REMARKS[remark]) % count
    for what, why, count in done["findings"]["refused"]:
        if known := REFUSED.get(what):
            yield str(known) % count
        else:
            yield _("%(n)d × %(what)s was not possible (%(why)s)") % {"n": count, "what": what, "why": why}


def left_out(done: Mapping[str, Any]) -> str:
    count = len(done["left_out"])
    return ngettext("%d kind of row needs a look:", "%d kinds of row need a look:", count) % count if count else ""
