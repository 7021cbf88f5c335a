"""Four pages, one after the other; one may go back to any that was passed."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.doors.desk.entry import View
from guardia.doors.first_run import key, steps
from guardia.doors.first_run.forms import (
    AddressForm,
    AdministratorForm,
    CodeForm,
    ColleagueForm,
    OperatorForm,
    ProcedureForm,
)
from guardia.people.connections import setting
from guardia.procedure.problems import ProcedureFileRefused

INVALID = 422
STEPS = ("operador", "correo", "procedimiento", "personas")


def setting_up(view: View) -> View:
    """While nobody can sign in, and for whoever has the key; the key leaves the address at once."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not key.is_open():
            raise Http404
        if "clave" in request.GET:
            if key.fits(request.GET["clave"]):
                request.session[key.NAME] = True
                return redirect("first_run")
            return render(request, "first_run/locked.html", {"is_wrong": True}, status=403)
        if not request.session.get(key.NAME):
            return render(request, "first_run/locked.html", {}, status=403)
        return view(request, *args, **kwargs)

    return guarded


@setting_up
def begin(request: HttpRequest) -> HttpResponse:
    return redirect("first_run_step", next_step(request))


@setting_up
def step(request: HttpRequest, name: str) -> HttpResponse:
    if name not in STEPS:
        raise Http404
    if STEPS.index(name) > STEPS.index(next_step(request)):
        return redirect("first_run")
    return VIEWS[name](request)


def next_step(request: HttpRequest) -> str:
    """The first step that is not done."""
    known = steps.kept(request)
    done = ("name" in known, "mail" in known, "procedure" in known)
    return STEPS[done.index(False)] if False in done else STEPS[3]


def operator(request: HttpRequest) -> HttpResponse:
    zone, hour = steps.zone_here()
    known = steps.kept(request)
    initial = {"name": known.get("name", ""), "zone": known.get("zone", zone)}
    form = OperatorForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        steps.keep(request, **form.cleaned_data)
        return redirect("first_run")
    context = {
        "form": form,
        "zone": zone,
        "hour": hour,
        "differs": known.get("zone", zone) != zone,
        "zones": sorted(available_timezones()),
        "address": settings.PUBLIC_URL,
    }
    return shown(request, "operador", context)


def mail(request: HttpRequest) -> HttpResponse:
    """Sent, read, typed in: only then is it known that mails arrive. It may be left for later, and is said so."""
    known = steps.kept(request)
    form, code, said = AddressForm(initial={"email": known.get("email", "")}), CodeForm(), ""
    if request.method == "POST" and "despues" in request.POST:
        steps.keep(request, mail="later")
        return redirect("first_run")
    if request.method == "POST" and "enviar" in request.POST:
        form = AddressForm(request.POST)
        if form.is_valid():
            try:
                said = steps.send_code(request, form.cleaned_data["email"])
            except steps.NotSent as trouble:
                form.add_error("email", str(trouble))
    elif request.method == "POST":
        code = CodeForm(request.POST)
        if code.is_valid():
            # What is counted must stay counted: an answer of 400 or more would leave nothing written.
            steps.keep(request, is_wrong=not steps.arrived(request, code.cleaned_data["code"]))
            return redirect("first_run")
    context = {
        "form": form,
        "code": code,
        "said": said,
        "was_sent": bool(steps.kept(request).get("code")),
        "is_wrong": bool(known.get("is_wrong")) and request.method == "GET",
        "server": f"{setting('SMTP_HOST')}:{setting('SMTP_PORT')}",
        "sender": setting("MAIL_FROM"),
    }
    return shown(request, "correo", context, is_wrong=bool(form.errors or code.errors))


def procedure(request: HttpRequest) -> HttpResponse:
    form, problems = ProcedureForm(), []
    if request.method == "POST":
        form = ProcedureForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                steps.keep(request, procedure=steps.procedure_text(request, form.cleaned_data["file"]))
            except ProcedureFileRefused as refused:
                problems = list(refused.problems)
            else:
                return redirect("first_run")
    return shown(request, "procedimiento", {"form": form, "problems": problems}, is_wrong=bool(form.errors or problems))


def people(request: HttpRequest) -> HttpResponse:
    """Whoever sets it up, and perhaps the first colleagues: then everything is written at once."""
    sent = request.POST if request.method == "POST" else None
    me = AdministratorForm(sent)
    others = [ColleagueForm(sent, prefix=f"p{place}") for place in range(steps.ROWS)]
    fits = [form.is_valid() for form in (me, *others)] if sent is not None else [False]
    if all(fits):
        try:
            passwords = steps.finish(request, me, others)
        except ValidationError as wrong:
            fields = wrong.message_dict if hasattr(wrong, "error_dict") else {}
            for name, messages in fields.items():
                me.add_error(name if name in me.fields else None, messages)
            if not fields:
                me.add_error(None, wrong.messages)
        else:
            return render(request, "first_run/done.html", {"passwords": passwords, "steps": marks("", 4)})
    return shown(request, "personas", {"form": me, "others": others}, is_wrong=sent is not None)


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "operador": operator,
    "correo": mail,
    "procedimiento": procedure,
    "personas": people,
}


def shown(request: HttpRequest, name: str, context: dict[str, Any], *, is_wrong: bool = False) -> HttpResponse:
    frame = {"steps": marks(name, STEPS.index(next_step(request))), "number": STEPS.index(name) + 1}
    status = INVALID if is_wrong and request.method == "POST" else 200
    return render(request, f"first_run/{name}.html", {**frame, **context}, status=status)


def marks(current: str, done: int) -> list[dict[str, Any]]:
    words = (
        _("Operator and zone"),
        pgettext("first run", "Mail"),
        _("Procedure"),
        _("People"),
    )
    return [
        {"name": name, "words": words[place], "is_current": name == current, "is_done": place < done}
        for place, name in enumerate(STEPS)
    ]
