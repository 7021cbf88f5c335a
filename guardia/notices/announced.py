"""What is told to a company and is about no case, as one mail: the same frame and letterhead as any other letter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from guardia.customers.contact import Contact
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.envelope import Attachment, Envelope, domain, sealed
from guardia.notices.letterhead import paper_of
from guardia.notices.links import Links
from guardia.notices.mail import contact_of
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.language import in_the_language_of
from guardia.notices.wording.letter import DESK, Letter, whom_to_call
from guardia.notices.wording.monthly import because, month_letter
from guardia.notices.wording.outage_letter import outage_letter
from guardia.notices.wording.salutation import salutation
from guardia.notices.wording.works import work_letter
from guardia.notices.wording.works_parts import what
from guardia.notices.work_facts import WorkFacts
from guardia.notices.works_calendar import calendar_entry
from guardia.procedure import version
from guardia.procedure.spoken_hours import dated

MOST_CHANGES = 40


def is_announced(notices: Sequence[Notice]) -> bool:
    return bool(notices and notices[0].announcement_id)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The mail; ``announcement`` and ``contact`` are loaded, ``now`` (UTC) is its Date. Raises BadAddress."""
    with in_the_language_of(notices) as language:
        told, contact, paper = notices[0].announcement, contact_of(notices), paper_of(delivery)
        assert told is not None, "a notice of an announcement"
        attached = files_of(told, links)
        letter = letter_of(told, contact, language, links, attached, now)
        letter = replace(letter, desk=paper.sender) if paper and paper.sender else letter
        envelope = Envelope(
            subject=letter.subject,
            sender=f"{letter.desk}, {letter.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[f"<announcement-{told.pk}.contact-{contact.pk}@{domain()}>"],
            moments=[told.kind],
            now=now,
        )
        context = {"letter": letter, "language": language, "paper": paper}
        text, html = render_to_string("mail/letter.txt", context), render_to_string("mail/letter.html", context)
        return sealed(envelope, text, html, language, paper.images if paper else (), attached).as_bytes()


def letter_of(
    told: Announcement,
    contact: Contact,
    language: str,
    links: Links,
    attached: Sequence[Attachment] = (),
    now: datetime | None = None,
) -> Letter:
    """In the active language, which is ``language``; ``attached`` goes with it.

    ``now`` (UTC) is when it leaves: hours of that day are said without the day. None: when it was made.
    """
    if told.kind == AnnouncementKind.MONTH:
        return month_letter(told, contact, attached, links.company())
    if told.kind == AnnouncementKind.OUTAGE:
        return outage_letter(told, contact, now or told.made_at)
    if told.kind == AnnouncementKind.WORK:
        address = links.work(contact.customer_id, told.facts["work"], contact.pk)
        return work_letter(told, contact, now or told.made_at, address)
    return procedure_letter(told, contact, language, links)


def files_of(told: Announcement, links: Links) -> tuple[Attachment, ...]:
    """Of a month its report as PDF and spreadsheet, of planned work its entry for a calendar; in the own language."""
    if told.kind == AnnouncementKind.WORK:
        return calendar_entry(told, what(WorkFacts.of(told.facts)))
    return links.month_files(told.pk or 0, told.facts) if told.kind == AnnouncementKind.MONTH else ()


def procedure_letter(told: Announcement, contact: Contact, language: str, links: Links) -> Letter:
    """A new version of the procedure: from when it holds, what it promises otherwise, and what keeps the old one."""
    facts, procedure = told.facts, version.of(told.procedure_version_id)
    words = {"title": str(procedure.title), "code": facts["code"], "number": facts["number"]}
    hour = dated(datetime.fromisoformat(facts["effective_at"]), procedure.provider)
    return Letter(
        subject=_("New version of the %(title)s (%(code)s)") % words,
        greeting=salutation(contact),
        headline=_("The %(title)s, %(code)s version %(number)s, holds from %(hour)s on.") % {**words, "hour": hour},
        said=(
            *((_("Why: %s.") % facts["what_for"].rstrip("."),) if facts.get("what_for") else ()),
            *changes(facts, language),
            _("Cases that are open at that hour keep the promise under which they began."),
        ),
        next="",
        next_notes=(),
        rows=((_("Please call"), whom_to_call(procedure, procedure.desk(DESK))),),
        links=((_("The whole document"), links.document),) if links.document else (),
        desk=str(procedure.desk(DESK).name),
        provider=procedure.provider.name,
        footer=because(contact),
    )


def changes(facts: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """One line for each thing that is promised otherwise; of very many the first, with how many more there are."""
    told = facts.get("changes", {}).get(language) or []
    if not told:
        return ()
    shown = "\n".join(f"• {line}" for line in told[:MOST_CHANGES])
    more = len(told) - MOST_CHANGES
    rest = ("\n" + _("and %d more, in the document") % more) if more > 0 else ""
    return (_("What changes:") + "\n" + shown + rest,)
