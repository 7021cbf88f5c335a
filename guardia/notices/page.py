"""A delivery to a person of the house: the page as a mail, or in short for an SMS gateway or a messenger."""

from collections.abc import Collection, Sequence
from datetime import datetime
from email.message import EmailMessage

from django.db.models import QuerySet
from django.template.loader import render_to_string

from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.links import Answer
from guardia.notices.notice import Delivery, DeliveryState, Notice
from guardia.notices.wire import WIRE, one_line
from guardia.notices.wording.hours import hours_of
from guardia.notices.wording.language import in_the_language_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_morning import MORNING
from guardia.notices.wording.page_text import Page
from guardia.notices.wording.pages import page_of
from guardia.people.staff import Staff
from guardia.procedure import version
from guardia.procedure.schema import Procedure

SHORT = 300
"""Signs that a short page may have: two SMS, title and link included."""

TITLE = 70


def render(delivery: Delivery, notices: Sequence[Notice], now: datetime, answer: Answer) -> EmailMessage:
    """The page as a mail: ``notices`` to one person, owed at one moment, ``case`` and ``staff`` loaded.

    ``now`` (UTC) is its Date. Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        page, staff = page_text(delivery, notices, now, answer), staff_of(notices)
        envelope = Envelope(
            subject=page.subject,
            sender=f"{page.desk}, {page.provider}",
            name=staff.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of(notice) for notice in notices[:1]],
            moments=list(dict.fromkeys(notice.moment for notice in notices)),
            now=now,
        )
        text = render_to_string("mail/page.txt", {"page": page})
        html = render_to_string("mail/page.html", {"page": page, "language": language})
        message = sealed(envelope, text, html, language)
        if notices[0].moment != MORNING:
            message["Importance"] = "high"
            message["X-Priority"] = "1"
        return message


def render_short(delivery: Delivery, notices: Sequence[Notice], now: datetime, answer: Answer) -> EmailMessage:
    """The essentials and the link, as a message of title and text of which Apprise makes what a service takes."""
    with in_the_language_of(notices) as language:
        page = page_text(delivery, notices, now, answer)
        message = EmailMessage(policy=WIRE)
        message["Subject"], body = in_short(page)
        message["X-Guardia-Moment"] = " ".join(dict.fromkeys(notice.moment for notice in notices))
        message.set_content(body, cte="quoted-printable")
        message["Content-Language"] = language
        return message


def in_short(page: Page) -> tuple[str, str]:
    """Title and text: as many of the essentials as fit, and the link always."""
    title, ending = clipped(one_line(page.title), TITLE), [page.address] if page.address else []
    lines: list[str] = []
    for words in map(one_line, filter(None, page.short)):
        room = SHORT - len("\n".join([title, *lines, *ending])) - 1
        if len(words) <= room:
            lines.append(words)
        elif not lines:
            lines.append(clipped(words, room))
    return title, "\n".join([*lines, *ending])


def clipped(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: max(0, most - 1)].rstrip()}…"


def page_text(delivery: Delivery, notices: Sequence[Notice], now: datetime, answer: Answer) -> Page:
    """The links say by which delivery they came, so that an answer proves the way."""
    addresses = [answer(notice.pk, delivery.pk) for notice in notices]
    return page_of([facts_of(notice, now) for notice in notices], addresses)


def facts_of(notice: Notice, now: datetime) -> NoticeFacts:
    """Hours in the zone of the site; of an alarm in the operator's."""
    procedure = procedure_of(notice)
    zone = notice.facts.get("zone") or procedure.provider.zone
    return NoticeFacts(notice.facts, procedure, hours_of(zone, procedure, now), notice.owed_at)


def procedure_of(notice: Notice) -> Procedure:
    """The case's own version; for an alarm the one in force when it was owed. Raises NoProcedure."""
    if notice.case:
        return version.of(notice.case.procedure_version_id)
    return version.in_force(notice.owed_at).procedure


def staff_of(notices: Sequence[Notice]) -> Staff:
    staff = notices[0].staff
    assert staff is not None, "a page is to a person of the house"
    return staff


def root_of(notice: Notice) -> str:
    """The conversation of the case, or of the alarm, with this person."""
    about = f"case-{notice.case.number}" if notice.case else f"alarm-{notice.alarm_id}"
    return f"<{about}.staff-{notice.staff_id}@{domain()}>"


def page_of_id(notice_id: int) -> Notice | None:
    """The page of this id with whom it went to and what it is about; None where it is none."""
    pages = Notice.objects.filter(pk=notice_id, staff__isnull=False)
    return pages.select_related("staff", "alarm", "case").first()


def paged_together(notice: Notice, moments: Collection[str]) -> QuerySet[Notice]:
    """The pages of these moments that left together with this one: to the same person at the same instant."""
    together = Notice.objects.filter(staff=notice.staff_id, owed_at=notice.owed_at, moment__in=list(moments))
    names = ("staff", "case__customer", "case__site__city", "case__service", "case__assigned")
    return together.select_related(*names).order_by("pk")


def accepted_deliveries(notice: Notice) -> list[Delivery]:
    """The deliveries of the page that a server has accepted."""
    return list(notice.deliveries.filter(state=DeliveryState.ACCEPTED).order_by("pk"))
