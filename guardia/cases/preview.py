"""Who would get which text if an act were done now: by the same functions, and nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases import desk_hours, writes
from guardia.cases.desks import desk_of, kind_of
from guardia.cases.facts import facts_of
from guardia.cases.ledger import Recorded
from guardia.cases.notify import contacts_of, rule_for_moment
from guardia.cases.voice_course import BACK
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.notices.notice import Notice
from guardia.notices.own_words import in_force
from guardia.notices.ways import Way, addresses_of, is_down, marked
from guardia.notices.who import told
from guardia.people.actor import SYSTEM
from guardia.procedure.vocabulary import VARIANTS, CaseKind, Impact, Moment, RequestStage, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

OF_THE_CASE = ("cause", "plan", "plan_kind", "solution", "fault")
"""What an act writes into the case too; of the case in memory alone."""

NO_HASH_YET = "…"


@dataclass(frozen=True)
class Preview:
    """One person with the ways by which the notice would go, and the notice itself, which is nowhere saved."""

    contact: Contact
    ways: tuple[Way, ...]
    notice: Notice


def preview(case: "Case", moment: Moment, typed: Mapping[str, str], now: datetime) -> list[Preview]:
    """The notices that this act would owe at ``now`` (UTC), with what is ``typed`` so far. The case is not saved."""
    if moment == Moment.TRANSFERRED and typed.get("to", "").strip():
        moment = passed_on(case, typed, now)
    variants = VARIANTS.get(moment, ())
    asked = [value for value in typed.values() if value in variants]
    owing = ((v, rule) for v in (*asked, *variants, "") if (rule := rule_for_moment(case, moment, v)))
    variant, rule = next(owing, ("", None))  # nothing chosen yet: the first that owes a notice is the sample
    if rule is None:
        return []
    for name in OF_THE_CASE:
        if typed.get(name, "").strip():
            setattr(case, name, typed[name].strip())
    if moment in BACK:
        case.restored_at = now
    people = told(contacts_of({case.customer_id}).get(case.customer_id, ()), rule, case.reporter_id, kind_of(case.desk))
    facts = facts_as_if(case, moment, variant, typed, now)
    marks, own = marked(people), in_force([(moment.value, variant)])
    return [
        Preview(
            contact,
            tuple(addresses_of(contact, down=True, marks=marks) if is_down(facts) else first(contact, marks)),
            Notice(
                case=case,
                contact=contact,
                moment=moment,
                variant=variant,
                clause=rule.clause,
                language=contact.language,
                facts=facts,
                wording_id=own.get(moment.value, variant, contact.language),
                owed_at=now,
            ),
        )
        for contact in people
    ]


def passed_on(case: "Case", typed: Mapping[str, str], now: datetime) -> Moment:
    """A3: the case as another desk would have it. What becomes a fault is told as one that is registered."""
    to, was = typed["to"].strip(), case.desk
    if desk_of(case.procedure_version_id, to) is None:
        return Moment.TRANSFERRED
    case.desk = to
    if kind_of(to) == CaseKind.INCIDENT:
        impact = typed.get("impact", "")
        case.stage, case.opens_at = Stage.DIAGNOSIS.value, None
        case.impact = impact if impact in set(Impact) else Impact.DOWN.value
        case.outage_started_at = case.came_at()
        return Moment.REGISTERED
    if kind_of(was) == CaseKind.INCIDENT or case.opens_at:
        case.impact, case.stage = "", RequestStage.TAKEN.value
        case.opens_at = desk_hours.opens_at(case.procedure_version_id, to, now)
    return Moment.TRANSFERRED


def first(contact: Contact, marks: frozenset) -> list[Way]:
    return addresses_of(contact, down=False, marks=marks)[:1]


def facts_as_if(case: "Case", moment: Moment, variant: str, typed: Mapping[str, str], now: datetime) -> dict:
    """The facts of the event that the act would write."""
    texts = [(name, b"", text.strip()) for name, text in typed.items() if text.strip()]
    event = Recorded(
        case=case, seq=case.seq + 1, moment=moment.value, variant=variant, occurred_at=now, recorded_at=now, by=SYSTEM,
        public=True, data={"wait": 0, "clocks": [], "upheld": [], "hours": None}, canonical="", hash=b"", texts=texts,
    )  # fmt: skip
    fold = Fold(effects_of(case.procedure_version_id)).apply_all(writes.happenings_of([case.pk]).get(case.pk, ()))
    fold.apply(event.happening)
    return facts_of(event, fold) | {"hash": NO_HASH_YET}
