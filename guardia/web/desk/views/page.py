"""Saved views: kept under a name, put in order, shared with the desk, deleted and taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import saved_views
from guardia.cases.refusals import Refused
from guardia.cases.saved_view import SavedView
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.filtering import chosen_words
from guardia.web.desk.looking import saved_looking
from guardia.web.desk.page import Undo, page, say
from guardia.web.desk.shell import shell_for, view_names

TEMPLATE = "desk/views/views.html"


@dataclass(frozen=True, slots=True)
class ViewRow:
    pk: int
    name: str
    href: str
    says: str
    shared: bool
    is_mine: bool
    is_default: bool
    owner: str


@needs(Right.SEE_DESK)
def views(request: DeskRequest) -> HttpResponse:
    """GET lists them; POST keeps what the bench shows under a name."""
    if request.method != "POST":
        return shown(request)
    at, name = now(), request.POST.get("name", "")
    try:
        with transaction.atomic():
            shared = request.POST.get("shared") == "1"
            view = saved_views.save(request.POST.dict(), name, by=request.user, at=at, shared=shared)
    except Refused as refusal:
        return shown(request, str(refusal), name)
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
    try:
        with transaction.atomic():
            act(request, view, now())
    except Refused as refusal:
        return shown(request, str(refusal))
    return redirect(saved_looking(view, request.user, now()).href(request.user) if step == "guardar" else "views")


def shown(request: DeskRequest, mistake: str = "", name: str = "") -> HttpResponse:
    at, staff = now(), request.user
    seen = list(saved_views.visible_to(staff).select_related("owner"))
    first = saved_views.default_of(staff)
    rows = [row_of(view, staff, first, at) for view in seen]
    context = {
        "shell": shell_for(request, at, view="saved_views"),
        "mine": [row for row in rows if not row.shared],
        "shared": [row for row in rows if row.shared],
        "may_share": may(staff, Right.SUPERVISE),
        "mistake": mistake,
        "typed": name[:200],
        "asked": saved_views.kept(request.POST.dict()) if mistake and name else {},
    }
    return page(request, TEMPLATE, context, status=422 if mistake else 200)


def row_of(view: SavedView, staff: Staff, first: SavedView | None, at: datetime) -> ViewRow:
    looking = saved_looking(view, staff, at)
    return ViewRow(
        pk=view.pk,
        name=view.name,
        href=looking.href(staff),
        says=" · ".join([view_names()[looking.view], *chosen_words(looking.asked).values()]),
        shared=view.shared,
        is_mine=saved_views.may_edit(view, staff),
        is_default=first is not None and first.pk == view.pk,
        owner=view.owner.name,
    )


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
