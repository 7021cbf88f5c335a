"""A delivery as the bytes that leave: a letter to a customer, or a page by mail or in short."""

import logging
from collections.abc import Sequence
from datetime import datetime

from guardia.notices import mail, page
from guardia.notices.channel import Channel
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.next_step import promises_the_past
from guardia.notices.wording.pages import is_late

log = logging.getLogger(__name__)


def is_stale(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    """True if what was written earlier promises an hour that has passed, or does not say yet that it is late."""
    if delivery.urgent:
        return is_late(notices[0], now)
    return promises_the_past(notices[-1].facts, now)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; ``now`` is UTC. Raises BadAddress, and whatever facts that are none may cause."""
    if not delivery.urgent:
        if missing := mail.what_is_missing(notices, now):
            log.warning("delivery %s does not tell: %s", delivery.pk, ", ".join(missing))
        return mail.render(delivery, notices, now, *addresses_in(notices[0], links)).as_bytes()
    if delivery.channel == Channel.APPRISE:
        return page.render_short(delivery, notices, now, links.answer).as_bytes()
    return page.render(delivery, notices, now, links.answer).as_bytes()


def addresses_in(notice: Notice, links: Links) -> tuple[str, str]:
    """Where the company sees who answers now, and where this contact asks for the next level (E1)."""
    company, case, contact = notice.customer_id, notice.case_id, notice.contact_id
    who_answers = links.who_answers(company) if company else ""
    return who_answers, links.escalate(company, case, contact) if company and case and contact else ""
