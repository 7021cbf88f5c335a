"""What a replay cannot judge, and what it assumed instead: each in a sentence, so that it is no verdict."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.shadow.former_course import What

LACKING = {
    What.DIAGNOSED: gettext_lazy(
        "No event of the file says when the cause and the plan were known: diagnosis (P3) is not judged. "
        "Each diagnosis is put at its restoration, the latest hour at which it must have happened."
    ),
    What.REMOTE: gettext_lazy(
        "No event of the file says that a plan needed no visit: the solution (P4) is not judged. Each plan counts as "
        "carried out remotely; agreement, travel, work permit and solution in the field are promises of nobody."
    ),
    What.TOLD: gettext_lazy(
        "No event of the file says when the customer was told something: the next news is not judged. How many letters "
        "were owed is counted by time alone."
    ),
    What.CONFIRMED: gettext_lazy(
        "No event of the file says when somebody of the company confirmed: verification (P5) and follow-up (P6) are "
        "not judged. Each confirmation is put at the latest hour, that of what comes next."
    ),
    What.STABLE: gettext_lazy(
        "No event of the file says when the service was called stable: follow-up (P6) and closing (P7) are not judged. "
        "Each is put at its closing."
    ),
}
ALWAYS = (
    gettext_lazy(
        "Reception (P1) and registration (P2) are not judged: no former tool has the hours of the calls. Each case "
        "counts from its opening."
    ),
    gettext_lazy(
        "Who was paged and answered, and what was done then, is not known: pages are those which the steps of each "
        "stage call for, and nobody is paged since an acknowledgement expired or nothing moved. A stage that is not "
        "judged pages its first level alone."
    ),
    gettext_lazy(
        "No outage is declared, unless the replay was asked to. Each case, or each circuit where the file names it, "
        "counts as a site of its own and is paged for itself, but where the file or the network says the site."
    ),
    gettext_lazy(
        "Letters are counted as if each company had one contact who is told everything. Tests, evidence and the green "
        "window are asked of nobody."
    ),
)
REMARKS = {
    "unknown wait": gettext_lazy("%d × the file does not say for whom it waited: such a wait holds no promise (W1)"),
    "closed then reopened": gettext_lazy(
        "%d × closed and opened again: a closed case stays closed here, so its closing counts as its restoration"
    ),
    "reopened while open": gettext_lazy("%d × opened again while it was open: that is left out"),
    "no restoration": gettext_lazy("%d × without an hour of the restoration: its closing is the latest one"),
    "restored after closing": gettext_lazy("%d × restored after it was closed: its closing is taken"),
}
REFUSED: dict[str, Promise] = {
    What.REOPENED: gettext_lazy("%d × a reopening that the procedure does not allow there"),
    What.WAITING: gettext_lazy("%d × a wait for a cause for which no running promise may wait (W1): it holds none"),
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
