"""The closed lists a procedure may speak of: stages, moments, clocks, waits, bands, roles, topics.

The numbers and the words of a promise are data (``procedures/*.yaml``); what may be promised about is code,
because each entry here has a verb, a screen or a rule behind it.
"""

from enum import StrEnum


class Stage(StrEnum):
    """The seven stages of a technical incident, in the order of the procedure (P1 to P7)."""

    RECEPTION = "reception"
    REGISTRATION = "registration"
    DIAGNOSIS = "diagnosis"
    EXECUTION = "execution"
    VERIFICATION = "verification"
    STABILITY = "stability"
    CLOSURE = "closure"


class RequestStage(StrEnum):
    """The three stages of an administrative request (A2, A3)."""

    TAKEN = "taken"
    ANSWERED = "answered"
    SOLVED = "solved"


class Moment(StrEnum):
    """What can happen to a call or a case. Every case event is one of these; clocks start and stop at them.

    A procedure names a moment alone (``arrived``) or with its variant (``diagnosed/visit``).
    """

    CALL_WAITING = "call_waiting"  # P1: the call waits for a desk
    CALL_ANSWERED = "call_answered"  # P1: a person answers
    CALL_ABANDONED = "call_abandoned"  # the caller hung up before anybody answered
    CALLER_REACHED = "caller_reached"  # the call-back found the person
    REQUEST_RECEIVED = "request_received"  # L4 D: variants mail, portal, office
    REGISTERED = "registered"  # P2: the number is given
    ATTACHED = "attached"  # P2: what came in belongs to a case that exists; its number is given
    DISMISSED = "dismissed"  # what came in is no report (wrong number, advertising), with its reason
    ASSIGNED = "assigned"  # the case passes to a colleague
    GROUP_CHANGED = "group_changed"  # it passes to a resolver group within the operator, or back to the desk
    DETAILS_UPDATED = "details_updated"  # contact data, impact or references completed later
    NOTED = "noted"  # an internal note
    NEWS_SENT = "news_sent"  # a word to the customer
    TESTED = "tested"  # a test is on record
    DIAGNOSED = "diagnosed"  # P3: variants remote, visit
    CAUSE_CORRECTED = "cause_corrected"  # P4: a probable cause is corrected
    PLAN_CHANGED = "plan_changed"  # P4: variants remote, visit
    RECOVERED = "recovered"  # P3 D: the service came back by itself
    DISPATCH_DECIDED = "dispatch_decided"  # P4 D: the decision to send, before or after the diagnosis
    DISPATCH_AGREED = "dispatch_agreed"  # P4: both sides agreed on the visit
    DEPARTED = "departed"  # the crew is on the way
    ARRIVED = "arrived"  # P4.4: "ya en campo"
    PERMIT_CLEARED = "permit_cleared"  # P4 D: the work permit is given
    BLOCKED = "blocked"  # P4.3: a named condition stops the visit; its variants are the conditions
    DECISION_SET = "decision_set"  # P4.3: hour of the next decision for a remote site
    VISIT_RESUMED = "visit_resumed"  # P4.3: decided again: the visit goes on, with its forecast
    DISPATCH_CHANGED = "dispatch_changed"  # P4 D: forecast, crew, contact or access are others than was agreed
    CREW_CHANGED = "crew_changed"  # P4: one crew hands the visit over to another
    PERMIT_LETTER_SENT = "permit_letter_sent"  # P4 D: the letter for the guard: who enters, with what
    PARTS_USED = "parts_used"  # P4: what was put in at the site
    VISIT_SIGNED = "visit_signed"  # P4: somebody of the company signed for the work
    LEFT_SITE = "left_site"  # P4: variants done, unfinished
    FILE_ADDED = "file_added"  # a photograph or a document on the case
    FILE_SHOWN = "file_shown"  # the customer may see it too; variants shown, hidden
    FILE_WITHDRAWN = "file_withdrawn"  # taken off the case, with its reason
    TEXTS_ERASED = "texts_erased"  # prose of its events was erased, by a request or for its age
    CASE_LINKED = "case_linked"  # P2 D: it belongs with another case of the company; variants related, duplicate
    CASE_UNLINKED = "case_unlinked"  # it does not
    OUTAGE_JOINED = "outage_joined"  # P D: part of a mass outage; variants declared, caller, gathered, alert
    OUTAGE_LEFT = "outage_left"  # P D: it goes on by itself; variants not_back, mistaken, by_hand
    WORK_LINKED = "work_linked"  # P D: within planned work, whose time is counted apart; variants inside, overran
    BAND_CHANGED = "band_changed"  # P4.1 to P4.3: the site's band was changed, and the customer is told
    RESTORED = "restored"  # P4: variants remote, visit
    CONFIRMATION_TRIED = "confirmation_tried"  # P5 D: an attempt to reach who confirms
    CONFIRMED = "confirmed"  # P5: variants customer, supervisor
    FLAPPED = "flapped"  # P6 D: a flap restarts the green window
    STABILISED = "stabilised"  # P6: the green window is complete
    RELAPSED = "relapsed"  # P6 D: back to P3
    CLOSED = "closed"  # P7
    REPORT_CHECKED = "report_checked"  # P7: the customer computed the report again; variants agrees, differs
    CANCELLED = "cancelled"  # withdrawn, with its reason
    WAIT_STARTED = "wait_started"  # W1: variants customer, force_majeure, third_party
    WAIT_ENDED = "wait_ended"  # W1
    BREACHED = "breached"  # a clock fell due
    BREACH_REDATED = "breach_redated"  # a wait or a calendar that changed: the promise broke at another hour
    BREACH_LIFTED = "breach_lifted"  # a fact that arrived late showed the promise was kept
    ADMIN_TAKEN = "admin_taken"  # A3: a request is written down and its number given; variant complaint (formal)
    ADMIN_DESK_OPENED = "admin_desk_opened"  # A3: the desk's hours begin for the request
    ADMIN_ANSWERED = "admin_answered"  # A3: first answer of a desk
    ADMIN_SOLVED = "admin_solved"  # A3: the request is solved
    TRANSFERRED = "transferred"  # A3: it passes to another desk, with all its history
    WAIT_CORRECTED = "wait_corrected"  # W1: its hours were others, or it does not hold some clock
    THIRD_PARTY_PROMISED = "third_party_promised"  # W1: the third party's next promise, when it was chased
    CARRIER_TICKET_OPENED = "carrier_ticket_opened"  # W1: a ticket of ours at a carrier
    CARRIER_ASKED = "carrier_asked"  # W1: we ask the carrier for news, to cancel, or confirm that it works
    CARRIER_WROTE = "carrier_wrote"  # W1: a mail or a note of the carrier about the ticket
    CARRIER_TICKET_CHANGED = "carrier_ticket_changed"  # W1: what the carrier says of it; variants: its states
    CONTESTED = "contested"  # P7 D: the customer objects to a stop
    LATE_EXPLAINED = "late_explained"  # why a promise of the case was not kept; its variants are the reasons
    RULED = "ruled"  # P7 D: the quality manager ruled on it; variants upheld, rejected, in_part
    CALENDAR_CHANGED = "calendar_changed"  # A3 D: a rest day was announced and moves a running promise
    ESCALATED = "escalated"  # E1: variants breach, engineer, customer, received
    PAGED = "paged"  # E: a page is handed over
    LEVEL_INFORMED = "level_informed"  # E: a stage's step has come while somebody answers: the level is told of it
    LEVEL_SKIPPED = "level_skipped"  # E: the level has nobody who could be paged
    PAGE_FAILED = "page_failed"  # E: no channel reached the person
    CALL_OWED = "call_owed"  # E5: somebody on shift must dial this number now
    CALL_MADE = "call_made"  # E5: variants answered, not_answered, told_late
    ACKNOWLEDGED = "acknowledged"  # E: the person paged answers for it; variants answers, commands
    PASSED_ON = "passed_on"  # E: who was paged cannot, the next level is asked at once
    MOVED = "moved"  # E: the case moved after the acknowledgement
    MESSAGE_RECEIVED = "message_received"  # the customer wrote a mail about this case
    NOTICE_FAILED = (
        "notice_failed"  # a notice reached a contact by no way; variants refused, bounced, expired, unanswered
    )
    NOTICE_RESENT = "notice_resent"  # somebody sent a notice once more
    NOTICE_WITHDRAWN = "notice_withdrawn"  # taken back before it left
    VOICE_OWED = "voice_owed"  # P D: what mail cannot reach is told by voice: somebody on shift must ring
    VOICE_TOLD = "voice_told"  # variants answered, not_answered
    VOICE_AGREED = "voice_agreed"  # P D: the hour at which the customer asked to be rung; variants agreed, withdrawn
    ESCALATION_ENDED = "escalation_ended"  # E: the promise is met, or somebody ended it with a reason
    FORMER_OPENED = "former_opened"  # of a case that was brought in from a former tool: it was opened there
    FORMER_NOTED = "former_noted"  # what the former tool had on record; variants: what it was there
    FORMER_CLOSED = "former_closed"  # it was closed there
    FORMER_CANCELLED = "former_cancelled"  # it was withdrawn there


class ClockKind(StrEnum):
    """One entry per row of the procedure's table of clocks."""

    RECEPTION = "reception"
    CALL_BACK = "call_back"
    REGISTRATION = "registration"
    DIAGNOSIS = "diagnosis"
    DISPATCH_AGREED = "dispatch_agreed"
    TRAVEL = "travel"
    NEXT_DECISION = "next_decision"
    WORK_PERMIT = "work_permit"
    FIELD_SOLUTION = "field_solution"
    REMOTE_SOLUTION = "remote_solution"
    VERIFICATION = "verification"
    STABILITY = "stability"
    CLOSURE = "closure"
    NEXT_NEWS = "next_news"
    ACKNOWLEDGEMENT = "acknowledgement"
    MOVEMENT = "movement"
    FIRST_ANSWER = "first_answer"
    SOLUTION = "solution"
    THIRD_PARTY = "third_party"
    RULING = "ruling"
    CALL_TASK = "call_task"
    COMPLAINT = "complaint"


OPTIONAL_CLOCKS = frozenset({ClockKind.THIRD_PARTY, ClockKind.RULING, ClockKind.CALL_TASK, ClockKind.COMPLAINT})
"""Not rows of the procedure's table: a procedure that does not write them promises nothing about them."""


class WaitCause(StrEnum):
    """W1: a clock stops only for a named cause."""

    CUSTOMER = "customer"
    FORCE_MAJEURE = "force_majeure"
    THIRD_PARTY = "third_party"


class Band(StrEnum):
    """P4.1 to P4.3: how far a site is."""

    MAIN = "main"
    INTERMEDIATE = "intermediate"
    REMOTE = "remote"


class Answerer(StrEnum):
    """Who answers for a clock (last column of the table)."""

    DESK_ON_SHIFT = "desk_on_shift"
    WHO_ANSWERED = "who_answered"
    ENGINEER = "engineer"
    DISPATCHER = "dispatcher"
    CREW = "crew"
    WHO_IS_PAGED = "who_is_paged"
    WHO_ACKNOWLEDGED = "who_acknowledged"
    DESK = "desk"
    QUALITY_MANAGER = "quality_manager"


class Topic(StrEnum):
    """What a contact can be told about: the stages that owe a notice, and the news between them."""

    REGISTRATION = "registration"
    DIAGNOSIS = "diagnosis"
    EXECUTION = "execution"
    VERIFICATION = "verification"
    STABILITY = "stability"
    CLOSURE = "closure"
    NEWS = "news"
    WAITS = "waits"


class Comparison(StrEnum):
    """ "No superior a" is ≤, "inferior a" is < (heading of the procedure)."""

    AT_MOST = "at_most"
    UNDER = "under"


class Impact(StrEnum):
    """How the service is, as the customer feels it. REPORTED: a fault, of which nobody has said yet how it is felt."""

    DOWN = "down"
    REPORTED = "reported"
    DEGRADED = "degraded"
    INTERMITTENT = "intermittent"


SAID_IMPACTS = (Impact.DOWN, Impact.DEGRADED, Impact.INTERMITTENT)
"""What can be said of a service. Nothing of it is chosen beforehand (P2)."""

MAY_BE_OUT = frozenset({Impact.DOWN, Impact.REPORTED})
"""Until it is said how the service is, it is taken for one that may be out: as for its turn, and as for the ways by
which people are told. Nobody is rung for it by voice, and no letter says that it is down.
"""


class LateReason(StrEnum):
    """Why a promise was not kept (D), in the order in which it is asked: what is not the fault itself."""

    TRAFFIC = "traffic"
    NO_CREW = "no_crew"
    NO_PARTS = "no_parts"
    PERMIT = "permit"
    ACCESS = "access"
    THIRD_PARTY = "third_party"
    FORCE_MAJEURE = "force_majeure"
    MANY_AT_ONCE = "many_at_once"
    HARD_TO_FIND = "hard_to_find"
    OURS = "ours"
    OTHER = "other"


class CaseKind(StrEnum):
    """A2, A3: a technical incident has seven stages; an administrative request is taken, answered and solved."""

    INCIDENT = "incident"
    REQUEST = "request"


class Condition(StrEnum):
    """P4.3: what a visit depends on; the river is the way to many sites of the Amazon (D)."""

    FLIGHTS = "flights"
    WEATHER = "weather"
    PUBLIC_ORDER = "public_order"
    ROADS = "roads"
    RIVER = "river"


VARIANTS: dict[Moment, tuple[str, ...]] = {
    Moment.REQUEST_RECEIVED: ("mail", "portal", "office"),
    Moment.DIAGNOSED: ("remote", "visit"),
    Moment.PLAN_CHANGED: ("remote", "visit"),
    Moment.RESTORED: ("remote", "visit"),
    Moment.ADMIN_TAKEN: ("complaint",),
    Moment.BLOCKED: tuple(Condition),
    Moment.LEFT_SITE: ("done", "unfinished"),
    Moment.FILE_SHOWN: ("shown", "hidden"),
    Moment.CASE_LINKED: ("related", "duplicate"),
    Moment.OUTAGE_JOINED: ("declared", "caller", "gathered", "alert"),
    Moment.OUTAGE_LEFT: ("not_back", "mistaken", "by_hand"),
    Moment.WORK_LINKED: ("inside", "overran"),
    Moment.CONFIRMED: ("customer", "supervisor"),
    Moment.RELAPSED: ("reopened",),
    Moment.CLOSED: ("mistaken",),
    Moment.REPORT_CHECKED: ("agrees", "differs"),
    Moment.WAIT_STARTED: tuple(WaitCause),
    Moment.WAIT_ENDED: tuple(WaitCause),
    Moment.CARRIER_ASKED: ("confirmed", "cancel"),
    Moment.CARRIER_TICKET_CHANGED: (
        *("acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled"),
        "reopened",
    ),
    Moment.RULED: ("upheld", "rejected", "in_part"),
    Moment.ESCALATED: ("breach", "engineer", "customer", "received"),
    Moment.CALL_MADE: ("answered", "not_answered", "told_late"),
    Moment.ACKNOWLEDGED: ("answers", "commands"),
    Moment.NOTICE_FAILED: ("refused", "bounced", "expired", "unanswered"),
    Moment.VOICE_TOLD: ("answered", "not_answered"),
    Moment.VOICE_AGREED: ("agreed", "withdrawn"),
    Moment.FORMER_NOTED: ("note", "working", "waiting", "restored", "closed", "cancelled", "reopened"),
}
"""Which variants a trigger may name, by moment. A moment that is absent here has none."""

WORDED_APART = {Moment.RELAPSED: ("reopened",), Moment.CLOSED: ("mistaken",)}
"""Variants that no operator's own text tells: the others of the moment have one between them."""


def worded_variants(moment: Moment) -> tuple[str, ...]:
    """The variants of a moment that an operator's own text tells; an empty one where it has none."""
    return tuple(each for each in VARIANTS.get(moment, ()) if each not in WORDED_APART.get(moment, ())) or ("",)
