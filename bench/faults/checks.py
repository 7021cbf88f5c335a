"""What must be so afterwards. Each check names what is not, a line each; all read the database as its owner."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.faults.found import Found, rows
from bench.faults.journal import Kept
from bench.faults.mailserver import Arrival


@dataclass(frozen=True)
class Seen:
    """What was seen from outside: what the operator said, what arrived, how many letters may have come once more."""

    kept: Sequence[Kept]
    arrivals: Sequence[Arrival]
    allowed: int
    swept_at: datetime


# --- what was acknowledged --------------------------------------------------------------------------------------------


def lost(seen: Seen) -> list[str]:
    """Work that was acknowledged and is not there."""
    found = Found()
    return [f"{kept} is not there" for kept in seen.kept if not found.has(kept)]


def done_twice(seen: Seen) -> list[str]:
    """One act, two events: what a person or a telephone sent again was done again."""
    counted = {marker: Counter(moment for moment, _ in places) for marker, places in Found().rows.items()}
    return [f"{marker}: {times}" for marker, times in counted.items() if max(times.values()) > 1]


# --- what belongs together --------------------------------------------------------------------------------------------


def half_done(seen: Seen) -> list[str]:
    """An event without all that it owes, a file or a test without its event."""
    from guardia.cases import notify
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent
    from guardia.events.kinds import TO_OUR_OWN
    from guardia.field.crew import CrewMember
    from guardia.notices.notice import Notice

    told: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for event, contact, staff in Notice.objects.exclude(event=None).values_list("event", "contact", "staff"):
        told[event].add(("contact", contact) if contact else ("staff", staff))
    contacts = notify.contacts_of(set(Case.objects.values_list("customer_id", flat=True)))
    crews = defaultdict(set)
    for crew, staff in CrewMember.objects.exclude(staff=None).values_list("crew", "staff"):
        crews[crew].add(("staff", staff))
    wrong = []
    for event in CaseEvent.objects.select_related("case").order_by("pk"):
        rule, _ = notify.owed_by(event)  # type: ignore[arg-type]
        people = notify.configured(contacts[event.customer_id], rule, event.case) if rule else []
        owed = {("contact", person.pk) for person in people}
        if event.moment in TO_OUR_OWN and not event.data.get("received"):
            owed |= {("staff", pk) for pk in event.data["staff"]}
        if event.moment == "dispatch_agreed":
            owed |= crews[event.data["crew"]]
        if owed != told[event.pk]:
            has = sorted(told[event.pk])
            wrong.append(f"case {event.case.number}, event {event.seq} {event.moment}: owes {sorted(owed)}, has {has}")
    return wrong + apart()


def apart() -> list[str]:
    question = """
        SELECT c.number, '{moment}', count(DISTINCT e.id), count(DISTINCT r.id)
        FROM "case" c LEFT JOIN case_event e ON e.case_id = c.id AND e.moment = '{moment}'
        LEFT JOIN {table} r ON r.case_id = c.id
        GROUP BY c.number HAVING count(DISTINCT e.id) <> count(DISTINCT r.id)
    """
    pairs = (
        ("file_added", "case_file"),
        ("tested", "test_result"),
        ("registered", '(SELECT id, id AS case_id FROM "case")'),
    )
    return [str(row) for moment, table in pairs for row in rows(question.format(moment=moment, table=table))]


# --- notices ----------------------------------------------------------------------------------------------------------


def notices_lost(seen: Seen) -> list[str]:
    """Neither at the mail server nor suppressed where everybody sees it, with its reason."""
    arrived = {arrival.message_id for arrival in seen.arrivals}
    question = """
        SELECT n.id, n.moment, n.state, n.reason,
               coalesce(array_agg(d.message_id) FILTER (WHERE d.state = 'accepted'), '{}')
        FROM notice n LEFT JOIN delivered_notice o ON o.notice_id = n.id LEFT JOIN delivery d ON d.id = o.delivery_id
        GROUP BY n.id
    """
    return [
        f"notice {pk} ({moment}) is {state} {reason}: {ids}"
        for pk, moment, state, reason, ids in rows(question)
        if not (reason if state == "suppressed" else state == "sent" and arrived & set(ids))
    ]


def notices_twice(seen: Seen) -> list[str]:
    """One notice in two letters to one address, or a letter that nobody owes."""
    question = """
        SELECT o.notice_id, d.address, count(*) FROM delivered_notice o JOIN delivery d ON d.id = o.delivery_id
        WHERE d.state = 'accepted' AND d.resend_of_id IS NULL GROUP BY 1, 2 HAVING count(*) > 1
    """
    known = {message_id for (message_id,) in rows("SELECT message_id FROM delivery")}
    strangers = {arrival.message_id for arrival in seen.arrivals} - known
    return [f"notice {pk} went to {address} {times} times" for pk, address, times in rows(question)] + [
        f"nobody owes {message_id}" for message_id in strangers
    ]


def repeats(seen: Seen) -> tuple[int, list[str]]:
    """How many letters came once more, and which of them did not say so; too many of them are a trouble as well."""
    times: Counter[str] = Counter()
    unmarked, again = [], 0
    for arrival in seen.arrivals:
        times[arrival.message_id] += 1
        if times[arrival.message_id] > 1:
            again += 1
            if not arrival.repeat:
                unmarked.append(f"{arrival.message_id} came again and does not say so")
    if again > seen.allowed:
        unmarked.append(f"{again} letters came again, at most {seen.allowed} may")
    return again, unmarked


# --- what is derived, what is proved ----------------------------------------------------------------------------------


def clocks(seen: Seen) -> list[str]:
    """A clock that is not what the events say, or a broken promise that the watch over the deadlines did not see."""
    from guardia.cases import on_record, rebuild
    from guardia.cases.case import Case
    from guardia.clocks.clock_state import unmarked_breaches
    from guardia.clocks.effects import effects_of
    from guardia.clocks.fold import Fold

    wrong = [f"{each.owner}, {each.what}: {', '.join(each.columns)}" for each in rebuild.rebuild()]
    cases = list(Case.objects.all())
    past = on_record.happenings_of([case.pk for case in cases])
    for case in cases:
        folded = Fold(effects_of(case.procedure_version_id)).apply_all(past.get(case.pk, ()))
        late = unmarked_breaches(folded.clocks.values(), seen.swept_at)
        wrong += [f"{case}: {clock.kind} fell due at {clock.fell_due_at}, nobody saw it" for clock in late]
    return wrong


def chains(seen: Seen) -> list[str]:
    from guardia.cases import chain

    return [f"{each.case} event {each.seq}: {each.what}" for each in chain.breaks()]


def files(seen: Seen) -> list[str]:
    from guardia.evidence import store
    from guardia.evidence.files import CaseFile

    return [
        f"file {each.pk} has not its bytes"
        for each in CaseFile.objects.filter(withdrawn_at=None)
        if store.digest(store.read(each.sha256) or b"") != each.sha256
    ]


CHECKS: dict[str, Callable[[Seen], Iterable[str]]] = {
    "lost": lost,
    "done twice": done_twice,
    "half done": half_done,
    "notices lost": notices_lost,
    "notices twice": notices_twice,
    "repeats": lambda seen: repeats(seen)[1],
    "clocks": clocks,
    "chains": chains,
    "files": files,
}


def all_wrong(seen: Seen) -> dict[str, list[str]]:
    """By the name of the check: what it found."""
    return {name: list(check(seen)) for name, check in CHECKS.items()}
