"""A delivery that lists several cases, or much news of one, as one mail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.template.loader import render_to_string

from guardia.notices.channel import Channel
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.letterhead import paper_of
from guardia.notices.links import Links
from guardia.notices.mail import contact_of, facts_of, permit_letters, root_of
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.digest import digest
from guardia.notices.wording.language import in_the_language_of
from guardia.notices.wording.next_step import promises_the_past
from guardia.notices.wording.why_you import why_you

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
        digest_ = digest(
            facts_of(notices, now), contact, where, why_you(delivery, notices), places=places, company=links.company()
        )
        paper = paper_of(delivery)
        digest_ = replace(digest_, desk=paper.sender) if paper and paper.sender else digest_
        envelope = Envelope(
            subject=digest_.subject,
            sender=f"{digest_.desk}, {digest_.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of_all(notices)],
            moments=list(dict.fromkeys(notice.moment for notice in notices))[:LONGEST_MOMENTS],
            now=now,
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
