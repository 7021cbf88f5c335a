"""The report of a shadow day in words, in the active language: one document, which page, paper and workbook share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guardia.cases.labels import CLOCK_NAMES
from guardia.events.kinds import KINDS
from guardia.notices.wording.hours import lasting
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.shadow import by_whom_section, engineer_section, outage_section
from guardia.shadow.in_short import in_short
from guardia.shadow.judgement import NO_CASE_LASTS
from guardia.shadow.unjudged import left_out, unjudged
from guardia.web.report.shape import DASH, Figure, Pair, Section, Table

PAGES = pgettext_lazy("escalation", "Pages")
BUSIEST = 24
MOST_WORST_EVENTS = 40
MOST_DAYS = 31


@dataclass(frozen=True)
class ShadowDay:
    """What the replays found; ``as_if`` and ``declared`` are empty where nobody asked what if.

    ``changes``: seconds by kind of clock, of ``as_if``; in ``declared`` outages are.
    """

    done: Mapping[str, Any]
    as_if: Mapping[str, Any]
    title: str
    changes: Mapping[str, int]
    file: str
    declared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> Mapping[str, Any]:
        return self.done["findings"]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.found["zone"])

    def hour(self, at: str, form: str = "j M Y H:i") -> str:
        return date_format(datetime.fromisoformat(at).astimezone(self.zone), form)


def sections_of(day: ShadowDay) -> list[Section]:
    whom, outages = by_whom_section.section_of, outage_section.section_of
    parts = (what_if, engineers, promises, together, companies, whom, letters, pages, outages, load, worst)
    found = [section for part in parts if (section := part(day))]
    found.insert(sum(section.key in ("what-if", "engineers") for section in found), not_judged(day))
    return [Section("in-short", _("In short"), list(in_short(day))), *found, of_the_file(day)]


def name_of(kind: str) -> str:
    short, owed = map(str, CLOCK_NAMES[ClockKind(kind)])
    return f"{short}: {owed}"


def moment_name(moment: str) -> str:
    return str(KINDS[Moment(moment)].name)


def in_order(found: Mapping[str, Any]) -> list[str]:
    """The kinds of the promises in the order of the stages."""
    return [kind.value for kind in CLOCK_NAMES if kind.value in found["promises"]]


def target(tally: Mapping[str, Any]) -> str:
    seconds = tally["target"]
    return lasting(seconds) if seconds and seconds < NO_CASE_LASTS.total_seconds() else DASH


def count(number: int) -> str:
    return number_format(number, force_grouping=True)


def unsure(tally: Mapping[str, Any]) -> str:
    """``40 (35 surely kept)``."""
    if not tally["surely_kept"]:
        return count(tally["not_judged"])
    words = _("%(n)s (%(sure)s certainly kept)")
    return words % {"n": count(tally["not_judged"]), "sure": count(tally["surely_kept"])}


# --- head -------------------------------------------------------------------------------------------------------------
def figures(day: ShadowDay) -> list[Figure]:
    found = day.found
    kept, broken = (sum(tally[name] for tally in found["promises"].values()) for name in ("kept", "broken"))
    judged = _("%(kept)s of %(all)s") % {"kept": count(kept), "all": count(kept + broken)} if kept + broken else DASH
    return [
        Figure(_("Cases"), count(found["cases"])),
        Figure(_("Promises kept, of those evaluated"), judged),
        Figure(_("Notices due"), count(sum(found["letters"].values()) + found["news_owed"])),
        Figure(str(PAGES), count(sum(found["pages"].values()) + sum(found["doubtful_pages"].values()))),
    ]


def about(day: ShadowDay) -> list[Pair]:
    pairs = [Pair(_("File"), day.file), Pair(_("Procedure"), day.title)]
    if day.done["first_at"]:
        pairs.append(Pair(_("From and to"), f"{day.hour(day.done['first_at'])} – {day.hour(day.done['last_at'])}"))
    for kind, seconds in day.changes.items():
        words = _("%(promise)s: %(now)s instead of %(was)s")
        was = target(day.found["promises"].get(kind, {"target": None}))
        pairs.append(Pair(_("What if"), words % {"promise": name_of(kind), "now": lasting(seconds), "was": was}))
    return pairs


# --- promises ---------------------------------------------------------------------------------------------------------
def promises(day: ShadowDay) -> Section:
    head = (_("Promise"), _("Promised"), _("Kept"), _("Broken"), _("Not evaluated"), _("Total overrun"), _("Worst"))
    rows = [promise_row(kind, day.found["promises"][kind]) for kind in in_order(day.found)]
    said = [_("Only what the file's own times decide is evaluated; a promise that depends on an assumed time is not.")]
    return Section("promises", _("Promises"), said, tables=[Table(head, rows, (6, 3, 2, 2, 4, 3, 3))])


def promise_row(kind: str, tally: Mapping[str, Any]) -> list[str]:
    over = [lasting(tally[name]) if tally["broken"] else DASH for name in ("over", "worst")]
    return [name_of(kind), target(tally), count(tally["kept"]), count(tally["broken"]), unsure(tally), *over]


def together(day: ShadowDay) -> Section:
    head = (_("Promises combined"), _("They allow"), _("Within it"), _("At least one certainly broken"), _("Not known"))
    names = {
        "restored": _("From the opening until the service was back (P3, P4)"),
        "closed": _("From there until the closing (P5 to P7)"),
    }
    rows = [
        [names[key], lasting(each["allowed"]), *(count(each[name]) for name in ("within", "over", "unknown"))]
        for key, each in day.found["together"].items()
    ]
    said = [
        _(
            "A case that took longer than all these promises allow when added up has broken one of them, "
            "whatever the file leaves unsaid. Every wait in the file is excluded; a visit counts as one to an "
            "intermediate city."
        )
    ]
    return Section("together", _("Taken together"), said, tables=[Table(head, rows, (6, 3, 2, 4, 2))])


def what_if(day: ShadowDay) -> Section | None:
    if not day.as_if:
        return None
    was, now = day.found, day.as_if["findings"]
    head = (
        _("Promise"),
        _("Broken, today"),
        _("Broken, with the change"),
        _("Not evaluated, today"),
        _("Not evaluated, with the change"),
    )
    rows = [
        [name_of(kind), *(count(each["promises"][kind]["broken"]) for each in (was, now))]
        + [unsure(each["promises"][kind]) for each in (was, now)]
        for kind in in_order(was)
        if kind in now["promises"]
    ]
    for words, of in (
        (str(PAGES), all_pages),
        (_("Calls"), all_calls),
        (_("Notices due"), all_letters),
    ):
        rows.append([words, *(count(of(each)) for each in (was, now)), DASH, DASH])
    return Section("what-if", _("What if"), tables=[Table(head, rows, (6, 3, 3, 4, 4))])


def all_pages(found: Mapping[str, Any]) -> int:
    return sum(found["pages"].values()) + sum(found["doubtful_pages"].values())


def all_calls(found: Mapping[str, Any]) -> int:
    return int(found["calls"] + found["doubtful_calls"])


def all_letters(found: Mapping[str, Any]) -> int:
    return int(sum(found["letters"].values()) + found["news_owed"])


def engineers(day: ShadowDay) -> Section | None:
    return engineer_section.section_of(day.done.get("engineers"), day.as_if.get("engineers"))


# --- for whom ----------------------------------------------------------------------------------------------
def companies(day: ShadowDay) -> Section:
    head = (
        _("Company"),
        _("Cases"),
        _("Kept"),
        _("Broken"),
        _("Not evaluated"),
        _("Notices"),
        str(PAGES),
    )
    ranked = sorted(
        day.found["companies"].items(), key=lambda each: (-each[1]["promises"]["broken"], -each[1]["cases"])
    )
    rows = []
    for name, each in ranked[:MOST_COMPANIES]:
        tally = each["promises"]
        numbers = (each["cases"], tally["kept"], tally["broken"], tally["not_judged"], each["letters"], each["pages"])
        rows.append([name, *map(count, numbers)])
    notes = [more_rows(len(ranked) - MOST_COMPANIES)] if len(ranked) > MOST_COMPANIES else []
    return Section(
        "companies", _("For which companies"), tables=[Table(head, rows, (6, 2, 2, 2, 3, 2, 2))], notes=notes
    )


MOST_COMPANIES = 40


def more_rows(number: int) -> str:
    return _("%d more are in the workbook.") % number


# --- letters, pages ---------------------------------------------------------------------------------------------------
def letters(day: ShadowDay) -> Section:
    head = (_("What the customer would have been told"), _("Notices"))
    names = {Moment.NEWS_SENT.value: _("News in between")}
    rows = [[names.get(moment, moment_name(moment)), count(n)] for moment, n in day.found["letters"].items()]
    if day.found["news_owed"]:
        rows.append([_("News in between, due by time alone"), count(day.found["news_owed"])])
    return Section("letters", _("Notices"), tables=[Table(head, rows, (8, 2))])


def pages(day: ShadowDay) -> Section:
    found = day.found
    head = (_("Who would have been paged"), _("For evaluated promises"), _("For promises not evaluated"))
    levels = sorted({*found["pages"], *found["doubtful_pages"]})
    rows = [
        [_("Level %s") % level, *(count(found[name].get(level, 0)) for name in ("pages", "doubtful_pages"))]
        for level in levels
    ]
    rows.append([_("Calls to make at night (E5)"), count(found["calls"]), count(found["doubtful_calls"])])
    by_hour = found["pages_by_hour"]
    hours = Table(
        [_("Hour"), *(f"{hour:02}" for hour in range(12))],
        [[str(PAGES), *map(str, by_hour[:12])]],
        (3, *[1] * 12),
    )
    later = Table(
        [_("Hour"), *(f"{hour:02}" for hour in range(12, 24))],
        [[str(PAGES), *map(str, by_hour[12:])]],
        (3, *[1] * 12),
    )
    said = [
        _("The page for a promise that is not evaluated goes out only if its event was recorded as late as possible.")
    ]
    return Section("pages", _("Pages and calls"), said, tables=[Table(head, rows, (5, 4, 4)), hours, later])


# --- load -------------------------------------------------------------------------------------------------------------
def load(day: ShadowDay) -> Section:
    head = (_("Hour"), _("Open at once"), _("Engineers needed"))
    busiest = sorted(day.found["hours"], key=lambda hour: (-hour[2], -hour[1], hour[0]))[:BUSIEST]
    rows = [[day.hour(at), count(most), count(needed)] for at, most, needed in sorted(busiest)]
    said = [
        _(
            "Engineers needed: how many cases were in diagnosis or execution and not waiting for anybody, on "
            "average over the hour, rounded up; as if each engineer worked on one case at a time. The busiest "
            "hours are listed."
        )
    ]
    return Section("load", _("Busiest hours"), said, tables=[Table(head, rows, (5, 3, 3))])


# --- the worst --------------------------------------------------------------------------------------------------------
def worst(day: ShadowDay) -> Section | None:
    if not day.found["worst"]:
        return None
    tables = [Table((heading, ""), list(course(day, case)), (3, 8)) for heading, case in worst_cases(day)]
    said = [_("~ marks what depends on a time that the file does not give and that is assumed.")]
    return Section("worst", _("The worst cases, minute by minute"), said, tables=tables)


def worst_cases(day: ShadowDay) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for case in day.found["worst"]:
        over = " · " + _("over by %s") % lasting(case["over"]) if case["over"] else ""
        yield f"{case['number']} · {case['company']}{over}", case


def course(day: ShadowDay, case: Mapping[str, Any]) -> Iterator[list[str]]:
    for at, moment, _variant, facts, is_assumed in case["course"][:MOST_WORST_EVENTS]:
        about_it = [name_of(facts["clock"])] if facts.get("clock") in tuple(ClockKind) else []
        about_it += [_("Level %s") % facts["level"]] if "level" in facts else []
        about_it += facts.get("names", ())
        words = " · ".join([moment_name(moment), *about_it])
        yield [("~ " if is_assumed else "") + day.hour(at, "j M H:i:s"), words]
    if (more := len(case["course"]) - MOST_WORST_EVENTS) > 0:
        yield [DASH, _("and %d more") % more]


# --- what it is not ---------------------------------------------------------------------------------------------------
def not_judged(day: ShadowDay) -> Section:
    return Section("not-judged", _("What cannot be evaluated, and what was assumed"), said=list(unjudged(day.done)))


def of_the_file(day: ShadowDay) -> Section:
    done = day.done
    pairs = [Pair(_("Rows"), count(done["rows"])), Pair(_("Cases replayed"), count(day.found["cases"]))]
    lines: Sequence[str] = [left_out(done), *done["left_out"]] if done["left_out"] else []
    return Section("file", _("The file"), said=[*(f"{label}: {value}" for label, value in pairs), *lines])
