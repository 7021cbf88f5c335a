"""By which channels each person would be told now: as the outbox would send it, or that only a voice reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.cases.voice_numbers import rings
from guardia.customers.contact import Contact
from guardia.notices.channel import Channel
from guardia.notices.ways import Marks, Way, addresses_of, marked
from guardia.notices.who import why_not
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.vocabulary import CaseKind


@dataclass(frozen=True, slots=True)
class ToldFirst:
    name: str
    words: str


def way_words(way: Way) -> str:
    return {Channel.MAIL: _("e-mail"), Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp"}.get(way.channel, way.channel)


def who_is_told(
    contacts: Iterable[Contact],
    rule: NoticeRule,
    *,
    down: bool,
    reporter_id: int | None = None,
    kind: CaseKind = CaseKind.INCIDENT,
) -> list[ToldFirst]:
    """Everybody whom this rule tells, also who has no address. ``contacts``: with their ``ways`` prefetched.

    ``down``: the service is out and not restored, so that every way that works without it carries the news (P D).
    """
    people = [contact for contact in contacts if why_not(contact, rule, reporter_id, kind) != "not_told"]
    return by_channels(people, down=down)


def by_channels(people: Sequence[Contact], *, down: bool) -> list[ToldFirst]:
    marks = marked(people)
    return [ToldFirst(contact.position or str(contact), channels(contact, marks, down=down)) for contact in people]


def channels(contact: Contact, marks: Marks, *, down: bool) -> str:
    found = addresses_of(contact, down=down, marks=marks)
    if not found:
        return _("only by voice: somebody rings") if rings(contact) else _("no address")
    ways = ", ".join(dict.fromkeys(way_words(way) for way in (found if down else found[:1])))
    if down and not any(way.independent for way in found):
        return _("%(ways)s; while the service is out, only by voice") % {"ways": ways}
    return ways
