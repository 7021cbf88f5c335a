"""The form of a request for a desk that is not technical (A3), and what stands beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import desk_hours
from guardia.cases.case import Case
from guardia.cases.case_rows import open_requests_of
from guardia.cases.draft import Draft
from guardia.cases.labels import name_of_stage
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.administrative import Ask
from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import contact_of, contacts_of, contacts_with_ways_of, places_of, services_of
from guardia.notices.recipients import marked
from guardia.people.shifts import TECHNICAL
from guardia.procedure.directory import Desk
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind, Moment
from guardia.web.desk import areas
from guardia.web.desk.acts.case_act import hour, one_of, prose, words
from guardia.web.desk.acts.requests import desk_fields_of, field_name, given_in
from guardia.web.desk.case_page.act_form import saved_words
from guardia.web.desk.case_page.notices import by_channels, nobody_words, recipients_by_rule
from guardia.web.desk.clock import hour as hour_words
from guardia.web.desk.new_case import origin_name
from guardia.web.desk.page import case_href
from guardia.web.desk.registration_form import PHONE, SOURCES, Origin, contact_on_the_line, number_of
from guardia.web.shared import about

# --- form -------------------------------------------------------------------------------------------------------------
# The form of a request: for which desk, what is asked, and what that desk needs to know; the rest may follow (A3).
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
    source = one_of(_("How it was received"), SOURCES, initial=PHONE, required=False)
    received_at = hour(_("Arrived at (empty: now)"))
    reporter: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Who asks"), required=False, empty_label=_("somebody else")
    )
    reporter_name = words(_("Name of another person"), required=False)
    call_back_number = words(_("Call back to"), required=False, limit=40)
    service = ServiceField(None, label=_("Service concerned"), required=False, empty_label=_("none in particular"))

    def __init__(
        self, *args, company: Customer, desks: tuple[Desk, ...], came: Origin, now: datetime, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.company, self.desks, self.now = company, desks, now
        self.caller = contact_on_the_line(company, came)
        self.fields["desk"].choices = [(desk.key, str(desk.name)) for desk in desks]  # type: ignore[attr-defined]
        self.fields["reporter"].queryset = contacts_of(company)  # type: ignore[attr-defined]
        self.fields["service"].queryset = services_of(company)  # type: ignore[attr-defined]
        self.fields["text"].error_messages["required"] = _("Write what is asked, in the customer's words.")
        self.fields["received_at"].now = now  # type: ignore[attr-defined]
        self.fields |= desk_fields_of(desks)
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
            raise forms.ValidationError(
                _("Choose how it was received: email, portal or office. Or leave this time empty.")
            )
        return received_at

    def arrival(self) -> dict[str, Any]:
        """How it came and, in writing or in person, its hour; a call or a report on record says so itself."""
        source = self.cleaned_data.get("source") or PHONE
        if source == PHONE:
            return {}
        return {"source": source, "received_at": self.cleaned_data["received_at"] or self.now}

    def ask(self) -> Ask:
        """What the verb takes down."""
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


def known(company: Customer, came: Origin, desk: str, draft: Draft | None) -> dict[str, object]:
    """What is known before anybody asks; over it, what was being written."""
    found: dict[str, object] = {"desk": desk, "source": PHONE, "reporter": contact_on_the_line(company, came)}
    if isinstance(came, Call):
        found["call_back_number"] = number_of(came)
    if isinstance(came, WrittenRequest):
        found["text"] = (came.text.strip() or came.subject)[:LONGEST]
    if came and came.contact and not found["reporter"]:
        found["reporter_name"] = str(came.contact)
    return {**found, **(draft.fields if draft else {})}


def draft_key(company: Customer, came: Origin) -> str:
    letter = "r" if isinstance(came, WrittenRequest) else ""
    return f"requerimiento:{company.pk}:{letter}{came.pk if came else 0}"


def chosen_desk(given: str, came: Origin, own: str) -> str:
    """The desk that the address names, that of the call or the report, or one's own; else it is to be chosen."""
    of_came = came.at_desk if isinstance(came, Call) else came.desk if came else ""
    return next((key for key in (given, of_came, own) if key not in {"", TECHNICAL}), "")


# --- rows -------------------------------------------------------------------------------------------------------------
# Beside the form of a request: when its desk opens, the sentence to read aloud, who is told, what else is open.
MOST_OTHERS = 5


def query(company: Customer | None, came: Origin, area: str = "") -> str:
    named = {origin_name(came): came.pk if came else "", "compania": company.pk if company else "", areas.NAME: area}
    return urlencode({name: value for name, value in named.items() if value})


def address(company: Customer | None, came: Origin, area: str = "") -> str:
    return f"{reverse('new_request')}?{query(company, came, area)}"


def form_page(company: Customer, came: Origin, form: RequestForm, draft: Draft | None, at: datetime) -> dict[str, Any]:
    return {
        "action": address(company, came),
        "beside_href": f"{reverse('request_beside')}?{query(company, came)}",
        "carry_href": f"{reverse('request_carry', args=['caso'])}?{query(company, came)}",
        "draft": draft_key(company, came),
        "saved_at": at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0,
        "saved_words": saved_words(draft.saved_at, at) if draft else "",
    }


def found_companies(companies: Sequence[Customer], came: Origin, area: str) -> list[dict[str, Any]]:
    places = places_of(companies)
    return [
        {"href": address(one, came, area), "name": one.name, "words": places.get(one.pk, ""), "vip": one.vip}
        for one in companies
    ]


def beside_request(
    company: Customer, form: RequestForm, came: Origin, version: ProcedureVersion, at: datetime
) -> dict[str, Any]:
    """What follows for the desk that is chosen so far, and for who asks."""
    desk, asks = form.chosen, who_asks(company, form, came)
    language = language_of(asks)
    opens = desk_hours.opens_at(version.pk, desk.key, at)
    told, nobody = recipients_when_taken(company, asks, version)
    # ``language``: that of ``spoken``, which is the caller's and not always the page's.
    return {
        "desk": str(desk.name),
        "handles": str(desk.handles),
        "opens": gettext("closed, opens %(hour)s") % {"hour": hour_words(opens, at)} if opens else gettext("open now"),
        "spoken": desk_hours.spoken(version.pk, desk.key, at, language),
        "language": language,
        "told": told,
        "nobody": nobody,
        "warns": bool(nobody) and asks is not None,
        "others": [] if is_stranger(company, came) else others_of(company, at),
    }


def who_asks(company: Customer, form: RequestForm, came: Origin) -> Contact | None:
    """The contact that is chosen in the form, or who the number belongs to."""
    chosen = form["reporter"].value()
    chosen = str(chosen.pk if isinstance(chosen, Contact) else chosen or "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 16:
        return contact_of(company, chosen)
    return None if form["reporter_name"].value() else contact_on_the_line(company, came)


def is_stranger(company: Customer, came: Origin) -> bool:
    """Somebody who is no contact of the company is told nothing of its other requests (P2 D)."""
    return isinstance(came, Call) and contact_on_the_line(company, came) is None


def language_of(contact: Contact | None) -> str:
    """In which the sentence is said: of who asks, where that is one in which the procedure is published."""
    language = contact.language if contact else get_language() or ""
    return language if language in language_codes() else PUBLISHED_IN


def recipients_when_taken(
    company: Customer, asks: Contact | None, version: ProcedureVersion
) -> tuple[list[dict[str, Any]], str]:
    """Who is told in writing that it was taken; a person who is no contact of the company is told by voice alone."""
    rule = version.procedure.notice_for(Moment.ADMIN_TAKEN, of=CaseKind.REQUEST)
    if rule is None:
        return [], ""
    contacts = contacts_with_ways_of(company.pk)
    people = recipients_by_rule(contacts, rule, reporter_id=asks.pk if asks else None, kind=CaseKind.REQUEST)
    marks = marked(people)
    if not people:
        return [], gettext(
            "Nobody is notified in writing: the requester is not a contact of the company. Read the number aloud."
        )
    return by_channels(people, marks, down=False), nobody_words(people, marks)


def others_of(company: Customer, at: datetime) -> list[dict[str, Any]]:
    """The other open requests of the company: perhaps it is asked a second time."""
    return [
        {
            "number": case.display_number,
            "href": case_href(case),
            "subject": case.subject,
            "words": about.joined(about.desk_name(case), name_of_stage(case.stage), hour_words(case.opened_at, at)),
        }
        for case in open_requests_of(company)[:MOST_OTHERS]
    ]


def spoken_for(case: Case, at: datetime) -> str:
    """What to tell the person who asked, in that person's language."""
    return desk_hours.spoken(case.procedure_version_id, case.desk, at, language_of(case.reporter))
