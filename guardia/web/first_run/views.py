"""Ten pages, one after the other; one may go back to any that was passed, and nothing typed is lost by it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config import countries
from guardia.config.database_roles import KEPT
from guardia.config.now import now
from guardia.people import connections, rehearsal
from guardia.people.connections import Kind, setting
from guardia.people.policy import Right, may
from guardia.people.second_step import must_have_one
from guardia.people.staff import Staff
from guardia.procedure.problems import Problem, ProcedureFileRefused
from guardia.web.desk.entry import View, asking, to_sign_in
from guardia.web.desk.settings.channel_forms import NOBODY, PASSWORD, MailOutForm
from guardia.web.desk.settings.channels import current, save_connection
from guardia.web.first_run import finishing, key, steps
from guardia.web.first_run.forms import AdministratorForm, CodeForm, ColleagueForm, OperatorForm, StepForm
from guardia.web.first_run.steps import Answers

INVALID = 422


def setting_up(view: View) -> View:
    """For whoever has the key, or the first administrator. The key leaves the address at once."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if key.is_open():
            if "clave" in request.GET:
                if key.fits(request.GET["clave"]):
                    request.session[key.NAME] = True
                    return redirect("first_run")
                return render(request, "first_run/locked.html", {"is_wrong": True}, status=403)
            if not request.session.get(key.NAME):
                return render(request, "first_run/locked.html", {}, status=403)
        elif not key.is_open_to(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@setting_up
def begin(request: HttpRequest) -> HttpResponse:
    return redirect("first_run_step", steps.next_step(Answers()))


@setting_up
def step(request: HttpRequest, name: str) -> HttpResponse:
    answers = Answers()
    order = steps.steps_of(answers)
    if name not in order:
        raise Http404
    if order.index(name) > order.index(steps.next_step(answers)):
        return redirect("first_run")
    if request.method == "POST":
        if name not in {steps.MAIL, steps.PUBLISH}:
            answers.type(name, steps.typed_in(request.POST))
        if "volver" in request.POST:
            return redirect("first_run_step", order[max(0, order.index(name) - 1)])
    response = VIEWS.get(name, one_form)(request, answers, name)
    if "propuestas" in request.POST and answers.is_done(name) and response.status_code == HTTPStatus.FOUND:
        steps.take_proposed(answers, request)
        return redirect("first_run_step", steps.next_step(answers))
    return response


@asking(Right.MANAGE_STAFF, None)
def done(request: HttpRequest) -> HttpResponse:
    """What can be tried, and what is left to do; the links of the colleagues are shown once."""
    staff = request.user
    if not isinstance(staff, Staff):
        return to_sign_in(request)
    if not may(staff, Right.MANAGE_STAFF):
        raise PermissionDenied
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context = {
        "links": request.session.pop(finishing.LINKS, []),
        "trial": request.session.get(finishing.TRIAL, {}),
        "owes_second_step": must_have_one(staff),
        "zone": settings.TIME_ZONE,
        "mailbox": staff.email,
        "in_rehearsal": rehearsal.is_on(),
    }
    return render(request, "first_run/done.html", context)


# --- the pages ---


def one_form(request: HttpRequest, answers: Answers, name: str) -> HttpResponse:
    """Most steps: one form, kept as it was typed; once it fits, the next step that is not done."""
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if name == steps.COMPANY and "despues" in request.POST:
        answers.keep(no_company=True)
        return passed(answers, name)
    form = steps.form_of(name, answers, request, *data)
    if data[0] is not None and form.is_valid():
        keep_files(answers, name, form)
        if name == steps.COMPANY:
            answers.keep(no_company=False)
        return passed(answers, name)
    return render_step(request, answers, name, {"form": form, **MORE.get(name, nothing)(request, answers, form)})


def keep_files(answers: Answers, name: str, form: StepForm) -> None:
    """The text of a file that was brought stands for what it says."""
    if name == steps.OPERATOR:
        brought = form.cleaned_data["file"]
        if brought:
            said = {each: form.cleaned_data[each] for each in ("name", "zone")}
            answers.type(name, {**answers.typed(name), **said})
        answers.keep(own=brought)
    if name == steps.CITIES and form.cleaned_data["file"]:
        written = {"which": form.cleaned_data["which"], "cities": form.cleaned_data["file"]}
        answers.type(name, {**answers.typed(name), **written})


def passed(answers: Answers, name: str) -> HttpResponse:
    answers.pass_by(name)
    return redirect("first_run_step", steps.next_step(answers))


def of_operator(request: HttpRequest, _answers: Answers, form: StepForm) -> dict[str, Any]:
    assert isinstance(form, OperatorForm)
    zone, hour = steps.zone_here(request)
    wanted = form.cleaned_data.get("zone") if form.is_bound and form.is_valid() else ""
    return {
        "zone": zone,
        "hour": hour,
        "is_named": countries.is_named(),
        "differs": countries.is_named() and bool(wanted) and wanted != zone,
        "zones": sorted(zone for zone in available_timezones() if "/" in zone),
        "address": settings.PUBLIC_URL,
        "problems": form.problems,
    }


def of_hours(_request: HttpRequest, answers: Answers, _form: StepForm) -> dict[str, Any]:
    return {"is_known": not steps.holidays(answers), "own": bool(answers.get("own"))}


def of_company(_request: HttpRequest, answers: Answers, _form: StepForm) -> dict[str, Any]:
    return {"cities": [f"{city.name}, {city.province}" for city in steps.cities(answers)]}


def nothing(_request: HttpRequest, _answers: Answers, _form: StepForm) -> dict[str, Any]:
    return {}


MORE: dict[str, Callable[[HttpRequest, Answers, StepForm], dict[str, Any]]] = {
    steps.OPERATOR: of_operator,
    steps.HOURS: of_hours,
    steps.COMPANY: of_company,
}


def mail(request: HttpRequest, answers: Answers, name: str) -> HttpResponse:
    """Sent, read, typed in: only then is it known that mails arrive. It may be left for later, and is said so.

    The server is the one of Settings, Mail and messages, and is kept as soon as it is tried; the environment's wins.
    """
    form, code, said, is_wrong = steps.form_of(name, answers, request), CodeForm(), "", False
    server = server_form(None)
    if request.method == "POST" and "despues" in request.POST:
        answers.type(name, {"email": request.POST.get("email", "").strip()[:254].replace("\0", "")})
        answers.keep(mail="later")
        return passed(answers, name)
    if request.method == "POST" and "enviar" in request.POST:
        form, server = steps.form_of(name, answers, request, request.POST), server_form(request.POST)
        if form.is_valid() and (server is None or server.is_valid()):
            answers.type(name, {"email": form.cleaned_data["email"]})
            if server:
                save_connection(server, request.user if isinstance(request.user, Staff) else None, now())
                connections.forget()
            try:
                said = steps.send_code(answers, form.cleaned_data["email"])
            except steps.NotSent as trouble:
                (server or form).add_error("host" if server else "email", str(trouble))
    elif request.method == "POST":
        code = CodeForm(request.POST)
        if code.is_valid():
            if steps.has_arrived(answers, code.cleaned_data["code"]):
                answers.keep(mail="arrived", code="")
                return passed(answers, name)
            is_wrong = True
    wrong_server = server is not None and server.is_bound and bool(server.errors)
    context = {
        "form": form,
        "mail_server": server,
        "code": code,
        "said": said,
        "was_sent": bool(answers.get("code")),
        "has_arrived": answers.get("mail") == "arrived",
        "is_wrong": is_wrong,
        "server": f"{setting('SMTP_HOST')}:{setting('SMTP_PORT')}",
        "sender": setting("MAIL_FROM"),
    }
    return render_step(
        request, answers, name, context, is_wrong=bool(is_wrong or form.errors or code.errors or wrong_server)
    )


def server_form(data: Any) -> MailOutForm | None:
    """None where the environment names the server: then nothing is asked. ``data``: what was typed.

    Who writes no user signs in to no server; who writes no sender sends as that user, or from the own mailbox.
    """
    if connections.locked_by(Kind.SMTP):
        return None
    kept = current(Kind.SMTP)
    if kept["MAIL_FROM"] == settings.MAIL_FROM and not connections.locked_by(Kind.SENDER):
        kept["MAIL_FROM"] = ""
    if data is not None:
        data = data.copy()
        user = data.get("user", "").strip()
        if not user and not data.get("password") and data.get("sign_in", PASSWORD) == PASSWORD:
            data["sign_in"] = NOBODY
        if not data.get("mail_from", "").strip():
            data["mail_from"] = user if "@" in user else data.get("email", "")
    return MailOutForm(data, kept=kept)


def colleagues(request: HttpRequest, answers: Answers, name: str) -> HttpResponse:
    """The first colleagues; each is tried, so that what does not fit is said here and not at the end."""
    forms = steps.colleagues(answers, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all([form.is_valid() for form in forms]):
        tried(forms)
        if not any(form.errors for form in forms):
            return passed(answers, name)
    return render_step(request, answers, name, {"forms": forms}, is_wrong=any(form.errors for form in forms))


def tried(forms: list[ColleagueForm]) -> None:
    known: set[str] = set()
    for form in forms:
        if form.is_empty:
            continue
        username = form.cleaned_data["username"].strip().lower()
        if username in known:
            form.add_error("username", _("Two rows have this user name. Write another one here."))
            continue
        known.add(username)
        for field, messages in finishing.mistakes_of(form):
            form.add_error(field, messages)


def publish(request: HttpRequest, answers: Answers, name: str) -> HttpResponse:
    """All that will be public, once more; who signs in first; then everything is written at once."""
    me = steps.form_of(name, answers, request, request.POST if request.method == "POST" else None)
    assert isinstance(me, AdministratorForm)
    is_new, problems = key.is_open(), list[Problem]()
    if request.method == "POST" and (not is_new or me.is_valid()):
        try:
            rehearses = "ensayo" in request.POST
            finishing.finish(request, answers, me if is_new else None, rehearses=rehearses)
        except finishing.DoesNotFit as trouble:
            return redirect("first_run_step", trouble.step)
        except ProcedureFileRefused as refused:
            problems = list(refused.problems)
        except ValidationError as wrong:
            fields = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
            me.is_valid()
            for field, messages in fields.items():
                me.add_error(field if field in me.fields else None, messages)
        else:
            return redirect("first_run_done")
    context = {
        "form": me,
        "is_new": is_new,
        "rehearses": "ensayo" in request.POST,
        "problems": problems,
        "summary": summary(answers),
        "owes_second_step": "administrator" in settings.MFA_ROLES,
        "username": steps.first_username(answers.typed(steps.MAIL).get("email", "")),
    }
    return render_step(request, answers, name, context, is_wrong=bool(problems or (me.is_bound and me.errors)))


VIEWS: dict[str, Callable[[HttpRequest, Answers, str], HttpResponse]] = {
    steps.MAIL: mail,
    steps.PEOPLE: colleagues,
    steps.PUBLISH: publish,
}


def summary(answers: Answers) -> list[dict[str, str]]:
    """Step by step in a few words, with the way back to each."""
    phones, offices = answers.typed(steps.PHONES), answers.typed(steps.OFFICES)
    hours, levels = answers.typed(steps.HOURS), answers.typed(steps.LEVELS)
    people = [form["name"].value() for form in steps.colleagues(answers) if form["name"].value()]
    own, cities = steps.own_procedure(answers), len(steps.cities(answers))
    mails = {"arrived": _("an email arrived"), "later": _("not tried yet")}
    roles = [levels.get(f"role{level}", "") for level in range(1, 4)]
    name = own.provider.name if own else answers.typed(steps.OPERATOR).get("name", "")
    addresses = [f"{offices[f'city{n}']}, {offices[f'address{n}']}" for n in (1, 2, 3) if offices.get(f"city{n}")]
    words = {
        steps.OPERATOR: f"{name} · {steps.zone(answers)}",
        steps.PHONES: ", ".join(dict.fromkeys(value for name in PHONE_FIELDS if (value := phones.get(name, "")))),
        steps.OFFICES: "; ".join(addresses) or _("none is published"),
        steps.HOURS: f"{hours.get('begins', '')}–{hours.get('ends', '')}",
        steps.CITIES: _("%d cities") % cities,
        steps.MAIL: mails.get(answers.get("mail", ""), ""),
        steps.PEOPLE: ", ".join(people) or _("you alone, to begin with"),
        steps.LEVELS: " → ".join(filter(None, roles)),
        steps.COMPANY: _("later") if answers.get("no_company") else answers.typed(steps.COMPANY).get("name", ""),
    }
    titles = titles_of()
    return [{"name": name, "title": titles[name], "words": words[name]} for name in steps.steps_of(answers)[:-1]]


PHONE_FIELDS = ("technical", "free", "sales", "billing", "night")


def render_step(
    request: HttpRequest, answers: Answers, name: str, context: dict[str, Any], *, is_wrong: bool | None = None
) -> HttpResponse:
    """The page of a step. What was typed with a mistake is kept as well."""
    order, titles = steps.steps_of(answers), titles_of()
    marks = [
        {"name": each, "words": titles[each], "is_current": each == name, "is_done": answers.is_done(each)}
        for each in order
    ]
    frame = {
        "steps": marks,
        "number": order.index(name) + 1,
        "count": len(order),
        "percent": round(100 * order.index(name) / len(order)),
        "is_first": order.index(name) == 0,
        "proposed_until": titles.get(steps.end_of_proposals(answers, name), "") if order.index(name) else "",
    }
    form = context.get("form")
    wrong = bool(form is not None and form.is_bound and form.errors) if is_wrong is None else is_wrong
    status = INVALID if wrong and request.method == "POST" else 200
    response = render(request, f"first_run/{name}.html", {**frame, **context}, status=status)
    setattr(response, KEPT, True)
    return response


def titles_of() -> dict[str, str]:
    return {
        steps.OPERATOR: _("The operator"),
        steps.PHONES: _("Telephone numbers"),
        steps.OFFICES: _("Offices"),
        steps.HOURS: _("Hours and holidays"),
        steps.CITIES: _("Cities"),
        steps.MAIL: pgettext("first run", "Mail"),
        steps.PEOPLE: _("Colleagues"),
        steps.LEVELS: _("Who is called"),
        steps.COMPANY: _("A first customer"),
        steps.PUBLISH: _("Review, publish, sign in"),
    }


urlpatterns = [
    path("primeros-pasos", begin, name="first_run"),
    path("primeros-pasos/listo", done, name="first_run_done"),
    path("primeros-pasos/<slug:name>", step, name="first_run_step"),
]
