"""P7 D at the desk: the customer's objection to a stop, entered in the customer's name; also after closing."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.clocks.wait import Wait
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.act import Act, ActForm, Doing, hour, prose, when
from guardia.web.desk.acts.act import words as one_line
from guardia.web.desk.acts.waiting import wait_words


class WaitsField(forms.ModelMultipleChoiceField):
    now: datetime

    def label_from_instance(self, wait: Wait) -> str:
        return wait_words(wait, self.now)


class ObjectionForm(ActForm):
    waits = WaitsField(
        Wait.objects.none(),
        label=_("Which stops the customer objects to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    who = one_line(_("Who objects"))
    words = prose(_("In the customer's words"), rows=3)
    at = hour(_("Said at (empty: now)"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        waits, field = self.case.waits.order_by("started_at", "pk"), self.fields["waits"]
        field.now = self.now  # type: ignore[attr-defined]
        field.queryset = waits if self.is_bound else waits.filter(ruled_at=None)  # type: ignore[attr-defined]


def contest(doing: Doing, fields: dict) -> Event | None:
    return doing.case.contest(fields["waits"], who=fields["who"], words=fields["words"], **when(doing, fields))


def known_objection(case: Case, staff: Staff) -> dict:
    """Who reports; and the stop itself, where there is only one."""
    waits = list(case.waits.filter(ruled_at=None)[:2])
    return {"who": case.reporter_name, "waits": [wait.pk for wait in waits] if len(waits) == 1 else []}


CONTEST_ACTS = (
    Act(
        "objecion",
        _("The customer objects"),
        ObjectionForm,
        contest,
        button=_("Put the objection on record"),
        template="desk/acts/_objection.html",
        asks=_("The quality manager rules on it within the published time, with reasons, and the customer is told."),
        known=known_objection,
        tells=Moment.CONTESTED,
        after_closing=True,
    ),
)
