"""W1 at the desk: stop the clock for a named cause, and go on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.cases.waiting import WaitReason
from guardia.cases.words import CAUSE_NAMES
from guardia.clocks.wait import Wait
from guardia.doors.desk.acts.act import Act, ActForm, Doing, hour, one_of, prose, when, words
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment, WaitCause


class WaitForm(ActForm):
    cause = one_of(_("Waiting for"), [(c.value, CAUSE_NAMES[c]) for c in WaitCause], initial=WaitCause.CUSTOMER)
    asked_by = words(_("Who asked for it"))
    reason = prose(_("Why"))
    proof = words(_("Proof"), required=False, limit=300)
    party = words(_("Third party"), required=False)
    party_ticket = words(_("Its ticket"), required=False, limit=80)
    party_contact = words(_("Its contact"), required=False)
    party_promise_at = hour(_("Its next promise"), ahead=True)
    at = hour(_("Since what hour (empty: now)"))


class WaitField(forms.ModelChoiceField):
    def label_from_instance(self, wait: Wait) -> str:
        whom = wait.party or CAUSE_NAMES[WaitCause(wait.cause)]
        return f"{whom}: {wait.reason}"


class GoOnForm(ActForm):
    wait = WaitField(Wait.objects.none(), label=_("Wait"), empty_label=None)
    at = hour(_("Until what hour (empty: now)"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Those that stand are offered; one that has ended meanwhile is still understood when it is sent again.
        waits = self.case.waits.order_by("started_at")
        self.fields["wait"].queryset = waits if self.is_bound else waits.filter(ended_at=None)  # type: ignore[attr-defined]


def wait(doing: Doing, fields: dict) -> Event | None:
    facts = {name: fields[name] for name in WaitReason.__dataclass_fields__ if name != "cause"}
    return doing.case.wait(WaitReason(cause=WaitCause(fields["cause"]), **facts), **when(doing, fields))


def go_on(doing: Doing, fields: dict) -> Event | None:
    return doing.case.go_on(fields["wait"], **when(doing, fields))


def known_wait(case: Case, staff: Staff) -> dict:
    return {"wait": case.waits.filter(ended_at=None).order_by("started_at").first()}


WAIT_ACTS = (
    Act(
        "espera",
        _("Put on hold"),
        WaitForm,
        wait,
        button=_("Stop the clock"),
        template="desk/acts/_wait.html",
        asks=_("The customer sees which clock stops, who asked, why, and with what proof."),
        tells=Moment.WAIT_STARTED,
    ),
    Act(
        "reanudar",
        _("Go on"),
        GoOnForm,
        go_on,
        button=_("Let the clock go on"),
        known=known_wait,
        tells=Moment.WAIT_ENDED,
    ),
)
