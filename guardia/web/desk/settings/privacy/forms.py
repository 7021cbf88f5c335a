"""What is asked about a person, and how it is typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.privacy.request import Asked, Reason
from guardia.web.desk.companies.forms import DeskForm, language_choices, prose, words

LONGEST = 2000


class AskForm(DeskForm):
    what = forms.ChoiceField(label=_("What is asked"), choices=Asked.choices, initial=Asked.EXPORT)
    reason = forms.ChoiceField(
        label=_("Why it is erased"), choices=[("", _("Only for an erasure")), *Reason.choices], required=False
    )
    language = forms.ChoiceField(label=_("Language of the copy"), choices=language_choices, required=False)
    names = prose(
        _("Other spellings of the name"),
        LONGEST,
        help_text=_("One per line. A name of one short word is not looked for in texts: write it with the surname."),
    )
    addresses = prose(_("Other mail addresses"), LONGEST, help_text=_("One per line."))
    numbers = prose(
        _("Other telephone numbers"),
        LONGEST,
        help_text=_("One per line, as you would dial them; at least seven digits."),
    )

    def subject(self) -> dict[str, list[str]]:
        return {key: self.cleaned_data.get(key, "").splitlines() for key in ("names", "addresses", "numbers")}


class RuleForm(DeskForm):
    days = words(
        _("Days that it is kept"),
        9,
        help_text=_("Empty: kept for good."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    reason = words(_("Why"), 200, help_text=_("A resolution, a law, a contract: it stays beside the change."))


class HoldForm(DeskForm):
    of = words(_("Case or company"), 200, help_text=_("The number of the case, or the whole name of the company."))
    reason = words(_("Why"), 300, help_text=_("Which procedure, before whom, who asked for it."))


class LiftForm(DeskForm):
    reason = words(_("Why it is lifted"), 300)
