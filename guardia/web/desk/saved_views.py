"""Saved views of the bench: kept under a name, put in order, shared, deleted; and the bench as a spreadsheet."""

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases import queries, saved_views
from guardia.cases.case import Case, Status
from guardia.cases.case_rows import with_visits_and_waits
from guardia.cases.labels import CLOCK_NAMES, name_of_stage
from guardia.cases.saved_views import SavedView
from guardia.config import replica
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.bench_filters import Looking, chosen_words, looking_at, saved_looking
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.entry import DeskRequest
from guardia.web.desk.page import Undo, page, say
from guardia.web.desk.reports.workbook import XLSX, Sheet, formats_of, new_book
from guardia.web.desk.shell import shell_for, view_names
from guardia.web.shared import about
from guardia.web.shared.act import Refusal, attempt

# --- export -----------------------------------------------------------------------------------------------------------
# What the bench shows as a spreadsheet or CSV: the same filters, its rows to a limit, and on record who took it.
MOST = 2000
NOUN = "export"
ACTS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"


@needs(Right.SEE_REPORTS)
@require_POST
def export(request: DeskRequest) -> HttpResponse:
    at, is_csv = now(), request.POST.get("como") == "csv"
    looking = looking_at(request.POST, request.user, at)
    cases = replica.read(request, lambda: cases_of(looking, request.user, at), as_file=True)
    kind = "csv" if is_csv else "xlsx"
    after = {"format": kind, "rows": len(cases), "asked": ", ".join(f"{k}={v}" for k, v in looking.kept.items())}
    put_on_record(NOUN, "bench", None, after, by=request.user, at=at)
    content = as_csv(cases) if is_csv else as_workbook(cases)
    response = HttpResponse(content, content_type=CSV if is_csv else XLSX)
    name = f"guardia-{localtime(at):%Y-%m-%d-%H%M}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def cases_of(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """In the order of the page: what is promised, what waits, what its desk has not opened for; ``MOST`` in all."""
    promised = queries.promised(at, looking.desk)
    ordered = queries.by_impact_first(promised) if looking.order == "impacto" else queries.next_first(promised)
    found: list[Case] = []
    for cases in (ordered, queries.waiting(at, looking.desk), queries.not_open_yet(looking.desk)):
        found += with_visits_and_waits(looking.of(cases, staff, at))[: MOST - len(found)]
    return found


def columns() -> list[tuple[str, int]]:
    zone = settings.TIME_ZONE
    return [
        (_("Case"), 14),
        (_("Company"), 30),
        ("VIP", 6),
        (_("City"), 18),
        (_("Province"), 18),
        (_("Service"), 18),
        (_("Subject"), 40),
        (_("Impact"), 16),
        (_("Stage"), 16),
        (_("State"), 16),
        (_("Promise"), 26),
        (_("Falls due (%s)") % zone, 20),
        (_("Who has it"), 20),
        (_("Opened (%s)") % zone, 20),
        (_("Waiting since (%s)") % zone, 20),
    ]


def cells(case: Case) -> list[object]:
    promise = ": ".join(map(str, CLOCK_NAMES[ClockKind(case.next_kind)])) if case.next_kind else ""
    return [
        case.display_number,
        case.customer.name,
        _("yes") if case.customer.vip else "",
        about.city(case),
        case.site.city.province if case.site else "",
        about.circuit(case),
        case.subject,
        about.impact_word(case),
        name_of_stage(case.stage),
        str(Status(case.status).label),
        promise,
        case.next_due_at,
        case.assigned.name if case.assigned else "",
        case.opened_at,
        case.waiting_since,
    ]


def as_workbook(cases: Sequence[Case]) -> bytes:
    file = BytesIO()
    with new_book(file) as book:
        sheet = Sheet(book, _("Cases"), columns(), formats_of(book))
        for case in cases:
            sheet.add(*cells(case))
    return file.getvalue()


def as_csv(cases: Sequence[Case]) -> bytes:
    """With the mark by which spreadsheets know UTF-8; no text of it acts as a formula."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow([words for words, _width in columns()])
    writer.writerows([[without_formula(cell) for cell in cells(case)] for case in cases])
    return file.getvalue().encode("utf-8-sig")


def without_formula(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    words = str(cell)
    return f"'{words}" if words.startswith(ACTS_AS_FORMULA) else words


# --- page -------------------------------------------------------------------------------------------------------------
TEMPLATE = "desk/views/views.html"


@needs(Right.SEE_DESK)
def views(request: DeskRequest) -> HttpResponse:
    """GET lists them; POST keeps what the bench shows under a name."""
    if request.method != "POST":
        return views_page(request)
    at, name = now(), request.POST.get("name", "")
    shared = request.POST.get("shared") == "1"
    view = attempt(lambda: saved_views.save(request.POST.dict(), name, by=request.user, at=at, shared=shared))
    if isinstance(view, Refusal):
        return views_page(request, view.sentence, name)
    say(request, _("“%(name)s” is saved.") % {"name": view.name}, undo=step_undo(view, "borrar"))
    return redirect(saved_looking(view, request.user, at).href(request.user))


@needs(Right.SEE_DESK)
def view_step(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """One step of one view. What is somebody else's is not found; what may not be changed says why."""
    view, act = saved_views.seen_by(pk, request.user), STEPS.get(step)
    if view is None or act is None or (view.deleted_at and step != "recuperar"):
        raise Http404
    if request.method != "POST":
        return redirect("views")
    done = attempt(lambda: act(request, view, now()))
    if isinstance(done, Refusal):
        return views_page(request, done.sentence)
    return redirect(saved_looking(view, request.user, now()).href(request.user) if step == "guardar" else "views")


def views_page(request: DeskRequest, mistake: str = "", name: str = "") -> HttpResponse:
    at, staff = now(), request.user
    seen = saved_views.with_owners(staff)
    first = saved_views.default_of(staff)
    rows = [row_of(view, staff, first, at) for view in seen]
    context = {
        "shell": shell_for(request, at, view="saved_views"),
        "mine": [row for row in rows if not row["shared"]],
        "shared": [row for row in rows if row["shared"]],
        "may_share": may(staff, Right.SUPERVISE),
        "mistake": mistake,
        "typed": name[:200],
        "asked": saved_views.filters_to_store(request.POST.dict()) if mistake and name else {},
    }
    return page(request, TEMPLATE, context, status=422 if mistake else 200)


def row_of(view: SavedView, staff: Staff, first: SavedView | None, at: datetime) -> dict[str, Any]:
    looking = saved_looking(view, staff, at)
    return {
        "pk": view.pk,
        "name": view.name,
        "href": looking.href(staff),
        "says": " · ".join([view_names()[looking.view], *chosen_words(looking.asked).values()]),
        "shared": view.shared,
        "is_mine": saved_views.may_edit(view, staff),
        "is_default": first is not None and first.pk == view.pk,
        "owner": view.owner.name,
    }


def step_undo(view: SavedView, step: str) -> Undo:
    return Undo(reverse("view_step", args=[view.pk, step]), "view", str(view.pk))


def rename(request: DeskRequest, view: SavedView, at: datetime) -> None:
    saved_views.rename(view, request.POST.get("name", ""), by=request.user, at=at)
    say(request, _("“%(name)s” is saved.") % {"name": view.name})


def keep(request: DeskRequest, view: SavedView, at: datetime) -> None:
    saved_views.keep_as(view, request.POST.dict(), by=request.user, at=at)
    say(request, _("“%(name)s” is saved.") % {"name": view.name})


def share(request: DeskRequest, view: SavedView, at: datetime) -> None:
    saved_views.share(view, not view.shared, by=request.user, at=at)
    words = _("Everybody sees “%(name)s”.") if view.shared else _("Only %(who)s sees “%(name)s” now.")
    say(request, words % {"name": view.name, "who": view.owner.name})


def delete(request: DeskRequest, view: SavedView, at: datetime) -> None:
    saved_views.delete(view, by=request.user, at=at)
    say(request, _("“%(name)s” is deleted.") % {"name": view.name}, undo=step_undo(view, "recuperar"))


def restore(request: DeskRequest, view: SavedView, at: datetime) -> None:
    saved_views.restore(view, by=request.user, at=at)
    say(request, _("“%(name)s” is back.") % {"name": view.name})


def begin(request: DeskRequest, view: SavedView, at: datetime) -> None:
    first = saved_views.default_of(request.user)
    saved_views.begin_with(None if first and first.pk == view.pk else view, by=request.user)


STEPS: dict[str, Callable[[DeskRequest, SavedView, datetime], None]] = {
    "nombre": rename,
    "guardar": keep,
    "subir": lambda request, view, at: saved_views.move(view, -1, by=request.user),
    "bajar": lambda request, view, at: saved_views.move(view, 1, by=request.user),
    "compartir": share,
    "borrar": delete,
    "recuperar": restore,
    "primera": begin,
}


urlpatterns = [
    path("exportar", export, name="bench_export"),
    path("vistas", views, name="views"),
    path("vistas/<int:pk>/<slug:step>", view_step, name="view_step"),
]
