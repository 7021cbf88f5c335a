"""What the pages of the settings share: who may open and who may change, the frame, and the row of neighbours."""

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


def shown(request: HttpRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200) -> HttpResponse:
    """A page of the settings, with the desk's frame and its neighbours."""
    frame = {
        "shell": shell_for(request, now(), view="settings"),
        "tabs": tabs(
            tab,
            may_audit=may(member(request), Right.SEE_AUDIT),
            may_protect=may(member(request), Right.PROTECT_DATA),
            may_connect=may(member(request), Right.CONNECT),
        ),
        "may_change": may_change(request),
    }
    return page(request, f"desk/settings/{template}.html", {**frame, **context}, status=status)


def may_change(request: HttpRequest) -> bool:
    return may(member(request), Right.SUPERVISE)


def tabs(
    current: str, *, may_audit: bool, may_protect: bool = False, may_connect: bool = False
) -> list[dict[str, Any]]:
    offered = [
        ("settings", _("Summary")),
        ("settings_procedure", _("Procedure")),
        ("settings_levels", _("Levels")),
        ("settings_rotas", _("Rotas")),
        ("settings_matrix", _("Matrix")),
        ("settings_hours", _("Weekly hours")),
        ("settings_calendar", _("Rest days")),
        ("settings_letterhead", _("Letterhead")),
        ("settings_wording", _("Wording")),
        ("settings_delivery", pgettext("mail", "Delivery")),
        *((("settings_channels", _("Mail and messages")),) if may_connect else ()),
        ("settings_telephone", pgettext("settings", "Telephone")),
        ("settings_alerts", _("Alerts")),
        ("settings_people", _("People")),
        ("settings_record", _("Changes")),
        *((("settings_privacy", _("Privacy")),) if may_protect else ()),
        *((("settings_audit", _("Audit")),) if may_audit else ()),
    ]
    return [{"href": reverse(name), "words": words, "is_current": name == current} for name, words in offered]


def ruling(at: datetime) -> ProcedureVersion:
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
