"""What may be done in any stage: notes, news, details, handing a case over, and links between cases (P2 D)."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from guardia.cases import linking
from guardia.cases.case import Case
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.links import CaseLink
from guardia.cases.number import grouped
from guardia.cases.queries import open_beside
from guardia.cases.verbs import Event
from guardia.people.lookup import handlers_at
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Impact, Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.desk.acts.requests import desk_fields_of, field_name, given_in
from guardia.web.desk.entry import DeskRequest
from guardia.web.desk.page import Undo, say
from guardia.web.shared import about
from guardia.web.shared.act import Doing


# --- assigning --------------------------------------------------------------------------------------------------------
# Handing a case over, with its undo: nobody outside has been told of it.
def assign_to(request: DeskRequest, case: Case, to: Staff, at: datetime) -> None:
    """Assign and say so; the toast gives it back to whoever had it. Raises CaseIsClosed."""
    before = case.assigned
    case.assign(to, by=Actor.of_staff(request.user), at=at)
    say(request, assigned_words(request, case, to), undo=undo_of(case, before, to))


def assigned_words(request: DeskRequest, case: Case, to: Staff) -> str:
    if to == request.user:
        return _("%(number)s is yours.") % {"number": case.display_number}
    return _("%(number)s was assigned to %(who)s.") % {"number": case.display_number, "who": to.name}


def undo_of(case: Case, before: Staff | None, to: Staff) -> Undo | None:
    """None where nobody had the case before: a case is never left without anybody."""
    if before is None or before == to:
        return None
    return Undo(reverse("act", args=[case.number, "asignar"]), "to", str(before.pk))


# --- any stage --------------------------------------------------------------------------------------------------------
# What may be done in any stage: notes, news, details, hand-over, and links between cases (P2 D).
OF_AN_INCIDENT = ("impact", "since", "site_contact", "access_hours", "mains_power", "carrier_reference")
POWER = [
    ("", gettext_lazy("not asked yet")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
    ("unknown", gettext_lazy("does not know")),
]


class TextForm(ActForm):
    text = prose(gettext_lazy("Text"), rows=3)


class WritingForm(TextForm):
    audience = one_of(
        gettext_lazy("Who will read it"),
        [("internal", gettext_lazy("Internal note")), ("public", gettext_lazy("Answer the customer"))],
    )


class AssignForm(ActForm):
    to: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=gettext_lazy("Assign to"), empty_label=gettext_lazy("choose a colleague")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handlers_at(self.case.desk)  # type: ignore[attr-defined]


class DetailsForm(ActForm):
    impact = one_of(gettext_lazy("Status of the service"), SAID_IMPACT_NAMES, required=False)
    since = hour(gettext_lazy("From what time (empty: unchanged)"))
    reporter_name = words(gettext_lazy("Who reports"), required=False)
    call_back_number = words(gettext_lazy("Call back to"), required=False, limit=40)
    site_contact = words(gettext_lazy("Contact at the site"), required=False)
    access_hours = words(gettext_lazy("Access hours"), required=False)
    mains_power = one_of(gettext_lazy("Is there mains power?"), POWER, required=False)
    customer_reference = words(gettext_lazy("Customer's own number"), required=False, limit=80)
    carrier_reference = words(gettext_lazy("Carrier's number"), required=False, limit=80)

    def __init__(self, *args, **kwargs) -> None:
        """A request has no service that fails and no site to enter."""
        super().__init__(*args, **kwargs)
        if about.is_request(self.case):
            for name in OF_AN_INCIDENT:
                del self.fields[name]
            desk = about.desk_of(self.case)
            self.fields |= desk_fields_of([desk] if desk else [])


class ImpactForm(ActForm):
    impact = one_of(gettext_lazy("Status of the service"), SAID_IMPACT_NAMES)
    since = hour(gettext_lazy("From what time (empty: unchanged)"))


def note(doing: Doing[Case]) -> Event | None:
    return doing.on.note(doing.fields["text"], by=doing.by, at=doing.now)


def tell(doing: Doing[Case]) -> Event | None:
    return doing.on.tell(doing.fields["text"], by=doing.by, at=doing.now)


def assign(doing: Doing[Case]) -> Event | None:
    return doing.on.assign(doing.fields["to"], by=doing.by, at=doing.now)


def complete(doing: Doing[Case]) -> Event | None:
    desk = about.desk_of(doing.on)
    if about.is_request(doing.on) and desk:
        of_desk = doing.on.complete_fields(given_in(doing.fields, desk), by=doing.by, at=doing.now)
        return doing.on.complete(doing.fields, by=doing.by, at=doing.now) or of_desk
    return say_impact(doing)


def say_impact(doing: Doing[Case]) -> Event | None:
    """How the service is and since when, with whatever else was completed."""
    impact, since = doing.fields.pop("impact"), doing.fields.pop("since")
    said = Impact(impact) if impact else None
    return doing.on.complete(doing.fields, by=doing.by, at=doing.now, impact=said, affected_since=since)


def write(doing: Doing[Case]) -> Event | None:
    return (tell if doing.fields["audience"] == "public" else note)(doing)


def known_details(case: Case, staff: Staff) -> dict:
    of_desk = {field_name(key): value for key, value in case.fields.items()}
    return {name: getattr(case, name) for name in DetailsForm.base_fields if name != "since"} | of_desk


ANY_TIME_ACTS = (
    CaseAct("nota", gettext_lazy("Internal note"), TextForm, note),
    CaseAct("respuesta", gettext_lazy("Reply to the customer"), TextForm, tell, tells=Moment.NEWS_SENT),
    CaseAct("escribir", gettext_lazy("Write in the log"), WritingForm, write, tells=Moment.NEWS_SENT),
    CaseAct("asignar", gettext_lazy("Assign"), AssignForm, assign),
    CaseAct(
        "datos",
        gettext_lazy("Complete the details"),
        DetailsForm,
        complete,
        button=gettext_lazy("Save the details"),
        known=known_details,
    ),
    CaseAct("impacto", gettext_lazy("Set the service status"), ImpactForm, say_impact),
)


# --- linking ----------------------------------------------------------------------------------------------------------
# Two cases that belong together (P2 D): linked, ended as the duplicate of the other, or unlinked.
MOST_OFFERED = 8


class NumberField(forms.CharField):
    """The number of a case as it is read aloud; one that is linked already is refused by the verb."""


class OtherForm(ActForm):
    """The other case: by its number, or one of those that are open at the same place."""

    number = NumberField(label=gettext_lazy("Number of the other case"), max_length=30, required=False)
    chosen = forms.ChoiceField(label=gettext_lazy("Open at the same place"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs["placeholder"] = "104-273-8"
        if choices := [(str(case.number), named(case)) for case in open_beside(self.case)[:MOST_OFFERED]]:
            self.fields["chosen"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["chosen"]
            self.fields["number"].required = True
            self.fields["number"].error_messages["required"] = gettext("Write the number of the other case.")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "chosen" in self.fields and not self.errors and not details_question(fields):
            self.add_error("number", gettext("Write the number of the other case, or choose one from the list."))
        return fields


class DuplicateForm(OtherForm):
    reason = prose(gettext_lazy("Why it is the same"))


class LinkField(forms.ModelChoiceField):
    case: Case

    def label_from_instance(self, link: CaseLink) -> str:
        return named(linking.other_end(link, self.case))


class UnlinkForm(ActForm):
    link = LinkField(None, label=gettext_lazy("Linked case"), empty_label=None)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["link"]
        field.case = self.case  # type: ignore[attr-defined]
        field.queryset = linking.links_of(self.case)  # type: ignore[attr-defined]


def named(case: Case) -> str:
    return about.joined(case.display_number, case.subject)


def details_question(fields: dict) -> str:
    return fields.get("number") or fields.get("chosen") or ""


def relate(doing: Doing[Case]) -> Event | None:
    other = linking.case_called(details_question(doing.fields), doing.on)
    return linking.relate(doing.on, other, **doing.when)


def end_as_duplicate(doing: Doing[Case]) -> Event | None:
    other = linking.case_called(details_question(doing.fields), doing.on)
    return linking.end_as_duplicate(doing.on, other, doing.fields["reason"], **doing.when)


def unlink(doing: Doing[Case]) -> Event | None:
    number = grouped(linking.other_end(doing.fields["link"], doing.on).number)
    return linking.unlink(doing.on, linking.case_called(number, doing.on), **doing.when)


LINK_ACTS = (
    CaseAct(
        "vincular",
        gettext_lazy("Link to another case"),
        OtherForm,
        relate,
        asks=gettext_lazy("Another case of the same company. From now on each shows the other; this can be undone."),
        after_closing=True,
        button=gettext_lazy("Link"),
    ),
    CaseAct(
        "duplicado",
        gettext_lazy("End as a duplicate"),
        DuplicateForm,
        end_as_duplicate,
        asks=gettext_lazy(
            "This case ends and cannot be opened again; the other one continues with its own clocks. The "
            "customer is told why, and to follow the other number."
        ),
        tells=Moment.CANCELLED,
    ),
    CaseAct("desvincular", gettext_lazy("Remove a link"), UnlinkForm, unlink, after_closing=True),
)
