"""A call that rings, written down by hand: for an operator without an exchange, or one that is not heard just now."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from guardia.customers.phones import NotANumber, normalise
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.directory import Line
from guardia.procedure.schema import Procedure
from guardia.procedure.version import NoProcedure
from guardia.web.desk.phone.lines import desk_of, number_of


class CallForm(forms.Form):
    """Both facts may be unknown. The line says which desk the caller wanted."""

    from_number = forms.CharField(label=gettext_lazy("Number that calls"), required=False, max_length=40)
    line = forms.ChoiceField(
        label=gettext_lazy("Line it came in on"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a line of the list, or leave it open.")},
    )

    def __init__(self, *args, at: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = line_choices(at)  # type: ignore[attr-defined]

    def clean_from_number(self) -> str:
        written = self.cleaned_data["from_number"]
        try:
            return normalise(written) if written else ""
        except NotANumber as trouble:
            raise forms.ValidationError(_("Write the number with its area code, such as 02 555 0100.")) from trouble


def line_choices(at: datetime) -> list[tuple[str, str]]:
    """The published lines (L1 to L3), those of the technical desk first; a line that is not known is technical."""
    try:
        procedure = versions.in_force(at).procedure
    except NoProcedure:
        return [("", pgettext("line", "not known"))]
    lines = sorted(procedure.lines, key=lambda line: line.desk != TECHNICAL)
    return [("", pgettext("line", "not known")), *((line.key, line_choice(procedure, line)) for line in lines)]


def line_choice(procedure: Procedure, line: Line) -> str:
    desk = desk_of(procedure, line.desk)
    return f"{line.name} · {number_of(line)} → {desk.name if desk else line.desk}"
