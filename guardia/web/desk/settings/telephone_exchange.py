"""One exchange: how it is, where its queues lead, who its members are, what it said last, when it was not heard."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls import exchange_seen
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchange_editing import change
from guardia.calls.exchanges import EXCHANGE
from guardia.cases.phone_unnamed import unnamed
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.phone.lines import line_names
from guardia.web.desk.settings.frame import changes, looks, may_change, shown
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile
from guardia.web.desk.settings.telephone_forms import AgentForm, ExchangeForm
from guardia.web.desk.settings.telephone_rows import exchange_row, gap_rows, hearing_of, queue_lines, said_row

INVALID = 422
MOST_ROWS = 300


@dataclass
class Sent:
    """What somebody sent and was refused: it stands on the page again, with what is wrong."""

    form: ExchangeForm | None = None
    agent: AgentForm | None = None
    queues: list[tuple[str, str]] | None = None
    queues_wrong: str = ""
    there: Meanwhile | None = None
    status: int = INVALID


@looks
def exchange(request: HttpRequest, exchange_id: int) -> HttpResponse:
    return exchange_page(request, find(exchange_id))


def find(exchange_id: int) -> Exchange:
    """Raises Http404."""
    return get_object_or_404(Exchange, pk=min(exchange_id, LARGEST_ID))


def exchange_page(request: HttpRequest, one: Exchange, sent: Sent | None = None) -> HttpResponse:
    at = now()
    said, names = exchange_seen.last_said(one, at), line_names(at)
    seen = exchange_seen.queues_seen(one, at)
    mapped = dict(sent.queues) if sent and sent.queues else one.queues
    context: dict[str, Any] = {
        "row": exchange_row(one, at),
        "exchange": one,
        "is_cti": one.kind == ExchangeKind.CTI,
        "hearing": hearing_of(said),
        "form": (sent and sent.form) or ExchangeForm(of=one),
        "agent_form": (sent and sent.agent) or AgentForm(at=at, name=request.GET.get("nombre", "")[:120]),
        "queues": queue_lines(mapped, seen),
        "unnamed": unnamed(one, at),
        "numbers": [(number, line, names.name(line)) for number, line in sorted(one.numbers.items())],
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "queues_wrong": sent.queues_wrong if sent else "",
        "desks": list(names.desks.items()),
        "agents": one.agents.filter(until=None).select_related("staff").order_by("name"),
        "agents_before": one.agents.exclude(until=None).select_related("staff").order_by("-until")[:20],
        "unknown": exchange_seen.members_unknown(one, at),
        "said": [said_row(event) for event in said] if may_change(request) else [],
        "gaps": gap_rows(exchange_seen.last_gaps(one), at),
        "meanwhile": (sent and sent.there) or looked_at(EXCHANGE, one.pk),
        "back": reverse("settings_telephone"),
    }
    return shown(request, "telephone/exchange", context, tab="settings_telephone", status=sent.status if sent else 200)


@changes
@require_POST
def edit(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Country, signature, trunk contexts."""
    one = find(exchange_id)
    there, form = meanwhile(request, EXCHANGE, one.pk), ExchangeForm(request.POST, of=one)
    if form.is_valid() and not there.changes:
        try:
            return kept(request, one, form.cleaned_data, "")
        except ValidationError as unfit:
            form.add_error(None, unfit)
    return exchange_page(request, one, Sent(form=form, there=there, status=there.status if there.changes else INVALID))


@changes
@require_POST
def queues(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Which queue leads to which desk."""
    one = find(exchange_id)
    pairs, there = pairs_in(request), meanwhile(request, EXCHANGE, one.pk)
    if there.changes:
        return exchange_page(request, one, Sent(queues=pairs, there=there, status=there.status))
    try:
        return kept(request, one, {"queues": pairs}, "#queues")
    except ValidationError as unfit:
        wrong = " ".join(unfit.messages)
    return exchange_page(request, one, Sent(queues=pairs, queues_wrong=wrong, there=there))


def kept(request: HttpRequest, one: Exchange, fields: dict[str, Any], place: str) -> HttpResponse:
    """Raises ValidationError."""
    at = now()
    change(one, fields, desks=line_names(at).desks, by=member(request), at=at)
    say(request, _("Saved: %s.") % one.name)
    return redirect(reverse("settings_exchange", args=[one.pk]) + place)


def pairs_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The rows of the form, in order: ``queue0``, ``desk0``, ``queue1`` …"""
    numbers = range(MOST_ROWS)
    sent = [(request.POST.get(f"queue{each}", ""), request.POST.get(f"desk{each}", "")) for each in numbers]
    return [(queue, desk) for queue, desk in sent if queue.strip()]
