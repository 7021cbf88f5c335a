"""What came of a former tool's file, or would come of it, as data: the terminal prints it, the screen lays it out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.history.bringing import Brought
from guardia.history.former_case import FormerCase
from guardia.history.importing import HistoryFile
from guardia.history.judging import IN_WORDS, Verdict
from guardia.history.troubles import CountedTrouble, trouble_line

STATES: Mapping[str, Any] = {
    "note": gettext_lazy("note"),
    "working": gettext_lazy("being worked on"),
    "waiting": gettext_lazy("waiting, without saying for whom"),
    "waiting customer": gettext_lazy("waiting for the customer"),
    "waiting third_party": gettext_lazy("waiting for a third party"),
    "waiting force_majeure": gettext_lazy("waiting, force majeure"),
    "restored": gettext_lazy("restored"),
    "closed": gettext_lazy("closed"),
    "cancelled": gettext_lazy("cancelled"),
    "reopened": gettext_lazy("opened again"),
}
"""What a word of a former tool may mean, by the words of a mapping."""
STEPS_OF_AN_EXAMPLE, LONGEST_SUBJECT, LONGEST_TEXT = 6, 60, 80
MOST_NAMES, MOST_TROUBLES = 50, 200


class Wait(TypedDict):
    cause: str
    count: int
    seconds: int


class JudgedStretch(TypedDict):
    """How many cases were judged so by the version that the mapping names; ``stretch``: restoration or closing."""

    stretch: str
    verdict: str
    count: int


class ImportReport(TypedDict):
    """Counts of one run, dry or not. Every case is new, known or left out; spans are in seconds."""

    rows: int
    cases: int
    new: int
    known: int
    left_out: int
    taken_over: int
    events: dict[str, int]
    waits: list[Wait]
    reopenings: int
    reopened_cases: int
    attachments: int
    judged_by: int | None
    judged: list[JudgedStretch]
    created: list[str]
    created_count: int
    troubles: list[CountedTrouble]
    troubles_count: int


def report_of(file: HistoryFile, brought: Brought) -> ImportReport:
    """The counts of a file that was read, and of its cases as far as they were looked at."""
    return {
        "rows": file.rows,
        "cases": file.cases,
        "new": brought.new,
        "known": brought.known,
        "left_out": max(0, file.cases - brought.new - brought.known),
        "taken_over": brought.taken_over,
        "events": dict(sorted(brought.events.items())),
        "waits": [
            {"cause": cause, "count": count, "seconds": round(brought.waited.get(cause, timedelta()).total_seconds())}
            for cause, count in sorted(brought.waits.items())
        ],
        "reopenings": brought.reopenings,
        "reopened_cases": brought.reopened_cases,
        "attachments": brought.files,
        "judged_by": file.mapping.procedure,
        "judged": [
            {"stretch": stretch, "verdict": verdict, "count": count}
            for (stretch, verdict), count in sorted(brought.judged.items())
        ],
        "created": sorted(brought.created)[:MOST_NAMES],
        "created_count": len(brought.created),
        "troubles": list(file.troubles.counted(file.names))[:MOST_TROUBLES],
        "troubles_count": sum(file.troubles.counts.values()),
    }


class ExampleStep(TypedDict):
    at: str
    state: str
    reopens: bool
    activity: str
    text: str
    author: str


class Example(TypedDict):
    """One case as it would look; hours in ISO 8601, UTC, empty where there is none."""

    number: str
    company: str
    service: str
    subject: str
    opened_at: str
    restored_at: str
    closed_at: str
    is_cancelled: bool
    steps: list[ExampleStep]
    more_steps: int


def example_of(case: FormerCase, company: str) -> Example:
    return {
        "number": case.number,
        "company": company,
        "service": case.fact("service")[:80],
        "subject": " ".join((case.fact("subject") or case.fact("symptoms")).split())[:LONGEST_SUBJECT],
        "opened_at": _iso(case.opened_at),
        "restored_at": _iso(case.restored_at),
        "closed_at": _iso(case.closed_at),
        "is_cancelled": case.is_cancelled,
        "steps": [
            {
                "at": _iso(step.at),
                "state": f"{step.state} {step.cause}".strip(),
                "reopens": step.reopens,
                "activity": step.activity[:LONGEST_TEXT],
                "text": " ".join(step.text.split())[:LONGEST_TEXT],
                "author": step.author[:60],
            }
            for step in case.steps[:STEPS_OF_AN_EXAMPLE]
        ],
        "more_steps": max(0, len(case.steps) - STEPS_OF_AN_EXAMPLE),
    }


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""


# --- in words ---------------------------------------------------------------------------------------------------------
def state_in_words(state: str, *, reopens: bool = False) -> str:
    """What the case was from then on, in the reader's language."""
    words = str(STATES.get(state, state))
    return _("opened again: %s") % words if reopens and state != "reopened" else words


def span_in_words(seconds: int) -> str:
    """``1,250 h 07 min``."""
    minutes = round(seconds / 60)
    return _("%(hours)s h %(minutes)02d min") % {"hours": grouped(minutes // 60), "minutes": minutes % 60}


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True, use_l10n=True)


def events_in_words(events: Mapping[str, int]) -> str:
    """The events of a file by what they say of the case, each with its count."""
    counts: Counter[str] = Counter()
    for state, count in events.items():
        counts[_("waiting") if state == "waiting" else str(STATES.get(state, state))] += count
    return ", ".join(f"{words} {grouped(count)}" for words, count in counts.most_common())


UNTIL = {
    "restoration": gettext_lazy("until the restoration %(verdict)s: %(count)s"),
    "closing": gettext_lazy("from there to the closing %(verdict)s: %(count)s"),
}


def judged_in_words(judged: JudgedStretch) -> str:
    """``until the restoration within its times: 1,204``."""
    facts = {"verdict": IN_WORDS[Verdict(judged["verdict"])], "count": grouped(judged["count"])}
    return str(UNTIL[judged["stretch"]]) % facts


def example_lines(one: Example) -> Iterator[str]:
    """A case for the terminal, with the first things that happened to it."""
    ended = _("cancelled") if one["is_cancelled"] else _("closed")
    hours = [f"{_('opened')} {_plain(one['opened_at'])}"]
    if one["restored_at"]:
        hours.append(f"{_('restored')} {_plain(one['restored_at'])}")
    hours.append(f"{ended} {_plain(one['closed_at'])}" if one["closed_at"] else _("still open"))
    yield f"{one['number']} · {one['company']} · {one['service'] or '-'} · {one['subject']}"
    yield f"    {', '.join(hours)} UTC"
    for step in one["steps"]:
        what = state_in_words(step["state"], reopens=step["reopens"])
        yield f"    {_plain(step['at'])}  {what}  {step['activity'][:40]}  {step['text'][:50]}".rstrip()
    if one["more_steps"]:
        yield "    … " + ngettext("%(n)d more", "%(n)d more", one["more_steps"]) % {"n": one["more_steps"]}


def _plain(iso: str) -> str:
    return iso[:16].replace("T", " ")


def report_lines(report: ImportReport, *, dry_run: bool, names_files: bool) -> Iterator[str]:
    """The counts for the terminal, then each trouble with where the first ones stand."""
    counts = {name: grouped(report[name]) for name in ("rows", "cases", "new", "known", "left_out")}
    yield _("rows %(rows)s, cases %(cases)s: new %(new)s, there already %(known)s, left out %(left_out)s") % counts
    events = events_in_words(report["events"])
    yield _("events %s") % grouped(sum(report["events"].values())) + (f": {events}" if events else "")
    for wait in report["waits"]:
        cause = str(STATES.get(f"waiting {wait['cause']}".strip(), wait["cause"]))
        yield f"{cause}: {grouped(wait['count'])}, {span_in_words(wait['seconds'])}"
    facts = {"n": grouped(report["reopenings"]), "cases": grouped(report["reopened_cases"])}
    yield _("reopenings %(n)s, of %(cases)s cases") % facts
    if report["taken_over"]:
        yield _("open cases registered here %s") % grouped(report["taken_over"])
    if report["attachments"]:
        yield _("attachments %s") % grouped(report["attachments"])
    for judged in report["judged"]:
        yield _("by version %(number)s, %(stretch)s") % {
            "number": report["judged_by"],
            "stretch": judged_in_words(judged),
        }
    if report["created_count"]:
        names = ", ".join(report["created"][:10])
        yield _("companies put on file %(n)s: %(names)s") % {"n": grouped(report["created_count"]), "names": names}
    if dry_run:
        yield _("dry run: nothing was written")
    for trouble in report["troubles"]:
        yield trouble_line(trouble, names_files=names_files)
