"""What a Buyer does to its trouble tickets (MEF 124): by the portal's verbs, or noted by an account of the operator.

The caller holds the case where there is one; ``at`` is UTC. Words that the operator reads are in its language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.buyer_ticket import BuyerTicket, MefStatus, Ticket
from guardia.cases.buyer_ticket_rows import ticket_of, ticket_of_report, ticket_with_external_id
from guardia.cases.case import Case
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.refusals import Refused
from guardia.cases.verbs import Event, desk_hour, need
from guardia.clocks.clock import registration_due
from guardia.config.sql_rows import take_turn
from guardia.customers.contact import Contact
from guardia.customers.customer import Service
from guardia.intake import customer_acts, portal_requests
from guardia.people.shifts import TECHNICAL

NOT_CHANGED = frozenset({MefStatus.CLOSED, MefStatus.ASSESSING, MefStatus.CANCELLED})
"""A ticket is not changed any more in these (R35)."""
MAY_BE_CANCELLED = frozenset({MefStatus.ACKNOWLEDGED, MefStatus.IN_PROGRESS, MefStatus.PENDING})
"""R40 of the standard."""
NEED_A_NOTE = frozenset({"priority", "severity", "issueStartDate", "relatedIssue"})
"""R30: whoever changes these says why."""
BUYER, SELLER = "buyer", "seller"
REPORTER = "reporterContact"
MOST_KEPT = 200


# What the standard does not let a Buyer do; the clause is its requirement.
class ExternalIdInUse(Refused):
    field = "externalId"
    template = gettext_lazy("Ticket %(id)s has this externalId already, and says something else.")


class NotChangedAnyMore(Refused):
    clause = "MEF 124 R35"
    template = gettext_lazy("The ticket is %(status)s: it is not changed any more.")


class NoteNeeded(Refused):
    clause = "MEF 124 R30"
    field = "note"
    template = gettext_lazy("Add a note that says why %(names)s changes.")


class StaysAsItIs(Refused):
    clause = "MEF 124 R20"
    template = gettext_lazy("A note or an attachment is never changed once it is there. Add a new one.")


class OfTheSeller(Refused):
    clause = "MEF 124 R17"
    template = gettext_lazy("What a Buyer adds has the source “buyer”.")


class NotCancelledNow(Refused):
    clause = "MEF 124 R40"
    template = gettext_lazy("The ticket is %(status)s: it can be cancelled while acknowledged, inProgress or pending.")


class NoNumberYet(Refused):
    clause = "P2"
    template = gettext_lazy("We have received the report, and it gets its number by %(hour)s. Send this again then.")


class NotResolved(Refused):
    clause = "P5"
    template = gettext_lazy("The ticket is %(status)s: it is closed or reopened only while it is resolved.")


class ClosedIsOver(Refused):
    clause = "P7"
    template = gettext_lazy(
        "The ticket is closed, which is final here. If it fails again, open it in the portal, or report a new fault."
    )


@dataclass(frozen=True)
class Buyer:
    """Who acts: how words reach the case, how the Buyer's own number does, how it confirms, and how it rejects."""

    say: Callable[[Case, str, datetime], Event | None]
    refer: Callable[[Case, str, datetime], Event | None]
    confirm: Callable[[Ticket, Case, datetime], object]
    reject: Callable[[Case, str, datetime], object]


def by_contact(contact: Contact) -> Buyer:
    """By this contact of the company: as on the page of the case in the portal."""
    return Buyer(
        say=lambda case, text, at: customer_acts.write(case, contact, text, at=at),
        refer=lambda case, number, at: customer_acts.give_reference(case, contact, number, at=at),
        confirm=lambda ticket, case, at: customer_acts.works(case, contact, "", reporter(ticket.sent)["number"], at=at),
        reject=lambda case, reason, at: customer_acts.does_not_work(case, contact, reason, at=at),
    )


def reporter(sent: Mapping[str, Any]) -> dict[str, str]:
    """Whom the Buyer named as having reported it; empty words where nobody was named."""
    named = [one for one in sent.get("relatedContactInformation", ()) if one.get("role") == REPORTER]
    return {"name": "", "number": "", "emailAddress": "", **(named[0] if named else {})}


# --- opening ----------------------------------------------------------------------------------------------------------
def opened_before(customer_id: int, sent: Mapping[str, Any]) -> Ticket | None:
    """The ticket that the same call has opened already, by its externalId; whoever sends it meanwhile waits here.

    Raises ExternalIdInUse where that one says something else.
    """
    external_id = sent.get("externalId", "")
    if not external_id:
        return None
    take_turn(f"ticket of the buyer {customer_id} {external_id}")
    found = ticket_with_external_id(customer_id, external_id)
    if found and found.sent.get("description", sent["description"]) != sent["description"]:
        raise ExternalIdInUse(id=found.id)
    return found


def open_report(contact: Contact, sent: Mapping[str, Any], service: Service, *, at: datetime) -> Ticket:
    """A ticket of this contact's company: a report that waits for its number, as one from the portal does (P2).

    Raises what ``portal_requests.send`` raises, ExternalIdInUse.
    """
    if known := opened_before(contact.customer_id, sent):
        return known
    with translation.override(settings.LANGUAGE_CODE):
        text, impact = report_text(sent), str(dict(SAID_IMPACT_NAMES)[sent["observedImpact"]])
    received = portal_requests.send(contact, TECHNICAL, text, service_id=service.pk, impact=impact, at=at)
    if same := ticket_of_report(received):
        return same
    row = BuyerTicket.objects.create(
        customer_id=contact.customer_id,
        request=received,
        external_id=sent.get("externalId", ""),
        sent=dict(sent),
        made_at=received.received_at,
    )
    return Ticket(row, received, None)


def opened_as_case(case: Case, sent: Mapping[str, Any]) -> Ticket:
    """What the Buyer wrote beside the case that an account of the operator opened for it."""
    found = ticket_of(case.customer_id, str(case.number))
    if found and found.row:
        return found
    row = BuyerTicket.objects.create(
        customer_id=case.customer_id,
        case=case,
        external_id=sent.get("externalId", ""),
        sent=dict(sent),
        made_at=case.opened_at,
    )
    return Ticket(row, None, case)


def report_text(sent: Mapping[str, Any]) -> str:
    """What the desk reads of a new ticket: the words of the Buyer, and what else it says, a line each."""
    who = reporter(sent)
    facts = (
        (_("Own number of the customer"), sent.get("externalId", "")),
        (_("Since"), sent.get("issueStartDate", "")),
        (_("Severity and priority as the customer sees them"), f"{sent['severity']}, {sent['priority']}"),
        (_("Who reports"), ", ".join(filter(None, (who["name"], who["number"], who["emailAddress"])))),
    )
    lines = [f"{label}: {value}" for label, value in facts if value]
    return "\n".join([sent["description"], *lines, *(_words_of(one) for one in sent.get("note", ()))])


def _words_of(note: Mapping[str, Any]) -> str:
    return f"{note['author']}: {note['text']}"


# --- changing ---------------------------------------------------------------------------------------------------------
def added(known: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    """What is new in a list that only grows; what is there already may be sent along, unchanged.

    Raises StaysAsItIs, OfTheSeller, each naming its place in the list.
    """
    by_key = {one.get(key): one for one in known}
    found: list[dict[str, Any]] = []
    for place, one in enumerate(given):
        before = by_key.get(one.get(key)) if one.get(key) else next((each for each in known if each == one), None)
        if before is None and one.get("source") != BUYER:
            raise _at(OfTheSeller(), place)
        if before is None:
            found.append(dict(one))
        elif any(before.get(name) != value for name, value in one.items() if name in ("text", "url", "name")):
            raise _at(StaysAsItIs(), place)
    return found


def _at(refusal: Refused, place: int) -> Refused:
    refusal.field = f"{place}"
    return refusal


def change(
    ticket: Ticket,
    changes: Mapping[str, Any],
    notes: Sequence[dict[str, Any]],
    attachments: Sequence[dict[str, Any]],
    buyer: Buyer,
    *,
    at: datetime,
) -> None:
    """What the Buyer says anew of its ticket; the desk reads it. ``notes`` and ``attachments`` are new ones.

    Raises NotChangedAnyMore, NoteNeeded, NoNumberYet, ExternalIdInUse, and what saying it raises.
    """
    if ticket.status in NOT_CHANGED:
        raise NotChangedAnyMore(status=ticket.status)
    if (said_nothing := sorted(NEED_A_NOTE & set(changes))) and not notes:
        raise NoteNeeded(names=", ".join(said_nothing))
    case = case_of(ticket, at)
    row = row_of(ticket)
    sent = dict(row.sent)
    if "externalId" in changes:
        _number_anew(ticket, row, changes["externalId"])
        buyer.refer(case, changes["externalId"], at)
    sent |= {name: value for name, value in changes.items() if name not in GROWN}
    for name in GROWN & set(changes):
        sent[name] = [one for one in changes[name] if not is_of_seller(one)]
    for words in words_of_change(changes, notes, attachments):
        buyer.say(case, words, at)
    sent["note"] = [*sent.get("note", ()), *notes][-MOST_KEPT:]
    sent["attachment"] = [*sent.get("attachment", ()), *attachments][-MOST_KEPT:]
    row.sent = sent
    row.save(update_fields=["sent", "external_id"])


GROWN = frozenset({"relatedContactInformation", "relatedIssue"})


def is_of_seller(one: Mapping[str, Any]) -> bool:
    """Whether it is ours: a Buyer may send it back, and changes nothing of it (R32)."""
    return one.get("source") == SELLER or str(one.get("role", "")).startswith(SELLER)


def _number_anew(ticket: Ticket, row: BuyerTicket, external_id: str) -> None:
    take_turn(f"ticket of the buyer {row.customer_id} {external_id}")
    other = ticket_with_external_id(row.customer_id, external_id)
    if other and other.id != ticket.id:
        raise ExternalIdInUse(id=other.id)
    row.external_id = external_id


def words_of_change(
    changes: Mapping[str, Any], notes: Sequence[Mapping[str, Any]], attachments: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What the desk reads of a change: what is other than before in one text, then each note and each attachment."""
    with translation.override(settings.LANGUAGE_CODE):
        names = {
            "observedImpact": _("Status of the service"),
            "severity": _("Severity as the customer sees it"),
            "priority": _("Priority as the customer sees it"),
            "issueStartDate": _("Since"),
        }
        lines = [f"{label}: {changes[name]}" for name, label in names.items() if name in changes]
        if "relatedContactInformation" in changes:
            who = reporter(changes)
            lines.append(f"{_('Who reports')}: {who['name']}, {who['number']}, {who['emailAddress']}")
        linked = [f"{one['name']}: {one['url']}" for one in attachments if one.get("url")]
    return ["\n".join(lines)] * bool(lines) + [_words_of(one) for one in notes] + linked


def row_of(ticket: Ticket) -> BuyerTicket:
    """What the Buyer wrote of it, to be changed; a case that came in another way gets its row now."""
    if ticket.row:
        return ticket.row
    assert ticket.case is not None
    return BuyerTicket.objects.create(
        customer_id=ticket.case.customer_id, case=ticket.case, made_at=ticket.case.opened_at
    )


def case_of(ticket: Ticket, at: datetime) -> Case:
    """The case of the ticket. Raises NoNumberYet while it is a report that waits (P2)."""
    if ticket.case is None:
        due = registration_due([ticket.request.pk]).get(ticket.request.pk) if ticket.request else None
        raise NoNumberYet(hour=desk_hour(due or at))
    return ticket.case


# --- cancelling, closing, reopening -----------------------------------------------------------------------------------
def ask_to_cancel(ticket: Ticket, buyer: Buyer, *, at: datetime) -> None:
    """The Buyer wants the ticket cancelled: the desk reads it in the case and decides. Raises NotCancelledNow,
    NoNumberYet, and what saying it raises."""
    if ticket.status not in MAY_BE_CANCELLED:
        raise NotCancelledNow(status=ticket.status)
    case, row = case_of(ticket, at), row_of(ticket)
    with translation.override(settings.LANGUAGE_CODE):
        words = _("The customer asks to cancel this ticket.")
    buyer.say(case, words, at)
    row.cancel_asked_at = at
    row.save(update_fields=["cancel_asked_at"])


def close(ticket: Ticket, buyer: Buyer, *, at: datetime) -> None:
    """The Buyer confirms that it works (P5). Once more: nothing new. Raises NotResolved, and what confirming raises."""
    case = resolved(ticket, at)
    if not case.confirmed_by:
        buyer.confirm(ticket, case, at)


def reopen(ticket: Ticket, buyer: Buyer, reason: str, *, at: datetime) -> None:
    """The Buyer rejects the solution: the case goes back to the diagnosis (P6 D). Raises Missing, NotResolved,
    ClosedIsOver, and what rejecting raises."""
    reason = need("P6", "reason", reason, gettext_lazy("why it is not solved"))
    if ticket.status == MefStatus.CLOSED:
        raise ClosedIsOver()
    buyer.reject(resolved(ticket, at), reason, at)


def resolved(ticket: Ticket, at: datetime) -> Case:
    """The case of a ticket that is resolved. Raises NotResolved."""
    if ticket.status != MefStatus.RESOLVED or ticket.case is None:
        raise NotResolved(status=ticket.status)
    return ticket.case


def with_case(ticket: Ticket, case: Case) -> Ticket:
    """The same ticket with its case as it was read when it was locked."""
    return replace(ticket, case=case)
