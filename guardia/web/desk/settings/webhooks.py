"""Webhooks (``/ajustes/avisos-a-sistemas``): which systems follow the events of the cases, how each stands, its log."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guardia.config.now import now
from guardia.events.families import FAMILIES, Family
from guardia.events.kinds import KINDS
from guardia.people import rehearsal
from guardia.people.attempts import may_try
from guardia.people.audit import AuditKind
from guardia.people.sealing import CannotBeUnsealed
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.channels import connects
from guardia.web.desk.settings.frame import number_in, settings_page, uncached_page
from guardia.web.desk.settings.setting_form import Setting, edited
from guardia.web.desk.settings.webhook_words import (
    FAMILY_NAMES,
    FORMAT_CHOICES,
    IMPACT_CHOICES,
    STATE_NAMES,
    kinds_in_words,
)
from guardia.web.shared.act import INVALID, Refusal, attempt
from guardia.web.shared.audit import note
from guardia.web.shared.hour_fields import HourField
from guardia.webhooks import editing, log, outbox, sending
from guardia.webhooks.poster import Answer
from guardia.webhooks.subscription import (
    NOUN,
    STAYS,
    SubscriptionState,
    WebhookDelivery,
    WebhookState,
    WebhookSubscription,
)

HOME = "settings_webhooks"
AT_ONCE = 50

DELIVERY_NAMES: dict[str, Promise] = {
    WebhookState.WAITING: pgettext_lazy("webhook", "waits"),
    WebhookState.SENDING: pgettext_lazy("webhook", "under way"),
    WebhookState.DELIVERED: pgettext_lazy("webhook", "taken"),
    WebhookState.DEAD: pgettext_lazy("webhook", "given up"),
    WebhookState.HELD: pgettext_lazy("webhook", "held: rehearsal"),
}


class WebhookForm(DeskForm):
    readers = editing.READERS
    name = words(
        gettext_lazy("Name"), editing.LONGEST_NAME, needed=True, help_text=gettext_lazy("The system that listens.")
    )
    url = words(
        gettext_lazy("Address that takes them (POST)"),
        editing.LONGEST_URL,
        needed=True,
        help_text=gettext_lazy("https://… Your own networks may do without TLS."),
    )
    company = words(
        gettext_lazy("Of one company alone"), 200, help_text=gettext_lazy("Its name or code. Empty: of all.")
    )
    least_impact = forms.ChoiceField(label=gettext_lazy("How the service is, at least"), choices=IMPACT_CHOICES)
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=FORMAT_CHOICES,
        required=False,
        help_text=gettext_lazy("CloudEvents, unless the other system speaks another standard."),
    )
    families = forms.MultipleChoiceField(
        label=gettext_lazy("Events of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(FAMILY_NAMES.items()),
    )
    single = forms.MultipleChoiceField(
        label=gettext_lazy("And these single events"), required=False, widget=forms.CheckboxSelectMultiple
    )
    with_texts = forms.BooleanField(
        label=gettext_lazy("With names, and the texts that the customer may read"), required=False
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.initial = initial or {}
        named = [(str(moment), f"{KINDS[Moment(moment)].name} ({moment})") for moment in FAMILIES]
        self.offer("single", sorted(named, key=lambda one: one[1]))

    def clean(self) -> dict[str, Any]:
        """Families and single kinds are one list; chosen none, all are sent."""
        cleaned = super().clean()
        cleaned["kinds"] = [*cleaned.get("families", ()), *cleaned.get("single", ())]
        return cleaned


class ReplayForm(DeskForm):
    since = HourField(label=gettext_lazy("All since the hour"))
    case = words(gettext_lazy("Or of one case"), 40, help_text=gettext_lazy("Its number."))
    seq = words(gettext_lazy("From its event no."), 6, help_text=gettext_lazy("Empty: from the first."))


def initial_of(one: WebhookSubscription) -> dict[str, Any]:
    families = set(Family)
    return {
        **{name: getattr(one, name) for name in ("name", "url", "format", "least_impact", "with_texts")},
        "company": one.company.name if one.company else "",
        "families": [kind for kind in one.kinds if kind in families],
        "single": [kind for kind in one.kinds if kind not in families],
    }


def find(pk: int) -> WebhookSubscription:
    """Raises Http404."""
    found = log.subscription_of_id(pk) if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


# --- pages ------------------------------------------------------------------------------------------------------------


@connects
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them: how each stands, when it took something last, what waits and what was given up."""
    counts = log.counts()
    rows = [row_of(one, counts.get(one.pk, log.Counts())) for one in log.subscriptions()]
    return settings_page(request, "webhooks", {"rows": rows}, tab=HOME)


def row_of(one: WebhookSubscription, counts: log.Counts) -> dict[str, Any]:
    """``is_bad``: somebody must look at it."""
    at = now()
    is_failing = one.state == SubscriptionState.ACTIVE and one.failures > 0
    state = str(STATE_NAMES[one.state])
    if is_failing and one.failing_since:
        state = _("fails since %(hour)s") % {"hour": hour(one.failing_since, at)}
    return {
        "webhook": one,
        "state": state,
        "is_bad": is_failing or one.state == SubscriptionState.GONE or bool(counts.dead),
        "last": hour(one.last_success_at, at) if one.last_success_at else "",
        "kinds": kinds_in_words(one.kinds),
        "waiting": up_to_many(counts.waiting),
        "dead": up_to_many(counts.dead) if counts.dead else "",
        "count_of_dead": counts.dead,
    }


def up_to_many(count: int) -> str:
    return f"{log.MOST_COUNTED - 1}+" if count >= log.MOST_COUNTED else str(count)


@connects
def new(request: HttpRequest) -> HttpResponse:
    def save(fields: dict[str, Any]) -> HttpResponse:
        made, secret = editing.add(fields, by=member(request), at=now())
        return secret_page(request, made, secret)

    return edited(
        request,
        Setting(
            tab=HOME,
            title=_("New webhook"),
            lead=_("Without a choice of events, all are sent."),
            form=lambda data: WebhookForm(data, initial={"least_impact": 0}),
            save=save,
            template="webhook_form",
        ),
    )


@connects
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = find(pk)

    def save(fields: dict[str, Any]) -> HttpResponse:
        saved = editing.change(editing.locked(one.pk) or one, fields, by=member(request), at=now())
        say(request, _("Saved: %s.") % saved.name)
        return redirect("settings_webhook", saved.pk)

    return edited(
        request,
        Setting(
            tab=HOME,
            title=one.name,
            lead=_("Without a choice of events, all are sent."),
            form=lambda data: WebhookForm(data, initial=initial_of(one)),
            save=save,
            noun=NOUN,
            key=one.pk,
            template="webhook_form",
        ),
    )


@connects
@require_safe
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    return sheet(request, find(pk))


def sheet(
    request: HttpRequest, one: WebhookSubscription, *, status: int = 200, form: ReplayForm | None = None, **more: Any
) -> HttpResponse:
    """The page of one: how it stands, what can be done with it, and its log. ``more``: the answer to a trial."""
    state = request.GET.get("estado", "")
    state = state if state in DELIVERY_NAMES else ""
    before = number_in(request.GET.get("antes", ""))
    found = list(log.deliveries(one, state, before)[: AT_ONCE + 1])
    here = reverse("settings_webhook", args=[one.pk])
    context = {
        **row_of(one, log.counts().get(one.pk, log.Counts())),
        "impact": dict(IMPACT_CHOICES)[one.least_impact],
        "format": dict(FORMAT_CHOICES).get(one.format, one.format),
        "company": one.company.name if one.company else "",
        "is_active": one.state == SubscriptionState.ACTIVE,
        "former_until": hour(one.former_until, now()) if one.former_until and one.former_until > now() else "",
        "days": STAYS.days,
        "deliveries": [delivery_row(each) for each in found[:AT_ONCE]],
        "states": [(name, words, name == state) for name, words in (("", _("all")), *DELIVERY_NAMES.items())],
        "older": f"{here}?estado={state}&antes={found[AT_ONCE - 1].event_id}#log" if len(found) > AT_ONCE else "",
        "replay": form or ReplayForm(),
        "back": reverse(HOME),
    }
    return settings_page(request, "webhook", {**context, **more}, tab=HOME, status=status)


def delivery_row(each: WebhookDelivery) -> dict[str, Any]:
    at = now()
    may_retry = each.state in (WebhookState.DEAD, WebhookState.DELIVERED) or (
        each.state == WebhookState.WAITING and each.available_at > at
    )
    return {
        "delivery": each,
        "event": f"{each.case.display_number} · {each.seq}",
        "kind": KINDS[Moment(each.event.moment)].name,
        "code": each.event.moment,
        "state": DELIVERY_NAMES[each.state],
        "is_bad": each.state == WebhookState.DEAD or (each.state == WebhookState.WAITING and each.attempts > 0),
        "at": hour(each.settled_at or each.created_at, at),
        "again": hour(each.available_at, at) if each.state == WebhookState.WAITING and each.attempts else "",
        "tries": ngettext("%(n)d attempt", "%(n)d attempts", each.attempts) % {"n": each.attempts},
        "may_retry": may_retry,
    }


# --- acts -------------------------------------------------------------------------------------------------------------


@connects
@require_POST
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """One press of a button on the page of a webhook."""
    if word not in ACTS:
        raise Http404
    one = find(pk) and editing.locked(pk)
    if one is None:
        raise Http404
    return ACTS[word](request, one)


def pause(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    editing.turn(one, False, by=member(request), at=now())
    say(request, _("%s is paused. Nothing is queued for it; what waits stays.") % one.name)
    return redirect("settings_webhook", one.pk)


def resume(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    editing.turn(one, True, by=member(request), at=now())
    say(request, _("%s goes on. What happened meanwhile is sent from a point, below.") % one.name)
    return redirect("settings_webhook", one.pk)


def new_secret(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    return secret_page(request, one, editing.rotate(one, by=member(request), at=now()))


def secret_page(request: HttpRequest, one: WebhookSubscription, secret: str) -> HttpResponse:
    former = hour(one.former_until, now()) if one.former_until else ""
    return uncached_page(request, "webhook_secret", {"webhook": one, "secret": secret, "former": former}, tab=HOME)


def remove(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    editing.remove(one, by=member(request), at=now())
    say(request, _("%s is removed. Nothing is sent to it any more.") % one.name)
    return redirect(HOME)


def leave_lost(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    outbox.recovered(one)
    say(request, _("It no longer stands above the desk. The events stay in the log."))
    return redirect("settings_webhook", one.pk)


def trial(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    """A message that speaks of no case, and what was answered. It is on record, and nobody tries without end."""
    if rehearsal.is_on():
        return sheet(request, one, status=INVALID, trial_words=_("In a rehearsal nothing is sent. Go live first."))
    if not may_try(member(request), now()):
        return sheet(request, one, status=INVALID, trial_words=_("Too many trials within an hour. Wait a little."))
    note(request, AuditKind.TRIED, about=NOUN, key=one.pk)
    try:
        answer = sending.trial(one, now())
    except CannotBeUnsealed:
        return sheet(request, one, status=INVALID, trial_words=_("Its secret cannot be read: make a new one."))
    return sheet(
        request,
        one,
        status=200 if answer.is_well else INVALID,
        trial_words=answer_words(answer),
        trial_body=answer.words if answer.status else "",
        trial_is_well=answer.is_well,
    )


def answer_words(answer: Answer) -> str:
    facts = {"status": answer.status, "ms": answer.took_ms, "why": answer.words}
    if answer.status is None:
        return _("No answer: %(why)s (%(ms)d ms)") % facts
    if answer.is_well:
        return _("The receiver took it: %(status)d, in %(ms)d ms.") % facts
    if 300 <= answer.status < 400:
        return _("The receiver sends us on: %(status)d. No redirect is followed: write the last address.") % facts
    return _("The receiver refused it: %(status)d, in %(ms)d ms.") % facts


def send_again(request: HttpRequest, one: WebhookSubscription) -> HttpResponse:
    """Everything from an hour, or from an event of a case, once more."""
    form = ReplayForm(request.POST)

    def run() -> int:
        given, at = form.cleaned_data, now()
        if given["case"]:
            return log.replay_case(one, given["case"], number_in(given["seq"]), at)
        if given["since"] is None:
            raise forms.ValidationError({"since": _("Write an hour, or the number of a case.")})
        return log.replay_since(one, given["since"], at)

    found = attempt(run, form)
    if isinstance(found, Refusal):
        return sheet(request, one, status=INVALID, form=form)
    words = ngettext("%(n)d event is sent once more.", "%(n)d events are sent once more.", found)
    say(request, words % {"n": found})
    return redirect(reverse("settings_webhook", args=[one.pk]) + "#log")


ACTS: dict[str, Callable[[HttpRequest, WebhookSubscription], HttpResponse]] = {
    "pausar": pause,
    "seguir": resume,
    "clave": new_secret,
    "quitar": remove,
    "dejar": leave_lost,
    "probar": trial,
    "reenviar": send_again,
}


@connects
@require_POST
def retry(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """One delivery once more."""
    one = find(pk)
    done = delivery <= LARGEST_ID and log.retry(one, delivery, now())
    say(request, _("It is sent once more.") if done else _("This one is under way, or is not in the log any more."))
    return redirect(reverse("settings_webhook", args=[one.pk]) + "#log")


urlpatterns = [
    path("avisos-a-sistemas", webhooks, name=HOME),
    path("avisos-a-sistemas/nuevo", new, name="settings_webhook_new"),
    path("avisos-a-sistemas/<int:pk>", webhook, name="settings_webhook"),
    path("avisos-a-sistemas/<int:pk>/editar", edit, name="settings_webhook_edit"),
    path("avisos-a-sistemas/<int:pk>/entregas/<int:delivery>", retry, name="settings_webhook_retry"),
    path("avisos-a-sistemas/<int:pk>/<slug:word>", act, name="settings_webhook_act"),
]
