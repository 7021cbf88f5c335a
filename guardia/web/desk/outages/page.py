"""One mass outage: what is known, who is back, what was said, and the one form of what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guardia.cases.refusals import Missing, Refused
from guardia.config.now import now
from guardia.outages.outage import Outage, OutageState
from guardia.people.actor import Actor
from guardia.people.policy import Right, may
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.outages import reading
from guardia.web.desk.outages.acts import ACTS, Doing, OutageAct, offered
from guardia.web.desk.outages.forms import OutageForm
from guardia.web.desk.outages.reading import Counted
from guardia.web.desk.outages.shown import alert_row, href_of, member_row, news_row, row_of
from guardia.web.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.bench import View
from guardia.web.desk.stale import Refusal


@dataclass(frozen=True, slots=True)
class Shown:
    """The form that stands open on the page."""

    act: OutageAct
    form: OutageForm
    refusal: Refusal | None = None


@desk_page
@require_GET
def outage(request: DeskRequest, number: int) -> HttpResponse:
    """The page with the form that its state asks for; a poll asks for its moving part alone."""
    found = found_or_404(number)
    if is_fragment(request):
        at = now()
        context = moving(request, found, at)
        tag = context["tag"]
        return unchanged(request, tag) or stamped(page(request, "desk/outages/_live.html", context), tag)
    return show(request, found)


@desk_page
def act(request: DeskRequest, number: int, name: str) -> HttpResponse:
    """GET shows the form of this act in its place; POST does it, or gives the form back with what was typed."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    if request.method != "POST":
        found, at = found_or_404(number), now()
        return show(request, found, Shown(chosen, chosen.form(now=at, initial=chosen.known(found))))
    try:
        with transaction.atomic():
            found = found_or_404(number, locked=True)
            at = now()
            form = chosen.form(request.POST, now=at)
            if not form.is_valid():
                return show(request, found, Shown(chosen, form, wrong()))
            said = chosen.run(Doing(found, Actor.of_staff(request.user), at), form.cleaned_data)
    except Refused as refused:
        form = chosen.form(request.POST, now=at)
        status = 422 if isinstance(refused, Missing) else 409
        return show(request, found_or_404(number), Shown(chosen, form, Refusal(str(refused), status=status)))
    say(request, said)
    return redirect("outage", number)


def wrong() -> Refusal:
    return Refusal(_("Nothing was saved yet. Correct what is marked."), status=422)


def found_or_404(number: int, *, locked: bool = False) -> Outage:
    found = reading.outage_of(number, locked=locked)
    if found is None:
        raise Http404
    return found


def show(request: DeskRequest, found: Outage, shown: Shown | None = None) -> HttpResponse:
    at = now()
    acts = offered(found) if may(request.user, Right.HANDLE_CASES) else []
    if shown is None and acts:
        first = acts[0]
        shown = Shown(first, first.form(now=at, initial=first.known(found)))
    if shown and not acts and request.method == "POST":
        raise PermissionDenied
    links = [View(act_href(found, one), str(one.title), "", shown is not None and one is shown.act) for one in acts]
    context = {
        **moving(request, found, at),
        "open": shown if acts or (shown and shown.refusal) else None,
        "open_href": act_href(found, shown.act) if shown else "",
        "acts": links,
        "declare_href": f"{reverse('outage_new')}?propuesta={found.number}" if is_proposed(found) else "",
        "shell": shell_for(request, at, view="outages"),
    }
    status = shown.refusal.status if shown and shown.refusal else 200
    return page(request, "desk/outages/page.html", context, status=status)


def is_proposed(found: Outage) -> bool:
    return found.state == OutageState.PROPOSED


def act_href(found: Outage, one: OutageAct) -> str:
    return reverse("outage_act", args=[found.number, one.name])


def moving(request: DeskRequest, found: Outage, at: datetime) -> dict[str, Any]:
    """What changes under the eyes: the figures, the services, the news, the alerts; with its tag."""
    looked_at = request.GET.get("ver", "")
    looked_at = looked_at if looked_at in reading.FILTERS else ""
    after = number_in(request.GET.get("desde", ""))
    counts = reading.counted([found]).get(found.pk, Counted())
    services, more = reading.members(found, looked_at, after)
    signs = reading.signs_of([found]).get(found.pk, []) if is_proposed(found) else []
    rows = [member_row(service, at) for service in services]
    news, alerts = reading.news_of(found), reading.alerts_of(found)
    head = row_of(found, counts, at, signs)
    return {
        "outage": found,
        "head": head,
        "filters": filters(found, looked_at, counts),
        "members": rows,
        "more_href": f"{href_of(found)}?ver={looked_at}&desde={services[-1].pk}" if more else "",
        "first_href": f"{href_of(found)}?ver={looked_at}" if after else "",
        "poll": f"{href_of(found)}?ver={looked_at}&desde={after or ''}",
        "news": [news_row(one, at) for one in news],
        "alerts": [alert_row(one, at) for one in alerts],
        "tag": tag_of([head.tag, *rows, *(n.pk for n in news), *((a.pk, a.state, a.since) for a in alerts)]),
    }


def filters(found: Outage, looked_at: str, counts: Counted) -> list[View]:
    named = {
        "": (pgettext("services", "All"), counts.every),
        "sin-servicio": (pgettext("services", "Not back yet"), counts.without_service),
        "de-vuelta": (pgettext("services", "Back"), counts.back),
        "sin-caso": (pgettext("services", "Without a case"), counts.without_case),
        "aparte": (pgettext("services", "By themselves"), counts.apart),
    }
    base = href_of(found)
    return [
        View(f"{base}?ver={key}" if key else base, words, str(count), key == looked_at)
        for key, (words, count) in named.items()
    ]
