"""A trouble ticket as MEF 124 writes it: what the Buyer sent, unchanged, and what the company may see of its case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.buyer_ticket import OBSERVED, Ticket, status_changes
from guardia.cases.buyer_ticket_rows import expected_of, visits_of
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.now import now
from guardia.evidence.files import files_for_company
from guardia.intake import buyer_acts
from guardia.outages.published import cause_of
from guardia.people.connections import setting
from guardia.people.staff import ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment
from guardia.reports.company_cases import events_of
from guardia.web.api.mef.operations import address_of, present
from guardia.web.portal.case_story import event_reader
from guardia.web.shared.reach import room

CLOSURE_REJECTION = "closureRejection"
"""The author of the note by which a Buyer reopens a ticket (R46)."""
TICKET_CONTACT, INCIDENT_CONTACT = "sellerTicketContact", "incidentContact"
LONGEST_NOTE = 4000


def iso(at: datetime | None, zone: ZoneInfo | None = None) -> str | None:
    """ISO 8601 with the offset of the zone, or of UTC."""
    return at.astimezone(zone or UTC).isoformat() if at else None


def operator() -> str:
    version = versions.version_at(now())
    return str(version.procedure.provider.name) if version else ""


def seller_contact(role: str) -> dict[str, str]:
    """How our operations room is reached (L3)."""
    version = versions.version_at(now())
    lines = room(version.procedure) if version else ()
    return {
        "role": role,
        "name": str(lines[0].name) if lines else operator(),
        "organization": operator(),
        "number": lines[0].words if lines else "",
        "emailAddress": setting("MAIL_FROM"),
    }


# --- in a list --------------------------------------------------------------------------------------------------------
def entities_of(ticket: Ticket) -> list[dict[str, str]]:
    if found := ticket.sent.get("relatedEntity"):
        return found
    service = ticket.case.service if ticket.case else None
    return [{"@referredType": "Product", "id": service.circuit, "role": "Issue Source"}] if service else []


def found_answer(ticket: Ticket, expected: datetime | None) -> dict[str, Any]:
    """The ticket as a list has it; ``expected`` is by when its solution is promised (UTC)."""
    case, sent = ticket.case, ticket.sent
    zone = ZoneInfo(case.zone) if case else None
    severity, priority = ticket.seller_ranks
    symptoms = case.symptoms if case else ticket.request.subject if ticket.request else ""
    return present(
        id=ticket.id,
        externalId=ticket.external_id or None,
        description=sent.get("description") or symptoms,
        creationDate=iso(ticket.made_at, zone),
        expectedResolutionDate=iso(expected, zone),
        resolutionDate=iso(ticket.resolved_at, zone),
        observedImpact=sent.get("observedImpact") or OBSERVED.get(case.impact if case else "", "degraded"),
        priority=sent.get("priority") or priority,
        sellerPriority=priority,
        severity=sent.get("severity") or severity,
        sellerSeverity=severity,
        status=ticket.status.value,
        ticketType=sent.get("ticketType") or "maintenance",
        relatedEntity=entities_of(ticket),
    )


# --- whole ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Around:
    """What an answer says of us and of the outage around a ticket. It is read before a company's key acts: the role of
    its acts may read neither.
    """

    contact: Mapping[str, str]
    issues: Sequence[Mapping[str, Any]] = ()


def around(ticket: Ticket | None = None) -> Around:
    return Around(seller_contact(TICKET_CONTACT), issues_of(ticket.case) if ticket and ticket.case else ())


def ticket_answer(ticket: Ticket, around: Around) -> dict[str, Any]:
    """The whole ticket. It is read by the row policies of the company, or of an account of the operator."""
    case, sent = ticket.case, ticket.sent
    events = list(events_of(case).order_by("seq")) if case else []
    expected = expected_of([case.pk]).get(case.pk) if case else None
    zone = ZoneInfo(case.zone) if case else None
    words = words_by_event(case, events) if case else {}
    contacts = [*sent.get("relatedContactInformation", ()), around.contact]
    return found_answer(ticket, expected) | present(
        href=address_of("troubleTicket", ticket.id),
        issueStartDate=sent.get("issueStartDate"),
        attachment=[*sent.get("attachment", ()), *(files_of(case, zone) if case else ())],
        note=notes_of(ticket, events, words, zone),
        relatedContactInformation=contacts,
        relatedIssue=[*sent.get("relatedIssue", ()), *around.issues],
        statusChange=[
            present(
                status=one.status.value,
                changeDate=iso(one.at, zone),
                changeReason=words.get(one.event.seq) if one.event else None,
            )
            for one in status_changes(ticket, events)
        ],
        workOrder=[{"id": str(pk)} for pk in visits_of(case)] if case else [],
    )


def words_by_event(case: Case, events: Sequence[CaseEvent]) -> dict[int, str]:
    """What the company reads of each event in the portal, in one line, by the number of the event."""
    reader = event_reader(case, now())
    both = {event.seq: reader(event) for event in events}
    return {seq: (f"{title}: {text}" if text else title)[:LONGEST_NOTE] for seq, (title, text) in both.items()}


def notes_of(
    ticket: Ticket, events: Sequence[CaseEvent], words: Mapping[int, str], zone: ZoneInfo | None
) -> list[dict[str, str]]:
    """What the Buyer noted, then what happened to the case, in the words of the portal; each stays as it is (R20)."""
    notes = list(ticket.sent.get("note", ()))
    case = ticket.case
    if case is None:
        return notes
    told, us = {one["text"] for one in notes}, operator()
    for event in events:
        text = words[event.seq]
        is_theirs = event.actor_kind == ActorKind.CONTACT
        if is_theirs and event.moment == Moment.MESSAGE_RECEIVED and any(said in text for said in told):
            continue
        author = us if not is_theirs else str(case.customer.name)
        if is_theirs and event.moment == Moment.RELAPSED:
            author = CLOSURE_REJECTION
        notes.append(
            {
                "id": f"event-{event.seq}",
                "author": author,
                "date": iso(event.occurred_at, zone) or "",
                "source": buyer_acts.BUYER if is_theirs else buyer_acts.SELLER,
                "text": text,
            }
        )
    return notes


def files_of(case: Case, zone: ZoneInfo | None) -> list[dict[str, Any]]:
    """The files of the case that the company sees, by their address in the portal."""
    return [
        present(
            attachmentId=f"file-{one.pk}",
            author=one.added_by_name or operator(),
            creationDate=iso(one.added_at, zone),
            description=one.caption or None,
            mimeType=one.type,
            name=one.name,
            size={"amount": one.size, "units": "BYTES"},
            source=buyer_acts.SELLER if one.added_by_id else buyer_acts.BUYER,
            url=settings.PUBLIC_URL.rstrip("/") + reverse("company_case_file", args=[case.number, one.pk]),
        )
        for one in files_for_company(case.pk)
    ]


def issues_of(case: Case) -> list[dict[str, Any]]:
    """The mass outage that the case is part of, as the incident that it is here."""
    outage = cause_of(case.part_of_id) if case.part_of_id else None
    if outage is None:
        return []
    id = f"AM-{outage.number:04d}"
    return [
        {
            "@referredType": "Incident",
            "id": id,
            "href": address_of("incident", id),
            "creationDate": iso(outage.started_at, ZoneInfo(case.zone)),
            "description": _("The fault is part of an outage that affects several customers."),
            "relationshipType": "caused by",
            "source": buyer_acts.SELLER,
        }
    ]
