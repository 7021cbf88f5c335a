"""The words of the case on every screen: one name per thing."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.procedure.vocabulary import (
    SAID_IMPACTS,
    Band,
    CaseKind,
    ClockKind,
    Condition,
    Impact,
    LateReason,
    RequestStage,
    Stage,
    Topic,
    WaitCause,
)

STAGE_NAMES: dict[Stage, Promise] = {
    Stage.RECEPTION: _("Reception"),
    Stage.REGISTRATION: _("Registration"),
    Stage.DIAGNOSIS: _("Diagnosis"),
    Stage.EXECUTION: _("Execution"),
    Stage.VERIFICATION: _("Verification"),
    Stage.STABILITY: pgettext_lazy("stage", "Follow-up"),
    Stage.CLOSURE: _("Closing"),
}

# What has been done for an administrative request so far (A2, A3).
REQUEST_STAGE_NAMES: dict[RequestStage, Promise] = {
    RequestStage.TAKEN: pgettext_lazy("request", "Taken"),
    RequestStage.ANSWERED: pgettext_lazy("request", "Answered"),
    RequestStage.SOLVED: pgettext_lazy("request", "Solved"),
}


def name_of_stage(stage: str) -> str:
    """The stage of a case of either kind, in the active language."""
    if stage in REQUEST_STAGE_NAMES:
        return str(REQUEST_STAGE_NAMES[RequestStage(stage)])
    return str(STAGE_NAMES[Stage(stage)])


IMPACT_NAMES: dict[Impact, Promise] = {
    Impact.DOWN: _("No service"),
    Impact.REPORTED: _("Fault reported"),
    Impact.DEGRADED: _("Degraded"),
    Impact.INTERMITTENT: _("Intermittent"),
}

SAID_IMPACT_NAMES: list[tuple[str, Promise]] = [(impact.value, IMPACT_NAMES[impact]) for impact in SAID_IMPACTS]
"""What somebody can say of a service, for a form that asks."""

# What the clock promises, as the bench names it: (short name, what is owed).
CLOCK_NAMES: dict[ClockKind, tuple[Promise, Promise]] = {
    ClockKind.RECEPTION: (_("Reception"), _("answer the call")),
    ClockKind.CALL_BACK: (_("Call-back"), _("call the caller back")),
    ClockKind.REGISTRATION: (_("Registration"), _("give the number")),
    ClockKind.DIAGNOSIS: (_("Diagnosis"), _("cause and plan")),
    ClockKind.DISPATCH_AGREED: (_("Dispatch"), _("agree on the visit")),
    ClockKind.TRAVEL: (_("Arrival"), _("at the site")),
    ClockKind.NEXT_DECISION: (_("Decision"), _("on the visit")),
    ClockKind.WORK_PERMIT: (_("Work permit"), _("clear the permit")),
    ClockKind.FIELD_SOLUTION: (_("Solution"), _("in the field")),
    ClockKind.REMOTE_SOLUTION: (_("Solution"), _("remote")),
    ClockKind.VERIFICATION: (_("Verification"), _("the customer confirms")),
    ClockKind.STABILITY: (pgettext_lazy("stage", "Follow-up"), _("green window")),
    ClockKind.CLOSURE: (_("Closing"), _("close the case")),
    ClockKind.NEXT_NEWS: (_("Next news"), _("to the customer")),
    ClockKind.ACKNOWLEDGEMENT: (_("Acknowledgement"), _("of the page")),
    ClockKind.MOVEMENT: (_("Movement"), _("after the acknowledgement")),
    ClockKind.FIRST_ANSWER: (_("First answer"), _("of the desk")),
    ClockKind.SOLUTION: (_("Solution"), _("of the request")),
    ClockKind.COMPLAINT: (_("Complaint"), _("its reply")),
    ClockKind.THIRD_PARTY: (_("Third party"), _("its promise")),
    ClockKind.RULING: (_("Ruling"), _("on the objection")),
    ClockKind.CALL_TASK: (_("Call to make"), _("of the escalation")),
}

# Stage of each clock on the rail; the clocks that are absent belong to no stage.
STAGE_OF_CLOCK: dict[ClockKind, Stage] = {
    ClockKind.RECEPTION: Stage.RECEPTION,
    ClockKind.REGISTRATION: Stage.REGISTRATION,
    ClockKind.DIAGNOSIS: Stage.DIAGNOSIS,
    ClockKind.DISPATCH_AGREED: Stage.EXECUTION,
    ClockKind.TRAVEL: Stage.EXECUTION,
    ClockKind.NEXT_DECISION: Stage.EXECUTION,
    ClockKind.FIELD_SOLUTION: Stage.EXECUTION,
    ClockKind.REMOTE_SOLUTION: Stage.EXECUTION,
    ClockKind.VERIFICATION: Stage.VERIFICATION,
    ClockKind.STABILITY: Stage.STABILITY,
    ClockKind.CLOSURE: Stage.CLOSURE,
}

CAUSE_NAMES: dict[WaitCause, Promise] = {
    WaitCause.CUSTOMER: _("the customer"),
    WaitCause.FORCE_MAJEURE: _("force majeure"),
    WaitCause.THIRD_PARTY: _("a third party"),
}

BAND_NAMES: dict[Band, Promise] = {
    Band.MAIN: _("main city"),
    Band.INTERMEDIATE: _("intermediate city"),
    Band.REMOTE: _("remote site"),
}

CONDITION_NAMES: dict[Condition, Promise] = {
    Condition.FLIGHTS: _("flights"),
    Condition.WEATHER: _("weather"),
    Condition.PUBLIC_ORDER: _("public order"),
    Condition.ROADS: _("roads"),
    Condition.RIVER: _("river"),
}

TOPIC_NAMES: dict[Topic, Promise] = {
    Topic.REGISTRATION: _("Registration"),
    Topic.DIAGNOSIS: _("Diagnosis"),
    Topic.EXECUTION: _("Execution"),
    Topic.VERIFICATION: _("Verification"),
    Topic.STABILITY: pgettext_lazy("stage", "Follow-up"),
    Topic.CLOSURE: _("Closing"),
    Topic.NEWS: _("News in between"),
    Topic.WAITS: _("Waits"),
}

CASE_KIND_NAMES: dict[CaseKind, Promise] = {
    CaseKind.INCIDENT: _("Incidents"),
    CaseKind.REQUEST: _("Requests"),
}

# The word of the log's second column.
SENDER_MARKS = {
    "unproven": _("sender not checked"),
    "failed": _("its sender did not pass the check"),
    "spam": _("marked as spam by the mail server"),
}
"""How far the sender of a mail was proven; nothing is said of one that was."""


def sender_mark(data: Mapping[str, object]) -> str:
    """What the line of a mail says of its sender, from the data of its event; "" where it was proven."""
    return str(SENDER_MARKS.get(str(data.get("sender", "")), ""))


LATE_REASON_NAMES = {
    LateReason.TRAFFIC: _("Traffic"),
    LateReason.NO_CREW: _("No crew free"),
    LateReason.NO_PARTS: _("No parts"),
    LateReason.PERMIT: _("Permit"),
    LateReason.ACCESS: _("Access to the site"),
    LateReason.THIRD_PARTY: _("Third party"),
    LateReason.FORCE_MAJEURE: pgettext_lazy("reason", "Force majeure"),
    LateReason.MANY_AT_ONCE: _("Many faults at once"),
    LateReason.HARD_TO_FIND: _("Hard to find"),
    LateReason.OURS: _("Our own mistake"),
    LateReason.OTHER: pgettext_lazy("reason", "Other"),
}
"""Why a promise was not kept, as it is chosen and summed."""
