"""Builds what stands around every page: the desk, the calls that wait, the views and how many each holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases import call_alarms, mail_tray, queries
from guardia.doors.desk import reading
from guardia.doors.desk.escalation.call_banners import call_banners
from guardia.doors.desk.handover.standing import Standing, banners, shift_now, standing_at
from guardia.doors.desk.shown.bench import View
from guardia.doors.desk.shown.calls import clock_of_call
from guardia.doors.desk.shown.shell import Shell
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure

# Pages of other doors: offered where they are installed.
ROOMS = (
    ("calls", "calls"),
    ("mail_tray", "mail_tray"),
    ("escalations", "escalations"),
    ("who_answers", "who_answers"),
    ("objections", "objections"),
    ("handover", "handover"),
    ("wall", "wall"),
)
SETTINGS = (
    ("reports", "reports"),
    ("companies", "customers"),
    ("procedure_document", "procedure"),
    ("settings", "settings"),
    *((("mailbox", "mailbox"),) if settings.DEMO else ()),
)
OPERATOR_SECONDS = 60


def shell_for(
    request: HttpRequest,
    at: datetime,
    *,
    view: str = "",
    with_views: bool = True,
    calls: Sequence[Call] | None = None,
    standing: Standing | None = None,
) -> Shell:
    """``view`` is the one being looked at; ``calls`` are the open ones and ``standing`` the shift, where read already.

    Views are counted only where they are shown.
    """
    waiting = [call for call in (reading.calls_with_clocks() if calls is None else calls) if call.is_waiting]
    staff = cast("Staff", request.user)
    mine = reading.call_on_the_line(staff)
    desk, zone, zone_words = operator(at)
    standing = standing or standing_at(at)
    shift = shift_now(standing, staff)
    return Shell(
        at=at,
        zone=zone,
        zone_words=zone_words,
        desk=desk,
        staff=staff.name,
        shift=shift,
        banners=(*banners(standing, staff), *call_banners(at)),
        calls_words=calls_words(len(waiting)),
        calls_count=str(len(waiting) or ""),
        calls_clock=clock_of_call(waiting[0], at) if waiting else None,
        on_the_line_since=mine.answered_at if mine else None,
        on_the_line_href=registering_href(mine) if mine else "",
        handles_cases=may(staff, Right.HANDLE_CASES),
        views=views(staff, at, view) if with_views else (),
        rooms=rooms(view, beside_rooms(len(waiting), shift.next_hour)) if with_views else (),
        settings=links(SETTINGS, view) if with_views else (),
        **(kept_words(at) if with_views else {}),
    )


def operator(at: datetime) -> tuple[str, str, str]:
    """The technical desk's name, the zone its hours are written in, and how that zone is called.

    Asked on every page and poll, changed once a year: kept for a minute.
    """
    key = f"desk-operator:{get_language()}"
    if found := cache.get(key):
        return found
    try:
        procedure = versions.in_force(at).procedure
    except NoProcedure:
        return _("No procedure is published yet"), "UTC", "UTC"
    country = str(procedure.provider.country)
    named = str(procedure.desk("technical").name), procedure.provider.zone, _("%(country)s time") % {"country": country}
    cache.set(key, named, OPERATOR_SECONDS)
    return named


def registering_href(call: Call) -> str:
    return f"{reverse('new_case')}?llamada={call.pk}"


def calls_words(waiting: int) -> str:
    words = ngettext("%(count)d call waiting", "%(count)d calls waiting", waiting)
    return words % {"count": waiting}


def view_names() -> dict[str, str]:
    return {
        "proximo": pgettext("view", "Due next"),
        "mios": _("Assigned to me"),
        "sin-asignar": _("Unassigned"),
        "en-campo": _("In the field"),
        "en-espera": pgettext("view", "Waiting"),
        "en-seguimiento": _("In follow-up"),
    }


def views(staff: Staff, at: datetime, current: str) -> tuple[View, ...]:
    names, found = view_names(), []
    for key in queries.VIEWS:
        held = queries.count_up_to_99(queries.in_view(queries.open_cases(), key, staff))
        found.append(View(view_href(key), names.get(key, key), up_to_99(held), key == current))
    return tuple(found)


def view_href(key: str) -> str:
    return reverse("bench") if key == "proximo" else f"{reverse('bench')}?vista={key}"


def up_to_99(count: int) -> str:
    return "99+" if count > 99 else str(count)


def beside_rooms(calls: int, next_change: str) -> dict[str, str]:
    """How many calls and mails wait, how many escalations nobody answers for, when the shift changes."""
    silent, mails = call_alarms.unanswered(), mail_tray.waiting_count()
    return {
        "calls": str(calls or ""),
        "mail_tray": up_to_99(mails) if mails else "",
        "escalations": up_to_99(silent) if silent else "",
        "handover": next_change,
    }


def rooms(current: str, beside: Mapping[str, str]) -> tuple[View, ...]:
    """The rooms of the desk, with what stands ``beside`` some: how many calls wait, when the shift changes."""
    words = {address(name): said for name, said in beside.items()}
    return tuple(replace(view, count=words.get(view.href, "")) for view in links(ROOMS, current))


def links(pages: tuple[tuple[str, str], ...], current: str) -> tuple[View, ...]:
    words = {
        "calls": _("Calls"),
        "mail_tray": _("Mail received"),
        "escalations": _("Escalations"),
        "who_answers": _("Who answers now"),
        "objections": _("Objections"),
        "handover": _("Shift hand-over"),
        "wall": _("Room screen"),
        "reports": _("Reports"),
        "customers": _("Companies"),
        "procedure": _("Procedure"),
        "settings": _("Settings"),
        "mailbox": _("Sent mail"),
    }
    return tuple(View(href, words[key], "", key == current) for name, key in pages if (href := address(name)))


def address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def kept_words(at: datetime) -> dict[str, str]:
    kept, ended = reading.kept_today(at)
    if not ended:
        return {}
    # Rounded down: only a day on which everything was kept is a hundred percent.
    percent = number_format(1000 * kept // ended / 10, 1)
    return {
        "kept_today": _("Kept today: %(percent)s %%") % {"percent": percent},
        "kept_detail": _("%(kept)d of %(ended)d promises") % {"kept": kept, "ended": ended},
    }
