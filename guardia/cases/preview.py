"""Who would get which text if an act were done now: by the same functions, and nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from guardia.cases import case_proofs, desk_hours, on_record
from guardia.cases.case_proofs import proof_of
from guardia.cases.desk_hours import desk_of, kind_of
from guardia.cases.facts import facts_of
from guardia.cases.ledger import Recorded
from guardia.cases.links import also_of
from guardia.cases.notify import contacts_of, passed_on, rule_for_moment
from guardia.cases.number import grouped, parse
from guardia.cases.stages import reopening
from guardia.cases.stages.verification import Confirmer
from guardia.cases.voice_course import BACK
from guardia.clocks import calendars
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.notices.notice import Notice
from guardia.notices.own_words import in_force
from guardia.notices.recipients import Way, addresses_of, is_down, marked, recipients_among
from guardia.people.staff import SYSTEM
from guardia.procedure.rules import NoticeRule
from guardia.procedure.vocabulary import CaseKind, Impact, Moment, RequestStage, Stage, worded_variants

if TYPE_CHECKING:
    from guardia.cases.case import Case

OF_THE_CASE = ("cause", "plan", "plan_kind", "solution", "fault", "prevention")
"""What an act writes into the case too; of the case in memory alone."""

NO_HASH_YET = "…"
FIELD, LONGEST_ID = "field_", 16
NOTHING: Mapping[str, Any] = MappingProxyType({"wait": 0, "clocks": [], "upheld": [], "hours": None})


@dataclass(frozen=True)
class Preview:
    """One person with the ways by which the notice would go, and the notice itself, which is nowhere saved."""

    contact: Contact
    ways: tuple[Way, ...]
    notice: Notice


def preview(case: "Case", moment: Moment, typed: Mapping[str, str], now: datetime) -> list[Preview]:
    """The notices that this act would owe at ``now`` (UTC), with what is ``typed`` so far. The case is not saved."""
    if moment == Moment.TRANSFERRED and (to := typed.get("to", "").strip()):
        return of_a_transfer(case, typed, now) if desk_of(case.procedure_version_id, to) else []
    apart, facts_apart = reopening.letter_facts(case, moment, now)
    variants = (apart,) if apart else worded_variants(moment)
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
    lacking = case_proofs.as_if(case, moment, now)
    data = {**NOTHING, **lacking.data, **_as_duplicate(moment, typed), **facts_apart}
    if apart == reopening.MISTAKEN:
        typed = {**typed, "mistake": typed.get("reason", "")}
    if moment == Moment.CONFIRMED and variant == "customer":
        name, position, phone = (typed.get(each, "").strip() for each in ("confirmer_name", "position", "phone"))
        who = Confirmer(name, position, phone, typed.get("channel", ""))
        data |= proof_of(case, who, by=SYSTEM, at=now, now=now)
        typed = {**typed, "name": who.name}
    facts = facts_as_if(case, moment, {**lacking.texts, **typed}, now, [Happening(moment, variant, now, data)], data)
    return letters(case, facts, rule, kind_of(case.desk), now)


def _as_duplicate(moment: Moment, typed: Mapping[str, str]) -> dict[str, str]:
    """Under which number it goes on, where the form of an ending asks for one (P2 D)."""
    asked = parse(typed.get("number", "") or typed.get("chosen", "")) if moment == Moment.CANCELLED else None
    return {"duplicate_of": grouped(asked)} if asked else {}


def letters(case: "Case", facts: dict, rule: NoticeRule, kind: CaseKind, now: datetime) -> list[Preview]:
    """One for each person who is told by this rule."""
    contacts = contacts_of({case.customer_id}).get(case.customer_id, ())
    people = recipients_among(contacts, rule, case.reporter_id, kind, case.pk, also_of(case.pk))
    moment, variant = facts["moment"], facts["variant"]
    marks, own = marked(people), in_force([(moment, variant)])
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
                wording_id=own.get(moment, variant, contact.language),
                owed_at=now,
            ),
        )
        for contact in people
    ]


def of_a_transfer(case: "Case", typed: Mapping[str, str], now: datetime) -> list[Preview]:
    """A3: that it is passed on, and what it is registered or taken as at the other desk."""
    to, came_from = typed["to"].strip(), case.desk
    data = {"from": came_from, "to": to, "case_kind": kind_of(to).value}
    rule, kind = passed_on(case, came_from, to)
    happened = [Happening(Moment.TRANSFERRED, "", now, data)]
    more = as_at_the_other_desk(case, to, typed, now)
    happened += [Happening(moment, "", now, {"edition": calendars.newest_edition()}) for moment in more]
    found = []
    if rule:
        facts = facts_as_if(case, Moment.TRANSFERRED, typed, now, happened, data)
        found += letters(case, facts, rule, kind, now)
    for moment in more:
        if rule := rule_for_moment(case, moment):
            facts = facts_as_if(case, moment, typed, now, happened, {**NOTHING, "from_desk": came_from})
            found += letters(case, facts, rule, kind_of(to), now)
    return found


def as_at_the_other_desk(case: "Case", to: str, typed: Mapping[str, str], now: datetime) -> list[Moment]:
    """The case, in memory alone, as that desk would have it; and what would be recorded beside the transfer."""
    was, waits, case.desk = case.desk, desk_hours.waits(case), to
    given = {name.removeprefix(FIELD): value.strip() for name, value in typed.items() if name.startswith(FIELD)}
    case.fields = {**case.fields, **{key: value for key, value in given.items() if value}}
    case.symptoms = (typed.get("asked") or typed.get("symptoms") or "").strip() or case.symptoms
    if kind_of(to) == CaseKind.INCIDENT:
        impact = typed.get("impact", "")
        case.stage, case.opens_at = Stage.DIAGNOSIS.value, None
        case.impact = impact if impact in set(Impact) else Impact.REPORTED.value
        case.outage_started_at = case.came_at()
        if service := service_of(case, typed.get("service", "")):
            case.service, case.site = service, service.site
            case.zone, case.band = service.site.zone, service.site.band
            case.site_contact = case.site_contact or service.site.contact_on_site
            case.access_hours = case.access_hours or service.site.access_hours
        return [Moment.REGISTERED]
    was_an_incident = kind_of(was) == CaseKind.INCIDENT
    if was_an_incident:
        case.band, case.impact, case.stage, case.outages = "", "", RequestStage.TAKEN.value, []
        case.outage_started_at = case.restored_at = None
    if was_an_incident or waits:
        case.opens_at = desk_hours.opens_at(case.procedure_version_id, to, now)
    taken = [Moment.ADMIN_TAKEN] if was_an_incident else []
    opens_now = (was_an_incident or waits) and not case.opens_at
    return [*taken, Moment.ADMIN_DESK_OPENED] if opens_now else taken


def service_of(case: "Case", chosen: str) -> Service | None:
    """The service of the company that is chosen so far."""
    pk = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < LONGEST_ID else 0
    return Service.objects.filter(pk=pk, customer=case.customer_id).select_related("site__city").first()


def first(contact: Contact, marks: frozenset) -> list[Way]:
    return addresses_of(contact, down=False, marks=marks)[:1]


def facts_as_if(
    case: "Case",
    moment: Moment,
    typed: Mapping[str, str],
    now: datetime,
    happened: Sequence[Happening],
    data: Mapping[str, Any] = NOTHING,
) -> dict:
    """The facts of the event that the act would write, after all that ``happened`` with it."""
    texts = [(name, b"", text.strip()) for name, text in typed.items() if text.strip()]
    variant = next((each.variant for each in happened if each.moment == moment), "")
    event = Recorded(
        case=case, seq=case.seq + 1, moment=moment.value, variant=variant, occurred_at=now, recorded_at=now, by=SYSTEM,
        public=True, data=dict(data), canonical="", hash=b"", texts=texts,
    )  # fmt: skip
    fold = Fold(effects_of(case.procedure_version_id)).apply_all(on_record.happenings_of([case.pk]).get(case.pk, ()))
    fold.apply_all(happened)
    return facts_of(event, fold) | {"hash": NO_HASH_YET}
