"""Which notices an event owes (P2, P3, P5, P6, P7 and P4's news): one per event and person, written with the event."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases.facts import facts_of
from guardia.cases.writes import insert
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.notices.notice import NoticeState
from guardia.notices.who import why_not
from guardia.procedure import version
from guardia.procedure.notice_rule import NoticeRule

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

COLUMNS = {
    "customer_id": "bigint",
    "case_id": "bigint",
    "event_id": "bigint",
    "contact_id": "bigint",
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
    owing = [(event, rule) for event in events if (rule := rule_for(event))]
    contacts = contacts_of({event.case.customer_id for event, _ in owing})
    rows = []
    for event, rule in owing:
        facts = json.dumps(facts_of(event, folds[event.case.pk]), ensure_ascii=False)
        for contact in contacts.get(event.case.customer_id, ()):
            reason = why_not(contact, rule, event.case.reporter_id)
            if reason == "not_told":
                continue
            rows.append(
                (
                    event.case.customer_id,
                    event.case.pk,
                    event.id,
                    contact.pk,
                    event.moment,
                    event.variant,
                    rule.clause,
                    contact.language,
                    facts,
                    1,
                    NoticeState.SUPPRESSED if reason else NoticeState.OWED,
                    reason,
                    now,
                )
            )
    insert("notice", COLUMNS, rows)


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
