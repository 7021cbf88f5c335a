"""What is told to a company and is about no case, as one mail: the same frame and letterhead as any other letter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.formats import date_format
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
from guardia.notices.wording.salutation import salutation
from guardia.procedure import version
from guardia.procedure.schema import Procedure

MOST_CHANGES = 40


def is_announced(notices: Sequence[Notice]) -> bool:
    return bool(notices and notices[0].announcement_id)


def rendered(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The mail; ``announcement`` and ``contact`` are loaded, ``now`` (UTC) is its Date. Raises BadAddress."""
    with in_the_language_of(notices) as language:
        told, contact, paper = notices[0].announcement, contact_of(notices), paper_of(delivery)
        assert told is not None, "a notice of an announcement"
        attached = file_of(told, links)
        letter = letter_of(told, contact, language, links, attached)
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
    told: Announcement, contact: Contact, language: str, links: Links, attached: Sequence[Attachment] = ()
) -> Letter:
    """In the active language, which is ``language``; ``attached`` is what goes with it."""
    if told.kind == AnnouncementKind.MONTH:
        return month_letter(told, contact, is_attached=bool(attached))
    return procedure_letter(told, contact, language, links)


def file_of(told: Announcement, links: Links) -> tuple[Attachment, ...]:
    """The spreadsheet of a month, in the active language."""
    made = links.month_file(told.pk or 0, told.facts) if told.kind == AnnouncementKind.MONTH else None
    return (made,) if made else ()


def procedure_letter(told: Announcement, contact: Contact, language: str, links: Links) -> Letter:
    """A new version of the procedure: from when it holds, what it promises otherwise, and what keeps the old one."""
    facts, procedure = told.facts, version.of(told.procedure_version_id)
    words = {"title": str(procedure.title), "code": facts["code"], "number": facts["number"]}
    hour = hour_of(facts, procedure)
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


def hour_of(facts: Mapping[str, Any], procedure: Procedure) -> str:
    local = datetime.fromisoformat(facts["effective_at"]).astimezone(ZoneInfo(procedure.provider.zone))
    words = {"date": date_format(local, "DATE_FORMAT"), "hour": f"{local:%H:%M}", "country": procedure.provider.country}
    return _("%(date)s, %(hour)s (%(country)s time)") % words
