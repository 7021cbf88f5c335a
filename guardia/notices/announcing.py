"""The companies are told of what is about no case: made once, then told to contact after contact, in steps.

Every function is a step inside a transaction of its caller; hours are UTC.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.envelope import Attachment, Envelope, domain, sealed
from guardia.notices.letterhead import paper_of
from guardia.notices.links import Links
from guardia.notices.mail import contact_of
from guardia.notices.month_facts import MonthFacts
from guardia.notices.notice import Delivery, Notice, NoticeState
from guardia.notices.wording.hours import in_the_language_of
from guardia.notices.wording.letter import DESK, Letter, salutation, whom_to_call
from guardia.notices.wording.monthly import because, month_letter, signed_log
from guardia.notices.wording.outage_letter import outage_letter
from guardia.notices.wording.signed_log import headers_of
from guardia.notices.wording.works import what, work_letter
from guardia.notices.work_facts import WorkFacts, calendar_entry
from guardia.people.staff import Staff
from guardia.procedure import version
from guardia.procedure.spoken_hours import dated
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind, Topic

AT_ONCE = 1000
LEAST_URGENT = 9
"""Whatever a case has to say leaves first."""
OF_CLOSINGS = Q(told__contains=[Topic.CLOSURE.value], kinds__contains=[CaseKind.INCIDENT.value])
"""The contacts whom the company has told of the closing of its incidents (P7)."""


def announce(
    kind: AnnouncementKind,
    key: str,
    version: ProcedureVersion,
    facts: Mapping[str, Any],
    *,
    by: Staff | None,
    at: datetime,
    customer: Customer | None = None,
) -> Announcement:
    """To every contact of the company, or of all; the worker tells them. A second time returns the first."""
    made, _is_new = Announcement.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "customer": customer,
            "procedure_version": version,
            "facts": dict(facts),
            "made_at": at,
            "made_by": by,
        },
    )
    return made


def next_to_tell(without: Collection[int] = ()) -> Announcement | None:
    """The oldest that somebody has still to be told of, held; ``without`` are ids of those that are left out."""
    waiting = Announcement.objects.filter(told_at=None).exclude(pk__in=without).order_by("pk")
    return waiting.select_for_update(skip_locked=True).first()


def tell(announcement: Announcement, now: datetime) -> int:
    """The next contacts of this one, which the caller holds, have their notice owed; how many."""
    people = list(to_tell(announcement).filter(pk__gt=announcement.last_contact).order_by("pk")[:AT_ONCE])
    Notice.objects.bulk_create([owed(announcement, contact, now) for contact in people], ignore_conflicts=True)
    announcement.last_contact = people[-1].pk if people else announcement.last_contact
    announcement.told_at = now if len(people) < AT_ONCE else None
    announcement.save(update_fields=["last_contact", "told_at"])
    return len(people)


def to_tell(announcement: Announcement) -> QuerySet[Contact]:
    """The contacts at work of the companies at work; a month's report, those who are told of its closings."""
    everybody = Contact.objects.filter(active=True, customer__active=True)
    if announcement.kind == AnnouncementKind.MONTH:
        everybody = everybody.filter(OF_CLOSINGS)
    return everybody.filter(customer=announcement.customer_id) if announcement.customer_id else everybody


def owed(announcement: Announcement, contact: Contact, now: datetime) -> Notice:
    return Notice(
        customer_id=contact.customer_id,
        announcement=announcement,
        contact=contact,
        moment=announcement.kind,
        clause="P",
        language=contact.language,
        facts={"announcement": announcement.pk},
        urgency=LEAST_URGENT,
        owed_at=now,
    )


def progress(announcement: Announcement) -> dict[str, int]:
    """How many contacts have a notice of it, to how many it went, and whom it did not reach."""
    states = Notice.objects.filter(announcement=announcement).aggregate(
        owed=Count("pk"),
        sent=Count("pk", filter=Q(state=NoticeState.SENT)),
        failed=Count("pk", filter=Q(state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED])),
    )
    return {**states, "of": to_tell(announcement).count()}


def announcement_of(kind: AnnouncementKind, key: str) -> Announcement | None:
    """What the companies were told of this; None where they were told nothing."""
    return Announcement.objects.filter(kind=kind, key=key).first()


# What is told to a company and is about no case, as one mail: the same frame and letterhead as any other letter.


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
        signed = signed_log(MonthFacts.of(told.facts)) if told.kind == AnnouncementKind.MONTH else None
        envelope = Envelope(
            subject=letter.subject,
            sender=f"{letter.desk}, {letter.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[f"<announcement-{told.pk}.contact-{contact.pk}@{domain()}>"],
            moments=[told.kind],
            now=now,
            proof=headers_of((), signed),
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
        headline=_("The %(title)s, %(code)s version %(number)s, is in force from %(hour)s.") % {**words, "hour": hour},
        said=(
            *((_("Why: %s.") % facts["what_for"].rstrip("."),) if facts.get("what_for") else ()),
            *changes(facts, language),
            _("Cases open at that time keep the promise they started under."),
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


# Many companies are told of one thing, each in a letter of its own: written in one step, the notices with it.
#
# A step inside a transaction of its caller; hours are UTC.


LETTERS_AT_ONCE = 2000
OF_INCIDENTS = Q(kinds__contains=[CaseKind.INCIDENT.value])
"""The contacts whom the company has told of its services, not of invoices alone."""


@dataclass(frozen=True)
class ToEach:
    """What one company is told: by its id, under a key that is never used twice, with the facts as they are frozen."""

    customer: int
    key: str
    facts: Mapping[str, Any]


def announce_each(
    kind: AnnouncementKind, version: ProcedureVersion, told: Sequence[ToEach], *, by: int | None, at: datetime
) -> int:
    """Every contact of each company has its notice owed; returns how many contacts. ``by``: the person's id, or None.

    What was announced under one of these keys before is left as it is.
    """
    Announcement.objects.bulk_create(
        (
            Announcement(
                kind=kind,
                key=each.key,
                customer_id=each.customer,
                procedure_version=version,
                facts=dict(each.facts),
                made_at=at,
                made_by_id=by,
                told_at=at,
            )
            for each in told
        ),
        batch_size=LETTERS_AT_ONCE,
        ignore_conflicts=True,
    )
    made = Announcement.objects.filter(kind=kind, key__in=[each.key for each in told], made_at=at)
    by_company = {one.customer_id: one for one in made.defer("facts")}
    notices = [owed(by_company[one.customer_id], one, at) for one in contacts_of(by_company.keys())]
    Notice.objects.bulk_create(notices, batch_size=LETTERS_AT_ONCE, ignore_conflicts=True)
    return len(notices)


def contacts_of(companies: Collection[int | None]) -> QuerySet[Contact]:
    """Whom such a letter goes to: the contacts at work who are told of the services of these companies."""
    found = Contact.objects.filter(OF_INCIDENTS, active=True, customer__active=True, customer__in=list(companies))
    return found.order_by("pk")
