"""Who is told about what (P: "los contactos que se encuentran configurados para su Compañía")."""

from collections.abc import Iterable

from guardia.customers.contact import Contact
from guardia.procedure.notice_rule import NoticeRule


def why_not(contact: Contact, rule: NoticeRule) -> str:
    """Empty if this contact is told; ``not_told`` if the contact did not ask for it; else why it cannot be sent."""
    if rule.topic.value not in contact.told:
        return "not_told"
    return "" if contact.email else "no_address"


def told(contacts: Iterable[Contact], rule: NoticeRule | None) -> list[Contact]:
    """The contacts who will get the text: what the screen shows before the act."""
    return [contact for contact in contacts if rule and not why_not(contact, rule)]
