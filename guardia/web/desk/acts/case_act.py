"""An act on a case: what a case needs beside the form and the verb; and the fields that its forms are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.shell import operator
from guardia.web.shared.about import is_request
from guardia.web.shared.act import Act
from guardia.web.shared.hour_fields import HourField, as_hour


class HoursForm(forms.Form):
    """Hours are written as they are said, in the operator's zone, which each field names."""

    use_required_attribute = False

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for field in self.fields.values():
            if isinstance(field, HourField):
                field.now, field.help_text = now, operator(now)[2]


class ActForm(HoursForm):
    """A form about one case."""

    def __init__(self, *args, case: Case, now: datetime, **kwargs) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.case = case
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["data-suggest"] = reverse("suggestions", args=[case.number])


def hour_in(words: str, now: datetime) -> datetime | None:
    """The hour that a form being written says so far; None where it says none."""
    try:
        return as_hour(words, desk_zone(), now, ahead=False)
    except forms.ValidationError:
        return None


def prose(label, *, required: bool = True, rows: int = 2, limit: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit, widget=forms.Textarea(attrs={"rows": rows})
    )


def words(label, *, required: bool = True, limit: int = 160) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=limit)


def one_of(label, choices, *, initial: str = "", required: bool = True) -> forms.ChoiceField:
    """A handful of answers side by side."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=required, widget=forms.RadioSelect)


def hour(
    label=gettext_lazy("At what time (empty: now)"), *, ahead: bool = False, later: bool = False, required: bool = False
) -> HourField:
    return HourField(label=label, ahead=ahead, later=later, required=required)


@dataclass(frozen=True)
class CaseAct(Act[Case, Event | None]):
    """An act on a case; ``tells`` is the moment whose notice it owes.

    What is ``after_closing`` may be done to a closed case as well; what is ``of_any_desk``, to a request by whoever
    takes requests down: what ends the promises of a fault is for who answers for it. ``consequence``: whom it writes
    to, where nobody is owed a notice of the act itself.
    """

    form: type[ActForm]
    supervisor_only: bool = False
    template: str = "desk/acts/_fields.html"
    tells: Moment | None = None
    after_closing: bool = False
    of_any_desk: bool = False
    named: Callable[[Case], str] | None = None
    consequence: str | Promise = ""

    def is_for(self, staff: Staff, case: Case) -> bool:
        """Whether this person may do it to this case."""
        if self.supervisor_only:
            return may(staff, Right.SUPERVISE)
        takes = self.of_any_desk and is_request(case) and may(staff, Right.TAKE_REQUESTS)
        return may_handle(staff, case.desk) or takes

    def title_for(self, case: Case) -> str:
        """Its title, where that depends on the case: to which desks it can pass."""
        return self.named(case) if self.named else str(self.title)
