"""A delivery to a customer as one mail: rendered once from its notices, as the bytes that go over the wire."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from guardia.customers.contact import Contact
from guardia.notices.envelope import Attachment, Envelope, Image, Mail, domain, sealed
from guardia.notices.letterhead import Paper, paper_of
from guardia.notices.links import NO_ADDRESSES, Addresses, Draw, undrawn
from guardia.notices.notice import Delivery, Notice
from guardia.notices.own_words import words_of
from guardia.notices.reply_address import reply_address
from guardia.notices.wording.charts import Chart, Side
from guardia.notices.wording.fact_phrases import is_request, no_evidence
from guardia.notices.wording.hours import in_the_language_of
from guardia.notices.wording.items import missing_items
from guardia.notices.wording.letter import Letter, has_report, letter, news_of, why_you
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import UnusableWords, own_news
from guardia.notices.wording.placeholders import Hole
from guardia.notices.wording.prose import News
from guardia.notices.wording.signed_log import headers_of
from guardia.people.connections import setting
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version
from guardia.procedure.rules import NoticeItem
from guardia.procedure.vocabulary import CaseKind, Moment

# The pictures of a letter as parts of its mail: each with the size at which it is shown, and its words.


TYPE = "image/png"
LARGEST = 30_000
"""Bytes of all pictures of one mail: those beyond it are told in words alone."""


@dataclass(frozen=True)
class ChartSide:
    """``src`` is empty where there is no picture: its words say the same."""

    said: Side
    src: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class ChartPair:
    title: str
    sides: tuple[ChartSide, ...]


@dataclass(frozen=True)
class Charted:
    charts: tuple[ChartPair, ...] = ()
    images: tuple[Image, ...] = ()


def charted(charts: tuple[Chart, ...], draw: Draw) -> Charted:
    """Drawn once; what cannot be drawn, or would make the mail heavy, keeps its words."""
    images: list[Image] = []
    shown = tuple(ChartPair(chart.title, tuple(_side(side, draw, images) for side in chart.sides)) for chart in charts)
    return Charted(shown, tuple(images))


def _side(side: Side, draw: Draw, images: list[Image]) -> ChartSide:
    found = draw(side.samples, side.top) if side.samples else None
    if found is None or sum(len(image.content) for image in images) + len(found[0]) > LARGEST:
        return ChartSide(side)
    content, width, height = found
    cid = f"picture.{len(images) + 1}@{domain()}"
    images.append(Image(cid, TYPE, content, f"prueba-{len(images) + 1}"))
    return ChartSide(side, f"cid:{cid}", width, height)


log = logging.getLogger(__name__)


def render(delivery: Delivery, notices: Sequence[Notice], now: datetime, addresses: Addresses = NO_ADDRESSES) -> Mail:
    """The mail of this delivery: ``notices`` of one case to one person, in order, ``case`` and ``contact`` loaded.

    Reads no other row but the operator's own words, where there are any, and its letterhead. ``now`` (UTC) is its
    Date, and decides which hours may still be promised. ``addresses`` is what it names; the letter of closing brings
    the report that they make, and where they make none it goes without. Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        contact, paper = contact_of(notices), paper_of(delivery)
        letter_, attached = with_report(composed(notices, now, addresses), notices, now, language, addresses)
        letter_, entry = with_permit_letter(letter_, notices, addresses)
        letter_ = replace(letter_, said=(*why_you(delivery, notices), *letter_.said))
        letter_ = signed(letter_, paper)
        told, newest = facts_of(notices, now), addresses.signed_log
        letter_ = replace(letter_, log=newest.sentence(told[0].hours.zone) if newest else "")
        envelope = Envelope(
            subject=letter_.subject,
            sender=f"{letter_.desk}, {letter_.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of(notices[0])],
            moments=[notice.moment for notice in notices],
            now=now,
            proof=headers_of(told, newest),
        )
        text = text_of(letter_, paper)
        if lost := missing_in(told, text):
            log.warning("delivery %s does not tell: %s", delivery.pk, ", ".join(lost))
        drawn = charted(letter_.charts, addresses.draw)
        images = (*(paper.images if paper else ()), *drawn.images)
        html = html_of(letter_, language, paper, drawn)
        message = sealed(envelope, text, html, language, images, (*attached, *entry))
        if setting("MAIL_IN") and notices[0].case_id:
            message.add_header("Reply-To", reply_address(notices[0].case_id, contact.pk))
        return message


def with_report(
    letter_: Letter, notices: Sequence[Notice], now: datetime, language: str, addresses: Addresses
) -> tuple[Letter, tuple[Attachment, ...]]:
    """The letter of a closing says where its report is: attached, or behind the link alone (P7)."""
    case_id = notices[0].case_id
    if case_id is None or not has_report(facts_of(notices, now)):
        return letter_, ()
    made = addresses.report_file(case_id, language)
    if made:
        words = _("The closing report is attached.")
    elif addresses.report:
        words = _("The closing report can be read at the address below.")
    else:
        return letter_, ()
    return replace(letter_, said=(*letter_.said, words)), (made,) if made else ()


def with_permit_letter(
    letter_: Letter, notices: Sequence[Notice], addresses: Addresses
) -> tuple[Letter, tuple[Attachment, ...]]:
    """The letter for the guard goes with the notice that it was sent; what could not be made says so (P4 D)."""
    if not any(each.moment == Moment.PERMIT_LETTER_SENT for each in notices):
        return letter_, ()
    made = permit_letters(notices, addresses.permit_letter)
    words = _("The letter is attached.") if made else _("The letter could not be attached: please ask us for it.")
    return replace(letter_, said=(*letter_.said, words)), made


def permit_letters(notices: Sequence[Notice], make: Callable[[int], Attachment | None]) -> tuple[Attachment, ...]:
    """The letters that these notices bring, each visit's once; without those that cannot be made."""
    sent = [each.facts["data"].get("visit") for each in notices if each.moment == Moment.PERMIT_LETTER_SENT]
    return tuple(made for visit in dict.fromkeys(filter(None, sent)) if (made := make(visit)))


def composed(notices: Sequence[Notice], now: datetime, addresses: Addresses = NO_ADDRESSES) -> Letter:
    """The letter in the operator's words where there are any and they tell all that ours would; else in ours."""
    told, contact = facts_of(notices, now), contact_of(notices)
    ours = letter(told, contact, addresses)
    if not any(notice.wording_id for notice in notices):
        return ours
    news = [news_text(notice, each) for notice, each in zip(notices, told, strict=True)]
    theirs = letter(told, contact, addresses, news)
    known = missing(told, ours)
    lost = [item for item in missing(told, theirs) if item not in known]
    if lost:
        log.warning("the own words of notice %s do not tell %s: ours are sent", notices[0].pk, ", ".join(lost))
    return ours if lost else theirs


def news_text(notice: Notice, told: NoticeFacts) -> News:
    """In the operator's words; in ours where theirs would have a hole, which is logged.

    In ours too where nothing proves the stability: theirs were written for tests that do (P6).
    """
    if no_evidence(told):
        return news_of(told)
    if words := words_of(notice):
        try:
            return own_news(told, words)
        except Hole as hole:
            log.warning("the own words of notice %s: {%s} says nothing, ours are sent", notice.pk, hole.name)
        except UnusableWords as strange:
            log.warning("the own words of notice %s: %s, ours are sent", notice.pk, strange)
    return news_of(told)


def what_is_missing(notices: Sequence[Notice], now: datetime) -> list[NoticeItem]:
    """The items that the procedure says this mail must tell and that its text does not."""
    with in_the_language_of(notices):
        return missing(facts_of(notices, now), composed(notices, now))


def missing(told: Sequence[NoticeFacts], letter_: Letter) -> list[NoticeItem]:
    return missing_in(told, text_of(letter_))


def missing_in(told: Sequence[NoticeFacts], text: str) -> list[NoticeItem]:
    rules = (each.procedure.notice_for(each.moment, each.variant or None, kind_of(each)) for each in told)
    return [item for rule in rules if rule for item in missing_items(rule, told, text)]


def kind_of(told: NoticeFacts) -> CaseKind:
    was_an_incident = told.moment == Moment.TRANSFERRED and told.data.get("from") == TECHNICAL
    return CaseKind.REQUEST if is_request(told) and not was_an_incident else CaseKind.INCIDENT


def facts_of(notices: Sequence[Notice], now: datetime) -> list[NoticeFacts]:
    return [
        NoticeFacts.of(notice, version.of(notice.case.procedure_version_id), now) for notice in notices if notice.case
    ]


def contact_of(notices: Sequence[Notice]) -> Contact:
    contact = notices[0].contact
    assert contact is not None, "a letter is to a contact"
    return contact


def signed(letter_: Letter, paper: Paper | None) -> Letter:
    """By whom the letterhead says, if it says so; else by the desk of the procedure."""
    return replace(letter_, desk=paper.sender) if paper and paper.sender else letter_


def text_of(letter_: Letter, paper: Paper | None = None) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter_, "paper": paper})


def html_of(letter_: Letter, language: str, paper: Paper | None = None, drawn: Charted | None = None) -> str:
    """``drawn``: its pictures; without them their words stand alone."""
    charts = (drawn or charted(letter_.charts, undrawn)).charts
    about = {"letter": letter_, "language": language, "paper": paper, "charts": charts}
    return render_to_string("mail/letter.html", about)


def root_of(notice: Notice) -> str:
    number = notice.case.number if notice.case else 0
    return f"<case-{number}.contact-{notice.contact_id}@{domain()}>"
