"""What a page to the operator's people may tell (E): it must suffice by itself, to somebody who was asleep.

Customer, site, impact, since when, which promise broke, who works on it and whom to ring; looked up once for all pages
of one ``record()``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from guardia.cases.escalation_steps import OF_THE_ESCALATION, escalates
from guardia.cases.event import EventText
from guardia.cases.facts import about_the_case
from guardia.clocks.clock_state import ClockState
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.people.staff import OF_THE_SIGN_IN, Staff
from guardia.procedure import version
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import Recorded

SAID = {
    (Moment.ESCALATED, "reason"): "reason",
    (Moment.ESCALATED, "asked_by"): "asked_by",
    (Moment.PASSED_ON, "reason"): "passed_on",
}


@dataclass(frozen=True)
class Known:
    """What the pages of several cases need beside the cases themselves."""

    people: Mapping[int, Staff]
    open_cases: Mapping[tuple[str, int], int]
    said: Mapping[tuple[int, str], str]
    phones: Mapping[int, list[str]]

    @classmethod
    def about(cls, events: Sequence["Recorded"]) -> "Known":
        """Four questions, whatever the number of events."""
        cases = {event.case.pk: event.case for event in events}
        if not cases:
            return cls({}, {}, {}, {})
        paged = {pk for event in events for pk in event.data["staff"]}
        at_work = {pk for case in cases.values() for pk in (case.assigned_id, case.answering_id) if pk}
        open_ones = type(next(iter(cases.values()))).objects.filter(closed_at=None).order_by()
        counts: dict[tuple[str, int], int] = {}
        for what in ("part_of", "site"):
            ids = {pk for case in cases.values() if (pk := getattr(case, f"{what}_id"))}
            found = open_ones.filter(**{f"{what}__in": ids}).values_list(what).annotate(how_many=Count("pk"))
            counts |= {(what, pk): how_many for pk, how_many in (found if ids else ())}
        reporters = Contact.objects.filter(pk__in={case.reporter_id for case in cases.values() if case.reporter_id})
        phones = dict(reporters.values_list("pk", "phones"))
        return cls(
            Staff.objects.defer(*OF_THE_SIGN_IN).in_bulk(paged | at_work), counts, _last_words(list(cases)), phones
        )


def _last_words(case_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """The last words with which each case was escalated or passed on."""
    texts = EventText.objects.filter(event__case__in=case_ids, event__moment__in=[moment for moment, _ in SAID])
    rows = texts.order_by("event__case", "event__seq").values_list("event__case", "event__moment", "name", "text")
    return {
        (case, SAID[Moment(moment), name]): text or "" for case, moment, name, text in rows if (moment, name) in SAID
    }


def page_facts(event: "Recorded", fold: Fold, known: Known) -> dict[str, Any]:
    """Everything the page of this event may say: codes, words, and hours as ISO 8601 in UTC."""
    case, data = event.case, event.data
    level = version.of(case.procedure_version_id).level(data["level"])
    broken = first_broken(fold, version.of(case.procedure_version_id))
    engineer = known.people.get(case.assigned_id or 0)
    answering = known.people.get(case.answering_id or 0)
    why = data.get("why", "")
    return {
        **about_the_case(case),
        "call_back_number": case.call_back_number or next(iter(known.phones.get(case.reporter_id or 0, ())), ""),
        "moment": event.moment,
        "variant": event.variant,
        "at": event.occurred_at.isoformat(),
        "seq": event.seq,
        "hash": event.hash.hex()[:8],
        "data": dict(data),
        "texts": {name: text for name, _, text in event.texts},
        "level": data["level"],
        "level_name": level.name.model_dump() if level else None,
        "promise": {"kind": broken.kind, "due_at": broken.breached_at.isoformat()}
        if broken and broken.breached_at
        else None,
        "engineer": engineer.name if engineer else "",
        "engineer_phone": (engineer.mobile or engineer.desk_phone) if engineer else "",
        "answering": answering.name if answering else "",
        "answering_phone": (answering.mobile or answering.desk_phone) if answering else "",
        "source": why,
        "reason": known.said.get((case.pk, "reason"), ""),
        "asked_by": known.said.get((case.pk, "asked_by"), ""),
        "passed_on": known.said.get((case.pk, "passed_on"), "") if why == "passed_on" else "",
        "others": others(case, known),
        "vip": case.customer.vip,
        "call": data.get("call"),
    }


def others(case: "Case", known: Known) -> int:
    """How many more cases are open of the same cause: of its outage, else of its site."""
    cause = ("part_of", case.part_of_id) if case.part_of_id else ("site", case.site_id or 0)
    return max(0, known.open_cases.get(cause, 1) - 1)


def first_broken(fold: Fold, procedure: Procedure) -> ClockState | None:
    """The promise to the customer that broke first and still runs."""
    late = [clock for clock in fold.running.values() if clock.breached_at and clock.kind not in OF_THE_ESCALATION]
    broken = [clock for clock in late if escalates(procedure, clock)]
    return min(broken, key=lambda clock: clock.breached_at or clock.started_at, default=None)
