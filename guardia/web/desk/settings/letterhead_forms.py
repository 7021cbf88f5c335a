"""The form of the letterhead. What may stand in a field is decided by the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.notices.letterhead_fields import FIELDS, FOOTER, HEADING, LARGEST, SENDER
from guardia.web.desk.companies.forms import DeskForm, prose, words
from guardia.web.desk.settings.forms import REASONED, why


class LetterheadForm(DeskForm):
    """``fields`` of a valid one are what the room keeps: the logo that was chosen, the kept one, or none."""

    readers = {**FIELDS, **REASONED}
    sender = words(
        _("Who signs"), SENDER, help_text=_("As sender and below each letter. Empty: the desk of the procedure.")
    )
    heading = words(_("Heading"), HEADING, help_text=_("One line above the letter."))
    colour = forms.CharField(
        label=_("Colour of the rule"),
        max_length=7,
        required=False,
        widget=forms.TextInput({"placeholder": "#rrggbb", "spellcheck": "false"}),
        help_text=_("The line under the heading, seen on light and on dark paper. Empty: grey."),
    )
    footer = prose(_("Below the signature"), FOOTER, rows=4, help_text=_("Address, web page, legal line."))
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, up to 40 KB: it goes with every mail. 480 × 128 pixels are sharp on every screen."),
    )
    no_logo = forms.BooleanField(label=_("Without a logo"), required=False)
    reason = why()

    def __init__(self, data: Any = None, files: Any = None, *, kept: dict[str, Any]) -> None:
        super().__init__(data, files=files)
        self.kept = kept
        self.initial = {name: value for name, value in kept.items() if name != "logo"}
        if not kept["logo"]:
            del self.fields["no_logo"]

    def clean_logo(self) -> bytes:
        """The bytes; of a file that is too large only so many as refuse it."""
        chosen = self.cleaned_data["logo"]
        return chosen.read(LARGEST + 1) if chosen else b""

    @property
    def said(self) -> dict[str, Any]:
        found = {name: self.cleaned_data[name] for name in ("sender", "heading", "colour", "footer", "logo")}
        if not found["logo"] and not self.cleaned_data.get("no_logo"):
            found["logo"] = self.kept["logo"]
        return found
