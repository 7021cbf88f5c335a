"""Two cases that belong together (P2 D): linked, ended as the duplicate of the other, or unlinked."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases import linking
from guardia.cases.case import Case
from guardia.cases.link import CaseLink, LinkKind
from guardia.cases.number import grouped
from guardia.cases.queries import open_beside
from guardia.cases.verbs import Event
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, prose, when
from guardia.web.shared import about

MOST_OFFERED = 8


class NumberField(forms.CharField):
    """The number of a case as it is read aloud; one that is linked already is refused by the verb."""


class OtherForm(ActForm):
    """The other case: by its number, or one of those that are open at the same place."""

    number = NumberField(label=_("Number of the other case"), max_length=30, required=False)
    chosen = forms.ChoiceField(label=_("Open at the same place"), required=False, widget=forms.RadioSelect)

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
        if "chosen" in self.fields and not self.errors and not asked_for(fields):
            self.add_error("number", gettext("Write the number of the other case, or choose one of the list."))
        return fields


class DuplicateForm(OtherForm):
    reason = prose(_("Why it is the same"))


class LinkField(forms.ModelChoiceField):
    case: Case

    def label_from_instance(self, link: CaseLink) -> str:
        return named(linking.other_end(link, self.case))


class UnlinkForm(ActForm):
    link = LinkField(CaseLink.objects.none(), label=_("Linked case"), empty_label=None)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["link"]
        field.case = self.case  # type: ignore[attr-defined]
        field.queryset = linking.links_of(self.case)  # type: ignore[attr-defined]


def named(case: Case) -> str:
    return about.joined(case.display_number, case.subject)


def asked_for(fields: dict) -> str:
    return fields.get("number") or fields.get("chosen") or ""


def relate(doing: Doing, fields: dict) -> Event | None:
    other = linking.case_called(asked_for(fields), doing.case)
    return linking.relate(doing.case, other, **when(doing, fields))


def end_as_duplicate(doing: Doing, fields: dict) -> Event | None:
    other = linking.case_called(asked_for(fields), doing.case)
    return linking.end_as_duplicate(doing.case, other, fields["reason"], **when(doing, fields))


def unlink(doing: Doing, fields: dict) -> Event | None:
    number = grouped(linking.other_end(fields["link"], doing.case).number)
    return linking.unlink(doing.case, linking.case_called(number, doing.case), **when(doing, fields))


def the_only_one(case: Case, staff: Staff) -> dict:
    """Chosen already, where one alone can be unlinked."""
    links = [link for link in linking.links_of(case) if link.kind == LinkKind.RELATED]
    return {"link": links[0].pk} if len(links) == 1 else {}


LINK_ACTS = (
    Act(
        "vincular",
        _("Link to another case"),
        OtherForm,
        relate,
        asks=_("Another case of the same company. Each shows the other from now on; it can be undone."),
        after_closing=True,
        button=_("Link"),
    ),
    Act(
        "duplicado",
        _("End as a duplicate"),
        DuplicateForm,
        end_as_duplicate,
        asks=_(
            "This case ends and cannot be opened again; the other one goes on with its own clocks. "
            "The customer is told why, and to follow the other number."
        ),
        tells=Moment.CANCELLED,
    ),
    Act("desvincular", _("Remove a link"), UnlinkForm, unlink, after_closing=True),
)
