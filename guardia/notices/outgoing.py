"""A delivery as it leaves: where to, with which bytes, and of which notices."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from guardia.config.collisions import is_cut_off
from guardia.notices import announced, code_mail, confirmation_mail, digest, reset_mail, short, ways
from guardia.notices.answer import Answer, Verdict
from guardia.notices.channel import Channel, url_of
from guardia.notices.links import Links
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.notices.rendering import addresses_in, is_stale, rendered
from guardia.notices.wire import BadAddress

log = logging.getLogger(__name__)

MOST_READ_TOGETHER = 2000
TOLD_OF_CASE = ("id", "number", "procedure_version", "customer")


@dataclass(frozen=True)
class Outgoing:
    """A message that is on its way: where to (with its secrets), its bytes, and whether a report of its failure may
    come back to us (to an automatic answer none may, RFC 3834), and where to.
    """

    delivery_id: int
    address: str = field(repr=False)
    content: bytes = field(repr=False)
    wants_reports: bool = True
    return_path: str = ""


def where_to(delivery: Delivery, notices: Sequence[Notice]) -> str | None:
    """The address with what is secret in it, which is put together when the message leaves and kept nowhere else."""
    if delivery.channel == Channel.MAIL:
        return delivery.address
    if delivery.channel != Channel.APPRISE:
        return ways.url_for(delivery.channel, delivery.address)
    return url_of(notices[0].staff, delivery.address) if notices and notices[0].staff else None


def bytes_of(delivery: Delivery, notices: list[Notice], now: datetime, links: Links) -> tuple[bytes, Answer | None]:
    """The message as it leaves; where it cannot be written, what is settled instead.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost: nothing can be settled then.
    """
    content = bytes(delivery.body or b"")
    try:
        if delivery.code_id:
            return code_mail.rendered(delivery, now, links), None
        if delivery.confirmation_id:
            return confirmation_mail.rendered(delivery, now, links), None
        if delivery.reset_id:
            return reset_mail.rendered(delivery, now, links), None
        if notices and (not content or says_what_is_over(delivery, notices, now)):
            content = written(delivery, notices, now, links)
    except BadAddress as wrong:
        return b"", Answer(Verdict.REFUSED, str(wrong), of_the_recipient=True)
    except Exception as wrong:
        if is_cut_off(wrong):
            raise
        log.exception("delivery %s cannot be rendered; the others go on", delivery.pk)
        return b"", Answer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}")
    return content, None


def says_what_is_over(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    if announced.is_announced(notices):
        return False
    if digest.is_list(delivery, notices):
        return digest.is_stale(notices, now)
    return is_stale(delivery, notices, now)


def written(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; one that was asked for once more says so."""
    if announced.is_announced(notices):
        content = announced.rendered(delivery, notices, now, links)
    elif digest.is_list(delivery, notices):
        content = digest.rendered(delivery, notices, now, links)
    elif delivery.channel in ways.SHORT:
        addresses = addresses_in(delivery, notices[0], links)
        is_one = len({notice.case_id for notice in notices}) == 1
        content = short.render(delivery, notices, now, addresses.case if is_one else addresses.company).as_bytes()
    else:
        content = rendered(delivery, notices, now, links)
    return b"X-Guardia-Resend: 1\r\n" + content if delivery.resend_of_id else content


WITH_THEM = ("case", "contact", "staff", "alarm", "announcement", "instead_of", "wording")


def notices_of(delivery: Delivery) -> list[Notice]:
    """What it carries, without what was taken back."""
    if (read := getattr(delivery, "read", None)) is not None:
        return read
    carried = delivery.notices.exclude(state=NoticeState.SUPPRESSED)
    return list(carried.select_related(*WITH_THEM).order_by("pk"))


def read_together(deliveries: Sequence[Delivery]) -> None:
    """What all of these leased letters carry, in one question: nothing is put into them or taken out any more.

    Where it is very much (long lists), each is read by itself when its turn comes.
    """
    carried = DeliveredNotice.objects.filter(delivery__in=deliveries).exclude(notice__state=NoticeState.SUPPRESSED)
    found = carried.select_related(
        "notice__case", "notice__contact", "notice__instead_of", "notice__wording", "notice__announcement"
    ).defer(*untold())
    rows = list(found.order_by("notice_id")[:MOST_READ_TOGETHER])
    if len(rows) == MOST_READ_TOGETHER:
        return
    by_delivery: dict[int, list[Notice]] = {}
    for row in rows:
        by_delivery.setdefault(row.delivery_id, []).append(row.notice)
    for delivery in deliveries:
        delivery.read = by_delivery.get(delivery.pk, [])  # type: ignore[attr-defined]


@cache
def untold() -> list[str]:
    """What a letter never reads of its case and its contact: its words are made of the facts of the notice."""
    of_case = (each.name for each in Notice.case.field.related_model._meta.concrete_fields)
    of_contact = ("phones", "told", "kinds", "position")
    untold_of_case = [f"notice__case__{name}" for name in of_case if name not in TOLD_OF_CASE]
    return untold_of_case + [f"notice__contact__{name}" for name in of_contact]


def marked(content: bytes, repeats: int) -> bytes:
    """A second and later attempt says so: the first may have arrived after all."""
    return b"X-Guardia-Repeat: %d\r\n%s" % (repeats, content) if repeats else content
