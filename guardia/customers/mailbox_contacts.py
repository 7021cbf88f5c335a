"""Whose mailbox it is that somebody signs in to the portal with: asked before any company is known (docs/adr/0066).

The database answers for the mailbox that was signed (``database_roles.of_mailbox``), and names companies and contacts
by id. What belongs to a company is then read under its own row policies, one after the other.
"""

from datetime import datetime

from guardia.config.database_roles import DatabaseRole, behind, of_mailbox
from guardia.config.requests import of_network
from guardia.config.sql_rows import rows_of
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import Roads, roads_of

LANGUAGES = "SELECT language FROM contacts_of_signed_mailbox()"
COMPANIES = "SELECT DISTINCT company FROM contacts_of_signed_mailbox()"
CONTACTS = "SELECT contact, company FROM contacts_of_signed_mailbox()"
CAME_IN = "SELECT signed_mailbox_came_in(%s, %s::inet, %s::inet)"


def languages() -> list[str]:
    """Of the active contacts of active companies with the mailbox that was signed; empty: it is nobody's."""
    return [language for (language,) in rows_of(LANGUAGES)]


def came_in_from(address: str, since: datetime) -> bool:
    """Whether somebody of the mailbox that was signed came in from the network of this address since then (UTC)."""
    return bool(rows_of(CAME_IN, [since, *of_network(address)])[0][0])


def companies_at(mailbox: str) -> set[int]:
    """The active companies with an active contact of this mailbox, by id."""
    with behind(DatabaseRole.PORTAL_ACTS, entry=of_mailbox(mailbox)):
        return {company for (company,) in rows_of(COMPANIES)}


def roads_at(mailbox: str) -> Roads:
    """By which roads the contacts of this mailbox come in, each read under its company's policies."""
    with behind(DatabaseRole.PORTAL_ACTS, entry=of_mailbox(mailbox)):
        known = rows_of(CONTACTS)
    companies = dict.fromkeys(company for _contact, company in known)
    every = [_of_company(company, [contact for contact, of in known if of == company]) for company in companies]
    return Roads(
        by_code=sorted((one for each in every for one in each.by_code), key=lambda one: one.pk),
        by_own=[one for each in every for one in each.by_own],
        by_own_alone=[one for each in every for one in each.by_own_alone],
    )


def _of_company(company: int, contacts: list[int]) -> Roads:
    with behind(DatabaseRole.PORTAL_ACTS, company):
        return roads_of(Contact.objects.filter(pk__in=contacts).select_related("customer").order_by("pk"))
