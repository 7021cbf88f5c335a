"""The mass outages that are open, and the last that ended; and a call that is about one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.case_rows import oldest_open_incident
from guardia.cases.labels import IMPACT_NAMES, name_of_stage
from guardia.cases.stages.registration import Report
from guardia.config.now import now
from guardia.network.alert import Alert, AlertState
from guardia.outages import members, news, outage_rows
from guardia.outages.outage import Membership, Origin, Outage, OutageNews, OutageService, OutageState
from guardia.outages.outage_rows import Counted, services_behind
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.case_page.links import forecast_words
from guardia.web.desk.clock import hour, stood
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import case_href, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.registering import taken_up
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about
from guardia.web.shared.act import Refusal, attempt


# --- calling ----------------------------------------------------------------------------------------------------------
# A caller is told of the outage that explains the fault, and joins it with one key.
@desk_page
@require_POST
def join_call(request: DeskRequest, number: int, call_id: int) -> HttpResponse:
    """The call on the line is about this outage: it goes to the case of its service, which is opened if there is none.

    A company with several services behind it says by ``servicio`` which one; otherwise the first without a word yet.
    """
    call = find_call(str(call_id))
    if call is None or call.customer_id is None:
        raise Http404
    if call.case_id:
        return redirect("call", call.pk)
    case = attempt(lambda: joined(request, number, call))
    if isinstance(case, Refusal):
        say(request, case.sentence)
        return redirect("call", call.pk)
    said = _("The call is about %(outage)s: %(number)s.")
    say(request, said % {"outage": f"AM-{number:04d}", "number": case.display_number})
    return redirect("case_opened", case.number)


def joined(request: DeskRequest, number: int, call: Call) -> Case:
    """The case that the call is part of now. Raises Http404, Refused."""
    outage = outage_rows.outage_of(number, locked=True)
    behind = services_behind(outage, call.customer_id) if outage and call.customer_id else []
    asked = request.POST.get("servicio", "")
    service = next((one for one in behind if str(one.pk) == asked), behind[0] if behind else None)
    if outage is None or service is None:
        raise Http404
    by, at = Actor.of_staff(request.user), now()
    taken_up(call, request.user, at)
    case = oldest_open_incident(service)
    if case is not None:
        case.join(call, by=by, at=at)
    else:
        report = Report(service, symptoms_of(outage), Impact(outage.impact), reporter=call.contact)
        case = Case.register(report, by=by, at=at, call=call, engineer=request.user)
    members.join(outage, [case], by=by, at=at, now=at)
    return case


def symptoms_of(outage: Outage) -> str:
    return _("Reported by telephone during %(outage)s: %(name)s") % {
        "outage": outage.display_number,
        "name": outage.name,
    }


# --- rows -------------------------------------------------------------------------------------------------------------
# Mass outages as they are written on a screen: a row of the list, the head of the page, a service behind it.
@dataclass(frozen=True, slots=True)
class Figure:
    """A number that counts, with what it counts."""

    number: str
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class OutageRow:
    id: str
    number: str
    href: str
    name: str
    what: str
    state: str
    state_words: str
    since: str
    lasts: str
    figures: Sequence[Figure]
    forecast: str
    forecast_is_over: bool
    said: str
    news_due: str
    news_is_late: bool
    leads: str
    is_proposal: bool
    why: str = ""
    cases: Sequence[tuple[str, str, str]] = ()

    @property
    def tag(self) -> str:
        return tag_of(
            [self.id, self.state, self.forecast, self.said, self.news_due, self.why, self.leads, *self.figures]
        )


def href_of(outage: Outage) -> str:
    return reverse("outage", args=[outage.number])


def row_of(outage: Outage, counted: Counted, at: datetime, signs: Sequence[Case] = ()) -> OutageRow:
    proposed, due = outage.state == OutageState.PROPOSED, news.due_at(outage)
    return OutageRow(
        id=f"outage-{outage.number}",
        number=outage.display_number,
        href=href_of(outage),
        name=outage.name,
        what=what_of(outage),
        state=outage.state,
        state_words=str(OutageState(outage.state).label),
        since=_("since %(hour)s") % {"hour": hour(outage.started_at, at)},
        lasts=stood((outage.restored_at or outage.ended_at or at) - outage.started_at),
        figures=figures_of(counted, proposed=proposed),
        forecast=forecast_words(outage, at),
        forecast_is_over=bool(outage.forecast_at and not outage.restored_at and outage.forecast_at < at),
        said=last_news_words(outage, at),
        news_due=news_words(due, at),
        news_is_late=bool(due and due < at),
        leads=outage.answering.name if outage.answering else "",
        is_proposal=proposed,
        why=why_proposed(outage, signs) if proposed else "",
        cases=[(case_href(case), case.display_number, case.customer.name) for case in signs],
    )


def what_of(outage: Outage) -> str:
    """Its element, or its site, and how it is felt."""
    impact = str(IMPACT_NAMES[Impact(outage.impact)]) if outage.impact else ""
    if outage.element:
        city = outage.element.city.name if outage.element.city else ""
        return about.joined(f"{outage.element.get_kind_display()} {outage.element.code}", city, impact)
    if outage.site:
        return about.joined(outage.site.customer.name, outage.site.name, impact)
    return impact


def figures_of(counted: Counted, *, proposed: bool) -> list[Figure]:
    """What counts at a glance; nothing that is zero but the services themselves."""
    every, companies = counted.every, counted.companies
    found = [
        Figure(f"{every}", ngettext("service", "services", every)),
        Figure(f"{companies}", ngettext("company", "companies", companies)),
    ]
    if proposed:
        return found
    if counted.without_service:
        found.append(Figure(f"{counted.without_service}", pgettext("services", "not back yet"), "late"))
    if counted.back:
        found.append(Figure(f"{counted.back}", pgettext("services", "back"), "tick"))
    if counted.without_case:
        found.append(Figure(f"{counted.without_case}", pgettext("services", "without a case")))
    if counted.apart:
        found.append(Figure(f"{counted.apart}", ngettext("continues separately", "continue separately", counted.apart)))
    return found


def last_news_words(outage: Outage, at: datetime) -> str:
    if outage.last_news_at is None:
        return "" if outage.state == OutageState.PROPOSED else _("nothing has been notified yet")
    return _("notified at %(hour)s") % {"hour": hour(outage.last_news_at, at)}


def news_words(due: datetime | None, at: datetime) -> str:
    if due is None:
        return ""
    words = _("news was due at %(hour)s") if due < at else _("next news by %(hour)s")
    return words % {"hour": hour(due, at)}


def why_proposed(outage: Outage, signs: Sequence[Case]) -> str:
    """On what a proposal stands, in a sentence."""
    if outage.origin == Origin.CASES:
        count = len(outage.signs.get("cases", ()))
        return ngettext(
            "%(n)d case at the same place or element", "%(n)d cases at the same place or element", count
        ) % {"n": count}
    if outage.origin == Origin.ALERTS:
        count = len(outage.signs.get("alerts", ()))
        return ngettext("%(n)d monitoring alert", "%(n)d monitoring alerts", count) % {"n": count}
    return str(Origin(outage.origin).label)


def member_row(member: OutageService, at: datetime) -> dict[str, Any]:
    case = member.case
    state, stands = standing_of(member, case, at)
    return {
        "pk": member.pk,
        "circuit": member.service.circuit,
        "company": member.customer.name,
        "vip": member.customer.vip,
        "where": about.joined(member.service.site.name, member.service.site.city.name),
        "case_number": case.display_number if case else "",
        "case_href": case_href(case) if case else "",
        "stands": stands,
        "state": state,
        "beside": beside_of(member, case, at),
    }


def standing_of(member: OutageService, case: Case | None, at: datetime) -> tuple[str, str]:
    """The shape and the words of how this service stands."""
    if member.state == Membership.LEFT:
        return "apart", str(Membership.LEFT.label)
    if case is None:
        return "", str(Membership.BEHIND.label)
    if case.closed_at:
        return "tick", _("closed at %(hour)s") % {"hour": hour(case.closed_at, at)}
    if case.restored_at:
        return "tick", _("back since %(hour)s") % {"hour": hour(case.restored_at, at)}
    return "late", _("not back yet")


def beside_of(member: OutageService, case: Case | None, at: datetime) -> str:
    if member.state == Membership.LEFT:
        return member.why_left or _("Its own service has not come back.")
    if case is None or case.closed_at:
        return ""
    since = case.outage_started_at or case.opened_at
    parts = (name_of_stage(case.stage), _("affected since %(hour)s") % {"hour": hour(since, at)}, case.confirmed_by)
    return about.joined(*parts)


def news_row(news: OutageNews, at: datetime) -> dict[str, Any]:
    titles = {
        "declared": pgettext("outage", "Declared"),
        "news": pgettext("outage", "News"),
        "diagnosed": pgettext("outage", "Cause and plan"),
        "restored": pgettext("outage", "Restored"),
        "relapsed": pgettext("outage", "It failed again"),
        "ended": pgettext("outage", "Ended"),
    }
    told = ngettext("written to %(n)d case", "written to %(n)d cases", news.told) % {"n": news.told}
    return {
        "hour": hour(news.at, at),
        "by": news.by.name if news.by else "Guardia",
        "title": titles.get(news.moment, news.moment),
        "words": [(lang, words) for lang, words in news.words.items() if words],
        "forecast": _("expected back by %(hour)s (ETR)") % {"hour": hour(news.forecast_at, at)}
        if news.forecast_at
        else "",
        "told": told if news.told else "",
    }


def alert_row(alert: Alert, at: datetime) -> dict[str, Any]:
    fires = alert.state != AlertState.RESOLVED
    since = _("firing since %(hour)s") if fires else _("resolved at %(hour)s")
    when = hour(alert.since if fires else alert.resolved_at or alert.last_at, at)
    return {
        "name": alert.name,
        "words": about.joined(since % {"hour": when}, alert.source.name, alert.summary),
        "fires": fires,
    }


# --- board ------------------------------------------------------------------------------------------------------------
# The list: what is proposed, what is under way, what is over; a poll is answered 304 while nothing has changed.
@desk_page
@require_GET
def outages(request: DeskRequest) -> HttpResponse:
    at = now()
    rows, over = rows_at(at)
    shell = shell_for(request, at, view="outages")
    tag = tag_of([*(row.tag for row in rows), len(over), shell.tag, shell.calls_words, *shell.views, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/outages/board_live.html" if is_fragment(request) else "desk/outages/board.html"
    return stamped(page(request, template, {"rows": rows, "over": over, "shell": shell, "tag": tag}), tag)


def rows_at(at: datetime) -> tuple[list[OutageRow], list[OutageRow]]:
    opened, over = outage_rows.open_outages(), outage_rows.last_outages()
    counts = outage_rows.counted([*opened, *over])
    signs = outage_rows.signs_of([outage for outage in opened if outage.state == "proposed"])
    rows = [row_of(one, counts.get(one.pk, Counted()), at, signs.get(one.pk, ())) for one in opened]
    return rows, [row_of(one, counts.get(one.pk, Counted()), at) for one in over]


urlpatterns = [
    path("afectaciones", outages, name="outages"),
    path("afectaciones/<int:number>/llamada/<int:call_id>", join_call, name="outage_call"),
]
