"""Channels of teams (``/ajustes/canales-de-equipo``): Slack, Teams, Mattermost, Telegram, WhatsApp, and which news."""

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import team_channel_editing as editing
from guardia.cases.labels import IMPACT_NAMES
from guardia.cases.resolver_group import all_groups
from guardia.clocks import watch
from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.customers.values import Unfit
from guardia.notices.page import Pager
from guardia.notices.server_answer import Verdict
from guardia.notices.team_address import KINDS, PLACE_FIELDS
from guardia.notices.team_channel import (
    NEWS_NAMES,
    NOUN,
    TROUBLE,
    TeamChannel,
    all_channels,
    channel_of_id,
    names_of_news,
)
from guardia.notices.team_message import trial_message
from guardia.people.attempts import may_try
from guardia.people.audit import AuditKind
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, language, member, needs, prose, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.channel_forms import AS_TYPED, hidden
from guardia.web.desk.settings.channels import (
    LONGEST_SECONDS,
    STEP_SECONDS,
    Outcome,
    TooLong,
    too_often,
    within,
)
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.setting_form import Setting, edited, looked_at
from guardia.web.shared.act import INVALID
from guardia.web.shared.audit import note
from guardia.web.shared.hour_fields import ClockField

HOME = "settings_team_channels"
connects = needs(Right.CONNECT)

SECRETS: Mapping[str, tuple[Promise, Promise]] = {
    "slack": (
        gettext_lazy("Incoming webhook"),
        gettext_lazy("In Slack: Apps, Incoming Webhooks, Add to the channel. It begins with https://hooks.slack.com/"),
    ),
    "teams": (
        gettext_lazy("Address of the workflow"),
        gettext_lazy("In Teams: … of the channel, Workflows, “Post to a channel when a webhook request is received”."),
    ),
    "mattermost": (
        gettext_lazy("Incoming webhook"),
        gettext_lazy("In Mattermost: Integrations, Incoming Webhooks. https://chat.example.com/hooks/…"),
    ),
    "telegram": (
        gettext_lazy("Token of the bot"),
        gettext_lazy("From @BotFather. Add the bot to the group, so that it may write there."),
    ),
    "whatsapp": (
        gettext_lazy("Access token"),
        gettext_lazy("The permanent token of the app at Meta, with whatsapp_business_messaging."),
    ),
    "other": (
        gettext_lazy("Apprise address"),
        gettext_lazy("For any other service: rockets://TOKEN@chat.example.com/#noc, ntfys://ntfy.example.com/noc"),
    ),
}
"""Of each kind what its secret is called, and where it is found."""


class TeamChannelForm(DeskForm):
    """Of one kind: with the fields of its address."""

    name = words(gettext_lazy("Name"), editing.LONGEST_NAME, needed=True)
    language = language()
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    secret = hidden("", editing.LONGEST_SECRET)
    chat = words(
        gettext_lazy("Chat"),
        40,
        help_text=gettext_lazy("Its number, -100…, or its @name; for a topic -100…:TOPIC."),
        widget=forms.TextInput(dict(AS_TYPED)),
    )
    phone_id = words(
        gettext_lazy("Identifier of the sending number"),
        30,
        help_text=gettext_lazy("“Phone number ID” at Meta, not the number itself."),
        widget=forms.TextInput({"inputmode": "numeric", **AS_TYPED}),
    )
    numbers = prose(
        gettext_lazy("Numbers"),
        editing.LONGEST_PLACE,
        rows=2,
        help_text=gettext_lazy("With their country, one on each line: +593 99 000 0000"),
    )
    template = words(
        gettext_lazy("Template"),
        100,
        help_text=gettext_lazy("Its first parameter takes the text. Without one, only for 24 h after an answer."),
        widget=forms.TextInput(dict(AS_TYPED)),
    )
    template_language = words(
        gettext_lazy("Language of the template"),
        8,
        help_text=gettext_lazy("As Meta has it: es, es_EC, pt_BR."),
        widget=forms.TextInput(dict(AS_TYPED)),
    )
    news = forms.MultipleChoiceField(
        label=gettext_lazy("Which news"), required=False, widget=forms.CheckboxSelectMultiple
    )
    impacts = forms.MultipleChoiceField(
        label=gettext_lazy("Status of the service"), required=False, widget=forms.CheckboxSelectMultiple
    )
    desks = forms.MultipleChoiceField(label=gettext_lazy("Desks"), required=False, widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Resolver groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    companies = prose(
        gettext_lazy("Companies"),
        editing.LONGEST_COMPANIES,
        rows=3,
        help_text=gettext_lazy("A name on each line. Empty: all of them."),
    )
    with_company = forms.BooleanField(label=gettext_lazy("Messages name the company and the circuit"), required=False)
    quiet_from = ClockField(label=gettext_lazy("Quiet from"), required=False)
    quiet_until = ClockField(label=gettext_lazy("Quiet until"), required=False)
    quiet_impacts = forms.MultipleChoiceField(
        label=gettext_lazy("Sent in quiet hours all the same"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, kind: str, channel: TeamChannel | None) -> None:
        super().__init__(data)
        self.kind = kind
        self.initial = editing.fields_of(channel) if channel else {"active": True, "news": ["outage", "escalated"]}
        for name in {each for names in PLACE_FIELDS.values() for each in names} - set(PLACE_FIELDS.get(kind, ())):
            del self.fields[name]
        label, where = SECRETS[kind]
        stays = _("One is saved and not shown. Empty: it stays.")
        self.fields["secret"].label = str(label)
        self.fields["secret"].help_text = stays if channel and channel.secret else str(where)
        self.offer("news", [(news.value, words) for news, words in NEWS_NAMES.items()])
        for name in ("impacts", "quiet_impacts"):
            self.offer(name, [(impact.value, words) for impact, words in IMPACT_NAMES.items()])
        self.offer("desks", list(editing.desk_names(now()).items()))
        held = set(channel.groups) if channel else set()
        self.offer("groups", [(str(one.pk), one.name) for one in all_groups() if one.active or one.pk in held])

    @property
    def of_address(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "secret", *PLACE_FIELDS.get(self.kind, ()), "language")]

    @property
    def of_cases(self) -> list[forms.BoundField]:
        return [self[name] for name in ("impacts", "desks", "groups") if self.fields[name].choices]  # type: ignore[attr-defined]


@connects
def channels(request: HttpRequest) -> HttpResponse:
    """Every channel, with which news goes there and whether it takes any."""
    at = now()
    failing = {each.key: each for each in watch.failing_of(TROUBLE)}
    rows = [
        {
            "channel": one,
            "kind": KINDS[one.kind],
            "news": ", ".join(names_of_news(one.news)),
            "trouble": failing[one.name].reason if one.name in failing else "",
            "since": hour(failing[one.name].since, at) if one.name in failing else "",
        }
        for one in all_channels()
    ]
    context = {"rows": rows, "kinds": list(KINDS.items())}
    return settings_page(request, "team_channels", context, tab=HOME)


@connects
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    return channel_page(request, None, kind)


@connects
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    channel = channel_of_id(pk) if pk <= LARGEST_ID else None
    if channel is None:
        raise Http404
    return channel_page(request, channel, channel.kind)


def channel_page(request: HttpRequest, channel: TeamChannel | None, kind: str) -> HttpResponse:
    """The form; once sent, saved; or tried as it is typed."""
    setting = setting_of(request, channel, kind)
    if request.method != "POST" or "probar" not in request.POST:
        return edited(request, setting)
    form = setting.form(request.POST)
    outcome = trial(request, form, channel, kind) if form.is_valid() else None
    status = 200 if outcome and outcome.is_well else INVALID
    context = {
        "form": form,
        "meanwhile": looked_at(NOUN, setting.key),
        "title": setting.title,
        "back": reverse(HOME),
        **setting.context(form),
        "outcome": outcome,
    }
    return keeps(settings_page(request, "team_channel", context, tab=HOME, status=status))


def setting_of(request: HttpRequest, channel: TeamChannel | None, kind: str) -> Setting:
    def save(fields: dict[str, Any]) -> None:
        saved = editing.save(channel, kind, fields, by=member(request), at=now())
        say(request, _("Saved: %s.") % saved.name)

    name = channel.name if channel else ""
    return Setting(
        tab=HOME,
        title=name or _("New channel: %(kind)s") % {"kind": KINDS[kind]},
        form=lambda data: TeamChannelForm(data, kind=kind, channel=channel_of_id(channel.pk) if channel else None),
        save=save,
        noun=NOUN,
        key=channel.pk if channel else None,
        template="team_channel",
        context=lambda _form: {"kind": kind, "kind_name": KINDS[kind], "is_new": channel is None},
    )


def trial(request: HttpRequest, form: TeamChannelForm, channel: TeamChannel | None, kind: str) -> Outcome | None:
    """One message to the channel as it is typed; None, and what is wrong at its field, where it cannot be one. It is on
    record, and nobody tries without end.
    """
    by, at = member(request), now()
    try:
        typed = editing.typed(channel, kind, form.cleaned_data, at)
    except Unfit as unfit:
        form.add_error(None, unfit)
        return None
    if not may_try(by, at):
        return too_often()
    note(request, AuditKind.TRIED, about=NOUN, key=typed.pk or "")
    begun = perf_counter()
    try:
        content = trial_message(typed)
        answer = within(lambda: Pager(STEP_SECONDS).send(typed.address, content), LONGEST_SECONDS)
    except TooLong:
        return Outcome(False, _("There was no answer within %d seconds.") % LONGEST_SECONDS)
    if answer.verdict is Verdict.ACCEPTED:
        found = Outcome(True, _("The channel took a message. Look whether it arrived."))
    else:
        found = Outcome(False, _("The channel did not take the message: %s") % answer.words)
    return replace(found, seconds=perf_counter() - begun)


urlpatterns = [
    path("canales-de-equipo", channels, name=HOME),
    path("canales-de-equipo/nuevo/<slug:kind>", new, name="settings_team_channel_new"),
    path("canales-de-equipo/<int:pk>", edit, name="settings_team_channel"),
]
