"""The forms of the first run, a step each."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.doors.procedure_upload import text_of
from guardia.people.staff import Role, Staff

CODE = 6


class StepForm(forms.Form):
    use_required_attribute = False


class OperatorForm(StepForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the operator"),
        max_length=120,
        help_text=gettext_lazy("As the customers know it: it signs the letters and stands on the published procedure."),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=60,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
        help_text=gettext_lazy("By its IANA name, such as America/Guayaquil: every hour is counted and read in it."),
    )

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no time zone “%s”. Choose one of the list.") % zone)
        return zone


class AddressForm(StepForm):
    email = forms.EmailField(
        label=gettext_lazy("Your mailbox"), help_text=gettext_lazy("A mail with six digits goes there.")
    )


class CodeForm(StepForm):
    code = forms.CharField(
        label=gettext_lazy("The six digits of the mail"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ProcedureForm(StepForm):
    file = forms.FileField(
        label=gettext_lazy("Your procedure (YAML)"),
        required=False,
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("Empty: the sample procedure under the name of your operator, to be edited afterwards."),
    )

    def clean_file(self) -> str:
        return text_of(self.cleaned_data.get("file"))


class AdministratorForm(StepForm):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=160)
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=60, widget=forms.TextInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten signs, and not a common word."),
    )
    again = forms.CharField(
        label=gettext_lazy("The password once more"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("password") and fields.get("again") and fields["password"] != fields["again"]:
            self.add_error("again", _("The two are not the same. Write the password again."))
        elif fields.get("password"):
            somebody = Staff(username=fields.get("username", ""), name=fields.get("name", ""))
            try:
                validate_password(fields["password"], somebody)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return fields


class ColleagueForm(StepForm):
    """One more person; a row that is left empty is none."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    username = forms.CharField(label=gettext_lazy("User name"), max_length=60, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, required=False)

    @property
    def is_empty(self) -> bool:
        return not (self.cleaned_data.get("name") or self.cleaned_data.get("username"))

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if bool(fields.get("name")) != bool(fields.get("username")):
            self.add_error(
                "username" if fields.get("name") else "name", _("A person needs a name and a user name. Write both.")
            )
        return fields
