"""All open escalations in one list, and the last that ended; and an escalation that somebody asks for by telephone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.escalation_rows import MOST_OPEN, cases_to_choose, deciding_clocks, last_ended, open_escalations
from guardia.cases.verbs import Event
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.customers.lookup import contacts_with_ways_of
from guardia.escalation.escalation import Escalation
from guardia.escalation.roster import Roster
from guardia.people.policy import Right, may
from guardia.people.staff import Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.bench_rows import impact_of
from guardia.web.desk.clock import face_of, hour, stood
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import case_href, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.shell import operator, shell_for, up_to_99
from guardia.web.shared import about
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.hour_fields import HourField

# --- listing ----------------------------------------------------------------------------------------------------------


@desk_page
@require_GET
def escalations(request: DeskRequest) -> HttpResponse:
    at = now()
    found, closed = open_escalations(), last_ended()
    clocks = deciding_clocks(each.case_id for each in found)
    rows = [open_row(each, clocks.get(each.case_id), at) for each in found[:MOST_OPEN]]
    ended = [closed_row(each, at) for each in closed]
    shell = shell_for(request, at, view="escalations")
    states = [f"{row['version']}{row['clock'].state if row['clock'] else ''}" for row in rows]
    tag = tag_of([*states, *(row["version"] for row in ended), shell.calls_words, shell.tag])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {
        "rows": rows,
        "ended": ended,
        "count_words": count_words(found),
        "more": len(found) > MOST_OPEN,
        "shell": shell,
        "tag": tag,
    }
    template = "desk/escalation/list_live.html" if is_fragment(request) else "desk/escalation/list.html"
    return stamped(page(request, template, context), tag)


def count_words(found: Sequence[Escalation]) -> str:
    silent = sum(1 for each in found if each.acknowledged_at is None)
    words = ngettext("%(n)s open", "%(n)s open", len(found)) % {"n": up_to_99(len(found))}
    unanswered = ngettext("%(n)s without an answer", "%(n)s without an answer", silent) % {"n": up_to_99(silent)}
    return f"{words} · {unanswered}" if silent else words


def open_row(each: Escalation, clock: Clock | None, at: datetime) -> dict[str, Any]:
    return {
        **what_it_is(each, at),
        "since": hour(each.began_at, at),
        "answers": answers_words(each, at),
        "is_answered": each.acknowledged_at is not None,
        "next_words": next_words(each, clock, at),
        "clock": face_of(clock, at) if clock else None,
        "version": f"{each.pk}.{each.level}.{each.paged_at}.{each.acknowledged_at}.{each.commands}",
    }


def closed_row(each: Escalation, at: datetime) -> dict[str, Any]:
    ended = each.ended_at or at
    return {
        **what_it_is(each, at),
        "since": hour(each.began_at, at),
        "answers": each.acknowledged_by.name if each.acknowledged_by else _("nobody"),
        "is_answered": each.acknowledged_by is not None,
        "next_words": _("ended %(hour)s, after %(time)s")
        % {"hour": hour(ended, at), "time": stood(ended - each.began_at)},
        "version": f"{each.pk}.ended",
    }


def what_it_is(each: Escalation, at: datetime) -> dict:
    case = each.case
    return {
        "id": f"escalation-{each.pk}",
        "href": case_href(case),
        "level": level_name(each),
        "company": case.customer.name,
        "vip": case.customer.vip,
        "city": about.city(case) or about.desk_name(case),
        "about": f"{case.display_number} · {case.subject}",
        "source": source_words(each.source),
    }


def level_name(each: Escalation) -> str:
    rule = versions.of(each.case.procedure_version_id).level(each.level) if each.level else None
    return str(rule.name) if rule else _("No level yet")


def source_words(source: str) -> str:
    return {
        "breach": _("promise overdue"),
        "engineer": _("our own people"),
        "customer": _("the customer asked"),
        "received": _("the customer called"),
    }.get(source, source)


def answers_words(each: Escalation, at: datetime) -> str:
    if each.joined:
        return _("with case %(number)s") % {"number": each.joined.display_number}
    if each.acknowledged_at is None or each.acknowledged_by is None:
        return _("nobody has acknowledged")
    words = _("%(who)s, in command since %(hour)s") if each.commands else _("%(who)s, since %(hour)s")
    return words % {"who": each.acknowledged_by.name, "hour": hour(each.acknowledged_at, at)}


def next_words(each: Escalation, clock: Clock | None, at: datetime) -> str:
    if clock is None or clock.due_at is None:
        step = each.case.next_step_at
        return _("checked again at %(hour)s") % {"hour": hour(step, at)} if step else ""
    words = {
        ClockKind.ACKNOWLEDGEMENT: _("next level at %(hour)s"),
        ClockKind.MOVEMENT: _("next level at %(hour)s if nothing moves"),
        ClockKind.CALL_TASK: _("call to make by %(hour)s"),
    }
    return words[ClockKind(clock.kind)] % {"hour": hour(clock.due_at, at)}


# --- received ---------------------------------------------------------------------------------------------------------
# E1: the customer has rung a person of the matrix, who enters it in two taps: which case, and that it was received.
# The call's own hour counts.
AGO = (0, 5, 10, 15)


class ReceivedForm(forms.Form):
    """Who called and when: the person who reported and now, unless said otherwise."""

    who = forms.ChoiceField(label=gettext_lazy("Who called"), widget=forms.RadioSelect, required=False)
    other = forms.CharField(label=gettext_lazy("Another person: name"), required=False, max_length=160)
    ago = forms.ChoiceField(label=gettext_lazy("When"), widget=forms.RadioSelect, required=False)
    at = HourField(label=gettext_lazy("At another time"))
    words = forms.CharField(
        label=gettext_lazy("What the customer asks for"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    level = forms.TypedChoiceField(label=gettext_lazy("Level that was called"), coerce=int, required=False)

    use_required_attribute = False

    def __init__(self, *args, case: Case, staff: Staff, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        procedure = versions.of(case.procedure_version_id)
        people = callers(case)
        self.hour_now = now
        fields: dict = self.fields
        fields["who"].choices = [(name, name) for name in people]
        fields["who"].initial = people[0] if people else ""
        fields["ago"].choices = [(str(ago), ago_words(ago)) for ago in AGO]
        fields["ago"].initial = "0"
        fields["at"].now, fields["at"].help_text = now, operator(now)[2]
        fields["level"].choices = [(rule.level, str(rule.name)) for rule in procedure.escalation.levels]
        fields["level"].initial = level_of(staff, procedure, now)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        cleaned["caller"] = cleaned.get("other", "").strip() or cleaned.get("who", "")
        if not cleaned["caller"] and "other" not in self.errors:
            self.add_error("other", _("Write who called."))
        ago = int(cleaned.get("ago") or 0)
        cleaned["called_at"] = cleaned.get("at") or self.hour_now - timedelta(minutes=ago)
        cleaned["level"] = cleaned.get("level") or self.fields["level"].initial
        return cleaned


@dataclass(frozen=True, slots=True)
class Received:
    words: str
    choices: list[dict[str, Any]] = field(default_factory=list)
    chosen: dict[str, Any] | None = None
    form: ReceivedForm | None = None
    refused: str = ""


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def escalation_received(request: DeskRequest) -> HttpResponse:
    """GET chooses the case, then asks who and when; POST puts it on record."""
    given = request.POST if request.method == "POST" else request.GET
    number = given.get("caso", "")
    case = case_for_desk(number, locked=request.method == "POST") if number else None
    at = now()
    if request.method != "POST" or case is None:
        return received_page(request, case, at, status=422 if request.method == "POST" else 200)
    form = ReceivedForm(request.POST, case=case, staff=request.user, now=at)
    if not form.is_valid():
        return received_page(request, case, at, form=form, status=422)
    fields = form.cleaned_data
    done = attempt(lambda: received(case, fields, request.user, at))
    if isinstance(done, Refusal):
        return received_page(request, case, at, form=form, refused=done.sentence, status=done.status)
    words = _("%(number)s: on record since %(hour)s. You answer for it.")
    say(request, words % {"number": case.display_number, "hour": hour(fields["called_at"], at)})
    return redirect("case", case.number)


def received(case: Case, fields: Mapping[str, Any], staff: Staff, at: datetime) -> Event:
    """That the customer rang this person is on record, as the form has it. Raises Refused."""
    who = {"staff": staff, "level": fields["level"], "by": Actor.of_staff(staff)}
    hours = {"at": fields["called_at"], "now": at}
    return case.receive_escalation(fields["caller"], **who, **hours, words=fields["words"])


def received_page(
    request: DeskRequest,
    case: Case | None,
    at: datetime,
    *,
    form: ReceivedForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    asked = request.POST.get("caso") or request.GET.get("caso")
    if case and case.is_open:
        form = form or ReceivedForm(case=case, staff=request.user, now=at)
        choosing = Received(words, chosen=choice(case, at, is_chosen=True), form=form, refused=refused)
    else:
        if asked and case is None:
            refused = _("There is no case with this number. Choose one from the list, or search.")
        if case:
            refused = _("Case %(number)s is closed. Choose an open one.") % {"number": case.display_number}
        choosing = Received(words, [choice(one, at) for one in cases_to_choose(words, at)], refused=refused)
    context = {
        "received": choosing,
        "may_receive": may(request.user, Right.HANDLE_CASES),
        "shell": shell_for(request, at, view="escalations"),
    }
    return page(request, "desk/escalation/received.html", context, status=status)


def choice(case: Case, at: datetime, *, is_chosen: bool = False) -> dict[str, Any]:
    impact, impact_word = impact_of(case)
    level = versions.of(case.procedure_version_id).level(case.escalated_level) if case.escalated_level else None
    return {
        "href": f"{reverse('escalation_received')}?caso={case.number}",
        "number": case.display_number,
        "company": case.customer.name,
        "vip": case.customer.vip,
        "about": about.joined(about.city(case) or about.desk_name(case), about.subject_matter(case), case.subject),
        "impact": impact,
        "impact_word": impact_word,
        "escalated": str(level.name) if level else "",
        "is_chosen": is_chosen,
    }


def callers(case: Case) -> list[str]:
    """Who probably called: the one who reported, then the company's other contacts."""
    contacts = [contact.name for contact in contacts_with_ways_of(case.customer_id)[:5]]
    reporter = case.reporter_name or (case.reporter.name if case.reporter else "")
    return list(dict.fromkeys(name for name in (reporter, *contacts) if name))[:5]


def ago_words(minutes: int) -> str:
    return _("%(n)d min ago") % {"n": minutes} if minutes else _("Just now")


def level_of(staff: Staff, procedure: Procedure, at: datetime) -> int:
    """The level that this person holds now; level 1 for whoever holds none."""
    levels = sorted(rule.level for rule in procedure.escalation.levels)
    roster = Roster.between(at, at, levels)
    return next((level for level in levels if staff in roster.on_duty(level, at)), levels[0])


urlpatterns = [
    path("escalamientos/", escalations, name="escalations"),
    path("escalamiento/recibido", escalation_received, name="escalation_received"),
]
