"""The page of one planned work and what is done with it: announced, moved, cancelled, ended; objections answered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import company_of_id
from guardia.outages import planned_work, work_announcing, work_answers, work_course
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.outages.planned_work_rows import notice_states, turns_of
from guardia.outages.work_announcing import is_short_notice
from guardia.outages.work_drafting import Affected, Company, affected
from guardia.people.policy import Right, may
from guardia.web.desk.clock import desk_zone, hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.works import listing
from guardia.web.desk.works.listing import dated, day_words, state_words, touches, turn_hour, turn_words, window_words
from guardia.web.desk.works.planning import WindowForm, hours_written
from guardia.web.shared.act import Doing, Refusal, attempt, invalid
from guardia.web.shared.hour_fields import as_hour


# --- warnings ---------------------------------------------------------------------------------------------------------
# What to think of before a planned work is announced: VIP, whom no mail reaches, collisions, days of rest.
def warnings_of(work: PlannedWork, found: Affected) -> list[str]:
    """What to think of before anybody is told."""
    if work.ended_at:
        return []
    said = []
    if vip := found.vip:
        said.append(_("VIP: %(names)s.") % {"names": names_of(vip)})
    if mute := found.unreachable:
        said.append(_("No mail reaches anybody at: %(names)s. Call them.") % {"names": names_of(mute)})
    for other in found.colliding:
        words = _("At the same time on the same services: %(number)s %(name)s, %(when)s.")
        when = dated(other.starts_at, other.ends_at)
        said.append(words % {"number": other.display_number, "name": other.name, "when": when})
    for rest in found.resting:
        words = _("%(day)s is a rest day: %(name)s.") if rest.name else _("%(day)s is a rest day.")
        said.append(words % {"day": date_format(rest.day, "l j F"), "name": rest.name})
    if found.missing:
        words = ngettext(
            "%(n)d service has been added behind the element since then. Save the draft again to include it.",
            "%(n)d services have been added behind the element since then. Save the draft again to include them.",
            found.missing,
        )
        said.append(words % {"n": found.missing})
    return said


def names_of(companies: Sequence[Company]) -> str:
    return ", ".join(each.customer.name for each in companies)


# --- rows -------------------------------------------------------------------------------------------------------------
MOST_CIRCUITS = 12
MOST_COMPANIES = 300


def work_context(work: PlannedWork, at: datetime) -> dict[str, Any]:
    """At ``at`` (UTC), hours in the operator's zone; read in a fixed number of questions."""
    found = affected(work)
    states = notice_states(work) if work.announced_at else {}
    waiting = {each.company.pk for each in work_answers.objections([work.pk])}
    rows = [company_row(each, states.get(each.customer.pk), waiting, at) for each in found.companies[:MOST_COMPANIES]]
    names = {each.customer.pk: each.customer.name for each in found.companies}
    return {
        "number": work.display_number,
        "name": work.name,
        "state": state_words(work),
        "key": work.state,
        "is_late": bool(work.overran_at and work.ended_at is None),
        "day": day_words(work),
        "window": window_words(work),
        "facts": facts_of(work, at),
        "names": [(language, words) for language, words in work.public_name.items()],
        "touches": touches(found.services, len(found.companies)),
        "companies": sorted(rows, key=lambda row: not row["waits"]),
        "more": max(0, len(found.companies) - MOST_COMPANIES),
        "warnings": warnings_of(work, found),
        "turns": turn_rows(work, names, at),
        "was_told": work.announced_at is not None,
        "needs_reason": work.state == WorkState.DRAFT and is_short_notice(work, work.starts_at, at),
        "notice_hours": work.notice_hours,
    }


def facts_of(work: PlannedWork, at: datetime) -> list[tuple[str, str]]:
    element = f"{work.element.code} {work.element.name}" if work.element else ""
    minutes = work.expected_minutes
    found = [
        (_("Element"), element),
        (_("Carrier"), " ".join(part for part in (work.carrier, work.carrier_reference) if part)),
        (_("Without service"), _("all of the window") if minutes is None else _("%(n)d min") % {"n": minutes}),
        (_("Notified"), _("%(n)d h before, and once more %(again)d h before") % warned_before(work)),
        (_("Agreement"), _("asked of each company") if work.needs_agreement else _("not asked")),
        (_("Public"), _("on the status page") if work.is_public else _("no")),
        (_("Notified late because"), work.short_notice_reason),
        (_("Ended"), hour(work.ended_at, at) if work.ended_at else ""),
        (_("Cancelled because"), work.why_cancelled),
    ]
    return [(label, value) for label, value in found if value]


def warned_before(work: PlannedWork) -> dict[str, int]:
    return {"n": work.notice_hours, "again": work.again_hours}


def company_row(each: Company, states: Mapping[str, int] | None, waiting: set[int], at: datetime) -> dict[str, Any]:
    """One company that is touched. ``waits``: what it objected to waits for the desk's answer."""
    first = each.services[0]
    circuits = [row.circuit for row in each.services]
    more = len(circuits) - MOST_CIRCUITS
    shown = ", ".join(circuits[:MOST_CIRCUITS]) + (f" +{more}" if more > 0 else "")
    return {
        "id": f"compania-{each.customer.pk}",
        "pk": each.customer.pk,
        "href": reverse("company", args=[each.customer.pk]),
        "name": each.customer.name,
        "vip": each.customer.vip,
        "services": ngettext("%(n)d service", "%(n)d services", len(circuits)) % {"n": len(circuits)},
        "circuits": shown,
        "told": letters_words(states) if states else contacts_words(each.told),
        "without": [str(one) for one in each.without],
        "is_unreachable": each.is_unreachable,
        "answer": answer_words(first.answer, first.answered_at, at),
        "words": first.answer_words,
        "waits": each.customer.pk in waiting,
    }


def contacts_words(told: int) -> str:
    return ngettext("%(n)d contact", "%(n)d contacts", told) % {"n": told}


def letters_words(states: Mapping[str, int]) -> str:
    """``3 sent, 1 waits, 1 not delivered``: of all its letters of this work."""
    words = (
        ngettext("%(n)d email sent", "%(n)d emails sent", states["sent"]),
        ngettext("%(n)d to be sent", "%(n)d to be sent", states["waiting"]),
        ngettext("%(n)d not delivered", "%(n)d not delivered", states["failed"]),
    )
    counts = (states["sent"], states["waiting"], states["failed"])
    return ", ".join(said % {"n": n} for said, n in zip(words, counts, strict=True) if n)


def answer_words(answer: str, answered_at: datetime | None, at: datetime) -> str:
    if not answer or answered_at is None:
        return ""
    words = _("agreed %(hour)s") if answer == work_answers.AGREED else _("objected %(hour)s")
    return words % {"hour": hour(answered_at, at)}


def turn_rows(work: PlannedWork, names: dict[int, str], at: datetime) -> list[dict[str, Any]]:
    return [
        {"hour": turn_hour(turn, at), "who": turn.by.name if turn.by else "", "words": turn_words(turn, names)}
        for turn in turns_of(work)
    ]


# --- page -------------------------------------------------------------------------------------------------------------
# The page of one planned work and what is done with it: announced, moved, cancelled, ended; objections answered.
@desk_page
@require_GET
def work(request: DeskRequest, number: str) -> HttpResponse:
    return work_page(request, listing.called(number), now())


def work_page(
    request: DeskRequest,
    work: PlannedWork,
    at: datetime,
    act: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
    window: WindowForm | None = None,
) -> HttpResponse:
    """``act``: the one that was refused, with what was ``typed`` in it."""
    context = {
        "shell": shell_for(request, at, view="works"),
        "work": work_context(work, at),
        "window": window or WindowForm(now=at, initial=hours_written(work)),
        "act": act,
        "typed": typed,
        "refusal": refusal,
        "may_plan": may(request.user, Right.HANDLE_CASES),
        "told_href": reverse("work_told", args=[work.display_number]),
    }
    return page(request, "desk/works/work.html", context, status=refusal.status_at_fields if refusal else 200)


# --- acts -------------------------------------------------------------------------------------------------------------
def announce(doing: Doing[PlannedWork]) -> None:
    work_announcing.announce(doing.on, said("reason", doing), by=doing.by, at=doing.now)


def move(doing: Doing[PlannedWork]) -> None:
    hours = doing.fields["starts"], doing.fields["ends"]
    work_announcing.move(doing.on, *hours, said("why", doing), said("reason", doing), by=doing.by, at=doing.now)


def cancel(doing: Doing[PlannedWork]) -> None:
    work_announcing.cancel(doing.on, said("why", doing), by=doing.by, at=doing.now)


def end(doing: Doing[PlannedWork]) -> None:
    """``at`` as somebody typed it, or as a machine sent it; now where it is empty."""
    typed = doing.fields.get("at", "")
    at = as_hour(typed, desk_zone(), doing.now, ahead=False) if isinstance(typed, str) and typed.strip() else typed
    work_course.end(doing.on, by=doing.by, at=at or doing.now, now=doing.now)


def reply(doing: Doing[PlannedWork]) -> None:
    work_answers.reply(doing.on, company_in(doing), said("words", doing), by=doing.by, at=doing.now)


def take_out(doing: Doing[PlannedWork]) -> None:
    work_answers.take_out(doing.on, company_in(doing), said("why", doing), by=doing.by, at=doing.now)


def said(name: str, doing: Doing[PlannedWork]) -> str:
    return doing.fields.get(name, "")


def company_in(doing: Doing[PlannedWork]) -> Customer:
    """Raises Http404 for what is none."""
    found = company_of_id(said("company", doing))
    if found is None:
        raise Http404
    return found


ACTS: dict[str, tuple[Callable[[Doing[PlannedWork]], None], Promise]] = {
    "anunciar": (announce, gettext_lazy("%(number)s is announced: the companies are being notified.")),
    "mover": (move, gettext_lazy("%(number)s has its new times: the companies are being notified.")),
    "cancelar": (cancel, gettext_lazy("%(number)s is cancelled.")),
    "terminar": (end, gettext_lazy("%(number)s is over: the companies are being notified.")),
    "responder": (reply, gettext_lazy("The answer is on its way.")),
    "quitar": (take_out, gettext_lazy("The company is removed, and is notified.")),
}


@desk_page
def act(request: DeskRequest, number: str, act: str) -> HttpResponse:
    """POST does it and leads back to the work; a refusal comes back in its place with what was typed."""
    if act not in ACTS:
        raise Http404
    if request.method != "POST":
        return redirect("work", listing.called(number).display_number)
    work = planned_work.locked_work(listing.called(number).pk)
    at = now()
    typed = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    window = WindowForm(typed, now=at) if act == "mover" else None
    if window and not window.is_valid():
        return work_page(request, work, at, act, typed, invalid(_("Nothing was sent yet. Correct the times.")), window)
    run, words = ACTS[act]
    doing = Doing(work, request.user, at, {**typed, **(window.cleaned_data if window else {})})
    done = attempt(lambda: run(doing))
    if isinstance(done, Refusal):
        return work_page(request, listing.called(number), at, act, typed, done, window)
    say(request, str(words) % {"number": work.display_number})
    return redirect("work", work.display_number)


urlpatterns = [
    path("trabajos/<slug:number>", work, name="work"),
    path("trabajos/<slug:number>/<slug:act>", act, name="work_act"),
]
