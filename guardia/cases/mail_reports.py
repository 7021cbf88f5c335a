"""A report on a mail of ours: it arrived, it is late, or it came back. The delivery bears what it says."""

from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases import failed_notices, filing
from guardia.mailroom.message import Message, MessageKind, MessageState
from guardia.mailroom.reading import Read, Report
from guardia.mailroom.reports import Action
from guardia.notices import reply_address
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence


def rule(message: Message, found: Read, now: datetime) -> None:
    """What the report says is written on the delivery it speaks of; one that names none of ours, and no other mail
    either, waits for a person: the address it speaks of may be one of a contact. ``now`` is UTC.
    """
    report = found.report
    delivery = delivery_of(report, found.to_addresses) if report else None
    if report is None or delivery is None:
        of_others = bool(report and report.original_message_id)
        state = MessageState.DONE if of_others else MessageState.WAITING
        reason = "not_ours" if of_others else "names_no_mail"
        filing.settled(message, state, now if of_others else None, kind=MessageKind.BOUNCE, reason=reason)
        return
    said = keep(delivery, report, now)
    filing.belongs(message, delivery.customer_id)
    filing.settled(message, MessageState.DONE, now, kind=MessageKind.BOUNCE, reason=said, case_id=case_of(delivery))


def keep(delivery: Delivery, report: Report, now: datetime) -> str:
    """Write it on the delivery; a word for what it was."""
    came_back = next((one for one in report.recipients if one.bounced), None)
    if came_back:
        failed_notices.bounced(delivery, came_back.words, came_back.status, now)
        return "bounced"
    if any(one.action is Action.DELIVERED for one in report.recipients):
        failed_notices.delivered(delivery, now)
        return "delivered"
    failed_notices.delayed(delivery, " ".join(one.words for one in report.recipients))
    return "delayed"


def delivery_of(report: Report, addresses: "Sequence[str]") -> Delivery | None:
    """By the identifier of the mail it is about, which only its reader knows; else by the signed address it went to."""
    deliveries = Delivery.objects.select_for_update(of=("self",))
    if report.original_message_id:
        return deliveries.filter(message_id=report.original_message_id).first()
    marked = next(filter(None, map(reply_address.read, addresses)), None)
    if marked is None:
        return None
    told = deliveries.filter(
        pk__in=Delivery.objects.filter(
            channel=Channel.MAIL, notices__case=marked.case, notices__contact=marked.contact, settled_at__isnull=False
        ).values("pk")
    )
    return told.order_by("-pk").first()


def case_of(delivery: Delivery) -> int | None:
    """The case it told of, where that is one."""
    cases = set(delivery.notices.order_by().values_list("case_id", flat=True)[:2])
    return cases.pop() if len(cases) == 1 else None
