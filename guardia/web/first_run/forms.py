"""The forms of the first run, a step each. Every field has a default or may be left empty, but three: the operator's
name, the number that its customers dial, and who is the first to sign in.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guardia.config import countries
from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.customers.cities import City, Gazetteer
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.values import Misfit
from guardia.people.staff import Role, Staff
from guardia.procedure.problems import Problem, ProcedureFileRefused
from guardia.procedure.schema import Procedure, load
from guardia.procedure.template import ROLES
from guardia.procedure.template import roles as general_roles
from guardia.web.shared.hour_fields import ClockField
from guardia.web.shared.hour_reading import Direction, HourRefused, read_day
from guardia.web.shared.responses import text_of

CODE = 6
LONGEST = 20_000
NUMBER = re.compile(r"[+(]?\d[\d ()\-]{4,24}")
OFFICES = 3


class StepForm(forms.Form):
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        for name, value in self.cleaned_data.items():
            if isinstance(value, str) and "\0" in value:
                self.add_error(name, _("A character here is not a letter. Write it again."))
        return self.cleaned_data


def line(label: Any, limit: int = 120, *, needed: Any = "", help_text: Any = "", **attrs: str) -> forms.CharField:
    """One line of words. ``needed``: what is said where it is left empty."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(needed),
        help_text=help_text,
        error_messages={"required": needed} if needed else {},
        widget=forms.TextInput(attrs),
    )


class OperatorForm(StepForm):
    name = line(
        gettext_lazy("Name of the operator"),
        help_text=gettext_lazy("As customers know it: it signs the emails and appears on the published procedure."),
        autocomplete="organization",
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Of its telephone numbers, holidays and cities."),
    )
    zone = line(
        gettext_lazy("Time zone"),
        60,
        help_text=gettext_lazy("Empty: the country's. Otherwise its IANA name: all times are counted and shown in it."),
        list="zones",
        autocomplete="off",
    )
    file = forms.FileField(
        label=gettext_lazy("Your own procedure (YAML), if you have one written"),
        required=False,
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy(
            "Empty: one is generated from your answers, with Guardia's clauses and times, and can be edited later."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.own: Procedure | None = None
        self.problems: list[Problem] = []
        choices = countries.named((get_language() or PUBLISHED_IN)[:2])
        cast("forms.ChoiceField", self.fields["country"]).choices = choices

    def clean_file(self) -> str:
        """The text of a procedure of one's own; ``problems`` has its mistakes by line."""
        text = text_of(self.cleaned_data.get("file"))
        try:
            self.own = load(text, "procedure.yaml") if text else None
        except ProcedureFileRefused as refused:
            self.problems = list(refused.problems)
            raise forms.ValidationError(_("The file has mistakes. They are listed above, by line.")) from refused
        return text

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        if self.own:
            fields["name"], fields["zone"] = self.own.provider.name, self.own.provider.zone
        elif not fields.get("name") and "name" not in self.errors and "file" not in self.errors:
            self.add_error("name", _("Write the name of the operator, as its customers know it."))
        country, zone = fields.get("country", ""), fields.get("zone", "").strip()
        if zone and zone not in available_timezones():
            self.add_error("zone", _("There is no time zone “%s”. Choose one from the list.") % zone)
        elif country and not zone:
            fields["zone"] = countries.main_zone(country)
            if not fields["zone"]:
                words = _("%(country)s has several time zones: %(zones)s. Choose one.")
                found = ", ".join(countries.zones_of(country)[:12])
                name = countries.name_of(country, (get_language() or PUBLISHED_IN)[:2])
                self.add_error("zone", words % {"country": name, "zones": found})
        return fields


def number(label: Any, *, needed: Any = "", help_text: Any = "") -> forms.CharField:
    return line(label, 26, needed=needed, help_text=help_text, inputmode="tel", autocomplete="off")


def telephone(written: str, region: str) -> str:
    """The number as E.164, of that country unless it says another; nothing for nothing. Raises ValidationError."""
    try:
        return normalise(written, region) if written else ""
    except NotANumber as trouble:
        words = _("“%s” is not a telephone number. Write it with its area code, such as 02 555 0100.") % written
        raise forms.ValidationError(words) from trouble


class PhonesForm(StepForm):
    """The published lines (L1 to L3), and the night number (E5)."""

    technical = number(
        gettext_lazy("Number that customers dial when a service fails"),
        needed=gettext_lazy("Write the number that customers dial, as it is published: 02 555 0100."),
        help_text=gettext_lazy("As it is published, such as 02 555 0100 or +51 1 555 0100."),
    )
    free = number(gettext_lazy("Toll-free number"))
    sales = number(gettext_lazy("Number of sales"), help_text=gettext_lazy("Empty: sales publishes none."))
    billing = number(gettext_lazy("Number of billing"), help_text=gettext_lazy("Empty: billing publishes none."))
    night = number(
        gettext_lazy("Number for escalations at night, at weekends and on holidays"),
        help_text=gettext_lazy("Empty: the first number above."),
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        for name in self.fields:
            written = fields.get(name, "")
            if written and not NUMBER.fullmatch(written):
                words = _("“%s” is not a telephone number. Write digits, spaces, hyphens: 02 555 0100.")
                self.add_error(name, words % written)
        return fields


class OfficesForm(StepForm):
    """A4: where a written request may be handed in."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for place in range(1, OFFICES + 1):
            self.fields[f"city{place}"] = line(_("City of office %d") % place)
            self.fields[f"address{place}"] = line(_("Its address"), 200)

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        for place in range(1, OFFICES + 1):
            city, address = fields.get(f"city{place}", ""), fields.get(f"address{place}", "")
            if city and not address:
                self.add_error(f"address{place}", _("The address is missing. Write it, or leave the city empty too."))
            if address and not city:
                self.add_error(f"city{place}", _("The city is missing. Write it, or leave the address empty too."))
        return fields

    def offices(self) -> tuple[tuple[str, str], ...]:
        pairs = [(self.cleaned_data[f"city{n}"], self.cleaned_data[f"address{n}"]) for n in range(1, OFFICES + 1)]
        return tuple((city, address) for city, address in pairs if city)


class HoursForm(StepForm):
    begins = ClockField(
        label=gettext_lazy("Offices open at"),
        error_messages={"required": gettext_lazy("Write the time as 08:30.")},
        help_text=gettext_lazy("Monday to Friday. Billing and sales count their times in these hours."),
    )
    ends = ClockField(
        label=gettext_lazy("Offices close at"),
        error_messages={"required": gettext_lazy("Write the time as 17:30.")},
    )
    holidays = forms.CharField(
        label=gettext_lazy("Upcoming public holidays"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy("One per line, date first: 25/12/2026 Christmas. More can be announced at any time."),
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        if all(fields.get(name) for name in ("begins", "ends")) and fields["begins"] >= fields["ends"]:
            self.add_error("ends", _("This is not after the opening time. Write a later one."))
        return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in fields.items()}

    def clean_holidays(self) -> list[tuple[date, str]]:
        days: dict[date, str] = {}
        for place, written in enumerate(self.cleaned_data["holidays"].splitlines(), 1):
            if not written.strip():
                continue
            day, _space, name = written.strip().partition(" ")
            try:
                days[read_day(day, today=localdate(), direction=Direction.AHEAD)] = name.strip()[:200]
            except HourRefused as wrong:
                words = _("Line %(line)d: “%(day)s” is not a valid date. Write it as 25/12/2026.")
                raise forms.ValidationError(words % {"line": place, "day": day}) from wrong
        return sorted(days.items())


class AddressForm(StepForm):
    email = forms.EmailField(
        label=gettext_lazy("Your email address"),
        help_text=gettext_lazy("An email with six digits will be sent there."),
        error_messages={
            "required": gettext_lazy("Write your email address."),
            "invalid": gettext_lazy("This is not an email address. Write one like area@example.com."),
        },
        widget=forms.EmailInput({"autocomplete": "email", "data-names-server": ""}),
    )


class CodeForm(StepForm):
    code = forms.CharField(
        label=gettext_lazy("The six digits in the email"),
        max_length=12,
        error_messages={"required": gettext_lazy("Write the six digits in the email.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ColleagueForm(StepForm):
    """One more person; a row that is left empty is none."""

    name = line(gettext_lazy("Name"), 160)
    username = line(gettext_lazy("User name"), 60, autocomplete="off")
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        error_messages={"invalid": gettext_lazy("This is not an email address. Write one like area@example.com.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, required=False)

    @property
    def is_empty(self) -> bool:
        return not any(self.cleaned_data.get(name) for name in ("name", "username", "email"))

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        if not any(fields.get(name) for name in ("name", "username", "email")):
            return fields
        for name in ("username", "name"):
            if not fields.get(name) and name not in self.errors:
                self.add_error(name, _("A person needs a name and a user name. Enter both."))
        return fields


class LevelsForm(StepForm):
    """Who is called at each level when a promise is broken (E2 to E4): its function, and who holds it to begin with.

    ``own``: the procedure that says the functions itself, where the operator brought one.
    """

    def __init__(self, *args: Any, people: list[tuple[str, str]], own: Procedure | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.levels = [level.level for level in own.escalation.levels] if own else [*range(1, len(ROLES) + 1)]
        for level in self.levels:
            if own is None:
                self.fields[f"role{level}"] = line(
                    _("Job title of level %d") % level,
                    needed=_("Write the function of this level: it is published."),
                )
                self.fields[f"role{level}"].initial = _(ROLES[level - 1])
            self.fields[f"who{level}"] = forms.ChoiceField(
                label=_("Who is called at level %d") % level, choices=people, required=False
            )

    def roles(self) -> tuple[Mapping[str, str], ...]:
        """In each language; a function in words of one's own is the same in all."""
        written = [self.cleaned_data[f"role{level}"] for level in self.levels]
        return tuple(
            known if words in known.values() else dict.fromkeys(language_codes(), words)
            for words, known in zip(written, general_roles(), strict=True)
        )


class CompanyForm(StepForm):
    """A first customer to try the desk with, whose contact is oneself. ``cities``: where its site may stand."""

    name = line(gettext_lazy("Company"), 200, needed=gettext_lazy("Write the name of the company."))
    contact = line(gettext_lazy("Person of the company"), 160, help_text=gettext_lazy("Empty: you."))
    email = forms.EmailField(
        label=gettext_lazy("Mailbox of the contact"),
        required=False,
        help_text=gettext_lazy("The emails of a case go there."),
        error_messages={"invalid": gettext_lazy("This is not an email address. Write one like area@example.com.")},
    )
    phone = number(
        gettext_lazy("Telephone of the contact"),
        help_text=gettext_lazy("It identifies a call as coming from this company."),
    )
    city = line(gettext_lazy("City of its site"), needed=gettext_lazy("Choose a city from your list."), list="cities")
    kind = line(gettext_lazy("Service"), 80)
    circuit = line(gettext_lazy("Circuit"), 80, needed=gettext_lazy("Write its number, such as ENL-0001."))

    def __init__(self, *args: Any, cities: list[City], region: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.cities, self.region = cities, region

    def clean_city(self) -> str:
        """As the list writes it, with its region."""
        try:
            city = Gazetteer.of(self.cities).find(self.cleaned_data["city"])
        except Misfit as misfit:
            raise forms.ValidationError(str(misfit)) from misfit
        return f"{city.name}, {city.province}"

    def clean_phone(self) -> str:
        return telephone(self.cleaned_data["phone"], self.region)


MOBILE = gettext_lazy("Who is called at a level is called there, and customers read it: the public procedure shows it.")


class AdministratorForm(StepForm):
    name = line(gettext_lazy("Your name"), 160, needed=gettext_lazy("Please enter the name."), autocomplete="name")
    username = line(
        gettext_lazy("User name"),
        60,
        help_text=gettext_lazy("Empty: the part of your mailbox before the @, or “admin”."),
        autocomplete="username",
    )
    mobile = number(gettext_lazy("Your mobile"), help_text=MOBILE)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=200,
        error_messages={"required": gettext_lazy("Write a password of at least twelve characters.")},
        widget=forms.PasswordInput({"autocomplete": "new-password", "data-can-be-shown": ""}, render_value=False),
        help_text=gettext_lazy(
            "At least 12 characters and no common word: for example, four words that nobody else uses together."
        ),
    )

    def __init__(self, *args: Any, region: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.region = region

    def clean_mobile(self) -> str:
        return telephone(self.cleaned_data["mobile"], self.region)

    def clean(self) -> dict[str, Any]:
        fields = super().clean()
        if fields.get("password"):
            try:
                validate_password(fields["password"], Staff(username=fields.get("username", ""), name=fields["name"]))
            except (forms.ValidationError, KeyError) as weak:
                if isinstance(weak, forms.ValidationError):
                    self.add_error("password", weak)
        return fields
