"""What stands around every page: the desk, the calls that wait, the views with their counts, the side column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases import queries, saved_views
from guardia.cases.counting import OfBench, counted, in_rooms
from guardia.cases.finding import GROUP
from guardia.cases.mentions import count_to_see
from guardia.cases.resolver_group import queues
from guardia.cases.saved_views import SavedView
from guardia.config import asking
from guardia.config.languages import active
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.version import NoProcedure
from guardia.reports import by_word
from guardia.reports.promises import promises_met_today
from guardia.web.desk import areas
from guardia.web.desk.banners import Shell, call_banners, exchange_banners, rehearsal_banners, work_banners
from guardia.web.desk.bench_filters import saved_looking
from guardia.web.desk.case_page.voice import CallOwed, call_key, tasks_on_the_bench
from guardia.web.desk.handover.standing import Standing, banners, shift_now, standing_at
from guardia.web.desk.page import EVERY_DESK, View
from guardia.web.desk.phone.ringing import is_bench, open_calls, phone_of

# --- areas ------------------------------------------------------------------------------------------------------------
# The pages that stand in the side column of every page of the desk, and the key that opens some of them.
# Pages of other packages of the web: offered where they are installed.
ROOMS = (
    ("dispatch", "dispatch"),
    ("outages", "outages"),
    ("works", "works"),
    ("alerts", "alerts"),
    ("calls", "calls"),
    ("mail_tray", "mail_tray"),
    ("carriers", "carriers"),
    ("customer_changes", "customer_changes"),
    ("office_receive", "office_receive"),
    ("escalations", "escalations"),
    ("who_answers", "who_answers"),
    ("articles", "articles"),
    ("mentions", "mentions"),
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
KEYS = {"dispatch": "v", "works": "b"}
"""The areas that a key opens."""


def rooms(current: str, beside: Mapping[str, str]) -> tuple[View, ...]:
    """The areas of the desk, with what stands ``beside`` some: how many calls wait, when the shift changes."""
    return with_counts(ROOMS, current, beside)


def with_counts(pages: tuple[tuple[str, str], ...], current: str, beside: Mapping[str, str]) -> tuple[View, ...]:
    words = {address(name): said for name, said in beside.items()}
    return tuple(replace(view, count=words.get(view.href, "")) for view in links(pages, current))


def links(pages: tuple[tuple[str, str], ...], current: str) -> tuple[View, ...]:
    words = {
        "dispatch": pgettext("room", "Dispatch"),
        "outages": _("Mass outages"),
        "works": pgettext("room", "Planned work"),
        "alerts": _("Alerts"),
        "calls": _("Calls"),
        "mail_tray": _("Mail received"),
        "carriers": _("Third parties"),
        "customer_changes": _("Changed by companies"),
        "office_receive": _("Receive a document"),
        "escalations": _("Escalations"),
        "who_answers": _("Who answers now"),
        "articles": pgettext("room", "Articles"),
        "mentions": _("Mentions"),
        "objections": _("Objections"),
        "handover": _("Shift hand-over"),
        "wall": _("Room screen"),
        "reports": _("Reports"),
        "customers": _("Companies"),
        "procedure": _("Procedure"),
        "settings": _("Settings"),
        "mailbox": _("Sent email"),
    }
    found = ((key, href) for name, key in pages if (href := address(name)))
    return tuple(View(href, words[key], "", key == current, KEYS.get(key, "")) for key, href in found)


def address(name: str, *args: object) -> str:
    """Where that page is; empty where it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- shell ------------------------------------------------------------------------------------------------------------
OPERATOR_SECONDS = 60


@asking.of_primary()
def shell_for(
    request: HttpRequest,
    at: datetime,
    *,
    view: str = "",
    with_views: bool = True,
    calls: Sequence[Call] | None = None,
    standing: Standing | None = None,
    area: str = "",
    saved: str = "",
    owed: Sequence[CallOwed] | None = None,
    seen: Sequence[SavedView] | None = None,
    counts: OfBench | None = None,
    to_see: int | None = None,
) -> Shell:
    """``view`` is the one being looked at; ``calls`` are the open ones and ``standing`` the shift, where read already.

    ``area`` is the desk being looked at, by its key; the person's own where none is given. ``saved``: the id of the
    saved view being looked at. ``owed``: the calls to make that the page lists, ``seen``: the person's saved views,
    ``counts``: what the bench has counted, ``to_see``: as ``count_to_see``, where read already.

    Views, saved ones too, are counted only where they are shown.
    """
    staff = cast("Staff", request.user)
    calls = open_calls() if calls is None else calls
    phone = phone_of(staff, calls, at, path=request.get_full_path())
    area = area or areas.own(staff)
    desk, zone, zone_words = operator(at)
    standing = standing or standing_at(at)
    shift, unseen = shift_now(standing, staff), unseen_words(count_to_see(staff) if to_see is None else to_see)
    if seen is None:
        seen = saved_views.seen_by_all_pages(staff) if with_views else ()
    return Shell(
        at=at,
        zone=zone,
        zone_words=zone_words,
        desk=areas.name_of(area, desk, at),
        desks=areas.choices(staff, area, at),
        bench_href=areas.bench_href(staff, area),
        staff=staff.name,
        shift=shift,
        banners=(
            *banners(standing, staff),
            *exchange_banners(at),
            *call_banners(at, lambda: keys_of_lines(request, staff, at, owed)),
            *work_banners(at),
            *rehearsal_banners(staff),
        ),
        phone=phone,
        mentions=unseen,
        handles_cases=may(staff, Right.HANDLE_CASES),
        takes_requests=may(staff, Right.TAKE_REQUESTS),
        views=views(staff, area, at, "" if saved else view, seen, counts) if with_views else (),
        saved=saved_links(seen, staff, at, view, saved) if with_views else (),
        rooms=rooms(view, beside_rooms(phone.calls_count, shift.next_hour, unseen)) if with_views else (),
        settings=with_counts(SETTINGS, view, beside_settings(staff, at)) if with_views else (),
        **(promises_met_text(at) if with_views else {}),
    )


def keys_of_lines(request: HttpRequest, staff: Staff, at: datetime, owed: Sequence[CallOwed] | None) -> frozenset[str]:
    """The calls to make that have a line on the page that is looked at; only the technical desk's bench has such."""
    if owed is not None:
        return frozenset(call.key for call in owed)
    address = urlsplit(request.headers.get("HX-Current-URL") or request.get_full_path())
    area = areas.area_of(QueryDict(address.query), staff, at)
    if not is_bench(address.path) or areas.desk_of(area) not in {"", TECHNICAL}:
        return frozenset()
    return frozenset(call_key(task) for task in tasks_on_the_bench(at))


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


def view_names() -> dict[str, str]:
    return {
        "proximo": pgettext("view", "Due next"),
        "mios": _("Assigned to me"),
        "sin-asignar": _("Unassigned"),
        "en-campo": _("In the field"),
        "en-espera": pgettext("view", "Waiting"),
        "en-seguimiento": _("In follow-up"),
    }


def views(
    staff: Staff, area: str, at: datetime, current: str, seen: Sequence[SavedView], counts: OfBench | None
) -> tuple[View, ...]:
    """What is looked at of one desk; a desk without crews has nothing in the field, and no follow-up (P4, P6).

    What is in the field is looked at on the dispatch board.
    """
    names, found, desk = view_names(), [], areas.desk_of(area)
    counted_views = queries.named_views(desk, counts.views) if counts else queries.view_counts(desk, staff)
    has_default = saved_views.default_among(seen) is not None
    for key, held in counted_views.items():
        href = address("dispatch") if key == "en-campo" else view_href(staff, area, key, has_default=has_default)
        found.append(View(href, names.get(key, key), up_to_99(held), key == current))
    return (*found, *group_views(staff, area, at, current))


def group_views(staff: Staff, area: str, at: datetime, current: str) -> tuple[View, ...]:
    """The queue of each resolver group, with how many it has and how many past its internal target."""
    found = []
    desk, language = areas.desk_of(area), active()
    for queue in EVERY_DESK.of(("queues", desk, language), lambda: queues(desk, language, at)):
        late = _("%(n)s past its target") % {"n": up_to_99(queue["late"])} if queue["late"] else ""
        href = areas.bench_href(staff, area, **{GROUP: queue["id"]})
        is_current = current == f"{GROUP}-{queue['id']}"
        count = up_to_99(queue["held"])
        found.append(View(href, queue["name"], f"{count} ({late})" if late else count, is_current))
    return tuple(found)


def saved_links(seen: Sequence[SavedView], staff: Staff, at: datetime, view: str, current: str) -> tuple[View, ...]:
    """The saved views with how much each holds, in one question; on the bench, digits open the first nine."""
    looked = [saved_looking(one, staff, at) for one in seen]
    held = counted([one.of(queries.open_cases(one.desk), staff, at) for one in looked])
    keys = [str(number) for number in range(1, 10)] if view in queries.VIEWS else []
    return tuple(
        View(
            look.href(staff),
            one.name,
            up_to_99(count),
            look.saved == current,
            keys[place] if place < len(keys) else "",
            _("Shared") if one.shared else "",
        )
        for place, (one, look, count) in enumerate(zip(seen, looked, held, strict=True))
    )


def views_of(area: str) -> tuple[str, ...]:
    return queries.views_of(areas.desk_of(area))


def view_href(staff: Staff, area: str, key: str, *, has_default: bool) -> str:
    """Where the day begins with a saved view, the bare address is that one: then the first view is named too."""
    is_bare = key == "proximo" and (area != areas.own(staff) or not has_default)
    return areas.bench_href(staff, area, vista="" if is_bare else key)


def up_to_99(count: int) -> str:
    return "99+" if count > 99 else str(count)


def unseen_words(count: int) -> str:
    """How much names this person, or is of a watched case, and was not seen; empty where nothing is."""
    return up_to_99(count) if count else ""


def beside_rooms(calls: str, next_change: str, to_see: str) -> dict[str, str]:
    """How many calls, mails and changes of companies wait, how many escalations nobody answers for, the next shift."""
    held = EVERY_DESK.of("rooms", in_rooms)
    letters = held.mails + held.papers
    return {
        "calls": calls,
        "mail_tray": up_to_99(letters) if letters else "",
        "carriers": up_to_99(held.answered) if held.answered else "",
        "customer_changes": up_to_99(held.changes) if held.changes else "",
        "escalations": up_to_99(held.silent) if held.silent else "",
        "outages": up_to_99(held.outages) if held.outages else "",
        "works": up_to_99(held.works) if held.works else "",
        "handover": next_change,
        "mentions": to_see,
    }


def beside_settings(staff: Staff, at: datetime) -> dict[str, str]:
    """How many confirmations by word a supervisor has not looked at (P5)."""
    unseen = len(by_word.unseen_by(staff, at)) if may(staff, Right.SUPERVISE) else 0
    return {"reports": up_to_99(unseen) if unseen else ""}


def promises_met_text(at: datetime) -> dict[str, str]:
    kept, ended = promises_met_today(at)
    if not ended:
        return {}
    # Rounded down: only a day on which everything was kept is a hundred percent.
    percent = number_format(1000 * kept // ended / 10, 1)
    return {
        "kept_today": _("Kept today: %(percent)s %%") % {"percent": percent},
        "kept_detail": _("%(kept)d of %(ended)d promises") % {"kept": kept, "ended": ended},
    }
