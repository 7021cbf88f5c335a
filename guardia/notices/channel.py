"""The channels of the outbox, and by which ways a page reaches a person of the operator: e-mail, and each address of
hers that Apprise reads. The ways to a person of a company are in ``ways``.

An Apprise address holds passwords and keys. It is read from the person when a page leaves; what is shown, logged and
kept of it is masked.
"""

from enum import StrEnum

from guardia.people.channels import masked
from guardia.people.staff import Staff


class Channel(StrEnum):
    MAIL = "mail"
    APPRISE = "apprise"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    TEAM = "team"  # a channel of a team, whichever service it is of


def addresses_of(staff: Staff) -> list[tuple[Channel, str]]:
    """Where a page to this person goes, all at once; an Apprise address masked."""
    mail = [(Channel.MAIL, staff.email)] if staff.email else []
    return [*mail, *((Channel.APPRISE, address) for address in dict.fromkeys(map(masked, urls_of(staff))))]


def url_of(staff: Staff, address: str) -> str | None:
    """The whole Apprise address behind one that is masked; None if the person no longer has it."""
    return next((url for url in urls_of(staff) if masked(url) == address), None)


def urls_of(staff: Staff) -> list[str]:
    return [url.strip() for url in staff.channels if isinstance(url, str) and url.strip()]
