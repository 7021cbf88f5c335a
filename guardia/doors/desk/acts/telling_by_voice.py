"""P D: the company was rung, since no notice reaches it while its service is out."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.cases import call_alarms
from guardia.cases.case import Case
from guardia.cases.refusals import VoiceIsSettled
from guardia.cases.verbs import Event
from guardia.cases.voice import LONGEST_NAME, told_by_voice
from guardia.doors.desk.acts.act import Act, ActForm, Doing, hour, one_of, when, words
from guardia.escalation.call_task import CallTask
from guardia.people.staff import Staff


class VoiceForm(ActForm):
    """``call`` names the call that was shown: by now another may be owed."""

    outcome = one_of(
        gettext_lazy("What came of it"),
        [("answered", pgettext_lazy("call", "Answered")), ("not_answered", gettext_lazy("Nobody answered"))],
    )
    whom = words(gettext_lazy("Who was told"), required=False, limit=LONGEST_NAME)
    at = hour(gettext_lazy("Hour of the call (empty: now)"))
    call = forms.IntegerField(max_value=2**62, widget=forms.HiddenInput)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "answered" and not cleaned.get("whom", "").strip() and "whom" not in self.errors:
            self.add_error("whom", _("Write who was told."))
        return cleaned


def tell(doing: Doing, fields: dict) -> Event:
    task = CallTask.objects.filter(case=doing.case, pk=fields["call"], level=0).first()
    if task is None:
        raise VoiceIsSettled()
    return told_by_voice(doing.case, task, outcome=fields["outcome"], whom=fields["whom"], **when(doing, fields))


def known(case: Case, staff: Staff) -> dict:
    task = call_alarms.voice_owed_for(case.pk)
    return {"call": task.pk, "whom": task.number_name} if task else {}


VOICE_ACTS = (
    Act(
        "voz",
        gettext_lazy("Told by voice"),
        VoiceForm,
        tell,
        button=gettext_lazy("Put the call on record"),
        template="desk/acts/_voice.html",
        known=known,
    ),
)
