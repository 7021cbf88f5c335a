"""The operator's words tried out before they hold: on made-up events and on a real one, as the whole mail would be."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from guardia.customers.contact import Contact
from guardia.notices import letterhead, mail
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.notice import Notice
from guardia.notices.wording.filling import Hole, line_filled, places
from guardia.notices.wording.letter import Letter, letter
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import Words, own_news
from guardia.notices.wording.placeholders import values_of
from guardia.notices.wording.sample import sample_contact
from guardia.procedure import version
from guardia.procedure.contents import NoticeItem

NOWHERE = "area@example.com"
LOOKED_THROUGH = 50_000
"""Of the latest notices; further back an example does as well, and the look stays quick."""
LINES = ("subject", "headline")
"""These two are always needed whole, where a body may leave a sentence out."""


def latest(moment: str, variant: str) -> Notice | None:
    """The last time a contact was owed word of this event, in whatever language; with its case and contact.

    None where that was never, or long ago.
    """
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = Notice.objects.filter(
        pk__gt=last - LOOKED_THROUGH, moment=moment, contact__isnull=False, case__isnull=False
    )
    if variant:
        found = found.filter(variant=variant)
    return found.select_related("case", "contact").order_by("-pk").first()


def of_notice(notice: Notice) -> tuple[NoticeFacts, Contact]:
    """A real event as it is told, on time."""
    assert notice.case is not None, "a letter is about a case"
    told = NoticeFacts.of(notice, version.of(notice.case.procedure_version_id), notice.owed_at)
    return told, mail.contact_of([notice])


def tried(told: NoticeFacts, contact: Contact, words: Words) -> Letter:
    """The letter in these words, in the active language. Raises NotTold and Hole, which ``holes`` finds first."""
    return letter([told], contact, news=[own_news(told, words)])


def holes(told: NoticeFacts, words: Words) -> dict[str, str]:
    """By field, the placeholder of subject or first sentence that says nothing in this event."""
    found = {}
    for field in LINES:
        text = getattr(words, field)
        try:
            line_filled(text, values_of(told, places(text)))
        except Hole as hole:
            found[field] = hole.name
    return found


def untold(samples: Sequence[NoticeFacts], words: Words, language: str) -> list[NoticeItem]:
    """What the procedure wants told and these words leave out in one of the samples, where ours tell it (P)."""
    contact, lost = sample_contact(language), dict[NoticeItem, None]()
    for told in samples:
        ours = mail.missing([told], letter([told], contact))
        lost |= dict.fromkeys(item for item in mail.missing([told], tried(told, contact, words)) if item not in ours)
    return list(lost)


def mail_to(
    letter_: Letter, language: str, now: datetime, *, name: str = "", address: str = NOWHERE, prefix: str = ""
) -> EmailMessage:
    """The letter on the house's paper as a mail to one of the house: in no case's conversation. Raises BadAddress.

    Without an address it is for a look in a browser, its logo inside. ``now`` is UTC.
    """
    paper = letterhead.in_force()
    if paper and address == NOWHERE:
        paper = paper.with_its_logo_inside()
    letter_ = mail.signed(letter_, paper)
    key = f"wording-{now:%Y%m%d%H%M%S%f}@{domain()}"
    envelope = Envelope(
        subject=prefix + letter_.subject,
        sender=f"{letter_.desk}, {letter_.provider}",
        name=name,
        address=address,
        message_id=f"<{key}>",
        roots=[f"<trial.{key}>"],
        moments=[],
        now=now,
    )
    images = paper.images if paper and address != NOWHERE else ()
    return sealed(envelope, mail.text_of(letter_, paper), mail.html_of(letter_, language, paper), language, images)
