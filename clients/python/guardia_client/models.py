"""What Guardia's API answers.

Written by `bin/client` from the OpenAPI document of Guardia: change nothing here.
"""

from typing import Any, Literal, NotRequired, TypedDict


class AffectedCompany(TypedDict):
    id: int
    name: str
    vip: bool


class ArticleAnswer(TypedDict):
    """An article by its newest edition, and how often it helped."""

    number: int
    display_number: str
    state: str
    title: str
    """In the language of `Accept-Language`, else in that of the installation."""
    language: str
    """In which the title stands."""
    causes: list[str]
    kinds: list[str]
    """Kinds of element at which such a fault is found."""
    for_customers: bool
    """Customers may read it once it is published."""
    edition: int
    waits: bool
    """A newer edition than the published one waits to be published."""
    changed_at: str
    cases: int
    """In how many cases it was used."""
    helped: int
    failed: int


class ArticleList(TypedDict):
    items: list[ArticleAnswer]
    """At most 200, those that fit best first."""


type ArticleState = Literal["draft", "published", "retired"]


class Behind(TypedDict):
    """How many services and companies stand behind an outage, and how the services stand."""

    services: int
    companies: int
    without_service: int
    """Their case is part of it and not restored yet."""
    back: int
    without_case: int
    apart: int
    """Their cases go on by themselves."""


class BrokenPromiseFacts(TypedDict):
    """A promise that was broken; ``taken`` is None while it still runs."""

    number: str
    kind: str
    target: int
    due_at: str
    taken: int | None


class CalendarShift(TypedDict):
    """A rest day that was announced or withdrawn while the clock ran."""

    edition: int
    at: str
    kind: str
    day: str | None
    reason: str
    was_due_at: str | None
    due_at: str | None


class CallerAsNewContact(TypedDict):
    name: str
    """Name"""
    position: NotRequired[str | None]
    """Job title"""
    phones: str
    """Telephone"""


class CarrierContact(TypedDict):
    level: str
    name: str
    phone: str
    email: str


class CarrierAnswer(TypedDict):
    """Another operator over whose network services run (W1). Telephones are E.164."""

    id: int
    name: str
    route: str
    """How a ticket reaches it: mail or mef124."""
    mailbox: str
    phones: list[str]
    contacts: list[CarrierContact]
    """Whom to ask, by level."""
    hours: str
    notes: str
    language: str
    answer_minutes: int | None
    """By contract it answers within this time; null: it does not say."""
    restore_minutes: int | None
    """By contract it restores within this time."""
    active: bool


class CaseFacts(TypedDict):
    """``closed_at`` is empty where the case was open when the month ended; ``down`` is what counts of this month."""

    number: str
    subject: str
    circuit: str
    opened_at: str
    closed_at: str
    down: int
    excluded: int
    escalations: int
    in_work: NotRequired[int]


class Chosen(TypedDict):
    """A case, and the number of its last event when it was looked at: what was changed since is left alone."""

    number: int
    seq: NotRequired[int | None]
    """As the preview has it; null: as it stands now."""


class CityAnswer(TypedDict):
    """A city with its band, which says how long a visit may take to arrive (P4.1 to P4.3)."""

    id: int
    name: str
    province: str
    band: str
    band_reason: str
    code: str
    population: int | None
    zone: str
    latitude: float | None
    """Degrees, WGS 84."""
    longitude: float | None


class CompanyAnswer(TypedDict):
    id: int
    name: str
    language: str
    vip: bool
    crm_number: str
    carrier_number: str
    external_id: str | None
    """By this code an import knows the company again."""
    told: list[str]
    """The topics that a new contact of it is written about."""
    active: bool
    provisional: bool
    """Put on file while a caller waited, and not tidied yet."""
    merged_into: int | None
    """The company that a provisional one turned out to be."""


class CompanyClock(TypedDict):
    """A promise to the company, running or ended."""

    kind: str
    ordinal: int
    name: str
    clause: str
    state: str
    """running, waiting, breached, kept or dropped."""
    started_at: str
    target_seconds: int | None
    due_at: str | None
    waiting_since: str | None
    ended_at: str | None
    taken_seconds: int | None


class CompanyEvent(TypedDict):
    """What happened to a case, in the words of its page in the portal."""

    id: str
    """The case's number and `seq`: it never changes."""
    seq: int
    kind: str
    occurred_at: str
    recorded_at: str
    title: str
    text: str
    from_company: bool
    """One of the company's people, or its key, did it."""


class CompanyMonth(TypedDict):
    """A company with a case in the month."""

    id: int
    name: str
    month: str
    opened: int
    """Incidents that began in the month."""
    incidents: int
    """Incidents that were open at any time of it."""
    sent_at: str | None
    """When its last report of the month was made."""


class CompanyReportAnswer(TypedDict):
    """What was received. It gets the number of a case once somebody has taken it (P2): `GET /cases?report=<report>`."""

    report: int
    desk: str
    subject: str
    received_at: str
    number_due_at: str | None
    """By when it has its number."""
    case: int | None
    """The number of its case, where it has one already."""


class CompanyWait(TypedDict):
    """A stop of the clocks, in the words of the portal: who asked for it, why, and what was objected to it."""

    id: int
    title: str
    span: str
    why: str
    clocks: str
    excluded: bool
    """It is left out of the time without service."""
    objection: str


class CompanyClocks(TypedDict):
    """What is promised to the company in a case, and the stops of its clocks."""

    case: int
    zone: str
    at: str
    clocks: list[CompanyClock]
    waits: list[CompanyWait]


class CountFacts(TypedDict):
    """Cases of one kind in the month; ``duplicates`` and ``withdrawn`` ended in it, and stand in no other number."""

    opened: NotRequired[int]
    closed: NotRequired[int]
    open_at_end: NotRequired[int]
    duplicates: NotRequired[int]
    withdrawn: NotRequired[int]


class CourseFacts(TypedDict):
    """An incident that went badly, as it is drawn: ``course`` holds hours and codes (``reports.month_courses``)."""

    number: str
    subject: str
    course: dict[str, Any]


class CourseLine(TypedDict):
    """One case of the act: what came of it, and why where it was not done."""

    number: int
    state: str
    words: str


class BulkAnswer(TypedDict):
    """An act on many cases. Go on with it until it is finished; undo it before `undo_until`."""

    id: str
    kind: str
    made_at: str
    finished_at: str | None
    undo_until: str | None
    """Its letters do not leave before."""
    undone_at: str | None
    left: int
    """Cases that wait for their turn."""
    lines: list[CourseLine]


class CrewAnswer(TypedDict):
    """Who goes to a site: a crew of the operator, or of a contractor."""

    id: int
    name: str
    phone: str
    base: str
    contractor: str
    specialties: list[str]
    """What it can do; empty: any fault."""
    plate: str
    email: str
    tools: str
    active: bool


class DeliveryAnswer(TypedDict):
    """A message on one channel, and what became of it."""

    channel: str
    address: str
    state: str
    attempts: int
    settled_at: str | None
    delivered_at: str | None
    bounced_at: str | None
    answer: str
    """The receiving server's own words."""


class Dialled(TypedDict):
    address: str
    """A number or mailbox of the matrix."""
    reached: bool
    answered_by: NotRequired[str]


class DispatchAnswer(TypedDict):
    """How many visits stand where; `without_crew` counts cases that wait for one too."""

    at: str
    all: int
    without_crew: int
    agreed: int
    on_the_way: int
    at_the_site: int
    blocked: int


class DrillAnswer(TypedDict):
    paged: int
    """How many persons were paged."""


class EventAnswer(TypedDict):
    """What happened to a case. `text` holds what was written with it, as far as it was not erased."""

    id: str
    """The case's number and `seq`: it never changes."""
    seq: int
    kind: str
    variant: str
    occurred_at: str
    recorded_at: str
    actor: str
    """staff, contact or system."""
    actor_id: int | None
    public: bool
    """The customer may see it."""
    data: dict[str, Any]
    text: dict[str, str]
    hash: str


class FeedEvent(TypedDict):
    """An event with the case and the company that it is of."""

    id: str
    """The case's number and `seq`: it never changes."""
    seq: int
    kind: str
    variant: str
    occurred_at: str
    recorded_at: str
    actor: str
    """staff, contact or system."""
    actor_id: int | None
    public: bool
    """The customer may see it."""
    data: dict[str, Any]
    text: dict[str, str]
    hash: str
    case: int
    """The number of the case."""
    company: int


class Feed(TypedDict):
    """A page of the feed; with a filter it may be empty although `has_more` is true."""

    items: list[FeedEvent]
    next_cursor: str
    """Send it as `after` for what comes next, at once or later."""
    has_more: bool
    """More is on record already: ask for the next page at once."""


class FileAnswer(TypedDict):
    """A photograph or a document of a case. Its bytes are at `…/content`."""

    id: int
    name: str
    type: str
    """By its content."""
    size: int
    """Bytes."""
    sha256: str
    caption: str
    width: int | None
    """Pixels; null: no picture."""
    height: int | None
    shown: bool
    """The customer sees it too."""
    taken_at: str
    added_at: str
    added_by: str
    withdrawn_at: str | None
    """Taken off the case: its bytes are gone."""
    visit: int | None


type Impact = Literal["down", "reported", "degraded", "intermittent"]
"""How the service is, as the customer feels it. REPORTED: a fault, of which nobody has said yet how it is felt."""


class Lines(TypedDict):
    """
    The calls of one group. ``kept`` to ``not_measured`` are its parts; the rest counts some of the same calls anew.

    Answered: ``kept`` within the minute, ``late``, or ``direct`` (no wait was seen). Lost: ``abandoned`` while it
    waited, ``in_menu``, ``timed_out``, ``turned_away``, ``restarted``. ``unanswered``: closed at the desk, no answer on
    record. ``lost_late``, ``unanswered_late``, ``waiting_late``: lost, closed or still waiting after the minute had run
    out. ``back_late_open``: late, and not made yet. ``no_number``: a call-back would be owed, and there is nothing to
    dial. Times are seconds of calls that waited and were measured; the longest counts those that still wait.
    """

    calls: NotRequired[int]
    kept: NotRequired[int]
    late: NotRequired[int]
    direct: NotRequired[int]
    abandoned: NotRequired[int]
    in_menu: NotRequired[int]
    timed_out: NotRequired[int]
    turned_away: NotRequired[int]
    restarted: NotRequired[int]
    unanswered: NotRequired[int]
    waiting: NotRequired[int]
    not_measured: NotRequired[int]
    lost_late: NotRequired[int]
    unanswered_late: NotRequired[int]
    waiting_late: NotRequired[int]
    after_hours: NotRequired[int]
    by_receipt: NotRequired[int]
    by_log: NotRequired[int]
    by_hand: NotRequired[int]
    doubtful: NotRequired[int]
    back_owed: NotRequired[int]
    back_kept: NotRequired[int]
    back_late: NotRequired[int]
    back_late_open: NotRequired[int]
    back_open: NotRequired[int]
    back_dropped: NotRequired[int]
    no_number: NotRequired[int]
    median: NotRequired[float | None]
    longest: NotRequired[float | None]


class DayFigures(TypedDict):
    day: str
    figures: Lines


class HourFigures(TypedDict):
    hour: int
    figures: Lines


class LineFigures(TypedDict):
    line: str
    desk: str
    figures: Lines


class LinkAnswer(TypedDict):
    code: str
    protected: bool
    """There is another way: it fails only if all of them do."""


class LogFacts(TypedDict):
    """The newest signature over the log of all histories when the report was made; ``root`` in base64."""

    address: NotRequired[str]
    size: NotRequired[int]
    root: NotRequired[str]
    note: NotRequired[str]
    at: NotRequired[str]


type Membership = Literal["behind", "joined", "left"]


type MessageState = Literal["new", "waiting", "filed", "done"]


type Moment = Literal[
    "call_waiting",
    "call_answered",
    "call_abandoned",
    "caller_reached",
    "request_received",
    "registered",
    "attached",
    "dismissed",
    "assigned",
    "group_changed",
    "details_updated",
    "noted",
    "news_sent",
    "tested",
    "diagnosed",
    "cause_corrected",
    "plan_changed",
    "recovered",
    "dispatch_decided",
    "dispatch_agreed",
    "departed",
    "arrived",
    "permit_cleared",
    "blocked",
    "decision_set",
    "visit_resumed",
    "dispatch_changed",
    "crew_changed",
    "permit_letter_sent",
    "parts_used",
    "visit_signed",
    "left_site",
    "file_added",
    "file_shown",
    "file_withdrawn",
    "texts_erased",
    "case_linked",
    "case_unlinked",
    "outage_joined",
    "outage_left",
    "work_linked",
    "band_changed",
    "restored",
    "confirmation_tried",
    "confirmed",
    "flapped",
    "stabilised",
    "relapsed",
    "closed",
    "report_checked",
    "cancelled",
    "wait_started",
    "wait_ended",
    "breached",
    "breach_redated",
    "breach_lifted",
    "admin_taken",
    "admin_desk_opened",
    "admin_answered",
    "admin_solved",
    "transferred",
    "wait_corrected",
    "third_party_promised",
    "carrier_ticket_opened",
    "carrier_asked",
    "carrier_wrote",
    "carrier_ticket_changed",
    "contested",
    "late_explained",
    "ruled",
    "calendar_changed",
    "escalated",
    "paged",
    "level_informed",
    "level_skipped",
    "page_failed",
    "call_owed",
    "call_made",
    "acknowledged",
    "passed_on",
    "moved",
    "message_received",
    "notice_failed",
    "notice_resent",
    "notice_withdrawn",
    "voice_owed",
    "voice_told",
    "voice_agreed",
    "escalation_ended",
    "former_opened",
    "former_noted",
    "former_closed",
    "former_cancelled",
]
"""
What can happen to a call or a case. Every case event is one of these; clocks start and stop at them.

A procedure names a moment alone (``arrived``) or with its variant (``diagnosed/visit``).
"""


class Named(TypedDict):
    """Another thing, by its id and name."""

    id: int
    name: str


class ByWordRow(TypedDict):
    """What was confirmed by word alone in a night (P5 D)."""

    case: int
    company: Named
    confirmed_by: str
    position: str
    phone: str
    engineer: str
    at: str
    denied_at: str | None
    """A contact said that it is not so."""
    stands_until: str | None
    """Until when one may say so; null: no longer."""


class ByWordAnswer(TypedDict):
    day: str
    items: list[ByWordRow]
    """At most 200."""


class CallAnswer(TypedDict):
    """A call as it stands. Hours are ISO 8601 with the operator's zone."""

    id: int
    state: str
    """waiting, on_the_line, call_back, to_register, over or in_menu."""
    from_number: str
    """E.164; empty where the number is hidden."""
    from_name: str
    dialled: str
    line: str
    desk: str
    """The desk that has it now."""
    company: Named | None
    contact: Named | None
    case: int | None
    """The number of the case that it became, or belongs to."""
    after_hours: bool
    measure: str
    """How its hours are known: hand, exchange, receipt, log or gap."""
    answered_by: Named | None
    answered_as: str
    left_as: str
    settled_as: str
    arrived_at: str
    waiting_at: str | None
    answered_at: str | None
    abandoned_at: str | None
    reached_at: str | None
    ended_at: str | None
    settled_at: str | None
    next_due_at: str | None


class CarrierTicketAnswer(TypedDict):
    """Our ticket at a carrier for one case, as the carrier last said it. Hours have the operator's offset."""

    id: int
    reference: str
    """Our own, in the subject of each mail to the carrier."""
    number: str
    """The carrier's own; empty until it has given one."""
    case: int
    """Its number."""
    carrier: Named
    circuit: str
    state: str
    """A status of TMF621: acknowledged, inProgress, pending, held, resolved, closed or cancelled."""
    waits: bool
    """The customer's clock stands still for it now (W1)."""
    opened_at: str | None
    wanted_at: str | None
    """Until when restoration was asked for."""
    promise_at: str | None
    """The carrier's promise that holds now."""
    first_promise_at: str | None
    answered_at: str | None
    restored_at: str | None
    closed_at: str | None
    reopened: int
    """How often."""
    unread_since: str | None
    """It has answered by mail, and nobody has taken down what it says."""


class ContactAnswer(TypedDict):
    """A person of a company. Telephones are E.164, ways are tried in their order."""

    id: int
    company: Named
    title: str
    name: str
    position: str
    language: str
    email: str
    email_independent: bool
    """This mailbox is read without the company's own service."""
    phones: list[str]
    way_voice: list[str]
    way_sms: list[str]
    way_whatsapp: list[str]
    way_mail: list[str]
    ways_depending: list[str]
    """Kinds of ways that stop when the company's service does."""
    told: list[str]
    """The topics that this person is written about."""
    kinds: list[str]
    """The kinds of case that this person is written about."""
    administers: bool
    active: bool


class ContactChangeAnswer(TypedDict):
    """What a company's people have changed of a contact, or (kind asked) a new person who waits for a yes."""

    id: int
    kind: str
    """asked or changed."""
    company: Named
    by: Named
    contact: Named | None
    """Whom it is about."""
    case: int | None
    fields: dict[str, Any]
    """Of the new person, where one is asked for."""
    at: str


class CrewMemberAnswer(TypedDict):
    """A person of a crew. The identity document is for the permit letter, and is not given out here."""

    id: int
    crew: Named
    staff: Named | None
    """The account, where this person has one."""
    name: str
    phone: str
    active: bool


class ElementAnswer(TypedDict):
    """What many services run over: a node, a route, a carrier."""

    id: int
    code: str
    name: str
    kind: str
    city: Named | None
    public_name: dict[str, str]
    """As customers read it, by language; empty: its kind and city."""
    above: list[LinkAnswer]
    """What it hangs on."""
    services: int
    """How many services end there."""
    active: bool


class GroupAnswer(TypedDict):
    """A group to which cases are passed. `held` and `late` count to 100."""

    id: int
    name: str
    names: dict[str, str]
    """By language."""
    target_seconds: int | None
    """For how long it may hold a case; null: no target."""
    members: list[Named]
    active: bool
    held: int
    """Open cases that it has now."""
    late: int
    """Of these, past its target."""


class GroupRow(TypedDict):
    """How long a resolver group held cases in a month. Lengths are seconds."""

    group: Named
    holds: int
    cases: int
    total: int
    median: int
    with_target: int
    late: int
    """Of those with a target, past it."""


class GroupMonths(TypedDict):
    month: str
    items: list[GroupRow]


class HandoverAnswer(TypedDict):
    """A hand-over, signed by who came in."""

    id: int
    due_at: str
    """The change of shift that it belongs to."""
    signed_at: str
    outgoing: Named | None
    incoming: Named | None
    note: str


class HoldAnswer(TypedDict):
    """An open case that the group has."""

    id: int
    case: int
    """Its number."""
    company: Named
    subject: str
    since: str
    due_at: str | None
    """The end of the group's target."""


class LateRow(TypedDict):
    """A case that was late, of which nobody has said why (`cases.explain_delay`)."""

    case: int
    company: Named
    subject: str
    broke_at: str
    assigned: Named | None
    outage: bool
    """It is part of a mass outage: one answer is for all of them."""


class LateAnswer(TypedDict):
    items: list[LateRow]
    """At most 100, the newest breach first."""
    more: bool


class LineAnswer(TypedDict):
    """An open case of a hand-over, as it stood when it was signed."""

    case: int
    company: Named
    next_step: str
    clock: str
    """The kind of the promise that would break first."""
    due_at: str | None
    was: Named | None
    """Who answered for it before."""
    responsible: Named | None


class MailAnswer(TypedDict):
    """One mail that arrived. `written_request` is the report that it opened."""

    id: int
    state: str
    """new, waiting, filed or done."""
    kind: str
    reason: str
    """Why it waits, or what became of it, as a code."""
    desk: str
    """Whose mailbox it arrived in."""
    from_address: str
    from_name: str
    sender_proof: str
    """proven, unproven, failed or spam; empty: not checked."""
    subject: str
    text: str
    """What this person wrote, without what is quoted below it."""
    company: Named | None
    contact: Named | None
    case: int | None
    written_request: int | None
    received_at: str
    settled_at: str | None
    held_back: bool
    """It waits for nothing but its sender: take it in, or dismiss it."""


class MemberAnswer(TypedDict):
    """A service behind an outage, and the case that speaks for it."""

    id: int
    service: Named
    """Its circuit."""
    site: Named
    company: Named
    state: str
    case: int | None
    """The number of its case."""
    joined_at: str | None
    restored_at: str | None
    left_at: str | None
    why_left: str


class NewsAnswer(TypedDict):
    """What was said of an outage, once, to all. `told`: to how many cases it was written."""

    id: int
    at: str
    by: Named | None
    """null: Guardia itself."""
    moment: str
    """declared, news, diagnosed, restored, relapsed or ended."""
    words: dict[str, str]
    """By language."""
    forecast_at: str | None
    told: int


class NextStep(TypedDict):
    """The clock after which the escalation moves on."""

    clock: str
    """acknowledgement, movement or call_task."""
    due_at: str


class EscalationAnswer(TypedDict):
    """Who must answer for a case now."""

    id: int
    case: int
    """The number of its case."""
    company: Named
    ordinal: int
    """1 for the first one of the case."""
    source: str
    """breach, engineer, customer or received."""
    clock: str
    """The kind of the promise that it stands on."""
    level: int
    """The highest level that was paged; 0: nobody yet."""
    began_at: str
    paged_at: str | None
    acknowledged_at: str | None
    acknowledged_by: Named | None
    commands: bool
    """Who acknowledged has taken command."""
    joined: int | None
    """The case in which it is paged together with this one."""
    next_step: NextStep | None
    ended_at: str | None


class NightAnswer(TypedDict):
    """The one number for nights, weekends and rest days (E5)."""

    clause: str
    number: str
    """As it is dialled."""
    address: str
    """As the procedure writes it, and who_answers.dialled asks for it."""
    is_now: bool


class NotTaken(TypedDict):
    """A file that was sent and not taken, with the reason."""

    name: str
    why: str


class Added(TypedDict):
    files: list[FileAnswer]
    refused: list[NotTaken]


class NoticeAnswer(TypedDict):
    """What one person is owed about one event of the case: a letter to a contact, or a page to our own people."""

    id: int
    kind: str
    """Of the event."""
    variant: str
    clause: str
    contact: Named | None
    staff: Named | None
    language: str
    state: str
    reason: str
    """Why it is suppressed."""
    owed_at: str
    deliveries: list[DeliveryAnswer]
    can: str | None
    """What can still be done: send_again, take_back, or nothing."""


type NoticeState = Literal["owed", "packed", "sent", "failed", "suppressed", "held"]


class OnDuty(TypedDict):
    """Somebody who holds a level now."""

    id: int
    name: str
    position: str
    mobile: str
    desk_phone: str
    email: str
    until: str | None
    """null: nothing changes within a fortnight."""
    is_cover: bool


class LevelAnswer(TypedDict):
    """A level of the matrix (E2 to E4), with who holds it and its own telephone."""

    level: int
    clause: str
    name: str
    role: str
    phone: str
    phone_name: str
    persons: list[OnDuty]


class OnShift(TypedDict):
    person: Named
    since: str


class OneRuling(TypedDict):
    wait: int
    """Its id, as the case's waits have it."""
    ruling: Literal["upheld", "rejected"]
    """upheld: the objection is right, and the stop is void."""
    reasons: str


class OutageAnswer(TypedDict):
    """A mass outage as it stands. `number` names it in every address, also as AM-0042."""

    number: int
    display_number: str
    name: str
    public_name: dict[str, str]
    """As customers read it, by language."""
    state: str
    origin: str
    impact: str
    element: str | None
    """Code of the element that failed."""
    site: Named | None
    work: str | None
    """The planned work that it came of, such as TP-0042."""
    behind: Behind
    cause: str
    plan: str
    solution: str
    started_at: str
    proposed_at: str | None
    declared_at: str | None
    declared_by: Named | None
    leads: Named | None
    forecast_at: str | None
    """When it is expected back (ETR)."""
    restored_at: str | None
    ended_at: str | None
    why_dismissed: str
    last_news_at: str | None
    next_news_due_at: str | None
    is_public: bool
    """It stands on the public status page."""


class OutageDone(TypedDict):
    """The outage after an act, and the desk's own sentence about it."""

    outage: OutageAnswer
    words: str


type OutageState = Literal["proposed", "declared", "restored", "ended", "dismissed"]


class PartCarried(TypedDict):
    """What a crew takes along, and from which store."""

    name: str
    quantity: int | float
    store: NotRequired[str]


class PartUsed(TypedDict):
    """What was put in at the site."""

    name: str
    quantity: int | float
    serial: NotRequired[str]


class PreviewLine(TypedDict):
    """What would become of one case, or why it is left out."""

    number: int
    seq: int
    is_new: bool
    """false: it is so already."""
    told: list[str]
    """Who would get a letter."""
    refusal: str


class Preview(TypedDict):
    lines: list[PreviewLine]


class ProbesAnswer(TypedDict):
    """How many targets of the service are being tested; each result comes as a test of the case."""

    targets: int


class ProcedureAnswer(TypedDict):
    """A version with all that it promises."""

    number: int
    code: str
    title: str
    sha256: str
    """Of its canonical document; it is printed with it."""
    published_at: str
    effective_at: str
    document: dict[str, Any]
    """Stages, targets, notices, bands, levels and hours, as data."""


class Promise(TypedDict):
    """The promise of a case that breaks first."""

    clock: str
    """The kind of clock, such as diagnosis."""
    due_at: str
    """ISO 8601 with the zone of the site."""


class CaseAnswer(TypedDict):
    """A case as it stands. `number` names it in every address; `seq` is the number of its last event."""

    number: int
    display_number: str
    desk: str
    stage: str
    status: str
    """Of a trouble ticket (TMF621)."""
    impact: str
    company: Named
    site: Named | None
    service: Named | None
    """Its circuit."""
    assigned: Named | None
    subject: str
    symptoms: str
    cause: str
    plan: str
    solution: str
    reporter_name: str
    call_back_number: str
    customer_reference: str
    carrier_reference: str
    zone: str
    opened_at: str
    restored_at: str | None
    closed_at: str | None
    waiting_since: str | None
    next_promise: Promise | None
    escalated_level: int
    """Of the open escalation (E2 to E4); 0: none is open."""
    seq: int
    head_hash: str
    """Hash of its last event, hexadecimal; each notice bears its first half."""


class CompanyCase(TypedDict):
    """A case as its company sees it in the portal. What is internal is not in it."""

    number: int
    display_number: str
    desk: str
    stage: str
    status: str
    """Of a trouble ticket (TMF621)."""
    impact: str
    company: Named
    site: Named | None
    service: Named | None
    """Its circuit."""
    subject: str
    symptoms: str
    cause: str
    """Empty until it is known."""
    cause_is_probable: bool
    plan: str
    answer: str
    solution: str
    prevention: str
    confirmed_by: str
    needs_confirmation: bool
    """The company is to confirm that it works (P5): cases.confirm."""
    customer_reference: str
    zone: str
    opened_at: str
    restored_at: str | None
    closed_at: str | None
    waiting_since: str | None
    next_promise: Promise | None
    escalated_level: int
    """Of the open escalation (E2 to E4); 0: none is open."""
    seq: int


class CompanyDone(TypedDict):
    """The case after an act, and the event that it wrote; no event where it was done before."""

    case: CompanyCase
    event_seq: int | None
    """The number of the event in the case's history."""
    event_kind: str | None


class Done(TypedDict):
    """The case after an act, and the event that it wrote; no event where it was done before (§4.9: a repeat)."""

    case: CaseAnswer
    event_seq: int | None
    """The number of the event in the case's history."""
    event_kind: str | None


class PromiseFacts(TypedDict):
    """One kind of promise of the month. Times leave waits out."""

    kind: str
    kept: int
    breached: int
    target_from: int | None
    target_to: int | None
    median: int | None
    worst: int | None


class ReceptionAnswer(TypedDict):
    """How the lines were answered in a day, a week or a month. Waits are seconds."""

    length: str
    first: str
    after: str
    """The first day that is no longer in it."""
    total: Lines
    by_line: list[LineFigures]
    by_day: list[DayFigures]
    by_hour: list[HourFigures]


class ReportAnswer(TypedDict):
    """What a crew's telephone sent and no rule could take."""

    id: int
    case: int
    """The number of its case."""
    visit: int
    kind: str
    by: str
    happened_at: str
    received_at: str
    refused: str
    """Why no rule could take it."""
    settled_at: str | None


class RequestFacts(TypedDict):
    """
    A request of sales or billing, or a formal complaint (A3): what was promised of it, and how long it took.

    A target of 0 promises nothing of that kind; ``taken`` is None while it is owed. ``state`` is running, kept,
    breached or dropped. Lengths are of the hours in which its desk is open, a complaint's solution excepted.
    """

    number: str
    subject: str
    is_complaint: bool
    opened_at: str
    closed_at: str
    answer_target: int
    answer_taken: int | None
    answer_state: str
    solution_target: int
    solution_taken: int | None
    solution_state: str


type RequestStage = Literal["taken", "answered", "solved"]
"""The three stages of an administrative request (A2, A3)."""


class RestDay(TypedDict):
    """A day that would have been worked but for the law or a decree."""

    day: str
    """ISO 8601."""
    name: str


ClockPart = TypedDict(
    "ClockPart",
    {
        "counts": Literal["runs", "waits", "closed"],
        "from": str,
        "to": str,
        "seconds": float,
        "waits": list[int],
        "excluded_clocks": list[str],
        "rest_days": list[RestDay],
    },
)


type Role = Literal[
    "engineer", "dispatcher", "technician", "supervisor", "sales", "billing", "quality", "administrator", "auditor"
]
"""What a person may do; the table of rights is policy.py."""


class Sent(TypedDict):
    month: str
    company: int
    recipients: int


class ServiceAnswer(TypedDict):
    """A circuit that a company pays for, and where it ends."""

    id: int
    company: Named
    site: Named
    circuit: str
    type: str
    capacity: str
    to_test: str
    active: bool
    provisional: bool
    moves_on: str | None
    """The day on which it passes to another company, ISO 8601."""
    moves_to: Named | None
    """The site of the other company."""
    moved_to: int | None
    """What it is of the other company since it has passed on."""


class ServiceFacts(TypedDict):
    """
    A service that was affected. ``percent`` has three decimals and a point; ``excluded`` was left out as agreed,
    ``in_work`` lies within planned work that was announced: beside the affected time, and not in it.
    """

    circuit: str
    site: str
    city: str
    percent: str
    down: int
    excluded: int
    cases: int
    in_work: NotRequired[int]


class Settled(TypedDict):
    id: int
    settled: bool


class ShareRow(TypedDict):
    """A case that affected the service in the month. Lengths are seconds."""

    case: int
    subject: str
    counted: int
    excluded: int
    in_work: int


class AvailabilityMonth(TypedDict):
    """A month of one service: of `whole` seconds it was affected `down`; what was left out stands beside it."""

    month: str
    start: str
    end: str
    percent: str
    """With three decimals."""
    whole: int
    down: int
    excluded: int
    in_work: int
    """Within planned work that was announced."""
    overlapping: int
    """What more than one case counts, and counts once."""
    cases: list[ShareRow]


class AvailabilityAnswer(TypedDict):
    service: Named
    company: Named
    months: list[AvailabilityMonth]
    """A year of them, the newest first."""


class ShiftAnswer(TypedDict):
    """The shift that runs at the technical desk (A1)."""

    at: str
    began_at: str
    ends_at: str
    people: list[OnShift]
    is_overdue: bool
    """A shift runs on beyond its change, and was not handed over."""
    is_deserted: bool
    """Nobody is there, and nobody is merely late."""


class SiteAnswer(TypedDict):
    """A place of a company. `band` and `zone` are those that hold: its own, or its city's."""

    id: int
    company: Named
    name: str
    address: str
    city: Named
    band: str
    zone: str
    own_band: str
    own_zone: str
    own_reason: str
    contact_on_site: str
    access_hours: str
    active: bool
    provisional: bool


class SiteFacts(TypedDict):
    """A site that failed again and again: how often within thirty days at its worst."""

    site: str
    city: str
    times: int
    numbers: list[str]


type Specialty = Literal["fibre", "radio", "equipment", "cabling", "power", "tower"]
"""What a fault may ask for at the site ("personal especializado", P4)."""


class StaffAnswer(TypedDict):
    id: int
    name: str
    position: str
    role: str
    active: bool
    on_shift_at: str | None
    """The desk at which this person is on shift now (A1); null: at none."""


type Stage = Literal["reception", "registration", "diagnosis", "execution", "verification", "stability", "closure"]
"""The seven stages of a technical incident, in the order of the procedure (P1 to P7)."""


type Status = Literal["acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled"]
"""The status of a trouble ticket (TMF621). Which kind of event brings which stands in ``events.kinds``."""


class TargetAnswer(TypedDict):
    """What is tested of a service, and what counts as good. `pinned` is the address that the name had when written."""

    id: int
    company: Named
    service: Named
    kind: str
    address: str
    pinned: str
    port: int | None
    asks: str
    expects: str
    max_loss: int
    """Per cent of the samples that may be lost."""
    max_ms: int | None
    """Milliseconds on average that are still good; null: any."""
    at_registration: bool
    active: bool


class TestAnswer(TypedDict):
    """A test of the service that is on record."""

    id: int
    stage: str
    """The stage of the case when it was noted."""
    name: str
    result: str
    verdict: str
    measured_at: str
    typed: bool
    """By a person, who read it elsewhere."""


class ThirdParty(TypedDict):
    """Whom a wait waits for."""

    name: str
    ticket: str
    contact: str
    next_promise_at: str | None


type Topic = Literal["registration", "diagnosis", "execution", "verification", "stability", "closure", "news", "waits"]
"""What a contact can be told about: the stages that owe a notice, and the news between them."""


class TouchedAnswer(TypedDict):
    """A service that a work touches or touched, and its company's answer."""

    id: int
    service: Named
    """Its circuit."""
    site: Named
    company: Named
    answer: str
    """agreed, objected, or empty."""
    answered_at: str | None
    answered_by: Named | None
    answer_words: str
    taken_out_at: str | None


class TurnAnswer(TypedDict):
    """What happened to a planned work. Never changed."""

    id: int
    at: str
    recorded_at: str
    by: Named | None
    """null: Guardia itself."""
    kind: str
    data: dict[str, Any]


class VersionAnswer(TypedDict):
    """A published version of the procedure. It is never changed."""

    number: int
    code: str
    title: str
    sha256: str
    """Of its canonical document; it is printed with it."""
    published_at: str
    effective_at: str


class VisitAnswer(TypedDict):
    """A visit to a site, as plain facts with their hours (P4.1 to P4.4)."""

    id: int
    case: int
    """The number of its case."""
    company: Named
    site: Named | None
    crew: Named | None
    specialty: str
    decided_at: str
    agreed_at: str | None
    agreed_by_operator: str
    agreed_by_customer: str
    site_contact: str
    access: str
    forecast_from: str | None
    """The hours for which it was agreed."""
    forecast_to: str | None
    departed_at: str | None
    arrived_at: str | None
    permit_cleared_at: str | None
    permit_letter_at: str | None
    blocked_at: str | None
    condition: str
    """The named condition that holds it up."""
    next_decision_at: str | None
    restored_at: str | None
    left_at: str | None
    ended_at: str | None
    outcome: str
    plate: str
    tools: str
    parts: list[PartCarried]
    parts_used: list[PartUsed]
    signed_at: str | None
    signed_by: str
    signed_position: str


class WaitAnswer(TypedDict):
    """A stop of clocks for a named cause (P D), and the customer's objection to it with its ruling (P7 D)."""

    id: int
    cause: str
    clocks: list[str]
    """Kinds of the clocks that stand still."""
    asked_by: str
    reason: str
    proof: str
    party: str
    party_ticket: str
    party_contact: str
    party_promise_at: str | None
    started_at: str
    ended_at: str | None
    contested_at: str | None
    contested_by: str
    contest_reason: str
    ruled_at: str | None
    ruled_by: Named | None
    ruling: str
    """upheld: the objection is right, and the stop is void; rejected; or empty."""
    ruling_reasons: str


class ContestAnswer(TypedDict):
    """A stop to which a customer objects."""

    id: int
    """Of the wait."""
    case: int
    """The number of its case."""
    company: Named
    rule_by: str | None
    """By when it must be ruled on."""
    wait: WaitAnswer


class WaitCorrection(TypedDict):
    """What a wait was before it was corrected, and why it was."""

    at: str
    was_from: str | None
    was_to: str | None
    reason: str


class WaitFacts(TypedDict):
    """A stopped clock (W1). ``excluded``: seconds of this month that it leaves out; ``ruling``: upheld, rejected."""

    number: str
    cause: str
    party: str
    reason: str
    started_at: str
    ended_at: str
    excluded: int
    contested_at: str
    ruling: str
    ruling_reasons: str


class MonthFacts(TypedDict):
    """
    ``month`` as ``2026-10``; ``services`` counts all, ``affected`` are those that failed; ``percent`` is over all.

    ``left_off`` counts the rows beyond what a letter may carry. ``promises`` and ``late`` are of incidents alone; what
    sales and billing promised is ``request_promises`` (A3). What was made before a field was known lacks it, and is
    read with its default.
    """

    month: str
    company: str
    zone: str
    until: str
    lasts: bool
    opened: int
    closed: int
    open_at_end: int
    services: int
    percent: str
    down: int
    excluded: int
    escalations: int
    promises: list[PromiseFacts]
    late: list[BrokenPromiseFacts]
    affected: list[ServiceFacts]
    cases: list[CaseFacts]
    waits: list[WaitFacts]
    sites: list[SiteFacts]
    left_off: int
    operator: NotRequired[str]
    duplicates: NotRequired[int]
    withdrawn: NotRequired[int]
    asked: NotRequired[CountFacts]
    complained: NotRequired[CountFacts]
    requests: NotRequired[list[RequestFacts]]
    request_promises: NotRequired[list[PromiseFacts]]
    in_work: NotRequired[int]
    log: NotRequired[LogFacts]
    courses: NotRequired[list[CourseFacts]]


class WaitObjection(TypedDict):
    """What the customer objected to a wait."""

    at: str
    by: str
    words: str


class WaitRuling(TypedDict):
    """How an objection was ruled on: upheld (it is right), rejected or in_part."""

    at: str
    ruling: str
    reasons: str


ClockWait = TypedDict(
    "ClockWait",
    {
        "id": int,
        "cause": str,
        "counts": bool,
        "clocks": list[str],
        "asked_by": str,
        "reason": str,
        "proof": str,
        "from": str,
        "to": str | None,
        "third_party": ThirdParty | None,
        "corrections": list[WaitCorrection],
        "objection": WaitObjection | None,
        "ruling": WaitRuling | None,
    },
)


class ClockAnswer(TypedDict):
    """A promise, running or ended, with the sum that leads to its hour. Lengths are seconds."""

    kind: str
    ordinal: int
    name: str
    clause: str
    state: Literal["running", "waiting", "breached", "kept", "dropped"]
    comparison: str
    started_at: str
    target_seconds: float | None
    calendar: str
    calendar_edition: int | None
    due_at: str | None
    waiting_since: str | None
    breached_at: str | None
    ended_at: str | None
    taken_seconds: float | None
    explained_until: str
    parts: list[ClockPart]
    waits: list[ClockWait]
    calendar_changes: list[CalendarShift]
    sentence: str
    explained: list[str]


class CallClocks(TypedDict):
    """The clocks of a call, running or ended; once it has become a case, those that the case has taken over."""

    call: int
    case: int | None
    zone: str
    at: str
    language: str
    clocks: list[ClockAnswer]


class ClocksAnswer(TypedDict):
    """The clocks of a case, running or ended, each with the sum that leads to its hour (docs/api.md)."""

    case: int
    case_words: str
    status: str
    zone: str
    at: str
    language: str
    clocks: list[ClockAnswer]


class WarningsAnswer(TypedDict):
    """What to think of before a work is announced, as its page says it."""

    warnings: list[str]
    needs_reason: bool
    """It would be announced later than promised, which asks for a reason."""


class WhoAnswers(TypedDict):
    at: str
    procedure_version: int
    levels: list[LevelAnswer]
    night: NightAnswer


class WholeArticle(TypedDict):
    """An article with its texts by language."""

    number: int
    display_number: str
    state: str
    title: str
    """In the language of `Accept-Language`, else in that of the installation."""
    language: str
    """In which the title stands."""
    causes: list[str]
    kinds: list[str]
    """Kinds of element at which such a fault is found."""
    for_customers: bool
    """Customers may read it once it is published."""
    edition: int
    waits: bool
    """A newer edition than the published one waits to be published."""
    changed_at: str
    cases: int
    """In how many cases it was used."""
    helped: int
    failed: int
    texts: dict[str, dict[str, str]]


class WholeHandover(TypedDict):
    id: int
    due_at: str
    """The change of shift that it belongs to."""
    signed_at: str
    outgoing: Named | None
    incoming: Named | None
    note: str
    lines: list[LineAnswer]


class WorkAnswer(TypedDict):
    """A planned work as it stands. `number` names it in every address, also as TP-0042."""

    number: int
    display_number: str
    name: str
    public_name: dict[str, str]
    """What is done, as customers read it, by language."""
    state: str
    element: str | None
    """Code of the element whose services it touches."""
    carrier: str
    carrier_reference: str
    zone: str
    starts_at: str
    ends_at: str
    without_service_seconds: int | None
    """Within the window; null: all of it."""
    notice_seconds: int
    """So long before the start the companies must have been told."""
    again_seconds: int
    """And once more so long before it; 0: not again."""
    needs_agreement: bool
    is_public: bool
    services: int
    companies: int
    agreed: int
    """Companies that agreed."""
    objected: int
    """Companies that objected."""
    created_at: str
    created_by: Named
    announced_at: str | None
    short_notice_reason: str
    reminded_at: str | None
    started_at: str | None
    overran_at: str | None
    ended_at: str | None
    why_cancelled: str


type WorkState = Literal["draft", "announced", "under_way", "ended", "cancelled"]


class WrittenRequestAnswer(TypedDict):
    """A report in writing: by mail, by the portal or at an office. Its number is owed since it arrived."""

    id: int
    way: str
    """mail, portal or office."""
    desk: str
    company: Named | None
    contact: Named | None
    case: int | None
    subject: str
    text: str
    office: str
    """The city of the office that stamped it (A4)."""
    received_at: str
    settled_at: str | None
    settled_as: str
    next_due_at: str | None
