"""The rehearsal: its list, what it holds, the one switch that goes live, and the way back."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.config.now import now
from guardia.events.kinds import name_of_kind
from guardia.history.event_log import LogRequest
from guardia.history.event_log_file import FORMATS, EventLog
from guardia.history.open_file import write_open_cases
from guardia.notices import held_rows, holding, notice_rows, rehearsal_list
from guardia.notices.notice import Delivery
from guardia.outages.outage_rows import open_outages
from guardia.outages.planned_work_rows import open_works
from guardia.people import rehearsal
from guardia.people.lookup import active_staff, staff_named
from guardia.people.rehearsal import NOUN, NamedList
from guardia.procedure import version as versions
from guardia.web.desk.case_page.notices import channel_words, name_of, spoken_address
from guardia.web.desk.clock import hour
from guardia.web.desk.companies.frame import DeskForm, member, prose
from guardia.web.desk.page import say
from guardia.web.desk.settings.channels import connects
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.setting_form import Setting, edited
from guardia.web.shared.act import INVALID
from guardia.web.shared.audit import exported

TAB = "settings_rehearsal"
LONGEST, MOST_NAMED = 20_000, 5


# --- the page ---------------------------------------------------------------------------------------------------------
@connects
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whether it runs, to whom something goes, what was held, and what to see to before it ends."""
    state, at = rehearsal.state(), now()
    running = state.running
    context: dict[str, Any] = {
        "running": running,
        "since": hour(running.began_at, at) if running else "",
        "by": staff_named([running.began_by_id]).get(running.began_by_id or 0, "") if running else "",
        "live_at": hour(state.live_at, at) if state.live_at else "",
        "named": named_words(state.named) if running else [],
        "counts": [(kind_words(one.moment), one.to_staff, one.count) for one in held_rows.counts()],
        "channels": [(channel_name(channel), count) for channel, count in held_rows.by_channel().items()],
        "held": [held_row(one) for one in held_rows.latest()],
        "checks": list(readiness()) if running else [],
    }
    return settings_page(request, "rehearsal", context, tab=TAB)


def named_words(named: NamedList) -> list[tuple[str, str]]:
    rows = (
        (_("Mailboxes"), ", ".join(named.mailboxes)),
        (_("Domains"), ", ".join(named.domains)),
        (_("Telephones"), ", ".join(named.telephones)),
        (_("People"), ", ".join(sorted(staff_named(named.people).values()))),
    )
    return [(label, words) for label, words in rows if words]


def kind_words(moment: str) -> str:
    """The name of the event that it tells; of an alarm or an announcement, which are none, its code as it is read."""
    try:
        return name_of_kind(moment)
    except ValueError:
        return moment.replace("_", " ")


def channel_name(channel: str) -> str:
    return _("messenger or gateway") if channel == "apprise" else channel_words(channel)


def held_row(delivery: Delivery) -> dict[str, Any]:
    notices = list(delivery.notices.all())
    case = next((one.case for one in notices if one.case), None)
    return {
        "at": delivery.settled_at,
        "whom": name_of(notices[0]) if notices else "",
        "address": spoken_address(delivery),
        "way": channel_name(delivery.channel),
        "what": ", ".join(dict.fromkeys(kind_words(one.moment) for one in notices)) or what_else(delivery),
        "case": case.display_number if case else "",
        "case_href": reverse("case", args=[case.number]) if case else "",
        "href": reverse("settings_rehearsal_message", args=[delivery.pk]),
    }


def what_else(delivery: Delivery) -> str:
    if delivery.code_id:
        return _("Code to sign in")
    return _("Confirmation of an address") if delivery.confirmation_id else _("Automatic answer")


@connects
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it would have gone."""
    found = held_rows.message(pk)
    if found is None:
        raise Http404
    subject, text = held_rows.words_of(found)
    context = {"row": held_row(found), "subject": subject, "text": text}
    return settings_page(request, "rehearsal_message", context, tab=TAB)


# --- what to see to before it ends ------------------------------------------------------------------------------------
def readiness() -> Iterator[dict[str, Any]]:
    """Each with whether it is well, and the remedy; what only the command line can ask stands last. Of `guardia doctor`
    the questions that say whether customers can be told and levels answer, loaded with the first: they are heavy.
    """
    from guardia.cli.checks import people, upkeep
    from guardia.cli.checks.finding import CheckResult, Health, Installation

    installation, found = Installation(at=now()), list[CheckResult]()
    of_people = (people.procedure, people.levels, people.roles_held, people.staff_without_a_way)
    for ask in (*of_people, people.contacts_without_a_way, people.on_shift, upkeep.worker):
        answer = ask(installation)
        found += [answer] if isinstance(answer, CheckResult) else list(answer)
    yield mail_is_proven()
    for said in found:
        yield {"is_well": said.health is Health.OK, "words": said.words, "remedy": said.remedy}
    yield from of_the_rehearsal()
    words = _("The machine, its backups and its certificates are checked on the command line.")
    yield {"is_well": False, "words": words, "remedy": _("Run guardia doctor there: nothing must be bad.")}


def of_the_rehearsal() -> Iterator[dict[str, Any]]:
    """What was declared in it and goes on after it: its next news would be sent, without those before."""
    open_ones = [each.display_number for each in open_outages() if each.declared_at]
    announced = [each.display_number for each in open_works() if each.announced_at]
    if named := ", ".join([*open_ones, *announced][:MOST_NAMED]):
        words = _("Mass outages and planned works that have not ended: %(numbers)s.") % {"numbers": named}
        remedy = _(
            "End or cancel those that were only trials: their next news will be sent, although earlier news was not."
        )
        yield {"is_well": False, "words": words, "remedy": remedy}


def mail_is_proven() -> dict[str, Any]:
    if notice_rows.last_mail_accepted_at():
        return {"is_well": True, "words": _("The mail server has accepted mail recently."), "remedy": ""}
    remedy = _("Put your own mailbox in the list and open a case, or test the server under Mail and messages.")
    return {"is_well": False, "words": _("No mail was accepted by the mail server lately."), "remedy": remedy}


# --- its list ---------------------------------------------------------------------------------------------------------
class ListForm(DeskForm):
    """Everybody else gets nothing."""

    readers = rehearsal_list.FIELDS
    mailboxes = prose(gettext_lazy("Mailboxes"), LONGEST, rows=4, help_text=gettext_lazy("One per line."))
    domains = prose(
        gettext_lazy("Domains"), LONGEST, help_text=gettext_lazy("Every mailbox at this domain: your own company’s.")
    )
    telephones = prose(
        gettext_lazy("Telephones"), LONGEST, help_text=gettext_lazy("One per line, for SMS and WhatsApp.")
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Our own staff, on all their channels"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.offer("people", [(str(one.pk), one.name) for one in active_staff().order_by("name")])
        named = rehearsal.state().named
        self.initial = {
            "mailboxes": "\n".join(named.mailboxes),
            "domains": "\n".join(named.domains),
            "telephones": "\n".join(named.telephones),
            "people": [str(pk) for pk in named.people],
        }


@connects
def edit_list(request: HttpRequest) -> HttpResponse:
    """Whom it goes to; saved for the first time, the rehearsal begins."""
    is_on = rehearsal.is_on()
    lead = _("From now on nothing is sent except to these. Cases, promises and notices are computed and shown.")
    if is_on:
        lead = _("Nothing is sent except to these, marked as a rehearsal.")

    def save(fields: dict[str, Any]) -> None:
        holding.begin(rehearsal_list.list_of(fields), by=member(request), at=now())
        say(request, _("The list is saved.") if is_on else _("The rehearsal has begun: nothing is sent."))

    return edited(
        request,
        Setting(
            tab=TAB,
            title=_("List of the rehearsal") if is_on else _("Begin a rehearsal"),
            lead=lead,
            form=ListForm,
            save=save,
            noun=NOUN,
            key="",
        ),
    )


# --- the switch -------------------------------------------------------------------------------------------------------
@connects
def go_live(request: HttpRequest) -> HttpResponse:
    """The second step: the operator's name, typed. Nothing of before is sent."""
    if not rehearsal.is_on():
        return redirect(TAB)
    version = versions.version_at(now())
    operator, refused = str(version.procedure.provider.name) if version else "Guardia", ""
    if request.method == "POST":
        if " ".join(request.POST.get("operador", "").split()).casefold() == operator.casefold():
            holding.go_live(by=member(request), at=now())
            say(request, _("The installation is live: what is owed from now on is sent."))
            return redirect(TAB)
        refused = _("That is not the name of the operator. Write it exactly as shown above; nothing has changed.")
    context = {
        "operator": operator,
        "refused": refused,
        "total": sum(one.count for one in held_rows.counts()),
        "checks": [one for one in readiness() if not one["is_well"]],
    }
    return settings_page(request, "rehearsal_live", context, tab=TAB, status=INVALID if refused else 200)


# --- the way back -----------------------------------------------------------------------------------------------------
@connects
@require_safe
def open_cases(request: HttpRequest, form: str) -> HttpResponse:
    """The open cases with all their facts, as they were at one instant: a table, or an event log."""
    if form not in {"csv", "xes"}:
        raise Http404
    with behind(DatabaseRole.STAFF):
        exported(request, "open_cases", "", form=form)
        at = now()
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    with as_at_one_instant(DatabaseRole.STAFF):
        if form == "csv":
            write_open_cases(file)
        else:
            EventLog(LogRequest(with_texts=True, open_only=True), form).write(file)
    file.seek(0)
    name = f"casos-abiertos-{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}.{form}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[form])
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)


urlpatterns = [
    path("ensayo", home, name=TAB),
    path("ensayo/lista", edit_list, name="settings_rehearsal_list"),
    path("ensayo/en-vivo", go_live, name="settings_rehearsal_live"),
    path("ensayo/mensajes/<int:pk>", message, name="settings_rehearsal_message"),
    path("ensayo/abiertos.<slug:form>", open_cases, name="settings_rehearsal_open"),
]
