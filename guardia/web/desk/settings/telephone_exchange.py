"""One exchange: how it is, where its queues lead, who its members are, what it said last."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.calls import cti_mapping, exchange_seen
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeKind
from guardia.calls.exchange_editing import change, end_agent, mapping, too_early
from guardia.calls.exchange_seen import delay_of
from guardia.calls.exchanges import (
    EXCHANGE,
    LONGEST_AGENT,
    SILENT_AFTER,
    agents_before,
    agents_of,
    name_agent,
)
from guardia.config.now import now
from guardia.customers.phones import home_region
from guardia.intake.phone_first_call import unnamed
from guardia.people.lookup import staff_of_id
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import DeskForm, member, prose, words
from guardia.web.desk.page import say
from guardia.web.desk.phone.calls import line_names
from guardia.web.desk.reports.reception import gap_row
from guardia.web.desk.settings.frame import changes, looks, may_change, settings_page
from guardia.web.desk.settings.setting_form import Setting, edited, looked_at, meanwhile, people_choices
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.hour_fields import HourField

TAB = "settings_telephone"
LONGEST_AGO = timedelta(days=3660)
"""Whose a name at the exchange was may be written down years afterwards."""
LATE, AHEAD = timedelta(seconds=5), timedelta(seconds=-1)
BLANK_QUEUES, MOST_ROWS = 2, 300


class ExchangeForm(DeskForm):
    """``contexts`` of one we listen to, ``signed`` of one that pushes."""

    country = words(
        gettext_lazy("Country"),
        2,
        needed=True,
        initial=home_region,
        help_text=gettext_lazy("Two letters: of the numbers it sends without a country code."),
    )
    area = words(
        gettext_lazy("Area code"),
        8,
        help_text=gettext_lazy("It completes a number that arrives without one: 07 where 2 550 148 is in Cuenca."),
    )
    recording = words(
        gettext_lazy("Where recordings are heard"),
        300,
        help_text=gettext_lazy(
            "An address, with the parts that vary in braces: https://pbx.example.com/{year}/{month}/{id}.wav. "
            "Also {number}, {dialled}, {day}, {hour}, {minute}, {second}. An exchange that pushes events may "
            "send it instead, as recording."
        ),
    )
    signed = forms.BooleanField(
        label=gettext_lazy("Refuse messages that are not signed"),
        required=False,
        help_text=gettext_lazy("Only where the exchange can sign."),
    )
    make = forms.ChoiceField(
        label=gettext_lazy("Its form"),
        required=False,
        help_text=gettext_lazy("Which of its fields is which. What does not fit is refused with the field’s name."),
    )
    toml = prose(
        gettext_lazy("Custom fields"),
        20_000,
        rows=6,
        help_text=gettext_lazy("If none of the makes fits: a file like the one in docs/operations/telephone.md."),
    )
    contexts = prose(
        gettext_lazy("Trunk contexts"),
        2000,
        rows=2,
        help_text=gettext_lazy("Where calls come in from outside, separated by commas: from-trunk, from-pstn."),
    )

    def __init__(self, data: Any = None, *, of: Exchange) -> None:
        super().__init__(data, of=of)
        self.initial["contexts"] = ", ".join(of.contexts)
        self.initial["make"], self.initial["toml"] = of.mapping.get("make", ""), of.mapping.get("toml", "")
        for name in ("signed", "make", "toml") if of.kind == ExchangeKind.AMI else ("contexts",):
            del self.fields[name]
        if "make" in self.fields:
            self.offer("make", makes())

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "make" in self.fields:
            try:
                fields["mapping"] = mapping({"make": fields.pop("make", ""), "toml": fields.pop("toml", "")})
            except forms.ValidationError as unfit:
                self.add_error("toml", unfit)
        return fields


def makes() -> list[tuple[str, str]]:
    """The forms an exchange may push in: those that were tried, and files from what a make has published."""
    untried = _("%s: from its published format, not tried")
    named = [(make, untried % cti_mapping.read_mapping(cti_mapping.shipped(make)).name) for make in cti_mapping.MAKES]
    return [("", _("Zammad, sipgate.io or Placetel")), *named, (cti_mapping.OWN, _("Custom fields, as below"))]


class AgentForm(DeskForm):
    """A name at the exchange, whose it is, and from when on."""

    name = words(
        gettext_lazy("Name at the exchange"),
        LONGEST_AGENT,
        needed=True,
        help_text=gettext_lazy("The member's name, extension or interface, as it appears in its messages."),
        error_messages={"required": gettext_lazy("Write the name as it appears in the exchange's messages.")},
    )
    staff = forms.ChoiceField(
        label=gettext_lazy("Person"),
        error_messages={
            "required": gettext_lazy("Choose whose name it is."),
            "invalid_choice": gettext_lazy("One of these people does not work for the operator. Choose from the list."),
        },
    )
    since = HourField(
        label=gettext_lazy("From (time)"),
        required=True,
        farthest=LONGEST_AGO,
        help_text=gettext_lazy("In the operator's time. Calls already on record stay as they are."),
    )

    def __init__(self, data: Any = None, *, at: datetime, name: str = "") -> None:
        super().__init__(data, auto_id="agent_%s")
        self.initial = {"name": name, "since": at.astimezone(desk_zone()).replace(second=0, microsecond=0)}
        self.offer("staff", [("", "—"), *people_choices()])

    def clean_staff(self) -> Staff:
        found = staff_of_id(self.cleaned_data["staff"])
        if found is None:
            raise forms.ValidationError(_("Choose whose name it is."))
        return found


@looks
def exchange(request: HttpRequest, exchange_id: int) -> HttpResponse:
    return exchange_page(request, find(exchange_id))


def find(exchange_id: int) -> Exchange:
    """Raises Http404."""
    return get_object_or_404(Exchange, pk=min(exchange_id, LARGEST_ID))


def exchange_page(request: HttpRequest, one: Exchange, *, status: int = 200, **more: Any) -> HttpResponse:
    """``more``: what was sent and refused."""
    context = {
        "form": ExchangeForm(of=one),
        "meanwhile": looked_at(EXCHANGE, one.pk),
        **context_of(request, one),
        **more,
    }
    return settings_page(request, "telephone/exchange", context, tab=TAB, status=status)


def context_of(request: HttpRequest, one: Exchange) -> dict[str, Any]:
    """The page without its form."""
    at = now()
    said, names = exchange_seen.latest_packets(one, at), line_names(at)
    return {
        "row": exchange_row(one, at),
        "exchange": one,
        "is_cti": one.kind == ExchangeKind.CTI,
        "hearing": hearing_of(said),
        "agent_form": AgentForm(at=at, name=request.GET.get("nombre", "")[:120]),
        "queues": queue_lines(one, one.queues, at),
        "unnamed": unnamed(one, at),
        "numbers": [(number, line, names.name(line)) for number, line in sorted(one.numbers.items())],
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "desks": list(names.desks.items()),
        "agents": agents_of(one),
        "agents_before": agents_before(one)[:20],
        "unknown": exchange_seen.members_unknown(one, at),
        "said": [packet_row(event) for event in said] if may_change(request) else [],
        "gaps": [gap_row(gap, at) for gap in exchange_seen.last_gaps(one)],
        "back": reverse(TAB),
    }


@changes
@require_POST
def edit(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Country, signature, trunk contexts."""
    one = find(exchange_id)
    facts = Setting(
        tab=TAB,
        form=lambda data: ExchangeForm(data, of=one),
        save=lambda fields: saved(request, one, fields, ""),
        noun=EXCHANGE,
        key=one.pk,
        template="telephone/exchange",
        context=lambda _form: context_of(request, one),
    )
    return edited(request, facts)


@changes
@require_POST
def queues(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Which queue leads to which desk."""
    one = find(exchange_id)
    pairs, there = pairs_in(request), meanwhile(request, EXCHANGE, one.pk)
    wrong, status = "", there.status
    if not there.changes:
        answer = attempt(lambda: saved(request, one, {"queues": pairs}, "#queues"))
        if not isinstance(answer, Refusal):
            return answer
        wrong, status = answer.sentence, INVALID
    sent = {"queues": queue_lines(one, dict(pairs) or one.queues, now()), "queues_wrong": wrong, "meanwhile": there}
    return exchange_page(request, one, status=status, **sent)


def saved(request: HttpRequest, one: Exchange, fields: dict[str, Any], place: str) -> HttpResponse:
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


@changes
@require_POST
def give_agent(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """A name at the exchange is this person's from an hour on; whoever had it before ends then."""
    one, at = find(exchange_id), now()
    form = AgentForm(request.POST, at=at)
    if form.is_valid() and (earlier := too_early(one, form.cleaned_data["name"], form.cleaned_data["since"])):
        form.add_error("since", earlier)
    agent = attempt(lambda: agent_named(one, form.cleaned_data, by=member(request), at=at), form)
    if isinstance(agent, Refusal):
        return exchange_page(request, one, status=INVALID, agent_form=form)
    say(request, _("“%(name)s” is %(who)s.") % {"name": agent.name, "who": form.cleaned_data["staff"].name})
    return redirect(f"{reverse('settings_exchange', args=[one.pk])}#agents")


def agent_named(one: Exchange, fields: dict[str, Any], *, by: Staff, at: datetime) -> ExchangeAgent:
    """Raises ExchangeRefused."""
    return name_agent(one, fields["name"], fields["staff"], since=fields["since"], at=at, by=by)


@changes
@require_POST
def end_name(request: HttpRequest, exchange_id: int, agent_id: int) -> HttpResponse:
    agent = get_object_or_404(ExchangeAgent, pk=min(agent_id, LARGEST_ID), exchange=find(exchange_id))
    end_agent(agent, by=member(request), at=now())
    say(request, _("“%s” no longer belongs to anybody.") % agent.name)
    return redirect(f"{reverse('settings_exchange', args=[agent.exchange_id])}#agents")


def exchange_row(exchange: Exchange, at: datetime) -> dict[str, Any]:
    state, is_bad = state_of(exchange, at)
    kinds = {ExchangeKind.AMI.value: _("Guardia listens to it (AMI)"), ExchangeKind.CTI.value: _("it pushes (CTI)")}
    return {
        "exchange": exchange,
        "kind": kinds.get(exchange.kind, exchange.kind),
        "state": state,
        "is_bad": is_bad,
        "seen": hour_of(exchange.seen_at),
        "queues": len(exchange.queues),
    }


def state_of(exchange: Exchange, at: datetime) -> tuple[str, bool]:
    """In words, and whether somebody should look at it."""
    if not exchange.is_active:
        return _("switched off"), False
    if exchange.seen_at is None:
        return _("no signal so far"), True
    if exchange.kind == ExchangeKind.CTI:
        return _("in use"), False
    if exchange.connected_at is None:
        return _("no signal since %s") % hour_of(exchange.seen_at), True
    if at - exchange.seen_at > SILENT_AFTER:
        return _("connected, silent since %s") % hour_of(exchange.seen_at), True
    return _("connected since %s") % hour_of(exchange.connected_at), False


def hearing_of(events: Sequence[ExchangeEvent]) -> dict[str, Any] | None:
    """What a call that is made to try it shows: the last word, and how late words come. None: nothing for a week."""
    if not events:
        return None
    last, late = events[0], delay_of(list(events))
    if late is None:
        words, is_bad = _("It sends no times of its own: its calls are measured by when its messages arrive."), False
    elif late < AHEAD:
        words = _("Its clock is ahead of ours by %s. Synchronise both with NTP: the minute is measured by its times.")
        words, is_bad = words % seconds(-late), True
    elif late > LATE:
        words = _(
            "Its messages arrive %s late: its clock is behind ours, or they are delayed on the way. Check NTP first."
        )
        words, is_bad = words % seconds(late), True
    else:
        words, is_bad = _("Its messages arrive within %s, by its own times.") % seconds(max(late, timedelta())), False
    return {"last": last.name, "last_at": hour_of(last.received_at), "words": words, "is_bad": is_bad}


def packet_row(event: ExchangeEvent) -> dict[str, Any]:
    late = event.received_at - event.happened_at
    return {
        "at": date_format(localtime(event.received_at), "d/m H:i:s"),
        "late": seconds(late) if late else "–",
        "name": event.name,
        "source": event.source,
        "reference": event.reference,
        "packet": [(str(pair[0]), str(pair[1])) for pair in event.packet if len(pair) == 2],
    }


def queue_lines(exchange: Exchange, mapped: Mapping[str, str], at: datetime) -> list[dict[str, Any]]:
    """Those that lead somewhere, those that were seen and lead nowhere yet, and two to fill in.

    ``seen``: in how many calls of a month it was seen; 0 for none.
    """
    counts = {each.name: each.count for each in exchange_seen.queues_seen(exchange, at)}
    new = [name for name in counts if name and name not in mapped]
    pairs = [*((queue, desk, False) for queue, desk in mapped.items()), *((name, "", True) for name in new)]
    pairs += [("", "", False)] * BLANK_QUEUES
    return [
        {"number": number, "queue": queue, "desk": desk, "seen": counts.get(queue, 0), "is_new": is_new}
        for number, (queue, desk, is_new) in enumerate(pairs)
    ]


def seconds(length: timedelta) -> str:
    return f"{number_format(length.total_seconds(), 3, use_l10n=True)}\u00a0s"


def hour_of(at: datetime | None) -> str:
    return date_format(localtime(at), "d/m/Y H:i:s") if at else "–"


urlpatterns = [
    path("telefonia/<int:exchange_id>", exchange, name="settings_exchange"),
    path("telefonia/<int:exchange_id>/editar", edit, name="settings_exchange_edit"),
    path("telefonia/<int:exchange_id>/colas", queues, name="settings_exchange_queues"),
    path("telefonia/<int:exchange_id>/agentes", give_agent, name="settings_agent_give"),
    path("telefonia/<int:exchange_id>/agentes/<int:agent_id>/terminar", end_name, name="settings_agent_end"),
]
