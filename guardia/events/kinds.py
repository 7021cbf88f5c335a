"""Every kind of event, one entry each: its clause, its name, who may see it, and what follows of it.

A new kind is private until its entry says otherwise. Its variants stand in ``procedure.vocabulary.VARIANTS``, since a
published procedure names them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.config.languages import PUBLISHED_IN, text_name, translations
from guardia.events.sentence import (
    Part,
    by,
    by_variant,
    first_of,
    for_the_operator,
    given,
    joined,
    says,
    with_reason,
)
from guardia.procedure.vocabulary import ClockKind, Moment, Stage


class Urgency(IntEnum):
    """What an event says of the turn of its notices in a storm; ``cases.notify`` looks at the case besides."""

    OUR_OWN = 0  # a page to our own people, who may still change what is said next
    TURN = 1  # the service is back, gone again, or the case is over: it changes what the company does now
    NEWS = 2  # anything else


class TicketStatus(StrEnum):
    """The status of a case as a trouble ticket has it (TMF621, releases 4 and 5)."""

    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "inProgress"
    PENDING = "pending"
    HELD = "held"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Run(StrEnum):
    """What comes again and again: the log of a case folds several that follow each other into one line."""

    ESCALATION = "escalation"
    TESTS = "tests"
    NOTICES = "notices"
    CONFIRMATIONS = "confirmations"
    FLAPS = "flaps"


class TeamNews(StrEnum):
    """What a channel of a team may be sent news of: a family of events of a case, or what is of no event of one."""

    OPENED = "opened"
    STAGE = "stage"
    HOLD = "hold"
    GROUP = "group"
    AT_RISK = "at_risk"  # a promise has reached its warning point; no event says so
    BREACHED = "breached"
    ESCALATED = "escalated"
    RELAPSED = "relapsed"
    CLOSED = "closed"
    OUTAGE = "outage"  # of a mass outage itself
    WORK = "work"  # of planned work itself


class Service(StrEnum):
    """How the service is in a letter that is shown as a sample."""

    OUT = "out"
    BACK = "back"
    OVER = "over"  # and the case is


@dataclass(frozen=True, slots=True)
class Letter:
    """What the customer is told of it by mail. Its words stand here where each is a sentence of its own; those
    that turn on more are a function in ``notices/wording``, marked ``@letter_of``.
    """

    subject: Part = ""
    """The end of the subject line."""
    headline: Part = ""
    body: tuple[Part, ...] = ()
    """What follows, a paragraph each; one that is empty is left out."""
    rows: tuple[tuple[Promise, Part], ...] = ()
    """The facts below, each with its label; one that is empty is left out."""
    placeholders: tuple[str, ...] = ()
    """What only this event knows, as an operator's own words may name it; first what the procedure wants told."""
    first_sentence_varies: bool = False
    """By what happened: an operator's own words begin from the whole sentence, which stays right in every case."""
    asks_to_confirm: bool = False
    """P5: with the link to the question whether the service works."""
    sets_a_decision: bool = False
    """P4.3: the hour of the next decision is the next step that it tells."""
    holds_up: bool = False
    """P4.3: the visit is held up: no hour of arrival is told as if it were sure."""
    of_a_request: bool = False
    sample_variant: str = ""
    """As which variant our own text is shown to whoever writes another."""
    sample_next: ClockKind | None = None
    """The promise that comes next; without one, that of the variant (a visit, or the remote solution)."""
    sample_service: Service = Service.OUT


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
    run: Run | None = None
    """With which others several of it make one line of the log, which opens; None: each stands alone."""
    dated_by_itself: bool = False
    """Its hour is the exchange's, or that of the promise: that it is written down later says nothing."""
    sentence: Part = "texts"
    """What it says in one line: in the log, in the closing report, in the portal. As it stands: its texts alone."""
    to_customer: Part | None = None
    """Where the customer reads something else than the desk: the closing report and the portal."""
    reported: bool = True
    """Of a public one: whether the closing report and the portal tell of it."""
    title: Part | None = None
    """Before its sentence, where that is not the name alone."""
    letter: Letter | None = None
    """None: no procedure may owe one."""
    ends: Stage | None = None
    """The stage that is done with it: where the stage's segment of the rail leads."""
    status: TicketStatus | None = None
    """What the case is by it, unless it waits: then it is pending or held (W1). None: it stays what it was."""
    team_news: TeamNews | None = None
    """The family under which a channel of a team is sent it; None: no channel is."""


# --- what several kinds say -------------------------------------------------------------------------------------------
# Where it was said, as the desk alone reads it: by radio or from the technician's page, and the place of the telephone.
SOURCE = for_the_operator(
    joined(by("data.source", radio=_("reported by radio"), field=_("from the technician's page")), "place")
)
DECIDED_AGAIN = given("data.due_at", says(_("decided again at %(hour)s"), hour="data.due_at|hour"))
ARRIVAL = given(
    "data.forecast|start", says(_("arrival between %(a)s and %(b)s"), a="data.forecast|start", b="data.forecast|end")
)
AGREED = joined(
    says(
        _("%(arrival)s; %(operator)s with %(customer)s; at the site: %(contact)s, %(access)s"),
        arrival=ARRIVAL,
        contact="site_contact",
    ),
    given("parts", says(_("carries %(parts)s"))),
    DECIDED_AGAIN,
)
AGREED_WITH_US = joined(
    given("data.forecast|span", says(_("expected arrival: %(hours)s"), hours="data.forecast|span")), DECIDED_AGAIN
)
UNPROVEN = given(
    "without_evidence",
    says(
        _("without good tests: %(reason)s (decided by %(who)s)"),
        reason="reason|bare",
        who=first_of("who", _("a supervisor")),
    ),
)
OPENED_BY_MISTAKE = given("mistake", says(_("it had been reopened by mistake: %(why)s"), why="mistake|bare"))
SO_THAT_IT_STAYS = given("prevention", says(_("To prevent a recurrence: %(what)s"), what="prevention"))
ANSWERED = given("answered_as", says(_("answered by %(who)s"), who="answered_as"))
REQUESTED = says(
    _("for %(desk)s: %(what)s"), desk="data.desk|desk", what=first_of("text|bare", "symptoms|bare", "subject|bare")
)
WHOM_TO_RING = given("number", says("%(name)s, %(number)s", number="number|phone"), "name")
LEVEL_INFORMED = says(
    _("%(level)s is notified for information only: somebody already answers for it"), level="data.level|level"
)
WROTE = by(
    "data.colleague",
    added=says(_("%(who)s is also notified about this case"), who="text|beginning"),
    asked=says(_("a new person: %(who)s"), who="text|beginning"),
    otherwise="text|beginning",
)
WROTE_IN_THE_PORTAL = first_of(
    by(
        "data.colleague",
        added=says(_("%(who)s is also notified about this case"), who="text"),
        asked=says(_("asks that a new person be told: %(who)s"), who="text"),
    ),
    given("data.objects", says(_("objects: %(words)s"), words="text")),
    "text",
)
NEWS_TEXTS = tuple(map(text_name, (PUBLISHED_IN, *translations())))
"""Spanish, and what else a piece of news is written in."""


TABLE = (
    Kind(Moment.CALL_WAITING, "P1", _("Call"), public=True, dated_by_itself=True),
    Kind(
        Moment.CALL_ANSWERED,
        "P1",
        _("Reception"),
        public=True,
        dated_by_itself=True,
        ends=Stage.RECEPTION,
        sentence=ANSWERED,
    ),
    Kind(Moment.CALL_ABANDONED, "P1 D", _("Call abandoned"), public=True, dated_by_itself=True),
    Kind(Moment.CALLER_REACHED, "P1 D", _("Call-back"), public=True, dated_by_itself=True, sentence=ANSWERED),
    Kind(Moment.REQUEST_RECEIVED, "L4 D", _("Request"), public=True, ends=Stage.RECEPTION),
    Kind(
        Moment.REGISTERED,
        "P2",
        _("Registration"),
        team_news=TeamNews.OPENED,
        status=TicketStatus.ACKNOWLEDGED,
        public=True,
        texts=("symptoms",),
        ends=Stage.REGISTRATION,
        sentence=given(
            "reporter_name",
            says(_("%(symptoms)s. Reports: %(who)s"), symptoms="symptoms|bare", who="reporter_name"),
            "symptoms",
        ),
        letter=Letter(
            placeholders=("symptoms", "reporter", "site_contact", "access_hours", "reference"),
            sample_next=ClockKind.DIAGNOSIS,
        ),
    ),
    Kind(Moment.ATTACHED, "P2", _("Call joined"), public=True),
    Kind(Moment.DISMISSED, "P2", _("No fault"), public=True),
    Kind(Moment.ASSIGNED, "", _("Assignment"), sentence=says(_("to %(who)s"), who="data.to|staff")),
    Kind(
        Moment.GROUP_CHANGED,
        "",
        _("Resolver group"),
        team_news=TeamNews.GROUP,
        newsworthy=False,
        sentence=given(
            "data.group",
            says(_("to %(group)s: %(reason)s"), group="group_name", reason="reason|bare"),
            says(_("back to the desk: %(reason)s"), reason="reason|bare"),
        ),
    ),
    Kind(Moment.DETAILS_UPDATED, "P2", _("Details"), newsworthy=False, sentence="details"),
    Kind(
        Moment.NOTED,
        "",
        _("Internal note"),
        disturbs=False,
        sentence=given(
            "data.call",
            says(_("another call about this, from %(number)s"), number=first_of("from_number", _("no number"))),
            "text",
        ),
    ),
    Kind(
        Moment.TESTED, "P3", _("Test"), run=Run.TESTS, moves=True, disturbs=False, sentence=says("%(name)s: %(result)s")
    ),
    Kind(
        Moment.DIAGNOSED,
        "P3",
        _("Diagnosis"),
        team_news=TeamNews.STAGE,
        status=TicketStatus.IN_PROGRESS,
        public=True,
        moves=True,
        texts=("cause", "plan"),
        tells_tests=True,
        ends=Stage.DIAGNOSIS,
        sentence=says(
            _("%(cause)s. Plan: %(plan)s"), cause=given("data.probable", says(_("%(cause)s (probable)")), "cause|bare")
        ),
        letter=Letter(placeholders=("cause", "plan", "how"), sample_variant="visit"),
    ),
    Kind(
        Moment.CAUSE_CORRECTED,
        "P4",
        _("Cause corrected"),
        public=True,
        moves=True,
        texts=("cause",),
        letter=Letter(placeholders=("cause", "plan")),
    ),
    Kind(
        Moment.PLAN_CHANGED,
        "P4",
        _("Plan changed"),
        public=True,
        moves=True,
        texts=("plan",),
        letter=Letter(placeholders=("plan", "how"), sample_variant="visit"),
    ),
    Kind(
        Moment.RECOVERED,
        "P3 D",
        _("Recovered by itself"),
        team_news=TeamNews.STAGE,
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("solution",),
        tells_tests=True,
        ends=Stage.DIAGNOSIS,
        letter=Letter(
            subject=_("your service came back"),
            headline=says(_("Your service recovered by itself %(hour)s."), hour="restored_hour"),
            body=(
                says(_("How we know: %(how)s."), how="solution|clause"),
                _("We are not done yet: we will verify it with your company and follow it up until it is stable."),
            ),
            placeholders=("hour", "solution"),
            sample_next=ClockKind.VERIFICATION,
            sample_service=Service.BACK,
        ),
    ),
    Kind(
        Moment.NEWS_SENT,
        "",
        _("To the customer"),
        public=True,
        moves=True,
        texts=NEWS_TEXTS,
        to_customer="news",
        letter=Letter(placeholders=("news",)),
    ),
    Kind(
        Moment.DISPATCH_DECIDED,
        "P4 D",
        _("Dispatch decided"),
        public=True,
        moves=True,
        tells_visit=True,
        letter=Letter(
            subject=_("we are sending a crew"),
            headline=says(_("We are sending a crew to %(site)s."), site="case.site"),
            sample_next=ClockKind.DISPATCH_AGREED,
        ),
    ),
    Kind(
        Moment.DISPATCH_AGREED,
        "P4",
        _("Dispatch agreed"),
        team_news=TeamNews.STAGE,
        public=True,
        moves=True,
        tells_visit=True,
        sentence=AGREED,
        to_customer=AGREED_WITH_US,
        letter=Letter(
            placeholders=("crew", "forecast", "site_contact", "access_hours"),
            sets_a_decision=True,
            sample_next=ClockKind.TRAVEL,
        ),
    ),
    Kind(
        Moment.DEPARTED,
        "P4",
        _("On the way"),
        public=True,
        moves=True,
        tells_visit=True,
        sentence=SOURCE,
        letter=Letter(
            subject=_("our crew is on the way"),
            headline=says(_("Our crew left for %(site)s %(hour)s."), site="case.site"),
            rows=((_("Crew"), "crew"), (_("Expected arrival"), "arrival"), (_("Access hours"), "visit.access")),
            placeholders=("crew", "forecast", "site_contact", "access_hours"),
            sample_next=ClockKind.TRAVEL,
        ),
    ),
    Kind(
        Moment.ARRIVED,
        "P4.4",
        _("Arrived"),
        team_news=TeamNews.STAGE,
        public=True,
        moves=True,
        tells_visit=True,
        sentence=SOURCE,
        letter=Letter(
            subject=_("our crew is at the site"),
            headline=says(_("Our crew arrived at %(site)s %(hour)s."), site="case.site"),
            body=(
                _("The work permit comes first, so that nobody is hurt; its time is not counted in the solution time."),
            ),
            rows=((_("Crew"), "crew"), (_("Contact at the site"), "visit.site_contact")),
            placeholders=("crew", "site_contact"),
            sample_next=ClockKind.FIELD_SOLUTION,
        ),
    ),
    Kind(
        Moment.PERMIT_CLEARED,
        "P4 D",
        _("Permit cleared"),
        public=True,
        moves=True,
        tells_visit=True,
        sentence=SOURCE,
        letter=Letter(
            subject=_("the work begins"),
            headline=says(_("The work permit was given %(hour)s and the work at %(site)s begins."), site="case.site"),
            rows=((_("Crew"), "crew"),),
            placeholders=("crew",),
            sample_next=ClockKind.FIELD_SOLUTION,
        ),
    ),
    Kind(
        Moment.BLOCKED,
        "P4.3",
        _("Visit blocked"),
        public=True,
        moves=True,
        texts=("why",),
        tells_visit=True,
        sentence=joined(says("%(condition)s: %(why)s", condition="variant|condition"), SOURCE),
        letter=Letter(
            placeholders=("conditions", "why", "forecast"),
            first_sentence_varies=True,
            sets_a_decision=True,
            holds_up=True,
            sample_variant="weather",
        ),
    ),
    Kind(
        Moment.DECISION_SET,
        "P4.3",
        _("Next decision"),
        public=True,
        moves=True,
        texts=("why",),
        tells_visit=True,
        sentence=joined(DECIDED_AGAIN, "why", SOURCE),
        letter=Letter(
            placeholders=("next_decision", "conditions", "forecast", "why"), sets_a_decision=True, holds_up=True
        ),
    ),
    Kind(
        Moment.VISIT_RESUMED,
        "P4.3",
        _("Visit resumed"),
        public=True,
        moves=True,
        tells_visit=True,
        sentence=joined(ARRIVAL, DECIDED_AGAIN, SOURCE),
        to_customer=AGREED_WITH_US,
        letter=Letter(placeholders=("crew", "forecast"), sets_a_decision=True, sample_next=ClockKind.TRAVEL),
    ),
    Kind(
        Moment.DISPATCH_CHANGED,
        "P4 D",
        _("Visit changed"),
        public=True,
        moves=True,
        tells_visit=True,
        sentence=joined(given("data.changed|changed", says(_("new: %(what)s"), what="data.changed|changed")), AGREED),
        to_customer=AGREED_WITH_US,
        letter=Letter(placeholders=("crew", "forecast", "site_contact", "access_hours"), sample_next=ClockKind.TRAVEL),
    ),
    Kind(
        Moment.CREW_CHANGED,
        "P4",
        _("Another crew"),
        public=True,
        moves=True,
        texts=("crew", "before"),
        tells_visit=True,
        sentence=with_reason(given("before", says(_("%(crew)s in place of %(before)s")), "crew"), "why"),
        letter=Letter(
            subject=_("another crew is coming"),
            headline=says(_("Another crew continues the visit to %(site)s."), site="case.site"),
            body=(given("before", says(_("It takes over from %(crew)s."), crew="before|clause")),),
            rows=((_("Crew"), "crew"), (_("Expected arrival"), "arrival")),
            placeholders=("crew",),
            sample_next=ClockKind.TRAVEL,
        ),
    ),
    Kind(
        Moment.PERMIT_LETTER_SENT,
        "P4 D",
        _("Letter for the guard"),
        public=True,
        moves=True,
        tells_visit=True,
        sentence=with_reason("data.people|persons", "people"),
        letter=Letter(
            subject=_("letter for the guard"),
            headline=says(
                _("This is the letter for the guard of %(site)s: who enters, with what and when."), site="case.site"
            ),
            body=(_("Please make sure that the guard has it before the crew arrives at the gate."),),
            rows=(
                (_("Crew"), "crew"),
                (_("Who enters"), "people"),
                (_("Expected arrival"), "arrival"),
                (_("Contact at the site"), "visit.site_contact"),
                (_("Access hours"), "visit.access"),
            ),
            placeholders=("crew", "site_contact", "access_hours", "forecast"),
            sample_next=ClockKind.TRAVEL,
        ),
    ),
    Kind(
        Moment.PARTS_USED,
        "P4",
        _("Parts used"),
        public=True,
        moves=True,
        texts=("parts",),
        tells_visit=True,
        sentence=joined(first_of("parts", _("none after all")), SOURCE),
    ),
    Kind(
        Moment.VISIT_SIGNED,
        "P4",
        _("Signed at the site"),
        public=True,
        moves=True,
        texts=("name", "position"),
        tells_visit=True,
        sentence=joined(joined("name", "position", by=", "), SOURCE),
    ),
    Kind(
        Moment.LEFT_SITE,
        "P4",
        _("Left the site"),
        public=True,
        moves=True,
        texts=("reason",),
        tells_visit=True,
        sentence=joined(
            with_reason(by_variant(done=_("the work is done"), otherwise=_("the work is unfinished"))), SOURCE
        ),
        letter=Letter(
            placeholders=("crew", "reason"), sample_variant="unfinished", sample_next=ClockKind.DISPATCH_AGREED
        ),
    ),
    Kind(
        Moment.FILE_ADDED,
        "",
        _("File"),
        disturbs=False,
        sentence=joined("caption", "name", given("data.shown", _("the customer sees it")), "by"),
    ),
    Kind(
        Moment.FILE_SHOWN,
        "",
        _("File shown"),
        newsworthy=False,
        disturbs=False,
        title=by_variant(hidden=_("File hidden"), otherwise=_("File shown")),
        sentence=joined(
            "name", by_variant(hidden=_("the customer no longer sees it"), otherwise=_("the customer sees it"))
        ),
    ),
    Kind(
        Moment.FILE_WITHDRAWN,
        "",
        _("File withdrawn"),
        newsworthy=False,
        disturbs=False,
        sentence=joined("name", "why", by=": "),
    ),
    Kind(
        Moment.TEXTS_ERASED,
        "",
        _("Texts erased"),
        public=True,
        newsworthy=False,
        disturbs=False,
        reported=False,
        sentence=says(_("tombstone no. %(number)s"), number="data.erasure"),
    ),
    Kind(
        Moment.CASE_LINKED,
        "P2 D",
        _("Linked"),
        disturbs=False,
        sentence=by_variant(
            duplicate=given(
                "data.goes_on",
                says(
                    _("%(number)s was the same issue and ended as a duplicate of this one; this case continues"),
                    number="data.other|case",
                ),
                says(_("duplicate of %(number)s, which goes on"), number="data.other|case"),
            ),
            otherwise=says(_("related to %(number)s"), number="data.other|case"),
        ),
    ),
    Kind(
        Moment.CASE_UNLINKED,
        "P2 D",
        _("Link removed"),
        newsworthy=False,
        disturbs=False,
        sentence=says(_("no longer related to %(number)s"), number="data.other|case"),
    ),
    Kind(
        Moment.RESTORED,
        "P4",
        _("Restored"),
        team_news=TeamNews.STAGE,
        status=TicketStatus.RESOLVED,
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("solution",),
        tells_visit=True,
        ends=Stage.EXECUTION,
        sentence=joined("solution", SOURCE),
        letter=Letter(
            subject=_("service restored"),
            headline=says(_("Your service was restored %(hour)s."), hour="restored_hour"),
            body=(
                given("solution", says(_("What was done: %(solution)s."), solution="solution|clause")),
                _("We now ask a person of your company to confirm that all is well."),
            ),
            placeholders=("hour", "solution"),
            asks_to_confirm=True,
            sample_next=ClockKind.VERIFICATION,
            sample_service=Service.BACK,
        ),
    ),
    Kind(
        Moment.CONFIRMATION_TRIED,
        "P5 D",
        _("Attempt to get confirmation"),
        run=Run.CONFIRMATIONS,
        public=True,
        moves=True,
        texts=("whom", "outcome"),
        letter=Letter(
            subject=_("we tried to reach you"),
            headline=says(_("We tried to reach your company %(hour)s to confirm that the service is back to normal.")),
            body=(_("Please call us so that we can confirm it together."),),
            rows=((_("Whom we tried to reach"), "whom"), (_("What came of it"), "outcome")),
            placeholders=("whom", "outcome"),
            asks_to_confirm=True,
            sample_next=ClockKind.VERIFICATION,
            sample_service=Service.BACK,
        ),
    ),
    Kind(
        Moment.CONFIRMED,
        "P5",
        _("Confirmed"),
        team_news=TeamNews.STAGE,
        status=TicketStatus.RESOLVED,
        public=True,
        moves=True,
        urgency=Urgency.TURN,
        texts=("name", "position", "plan_executed", "reason"),
        tells_tests=True,
        ends=Stage.VERIFICATION,
        title=by_variant(supervisor=_("Not confirmed by the customer"), otherwise=_("Confirmed")),
        sentence=joined("texts", "grade"),
        letter=Letter(
            placeholders=("confirmer", "hour", "plan_executed", "attempts", "reason"),
            sample_next=ClockKind.STABILITY,
            sample_service=Service.BACK,
        ),
    ),
    Kind(
        Moment.FLAPPED,
        "P6 D",
        _("Brief drop"),
        run=Run.FLAPS,
        public=True,
        texts=("what",),
        sentence=says("%(what)s (%(seconds)s s)", what="what_was_seen", seconds="data.seconds|count"),
        to_customer=says("%(what)s (%(lasted)s)", what="what_was_seen", lasted="data.seconds|lasting"),
        letter=Letter(placeholders=("lasted", "what"), sample_next=ClockKind.STABILITY, sample_service=Service.BACK),
    ),
    Kind(
        Moment.STABILISED,
        "P6",
        _("Stable"),
        team_news=TeamNews.STAGE,
        public=True,
        moves=True,
        texts=("reason", "who"),
        tells_tests=True,
        ends=Stage.STABILITY,
        title=given("without_evidence", _("Without good tests"), _("Stable")),
        sentence=UNPROVEN,
        letter=Letter(placeholders=("since", "evidence"), sample_next=ClockKind.CLOSURE, sample_service=Service.BACK),
    ),
    Kind(
        Moment.RELAPSED,
        "P6 D",
        _("Relapse"),
        team_news=TeamNews.RELAPSED,
        status=TicketStatus.IN_PROGRESS,
        public=True,
        urgency=Urgency.TURN,
        texts=("what",),
        title=by_variant(
            reopened=_("Open again"), otherwise=given("data.denies", _("Disputed: reopened"), _("Relapse"))
        ),
        sentence=joined(
            "what_was_seen",
            given("data.affected_since", says(_("without service since %(hour)s"), hour="data.affected_since|hour")),
            for_the_operator("from"),
        ),
        letter=Letter(placeholders=("hour", "what"), sample_next=ClockKind.DIAGNOSIS),
    ),
    Kind(
        Moment.CLOSED,
        "P7",
        _("Closed"),
        team_news=TeamNews.CLOSED,
        status=TicketStatus.CLOSED,
        public=True,
        urgency=Urgency.TURN,
        texts=("fault", "solution", "prevention", "reason", "who", "mistake"),
        ends=Stage.CLOSURE,
        title=by_variant(mistaken=_("Closed again, unchanged"), otherwise=_("Closed")),
        sentence=joined(
            OPENED_BY_MISTAKE,
            says(
                _("%(fault)s. %(solution)s. Affected for %(time)s"),
                fault="fault|bare",
                solution="solution|bare",
                time="data.affected_seconds|lasting",
            ),
            SO_THAT_IT_STAYS,
            UNPROVEN,
        ),
        to_customer=joined(OPENED_BY_MISTAKE, "fault", "solution", SO_THAT_IT_STAYS, UNPROVEN),
        letter=Letter(placeholders=("fault", "solution", "affected_time", "prevention"), sample_service=Service.OVER),
    ),
    Kind(
        Moment.REPORT_CHECKED,
        "P7",
        _("Report checked"),
        public=True,
        texts=("what",),
        sentence=joined(
            by_variant(
                agrees=_("the customer recomputed it, and it agrees"),
                otherwise=_("the customer recomputed it, and it differs"),
            ),
            "what",
            for_the_operator("from"),
        ),
    ),
    Kind(
        Moment.CANCELLED,
        "",
        _("Cancelled"),
        team_news=TeamNews.CLOSED,
        status=TicketStatus.CANCELLED,
        public=True,
        urgency=Urgency.TURN,
        texts=("reason",),
        letter=Letter(placeholders=("reason",), sample_service=Service.OVER),
    ),
    Kind(
        Moment.WAIT_STARTED,
        "W1",
        _("Waiting"),
        team_news=TeamNews.HOLD,
        public=True,
        moves=True,
        texts=("asked_by", "reason", "proof", "party", "party_ticket"),
        sentence=says(
            _("for %(whom)s: %(reason)s. Asked by %(who)s. Stopped: %(clocks)s"),
            whom=first_of("party", "variant|cause"),
            who="asked_by",
            clocks="data.clocks|clocks",
        ),
        letter=Letter(
            placeholders=("since", "clock", "reason", "asked_by", "proof", "party", "excluded"),
            first_sentence_varies=True,
            sample_variant="customer",
        ),
    ),
    Kind(
        Moment.WAIT_ENDED,
        "W1",
        _("Goes on"),
        team_news=TeamNews.HOLD,
        public=True,
        moves=True,
        sentence=says(_("waited for %(whom)s until now"), whom="variant|cause"),
        letter=Letter(placeholders=("since", "clock"), first_sentence_varies=True, sample_variant="customer"),
    ),
    Kind(
        Moment.BREACHED,
        "E1",
        _("Overdue"),
        team_news=TeamNews.BREACHED,
        public=True,
        dated_by_itself=True,
        sentence="data.clock|clock",
    ),
    Kind(
        Moment.BREACH_REDATED,
        "",
        _("Breach time corrected"),
        public=True,
        newsworthy=False,
        sentence=says(
            _("%(clock)s: fell due at %(due)s, not at %(was)s"),
            clock="data.clock|clock",
            due="data.breached_at|exact",
            was="data.was|exact",
        ),
    ),
    Kind(Moment.BREACH_LIFTED, "", _("Breach lifted"), public=True, newsworthy=False, sentence="data.clock|clock"),
    Kind(
        Moment.ADMIN_DESK_OPENED,
        "A3",
        _("Desk open"),
        public=True,
        sentence=_("its time counts from here on"),
        to_customer="texts",
    ),
    Kind(
        Moment.WAIT_CORRECTED,
        "W1",
        _("Wait corrected"),
        public=True,
        texts=("reason",),
        sentence=given(
            "data.hours|span",
            says(_("%(was)s is now %(hours)s: %(reason)s"), was="data.was|span", hours="data.hours|span"),
            says(_("%(was)s did not happen: %(reason)s"), was="data.was|span"),
        ),
        to_customer="texts",
        letter=Letter(placeholders=("clock", "reason", "was"), first_sentence_varies=True),
    ),
    Kind(
        Moment.THIRD_PARTY_PROMISED,
        "W1",
        _("Third party's promise"),
        public=True,
        moves=True,
        texts=("party", "word"),
        sentence=joined(
            "party",
            given("data.due_at", says(_("promised by %(hour)s"), hour="data.due_at|hour")),
            "contact",
            "word",
        ),
    ),
    Kind(
        Moment.CARRIER_TICKET_OPENED,
        "W1",
        _("Ticket at a third party"),
        moves=True,
        sentence=joined(
            says(_("%(party)s, circuit %(circuit)s: %(symptoms)s"), circuit=first_of("circuit", "–")),
            given("data.wanted_at", says(_("restoration requested by %(hour)s"), hour="data.wanted_at|hour")),
        ),
    ),
    Kind(
        Moment.CARRIER_ASKED,
        "W1",
        _("News requested from a third party"),
        moves=True,
        newsworthy=False,
        title=by_variant(
            confirmed=_("Solution confirmed to a third party"),
            cancel=_("Cancellation requested from a third party"),
            otherwise=_("News requested from a third party"),
        ),
        sentence=joined("party", "text"),
    ),
    Kind(
        Moment.CARRIER_WROTE,
        "W1",
        _("The third party has answered"),
        sentence=joined("party", "from", "subject", "text", by="\n"),
    ),
    Kind(
        Moment.CARRIER_TICKET_CHANGED,
        "W1",
        _("Ticket at a third party updated"),
        moves=True,
        sentence=joined(
            "party",
            by_variant(
                acknowledged=_("received"),
                inProgress=_("in progress"),
                pending=_("waits for us"),
                held=_("on hold"),
                resolved=_("resolved"),
                closed=_("closed"),
                cancelled=_("cancelled"),
                reopened=_("opened again"),
            ),
            given("number", says(_("its ticket: %(number)s"))),
            given("data.due_at", says(_("promised by %(hour)s"), hour="data.due_at|hour")),
            "word",
        ),
    ),
    Kind(
        Moment.CONTESTED,
        "P7 D",
        _("Objection"),
        public=True,
        texts=("who", "reason"),
        sentence=says(_("%(who)s objects to the stop of %(clocks)s: %(reason)s"), clocks="data.clocks|clocks"),
        letter=Letter(
            subject=_("we have received your objection"),
            headline=_("We have received your objection that a clock of your case should not have been stopped."),
            body=(_("Our quality manager will rule on it and tell you the reasons."),),
            rows=((_("Which clock"), "clocks"), (_("Who objects"), "who"), (_("The objection"), "reason|clause")),
            placeholders=("clock", "reason", "who"),
        ),
    ),
    Kind(
        Moment.LATE_EXPLAINED,
        "",
        _("Why it was late"),
        newsworthy=False,
        sentence=with_reason("variant|late_reason", "words"),
    ),
    Kind(
        Moment.RULED,
        "P7 D",
        _("Ruling"),
        public=True,
        texts=("reason",),
        sentence=says(
            "%(ruling)s: %(reason)s",
            ruling=by_variant(
                upheld=_("the objection is right, the stop does not count"),
                rejected=_("the stop stands"),
                otherwise=_("the objection is right in part"),
            ),
        ),
        letter=Letter(
            subject=_("your objection is ruled on"),
            headline=by_variant(
                upheld=_("Our quality manager has ruled that you are right: that time counts as ours."),
                rejected=_("Our quality manager has ruled that the clock was rightly stopped."),
                otherwise=_("Our quality manager has ruled that you are right in part."),
            ),
            body=(says(_("The reasons: %(reason)s."), reason="reason|clause"),),
            rows=((_("Which clock"), "clocks"), (_("Affected time"), "affected")),
            placeholders=("clock", "reason", "affected"),
            first_sentence_varies=True,
            sample_variant="in_part",
        ),
    ),
    Kind(
        Moment.CALENDAR_CHANGED,
        "A3 D",
        _("Rest day"),
        public=True,
        newsworthy=False,
        texts=("reason",),
        sentence=given("data.opens_at", says(_("its desk opens %(hour)s"), hour="data.opens_at|hour"), "texts"),
        to_customer="texts",
        letter=Letter(placeholders=("clock", "reason")),
    ),
    Kind(
        Moment.OUTAGE_JOINED,
        "P D",
        _("Mass outage"),
        public=True,
        sentence=by_variant(
            declared=says(_("opened with %(number)s: nobody had called yet"), number="data.number"),
            gathered=says(_("part of %(number)s, which was declared later"), number="data.number"),
            alert=says(_("part of %(number)s, by monitoring"), number="data.number"),
            otherwise=says(_("part of %(number)s"), number="data.number"),
        ),
        letter=Letter(placeholders=("outage", "outage_name", "expected_back")),
    ),
    Kind(
        Moment.OUTAGE_LEFT,
        "P D",
        _("Left the outage"),
        public=True,
        texts=("reason",),
        sentence=by_variant(
            not_back=says(
                _("%(number)s is restored, but this service is not back; the case continues separately"),
                number="data.number",
            ),
            mistaken=with_reason(
                says(_("was never part of %(number)s; the case goes on by itself"), number="data.number")
            ),
            otherwise=with_reason(
                says(_("no longer part of %(number)s; the case goes on by itself"), number="data.number")
            ),
        ),
        letter=Letter(placeholders=("outage", "reason"), first_sentence_varies=True, sample_variant="by_hand"),
    ),
    Kind(
        Moment.WORK_LINKED,
        "P D",
        _("Planned work"),
        public=True,
        sentence=by_variant(
            overran=says(
                _("%(number)s was not finished by the end of its window; time counts from then on"),
                number="data.number",
            ),
            otherwise=says(_("inside the window of %(number)s: its time is counted separately"), number="data.number"),
        ),
        letter=Letter(
            placeholders=("work", "work_name", "window_end"), first_sentence_varies=True, sample_variant="inside"
        ),
    ),
    Kind(
        Moment.BAND_CHANGED,
        "P4.1 to P4.3",
        _("Band of the site"),
        public=True,
        newsworthy=False,
        texts=("reason",),
        sentence=with_reason(
            says(_("from %(a)s to %(b)s; this case keeps its own"), a="data.band_was|band", b="data.band_now|band")
        ),
        letter=Letter(placeholders=("band", "band_was", "reason")),
    ),
    Kind(
        Moment.ESCALATED,
        "E1",
        _("Escalated"),
        team_news=TeamNews.ESCALATED,
        run=Run.ESCALATION,
        public=True,
        sentence=by_variant(
            breach=joined(
                says(_("automatically, since “%(promise)s” is overdue"), promise="data.clock|clock"),
                given("data.joined", _("paged together with another case of the same site")),
                by="; ",
            ),
            received=with_reason(
                says(
                    _("%(who)s called %(staff)s, %(level)s"),
                    who="asked_by",
                    staff="data.staff|staff",
                    level="data.level|level",
                )
            ),
            customer=with_reason(
                says(_("to %(level)s, asked for by %(who)s"), level="data.level|level", who="asked_by")
            ),
            otherwise=with_reason(says(_("to %(level)s"), level="data.level|level")),
        ),
        to_customer=given("data.clock", "data.clock|clock", given("data.level", "data.level|level")),
        letter=Letter(
            subject=_("your case is escalated"),
            headline=says(_("Your case is escalated; your request counts from when you made it, %(hour)s.")),
            body=(_("The people at our escalation level have been asked to take charge of it."),),
            rows=((_("Requested by"), "asked_by"),),
            placeholders=("hour", "asked_by"),
        ),
    ),
    Kind(
        Moment.ADMIN_TAKEN,
        "A3",
        _("Request taken"),
        team_news=TeamNews.OPENED,
        status=TicketStatus.ACKNOWLEDGED,
        public=True,
        sentence=given(
            "reporter_name", says(_("%(what)s. Requested by: %(who)s"), what=REQUESTED, who="reporter_name"), REQUESTED
        ),
        to_customer="texts",
        letter=Letter(
            placeholders=("desk", "desk_opens", "symptoms", "reporter", "reference"),
            first_sentence_varies=True,
            of_a_request=True,
        ),
    ),
    Kind(
        Moment.TRANSFERRED,
        "A3",
        _("Passed to another desk"),
        team_news=TeamNews.STAGE,
        public=True,
        sentence=with_reason(says(_("from %(a)s to %(b)s"), a="data.from|desk", b="data.to|desk")),
        to_customer="texts",
        letter=Letter(placeholders=("desk", "desk_opens"), of_a_request=True),
    ),
    Kind(
        Moment.ADMIN_ANSWERED,
        "A3",
        _("Answered"),
        team_news=TeamNews.STAGE,
        status=TicketStatus.IN_PROGRESS,
        public=True,
        texts=("answer",),
        letter=Letter(placeholders=("desk", "answer"), of_a_request=True),
    ),
    Kind(
        Moment.ADMIN_SOLVED,
        "A3",
        _("Solved"),
        team_news=TeamNews.CLOSED,
        status=TicketStatus.CLOSED,
        public=True,
        texts=("answer",),
        letter=Letter(placeholders=("desk", "answer"), of_a_request=True),
    ),
    Kind(
        Moment.PAGED,
        "E",
        _("Paged"),
        run=Run.ESCALATION,
        urgency=Urgency.OUR_OWN,
        disturbs=False,
        sentence=given(
            "data.received",
            says(_("%(level)s: %(who)s, who took the call"), level="data.level|level", who="data.staff|staff"),
            joined(
                says(
                    "%(level)s: %(who)s.",
                    level="data.level|level",
                    who=first_of("data.staff|staff", _("nobody by a page; a call is made")),
                ),
                "data.why|why_paged",
                by=" ",
            ),
        ),
    ),
    Kind(
        Moment.LEVEL_INFORMED,
        "E",
        _("Level notified"),
        run=Run.ESCALATION,
        urgency=Urgency.OUR_OWN,
        sentence=given(
            "data.staff|staff",
            says("%(informed)s (%(who)s)", informed=LEVEL_INFORMED, who="data.staff|staff"),
            LEVEL_INFORMED,
        ),
    ),
    Kind(
        Moment.LEVEL_SKIPPED,
        "E",
        _("Level skipped"),
        run=Run.ESCALATION,
        newsworthy=False,
        sentence=says(
            _("%(level)s has nobody on duty and no number: the next level is notified at once"),
            level="data.level|level",
        ),
    ),
    Kind(
        Moment.PAGE_FAILED,
        "E",
        _("Page failed"),
        run=Run.ESCALATION,
        newsworthy=False,
        sentence=with_reason(says(_("no channel reaches %(who)s"), who="data.staff|staff"), "answer"),
    ),
    Kind(
        Moment.CALL_OWED,
        "E5",
        _("Call to make"),
        run=Run.ESCALATION,
        sentence=says(
            _("whoever is on shift dials %(number)s by %(hour)s, %(level)s"),
            number=given(
                "data.name",
                says("%(number)s (%(name)s)", number="data.number|phone", name="data.name"),
                "data.number|phone",
            ),
            hour="data.due_at|hour",
            level="data.level|level",
        ),
    ),
    Kind(
        Moment.CALL_MADE,
        "E5",
        _("Call made"),
        sentence=by_variant(
            told_late=by(
                "data.outcome",
                answered=says(_("answered by %(who)s"), who="answered_by"),
                otherwise=_("nobody answered; recorded after the escalation had moved on"),
            ),
            not_answered=_("nobody answered: the next level is paged"),
            otherwise=says(_("answered by %(who)s"), who="answered_by"),
        ),
    ),
    Kind(
        Moment.ACKNOWLEDGED,
        "E",
        _("Acknowledged"),
        disturbs=False,
        sentence=by_variant(
            commands=says(_("%(who)s has taken command"), who="data.staff|staff"),
            otherwise=says(_("%(who)s answers for it"), who="data.staff|staff"),
        ),
    ),
    Kind(
        Moment.PASSED_ON, "E", _("Passed on"), sentence=with_reason(says(_("%(who)s cannot"), who="data.staff|staff"))
    ),
    Kind(
        Moment.MOVED,
        "E",
        _("The case moved on"),
        newsworthy=False,
        disturbs=False,
        sentence=with_reason(_("the acknowledgement is extended by the same time"), "data.by|kind"),
    ),
    Kind(
        Moment.MESSAGE_RECEIVED,
        "",
        _("From the customer"),
        public=True,
        sentence=joined(
            "subject",
            given("data.objects", says(_("objects, and waits for your answer: %(words)s"), words=WROTE), WROTE),
            by="\n",
        ),
        to_customer=given("from", says("%(from)s: %(what)s", what=WROTE_IN_THE_PORTAL)),
    ),
    Kind(Moment.NOTICE_FAILED, "", _("Notice failed"), run=Run.NOTICES),
    Kind(Moment.NOTICE_RESENT, "", _("Sent again"), run=Run.NOTICES, newsworthy=False),
    Kind(Moment.NOTICE_WITHDRAWN, "", _("Notice withdrawn"), run=Run.NOTICES, newsworthy=False),
    Kind(
        Moment.VOICE_OWED,
        "P D",
        _("Pending voice notice"),
        newsworthy=False,
        sentence=given(
            "data.agreed",
            says(
                _("as agreed, whoever is on shift calls %(whom)s at %(hour)s"),
                whom=WHOM_TO_RING,
                hour="data.due_at|hour",
            ),
            says(
                _("no channel without the service reaches the company: whoever is on shift calls %(whom)s by %(hour)s"),
                whom=WHOM_TO_RING,
                hour="data.due_at|hour",
            ),
        ),
    ),
    Kind(
        Moment.VOICE_TOLD,
        "P D",
        _("Notified by voice"),
        sentence=by_variant(
            answered=says(_("told to %(who)s"), who="answered_by"),
            otherwise=_("nobody answered: the next number is called"),
        ),
    ),
    Kind(
        Moment.VOICE_AGREED,
        "P D",
        _("Scheduled call"),
        public=True,
        texts=("whom",),
        sentence=by_variant(
            withdrawn=says(_("withdrawn: %(hour)s"), hour="data.was|hour"),
            otherwise=says(_("%(who)s asks to be called at %(hour)s"), who="whom", hour="data.hour|hour"),
        ),
    ),
    Kind(
        Moment.ESCALATION_ENDED,
        "E",
        _("Escalation ended"),
        public=True,
        reported=False,
        urgency=Urgency.OUR_OWN,
        sentence=with_reason(
            by(
                "data.why",
                met=_("the promise is met"),
                closed=_("the case is closed"),
                transferred=_("it was passed to another desk"),
                ended=_("ended by a person"),
            )
        ),
    ),
    Kind(
        Moment.FORMER_OPENED,
        "",
        _("Opened in the former tool"),
        public=True,
        newsworthy=False,
        disturbs=False,
        sentence=joined(
            says(_("%(system)s, number %(number)s"), system="data.system", number="data.number"), "symptoms"
        ),
        to_customer=says(_("%(system)s, number %(number)s"), system="data.system", number="data.number"),
    ),
    Kind(
        Moment.FORMER_NOTED,
        "",
        _("In the former tool"),
        newsworthy=False,
        disturbs=False,
        title=by_variant(
            working=_("In the former tool: in progress"),
            waiting=_("In the former tool: waiting"),
            restored=_("In the former tool: restored"),
            closed=_("In the former tool: closed"),
            cancelled=_("In the former tool: cancelled"),
            reopened=_("In the former tool: reopened"),
            otherwise=_("In the former tool"),
        ),
        sentence=joined(
            "activity",
            given("data.cause", "data.cause|cause"),
            given(
                "data.judged_by", says(_("evaluated by version %(number)s of the procedure"), number="data.judged_by")
            ),
            "text",
            "author",
        ),
    ),
    Kind(
        Moment.FORMER_CLOSED,
        "",
        _("Closed in the former tool"),
        public=True,
        newsworthy=False,
        disturbs=False,
        ends=Stage.CLOSURE,
        status=TicketStatus.CLOSED,
        sentence=joined("cause", "solution"),
        to_customer=given("data.restored_at", says(_("restored at %(hour)s"), hour="data.restored_at|hour")),
    ),
    Kind(
        Moment.FORMER_CANCELLED,
        "",
        _("Cancelled in the former tool"),
        public=True,
        newsworthy=False,
        disturbs=False,
        status=TicketStatus.CANCELLED,
        sentence=joined("cause", "solution"),
        to_customer="",
    ),
)
KINDS: Mapping[str, Kind] = {kind.moment: kind for kind in TABLE}


def those(is_meant: Callable[[Kind], bool]) -> frozenset[Moment]:
    """The kinds of which this is true."""
    return frozenset(kind.moment for kind in TABLE if is_meant(kind))


PUBLIC = those(lambda kind: kind.public)
NEWSWORTHY = those(lambda kind: kind.newsworthy)
MOVES = those(lambda kind: kind.moves)
TO_OUR_OWN = those(lambda kind: kind.urgency == Urgency.OUR_OWN)
TELLS_TESTS = those(lambda kind: kind.tells_tests)
TELLS_VISIT = those(lambda kind: kind.tells_visit)
NOT_REPORTED = those(lambda kind: not kind.reported)
LETTERS = tuple(kind.moment for kind in TABLE if kind.letter)
"""The kinds that the customer may be owed a letter for, in the order of a case."""


def name_of_kind(moment: str) -> str:
    """In the active language. Raises ValueError for a word that is no kind of event."""
    return str(KINDS[Moment(moment)].name)


def texts_of_kind(moment: str) -> tuple[str, ...]:
    """The names of its texts that the customer may read: of a public event alone."""
    kind = KINDS[Moment(moment)]
    return kind.texts if kind.public else ()


def letter_of_kind(moment: str) -> Letter:
    """Of a kind without one, and of a word that is no kind: a letter that knows nothing of its own."""
    kind = KINDS.get(moment)
    return kind.letter if kind and kind.letter else Letter()
