"""P D: the company was rung, since no notice reaches it while its service is out; and the hour at which it asks to be
rung for the rest.
"""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.cases import call_alarms
from guardia.cases.case import Case
from guardia.cases.refusals import VoiceIsSettled
from guardia.cases.verbs import Event
from guardia.cases.voice import LONGEST_NAME, agree_on_hour, agreed_for, record_voice_call, withdraw_hour
from guardia.escalation.call_task import CallTask
from guardia.people.staff import Staff
from guardia.web.desk.acts.act import Act, ActForm, Doing, HourField, hour, one_of, when, words

HOURS = "agreed-hours"
"""The list of hours that are named most, which the page suggests beside the field."""


def suggested(field: HourField) -> HourField:
    field.widget.attrs |= {"list": HOURS, "placeholder": "06:00", "inputmode": "text"}
    return field


class VoiceForm(ActForm):
    """``call`` names the call that was shown: by now another may be owed."""

    outcome = one_of(
        _("What came of it"),
        [("answered", pgettext_lazy("call", "Answered")), ("not_answered", _("Nobody answered"))],
    )
    whom = words(_("Who was told"), required=False, limit=LONGEST_NAME)
    at = hour(_("Hour of the call (empty: now)"))
    hour = suggested(hour(_("Ring again at (if they ask for an hour)"), ahead=True))
    call = forms.IntegerField(max_value=2**62, widget=forms.HiddenInput)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "answered" and not cleaned.get("whom", "").strip() and "whom" not in self.errors:
            self.add_error("whom", gettext("Write who was told."))
        return cleaned


def tell(doing: Doing, fields: dict) -> Event:
    task = CallTask.objects.filter(case=doing.case, pk=fields["call"], level=0).first()
    if task is None:
        raise VoiceIsSettled()
    return record_voice_call(
        doing.case, task, outcome=fields["outcome"], whom=fields["whom"], again_at=fields["hour"], **when(doing, fields)
    )


def known(case: Case, staff: Staff) -> dict:
    task = call_alarms.voice_owed_for(case.pk)
    return {"call": task.pk, "whom": task.number_name} if task else {}


class AgreedForm(ActForm):
    hour = suggested(hour(_("At what hour they want to be rung"), ahead=True, required=True))
    whom = words(_("Who asks for it"), limit=LONGEST_NAME)


def agree(doing: Doing, fields: dict) -> Event:
    return agree_on_hour(doing.case, fields["hour"], fields["whom"], **when(doing, {}))


def last_called(case: Case, staff: Staff) -> dict:
    """Who was rung last, or reported it: most likely it is the same person."""
    return {"whom": case.reporter_name}


class WithdrawForm(ActForm):
    pass


def withdraw(doing: Doing, fields: dict) -> Event:
    return withdraw_hour(doing.case, **when(doing, {}))


def agreed_title(case: Case) -> str:
    return gettext("Change the agreed hour") if agreed_for(case) else gettext("Ring at an agreed hour")


VOICE_ACTS = (
    Act(
        "voz",
        _("Told by voice"),
        VoiceForm,
        tell,
        button=_("Put the call on record"),
        template="desk/acts/_voice.html",
        known=known,
    ),
    Act(
        "hora",
        _("Ring at an agreed hour"),
        AgreedForm,
        agree,
        button=_("Put the hour on record"),
        template="desk/acts/_agreed_hour.html",
        asks=_(
            "The next news is not owed before it, and then the call stands before the desk. Visit, arrival, breach and "
            "restoration are told at once all the same."
        ),
        known=last_called,
        named=agreed_title,
    ),
    Act(
        "sin-hora",
        _("Withdraw the agreed hour"),
        WithdrawForm,
        withdraw,
        button=_("Withdraw the hour"),
        asks=_("From now on the next news is owed as if no hour had been agreed on."),
    ),
)
