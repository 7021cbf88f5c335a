"""The form of a request: for which desk, what is asked, and what that desk needs to know; the rest may follow (A3)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call
from guardia.calls.written import WrittenRequest
from guardia.cases.draft import Draft
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.administrative import Ask
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.lookup import services_of
from guardia.customers.service import Service
from guardia.people.shifts import TECHNICAL
from guardia.procedure.directory import Desk
from guardia.web.desk.acts.act import hour, one_of, prose, words
from guardia.web.desk.acts.desk_fields import asked_of, field_name, given_in
from guardia.web.desk.registration_form import (
    PHONE,
    SOURCES,
    Came,
    contact_on_the_line,
    contacts_of,
    number_of,
)
from guardia.web.shared import about

DETAILS = ("reporter_name", "call_back_number")
LONGEST = 4000


class ServiceField(forms.ModelChoiceField):
    def label_from_instance(self, service: Service) -> str:
        return about.joined(service.circuit, f"{service.site.name}, {service.site.city.name}")


class RequestForm(forms.Form):
    use_required_attribute = False

    desk = forms.ChoiceField(label=_("For which desk"), widget=forms.RadioSelect)
    text = prose(_("What is asked"), rows=4)
    is_complaint = forms.BooleanField(label=_("It is a formal complaint (reclamo)"), required=False)
    source = one_of(_("How it came"), SOURCES, initial=PHONE, required=False)
    received_at = hour(_("Arrived at (empty: now)"))
    reporter = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who asks"), required=False, empty_label=_("somebody else")
    )
    reporter_name = words(_("Name of somebody else"), required=False)
    call_back_number = words(_("Call back to"), required=False, limit=40)
    service = ServiceField(
        Service.objects.none(), label=_("Service it is about"), required=False, empty_label=_("none in particular")
    )

    def __init__(self, *args, company: Customer, desks: tuple[Desk, ...], came: Came, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.company, self.desks, self.now = company, desks, now
        self.caller = contact_on_the_line(company, came)
        self.fields["desk"].choices = [(desk.key, str(desk.name)) for desk in desks]  # type: ignore[attr-defined]
        self.fields["reporter"].queryset = contacts_of(company)  # type: ignore[attr-defined]
        self.fields["service"].queryset = services_of(company)  # type: ignore[attr-defined]
        self.fields["text"].error_messages["required"] = _("Write what is asked, in the customer's words.")
        self.fields["received_at"].now = now  # type: ignore[attr-defined]
        self.fields |= asked_of(desks)
        if came:
            del self.fields["source"], self.fields["received_at"]

    @property
    def chosen(self) -> Desk:
        """The desk that the form is for so far."""
        key = str(self["desk"].value() or "")
        return next((desk for desk in self.desks if desk.key == key), self.desks[0])

    @property
    def desk_fields(self) -> list[forms.BoundField]:
        return [self[field_name(field.key)] for field in self.chosen.fields]

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("reporter", *DETAILS)]

    def clean_received_at(self) -> datetime | None:
        """Its hour of arrival; only what came in writing or in person has one (L4 D)."""
        received_at = self.cleaned_data["received_at"]
        if received_at and received_at > self.now:
            raise forms.ValidationError(TimeInTheFuture.template)
        if received_at and (self.cleaned_data.get("source") or PHONE) == PHONE:
            raise forms.ValidationError(_("Choose how it came: mail, portal or office. Or leave this hour empty."))
        return received_at

    def arrival(self) -> dict[str, Any]:
        """How it came and, in writing or in person, its hour; a call or a report on record says so itself."""
        source = self.cleaned_data.get("source") or PHONE
        if source == PHONE:
            return {}
        return {"source": source, "received_at": self.cleaned_data["received_at"] or self.now}

    def ask(self) -> Ask:
        """What the room takes down."""
        fields = self.cleaned_data
        name = fields["reporter_name"].strip()
        reporter = None if name and fields["reporter"] in {None, self.caller} else fields["reporter"]
        if self.caller and name == str(self.caller):
            reporter, name = self.caller, ""
        return Ask(
            customer=self.company,
            desk=fields["desk"],
            text=fields["text"],
            reporter=reporter,
            details={"reporter_name": name, "call_back_number": fields["call_back_number"]},
            fields=given_in(fields, self.chosen),
            service=fields["service"],
            is_complaint=fields["is_complaint"],
        )


def known(company: Customer, came: Came, desk: str, draft: Draft | None) -> dict[str, object]:
    """What is known before anybody asks; over it, what was being written."""
    found: dict[str, object] = {"desk": desk, "source": PHONE, "reporter": contact_on_the_line(company, came)}
    if isinstance(came, Call):
        found["call_back_number"] = number_of(came)
    if isinstance(came, WrittenRequest):
        found["text"] = (came.text.strip() or came.subject)[:LONGEST]
    if came and came.contact and not found["reporter"]:
        found["reporter_name"] = str(came.contact)
    return {**found, **(draft.fields if draft else {})}


def draft_key(company: Customer, came: Came) -> str:
    letter = "r" if isinstance(came, WrittenRequest) else ""
    return f"requerimiento:{company.pk}:{letter}{came.pk if came else 0}"


def desk_asked(given: str, came: Came, own: str) -> str:
    """The desk that the address names, that of the call or the report, or one's own; else it is to be chosen."""
    of_came = came.at_desk if isinstance(came, Call) else came.desk if came else ""
    return next((key for key in (given, of_came, own) if key not in {"", TECHNICAL}), "")
