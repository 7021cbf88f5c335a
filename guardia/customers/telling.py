"""Who of a company is told what (P): the matrix of contacts and topics, and every change of it on record.

The record keeps codes and marks, no names and no addresses: it is for good, and a person's data is not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guardia.customers import values, ways
from guardia.customers.contact import ChangeKind, Contact, ContactChange
from guardia.customers.customer import Customer
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

COMPANY, CONTACT = "company", "contact"
TOLD = ("told", "kinds", "language", "email_independent", "administers", "active")
Ticks = Mapping[int, tuple[Sequence[str], Sequence[str]]]
"""The topics and the kinds of case of each contact, by id."""


def set_subscriptions(
    company: Customer, default: Sequence[str], ticks: Ticks, *, by: Staff | None, at: datetime
) -> int:
    """What a new contact of the company is told, and what each of these contacts is; returns how many changed.

    A contact of another company, or one that was not asked about, stays as it is. Each change is on record as made
    ``by`` whom ``at`` (UTC). Raises Misfit for a topic or kind that is none.
    """
    before = of_company(company)
    company.told = values.topics(default)
    changed = [(c, of_contact(c), told, kinds) for c, told, kinds in _ticked(company, ticks)]
    if before != of_company(company):
        company.save(update_fields=["told"])
        record_company(company, before, by, at)
    for contact, was, told, kinds in changed:
        contact.told, contact.kinds = told, kinds
        contact.save(update_fields=["told", "kinds"])
        record_contact(contact, was, by, at)
    return len(changed)


def _ticked(company: Customer, ticks: Ticks) -> list[tuple[Contact, list[str], list[str]]]:
    """The contacts whose ticks are others than they were; their rows held, so that two who tick go one by one."""
    held = company.contacts.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ticks)).order_by("pk")
    wanted = [(c, values.topics(ticks[c.pk][0]), values.kinds(ticks[c.pk][1])) for c in held]
    return [(c, told, kinds) for c, told, kinds in wanted if (c.told, c.kinds) != (told, kinds)]


def tell_all_alike(company: Customer, *, by: Staff | None, at: datetime) -> int:
    """Every active contact is told what a new one would be; returns how many changed. On record for each."""
    ticks = {contact.pk: (company.told, contact.kinds) for contact in company.contacts.filter(active=True)}
    return set_subscriptions(company, company.told, ticks, by=by, at=at)


# --- on record --------------------------------------------------------------------------------------------------------


def of_company(company: Customer) -> dict[str, Any] | None:
    return {"told": list(company.told)} if company.pk else None


def of_contact(contact: Contact) -> dict[str, Any] | None:
    """What this person is told and how, as it is kept; None while the contact is new."""
    kept = Contact.objects.filter(pk=contact.pk).prefetch_related("ways").first() if contact.pk else None
    if kept is None:
        return None
    has_mail = {"mail": ways.hide(kept.email)} if kept.email else {}
    return {name: getattr(kept, name) for name in TOLD} | has_mail | ways.masked(ways.written(kept))


def record_company(company: Customer, before: dict[str, Any] | None, by: Staff | None, at: datetime | None) -> None:
    """Nothing is written where no hour is given: a file, which has its own record, or a test."""
    if at:
        put_on_record(COMPANY, company.pk, before, of_company(company), by=by, at=at)


def record_contact(
    contact: Contact,
    before: dict[str, Any] | None,
    by: Staff | None,
    at: datetime | None,
    by_contact: int | None = None,
) -> None:
    """``by_contact``: the administrator of the company, by id, who made the change; the desk is told of it."""
    if at is None:
        return
    change = put_on_record(CONTACT, contact.pk, before, of_contact(contact), by=by, at=at, by_contact=by_contact)
    if change and by_contact:
        ContactChange.objects.create(
            customer_id=contact.customer_id,
            kind=ChangeKind.CHANGED,
            by_id=by_contact,
            about=contact,
            change=change,
            at=at,
        )
