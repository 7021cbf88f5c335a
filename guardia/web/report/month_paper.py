"""The month of a company on paper, in the active language: A4, tagged (PDF/UA-1), from the frozen report alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from guardia.notices.month_told import MonthTold
from guardia.notices.wording.month_said import hour, lasting, month_words, percent
from guardia.notices.wording.monthly import figures, headline
from guardia.web.report.month_sections import sections_of
from guardia.web.report.pdf import ONE_AT_A_TIME, compiled, printable
from guardia.web.report.shape import Figure, Pair, Section

LAYOUT = Path(__file__).with_name("month.typ")


@dataclass(frozen=True)
class MonthPaper:
    """``banner`` says what the report is not, or lacks; ``about`` is the month in numbers, a label each."""

    language: str
    title: str
    operator: str
    number: str
    subject: str
    banner: str
    zone: str
    about: Sequence[Pair]
    figures: Sequence[Figure]
    sections: Sequence[Section]
    notes: Sequence[str]
    written: str


def month_pdf(month: MonthTold, at: datetime) -> bytes:
    """The bytes of the PDF; ``at`` (UTC) is its date. Raises typst.TypstError."""
    report = json.dumps(printable(asdict(paper_of(month, at))), ensure_ascii=False)
    with ONE_AT_A_TIME:
        return compiled({"report": report}, round(at.timestamp()), LAYOUT)


def paper_of(month: MonthTold, at: datetime) -> MonthPaper:
    local = at.astimezone(ZoneInfo(month.zone))
    return MonthPaper(
        language=get_language() or "es",
        title=_("Monthly report"),
        operator=month.operator,
        number=month_words(month),
        subject=month.company,
        banner="\n".join(banner(month)),
        zone=_("All hours: %s.") % month.zone,
        about=[Pair(*each) for each in figures(month)],
        figures=largest(month),
        sections=sections_of(month),
        notes=notes(month),
        written=_("Written %(hour)s.") % {"hour": f"{date_format(local, 'j M Y H:i')}"},
    )


def banner(month: MonthTold) -> list[str]:
    lines = [headline(month)] if month.is_quiet else []
    if month.lasts:
        lines.append(_("The month is not over: the figures reach until %s.") % hour(month, month.until))
    if month.left_off:
        more = ngettext("%(n)d more row stands in no table.", "%(n)d more rows stand in no table.", month.left_off)
        lines.append(more % {"n": month.left_off})
    return lines


def largest(month: MonthTold) -> list[Figure]:
    kept = _("%(kept)d of %(all)d") % {"kept": month.kept, "all": month.judged} if month.judged else "–"
    return [
        Figure(_("Availability"), percent(month.percent)),
        Figure(_("Affected time"), lasting(month.down)),
        Figure(_("Promises kept"), kept),
    ]


def notes(month: MonthTold) -> list[str]:
    """How it was counted, and what was not."""
    lines = [
        _(
            "A promise counts in the month in which it ended or, if broken, fell due. Affected time counts within the "
            "month, less what was left out as agreed."
        )
    ]
    if month.duplicates:
        lines.append(
            ngettext(
                "%(n)d case ended as the duplicate of another: what it promised counts with that one alone.",
                "%(n)d cases ended as duplicates of others: what they promised counts with those alone.",
                month.duplicates,
            )
            % {"n": month.duplicates}
        )
    if month.withdrawn:
        lines.append(
            ngettext(
                "%(n)d case was withdrawn: it has no affected time; what had been decided until then counts.",
                "%(n)d cases were withdrawn: they have no affected time; what had been decided until then counts.",
                month.withdrawn,
            )
            % {"n": month.withdrawn}
        )
    return lines
