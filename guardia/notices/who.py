"""Who is told about what (P: "los contactos que se encuentran configurados para su Compañía")."""

from collections.abc import Iterable

from guardia.customers.contact import Contact
from guardia.procedure.contents import Recipients
from guardia.procedure.notice_rule import NoticeRule


def why_not(contact: Contact, rule: NoticeRule, reporter_id: int | None = None) -> str:
    """Empty if this contact is told; ``not_told`` if the contact did not ask for it; else why it cannot be sent."""
    reported = Recipients.REPORTER in rule.recipients and contact.pk == reporter_id
    follows = Recipients.CONFIGURED_CONTACTS in rule.recipients and rule.topic.value in contact.told
    if not (reported or follows):
        return "not_told"
    return "" if contact.email else "no_address"


def told(contacts: Iterable[Contact], rule: NoticeRule | None, reporter_id: int | None = None) -> list[Contact]:
    """The contacts who will get the text: what the screen shows before the act."""
    return [contact for contact in contacts if rule and not why_not(contact, rule, reporter_id)]
