"""A delivery as the bytes that leave: a letter to a customer, or a page by mail or in short."""

from collections.abc import Sequence
from datetime import datetime

from guardia.notices import mail, page
from guardia.notices.channel import Channel
from guardia.notices.links import Addresses, Answer, Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.next_step import promises_the_past
from guardia.notices.wording.page_morning import MORNING
from guardia.notices.wording.pages import is_late


def is_stale(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    """True if what was written earlier promises an hour that has passed, or does not say yet that it is late."""
    if delivery.urgent:
        return is_late(notices[0], now)
    return promises_the_past(notices[-1].facts, now)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; ``now`` is UTC. Raises BadAddress, and whatever facts that are none may cause."""
    if not delivery.urgent:
        return mail.render(delivery, notices, now, addresses_in(delivery, notices[0], links)).as_bytes()
    answer = answer_in(notices[0], links)
    if delivery.channel == Channel.APPRISE:
        return page.render_short(delivery, notices, now, answer).as_bytes()
    return page.render(delivery, notices, now, answer).as_bytes()


def answer_in(notice: Notice, links: Links) -> Answer:
    """Where a page is answered; that of the morning asks for no answer and opens its list."""
    return links.answer if notice.moment != MORNING else lambda *ids: links.morning(notice.facts)


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
    )
