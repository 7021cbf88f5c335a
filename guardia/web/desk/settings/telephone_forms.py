"""The forms of the telephone. What may stand in a field is decided by the rooms."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.calls import cti_mapping
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchange_editing import mapping
from guardia.calls.exchanges import LONGEST_AGENT, LONGEST_NAME
from guardia.customers.phones import home_region
from guardia.people.staff import Staff
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.forms import DeskForm, prose, words
from guardia.web.desk.settings.forms import HOUR, people_choices


class NewExchangeForm(DeskForm):
    name = words(
        gettext_lazy("Name"),
        LONGEST_NAME,
        needed=True,
        help_text=gettext_lazy("As the desk calls it. It stays."),
        error_messages={"required": gettext_lazy("Write how the desk calls this exchange.")},
    )
    country = words(
        gettext_lazy("Country"),
        2,
        needed=True,
        initial=home_region,
        help_text=gettext_lazy("Two letters: of the numbers it sends without a country code."),
    )
    signed = forms.BooleanField(
        label=gettext_lazy("Refuse messages that are not signed"),
        required=False,
        help_text=gettext_lazy("Only where the exchange can sign."),
    )


class ExchangeForm(DeskForm):
    """``contexts`` of one we listen to, ``signed`` of one that pushes."""

    country = NewExchangeForm.base_fields["country"]
    area = words(
        gettext_lazy("Area code"),
        8,
        help_text=gettext_lazy("A number that comes without one is completed by it: 07 where 2 550 148 is of Cuenca."),
    )
    recording = words(
        gettext_lazy("Where recordings are heard"),
        300,
        help_text=gettext_lazy(
            "An address, in braces what differs: https://pbx.example.com/{year}/{month}/{id}.wav. Also {number}, "
            "{dialled}, {day}, {hour}, {minute}, {second}. One that pushes may send it instead, as recording."
        ),
    )
    signed = NewExchangeForm.base_fields["signed"]
    make = forms.ChoiceField(
        label=gettext_lazy("Its form"),
        required=False,
        help_text=gettext_lazy("Which of its fields is which. What does not fit is refused with the field’s name."),
    )
    toml = prose(
        gettext_lazy("Fields of its own"),
        20_000,
        rows=6,
        help_text=gettext_lazy("Where none of the makes fits: a file as docs/operations/telephone.md shows it."),
    )
    contexts = prose(
        gettext_lazy("Trunk contexts"),
        2000,
        rows=2,
        help_text=gettext_lazy("Where calls come in from outside, parted by commas: from-trunk, from-pstn."),
    )

    def __init__(self, data: Any = None, *, of: Exchange) -> None:
        super().__init__(data, of=of)
        self.initial["contexts"] = ", ".join(of.contexts)
        self.initial["make"], self.initial["toml"] = of.mapping.get("make", ""), of.mapping.get("toml", "")
        for name in ("signed", "make", "toml") if of.kind == ExchangeKind.AMI else ("contexts",):
            del self.fields[name]
        if "make" in self.fields:
            self.offer("make", makes())

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "make" in self.fields:
            try:
                fields["mapping"] = mapping({"make": fields.pop("make", ""), "toml": fields.pop("toml", "")})
            except forms.ValidationError as unfit:
                self.add_error("toml", unfit)
        return fields


def makes() -> list[tuple[str, str]]:
    """The forms an exchange may push in: those that were tried, and files from what a make has published."""
    untried = _("%s: from its published format, not tried")
    named = [(make, untried % cti_mapping.read(cti_mapping.shipped(make)).name) for make in cti_mapping.MAKES]
    return [("", _("Zammad, sipgate.io or Placetel")), *named, (cti_mapping.OWN, _("Fields of its own, as below"))]


class AgentForm(DeskForm):
    """A name at the exchange, whose it is, and from when on."""

    name = words(
        gettext_lazy("Name at the exchange"),
        LONGEST_AGENT,
        needed=True,
        help_text=gettext_lazy("The member's name, extension or interface, as its messages have it."),
        error_messages={"required": gettext_lazy("Write the name as the exchange's messages have it.")},
    )
    staff = forms.ChoiceField(
        label=gettext_lazy("Person"),
        error_messages={
            "required": gettext_lazy("Choose whose name it is."),
            "invalid_choice": gettext_lazy("Somebody here is not among the operator's people. Choose from the list."),
        },
    )
    since = forms.DateTimeField(
        label=gettext_lazy("From the hour"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, HOUR),
        help_text=gettext_lazy("In the operator's time. Calls that are on record already stay as they are."),
    )

    def __init__(self, data: Any = None, *, at: datetime, name: str = "") -> None:
        super().__init__(data, auto_id="agent_%s")
        self.initial = {"name": name, "since": at.astimezone(desk_zone()).replace(second=0, microsecond=0)}
        self.offer("staff", [("", "—"), *people_choices()])

    def clean_staff(self) -> Staff:
        found = Staff.objects.filter(pk=self.cleaned_data["staff"]).first()
        if found is None:
            raise forms.ValidationError(_("Choose whose name it is."))
        return found
