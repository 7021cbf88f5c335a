"""E1 to E5 at the desk: escalate, answer for it, pass it on, end it; and the calls that are owed, also to a company."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.cases import answering_together, call_tasks
from guardia.cases.case import Case
from guardia.cases.refusals import CallIsSettled, VoiceIsSettled
from guardia.cases.verbs import Event
from guardia.cases.voice import LONGEST_NAME, agree_on_hour, agreed_for, record_voice_call, withdraw_hour
from guardia.escalation.escalation import CallTask
from guardia.people.lookup import staff_among
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.desk.case_page.voice import may_take_it
from guardia.web.shared.act import Doing
from guardia.web.shared.hour_fields import HourField


# --- escalating -------------------------------------------------------------------------------------------------------
# E1 to E5 at the desk: escalate, answer for it, pass it on, end it, and the call that is owed.
class EscalateForm(ActForm):
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, widget=forms.RadioSelect)
    source = one_of(
        _("Who asks for it"),
        [("engineer", _("We do")), ("customer", _("The customer"))],
        initial="engineer",
    )
    asked_by = words(_("Who of the customer asked for it"), required=False)
    at = hour(_("When it was asked for (empty: now)"))
    reason = prose(_("Why"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        levels = versions.of(self.case.procedure_version_id).escalation.levels
        self.fields["level"].choices = [(rule.level, str(rule.name)) for rule in levels]  # type: ignore[attr-defined]


class NothingToSay(ActForm):
    """The act is its own answer."""


class ReasonForm(ActForm):
    reason = prose(_("Why"))


class WhoTookIt(forms.ModelChoiceField):
    def label_from_instance(self, staff: Staff) -> str:
        return ", ".join(part for part in (staff.name, staff.position) if part)


class CallForm(ActForm):
    """The outcome of the call that is owed. ``call`` names the one that was shown: by now another may be owed, and a
    button pressed twice must not answer that one too.
    """

    outcome = one_of(
        _("What came of it"),
        [("answered", pgettext_lazy("call", "Answered")), ("not_answered", _("Nobody answered"))],
    )
    answered_by = words(_("Who answered"), required=False)
    takes = WhoTookIt(
        None,
        label=_("Who takes it (matrix)"),
        required=False,
        empty_label=_("nobody of the list"),
    )
    at = hour(_("Time of the call (empty: now)"))
    others = forms.BooleanField(label=_("Also for the other cases that need this call"), required=False, initial=False)
    call = forms.IntegerField(max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = may_take_it(versions.of(self.case.procedure_version_id), self.now)
        self.fields["takes"].queryset = staff_among(one.pk for one in people)  # type: ignore[attr-defined]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "answered" and not (cleaned.get("answered_by") or cleaned.get("takes")):
            self.add_error("answered_by", gettext("Write who answered, or choose the person who takes it."))
        return cleaned


def escalate(doing: Doing[Case]) -> Event:
    asked = {name: doing.fields[name] for name in ("level", "source", "asked_by")}
    return doing.on.escalate(doing.fields["reason"], **asked, **doing.when)


def answer(doing: Doing[Case]) -> Event:
    return doing.on.acknowledge(doing.who, **doing.when)


def command(doing: Doing[Case]) -> Event:
    return doing.on.acknowledge(doing.who, commands=True, **doing.when)


def pass_on(doing: Doing[Case]) -> Event:
    return doing.on.pass_on(doing.fields["reason"], staff=doing.who, **doing.when)


def end(doing: Doing[Case]) -> Event:
    return doing.on.end_escalation(doing.fields["reason"], **doing.when)


def call_made(doing: Doing[Case]) -> Event:
    takes = doing.fields["takes"] if doing.fields["outcome"] == "answered" else None
    who = doing.fields["answered_by"] or (takes.name if takes else "")
    how = {"answered_by": who if doing.fields["outcome"] == "answered" else "", "answers": takes, **doing.when}
    task = task_of(doing.on, doing.fields["call"])
    was_owed = task.settled_at is None
    event = doing.on.call_made(task, **how)
    if doing.fields["others"] and was_owed:
        answering_together.call_made_for_others(task, **how)
    return event


def task_of(case: Case, shown: int) -> CallTask:
    """The call that was shown. Raises CallIsSettled where the case never owed such a one."""
    task = call_tasks.of_escalation(case, shown)
    if task is None:
        raise CallIsSettled()
    return task


def known_level(case: Case, staff: Staff) -> dict:
    """The next level that was not reached yet."""
    top = versions.of(case.procedure_version_id).escalation.levels[-1].level
    return {"level": min(case.escalated_level + 1, top)}


def known_call(case: Case, staff: Staff) -> dict:
    task = call_tasks.owed_for(case.pk)
    return {"call": task.pk} if task else {}


ESCALATION_ACTS = (
    CaseAct(
        "escalar",
        _("Escalate"),
        EscalateForm,
        escalate,
        asks=_("The level is paged at once; whoever acknowledges answers for the case."),
        known=known_level,
        tells=Moment.ESCALATED,
    ),
    CaseAct("respondo", _("I answer for it"), NothingToSay, answer, button=_("I answer")),
    CaseAct("mando", _("I take command"), NothingToSay, command),
    CaseAct(
        "pasar",
        _("Pass it on"),
        ReasonForm,
        pass_on,
        asks=_("The next level is paged at once and reads why."),
    ),
    CaseAct(
        "terminar-escalamiento",
        _("End the escalation"),
        ReasonForm,
        end,
        asks=_("Those who were paged are told."),
        tells=Moment.ESCALATION_ENDED,
    ),
    CaseAct(
        "llamada",
        _("The call that is owed"),
        CallForm,
        call_made,
        button=_("Record the call"),
        template="desk/acts/_call_owed.html",
        known=known_call,
    ),
)


# --- telling by voice -------------------------------------------------------------------------------------------------
# P D: the company was rung, since no notice reaches it while its service is out; and the hour at which it asks to be
# rung for the rest.
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
    at = hour(_("Time of the call (empty: now)"))
    hour = suggested(hour(_("Call again at (if they ask for a time)"), later=True))
    call = forms.IntegerField(max_value=2**62, widget=forms.HiddenInput)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "answered" and not cleaned.get("whom", "").strip() and "whom" not in self.errors:
            self.add_error("whom", gettext("Write who was told."))
        return cleaned


def tell(doing: Doing[Case]) -> Event:
    task = call_tasks.to_the_company(doing.on, doing.fields["call"])
    if task is None:
        raise VoiceIsSettled()
    return record_voice_call(
        doing.on,
        task,
        outcome=doing.fields["outcome"],
        whom=doing.fields["whom"],
        again_at=doing.fields["hour"],
        **doing.when,
    )


def known(case: Case, staff: Staff) -> dict:
    task = call_tasks.voice_owed_for(case.pk)
    return {"call": task.pk, "whom": task.number_name} if task else {}


class AgreedForm(ActForm):
    hour = suggested(hour(_("At what time they want to be called"), later=True, required=True))
    whom = words(_("Who asks for it"), limit=LONGEST_NAME)


def agree(doing: Doing[Case]) -> Event:
    return agree_on_hour(doing.on, doing.fields["hour"], doing.fields["whom"], **doing.when)


def last_called(case: Case, staff: Staff) -> dict:
    """Who was rung last, or reported it: most likely it is the same person."""
    return {"whom": case.reporter_name}


class WithdrawForm(ActForm):
    pass


def withdraw(doing: Doing[Case]) -> Event:
    return withdraw_hour(doing.on, **doing.when)


def agreed_title(case: Case) -> str:
    return gettext("Change the agreed time") if agreed_for(case) else gettext("Call at an agreed time")


VOICE_ACTS = (
    CaseAct(
        "voz",
        _("Notified by voice"),
        VoiceForm,
        tell,
        button=_("Record the call"),
        template="desk/acts/_voice.html",
        known=known,
    ),
    CaseAct(
        "hora",
        _("Call at an agreed time"),
        AgreedForm,
        agree,
        button=_("Record the time"),
        template="desk/acts/_agreed_hour.html",
        asks=_(
            "The next news is not due before then; at that time the call appears at the desk. Visit, arrival, "
            "breach and restoration are still notified at once."
        ),
        known=last_called,
        named=agreed_title,
    ),
    CaseAct(
        "sin-hora",
        _("Withdraw the agreed time"),
        WithdrawForm,
        withdraw,
        button=_("Withdraw the time"),
        asks=_("From now on the next news is due as if no time had been agreed."),
    ),
)
