"""A3 at the desk: answer a request, solve it, pass it to its desk; what a desk asks for with each request."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.stages.administrative import Ask
from guardia.cases.stages.registration import Report
from guardia.cases.verbs import Event
from guardia.customers.customer import Service
from guardia.customers.lookup import services_of
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.vocabulary import Impact, Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct, one_of, prose, words
from guardia.web.shared import about
from guardia.web.shared.act import Doing

LONGEST = 120


def field_name(key: str) -> str:
    return f"field_{key}"


def desk_fields_of(desks: Iterable[Desk]) -> dict[str, forms.Field]:
    """One field for each thing that some of the desks asks for; whether it must be filled, the verb says."""
    asked = {field.key: field for desk in desks for field in desk.fields}
    return {field_name(key): words(str(field.name), required=False, limit=LONGEST) for key, field in asked.items()}


def given_in(fields: Mapping[str, Any], desk: Desk) -> dict[str, str]:
    """What was filled in of what this desk asks for, by its own keys."""
    given = {field.key: str(fields.get(field_name(field.key), "")).strip() for field in desk.fields}
    return {key: value for key, value in given.items() if value}


# --- requests ---------------------------------------------------------------------------------------------------------
OF_A_REPORT = ("service", "impact", "symptoms")


class AnswerForm(ActForm):
    answer = prose(_("What you answer"), rows=4)


class SolutionForm(ActForm):
    answer = prose(_("How it was solved"), rows=4)


class ServiceField(forms.ModelChoiceField):
    def label_from_instance(self, service: Service) -> str:
        return about.joined(service.circuit, f"{service.site.name}, {service.site.city.name}")


class TransferForm(ActForm):
    """To which desk, and what that desk needs: a report of the fault, or what is asked."""

    to = forms.ChoiceField(label=_("To which desk"), widget=forms.RadioSelect)
    reason = prose(_("Why"))
    service = ServiceField(None, label=_("Service"), required=False, empty_label=_("choose the service that fails"))
    impact = one_of(_("Status of the service"), SAID_IMPACT_NAMES, required=False)
    symptoms = prose(_("Symptoms"), required=False)
    asked = prose(_("What is asked"), required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        desks = [desk for desk in versions.of(self.case.procedure_version_id).desks if desk.key != self.case.desk]
        self.fields["to"].choices = [(desk.key, str(desk.name)) for desk in desks]  # type: ignore[attr-defined]
        self.fields["service"].queryset = services_of(self.case.customer)  # type: ignore[attr-defined]
        left_out = OF_A_REPORT if self.case.desk == TECHNICAL else ("asked",)
        for name in left_out:
            del self.fields[name]
        if self.case.desk == TECHNICAL:
            self.fields |= desk_fields_of(desks)

    @property
    def report_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_A_REPORT if name in self.fields]

    @property
    def requested_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"to", "reason", *OF_A_REPORT}]

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("to") == TECHNICAL and not fields.get("service"):
            self.add_error("service", _("Choose the service that fails."))
        if fields.get("to") == TECHNICAL and not fields.get("symptoms"):
            self.add_error("symptoms", _("Write what the customer says, in the customer's words."))
        return fields


def answer(doing: Doing[Case]) -> Event | None:
    return doing.on.answer_request(doing.fields["answer"], by=doing.by, at=doing.now)


def solve(doing: Doing[Case]) -> Event | None:
    return doing.on.solve_request(doing.fields["answer"], by=doing.by, at=doing.now)


def transfer(doing: Doing[Case]) -> Event | None:
    case, to = doing.on, doing.fields["to"]
    report = report_of(case, doing.fields) if to == TECHNICAL else None
    ask = ask_of(case, to, doing.fields) if case.desk == TECHNICAL else None
    return case.transfer(to, by=doing.by, at=doing.now, reason=doing.fields["reason"], report=report, ask=ask)


def report_of(case: Case, fields: dict) -> Report:
    return Report(
        service=fields["service"],
        symptoms=fields["symptoms"],
        impact=Impact(fields["impact"] or Impact.REPORTED),
        reporter=case.reporter,
        details=requester_initial(case),
    )


def ask_of(case: Case, to: str, fields: dict) -> Ask:
    return Ask(
        customer=case.customer,
        desk=to,
        text=fields["asked"] or case.symptoms,
        subject=case.subject,
        reporter=case.reporter,
        details=requester_initial(case),
        fields=given_in(fields, versions.of(case.procedure_version_id).desk(to)),
        service=case.service,
    )


def requester_initial(case: Case) -> dict[str, str]:
    return {"reporter_name": case.reporter_name, "call_back_number": case.call_back_number}


def known_transfer(case: Case, staff: Staff) -> dict:
    """What the customer said already is what the other desk reads first."""
    return {"asked": case.symptoms, "symptoms": case.symptoms, "service": case.service}


def transfer_title(case: Case) -> str:
    """“Pass to Sales / Billing”: the desks by their names."""
    desks = [desk for desk in versions.of(case.procedure_version_id).desks if desk.key != case.desk]
    return gettext("Pass to %(desks)s") % {"desks": " / ".join(str(desk.name) for desk in desks)}


REQUEST_ACTS = (
    CaseAct(
        "contestar",
        _("Answer the request"),
        AnswerForm,
        answer,
        button=_("Answer and notify"),
        asks=_("The first answer goes to whoever asked; the request stays open until it is solved."),
        tells=Moment.ADMIN_ANSWERED,
    ),
    CaseAct(
        "resolver",
        _("Solve the request"),
        SolutionForm,
        solve,
        button=_("Solve and notify"),
        asks=_("This closes the request, and whoever asked is told how it was solved."),
        tells=Moment.ADMIN_SOLVED,
    ),
    CaseAct(
        "transferir",
        _("Pass to another desk"),
        TransferForm,
        transfer,
        button=_("Pass it on and notify"),
        template="desk/acts/_transfer.html",
        asks=_("Its history goes with it, and the customer is told who is handling it from now on."),
        known=known_transfer,
        tells=Moment.TRANSFERRED,
        of_any_desk=True,
        named=transfer_title,
    ),
)
