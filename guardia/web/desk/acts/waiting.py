"""W1 at the desk: stop the clock for a named cause, go on, correct a wait; the customer's objection (P7 D)."""

from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.case_rows import (
    next_promised_wait_of,
    promised_waits_of,
    standing_waits_of,
    unruled_waits_of,
    waiting_kinds_of,
    waits_of,
)
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.cases.verbs import Event
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause
from guardia.web.desk.acts.case_act import ActForm, CaseAct, hour, one_of, prose, words
from guardia.web.desk.acts.case_act import words as one_line
from guardia.web.desk.clock import hour as hour_words
from guardia.web.shared.act import Doing

OTHER_HOURS, NEVER = "hours", "never"
CORRECTIONS = [(OTHER_HOURS, _("other hours or other clocks")), (NEVER, _("it did not happen"))]


class ClocksField(forms.MultipleChoiceField):
    """Which clocks stand still; none marked means all that may."""

    def __init__(self, **more) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, label=_("Which clocks stop"), **more)


class WaitForm(ActForm):
    cause = one_of(_("Waiting for"), [(c.value, CAUSE_NAMES[c]) for c in WaitCause], initial=WaitCause.CUSTOMER)
    asked_by = words(_("Who asked for it"), limit=100)
    asked_role = words(_("In what capacity"), required=False, limit=50)
    reason = prose(_("Why"))
    proof = words(_("Proof"), required=False, limit=300)
    at = hour(_("From what time (empty: now)"))
    until = hour(_("Until what time (empty: still waiting)"))
    clocks = ClocksField()
    excluded = forms.BooleanField(
        label=_("Agreed with the customer: it is excluded from the affected time as well"), required=False
    )
    party = words(_("Third party"), required=False)
    party_ticket = words(_("Its ticket"), required=False, limit=80)
    party_contact = words(_("Its contact"), required=False)
    party_promise_at = hour(_("Its next promise, or when we ask again"), ahead=True)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_clocks(self, clock_choices(self.case, running=not self.is_bound))


class WaitField(forms.ModelChoiceField):
    """A wait as one tells it from another: for whom, why, from when until when."""

    now: datetime

    def label_from_instance(self, wait: Wait) -> str:
        return wait_words(wait, self.now)


class OneWaitForm(ActForm):
    """About one of the case's waits. Those that fit are offered; any of the case is understood when it is sent."""

    wait = WaitField(None, label=_("Wait"), empty_label=None)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["wait"]
        field.now = self.now  # type: ignore[attr-defined]
        field.queryset = waits_of(self.case) if self.is_bound else self.offered()  # type: ignore[attr-defined]

    def offered(self) -> QuerySet[Wait]:
        return standing_waits_of(self.case)


class GoOnForm(OneWaitForm):
    at = hour(_("Until what time (empty: now)"))


class PromiseForm(OneWaitForm):
    promise_at = hour(_("It promises by, or we ask again at"), later=True, required=True)
    contact = words(_("With whom you spoke"), required=False)
    word = prose(_("What was said"), required=False)
    at = hour(_("Asked at (empty: now)"))

    def offered(self) -> QuerySet[Wait]:
        return promised_waits_of(self.case)


class CorrectionForm(OneWaitForm):
    what = one_of(_("What is wrong"), CORRECTIONS, initial=OTHER_HOURS)
    since = hour(_("From what time (empty: unchanged)"))
    until = hour(_("Until what time (empty: unchanged)"))
    clocks = ClocksField(help_text=_("None selected: those it is stopping now."))
    reason = prose(_("Why it is corrected"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_clocks(self, clock_choices(self.case))

    def offered(self) -> QuerySet[Wait]:
        return unruled_waits_of(self.case)


def offer_clocks(form: ActForm, choices: list[tuple[str, object]]) -> None:
    """Which clocks is asked only where there is a choice."""
    if len(choices) > 1:
        form.fields["clocks"].choices = choices  # type: ignore[attr-defined]
    else:
        del form.fields["clocks"]


def clock_choices(case: Case, running: bool = False) -> list[tuple[str, object]]:
    """The clocks of the case that may wait for something; only the running ones where a wait begins."""
    may = {rule.kind.value for rule in versions.of(case.procedure_version_id).clocks if rule.waits}
    kinds = waiting_kinds_of(case, may, running=running)
    return [(kind, ": ".join(map(str, CLOCK_NAMES[ClockKind(kind)]))) for kind in kinds]


def wait_words(wait: Wait, at: datetime) -> str:
    begin = hour_words(wait.started_at, at)
    span = f"{begin}–{hour_words(wait.ended_at, at)}" if wait.ended_at else gettext("since %(hour)s") % {"hour": begin}
    return f"{span} · {wait.party or CAUSE_NAMES[WaitCause(wait.cause)]}: {wait.reason}"


def wait(doing: Doing[Case]) -> Event | None:
    facts = {
        name: doing.fields[name] for name in WaitReason.__dataclass_fields__ if name in doing.fields and name != "cause"
    }
    return doing.on.wait(WaitReason(cause=WaitCause(doing.fields["cause"]), **facts), **doing.when)


def go_on(doing: Doing[Case]) -> Event | None:
    return doing.on.go_on(doing.fields["wait"], **doing.when)


def promise(doing: Doing[Case]) -> Event | None:
    said = {"word": doing.fields["word"], "contact": doing.fields["contact"]}
    return doing.on.third_party_promised(doing.fields["wait"], doing.fields["promise_at"], **said, **doing.when)


def correct(doing: Doing[Case]) -> Event | None:
    """Hours that were left empty stay as they are."""
    held: Wait = doing.fields["wait"]
    hours = (doing.fields["since"] or held.started_at, doing.fields["until"] or held.ended_at)
    return doing.on.correct_wait(
        held,
        hours=hours if doing.fields["what"] == OTHER_HOURS else None,
        clocks=doing.fields.get("clocks", ()),
        reason=doing.fields["reason"],
        by=doing.by,
        at=doing.now,
    )


def known_wait(case: Case, staff: Staff) -> dict:
    return {"wait": standing_waits_of(case).first()}


def known_promise(case: Case, staff: Staff) -> dict:
    standing = next_promised_wait_of(case)
    return {"wait": standing, "contact": standing.party_contact if standing else ""}


def known_last_wait(case: Case, staff: Staff) -> dict:
    return {"wait": unruled_waits_of(case).last()}


WAIT_ACTS = (
    CaseAct(
        "espera",
        _("Put on hold"),
        WaitForm,
        wait,
        button=_("Stop the clock"),
        template="desk/acts/_wait.html",
        asks=_("The customer sees which clock stops, who asked, why, and with what proof."),
        tells=Moment.WAIT_STARTED,
    ),
    CaseAct(
        "reanudar",
        _("Go on"),
        GoOnForm,
        go_on,
        button=_("Resume the clock"),
        known=known_wait,
        tells=Moment.WAIT_ENDED,
    ),
    CaseAct(
        "promesa",
        _("The third party's next promise"),
        PromiseForm,
        promise,
        button=_("Record the promise"),
        known=known_promise,
        asks=_("A clock runs until this time; if the third party has not answered by then, the desk sees it."),
    ),
    CaseAct(
        "corregir-espera",
        _("Correct a wait"),
        CorrectionForm,
        correct,
        button=_("Correct the wait and notify"),
        template="desk/acts/_correction.html",
        known=known_last_wait,
        asks=_("What was recorded stays in the log; the clocks follow the corrected times."),
        tells=Moment.WAIT_CORRECTED,
    ),
)


# --- contesting -------------------------------------------------------------------------------------------------------
# P7 D at the desk: the customer's objection to a stop, entered in the customer's name; also after closing.
class WaitsField(forms.ModelMultipleChoiceField):
    now: datetime

    def label_from_instance(self, wait: Wait) -> str:
        return wait_words(wait, self.now)


class ObjectionForm(ActForm):
    waits = WaitsField(
        None,
        label=_("Which stops the customer objects to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    who = one_line(_("Who objects"))
    words = prose(_("In the customer's words"), rows=3)
    at = hour(_("Stated at (empty: now)"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["waits"]
        field.now = self.now  # type: ignore[attr-defined]
        field.queryset = waits_of(self.case) if self.is_bound else unruled_waits_of(self.case)  # type: ignore[attr-defined]


def contest(doing: Doing[Case]) -> Event | None:
    return doing.on.contest(doing.fields["waits"], who=doing.fields["who"], words=doing.fields["words"], **doing.when)


def known_objection(case: Case, staff: Staff) -> dict:
    """Who reports; and the stop itself, where there is only one."""
    waits = list(unruled_waits_of(case)[:2])
    return {"who": case.reporter_name, "waits": [wait.pk for wait in waits] if len(waits) == 1 else []}


CONTEST_ACTS = (
    CaseAct(
        "objecion",
        _("The customer objects"),
        ObjectionForm,
        contest,
        button=_("Record the objection"),
        template="desk/acts/_objection.html",
        asks=_("The quality manager rules on it within the published time, with reasons, and the customer is told."),
        known=known_objection,
        tells=Moment.CONTESTED,
        after_closing=True,
    ),
)
