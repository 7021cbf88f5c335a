"""A report on a mail of ours: it arrived, it is late, or it came back. The delivery bears what it says."""

from datetime import datetime
from typing import TYPE_CHECKING

from guardia.cases import failed_notices, mail_filing
from guardia.mail.addresses import normal
from guardia.mail.message import Message, MessageKind, MessageState
from guardia.mail.raw_mail import Read, Report
from guardia.mail.statuses import Action, Recipient
from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery
from guardia.notices.reply_address import read_return_path

if TYPE_CHECKING:
    from collections.abc import Sequence


def route_report(message: Message, found: Read, now: datetime) -> None:
    """What the report says is written on the delivery it speaks of. Anybody can write a report: only one that names
    the mail by its identifier and the address it went to is believed, or that comes to the return path of that one
    mail, which nobody can make up. One that names a mail of others is done with;
    any other waits for a person: an address it speaks of may be one of a contact. ``now`` is UTC.
    """
    report = found.report
    returned = delivery_returned(found.to_addresses)
    delivery = returned or (delivery_of(report) if report else None)
    if delivery is None:
        settle_without_a_mail(message, report, now)
        return
    mail_filing.belongs(message, delivery.customer_id)
    recipients = report.recipients if report else ()
    theirs = [one for one in recipients if speaks_of(one, delivery.address)] or list(recipients if returned else ())
    case_id = case_of(delivery)
    if not theirs:
        waits(message, "other_recipient", case_id)
        return
    said = keep_report(delivery, theirs, now)
    mail_filing.settled(message, MessageState.DONE, now, kind=MessageKind.BOUNCE, reason=said, case_id=case_id)


def settle_without_a_mail(message: Message, report: Report | None, now: datetime) -> None:
    if report and report.original_message_id:
        mail_filing.settled(message, MessageState.DONE, now, kind=MessageKind.BOUNCE, reason="not_ours")
    else:
        waits(message, "names_no_mail")


def waits(message: Message, reason: str, case_id: int | None = None) -> None:
    mail_filing.settled(message, MessageState.WAITING, None, kind=MessageKind.BOUNCE, reason=reason, case_id=case_id)


def keep_report(delivery: Delivery, recipients: "Sequence[Recipient]", now: datetime) -> str:
    """Write on the delivery what the report says of its own recipient; a word for what it was."""
    came_back = next((one for one in recipients if one.bounced), None)
    if came_back:
        failed_notices.bounced(delivery, came_back.words, came_back.status, now)
        return "bounced"
    if any(one.action is Action.DELIVERED for one in recipients):
        failed_notices.delivered(delivery, now)
        return "delivered"
    failed_notices.delayed(delivery, " ".join(one.words for one in recipients))
    return "delayed"


def delivery_returned(addresses: "Sequence[str]") -> Delivery | None:
    """The one whose signed return path is among the addresses that a report came to."""
    named = [pk for address in addresses if (pk := read_return_path(address))]
    mails = Delivery.objects.select_for_update(of=("self",)).filter(channel=Channel.MAIL)
    return mails.filter(pk=named[0]).first() if named else None


def delivery_of(report: Report) -> Delivery | None:
    """By the identifier of the mail it is about, which only its reader and the servers on its way know."""
    if not report.original_message_id:
        return None
    mails = Delivery.objects.select_for_update(of=("self",)).filter(channel=Channel.MAIL)
    return mails.filter(message_id=report.original_message_id).first()


def speaks_of(recipient: Recipient, address: str) -> bool:
    """Whether it is the address that our mail went to, or where that one led."""
    return bool(address) and normal(address) in (recipient.address, recipient.final)


def case_of(delivery: Delivery) -> int | None:
    """The case it told of, where that is one."""
    cases = set(delivery.notices.order_by().values_list("case_id", flat=True)[:2])
    return cases.pop() if len(cases) == 1 else None
