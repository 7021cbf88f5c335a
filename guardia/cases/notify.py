"""Which notices an event owes (P2, P3, P5, P6, P7, P4's news, E's pages): one per event and person, written with
it.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any

from guardia.cases import arrays
from guardia.cases.arrays import Statement
from guardia.cases.desk_hours import kind_of
from guardia.cases.facts import Known, LookedUp, facts_of, note_facts, page_facts
from guardia.cases.links import also_reported
from guardia.clocks.fold import Fold
from guardia.config.sql_rows import columns_of, object_of, rows_of
from guardia.customers.contact import Contact
from guardia.customers.lookup import add_ways
from guardia.events.kinds import KINDS, TO_OUR_OWN, Urgency
from guardia.field.crew import CrewMember
from guardia.field.visit import Outcome, Visit, parts_in_a_line
from guardia.notices import holding, own_words
from guardia.notices.notice import NoticeState
from guardia.notices.recipients import reason_not_told
from guardia.people.staff import OF_THE_SIGN_IN, Staff
from guardia.procedure import version
from guardia.procedure.rules import NoticeRule
from guardia.procedure.vocabulary import MAY_BE_OUT, CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import Recorded

NOBODY = "nobody"
"""What an event says in its data where the operator decided that no company is told of it."""
AT_ONCE = 5_000
"""Notices of one statement: few enough that PostgreSQL need not wait for the last of a storm to be said."""
COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "event_id": "bigint",
    "contact_id": "bigint",
    "staff_id": "bigint",
    "moment": "text",
    "variant": "text",
    "clause": "text",
    "language": "text",
    "facts": "jsonb",
    "template_version": "smallint",
    "wording_id": "bigint",
    "urgency": "smallint",
    "state": "text",
    "reason": "text",
    "owed_at": "timestamptz",
}

_NAMES = ", ".join(COLUMNS)
_ARRAYS = ", ".join(f"%s::{'int' if name == 'facts' else kind}[]" for name, kind in COLUMNS.items())
INSERT = f"""
    INSERT INTO notice ({_NAMES}) SELECT {_NAMES.replace("facts", "facts.said")}
    FROM unnest({_ARRAYS}) WITH ORDINALITY AS one({_NAMES.replace("facts", "facts_at")}, turn)
    JOIN unnest(%s::jsonb[]) WITH ORDINALITY AS facts(said, at) ON facts.at = one.facts_at ORDER BY one.turn
"""


class People:
    """The contacts of companies, each company read once for all that follows from one record."""

    def __init__(self) -> None:
        self._found: dict[int, list[Contact]] = {}

    def of(self, customer_ids: set[int]) -> Mapping[int, list[Contact]]:
        """Further ways are known of those alone who have no mailbox: of all others none need be looked at."""
        return self._read(customer_ids, lambda contact: not contact.email)

    def with_ways(self, customer_ids: set[int]) -> Mapping[int, list[Contact]]:
        """The same with the further ways of everybody."""
        return self._read(customer_ids, lambda contact: True)

    def _read(self, customer_ids: set[int], may_need_ways: Callable[[Contact], bool]) -> Mapping[int, list[Contact]]:
        if new := customer_ids - self._found.keys():
            self._found |= {customer_id: [] for customer_id in new}
            for row in rows_of(CONTACTS, [sorted(new)]):
                values = iter(row)
                contact = object_of(Contact, values)
                contact.follows, contact.has_ways = next(values), next(values)  # type: ignore[attr-defined]
                self._found[contact.customer_id].append(contact)
        of_these = [one for customer_id in customer_ids for one in self._found[customer_id] if may_need_ways(one)]
        add_ways(of_these, have_ways=any(one.has_ways for one in of_these))  # type: ignore[attr-defined]
        return self._found


class Owed:
    """What these events owe to each person. What cannot be sent is written too, with its reason.

    All that the letters tell is read and said as it is made: nothing is asked while the statements are on their way.
    """

    def __init__(
        self, events: Sequence["Recorded"], folds: Mapping[int, Fold], now: datetime, read_before: People
    ) -> None:
        self.events, self.folds, self.now = events, folds, now
        owing = [(event, rule, kind) for event in events for rule, kind in [owed_by(event)] if rule]
        told = {event.id for event, *_ in owing}
        self.looked_up = LookedUp([e for e in events if e.id in told or concerns(e)])
        self.untold = holding.untold({event.case.pk: event.case for event in events}.values())
        self.contacts = read_before.of({event.case.customer_id for event, *_ in owing})
        self.wordings = own_words.in_force({(event.moment, event.variant) for event, *_ in owing})
        self.also = also_reported(pk for pk in {event.case.pk for event, *_ in owing} if goes_on(folds[pk]))
        self.rows = [
            (event.case.pk, row)
            for event, rule, kind in owing
            for row in self._about(event, rule, kind, self._facts(event))
        ]
        self.counts = Counter(pk for pk, _row in self.rows)
        """How many notices there are for the company's people, by the id of the case."""

    def _facts(self, event: "Recorded") -> str:
        return json.dumps(facts_of(event, self.folds[event.case.pk], self.looked_up), ensure_ascii=False)

    def to_contacts(self) -> Iterator[Statement]:
        """What writes the notices of the companies' people, some thousands at a time."""
        for some in batched((row for _case, row in self.rows), AT_ONCE):
            yield from _inserting(some)

    def _about(self, event: "Recorded", rule: NoticeRule, kind: CaseKind, facts: str) -> Iterator[tuple]:
        case = event.case
        for contact in self.contacts.get(case.customer_id, ()):
            follows = case.pk in contact.follows  # type: ignore[attr-defined]
            reported_too = self.also.get(case.pk, ())
            reason = reason_not_told(contact, rule, case.reporter_id, kind, reported_too, follows=follows)
            if reason != "not_told":
                wording = self.wordings.get(event.moment, event.variant, contact.language)
                about = (contact.pk, None, rule.clause, contact.language, facts, reason)
                yield _row(event, *about, self.now, self.untold, wording)

    def owe_to_the_operator(self) -> None:
        """Write the pages, what the crews are told and who is named in a note: they count what has been written."""
        rows = [
            *self._to_staff(),
            *self._to_crews(),
            *self._to_named(),
        ]
        arrays.do(_inserting(rows))

    def _to_staff(self) -> Iterator[tuple]:
        """E: whoever is paged, and at the end all who were."""
        owing = [event for event in self.events if event.moment in TO_OUR_OWN and not event.data.get("received")]
        known = Known.about(owing)
        for event in owing:
            facts = json.dumps(page_facts(event, self.folds[event.case.pk], known), ensure_ascii=False)
            for staff in (known.people[pk] for pk in event.data["staff"]):
                reason = "" if staff.has_a_way else "no_address"
                about = (None, staff.pk, page_clause(event), staff.language, facts, reason)
                yield _row(event, *about, self.now, self.untold)

    def _to_crews(self) -> Iterator[tuple]:
        """P4: whoever is to go."""
        over = called_off(self.events)
        for event in self.events:
            for staff, is_over in people_of(event, over):
                facts = {**facts_of(event, self.folds[event.case.pk], self.looked_up), **crew_facts(event, is_over)}
                about = (None, staff.pk, CLAUSE, staff.language, json.dumps(facts, ensure_ascii=False), "")
                yield _row(event, *about, self.now, self.untold)

    def _to_named(self) -> Iterator[tuple]:
        """Whom a note names with ``@``, but for its author: nobody is woken for it, so it is no page."""
        notes = [event for event in self.events if event.moment == Moment.NOTED and event.data.get("staff")]
        ids = {pk for event in notes for pk in (event.by.id, *event.data["staff"])}
        people = Staff.objects.defer(*OF_THE_SIGN_IN).in_bulk(ids) if ids else {}
        for event in notes:
            author = people.get(event.by.id or 0)
            facts = json.dumps(note_facts(event, author.name if author else ""), ensure_ascii=False)
            for staff in (people[pk] for pk in event.data["staff"]):
                about = (None, staff.pk, "", staff.language, facts, "" if staff.has_a_way else "no_address")
                yield _row(event, *about, self.now, self.untold)


def _inserting(rows: Sequence[tuple]) -> Iterator[Statement]:
    """The facts of an event go over once, whatever the number of those who are told: they are most of a notice."""
    place, facts = list(COLUMNS).index("facts"), dict[str, int]()
    told = [(*row[:place], facts.setdefault(row[place], len(facts) + 1), *row[place + 1 :]) for row in rows]
    if told:
        kinds = [*COLUMNS.values()]
        kinds[place] = "int"
        yield INSERT, [*arrays.literals(kinds, told), arrays.literal("jsonb", facts)]


def goes_on(fold: Fold) -> bool:
    """Whether a duplicate has ended in favour of this case: then, and only then, others follow it too."""
    return any(one.moment == Moment.CASE_LINKED and one.data.get("goes_on") for one in fold.past)


def _row(
    event: "Recorded",
    contact_id: int | None,
    staff_id: int | None,
    clause: str,
    language: str,
    facts: str,
    reason: str,
    now: datetime,
    untold: Collection[int],
    wording: int | None = None,
) -> tuple:
    """``untold``: the cases that tell nobody any more (``holding.untold``)."""
    owner = (event.case.customer_id, event.case.pk, event.id, contact_id, staff_id)
    state = NoticeState.SUPPRESSED if reason else NoticeState.OWED
    if not reason and event.case.pk in untold:
        state, reason = NoticeState.HELD, holding.REASON
    urgency = urgency_of(event.case, event.moment)
    return (*owner, event.moment, event.variant, clause, language, facts, 1, wording, urgency, state, reason, now)


def page_clause(event: "Recorded") -> str:
    level = version.of(event.case.procedure_version_id).level(event.data["level"])
    return level.clause if level else "E"


def owed_by(event: "Recorded") -> tuple[NoticeRule | None, CaseKind]:
    """What the event owes, and for which kind of case people are told of it."""
    if event.data.get("passed_on") or event.data.get("told") == NOBODY:
        return None, kind_of(event.case.desk)  # a stop that ends since the case is passed on: that is what is told
    if event.moment == Moment.TRANSFERRED:
        return passed_on(event.case, event.data["from"], event.data["to"])
    return rule_for_moment(event.case, event.moment, event.variant), kind_of(event.case.desk)


def passed_on(case: "Case", came_from: str, to: str) -> tuple[NoticeRule | None, CaseKind]:
    """A3: that it came to the technical desk is told as its registration. Whoever follows incidents is told that one is
    over as such, where the case's version has that notice; else who reported is told.
    """
    if kind_of(to) == CaseKind.INCIDENT:
        return None, CaseKind.INCIDENT
    procedure = version.of(case.procedure_version_id)
    kinds = (kind_of(came_from), CaseKind.REQUEST)
    owed = ((rule, kind) for kind in kinds if (rule := procedure.notice_for(Moment.TRANSFERRED, None, kind)))
    return next(owed, (None, CaseKind.REQUEST))


def rule_for_moment(case: "Case", moment: str, variant: str = "") -> NoticeRule | None:
    """What this moment of this case owes to the customer, by the case's own version and kind; None: nothing."""
    return version.of(case.procedure_version_id).notice_for(moment, variant or None, kind_of(case.desk))


def configured(contacts: Iterable[Contact], rule: NoticeRule, case: "Case") -> list[Contact]:
    """Those of the company who are to be told, also where nothing can be sent to them; ``contacts`` of contacts_of."""
    kind = kind_of(case.desk)
    return [
        contact
        for contact in contacts
        if reason_not_told(contact, rule, case.reporter_id, kind, follows=case.pk in getattr(contact, "follows", ()))
        != "not_told"
    ]


def contacts_of(customer_ids: set[int]) -> Mapping[int, list[Contact]]:
    """The active contacts of these companies with their further ways, in two queries; ``follows`` are the cases of
    which each is told whatever else this person is told.
    """
    return People().with_ways(customer_ids)


# By hand, since every record asks it, and an outage of thousands of companies: one array, not a parameter for each.
CONTACTS = f"""
    SELECT {columns_of(Contact)}, ARRAY(SELECT case_id FROM case_follower WHERE contact_id = contact.id) AS follows,
           EXISTS (SELECT FROM contact_way WHERE contact_id = contact.id) AS has_ways
    FROM contact WHERE customer_id = ANY(%s) AND active ORDER BY id
"""


# Which people of the operator are told that a visit is theirs, is another than it was, or is theirs no more (P4).


TOLD = frozenset({Moment.DISPATCH_AGREED, Moment.DISPATCH_CHANGED, Moment.CREW_CHANGED})
CALLS_OFF = frozenset(
    {Moment.PLAN_CHANGED, Moment.DIAGNOSED, Moment.RECOVERED, Moment.CANCELLED, Moment.TRANSFERRED, Moment.RESTORED}
)
"""After these the case may go on without the visit that was agreed, or not at all: its crew need not drive on."""
CLAUSE = "P4"
type Key = tuple[int, datetime]


def concerns(event: "Recorded") -> bool:
    """Whether it may be told to a crew at all."""
    return event.moment in TOLD or event.moment in CALLS_OFF


def people_of(event: "Recorded", over: Mapping[Key, int | None]) -> Iterator[tuple[Staff, bool]]:
    """Whoever of the crew has an account and an address, each once; True for who has the visit no more.

    One question, and only where a visit has a crew: nothing else of a storm asks it. ``over`` of ``called_off``.
    """
    crew, before = crews_of(event, over)
    if not (crew or before):
        return
    crews = [pk for pk in (crew, before) if pk]
    theirs = CrewMember.objects.filter(crew__in=crews, active=True, staff__is_active=True, staff__is_machine=False)
    found = theirs.select_related("staff")
    comes = {each.staff_id: each.staff for each in found.order_by("pk") if each.crew_id == crew}
    leaves = {each.staff_id: each.staff for each in found.order_by("pk") if each.staff_id not in comes}
    for staff, is_over in (*((s, False) for s in comes.values()), *((s, True) for s in leaves.values())):
        if staff and staff.has_a_way:
            yield staff, is_over


def crews_of(event: "Recorded", over: Mapping[Key, int | None]) -> tuple[int | None, int | None]:
    """The crew that has the visit since this event, and the one that has it no more."""
    if event.moment in CALLS_OFF:
        return None, over.get((event.case.pk, event.occurred_at))
    if event.moment not in TOLD:
        return None, None
    return event.data.get("crew"), event.data.get("was" if event.moment == Moment.CREW_CHANGED else "crew_was")


def called_off(events: Sequence["Recorded"]) -> dict[Key, int | None]:
    """By case and hour, the crew of the agreed visit that ended with such an event, not by its work. Asked once."""
    cases = {event.case.pk for event in events if event.moment in CALLS_OFF}
    if not cases:
        return {}
    ended = Visit.objects.filter(case__in=cases, ended_at__isnull=False, outcome=Outcome.CALLED_OFF.value)
    rows = ended.exclude(agreed_at=None).order_by("pk").values_list("case", "ended_at", "crew")
    return {(case, at): crew for case, at, crew in rows if at}


def crew_facts(event: "Recorded", is_over: bool) -> dict[str, Any]:
    """What only the crew is told beside the facts of the notice: the street, what to carry, that it is over."""
    visit = Visit.objects.filter(pk=event.data.get("visit")).first()
    return {
        "for_the_crew": True,
        "is_over": is_over,
        "is_called_off": event.moment in CALLS_OFF,
        "address": event.case.site.address if event.case.site else "",
        "parts": parts_in_a_line(visit.parts, "store") if visit else "",
    }


# Which notice leaves first when thousands are owed at once (a storm): the lowest number.
#
# 0 a page to our own people, who may still change what is said next; 1 a service that is out: that we know of it, and
# the number (P2), since whoever hears nothing rings; 2 the service is back, gone again, or the case is over: it
# changes what the company does now; 3 any other news of a service that is out; 4 the registration of a service that
# works badly; that a request is taken, or passed to another desk (A3); 5 all else: it can wait for some minutes
# without harm.


def urgency_of(case: "Case", moment: str) -> int:
    """The turn of a notice of this moment, as the case stands after it; the lowest leaves first."""
    is_out = case.impact in MAY_BE_OUT and not case.restored_at
    said = KINDS[Moment(moment)].urgency
    if said == Urgency.OUR_OWN:
        return 0
    if moment == Moment.REGISTERED:
        return 1 if is_out else 4
    if moment in (Moment.ADMIN_TAKEN, Moment.TRANSFERRED):
        return 4
    if kind_of(case.desk) == CaseKind.REQUEST:
        return 5
    if said == Urgency.TURN:
        return 2
    return 3 if is_out else 5
