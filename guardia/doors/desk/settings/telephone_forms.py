"""The forms of the telephone. What may stand in a field is decided by the rooms."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.calls.exchanges import LONGEST_AGENT, LONGEST_NAME
from guardia.customers.phones import home_region
from guardia.doors.desk.companies.forms import DeskForm, prose, words
from guardia.doors.desk.settings.forms import HOUR, people_choices
from guardia.doors.desk.shown.clock import desk_zone
from guardia.people.staff import Staff


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
    signed = NewExchangeForm.base_fields["signed"]
    contexts = prose(
        gettext_lazy("Trunk contexts"),
        2000,
        rows=2,
        help_text=gettext_lazy("Where calls come in from outside, parted by commas: from-trunk, from-pstn."),
    )

    def __init__(self, data: Any = None, *, of: Exchange) -> None:
        super().__init__(data, of=of)
        self.initial["contexts"] = ", ".join(of.contexts)
        del self.fields["signed" if of.kind == ExchangeKind.AMI else "contexts"]


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
