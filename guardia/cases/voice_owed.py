"""P D, round the dead link: what no way independent of the service carries is told by voice, one call at a time.

Asked by the ledger after every event, as the escalation is. Nobody of the company has a way that works without its
service: somebody on shift rings, for the news that `voice_course` names. Not answered, the next number and the next
person are rung; when all were, again after a while, until the news is told, it is confirmed that the service is back,
or the case is over. At the hour that the customer asked for, a call is owed whatever has changed (docs/adr/0058).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from guardia.cases.event import CaseEvent
from guardia.cases.notify import People, configured, rule_for_moment
from guardia.cases.voice_course import BEFORE, BREACHES_THAT_RING, Tried, VoiceCourse, impact_after
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact, WayKind
from guardia.notices.recipients import Marks, independent, marked
from guardia.procedure import version as versions
from guardia.procedure.rules import NoticeRule
from guardia.procedure.vocabulary import ClockKind, Impact, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import CaseLedger


# Whom of a company to ring, and by which number: who reported first, then the others who are told of it.


MOST = 12
CALL_BACK = 0
LONGEST_NAME = 80


@dataclass(frozen=True)
class Candidate:
    """A number that rings a person of the company. ``place`` 0 is the call-back number that was given in the report."""

    contact: Contact
    place: int
    number: str

    @property
    def key(self) -> Tried:
        return self.contact.pk, self.place

    @property
    def name(self) -> str:
        return str(self.contact)[:LONGEST_NAME]


def candidates(case: "Case", contacts: Sequence[Contact]) -> list[Candidate]:
    """In the order in which they are rung, each number once. ``contacts``: those who are told, ``ways`` prefetched.

    The call-back number counts only where who reported is one of them: nothing confidential goes to a stranger (P2 D).
    """
    found = [Candidate(contact, CALL_BACK, case.call_back_number) for contact in contacts if calls_back(case, contact)]
    first = sorted(contacts, key=lambda contact: (contact.pk != case.reporter_id, contact.pk))
    found += [Candidate(contact, place, number) for contact in first for place, number in enumerate(rings(contact), 1)]
    once: dict[str, Candidate] = {}
    for candidate in found:
        once.setdefault(candidate.number, candidate)
    return list(once.values())[:MOST]


def calls_back(case: "Case", contact: Contact) -> bool:
    return contact.pk == case.reporter_id and bool(case.call_back_number)


def rings(contact: Contact) -> list[str]:
    """The numbers named for a voice, then the contact's telephones."""
    return list(dict.fromkeys([*voices(contact), *contact.phones]))


def voices(contact: Contact) -> Iterable[str]:
    ways = [way for way in contact.ways.all() if way.kind == WayKind.VOICE and way.active]
    return (way.address for way in sorted(ways, key=lambda way: (way.position, way.pk or 0)))


WITHIN = timedelta(minutes=10)
"""Half of the shortest stage that has news (P3, 20 min): it is told before the next news can be due."""

PAUSES = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))
"""After all numbers were rung in vain; the last one again and again."""


def follow(ledgers: Sequence["CaseLedger"], now: datetime, read: People) -> None:
    """Append what must be told by voice next in these cases at ``now`` (UTC). Asks once for all of them."""
    asks = [(each, news) for each in ledgers if is_told_by_voice(each.case) and (news := news_to_tell(each))]
    silent = silent_in_outages([each.case for each, _ in asks])
    asks = [(each, news) for each, news in asks if each.case.pk not in silent]
    agreed = [each for each in ledgers if awaits_its_hour(each.voice) and each.case.is_open]
    if not (asks or agreed):
        return
    contacts = read.with_ways({each.case.customer_id for each in (*agreed, *(each for each, _ in asks))})
    marks = marked(contact for people in contacts.values() for contact in people)
    for each, (about, rule) in asks:
        people = configured(contacts.get(each.case.customer_id, ()), rule, each.case)
        if each.voice.unanswered:
            _again(each, people, rule, now)
        elif people and nobody_reached(each.voice, [*people, *deputies(each, contacts, about)], marks, about):
            _owe(each, about, people, rule, now)
    for each in agreed:
        if (told := rule_of_the_news(each.case)) and awaits_its_hour(each.voice):
            people = configured(contacts.get(each.case.customer_id, ()), told, each.case)
            if rings_again_for_it(each.voice):
                _again(each, people, told, now)
            else:
                _owe_at_the_hour(each, people, told, now)


def is_out(case: "Case") -> bool:
    """*Sin servicio*, and not restored: the company's mail may be gone with its link."""
    return case.is_open and case.impact == Impact.DOWN and not case.restored_at


def is_told_by_voice(case: "Case") -> bool:
    """Whether its news is told by voice where no other way carries it: while it is out, and that it is back until
    somebody has confirmed it (P5).
    """
    back = case.stage == Stage.VERIFICATION and case.is_open and case.impact == Impact.DOWN
    return is_out(case) or back


def awaits_its_hour(course: VoiceCourse) -> bool:
    """Whether the customer asked to be rung at an hour for which no call stands before the desk, nor an earlier one."""
    return course.agreed is not None and course.open is None


def rings_again_for_it(course: VoiceCourse) -> bool:
    """Whether nobody answered the call of the agreed hour."""
    return bool(course.agreed and course.unanswered and course.unanswered.about == course.agreed.seq)


def silent_in_outages(cases: Sequence["Case"]) -> set[int]:
    """Those of a mass outage that ring nobody: a company is rung once for it, in its oldest open case (ADR 27)."""
    of_one = [case for case in cases if case.part_of_id]
    if not of_one:
        return set()
    companies = {case.customer_id for case in of_one}
    open_ones = type(of_one[0]).objects.filter(customer__in=companies, part_of__isnull=False, closed_at=None)
    speaks: dict[tuple[int, int], int] = {}
    rows = open_ones.order_by("pk").values_list("part_of", "customer", "pk")
    for outage, customer, pk in [*rows, *((c.part_of_id, c.customer_id, c.pk) for c in of_one)]:
        about = (outage or 0, customer)
        speaks[about] = min(pk, speaks.get(about, pk))
    return {case.pk for case in of_one if speaks[case.part_of_id or 0, case.customer_id] != case.pk}


def news_to_tell(each: "CaseLedger") -> tuple[int, NoticeRule] | None:
    """The number of the last event that tells the customer something by voice, with its rule; None where these events
    ask for no call: they bring no such news, no call that nobody answered, no notice that failed, no word that it is
    down after all.
    """
    first = each.voice.seq - len(each.written) + 1
    if fresh := last_news(each.case, [news for news in each.voice.rang if news[0] >= first]):
        return fresh
    moments = {event.moment for event in each.written}
    if Moment.VOICE_TOLD in moments and each.voice.unanswered and not rings_again_for_it(each.voice):
        return last_news(each.case, each.voice.rang)
    if each.voice.open is None and (
        Moment.NOTICE_FAILED in moments
        or any(impact_after(event.moment, event.data) == Impact.DOWN for event in each.written)
    ):
        last = last_news(each.case, each.voice.rang)
        return last if last and each.voice.told < last[0] else None
    return None


def last_news(case: "Case", rang: Sequence[tuple[int, str, str]]) -> tuple[int, NoticeRule] | None:
    """The last of these that was not heard while it happened, as the number was by whoever reported by telephone."""
    for seq, moment, variant in reversed(rang):
        if moment == Moment.REGISTERED and case.source == "phone":
            continue
        rule = rule_of_a_breach(case, variant) if moment == Moment.BREACHED else rule_for_moment(case, moment, variant)
        if rule:
            return seq, rule
    return None


def rule_of_the_news(case: "Case") -> NoticeRule | None:
    """By which it is known who of the company follows the news between the stages."""
    return rule_for_moment(case, Moment.NEWS_SENT)


def rule_of_a_breach(case: "Case", clock: str) -> NoticeRule | None:
    """A breach owes no letter: whoever follows the news hears of it, under the clause of the promise."""
    rule = rule_of_the_news(case)
    return rule and rule.model_copy(
        update={"clause": versions.of(case.procedure_version_id).clock(ClockKind(clock)).clause}
    )


def deputies(each: "CaseLedger", contacts: Mapping[int, Sequence[Contact]], about: int) -> list[Contact]:
    """Who gets this news in place of somebody whom it did not reach, though not asked for news of this kind."""
    instead = each.voice.instead_since(about)
    return [contact for contact in contacts.get(each.case.customer_id, ()) if contact.pk in instead]


def nobody_reached(course: VoiceCourse, people: Iterable[Contact], marks: Marks, about: int) -> bool:
    """True if none of them has a way that works without the service, and that has not failed for this news."""
    failed = course.failed_since(about)
    return not any(independent(contact, marks) for contact in people if contact.pk not in failed)


def _owe(each: "CaseLedger", about: int, people: Sequence[Contact], rule: NoticeRule, now: datetime) -> None:
    """Newer news takes the place of the call that is open: its number, and the hour by which it was owed, stay."""
    found = candidates(each.case, people)
    standing = each.voice.open
    due_at = now + within(each.case)
    if standing is None:
        reached = [one for one in found if one.key == each.voice.reached]
        _write(each, about, next(iter([*reached, *found]), None), people, rule, now, due_at=due_at)
        return
    same = next((one for one in found if one.key == standing.number), None)
    more = {"tried": [list(one) for one in standing.tried], "round": standing.round}
    chosen = same or next(iter(found), None)
    _write(each, about, chosen, people, rule, now, due_at=min(due_at, standing.due_at), **more)


def _owe_at_the_hour(each: "CaseLedger", people: Sequence[Contact], rule: NoticeRule, now: datetime) -> None:
    """P D: due at the hour agreed on, and before the desk a little earlier; by the number that answered last."""
    agreed = each.voice.agreed
    assert agreed is not None
    found = candidates(each.case, people)
    reached = [one for one in found if one.key == each.voice.reached]
    begins = max(now, agreed.hour - BEFORE)
    more = {"from_at": begins.isoformat(), "agreed": True}
    chosen = next(iter([*reached, *found]), None)
    _write(each, agreed.seq, chosen, people, rule, now, due_at=max(agreed.hour, now), **more)


def _again(each: "CaseLedger", people: Sequence[Contact], rule: NoticeRule, now: datetime) -> None:
    """Nobody answered: the next number; when all were rung, the first one again after a pause."""
    last = each.voice.unanswered
    assert last is not None
    found = candidates(each.case, people)
    tried = {*last.tried, *([last.number] if last.number else [])}
    left = [one for one in found if one.key not in tried]
    more: dict[str, Any] = {"agreed": True} if rings_again_for_it(each.voice) else {}
    if left:
        more |= {"tried": sorted(list(one) for one in tried), "round": last.round}
        _write(each, last.about, left[0], people, rule, now, due_at=now + within(each.case), **more)
    else:
        due_at = now + PAUSES[min(last.round, len(PAUSES)) - 1]
        if (agreed := each.voice.agreed) and now < agreed.hour:
            due_at = min(due_at, agreed.hour)
        first = next(iter(found), None)
        _write(each, last.about, first, people, rule, now, due_at=due_at, round=last.round + 1, **more)


def _write(
    each: "CaseLedger",
    about: int,
    chosen: Candidate | None,
    people: Sequence[Contact],
    rule: NoticeRule,
    now: datetime,
    *,
    due_at: datetime,
    **more: Any,
) -> None:
    """Where nobody has a number the call is owed all the same: it names the person, and the desk finds the way."""
    person = chosen.contact if chosen else next(iter(people), None)
    data = {
        "n": each.voice.count + 1,
        "about": about,
        "due_at": due_at.isoformat(),
        "clause": rule.clause,
        "contact": person.pk if person else None,
        "number": list(chosen.key) if chosen else None,
        "tried": [],
        "round": 1,
        **more,
    }
    texts = {"number": chosen.number if chosen else "", "name": str(person)[:80] if person else ""}
    each.follow_up(Moment.VOICE_OWED, now, data=data, texts=texts)


def within(case: "Case") -> timedelta:
    """How soon it is told: the procedure's own length for a call that is owed, where it writes one."""
    rules = versions.of(case.procedure_version_id).clocks
    rule = next((rule for rule in rules if rule.kind == ClockKind.CALL_TASK), None)
    return (rule and rule.target.duration) or WITHIN


@dataclass(frozen=True, slots=True)
class Heard:
    """When somebody of the company was last told by voice, and which promises are broken since: kind and due hour."""

    at: datetime | None = None
    broken: tuple[tuple[str, datetime], ...] = ()


def heard_in(case_ids: Iterable[int]) -> dict[int, Heard]:
    """What the companies of these cases have heard by voice: two questions for all of them."""
    told = CaseEvent.objects.filter(case__in=case_ids, moment=Moment.VOICE_TOLD, variant="answered")
    last = dict(told.values_list("case").annotate(Max("occurred_at")))
    late = Clock.objects.filter(case__in=case_ids, ended_at=None, breached_at__isnull=False)
    broken: dict[int, list[tuple[str, datetime]]] = {}
    rows = late.filter(kind__in=BREACHES_THAT_RING).order_by("breached_at").values_list("case", "kind", "breached_at")
    for case_id, kind, breached_at in rows:
        if breached_at and (case_id not in last or breached_at > last[case_id]):
            broken.setdefault(case_id, []).append((kind, breached_at))
    return {pk: Heard(last.get(pk), tuple(broken.get(pk, ()))) for pk in case_ids}
