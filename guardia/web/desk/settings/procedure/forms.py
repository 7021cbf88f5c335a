"""The forms of a draft of the procedure. Whether its text is a procedure is judged by the room."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from guardia.customers.values import line
from guardia.web.desk.companies.forms import DeskForm, words
from guardia.web.desk.settings.forms import HOUR
from guardia.web.shared.files import text_of

WHAT_FOR = 200


class NewDraftForm(DeskForm):
    readers = {"what_for": line(WHAT_FOR, needed=True)}
    what_for = words(
        gettext_lazy("What changes, and why"),
        WHAT_FOR,
        needed=True,
        help_text=gettext_lazy("One sentence. The customers read it when the version is published."),
    )
    file = forms.FileField(
        label=gettext_lazy("File (YAML)"),
        required=False,
        help_text=gettext_lazy("Empty: the draft begins with the text of the newest version."),
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> str:
        return text_of(self.cleaned_data.get("file"))


class DraftForm(DeskForm):
    readers = {"what_for": line(WHAT_FOR, needed=True)}
    what_for = words(gettext_lazy("What changes, and why"), WHAT_FOR, needed=True)
    effective_at = forms.DateTimeField(
        label=gettext_lazy("Holds from the hour"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, HOUR),
        help_text=gettext_lazy("In the operator's time. Empty: from its approval on."),
    )
    tells_customers = forms.BooleanField(
        label=gettext_lazy("Tell all customers by mail when it is approved"), required=False
    )
    source = forms.CharField(
        label=gettext_lazy("Text (YAML)"),
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "yaml", "wrap": "off"}),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data)
        self.initial = initial

    @property
    def effective(self) -> datetime | None:
        return self.cleaned_data.get("effective_at")
