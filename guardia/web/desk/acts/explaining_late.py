"""Why it was late: one choice and, where it is another, some words. Whether anything was late, the verb says."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import lateness
from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.cases.words import LATE_REASON_NAMES
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import LateReason
from guardia.web.desk.acts.act import Act, ActForm, Doing, one_of, when, words

REASONS = [(str(reason), name) for reason, name in LATE_REASON_NAMES.items()]


class LateForm(ActForm):
    late = one_of(gettext_lazy("Why it was late"), REASONS)
    late_words = words(gettext_lazy("In a few words"), required=False, limit=lateness.LONGEST_WORDS)

    def clean(self) -> dict[str, Any]:
        return needs_words(self, super().clean() or {})


def needs_words(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """*Other* says nothing without its words."""
    if cleaned.get("late") == LateReason.OTHER and not cleaned.get("late_words", "").strip():
        form.add_error("late_words", _("Write why it was late."))
    return cleaned


def explained(doing: Doing, fields: dict[str, Any]) -> Event | None:
    """Nothing where nothing was chosen."""
    if not fields.get("late"):
        return None
    said = {**when(doing, {}), "words": fields.get("late_words", "")}
    return lateness.explain(doing.case, LateReason(fields["late"]), **said).event


def known(case: Case, staff: Staff) -> dict[str, Any]:
    return {"late": case.late_reason}


def ask_when_late(form: ActForm) -> None:
    """The closing asks it too, where nobody has said; what is left blank closes the case all the same."""
    if not lateness.asks_why(form.case):
        return
    choices = [("", _("Say it later")), *REASONS]
    label = gettext_lazy("Why it was late")
    form.fields["late"] = forms.ChoiceField(label=label, choices=choices, required=False)
    form.fields["late_words"] = words(gettext_lazy("In a few words"), required=False, limit=lateness.LONGEST_WORDS)
    form.fields["late"].help_text = _(
        "Asked once; of a mass outage it answers all its cases. The customer does not read it."
    )


LATE_ACTS = (
    Act(
        "demora",
        gettext_lazy("Why it was late"),
        LateForm,
        explained,
        asks=gettext_lazy(
            "For the report, not for the customer. It can be corrected; of a mass outage it answers all."
        ),
        known=known,
        after_closing=True,
    ),
)
