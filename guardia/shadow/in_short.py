"""What the whole report says, in the few sentences for which somebody reads it."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.labels import CLOCK_NAMES
from guardia.procedure.vocabulary import ClockKind

if TYPE_CHECKING:
    from guardia.shadow.sections import ShadowDay


def in_short(day: "ShadowDay") -> Iterator[str]:
    """What broke, of what, for whom and when; else why nothing is judged; then what if."""
    found = day.found
    tallies = found["promises"]
    broken = sum(tally["broken"] for tally in tallies.values())
    judged = broken + sum(tally["kept"] for tally in tallies.values())
    if judged:
        words = _("Of %(judged)d promises that can be evaluated from the file, %(broken)d were broken.")
        yield words % {"judged": judged, "broken": broken}
    else:
        yield _(
            "No promise can be evaluated on its own: the file says when a case was opened, restored and closed, "
            "but not when it was diagnosed, confirmed or notified. What follows is what can be said "
            "nevertheless."
        )
    if broken:
        yield most_of(found)
    yield from together(found)
    yield from what_if(day)


def most_of(found: Mapping[str, Any]) -> str:
    """The kind of promise, the company and the shift on which most of what broke falls."""
    words = _("Most of them: %(promise)s (%(n)d), %(company)s (%(for)d), in the shift %(shift)s (%(in)d).")
    kind, n = largest(found["promises"], lambda tally: tally["broken"])
    company, its = largest(found["companies"], lambda of: of["promises"]["broken"])
    shift, theirs = largest(found["by_whom"]["shifts"], lambda of: of["broken"])
    name = str(CLOCK_NAMES[ClockKind(kind)][0])
    return words % {"promise": name, "n": n, "company": company, "for": its, "shift": shift, "in": theirs}


def largest(groups: Mapping[str, Any], number_of: Callable[[Any], int]) -> tuple[str, int]:
    name = max(groups, key=lambda each: number_of(groups[each]))
    return name, number_of(groups[name])


def together(found: Mapping[str, Any]) -> Iterator[str]:
    """What is certain of promises that are taken together."""
    restored, closed = found["together"]["restored"]["over"], found["together"]["closed"]["over"]
    words = _(
        "Taken together: %(restored)d of %(cases)d cases took longer to restore the service, and %(closed)d "
        "from then to the closing, than all the promises of that stretch allow when added up."
    )
    yield words % {"restored": restored, "closed": closed, "cases": found["cases"]}


def what_if(day: "ShadowDay") -> Iterator[str]:
    """What each change that was asked for would have changed."""
    found = day.found
    if day.as_if:
        now = sum(tally["broken"] for tally in day.as_if["findings"]["promises"].values())
        was = sum(tally["broken"] for tally in found["promises"].values())
        yield _("With the other durations: %(now)d broken promises instead of %(was)d.") % {"now": now, "was": was}
    queue = day.done.get("engineers")
    if queue and not queue["refusal"]:
        words = _("With %(rules)s, computed: %(other)d of %(judged)d diagnoses in time instead of %(same)d.")
        _in_file, same, other = queue["kept"]
        facts = {"rules": " · ".join(queue["rules"]), "same": same, "other": other, "judged": queue["judged"]}
        yield words % facts
    if outages := found["outages"]:
        words = ngettext(
            "%(n)d mass outage would have been proposed: %(names)s.",
            "%(n)d mass outages would have been proposed: %(names)s.",
            len(outages),
        )
        named = [f"{each['name']} ({day.hour(each['proposed_at'], 'j M H:i')})" for each in outages[:3]]
        yield words % {"n": len(outages), "names": ", ".join(named) + (" …" if len(outages) > len(named) else "")}
