"""The report of a shadow day in a folder: a page, a PDF, a workbook, and the film. No file of it asks the network."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from guardia.procedure.vocabulary import Moment
from guardia.shadow.film_facts import MOST_CASES
from guardia.shadow.job import AS_IF, DECLARED, Job
from guardia.shadow.sections import MOST_DAYS, ShadowDay, about, figures, moment_name, name_of, sections_of
from guardia.shadow.workbook import write_workbook
from guardia.web.report.document import ONE_AT_A_TIME, compiled, printable
from guardia.web.report.month import LAYOUT, MonthPaper

HERE = Path(__file__).parent
TOKENS = "guardia/css/tokens.css"
PAGE, PAPER, WORKBOOK, FILM = "report.html", "report.pdf", "report.xlsx", "film.html"
DARKEST = 4
WARNS = 0.5
"""Share of a promise from which it is amber, where the procedure says nothing else."""


def write_report(
    done: Mapping[str, Any],
    jobs: Mapping[str, Job],
    title: str,
    folder: Path,
    language: str,
    at: datetime,
    *,
    stays: bool = False,
) -> Iterator[str]:
    """Write it, and name each file. ``jobs``: first as it was, then what if; ``at``: UTC, its date. Raises OSError.

    ``stays``: the database beside was not deleted.
    """
    plain = next(iter(jobs))
    changes = jobs[AS_IF].changes if AS_IF in jobs else {}
    names = ", ".join(Path(name).name for name in jobs[plain].files)
    day = ShadowDay(done[plain], done.get(AS_IF, {}), title, changes, names, done.get(DECLARED, {}))
    with override(language):
        paper = paper_of(day, language, at, stays)
        (folder / PAGE).write_text(page_of(day, paper), encoding="utf-8")
        (folder / PAPER).write_bytes(pdf_of(paper, at))
        write_workbook(day, folder / WORKBOOK)
        if done["film"]:
            (folder / FILM).write_text(film_of(done["film"], language), encoding="utf-8")
    for name in (PAGE, PAPER, WORKBOOK, *([FILM] if done["film"] else [])):
        yield f"  {folder / name}"


# --- paper ------------------------------------------------------------------------------------------------------------
def paper_of(day: ShadowDay, language: str, at: datetime, stays: bool = False) -> MonthPaper:
    """The layout of the monthly report serves: a head, the largest numbers, tables."""
    return MonthPaper(
        language=language,
        title=_("Shadow day"),
        operator=day.title,
        number="",
        subject=_("What the procedure would have promised, notified and paged"),
        banner="",
        zone=_("All times: %s.") % day.found["zone"],
        about=about(day),
        figures=figures(day),
        sections=sections_of(day),
        notes=[
            _("Replayed in a separate database, which was kept. Nothing was sent to anybody.")
            if stays
            else _("Replayed in a separate database, which was deleted afterwards. Nothing was sent to anybody.")
        ],
        log="",
        written=_("Written %(hour)s.") % {"hour": day.hour(at.isoformat())},
    )


def pdf_of(paper: MonthPaper, at: datetime) -> bytes:
    """Raises typst.TypstError."""
    report = json.dumps(printable(asdict(paper)), ensure_ascii=False)
    with ONE_AT_A_TIME:
        return compiled({"report": report}, round(at.timestamp()), LAYOUT)


# --- page -------------------------------------------------------------------------------------------------------------
def page_of(day: ShadowDay, paper: MonthPaper) -> str:
    ways = [(PAPER, "PDF"), (WORKBOOK, _("Workbook")), (FILM, _("Film of the busiest day, at 60 ×"))]
    context = {
        "report": paper,
        "styles": styles("report.css"),
        "ways": ways,
        "heat": heat(day),
        "hours": [f"{hour:02}" for hour in range(24)],
    }
    return render_to_string("shadow/report.html", context)


def heat(day: ShadowDay) -> list[tuple[str, list[tuple[int, int]]]]:
    """Openings by day and hour, with how dark each is, from 0 to 4; of many days by weekday."""
    rows: dict[str, list[int]] = {}
    days = sorted(day.found["heat"].items())
    for date, hours in days:
        at = datetime.fromisoformat(date)
        name = date_format(at, "D j M") if len(days) <= MOST_DAYS else date_format(at, "l")
        rows[name] = [a + b for a, b in zip(rows.get(name, [0] * 24), hours, strict=True)]
    most = max((number for hours in rows.values() for number in hours), default=0) or 1
    return [(name, [(number, -(-DARKEST * number // most)) for number in hours]) for name, hours in rows.items()]


def styles(name: str) -> str:
    """The colours of every page of ours, and those of this one; they are our own files."""
    return mark_safe(Path(str(finders.find(TOKENS))).read_text("utf-8") + (HERE / name).read_text("utf-8"))


# --- film -------------------------------------------------------------------------------------------------------------
def film_of(film: Mapping[str, Any], language: str) -> str:
    """One page with its data and its script in it; a browser runs no other script (its hash stands in the policy)."""
    script = (HERE / "film.js").read_text("utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    context = {
        "language": language,
        "day": date_format(datetime.fromisoformat(film["day"]), "j M Y"),
        "zone": film["zone"],
        "left_out": film["left_out"],
        "most": MOST_CASES,
        "styles": styles("film.css"),
        "script": mark_safe(script),
        "script_hash": mark_safe(f"sha256-{digest}"),
        "film": in_a_script({**film, "warns": WARNS, "words": film_words(film)}),
    }
    return render_to_string("shadow/film.html", context)


def in_a_script(value: Any) -> str:
    """JSON that ends no element of the page, whatever stands in it."""
    written = json.dumps(value, ensure_ascii=False)
    escaped = written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return mark_safe(escaped)


def film_words(film: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "open": _("Open cases"),
        "late": _("With a promise overdue"),
        "letters": _("Notices"),
        "pages": _("Pages and calls"),
        "page": _("Page to level"),
        "call": _("Call to level"),
        "play": _("Play"),
        "pause": _("Pause"),
        "kinds": {kind: name_of(kind) for kind in {clock[1] for clock in film["clocks"]}},
        "moments": {each[3]: moment_name(each[3]) for each in film["happens"] if each[3] in tuple(Moment)},
    }
