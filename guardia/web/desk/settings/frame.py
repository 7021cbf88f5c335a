"""What the pages of the settings share: who may open and who may change, and the frame."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format

from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.signed import LARGEST_ID
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure, ProcedureVersion
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.settings.setting_pages import neighbours, rights_of
from guardia.web.desk.shell import shell_for

looks = needs(Right.SEE_DESK, Right.SUPERVISE)
"""Everybody of the desk reads the settings; supervisors and administrators change them."""
changes = needs(Right.SUPERVISE)


def settings_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of the settings, with the desk's frame and its neighbours."""
    frame = {
        "shell": shell_for(request, now(), view="settings"),
        "tabs": neighbours(tab, rights_of(member(request))),
        "may_change": may_change(request),
    }
    return page(request, f"desk/settings/{template}.html", {**frame, **context}, status=status)


def uncached_page(request: HttpRequest, template: str, context: dict[str, Any], *, tab: str) -> HttpResponse:
    """A page with a secret that is shown this once: kept by no cache, and told to no other page."""
    response = settings_page(request, template, context, tab=tab)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def may_change(request: HttpRequest) -> bool:
    return may(member(request), Right.SUPERVISE)


def version_in_force(at: datetime) -> ProcedureVersion:
    """The version in force. Raises Http404 where none is published: there is nothing to set yet."""
    try:
        return versions.in_force(at)
    except NoProcedure as nothing:
        raise Http404 from nothing


def number_in(written: str) -> int:
    """An id as an address or a form brings it; 0 where it is none."""
    fits = written.isascii() and written.isdigit() and len(written) < 20
    return int(written) if fits and int(written) <= LARGEST_ID else 0


def day_and_hour(at: datetime) -> str:
    """``lun 30/11 08:00``, in the operator's zone."""
    return date_format(at.astimezone(desk_zone()), "D d/m H:i")
