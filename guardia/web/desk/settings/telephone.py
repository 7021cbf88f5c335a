"""The exchanges and the extensions of people; and how what an exchange says is given names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from guardia.calls import exchange_editing
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchange_editing import switch
from guardia.calls.exchanges import (
    LONGEST_NAME,
    add,
    all_exchanges,
    name_agent,
    new_token,
    was_ever_named,
)
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.intake import phone_first_call
from guardia.intake.phone_first_call import SeenCall, seen_calls
from guardia.people import secret_address
from guardia.people.lookup import active_staff, set_extension
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.web.desk.companies.frame import DeskForm, member, words
from guardia.web.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.phone.calls import LineNames, line_names
from guardia.web.desk.settings.frame import changes, looks, settings_page, uncached_page
from guardia.web.desk.settings.setting_form import Setting, edited, switched
from guardia.web.desk.settings.telephone_exchange import ExchangeForm, exchange_row, find
from guardia.web.shared.act import INVALID, Refusal, attempt

# --- telephone --------------------------------------------------------------------------------------------------------
# The exchanges and how they are, whose extension is which, and the secret address of one that pushes.
TAB = "settings_telephone"


class NewExchangeForm(DeskForm):
    name = words(
        gettext_lazy("Name"),
        LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("As the desk calls it. It cannot be changed later."),
        error_messages={"required": gettext_lazy("Write the name that the desk uses for this exchange.")},
    )
    country = ExchangeForm.base_fields["country"]
    signed = ExchangeForm.base_fields["signed"]


@looks
def telephone(request: HttpRequest, *, wrong: tuple[int, str, str] | None = None) -> HttpResponse:
    """``wrong``: of whose extension, what was typed, and why it is refused."""
    at = now()
    exchanges = list(all_exchanges())
    context: dict[str, Any] = {
        "exchanges": [exchange_row(exchange, at) for exchange in exchanges],
        "listens": any(exchange.kind == ExchangeKind.AMI for exchange in exchanges),
        "is_configured": bool(settings.AMI_HOST),
        "people": [person(one, wrong) for one in active_staff()],
        "is_wrong": wrong is not None,
    }
    return settings_page(request, "telephone/telephone", context, tab=TAB, status=INVALID if wrong else 200)


def person(staff: Staff, wrong: tuple[int, str, str] | None) -> dict[str, Any]:
    is_wrong = wrong is not None and wrong[0] == staff.pk
    typed, sentence = (wrong[1], wrong[2]) if wrong is not None and is_wrong else (staff.extension, "")
    return {"staff": staff, "extension": typed, "error": sentence}


@changes
@require_POST
def extension(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Whose telephone at the exchange is which."""
    staff = get_object_or_404(Staff, pk=min(staff_id, LARGEST_ID))
    written = request.POST.get("extension", "").replace("\0", "")[:60]
    kept = attempt(lambda: set_extension(staff, written, by=member(request), at=now()))
    if isinstance(kept, Refusal):
        return telephone(request, wrong=(staff.pk, written, kept.sentence))
    words = {"name": kept.name, "extension": kept.extension}
    told = (
        _("%(name)s has the extension %(extension)s.") if kept.extension else _("%(name)s has no extension any more.")
    )
    say(request, told % words)
    return redirect(f"{reverse(TAB)}#extensions")


@changes
def new(request: HttpRequest) -> HttpResponse:
    """An exchange that pushes: its form; or, once sent, its address with the token, shown this once."""

    def save(fields: dict[str, Any]) -> HttpResponse:
        made, token = add(fields.pop("name"), ExchangeKind.CTI, at=now(), by=member(request), **fields)
        return address_page(request, made, token)

    lead = _(
        "Any exchange that can call an address when a telephone rings, is answered and is hung up: in the form of "
        "Zammad's generic CTI or sipgate.io. It gets an address with a secret token, which is shown once."
    )
    return edited(request, Setting(TAB, NewExchangeForm, save, _("An exchange that pushes events"), lead))


def address_page(request: HttpRequest, exchange: Exchange, token: str) -> HttpResponse:
    """The address with its token, and the signing secret, which are stored nowhere."""
    home = settings.PUBLIC_URL.rstrip("/")
    context = {
        "exchange": exchange,
        "address": home + reverse("cti", args=[token]),
        "as_zammad": home + reverse("cti_as_zammad", args=[token]),
        "secret": secret_address.signing_secret(exchange),
    }
    return uncached_page(request, "telephone/address", context, tab=TAB)


@changes
@require_POST
def renew(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """A new token: the address so far answers nobody from now on."""
    exchange = find(exchange_id)
    token = attempt(lambda: new_token(exchange, at=now(), by=member(request)))
    if isinstance(token, Refusal):
        say(request, token.sentence)
        return redirect("settings_exchange", exchange.pk)
    return address_page(request, exchange, token)


@changes
@require_POST
def turn(request: HttpRequest, exchange_id: int, word: str) -> HttpResponse:
    """``apagar`` or ``encender``."""
    return switched(request, find(exchange_id), switch, word, "settings_exchange")


# --- telephone naming -------------------------------------------------------------------------------------------------
# What an exchange has shown is named by one click: context, number, queue, member; and the first call.
LOOKS_BACK = timedelta(hours=12)
"""So long a first call may take from the opening of the page; it looks no further back."""


@changes
@require_POST
def give(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """One name: ``what`` is context, inside, number, forget, queue or member; ``name`` as seen, ``as`` what it is."""
    one, at = find(exchange_id), now()
    what, name, is_ = (request.POST.get(field, "").replace("\0", "")[:200] for field in ("what", "name", "as"))
    told = attempt(lambda: named(one, what, name, is_, by=member(request), at=at))
    if not isinstance(told, Refusal):
        phone_first_call.take_in(one, at)
    say(request, told.sentence if isinstance(told, Refusal) else told)
    return redirect(back_of(request, one))


def named(one: Exchange, what: str, name: str, is_: str, *, by: Staff, at: datetime) -> str:
    """Name it, and say so in words. Raises ValidationError, ExchangeRefused."""
    names = line_names(at)
    match what:
        case "context":
            exchange_editing.name_context(one, name, outside=True, by=by, at=at)
            return _("Calls now come in through “%s”; those of the last hour are on the desk.") % name
        case "inside":
            exchange_editing.name_context(one, name, outside=False, by=by, at=at)
            return _("What starts in “%s” is internal to the operator: it does not count as a call.") % name
        case "number":
            exchange_editing.name_number(one, name, is_, lines=names.lines, by=by, at=at)
            return _("“%(number)s” is %(line)s.") % {"number": name, "line": names.name(is_)}
        case "forget":
            exchange_editing.forget_number(one, name, by=by, at=at)
            return _("“%s” no longer has a name.") % name
        case "queue":
            exchange_editing.name_queue(one, name, is_, desks=names.desks, by=by, at=at)
            return _("“%(queue)s” leads to %(desk)s.") % {"queue": name, "desk": names.desk(is_)}
        case "member":
            return member_named(one, name, is_, by=by, at=at)
    raise ValidationError(_("Choose what to name."))


def member_named(one: Exchange, name: str, is_: str, *, by: Staff, at: datetime) -> str:
    """A name that nobody had is this person's since an hour ago, so that the call which showed it has its person."""
    if not is_.isascii() or not is_.isdigit():
        raise ValidationError(_("Choose whose name it is."))
    staff = get_object_or_404(Staff, pk=min(int(is_[:19]), LARGEST_ID), is_active=True, is_machine=False)
    since = at if was_ever_named(one, name) else at - phone_first_call.TAKEN_IN
    name_agent(one, name, staff, since=since, at=at, by=by)
    return _("“%(name)s” is %(who)s.") % {"name": name, "who": staff.name}


def back_of(request: HttpRequest, one: Exchange) -> str:
    wanted = request.POST.get("back", "")
    here = reverse("settings_exchange", args=[one.pk])
    is_ours = wanted.startswith(here) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else f"{here}#unnamed"


# --- the first call ---


@dataclass(frozen=True, slots=True)
class Step:
    """One thing of a call that has a name, or is to be given one. ``what`` as ``give`` takes it, ``named`` in words.

    ``choices``: what it may be, as value and words; where it is a yes or no, none.
    """

    what: str
    label: str
    name: str
    named: str = ""
    choices: Sequence[tuple[str, str]] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    id: str
    hour: str
    caller: str
    state: str
    steps: Sequence[Step]
    is_named: bool


@changes
def first_call(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Ring once: the page polls, and shows what it sees of each call, to be named there. ``desde``: opened when (s)."""
    one, at = find(exchange_id), now()
    since = since_of(request.GET.get("desde", ""), at)
    if since is None:
        return redirect(f"{reverse('settings_first_call', args=[one.pk])}?desde={int(at.timestamp())}")
    names, version = line_names(at), versions.version_at(at)
    calls = seen_calls(one, version.procedure if version else None, since)
    row = exchange_row(one, at)
    persons = [(str(pk), name) for pk, name in active_staff().values_list("pk", "name")]
    seen = [call_row(call, names, persons) for call in calls]
    tag = tag_of([row["state"] if row["is_bad"] else "", seen])
    context: dict[str, Any] = {
        "exchange": one,
        "is_ami": one.kind == ExchangeKind.AMI,
        "row": row,
        "seen": seen,
        "tag": tag,
        "here": f"{reverse('settings_first_call', args=[one.pk])}?desde={int(since.timestamp())}",
    }
    if is_fragment(request):
        part = "desk/settings/telephone/_first_call.html"
        return unchanged(request, tag) or stamped(page(request, part, context), tag)
    context |= {
        "lines": [(names.name(key), names.number(key)) for key in names.lines],
        "back": reverse("settings_exchange", args=[one.pk]),
    }
    return settings_page(request, "telephone/first_call", context, tab=TAB)


def since_of(written: str, at: datetime) -> datetime | None:
    """None where the address says no hour, or one long ago: the page then begins anew."""
    if not (written.isascii() and written.isdigit() and len(written) <= 11):
        return None
    since = datetime.fromtimestamp(int(written), UTC)
    return since if at - LOOKS_BACK <= since <= at + timedelta(minutes=1) else None


def call_row(call: SeenCall, names: LineNames, persons: Sequence[tuple[str, str]]) -> CallRow:
    steps, answered = steps_of(call, names, persons), pgettext("call", "answered")
    return CallRow(
        id=id_of(call),
        hour=f"{localtime(call.at):%H:%M:%S}",
        caller=spoken(call.caller) if call.caller else _("hidden number"),
        state=pgettext("call", "ended") if call.is_over else answered if call.is_answered else _("it rings"),
        steps=steps,
        is_named=all(step.named for step in steps),
    )


def steps_of(call: SeenCall, names: LineNames, persons: Sequence[tuple[str, str]]) -> list[Step]:
    """In the order in which a call passes them."""
    steps = []
    if call.context:
        is_named = _("calls come in here") if call.is_outside else ""
        steps.append(Step("context", _("Context"), call.context, is_named))
    if call.dialled:
        lines = [(key, f"{names.name(key)} · {names.number(key)}") for key in names.lines]
        is_named = names.name(call.line) if call.line else ""
        steps.append(Step("number", _("Number dialled"), call.dialled, is_named, lines))
    desks = list(names.desks.items())
    steps += [
        Step("queue", _("Queue"), queue, names.desk(desk) if desk else "", desks)
        for queue, desk in call.queues
        if queue != call.dialled
    ]
    steps += [Step("member", _("Member"), name, staff.name if staff else "", persons) for name, staff in call.members]
    return [replace(step, id=f"{id_of(call)}-{id_in(step)}") for step in steps]


def id_of(call: SeenCall) -> str:
    """The same as long as the page looks at the call, whatever else becomes known of it: a choice in it stays."""
    return sha256(call.reference.encode()).hexdigest()[:12]


def id_in(step: Step) -> str:
    return sha256(f"{step.what} {step.name}".encode()).hexdigest()[:8]


urlpatterns = [
    path("telefonia", telephone, name="settings_telephone"),
    path("telefonia/nueva", new, name="settings_exchange_new"),
    path("telefonia/extension/<int:staff_id>", extension, name="settings_extension"),
    path("telefonia/<int:exchange_id>/direccion", renew, name="settings_exchange_address"),
    path("telefonia/<int:exchange_id>/apagar", turn, {"word": "apagar"}, name="settings_exchange_off"),
    path("telefonia/<int:exchange_id>/encender", turn, {"word": "encender"}, name="settings_exchange_on"),
    path("telefonia/<int:exchange_id>/nombrar", give, name="settings_exchange_name"),
    path("telefonia/<int:exchange_id>/primera-llamada", first_call, name="settings_first_call"),
]
