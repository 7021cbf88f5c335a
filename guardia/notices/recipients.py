"""Who is told about what (P: the contacts that are configured for the company), and by which ways each is reached."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from guardia.customers.contact import Contact, ContactWay, WayKind
from guardia.notices.address_marks import AddressMark
from guardia.notices.channel import Channel
from guardia.people.connections import secret, setting
from guardia.procedure.rules import NoticeRule, Recipients
from guardia.procedure.vocabulary import MAY_BE_OUT, CaseKind

# Who is told about what (P: "los contactos que se encuentran configurados para su Compañía").


def reason_not_told(
    contact: Contact,
    rule: NoticeRule,
    reporter_id: int | None = None,
    kind: CaseKind = CaseKind.INCIDENT,
    also: Collection[int] = (),
    *,
    follows: bool = False,
) -> str:
    """Empty if this contact is told of a case of this ``kind``, or ``follows`` this very case; ``not_told`` if the
    contact did not ask for it; else why it cannot be sent. ``also``: who else reported the same. For many contacts at
    once prefetch their ``ways``.
    """
    reported = Recipients.REPORTER in rule.recipients and (contact.pk == reporter_id or contact.pk in also)
    told_of = Recipients.CONFIGURED_CONTACTS in rule.recipients and (follows or is_recipient(contact, rule, kind))
    if not (reported or told_of):
        return "not_told"
    return "" if has_a_way(contact) else "no_address"


def has_a_way(contact: Contact) -> bool:
    """Whether a message can take any way to this contact. A mailbox is one: no other need be looked at."""
    return contact.active and bool(contact.email or any(has_gateway(way.channel) for way in ways_of(contact)))


def is_recipient(contact: Contact, rule: NoticeRule, kind: CaseKind) -> bool:
    """Whether the company has configured this contact for the topic and the kind of case."""
    return rule.topic.value in contact.told and kind.value in contact.kinds


def recipients_among(
    contacts: Iterable[Contact],
    rule: NoticeRule | None,
    reporter_id: int | None = None,
    kind: CaseKind = CaseKind.INCIDENT,
    case_id: int | None = None,
    also: Collection[int] = (),
) -> list[Contact]:
    """The contacts who will get the text: what the screen shows before the act. Who follows this very case too, where
    the contacts say which they follow; ``also``: who else reported the same.
    """
    if rule is None:
        return []
    return [
        contact
        for contact in contacts
        if not reason_not_told(
            contact, rule, reporter_id, kind, also, follows=case_id in getattr(contact, "follows", ())
        )
    ]


# By which ways a contact is reached: the mailbox, a mailbox elsewhere, a short message (P D, "round the dead link").
#
# Mail is the record of what was said. A service that is down may have taken the company's mail with it: then every way
# that does not depend on the service carries the news too, at once. A voice is no way of the outbox: somebody rings.


Marks = frozenset[tuple[int | None, str, str]]
"""The addresses that take no messages now: (company, channel, address)."""

CHANNEL_OF = {WayKind.MAIL: Channel.MAIL, WayKind.SMS: Channel.SMS, WayKind.WHATSAPP: Channel.WHATSAPP}
SHORT = frozenset({Channel.SMS, Channel.WHATSAPP})
"""What carries the short text; the rest carries the letter."""


@dataclass(frozen=True)
class Way:
    """A channel with its address: a mailbox, or an E.164 number. ``independent`` of the company's own service."""

    channel: Channel
    address: str
    independent: bool = field(default=False, compare=False)


def addresses_of(contact: Contact, *, down: bool, marks: Marks | None = None) -> list[Way]:
    """Where news for this contact goes; empty if there is nowhere.

    ``down`` false: in the order in which they are tried, the first one alone unless it fails. ``down`` true (the
    service is out and not restored): all of them at once, the mailbox and every independent way; the others only where
    none of these is left. An address that is marked, and a channel for which the operator has no gateway, is left out.
    ``marks``: from ``marked``, for many contacts at once (prefetch ``ways`` then); looked up where it is not given.
    """
    marks = marked([contact]) if marks is None else marks
    open_ones = [way for way in ways_of(contact) if has_gateway(way.channel) and not is_marked(contact, way, marks)]
    if not down:
        return open_ones
    return [way for way in open_ones if way.independent or way.address == contact.email] or open_ones


def ways_of(contact: Contact) -> list[Way]:
    """Every way that a message may take to this contact, marked or not: the mailbox first; none if inactive."""
    if not contact.active:
        return []
    mailbox = [Way(Channel.MAIL, contact.email, contact.email_independent)] if contact.email else []
    others = sorted((way for way in contact.ways.all() if _carries(way)), key=lambda way: (way.position, way.pk or 0))
    found = [*mailbox, *(Way(CHANNEL_OF[WayKind(way.kind)], way.address, way.independent) for way in others)]
    return list(dict.fromkeys(found))


def _carries(way: ContactWay) -> bool:
    return way.active and way.kind in CHANNEL_OF


def independent(contact: Contact, marks: Marks | None = None) -> list[Way]:
    """The ways that reach this contact although the company's service is down."""
    return [way for way in addresses_of(contact, down=True, marks=marks) if way.independent]


def marked(contacts: Iterable[Contact]) -> Marks:
    """The marked addresses of these contacts' companies, in one query."""
    companies = {contact.customer_id for contact in contacts}
    if not companies:
        return frozenset()
    open_ones = AddressMark.objects.filter(customer__in=companies, cleared_at=None)
    return frozenset(open_ones.values_list("customer_id", "channel", "address"))


def is_marked(contact: Contact, way: Way, marks: Marks) -> bool:
    return (contact.customer_id, way.channel.value, way.address) in marks


def is_down(facts: dict) -> bool:
    """Whether a notice with these facts tells of a service that is out, as far as anybody knows, and not restored."""
    return facts.get("impact") in MAY_BE_OUT and not facts.get("restored_at")


# --- gateways: the operator's own, by Apprise -------------------------------------------------------------------------


GATEWAYS = {Channel.SMS: "SMS_URL", Channel.WHATSAPP: "WHATSAPP_URL"}


def has_gateway(channel: Channel) -> bool:
    return channel == Channel.MAIL or bool(channel in GATEWAYS and setting(GATEWAYS[channel]))


def url_for(channel: str, address: str) -> str | None:
    """The whole Apprise address of a short message to this E.164 number, secrets and all; None without a gateway.

    It is put together when the message leaves and kept nowhere.
    """
    name = GATEWAYS.get(Channel(channel))
    template = secret(name) if name else ""
    return template.replace("{number}", quote(address, safe="")) if template else None
