"""Nobody is flooded: who got many letters in a short while gets what follows gathered into one, every few minutes.

Nothing is dropped: what waits for its turn stays owed. Asked of the newest deliveries alone, by the order of their ids.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.template.loader import render_to_string

from guardia.notices.channel import Channel
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.letterhead import paper_of
from guardia.notices.links import Links
from guardia.notices.mail import contact_of, facts_of, permit_letters, root_of
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.digest import digest
from guardia.notices.wording.hours import in_the_language_of
from guardia.notices.wording.letter import why_you
from guardia.notices.wording.next_step import promises_the_past
from guardia.notices.wording.signed_log import headers_of

MOST_LETTERS = 10
"""A person reads no more than one letter a minute and still acts on it."""

WITHIN = timedelta(minutes=10)
GATHERED_EVERY = timedelta(minutes=3)
"""Short beside the shortest promise with news in it (P3, 20 minutes): nobody learns anything too late to act."""

STUCK_AFTER = timedelta(minutes=1)
"""A letter that could not leave for so long (no server, a limit, a long queue) takes in what is owed meanwhile."""

# Of the newest deliveries: the first older than the span ends the search. One delivery is to one person.
RECENT = """
    SELECT person.contact_id, count(*), max(d.created_at)
    FROM delivery d
    JOIN LATERAL (
        SELECT n.contact_id FROM delivered_notice o JOIN notice n ON n.id = o.notice_id
        WHERE o.delivery_id = d.id LIMIT 1
    ) person ON person.contact_id IS NOT NULL
    WHERE d.id > coalesce(
            (SELECT old.id FROM delivery old WHERE old.created_at < %(since)s ORDER BY old.id DESC LIMIT 1), 0)
      AND d.created_at >= %(since)s AND NOT d.urgent AND d.resend_of_id IS NULL AND d.state <> 'withdrawn'
    GROUP BY person.contact_id, d.channel
"""
STUCK = """
    SELECT d.id, person.contact_id, d.channel, d.address, d.urgency
    FROM delivery d
    JOIN LATERAL (
        SELECT n.contact_id, n.case_id FROM delivered_notice o JOIN notice n ON n.id = o.notice_id
        WHERE o.delivery_id = d.id LIMIT 1
    ) person ON person.case_id IS NOT NULL AND person.contact_id = ANY(%(contacts)s)
    WHERE d.state IN ('waiting', 'sending') AND d.state = 'waiting' AND d.attempts = 0 AND NOT d.urgent
      AND d.resend_of_id IS NULL AND d.answers_id IS NULL AND d.created_at <= %(before)s
    FOR UPDATE OF d SKIP LOCKED
"""


@dataclass(frozen=True)
class Letters:
    """How many letters a person got lately by one channel, and when the last was made (UTC)."""

    count: int
    last_at: datetime

    def is_enough(self, more: int = 0) -> bool:
        return self.count + more > MOST_LETTERS if more else self.count >= MOST_LETTERS

    def waits(self, now: datetime) -> bool:
        """True while what is owed to this person is gathered, and not packed yet."""
        return self.is_enough() and now < self.last_at + GATHERED_EVERY


def recent(now: datetime) -> dict[int, Letters]:
    """By contact: the letters made in the ten minutes before ``now`` (UTC), by the channel that had most."""
    found: dict[int, Letters] = {}
    with connection.cursor() as cursor:
        cursor.execute(RECENT, {"since": now - WITHIN})
        for contact, count, last_at in cursor.fetchall():
            if contact not in found or found[contact].count < count:
                found[contact] = Letters(count, last_at)
    return found


def stuck(contacts: Iterable[int], now: datetime) -> dict[tuple[int, str, str], tuple[int, int]]:
    """By contact, channel and address: a letter that nothing was tried with yet and that waits for long, and its
    urgency. Its row is held, so that nobody sends it while more is put into it; one that is being sent is not found.
    """
    with connection.cursor() as cursor:
        cursor.execute(STUCK, {"contacts": list(contacts), "before": now - STUCK_AFTER})
        oldest_last = sorted(cursor.fetchall(), reverse=True)  # in SQL it would have the whole table read in this order
    return {(contact, channel, address): (pk, urgency) for pk, contact, channel, address, urgency in oldest_last}


# A delivery that lists several cases, or much news of one, as one mail.


LONGEST_MOMENTS = 20


def is_list(delivery: Delivery, notices: Sequence[Notice]) -> bool:
    """True if this mail carries more than what one act made known about one case."""
    is_letter = delivery.channel == Channel.MAIL and not delivery.urgent
    return is_letter and len({(notice.case_id, notice.owed_at) for notice in notices}) > 1


def is_stale(notices: Sequence[Notice], now: datetime) -> bool:
    """True if what was written earlier promises an hour that has passed (UTC)."""
    return any(promises_the_past(notice.facts, now) for notice in notices)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The mail: ``notices`` to one person, ``case``, ``contact`` and ``instead_of`` loaded; ``now`` (UTC) is its Date.

    Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        contact, company = contact_of(notices), notices[0].customer_id
        where = links.who_answers(company, delivery.pk or 0) if company else ""
        places = places_of(notices, links, delivery.pk or 0)
        told, newest = facts_of(notices, now), links.signed_log()
        digest_ = digest(told, contact, where, why_you(delivery, notices), places=places, company=links.company())
        paper = paper_of(delivery)
        digest_ = replace(digest_, desk=paper.sender) if paper and paper.sender else digest_
        digest_ = replace(digest_, log=newest.sentence(told[0].hours.zone) if newest else "")
        envelope = Envelope(
            subject=digest_.subject,
            sender=f"{digest_.desk}, {digest_.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of_all(notices)],
            moments=list(dict.fromkeys(notice.moment for notice in notices))[:LONGEST_MOMENTS],
            now=now,
            proof=headers_of(told, newest),
        )
        text = render_to_string("mail/digest.txt", {"digest": digest_, "paper": paper})
        html = render_to_string("mail/digest.html", {"digest": digest_, "language": language, "paper": paper})
        images, letters = paper.images if paper else (), permit_letters(notices, links.permit_letter)
        return sealed(envelope, text, html, language, images, letters).as_bytes()


def places_of(notices: Sequence[Notice], links: Links, by: int) -> dict[str, str]:
    """Where this contact opens each of the cases, by the number under which the letter lists it."""
    return {
        one.case.display_number: links.case(one.customer_id, one.case_id, one.contact_id, by)
        for one in notices
        if one.case and one.customer_id and one.case_id and one.contact_id
    }


def root_of_all(notices: Sequence[Notice]) -> str:
    """The conversation of the case, where all the news is of one; else that of this person's lists."""
    if len({notice.case_id for notice in notices}) == 1:
        return root_of(notices[0])
    return f"<news.contact-{notices[0].contact_id}@{domain()}>"
