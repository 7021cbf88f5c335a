"""What the pages of the settings share: who may open and who may change, the frame, and the row of neighbours."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.people.signed import LARGEST_ID
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure, ProcedureVersion
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for

looks = needs(Right.SEE_DESK, Right.SUPERVISE)
"""Everybody of the desk reads the settings; supervisors and administrators change them."""
changes = needs(Right.SUPERVISE)
OF_FEW = (Right.CONNECT, Right.PROTECT_DATA, Right.SEE_AUDIT, Right.BRING_HISTORY)


def settings_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of the settings, with the desk's frame and its neighbours."""
    frame = {
        "shell": shell_for(request, now(), view="settings"),
        "tabs": tabs(tab, {right for right in OF_FEW if may(member(request), right)}),
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


def tabs(current: str, rights: Collection[Right]) -> list[dict[str, Any]]:
    """The neighbours; those that only few may open as far as ``rights`` hold theirs."""
    offered: list[tuple[str, str, Right | None]] = [
        ("settings", _("Summary"), None),
        ("settings_procedure", _("Procedure"), None),
        ("settings_levels", _("Levels"), None),
        ("settings_rotas", _("Rotas"), None),
        ("settings_matrix", _("Matrix"), None),
        ("settings_hours", _("Weekly hours"), None),
        ("settings_calendar", _("Rest days"), None),
        ("settings_letterhead", _("Letterhead"), None),
        ("settings_wording", _("Wording"), None),
        ("settings_delivery", pgettext("mail", "Delivery"), None),
        ("settings_channels", _("Mail and messages"), Right.CONNECT),
        ("settings_rehearsal", _("Rehearsal"), Right.CONNECT),
        ("settings_telephone", pgettext("settings", "Telephone"), None),
        ("settings_alerts", _("Alerts"), None),
        ("settings_people", _("People"), None),
        ("settings_record", _("Changes"), None),
        ("settings_privacy", _("Privacy"), Right.PROTECT_DATA),
        ("settings_audit", _("Audit"), Right.SEE_AUDIT),
        ("history_imports", _("Former tool"), Right.BRING_HISTORY),
    ]
    return [
        {"href": reverse(name), "words": words, "is_current": name == current}
        for name, words, right in offered
        if right is None or right in rights
    ]


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
