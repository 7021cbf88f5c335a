"""The form of a new case: service and symptoms suffice, the rest may follow (P2 D)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.db.models import Model, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.registration import Report
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import contacts_of, services_offered_to
from guardia.customers.phones import spoken
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.acts.any_stage import POWER
from guardia.web.desk.acts.case_act import hour, one_of, prose, words


# --- later choice -----------------------------------------------------------------------------------------------------
# A choice among rows that are read where somebody looks at them: what was read already, or is empty, asks nothing.
class _Choices(ModelChoiceIterator):
    """Of the field's own question, once it is looked at."""

    def __init__(self, field: "LaterChoice") -> None:
        self.field = field

    queryset = property(lambda self: self.field.queryset)


class LaterChoice(forms.ModelChoiceField):
    """Its choices are given by ``of`` before anybody looks at them.

    ``chosen`` has been read already, and is not asked for again.
    """

    iterator = _Choices
    chosen: Model | None = None
    _make: Callable[[], QuerySet] | None = None
    _queryset: QuerySet | None

    def __init__(self, **more: Any) -> None:
        super().__init__(None, **more)

    def of(self, make: Callable[[], QuerySet]) -> None:
        """The rows that may be chosen are those of ``make()``, which is called when they are needed first."""
        self._make, self._queryset = make, None
        cast("Any", self.widget).choices = self.choices

    def _asked(self) -> QuerySet | None:
        if self._queryset is None and self._make:
            self._queryset = self._make()
        return self._queryset

    queryset = property(_asked, forms.ModelChoiceField._set_queryset)  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> Any:
        return self.chosen if self.chosen and str(self.chosen.pk) == value else super().to_python(value)


# --- registration form ------------------------------------------------------------------------------------------------
Origin = Call | WrittenRequest | None
"""What a case is opened for: a call, a report in writing, or nothing that is on record."""

MOST_SYMPTOMS = 4000

DETAILS = ("reporter_name", "call_back_number", "site_contact", "access_hours", "mains_power")
PHONE = "phone"
SOURCES = [
    (PHONE, _("Telephone")),
    ("mail", _("Mail")),
    ("portal", _("Portal")),
    ("office", _("Office")),
]


class RegistrationForm(forms.Form):
    use_required_attribute = False
    known_there: Mapping[str, str] = MappingProxyType({"site_contact": "", "access_hours": ""})

    service = LaterChoice(
        label=_("Service"),
        error_messages={"required": _("Choose the service that fails."), "invalid_choice": _("Choose a service.")},
    )
    symptoms = prose(_("Symptoms"))
    impact = one_of(_("Status of the service"), SAID_IMPACT_NAMES, required=False)
    since = hour(_("From what time"))
    source = one_of(_("How it was received"), SOURCES, initial=PHONE, required=False)
    received_at = hour(_("Arrived at (empty: now)"))
    reporter = LaterChoice(label=_("Who reports"), required=False, empty_label=_("somebody else"))
    reporter_name = words(_("Name of another person"), required=False)
    call_back_number = words(_("Call back to"), required=False, limit=40)
    site_contact = words(_("Contact at the site"), required=False, limit=200)
    access_hours = words(_("Access hours"), required=False, limit=200)
    mains_power = one_of(_("Is there mains power?"), POWER[1:], required=False)

    def __init__(
        self, *args, company: Customer | None, service: Service | None, call: Origin, now: datetime, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.caller = now, contact_on_the_line(company, call)
        self._take_hours(now, call)
        cast("LaterChoice", self.fields["reporter"]).of(lambda: contacts_of(company))
        services = cast("LaterChoice", self.fields["service"])
        services.of(lambda: services_offered_to(company))
        if service and company and service.customer_id == company.pk:
            services.chosen = service
        self.fields["symptoms"].error_messages["required"] = _("Write what the caller says, in the caller's words.")
        if service and not is_stranger(company, call):
            self._say_what_the_site_knows(service)

    def _take_hours(self, now: datetime, call: Origin) -> None:
        """A call or a report on record has come by its own way, at its own hours: the form asks for neither."""
        self.fields["since"].now = self.fields["received_at"].now = now  # type: ignore[attr-defined]
        since = _("14:05; empty: when it rang") if isinstance(call, Call) else _("14:05; empty: when it arrived")
        self.fields["since"].widget.attrs["placeholder"] = since
        if call:
            del self.fields["source"], self.fields["received_at"]

    def _say_what_the_site_knows(self, service: Service) -> None:
        """Left empty, these are taken from the site: the field says what that is."""
        known_there = {"site_contact": service.site.contact_on_site, "access_hours": service.site.access_hours}
        self.known_there = known_there
        for name, value in known_there.items():
            self.fields[name].widget.attrs["placeholder"] = value

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("reporter", *DETAILS) if name != "mains_power"]

    def clean_received_at(self) -> datetime | None:
        """Its hour of arrival; only what came in writing or in person has one (L4 D)."""
        received_at = self.cleaned_data["received_at"]
        if received_at and received_at > self.now:
            raise forms.ValidationError(TimeInTheFuture.template)
        if received_at and self.came_by == PHONE:
            raise forms.ValidationError(
                _("Choose how it was received: email, portal or office. Or leave this time empty.")
            )
        return received_at

    def arrival(self) -> dict[str, Any]:
        """How it came and, in writing or in person, its hour, from which P2 counts: the one written, or now."""
        if self.came_by == PHONE:
            return {}
        return {"source": self.came_by, "received_at": self.cleaned_data["received_at"] or self.now}

    @property
    def came_by(self) -> str:
        return self.cleaned_data.get("source") or PHONE

    def report(self) -> Report:
        """What the verb registers."""
        fields = self.cleaned_data
        reporter, name = self._who_reports(fields["reporter_name"].strip())
        return Report(
            service=fields["service"],
            symptoms=fields["symptoms"],
            impact=Impact(fields["impact"] or Impact.REPORTED),
            affected_since=fields["since"],
            reporter=reporter,
            details={**{detail: fields[detail] for detail in DETAILS}, "reporter_name": name},
        )

    def _who_reports(self, name: str) -> tuple[Contact | None, str]:
        """A contact that was chosen stands; the one the number told of gives way to another name that is written."""
        chosen = self.cleaned_data["reporter"] if "reporter" in self.data else self.caller
        if self.caller and name == str(self.caller):
            return chosen or self.caller, ""
        return (None, name) if name and chosen == self.caller else (chosen, name)


def contact_on_the_line(company: Customer | None, call: Origin) -> Contact | None:
    """The caller, where the number is that of a contact of this very company."""
    caller = call.contact if call else None
    return caller if caller and caller.active and company and caller.customer_id == company.pk else None


def is_stranger(company: Customer | None, call: Origin) -> bool:
    """Somebody on the line who is no contact of the company: what is on record of it is not for that person (P2 D)."""
    return isinstance(call, Call) and contact_on_the_line(company, call) is None


def known(
    company: Customer, service: Service | None, call: Origin, draft: Draft | None, like: Case | None = None
) -> dict:
    """What is known before anybody asks: the people of the case it is ``like``, the caller's name and number; over it,
    what was being written.
    """
    found: dict[str, object] = {"service": service, "source": PHONE}
    if like:
        found |= people_of(like)
    if call:
        found |= written_facts(call) if isinstance(call, WrittenRequest) else {"call_back_number": number_of(call)}
        found["reporter"] = contact_on_the_line(company, call)
        found["reporter_name"] = str(call.contact) if call.contact and not found["reporter"] else ""
    return {**found, **(draft.fields if draft else {})}


def people_of(case: Case) -> dict[str, object]:
    """Who reported it, how they are called back, who is at the site and when; never what was wrong."""
    reporter = case.reporter if case.reporter and case.reporter.active else None
    said = {name: getattr(case, name) for name in ("call_back_number", "site_contact", "access_hours")}
    return {**said, "reporter": reporter, "reporter_name": "" if reporter else case.reporter_name}


def number_of(call: Call) -> str:
    return spoken(call.from_number) if call.from_number else ""


def written_facts(request: WrittenRequest) -> dict[str, object]:
    """What the report says of itself: its words are the symptoms, until somebody puts them in better ones."""
    return {"symptoms": (request.text.strip() or request.subject)[:MOST_SYMPTOMS]}


def draft_key(company: Customer, call: Origin) -> str:
    letter = "r" if isinstance(call, WrittenRequest) else ""
    return f"nuevo:{company.pk}:{letter}{call.pk if call else 0}"
