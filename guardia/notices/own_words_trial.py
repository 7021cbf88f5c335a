"""The operator's words tried out before they hold: on made-up events and on a real one, as the whole mail would be."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.contact import Contact
from guardia.customers.values import Misfit, Reader
from guardia.notices import letterhead, mail
from guardia.notices.envelope import Envelope, Mail, domain, sealed
from guardia.notices.notice import Notice
from guardia.notices.wording.letter import Letter, letter
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import LONGEST_SUBJECT, Words, own_news
from guardia.notices.wording.placeholders import Hole, line_filled, loose_brace, names_for, places, values_of
from guardia.notices.wording.sample import sample_contact, samples
from guardia.procedure import version
from guardia.procedure.labels import ITEM_NAMES
from guardia.procedure.rules import NoticeItem
from guardia.procedure.schema import Procedure

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
) -> Mail:
    """The letter on the operator's paper as a mail to one of the operator's people: in no case's conversation. Raises
    BadAddress.

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


# Whether the operator's words can be sent: nothing unknown in them, no hole, and all told that the procedure wants.


LONGEST = {"subject": LONGEST_SUBJECT, "headline": 400, "body": 4000}
FIELDS = {
    "subject": gettext_lazy("The news in a few words"),
    "headline": gettext_lazy("First sentence"),
    "body": gettext_lazy("What follows"),
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n\s*\n\s*")
Problems = dict[str, Any]


def paragraphs(longest: int) -> Reader:
    """Text in paragraphs, one empty line between them. The reader raises Misfit."""

    def reader(value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(text):
            raise Misfit(_("There are characters here that cannot be shown. Type the text again."))
        text = BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n")).strip())
        if len(text) > longest:
            words = _("This has %(length)d characters and at most %(longest)d fit. Please shorten it.")
            raise Misfit(words % {"length": len(text), "longest": longest})
        return text

    return reader


def problems(moment: str, variant: str, language: str, words: Words, procedure: Procedure, now: datetime) -> Problems:
    """What must be put right, by field, in the reader's language; empty if they can be sent. ``now``: UTC.

    They are tried on a sample of each variant that the text must fit, in the text's own language.
    """
    if wrong := misspelt(moment, words):
        return wrong
    with translation.override(language):
        tried = samples(moment, variant, procedure, now)
        empty = {field: name for told in tried for field, name in holes(told, words).items()}
        lost = [] if empty else untold(tried, words, language)
    if empty:
        return {field: hole_words(field, name) for field, name in empty.items()}
    return {"body": "\n".join(lost_words(moment, item) for item in lost)} if lost else {}


def misspelt(moment: str, words: Words) -> Problems:
    known, wrong = names_for(moment), Problems()
    for field in FIELDS:
        text = getattr(words, field)
        strange = [name for name in places(text) if name not in known]
        if brace := loose_brace(text):
            sentence = _("%(field)s: the brace in “%(text)s” is not closed. Write placeholders like {number}.")
            wrong[field] = sentence % {"field": FIELDS[field], "text": brace}
        elif strange:
            sentence = _("%(field)s: {%(name)s} is not available here. Choose one from the list, or remove it.")
            wrong[field] = sentence % {"field": FIELDS[field], "name": strange[0][:40]}
    return wrong


def hole_words(field: str, name: str) -> str:
    sentence = _("%(field)s: {%(name)s} is empty in some cases. Move it to the text that follows.")
    return sentence % {"field": FIELDS[field], "name": name}


def lost_words(moment: str, item: NoticeItem) -> str:
    """Which placeholder tells it; the whole of our own text where it has none of its name."""
    name = item.value if item.value in names_for(moment) else "rest"
    sentence = _("%(field)s: the procedure requires %(item)s to be stated. Put {%(name)s} in a sentence of its own.")
    return sentence % {"field": FIELDS["body"], "item": ITEM_NAMES[item], "name": name}
