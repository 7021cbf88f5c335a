"""What the report says of other numbers of engineers: what was kept, what would have been, and what is assumed."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guardia.notices.wording.hours import lasting
from guardia.web.report.shape import DASH, Section, Table

HALVES = (range(12), range(12, 24))


def section_of(queue: Mapping[str, Any] | None, as_if: Mapping[str, Any] | None) -> Section | None:
    """None where nobody asks. ``as_if``: the same with another length of the promise."""
    if not queue:
        return None
    title = _("With other engineers at work")
    if queue["refusal"]:
        return Section("engineers", f"{title}: {' · '.join(queue['rules'])}", [refusal(queue)])
    tables = [table_of(queue)]
    if as_if and not as_if["refusal"] and as_if["lasts"] != queue["lasts"]:
        tables.append(table_of(as_if))
    lines = [*by_name(queue), *assumed(queue)]
    return Section("engineers", title, lines, tables=[*tables, *at_work(queue)])


def refusal(queue: Mapping[str, Any]) -> str:
    """Why no number is given, and what would help."""
    match queue["refusal"]:
        case "no diagnosis":
            return _(
                "Not stated: no event in the file says when a cause and a plan were known, so no diagnosis (P3) "
                "is evaluated. If an activity means it, name it: --means “ACTIVITY=diagnosed”."
            )
        case "no first work":
            words = _(
                "Not stated: for %(unknown)s of %(cases)s cases the file does not say when somebody started to "
                "work on them, or until when. If an activity means that somebody takes a case, name it: --means "
                "“ACTIVITY=taken”."
            )
        case "no engineers":
            return _(
                "Not stated: the file names nobody who did anything. Say how many were at work: --engineers "
                "22:00-06:00=2."
            )
        case "not near":
            words = _(
                "Not stated: with the engineers who were at work, the calculation keeps %(same)s of %(judged)s "
                "diagnosis promises; the file, %(file)s. It does not come close to what happened, so it says "
                "nothing about what would have happened. If a name in the file is a whole shift, say how many "
                "people it is: --engineers 22:00-06:00=2."
            )
        case _:
            return _("Not stated: the diagnosis is not promised for every hour of the day.")
    return words % {**queue, "file": queue["kept"][0], "same": queue["kept"][1]}


def table_of(queue: Mapping[str, Any]) -> Table:
    others = _("Computed: %s") % " · ".join(queue["rules"])
    head = (_("Of the file's cases"), _("According to the file"), _("Computed: those at work"), others)
    words = _("Diagnosis (P3, %(length)s) kept, out of %(judged)s")
    kept = words % {"length": lasting(queue["lasts"]), "judged": queue["judged"]}
    rows = [
        [kept, *map(str, queue["kept"])],
        [_("Half of the cases taken within"), *map(span, queue["waited"])],
        [_("The last one taken within"), *map(span, queue["longest"])],
    ]
    return Table(head, rows, (6, 3, 4, 4))


def span(seconds: int) -> str:
    return lasting(seconds) if seconds else _("at once")


def assumed(queue: Mapping[str, Any]) -> Iterator[str]:
    """The whole of what it stands on, in one paragraph."""
    order = _("the more severe case first, then the one that has waited longest") if queue["by_severity"] else ""
    words = _(
        "Assumed: whoever is free takes up %(order)s, works on it alone, and finishes it. A case holds an engineer "
        "from the first work on it until its diagnosis, or until the restoration where its plan needs no visit or the "
        "file has no diagnosis; what it waited, it held nobody. Each case takes as long as it took; the cases of one "
        "outage that would have been proposed are one piece of work. At work is whoever the file names, from the first "
        "to the last thing done with no more than four hours in between, unless --engineers says how many. Calls, "
        "hand-overs and what one case teaches about the next are not in it; a case opened again counts once. Left out "
        "are %(unknown)s of %(cases)s cases, of which the file does not say when work began or ended. The nearer the "
        "computed number for those at work is to that of the file, the more the third is worth."
    )
    yield words % {**queue, "order": order or _("the case that has waited longest")}


def by_name(queue: Mapping[str, Any]) -> Iterator[str]:
    if queue["gained"]:
        yield _("Kept instead of broken: %s.") % ", ".join(queue["gained"])
    if queue["lost"]:
        yield _("Broken instead of kept: %s.") % ", ".join(queue["lost"])
    if not (queue["gained"] or queue["lost"]):
        yield _("No promise would have ended differently.")


def at_work(queue: Mapping[str, Any]) -> Iterator[Table]:
    """How many engineers there were in each hour of the day, on average."""
    names = (_("Working"), " · ".join(queue["rules"]))
    for half in HALVES:
        rows = [[name, *(number(queue["hours"][hour][place]) for hour in half)] for place, name in enumerate(names)]
        yield Table([_("Hour"), *(f"{hour:02}" for hour in half)], rows, (3, *[1] * 12))


def number(mean: float) -> str:
    return f"{mean:g}" if mean else DASH
