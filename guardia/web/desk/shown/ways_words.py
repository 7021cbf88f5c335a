"""By which channels each person would be told now: as the outbox would send it, or that only a voice reaches."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.cases.voice_numbers import rings
from guardia.customers.contact import Contact
from guardia.notices.channel import Channel
from guardia.notices.ways import Marks, Way, addresses_of, has_gateway, ways_of
from guardia.notices.who import why_not
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.vocabulary import CaseKind

WRITTEN = (Channel.MAIL, Channel.SMS, Channel.WHATSAPP)


@dataclass(frozen=True, slots=True)
class ToldFirst:
    name: str
    words: str


def way_words(way: Way) -> str:
    return channel_words(way.channel)


def channel_words(channel: str) -> str:
    return {Channel.MAIL: _("e-mail"), Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp"}.get(Channel(channel), channel)


def who_is_told(
    contacts: Iterable[Contact],
    rule: NoticeRule,
    *,
    reporter_id: int | None = None,
    kind: CaseKind = CaseKind.INCIDENT,
    also: Collection[int] = (),
) -> list[Contact]:
    """Everybody whom this rule tells, also who has no address. ``contacts``: with their ``ways`` prefetched."""
    return [contact for contact in contacts if why_not(contact, rule, reporter_id, kind, also) != "not_told"]


def by_channels(people: Sequence[Contact], marks: Marks, *, down: bool) -> list[ToldFirst]:
    """``down``: the service is out and not restored, so that every way that works without it carries the news (P D)."""
    return [ToldFirst(contact.position or str(contact), channels(contact, marks, down=down)) for contact in people]


def channels(contact: Contact, marks: Marks, *, down: bool) -> str:
    found = addresses_of(contact, down=down, marks=marks)
    if not found:
        return _("only by voice: somebody rings") if rings(contact) else _("no address")
    ways = ", ".join(dict.fromkeys(way_words(way) for way in (found if down else found[:1])))
    if down and not any(way.independent for way in found):
        return _("%(ways)s; while the service is out, only by voice") % {"ways": ways}
    return ways


def ways_written() -> str:
    """The ways by which messages leave here: ``e-mail, SMS``; a channel without a gateway is none."""
    return ", ".join(channel_words(channel) for channel in WRITTEN if has_gateway(channel))


def written_to(people: Iterable[Contact], marks: Marks) -> list[Contact]:
    """Those of them whom a message reaches now by some way, whichever it is."""
    return [contact for contact in people if addresses_of(contact, down=False, marks=marks)]


def nobody_words(people: Sequence[Contact], marks: Marks) -> str:
    """Empty while one of these can be written to; else why none can, and whether a voice is left."""
    if written_to(people, marks):
        return ""
    if not people:
        return _("Nobody of the company is told: no contact is set up for it.")
    if any(has_gateway(way.channel) for contact in people for way in ways_of(contact)):
        words = _("Nobody of the company can be told in writing (%(ways)s): the addresses take no messages now.")
    else:
        words = _("Nobody of the company can be told in writing (%(ways)s): no contact has such an address.")
    said = words % {"ways": ways_written()}
    return f"{said} {_('There are only telephones: somebody rings.')}" if any(map(rings, people)) else said
