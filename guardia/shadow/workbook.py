"""The report as a workbook: promises, companies, the worst cases and every hour, as numbers that can be counted on."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from guardia.shadow.sections import PAGES, ShadowDay, in_order, moment_name, name_of
from guardia.shadow.unjudged import unjudged
from guardia.web.desk.reports.workbook import Sheet, formats_of, new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook


def write_workbook(day: ShadowDay, file: Path) -> None:
    """Raises OSError."""
    with new_book(str(file)) as book:
        formats = formats_of(book)
        promises(book, formats, day)
        companies(book, formats, day)
        by_whom(book, formats, day)
        outages(book, formats, day)
        engineers(book, formats, day)
        hours(book, formats, day)
        worst(book, formats, day)
        sheet = Sheet(book, _("Not evaluated"), [(_("What cannot be evaluated, and what was assumed"), 120)], formats)
        for words in unjudged(day.done):
            sheet.add(words)


def tally_columns() -> list[tuple[str, int]]:
    return [(_("Kept"), 10), (_("Broken"), 10), (_("Not evaluated"), 12), (_("Of these surely kept"), 14)]


def numbers_of(tally: Any) -> list[object]:
    return [tally["kept"], tally["broken"], tally["not_judged"], tally["surely_kept"]]


def promises(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    columns = [(_("Replay"), 14), (_("Promise"), 36), *tally_columns(), (_("Total overrun"), 14), (_("Worst"), 14)]
    sheet = Sheet(book, _("Promises"), columns, formats)
    replays = [(_("as it is"), day.found)]
    if day.as_if:
        replays.append((_("as if"), day.as_if["findings"]))
    for name, found in replays:
        for kind in in_order(found):
            tally = found["promises"][kind]
            over = [timedelta(seconds=tally[each]) for each in ("over", "worst")]
            sheet.add(name, name_of(kind), *numbers_of(tally), *over)


def companies(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    columns = [
        (_("Company"), 40),
        (_("Cases"), 10),
        *tally_columns(),
        (_("Notices"), 10),
        (str(PAGES), 10),
    ]
    sheet = Sheet(book, _("Companies"), columns, formats)
    for name, each in sorted(day.found["companies"].items()):
        sheet.add(name, each["cases"], *numbers_of(each["promises"]), each["letters"], each["pages"])


def by_whom(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    """Shifts, people of the file, and who was on call, one below the other: what is not known of one stays empty."""
    columns = [
        (_("By whom"), 20),
        (_("Name"), 32),
        (_("Levels"), 10),
        (_("Cases opened"), 14),
        (_("Broken promises"), 18),
        (str(PAGES), 10),
        (_("For promises not evaluated"), 18),
    ]
    sheet = Sheet(book, _("By whom"), columns, formats)
    whom = day.found["by_whom"]
    for name, of in whom["shifts"].items():
        sheet.add(_("Shift"), name, "", of["cases"], of["broken"], of["pages"])
    for name, broken in day.found["people"].items():
        sheet.add(_("Who did what ended it"), name, "", "", broken)
    for each in whom["on_call"]:
        levels = ", ".join(map(str, each["levels"]))
        numbers = each["promises"], each["pages"], each["doubtful_pages"]
        sheet.add(_("On call by the rota"), each["name"], levels, "", *numbers)


def outages(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    columns = [
        (_("What fails"), 32),
        (_("Proposed (%s)") % day.found["zone"], 22),
        (_("Cases"), 10),
        (_("Companies"), 12),
        (str(PAGES), 10),
        (_("Calls"), 10),
        (_("Notices"), 10),
        (_("News to write"), 14),
        (_("Which cases"), 60),
    ]
    sheet = Sheet(book, _("Outages"), columns, formats)
    for each in day.found["outages"]:
        numbers = (len(each["cases"]), *(each[name] for name in ("companies", "pages", "calls", "letters", "news")))
        sheet.add(each["name"], in_zone(day, each["proposed_at"]), *numbers, ", ".join(each["cases"]))


def engineers(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    """Only where somebody asks, and the file allows an answer."""
    queue = day.done.get("engineers")
    if not queue or queue["refusal"]:
        return
    others = " · ".join(queue["rules"])
    columns = [
        (_("Hour of the day"), 16),
        (_("Working"), 12),
        (others, 20),
    ]
    sheet = Sheet(book, _("Engineers"), columns, formats)
    for hour, (same, other) in enumerate(queue["hours"]):
        sheet.add(f"{hour:02}", f"{same:g}", f"{other:g}")


def hours(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    columns = [(_("Time (%s)") % day.found["zone"], 22), (_("Open at once"), 16), (_("Engineers needed"), 20)]
    sheet = Sheet(book, _("Hours"), columns, formats)
    for at, most, needed in day.found["hours"]:
        sheet.add(in_zone(day, at), most, needed)


def worst(book: "Workbook", formats: dict[str, Any], day: ShadowDay) -> None:
    columns = [
        (_("Case"), 16),
        (_("Company"), 32),
        (_("Time (%s)") % day.found["zone"], 22),
        (_("What happened"), 36),
        (_("Promise"), 30),
        (_("Depends on an assumed time"), 16),
    ]
    sheet = Sheet(book, _("The worst"), columns, formats)
    for case in day.found["worst"]:
        for at, moment, _variant, facts, is_assumed in case["course"]:
            clock = facts.get("clock")
            promise = name_of(clock) if clock else ""
            assumed = _("yes") if is_assumed else ""
            sheet.add(case["number"], case["company"], in_zone(day, at), moment_name(moment), promise, assumed)


def in_zone(day: ShadowDay, at: str) -> datetime:
    """As the sheet writes it: by the hours of the procedure's zone."""
    return datetime.fromisoformat(at).astimezone(day.zone)
