"""Which notices an event owes (P2, P3, P5, P6, P7, P4's news, E's pages): one per event and person, written with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases.facts import facts_of
from guardia.cases.page_facts import Known, page_facts
from guardia.cases.writes import insert
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.notices.notice import NoticeState
from guardia.notices.who import why_not
from guardia.procedure import version
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

PAGES = frozenset({Moment.PAGED, Moment.LEVEL_INFORMED, Moment.ESCALATION_ENDED})
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
    "state": "text",
    "reason": "text",
    "owed_at": "timestamptz",
}


def owe(events: Sequence["Recorded"], folds: Mapping[int, Fold], now: datetime) -> None:
    """Write what each event owes to each person. What cannot be sent is written too, with its reason."""
    rows = [*_to_contacts(events, folds, now), *_to_staff(events, folds, now)]
    insert("notice", COLUMNS, rows)


def _to_contacts(events: Sequence["Recorded"], folds: Mapping[int, Fold], now: datetime) -> Iterator[tuple]:
    owing = [(event, rule) for event in events if (rule := rule_for(event))]
    contacts = contacts_of({event.case.customer_id for event, _ in owing})
    for event, rule in owing:
        facts = json.dumps(facts_of(event, folds[event.case.pk]), ensure_ascii=False)
        for contact in contacts.get(event.case.customer_id, ()):
            reason = why_not(contact, rule, event.case.reporter_id)
            if reason != "not_told":
                yield _row(event, contact.pk, None, rule.clause, contact.language, facts, reason, now)


def _to_staff(events: Sequence["Recorded"], folds: Mapping[int, Fold], now: datetime) -> Iterator[tuple]:
    """E: whoever is paged, and at the end all who were."""
    owing = [event for event in events if event.moment in PAGES and not event.data.get("received")]
    known = Known.about(owing)
    for event in owing:
        facts = json.dumps(page_facts(event, folds[event.case.pk], known), ensure_ascii=False)
        for staff in (known.people[pk] for pk in event.data["staff"]):
            reason = "" if staff.email or staff.channels else "no_address"
            yield _row(event, None, staff.pk, page_clause(event), staff.language, facts, reason, now)


def _row(
    event: "Recorded",
    contact_id: int | None,
    staff_id: int | None,
    clause: str,
    language: str,
    facts: str,
    reason: str,
    now: datetime,
) -> tuple:
    owner = (event.case.customer_id, event.case.pk, event.id, contact_id, staff_id)
    state = NoticeState.SUPPRESSED if reason else NoticeState.OWED
    return (*owner, event.moment, event.variant, clause, language, facts, 1, state, reason, now)


def page_clause(event: "Recorded") -> str:
    level = version.of(event.case.procedure_version_id).level(event.data["level"])
    return level.clause if level else "E"


def rule_for(event: "Recorded") -> NoticeRule | None:
    procedure = version.of(event.case.procedure_version_id)
    return procedure.notice_for(event.moment, event.variant or None)


def contacts_of(customer_ids: set[int]) -> dict[int, list[Contact]]:
    """The active contacts of these companies, in one query."""
    found: dict[int, list[Contact]] = {}
    if customer_ids:
        for contact in Contact.objects.filter(customer_id__in=customer_ids, active=True).order_by("pk"):
            found.setdefault(contact.customer_id, []).append(contact)
    return found
