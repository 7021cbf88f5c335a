"""The panorama: the whole in pictures, each with the rows behind it and as a file (reports; a supervisor's page)."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guardia.cases.number import grouped
from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.people.policy import Right, may
from guardia.reports import panorama_sending
from guardia.reports.panorama_rows import Line, NoSuchMark, rows_behind
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page, say
from guardia.web.desk.panorama.paper import pdf_of, png_of_picture
from guardia.web.desk.panorama.picture import Picture, workbook_of
from guardia.web.desk.panorama.pictures import PICTURES, picture_of, pictures_of
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.shared import drawing
from guardia.web.shared.audit import exported

looks = needs(Right.SEE_REPORTS)
PDF, PNG, SVG = "application/pdf", "image/png", "image/svg+xml"
KEPT, BROKEN = "kept", "breached"


@looks
@require_safe
@from_replica
def panorama(request: HttpRequest) -> HttpResponse:
    """Every picture; none is asked for again by itself, so that a page left open costs nothing."""
    at = now()
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "panorama",
        "pictures": pictures_of(at),
        "as_of": localtime(at),
        "leaves": leaves_words(),
        "may_try": may(member(request), Right.SUPERVISE),
    }
    return page(request, "desk/panorama/panorama.html", context)


def leaves_words() -> str:
    """How often the letter leaves by itself, in words."""
    facts = {"hour": f"{settings.PANORAMA_HOUR:02}:00", "zone": settings.PANORAMA_ZONE}
    match settings.PANORAMA_MAIL:
        case panorama_sending.WEEKLY:
            return _("It is emailed every Monday at %(hour)s (%(zone)s).") % facts
        case panorama_sending.MONTHLY:
            return _("It is emailed on the first of each month at %(hour)s (%(zone)s).") % facts
    return _("It is not emailed automatically; whoever runs the installation can have it sent each week or month.")


@looks
@require_safe
@from_replica
def panorama_rows(request: HttpRequest) -> HttpResponse:
    """The cases, calls or promises behind one mark, as they are now."""
    at = now()
    try:
        found = rows_behind(request.GET.dict(), at)
    except NoSuchMark:
        raise Http404 from None
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "panorama",
        "title": title_of(request.GET["que"]),
        "rows": [row_of(line) for line in found.lines],
        "count": found.count,
        "hidden": found.count - len(found.lines),
        "has_verdict": any(line.verdict for line in found.lines),
    }
    return page(request, "desk/panorama/rows.html", context)


def title_of(what: str) -> str:
    titles = {
        "abiertos": _("Open cases at this hour"),
        "llamadas": _("Calls of this hour"),
        "edad": _("Open cases of this age"),
        "plazo": _("Promises decided in this week"),
        "servicio": _("Cases that affected the service on this day"),
        "causa": _("Cases with this fault"),
        "sede": _("Incidents of the site in thirty days"),
        "carga": _("Assigned cases"),
        "turno": _("Incidents opened in this shift"),
        "reposicion": _("Incidents closed in this week"),
    }
    return titles[what]


def row_of(line: Line) -> dict[str, object]:
    verdicts = {KEPT: _("kept"), BROKEN: _("late")}
    return {
        "number": grouped(line.number) if line.number else _("call"),
        "href": reverse("case", args=[line.number]) if line.number else "",
        "company": line.company or _("Unknown caller"),
        "subject": line.subject,
        "began_at": localtime(line.began_at),
        "ended_at": localtime(line.ended_at) if line.ended_at else None,
        "verdict": verdicts.get(line.verdict, ""),
        "is_late": line.verdict == BROKEN,
    }


# --- files ------------------------------------------------------------------------------------------------------------
def svg_of(picture: Picture) -> bytes:
    return drawing.file_of(picture.drawing).encode() if picture.drawing else b""


FORMS: dict[str, tuple[str, Callable[[Picture], bytes]]] = {
    "svg": (SVG, svg_of),
    "png": (PNG, png_of_picture),
    "xlsx": (XLSX, lambda picture: workbook_of([picture])),
}


@looks
@require_safe
@file_from_replica
def panorama_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """One picture as PNG, SVG or XLSX; one with nothing to draw has no picture file."""
    if key not in PICTURES or form not in FORMS:
        raise Http404
    at = now()
    kind, make = FORMS[form]
    content = make(picture_of(key, at))
    if not content:
        raise Http404
    exported(request, "panorama", key, form=form)
    return download(content, kind, f"panorama-{key}-{localtime(at):%Y-%m-%d}.{form}")


@looks
@require_safe
@file_from_replica
def panorama_whole(request: HttpRequest, form: str) -> HttpResponse:
    """All pictures in one file: PDF, or a workbook with a sheet for each."""
    at = now()
    whole: dict[str, tuple[str, Callable[[], bytes]]] = {
        "pdf": (PDF, lambda: pdf_of(at)),
        "xlsx": (XLSX, lambda: workbook_of(pictures_of(at))),
    }
    if form not in whole:
        raise Http404
    kind, make = whole[form]
    exported(request, "panorama", "", form=form)
    return download(make(), kind, f"panorama-{localtime(at):%Y-%m-%d}.{form}")


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


# --- trial ------------------------------------------------------------------------------------------------------------
@needs(Right.SUPERVISE)
@require_POST
def panorama_trial(request: HttpRequest) -> HttpResponse:
    """The letter, now, to whoever presses the button and to nobody else."""
    if member(request).is_reachable and panorama_sending.send_trial(member(request), now()):
        say(request, _("The email is on its way to you."))
    else:
        say(request, _("We have no address on record to which an email could be sent."))
    return redirect("panorama")


urlpatterns = [
    path("panorama", panorama, name="panorama"),
    path("panorama/prueba", panorama_trial, name="panorama_trial"),
    path("panorama/filas", panorama_rows, name="panorama_rows"),
    path("panorama/todo.<slug:form>", panorama_whole, name="panorama_whole"),
    path("panorama/<slug:key>.<slug:form>", panorama_file, name="panorama_file"),
]
