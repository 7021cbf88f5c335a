"""A delivery as it leaves: where to, with which bytes, and of which notices."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch

from guardia.config.collisions import is_cut_off
from guardia.notices import (
    announcing,
    confirmation_mail,
    gathering,
    mail,
    page,
    recipients,
    secret_mail,
    short,
    team_message,
)
from guardia.notices.channel import Channel, url_of
from guardia.notices.envelope import Attachment
from guardia.notices.links import Addresses, Answer, Links
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.notices.server_answer import MailServerAnswer, Verdict
from guardia.notices.wire import BadAddress
from guardia.notices.wording.next_step import promises_the_past
from guardia.notices.wording.page_list import MORNING
from guardia.notices.wording.page_panorama import PANORAMA
from guardia.notices.wording.pages import is_late
from guardia.procedure.vocabulary import Moment

log = logging.getLogger(__name__)

MOST_READ_TOGETHER = 2000
TOLD_OF_CASE = ("id", "number", "procedure_version", "customer", "in_rehearsal")
UNTOLD_OF_CONTACT = ("phones", "told", "kinds", "position")


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
    if delivery.channel == Channel.TEAM:
        channel = notices[0].team_channel if notices else None
        return (channel.address or None) if channel and channel.active else None
    if delivery.channel != Channel.APPRISE:
        return recipients.url_for(delivery.channel, delivery.address)
    return url_of(notices[0].staff, delivery.address) if notices and notices[0].staff else None


def bytes_of(
    delivery: Delivery, notices: list[Notice], now: datetime, links: Links
) -> tuple[bytes, MailServerAnswer | None]:
    """The message as it leaves; where it cannot be written, what is settled instead.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost: nothing can be settled then.
    """
    content = bytes(delivery.body or b"")
    try:
        if delivery.code_id:
            return secret_mail.code_mail(delivery, now, links), None
        if delivery.confirmation_id:
            return confirmation_mail.rendered(delivery, now, links), None
        if delivery.reset_id:
            return secret_mail.reset_mail(delivery, now, links), None
        if notices and (not content or says_what_is_over(delivery, notices, now)):
            content = written(delivery, notices, now, links)
    except BadAddress as wrong:
        return b"", MailServerAnswer(Verdict.REFUSED, str(wrong), of_the_recipient=True)
    except Exception as wrong:
        if is_cut_off(wrong):
            raise
        log.exception("delivery %s cannot be rendered; the others go on", delivery.pk)
        return b"", MailServerAnswer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}")
    return content, None


def says_what_is_over(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    if announcing.is_announced(notices) or delivery.channel == Channel.TEAM:
        return False
    if gathering.is_list(delivery, notices):
        return gathering.is_stale(notices, now)
    return is_stale(delivery, notices, now)


def written(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; one that was asked for once more says so."""
    if delivery.channel == Channel.TEAM:
        content = team_message.render(notices, now, links.desk).as_bytes()
    elif announcing.is_announced(notices):
        content = announcing.rendered(delivery, notices, now, links)
    elif gathering.is_list(delivery, notices):
        content = gathering.rendered(delivery, notices, now, links)
    elif delivery.channel in recipients.SHORT:
        addresses = addresses_in(delivery, notices[0], links)
        is_one = len({notice.case_id for notice in notices}) == 1
        content = short.render(delivery, notices, now, addresses.case if is_one else addresses.company).as_bytes()
    else:
        content = rendered(delivery, notices, now, links)
    return b"X-Guardia-Resend: 1\r\n" + content if delivery.resend_of_id else content


WITH_THEM = ("case", "contact", "staff", "alarm", "announcement", "instead_of", "wording", "team_channel")


def notices_of(delivery: Delivery) -> list[Notice]:
    """What it carries, without what was taken back; by keys, as in ``read_together``."""
    if (read := getattr(delivery, "read", None)) is not None:
        return read
    keys = list(DeliveredNotice.objects.filter(delivery=delivery).values_list("notice_id", flat=True))
    carried = Notice.objects.filter(pk__in=keys).exclude(state=NoticeState.SUPPRESSED)
    return list(carried.select_related(*WITH_THEM).order_by("pk"))


def read_together(deliveries: Sequence[Delivery]) -> None:
    """What all of these leased letters carry, in few questions: nothing is put into them or taken out any more.

    Each question is by keys. In a join PostgreSQL would read every notice for each batch of a storm, since until it has
    counted the table anew it takes what is not suppressed for a few rows. Where it is very much (long lists), each is
    read by itself when its turn comes.
    """
    carried = DeliveredNotice.objects.filter(delivery__in=deliveries).order_by("delivery_id", "notice_id")
    pairs = list(carried.values_list("delivery_id", "notice_id")[:MOST_READ_TOGETHER])
    if len(pairs) == MOST_READ_TOGETHER:
        return
    notices = Notice.objects.prefetch_related(*told_with()).in_bulk({notice for _delivery, notice in pairs})
    for delivery in deliveries:
        delivery.read = []  # type: ignore[attr-defined]
    by_id = {delivery.pk: delivery for delivery in deliveries}
    for delivery_id, notice_id in pairs:
        if notices[notice_id].state != NoticeState.SUPPRESSED:
            by_id[delivery_id].read.append(notices[notice_id])  # type: ignore[attr-defined]


def told_with() -> list[Prefetch | str]:
    """What is read beside the notices of a letter; without what it never tells of its case and its contact, since its
    words are made of the facts of the notice.
    """
    cases, contacts = (field.related_model._default_manager for field in (Notice.case.field, Notice.contact.field))
    return [
        Prefetch("case", cases.only(*TOLD_OF_CASE)),
        Prefetch("contact", contacts.defer(*UNTOLD_OF_CONTACT)),
        *("instead_of", "wording", "announcement"),
    ]


def marked(content: bytes, repeats: int) -> bytes:
    """A second and later attempt says so: the first may have arrived after all."""
    return b"X-Guardia-Repeat: %d\r\n%s" % (repeats, content) if repeats else content


# A delivery as the bytes that leave: a letter to a customer, or a page by mail or in short.


def is_stale(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    """True if what was written earlier promises an hour that has passed, or does not say yet that it is late."""
    if delivery.urgent:
        return is_late(notices[0], now)
    return promises_the_past(notices[-1].facts, now)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; ``now`` is UTC. Raises BadAddress, and whatever facts that are none may cause."""
    if not delivery.urgent:
        return mail.render(delivery, notices, now, addresses_in(delivery, notices[0], links)).as_bytes()
    answer = answer_in(notices, links)
    if delivery.channel == Channel.APPRISE:
        return page.render_short(delivery, notices, now, answer).as_bytes()
    return page.render(delivery, notices, now, answer, files_of_page(notices[0], links)).as_bytes()


def files_of_page(notice: Notice, links: Links) -> tuple[Attachment, ...]:
    """What goes with a page by mail: the panorama's pictures, and nothing with any other."""
    return links.panorama_files(notice.facts) if notice.facts.get("kind") == PANORAMA else ()


def answer_in(notices: Sequence[Notice], links: Links) -> Answer:
    """Where a page is answered; that of the morning opens its list, and a note that names somebody the case."""
    first = notices[0]
    if first.moment == Moment.NOTED:
        return lambda notice_id, _delivery: links.note(next(one.facts for one in notices if one.pk == notice_id))
    return links.answer if first.moment != MORNING else lambda *ids: links.morning(first.facts)


def addresses_in(delivery: Delivery, notice: Notice, links: Links) -> Addresses:
    """Where the company sees who answers now, where this contact asks for the next level (E1), reads the report, opens
    the case, and denies a confirmation (P5).
    """
    company, case, contact, by = notice.customer_id, notice.case_id, notice.contact_id, delivery.pk or 0
    who_answers = links.who_answers(company, by) if company else ""
    if not (company and case and contact):
        return Addresses(who_answers)
    ids = (company, case, contact, by)
    return Addresses(
        who_answers,
        links.escalate(*ids),
        links.report(*ids),
        links.report_file,
        links.draw,
        links.permit_letter,
        links.case(*ids),
        links.company(),
        links.deny(*ids),
        links.signed_log(),
    )
