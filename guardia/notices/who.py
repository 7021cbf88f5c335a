"""Who is told about what (P: "los contactos que se encuentran configurados para su Compañía")."""

from collections.abc import Collection, Iterable

from guardia.customers.contact import Contact
from guardia.notices.ways import has_gateway, ways_of
from guardia.procedure.contents import Recipients
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.vocabulary import CaseKind


def why_not(
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
        if not why_not(contact, rule, reporter_id, kind, also, follows=case_id in getattr(contact, "follows", ()))
    ]
