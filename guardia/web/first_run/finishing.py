"""The last step of the first run: all that was answered is written at once, or nothing of it is."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guardia.cases import calendar_change
from guardia.clocks.calendars import ChangeKind
from guardia.config import countries
from guardia.config.languages import language_codes
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.customers import editing as customers
from guardia.customers.cities import Gazetteer, all_cities
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import Unfit
from guardia.escalation.editing import save_rota
from guardia.notices import holding
from guardia.people import access_link
from guardia.people import editing as people
from guardia.people.lookup import staff_called
from guardia.people.rehearsal import NamedList
from guardia.people.setting_change import take_turn
from guardia.people.staff import Role, Staff
from guardia.procedure import version
from guardia.procedure.template import Lines, Operator, procedure_of
from guardia.web.desk.companies import lists
from guardia.web.first_run import key, steps
from guardia.web.first_run.forms import AdministratorForm, ColleagueForm, LevelsForm, OfficesForm, StepForm
from guardia.web.first_run.steps import Answers
from guardia.web.sign_in.adapter import LATER

LINKS = "first_links"
TRIAL = "first_trial"


class DoesNotFit(Exception):
    """An answer of this step does not fit any more what another step says; its page shows why."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def procedure_text(answers: Answers, request: HttpRequest) -> str:
    """The operator's own text, or the one that its answers make of the sample's clauses.

    Raises DoesNotFit, ProcedureFileRefused.
    """
    if own := answers.get("own"):
        return str(own)
    form = partial(fitting, answers, request)
    phones, offices, hours = form(steps.PHONES), form(steps.OFFICES), form(steps.HOURS).cleaned_data
    levels, country = form(steps.LEVELS), steps.country(answers)
    assert isinstance(offices, OfficesForm)
    assert isinstance(levels, LevelsForm)
    operator = Operator(
        name=form(steps.OPERATOR).cleaned_data["name"],
        country=country,
        country_names={language: countries.name_of(country, language) for language in language_codes()},
        zone=steps.zone(answers),
        languages=countries.languages_of(country),
        lines=Lines(**phones.cleaned_data),
        offices=offices.offices(),
        office=(hours["begins"], hours["ends"]),
        roles=levels.roles(),
    )
    return procedure_of(operator)


def fitting(answers: Answers, request: HttpRequest, step: str) -> StepForm:
    """The form of a step that was passed, as it holds now. Raises DoesNotFit."""
    form = steps.form_of(step, answers, request, answers.typed(step))
    if not form.is_valid():
        raise DoesNotFit(step)
    return form


def finish(request: HttpRequest, answers: Answers, me: AdministratorForm | None, *, rehearses: bool = False) -> None:
    """Write everything in one transaction; whoever set it up is signed in. ``me``: None for whoever is signed in.
    ``rehearses``: it begins beside a former tool, and nothing is sent but to the administrator.

    Raises ValidationError by field of ``me``, DoesNotFit, ProcedureFileRefused.
    """
    at, zone = now(), steps.zone(answers)
    text = procedure_text(answers, request)
    with in_zone(settings.TIME_ZONE if countries.is_named() else zone), transaction.atomic():
        take_turn("first_run", "")
        if not (key.is_open() if me else key.is_open_to(request.user)):
            raise ValidationError(_("Somebody else finished these steps a moment ago. Sign in, or ask that person."))
        administrator = add_administrator(answers, me, at) if me else request.user
        assert isinstance(administrator, Staff)
        people_added = [
            add_colleague(form, administrator, at) for form in fitting_colleagues(answers) if not form.is_empty
        ]
        links = [(person.username, link_for(request, person, administrator, at)) for person in people_added]
        version.publish(text, "procedure.yaml", administrator.pk, at)
        write_cities(answers, request)
        for day, name in steps.days_to_come(fitting(answers, request, steps.HOURS).cleaned_data["holidays"]):
            calendar_change.announce(ChangeKind.REST, day=day, reason=name, by=administrator, at=at)
        write_levels(answers, request, administrator, at)
        trial = write_company(answers, request, administrator, at)
        if rehearses:
            named = NamedList(mailboxes=(administrator.email,), people=(administrator.pk,))
            holding.begin(named, by=administrator, at=at)
        answers.forget()
    if not countries.is_named() and zone != countries.written_zone(settings.STATE_DIR):
        countries.write_zone(settings.STATE_DIR, zone)
    if me:
        login(request, administrator, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session[LATER] = True
    request.session[LINKS], request.session[TRIAL] = links, trial


@contextmanager
def in_zone(zone: str) -> Iterator[None]:
    """This process has that zone from now on; where something is refused, it keeps the one before."""
    before = settings.TIME_ZONE
    countries.use_zone(zone)
    try:
        yield
    except BaseException:
        countries.use_zone(before)
        raise


def add_administrator(answers: Answers, me: AdministratorForm, at: datetime) -> Staff:
    mailbox = answers.typed(steps.MAIL).get("email", "").strip()
    fields = {**me.cleaned_data, "email": mailbox, "role": Role.ADMINISTRATOR, "language": steps.language()}
    fields["username"] = fields["username"] or steps.first_username(mailbox)
    return people.save_staff(Staff(), fields, by=None, at=at)


def fitting_colleagues(answers: Answers) -> list[ColleagueForm]:
    """Raises DoesNotFit."""
    forms = [
        ColleagueForm(answers.typed(steps.PEOPLE), prefix=f"p{row}")
        for row in range(steps.ROWS)
        if answers.typed(steps.PEOPLE)
    ]
    if not all([form.is_valid() for form in forms]):
        raise DoesNotFit(steps.PEOPLE)
    return forms


def add_colleague(form: ColleagueForm, administrator: Staff | None, at: datetime) -> Staff:
    """With a password that nobody knows, until the person sets one. Raises ValidationError by field."""
    fields = {**form.cleaned_data, "password": secrets.token_urlsafe(32), "language": steps.language()}
    fields["role"] = fields.get("role") or Role.ENGINEER
    return people.save_staff(Staff(), fields, by=administrator, at=at)


def link_for(request: HttpRequest, person: Staff, administrator: Staff, at: datetime) -> str:
    """The link of one use by which this person sets a password, to be handed over."""
    token = access_link.token(person, by=administrator, at=at, address=address_of(request))
    return settings.PUBLIC_URL.rstrip("/") + reverse("access_link", args=[token])


def write_cities(answers: Answers, request: HttpRequest) -> None:
    """Raises DoesNotFit."""
    lists.write_cities(fitting(answers, request, steps.CITIES).cleaned_data, steps.zone(answers))


def write_levels(answers: Answers, request: HttpRequest, administrator: Staff, at: datetime) -> None:
    """One seat at each level, held by one person for good, until rotas are made. Raises DoesNotFit, ValidationError."""
    form = fitting(answers, request, steps.LEVELS)
    assert isinstance(form, LevelsForm)
    for level in form.levels:
        username = form.cleaned_data.get(f"who{level}")
        holder = staff_called(username) if username else administrator
        fields = {
            "level": level,
            "seat": 1,
            "members": [(holder or administrator).pk],
            "every_days": 7,
            "starts_on": timezone.localdate(at),
            "turns_at": time(0),
            "zone": steps.zone(answers),
        }
        save_rota(fields, by=administrator, at=at)


def write_company(answers: Answers, request: HttpRequest, administrator: Staff, at: datetime) -> dict[str, str]:
    """The trial company with its contact, site and service; the number and the line by which a call of it rings.

    Nothing where it was left for later. Raises DoesNotFit.
    """
    if answers.get("no_company"):
        return {}
    fields = fitting(answers, request, steps.COMPANY).cleaned_data
    city = Gazetteer.of(all_cities()).find(fields["city"])
    language = steps.language()
    try:
        company = customers.save_company(
            Customer(), {"name": fields["name"], "language": language}, by=administrator, at=at
        )
        person = {
            "name": fields["contact"] or administrator.name,
            "email": fields["email"],
            "phones": fields["phone"],
            "language": language,
            "administers": True,
        }
        customers.save_contact(Contact(customer=company), person, by=administrator, at=at)
        site = customers.save_site(Site(customer=company), {"name": city.name, "city": city})
        service = {"circuit": fields["circuit"], "type": fields["kind"], "site": site}
        customers.save_service(Service(customer=company), service)
    except Unfit as unfit:
        raise DoesNotFit(steps.COMPANY) from unfit
    return {"number": fields["phone"], "line": first_line(at)}


def first_line(at: datetime) -> str:
    """The key of the line that customers dial for a fault."""
    lines = version.in_force(at).procedure.lines
    return next((line.key for line in lines if line.desk == "technical" and not line.toll_free), "")


def mistakes_of(form: ColleagueForm) -> Iterator[tuple[str | None, list[str]]]:
    """What would not be kept of this person, by field; tried, and undone."""
    try:
        with transaction.atomic():
            add_colleague(form, None, now())
            transaction.set_rollback(True)
    except ValidationError as wrong:
        fields: dict[str, Any] = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
        yield from ((name if name in form.fields else None, messages) for name, messages in fields.items())
