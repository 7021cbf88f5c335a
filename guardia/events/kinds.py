"""Every kind of event, one entry each: its clause, its name, who may see it, and what follows of it.

A new kind is private until its entry says otherwise. Its variants stand in ``procedure.vocabulary.VARIANTS``, since a
published procedure names them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.procedure.vocabulary import Moment, Stage


class Urgency(IntEnum):
    """What an event says of the turn of its notices in a storm; ``cases.urgency`` looks at the case besides."""

    OUR_OWN = 0  # a page to our own people, who may still change what is said next
    TURN = 1  # the service is back, gone again, or the case is over: it changes what the company does now
    NEWS = 2  # anything else


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. ``clause``: where the procedure speaks of it; empty where no clause does."""

    moment: Moment
    clause: str
    name: Promise
    """On every screen, in the closing report and in letters."""
    public: bool = False
    """P2 “el respectivo seguimiento”: whether the customer sees it."""
    texts: tuple[str, ...] = ()
    """Of its prose, what the customer may read, in this order; numbers and the like stay with the operator."""
    newsworthy: bool = True
    """Whether it is worth a glance on the bench."""
    moves: bool = False
    """E: whether it is movement after an acknowledgement: something was done or said outside, not merely noted."""
    urgency: Urgency = Urgency.NEWS
    tells_tests: bool = False
    """Whether its letters tell what the tests measured."""
    tells_visit: bool = False
    """Whether its letters tell of the visit: who comes, when, what is needed."""
    disturbs: bool = True
    """Whether somebody who is writing about the case meanwhile should look at it again."""
    dated_by_itself: bool = False
    """Its hour is the exchange's, or that of the promise: that it is written down later says nothing."""
    ends: Stage | None = None
    """The stage that is done with it: where the stage's segment of the rail leads."""


TABLE = (
    Kind(Moment.CALL_WAITING, "P1", _("Call"), public=True, dated_by_itself=True),
    Kind(Moment.CALL_ANSWERED, "P1", _("Reception"), public=True, dated_by_itself=True, ends=Stage.RECEPTION),
    Kind(Moment.CALL_ABANDONED, "P1 D", _("Call abandoned"), public=True, dated_by_itself=True),
    Kind(Moment.CALLER_REACHED, "P1 D", _("Call-back"), public=True, dated_by_itself=True),
    Kind(Moment.REQUEST_RECEIVED, "L4 D", _("Request"), public=True, ends=Stage.RECEPTION),
    Kind(Moment.REGISTERED, "P2", _("Registration"), public=True, texts=("symptoms",), ends=Stage.REGISTRATION),
    Kind(Moment.ATTACHED, "P2", _("Call joined"), public=True),
    Kind(Moment.DISMISSED, "P2", _("No fault"), public=True),
    Kind(Moment.ASSIGNED, "", _("Hand-over")),
    Kind(Moment.DETAILS_UPDATED, "P2", _("Details"), newsworthy=False),
    Kind(Moment.NOTED, "", _("Internal note"), disturbs=False),
    Kind(Moment.NEWS_SENT, "", _("To the customer"), public=True, moves=True, texts=("text", "text_en", "text_pt")),
    Kind(Moment.TESTED, "P3", _("Test"), moves=True, disturbs=False),
    Kind(
        Moment.DIAGNOSED,
        "P3",
        _("Diagnosis"),
        public=True,
        moves=True,
        texts=("cause", "plan"),
        tells_tests=True,
        ends=Stage.DIAGNOSIS,
    ),
    Kind(Moment.CAUSE_CORRECTED, "P4", _("Cause corrected"), public=True, moves=True, texts=("cause",)),
    Kind(Moment.PLAN_CHANGED, "P4", _("Plan changed"), public=True, moves=True, texts=("plan",)),
    Kind(
        Moment.RECOVERED,
        "P3 D",
        _("Came back by itself"),
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("solution",),
        tells_tests=True,
        ends=Stage.DIAGNOSIS,
    ),
    Kind(Moment.DISPATCH_DECIDED, "P4 D", _("Dispatch decided"), public=True, moves=True, tells_visit=True),
    Kind(Moment.DISPATCH_AGREED, "P4", _("Dispatch agreed"), public=True, moves=True, tells_visit=True),
    Kind(Moment.DEPARTED, "P4", _("On the way"), public=True, moves=True, tells_visit=True),
    Kind(Moment.ARRIVED, "P4.4", _("Arrived"), public=True, moves=True, tells_visit=True),
    Kind(Moment.PERMIT_CLEARED, "P4 D", _("Permit cleared"), public=True, moves=True, tells_visit=True),
    Kind(Moment.BLOCKED, "P4.3", _("Visit blocked"), public=True, moves=True, texts=("why",), tells_visit=True),
    Kind(Moment.DECISION_SET, "P4.3", _("Next decision"), public=True, moves=True, texts=("why",), tells_visit=True),
    Kind(Moment.VISIT_RESUMED, "P4.3", _("Visit goes on"), public=True, moves=True, tells_visit=True),
    Kind(Moment.DISPATCH_CHANGED, "P4 D", _("Visit changed"), public=True, moves=True, tells_visit=True),
    Kind(
        Moment.CREW_CHANGED,
        "P4",
        _("Another crew"),
        public=True,
        moves=True,
        texts=("crew", "before"),
        tells_visit=True,
    ),
    Kind(Moment.PERMIT_LETTER_SENT, "P4 D", _("Letter for the guard"), public=True, moves=True, tells_visit=True),
    Kind(Moment.PARTS_USED, "P4", _("Parts used"), public=True, moves=True, texts=("parts",), tells_visit=True),
    Kind(
        Moment.VISIT_SIGNED,
        "P4",
        _("Signed at the site"),
        public=True,
        moves=True,
        texts=("name", "position"),
        tells_visit=True,
    ),
    Kind(Moment.LEFT_SITE, "P4", _("Left the site"), public=True, moves=True, texts=("reason",), tells_visit=True),
    Kind(Moment.FILE_ADDED, "", _("File"), disturbs=False),
    Kind(Moment.FILE_SHOWN, "", _("File shown"), newsworthy=False, disturbs=False),
    Kind(Moment.FILE_WITHDRAWN, "", _("File withdrawn"), newsworthy=False, disturbs=False),
    Kind(Moment.CASE_LINKED, "P2 D", _("Linked"), disturbs=False),
    Kind(Moment.CASE_UNLINKED, "P2 D", _("Link removed"), newsworthy=False, disturbs=False),
    Kind(Moment.OUTAGE_JOINED, "P D", _("Mass outage"), public=True),
    Kind(Moment.OUTAGE_LEFT, "P D", _("Left the outage"), public=True, texts=("reason",)),
    Kind(Moment.WORK_LINKED, "P D", _("Planned work"), public=True),
    Kind(Moment.BAND_CHANGED, "P4.1 to P4.3", _("Band of the site"), public=True, newsworthy=False, texts=("reason",)),
    Kind(
        Moment.RESTORED,
        "P4",
        _("Restored"),
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("solution",),
        tells_visit=True,
        ends=Stage.EXECUTION,
    ),
    Kind(
        Moment.CONFIRMATION_TRIED, "P5 D", _("Attempt to confirm"), public=True, moves=True, texts=("whom", "outcome")
    ),
    Kind(
        Moment.CONFIRMED,
        "P5",
        _("Confirmed"),
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("name", "position", "plan_executed", "reason"),
        tells_tests=True,
        ends=Stage.VERIFICATION,
    ),
    Kind(Moment.FLAPPED, "P6 D", _("Flap"), public=True, texts=("what",)),
    Kind(
        Moment.STABILISED,
        "P6",
        _("Stable"),
        public=True,
        moves=True,
        texts=("reason", "who"),
        tells_tests=True,
        ends=Stage.STABILITY,
    ),
    Kind(Moment.RELAPSED, "P6 D", _("Relapse"), public=True, urgency=Urgency.TURN, texts=("what",)),
    Kind(
        Moment.CLOSED,
        "P7",
        _("Closed"),
        public=True,
        urgency=Urgency.TURN,
        texts=("fault", "solution", "prevention", "reason", "who"),
        ends=Stage.CLOSURE,
    ),
    Kind(Moment.CANCELLED, "", _("Cancelled"), public=True, urgency=Urgency.TURN, texts=("reason",)),
    Kind(
        Moment.WAIT_STARTED,
        "W1",
        _("Waiting"),
        public=True,
        moves=True,
        texts=("asked_by", "reason", "proof", "party", "party_ticket"),
    ),
    Kind(Moment.WAIT_ENDED, "W1", _("Goes on"), public=True, moves=True),
    Kind(Moment.BREACHED, "E1", _("Overdue"), public=True, dated_by_itself=True),
    Kind(Moment.BREACH_REDATED, "", _("Breach dated anew"), public=True, newsworthy=False),
    Kind(Moment.BREACH_LIFTED, "", _("Breach lifted"), public=True, newsworthy=False),
    Kind(Moment.ADMIN_TAKEN, "A3", _("Request taken"), public=True),
    Kind(Moment.ADMIN_DESK_OPENED, "A3", _("Desk open"), public=True),
    Kind(Moment.ADMIN_ANSWERED, "A3", _("Answered"), public=True),
    Kind(Moment.ADMIN_SOLVED, "A3", _("Solved"), public=True),
    Kind(Moment.TRANSFERRED, "A3", _("Passed to another desk"), public=True),
    Kind(Moment.WAIT_CORRECTED, "W1", _("Wait corrected"), public=True, texts=("reason",)),
    Kind(
        Moment.THIRD_PARTY_PROMISED, "W1", _("Third party's promise"), public=True, moves=True, texts=("party", "word")
    ),
    Kind(Moment.CONTESTED, "P7 D", _("Objection"), public=True, texts=("who", "reason")),
    Kind(Moment.LATE_EXPLAINED, "", _("Why it was late"), newsworthy=False),
    Kind(Moment.RULED, "P7 D", _("Ruling"), public=True, texts=("reason",)),
    Kind(Moment.CALENDAR_CHANGED, "A3 D", _("Rest day"), public=True, newsworthy=False, texts=("reason",)),
    Kind(Moment.ESCALATED, "E1", _("Escalated"), public=True),
    Kind(Moment.PAGED, "E", _("Paged"), urgency=Urgency.OUR_OWN, disturbs=False),
    Kind(Moment.LEVEL_INFORMED, "E", _("Level told"), urgency=Urgency.OUR_OWN),
    Kind(Moment.LEVEL_SKIPPED, "E", _("Level skipped"), newsworthy=False),
    Kind(Moment.PAGE_FAILED, "E", _("Page failed"), newsworthy=False),
    Kind(Moment.CALL_OWED, "E5", _("Call to make")),
    Kind(Moment.CALL_MADE, "E5", _("Call made")),
    Kind(Moment.ACKNOWLEDGED, "E", _("Acknowledged"), disturbs=False),
    Kind(Moment.PASSED_ON, "E", _("Passed on")),
    Kind(Moment.MOVED, "E", _("Moved on"), newsworthy=False, disturbs=False),
    Kind(Moment.MESSAGE_RECEIVED, "", _("From the customer"), public=True),
    Kind(Moment.NOTICE_FAILED, "", _("Notice failed")),
    Kind(Moment.NOTICE_RESENT, "", _("Sent again"), newsworthy=False),
    Kind(Moment.NOTICE_WITHDRAWN, "", _("Notice withdrawn"), newsworthy=False),
    Kind(Moment.VOICE_OWED, "P D", _("To tell by voice"), newsworthy=False),
    Kind(Moment.VOICE_TOLD, "P D", _("Told by voice")),
    Kind(Moment.VOICE_AGREED, "P D", _("Call at an agreed hour"), public=True, texts=("whom",)),
    Kind(Moment.ESCALATION_ENDED, "E", _("Escalation ended"), public=True, urgency=Urgency.OUR_OWN),
)
KINDS: dict[Moment, Kind] = {kind.moment: kind for kind in TABLE}


def those(is_meant: Callable[[Kind], bool]) -> frozenset[Moment]:
    """The kinds of which this is true."""
    return frozenset(kind.moment for kind in TABLE if is_meant(kind))


PUBLIC = those(lambda kind: kind.public)
NEWSWORTHY = those(lambda kind: kind.newsworthy)
MOVES = those(lambda kind: kind.moves)
TO_OUR_OWN = those(lambda kind: kind.urgency == Urgency.OUR_OWN)
TELLS_TESTS = those(lambda kind: kind.tells_tests)
TELLS_VISIT = those(lambda kind: kind.tells_visit)


def name_of_kind(moment: str) -> str:
    """In the active language. Raises ValueError for a word that is no kind of event."""
    return str(KINDS[Moment(moment)].name)


def texts_of_kind(moment: str) -> tuple[str, ...]:
    """The names of its texts that the customer may read: of a public event alone."""
    kind = KINDS[Moment(moment)]
    return kind.texts if kind.public else ()
