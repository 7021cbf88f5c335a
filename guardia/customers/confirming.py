"""What a company's own administrator writes for a contact is used once its owner has said yes (portal; P2).

A mailbox says yes by a link that is mailed to it, a number by six digits that are sent to it. The desk's own writing
needs none: the operator vouches for whom it has spoken to. docs/adr/0034. All hours are UTC.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guardia.customers import telling, ways
from guardia.customers.contact import AddressConfirmation, Contact, WayKind
from guardia.customers.values import Unfit
from guardia.people import signed
from guardia.people.connections import setting

GOOD_FOR = timedelta(days=3)
MOST_ATTEMPTS = 5
OF_A_CONTACT = 20
"""So many a day by one administrator of a company: more would make us the sender of somebody else's mail. Another
administrator of the company is not refused for it.
"""
SALT = "guardia.customers.confirming"
NUMBERS = {"way_sms": WayKind.SMS, "way_whatsapp": WayKind.WHATSAPP}
Wanted = list[tuple[WayKind, str]]


def held_back(contact: Contact, kept: Mapping[str, Any]) -> tuple[dict[str, Any], Wanted]:
    """The read fields with the addresses alone that are the contact's already, and those whose owner is to be asked.

    Raises Unfit for a number to which nothing can be sent from here.
    """
    fields, wanted = dict(kept), Wanted()
    known = ways.written(contact)
    email = fields.get("email", "")
    own = [contact.email.lower(), *map(str.lower, known["way_mail"])]
    if email and email.lower() not in own:
        fields["email"] = contact.email
        wanted.append((WayKind.MAIL, email))
    for field, kind in NUMBERS.items():
        new = [number for number in fields.get(field, []) if number not in known[field]]
        if new and not _gateway(kind):
            raise Unfit(
                {field: _("We cannot send to this number to confirm it. Call us and we will register it for you.")}
            )
        if new:
            fields[field] = [number for number in fields[field] if number in known[field]]
            wanted += [(kind, number) for number in new]
    return fields, wanted


def _gateway(kind: WayKind) -> str:
    return str(setting("SMS_URL" if kind == WayKind.SMS else "WHATSAPP_URL"))


def ask(contact: Contact, wanted: Wanted, by_contact: int, at: datetime) -> None:
    """Owe each owner a question; one that waits already is not asked twice, a new mailbox takes an older one's place.

    Raises Unfit where this administrator has asked for too many today.
    """
    open_ones = AddressConfirmation.objects.filter(contact=contact, settled_at=None)
    open_ones.filter(asked_at__lte=at - GOOD_FOR).update(settled_at=at)
    open_ones.filter(attempts__gte=MOST_ATTEMPTS).update(settled_at=at)
    waiting = set(open_ones.values_list("kind", "address"))
    new = [(kind, address) for kind, address in wanted if (kind.value, address) not in waiting]
    today = AddressConfirmation.objects.filter(
        customer=contact.customer_id, asked_by=by_contact, asked_at__gt=at - timedelta(days=1)
    )
    if new and today.count() + len(new) > OF_A_CONTACT:
        raise Unfit({"email": _("Too many addresses have been asked for today. Try tomorrow, or call us.")})
    if any(kind == WayKind.MAIL for kind, _address in new):
        open_ones.filter(kind=WayKind.MAIL.value).update(settled_at=at)
    AddressConfirmation.objects.bulk_create(
        AddressConfirmation(
            customer_id=contact.customer_id,
            contact=contact,
            kind=kind.value,
            address=address,
            asked_by_id=by_contact,
            asked_at=at,
            salt=os.urandom(16),
        )
        for kind, address in new
    )


def waiting(contacts: Iterable[Contact], at: datetime) -> dict[int, list[AddressConfirmation]]:
    """What waits for its owner's word at ``at``, by contact."""
    found = AddressConfirmation.objects.filter(
        contact__in=[one.pk for one in contacts], settled_at=None, asked_at__gt=at - GOOD_FOR
    )
    by_contact: dict[int, list[AddressConfirmation]] = {}
    for one in found.order_by("asked_at", "pk"):
        by_contact.setdefault(one.contact_id, []).append(one)
    return by_contact


def confirmations_requested_at(contact: Contact, at: datetime) -> list[AddressConfirmation]:
    """What was asked for at this very hour: each is sent now."""
    return list(AddressConfirmation.objects.filter(contact=contact, asked_at=at, settled_at=None).order_by("pk"))


def is_over(one: AddressConfirmation, at: datetime) -> bool:
    """Settled, too old, or tried too often; or its contact is told nothing any more."""
    is_live = one.contact.active and one.contact.customer.active
    return bool(one.settled_at) or at >= one.asked_at + GOOD_FOR or one.attempts >= MOST_ATTEMPTS or not is_live


# --- a mailbox, by a link ---------------------------------------------------------------------------------------------


def token(customer_id: int, confirmation_id: int) -> str:
    """What stands in the link: it names the company too, under whose row policies the row is looked up."""
    return signed.token(SALT, customer_id, confirmation_id)


def company_in(written: str) -> int | None:
    """The company that a link names, by id; None where it is no link of ours, or is over."""
    try:
        return signed.read(written, SALT, GOOD_FOR, ids=2)[0]
    except signed.LinkIsInvalid:
        return None


def by_link(written: str, at: datetime) -> AddressConfirmation | None:
    """What this link confirms, its row held; None where it is no link of ours, was used, or is over."""
    try:
        pk = signed.read(written, SALT, GOOD_FOR, ids=2)[1]
    except signed.LinkIsInvalid:
        return None
    one = _held(pk)
    return None if one is None or one.kind != WayKind.MAIL or is_over(one, at) else one


# --- a number, by digits ----------------------------------------------------------------------------------------------


def digits_of(one: AddressConfirmation) -> str:
    """The six digits of this row."""
    return signed.digits_of(SALT, bytes(one.salt), one.pk)


def by_digits(pk: int, contact: Contact, written: str, at: datetime) -> AddressConfirmation | None:
    """The number of this contact that these digits confirm, its row held. Each try counts, right or wrong."""
    one = _held(pk)
    if one is None or one.contact_id != contact.pk or one.kind == WayKind.MAIL or is_over(one, at):
        return None
    one.attempts += 1
    one.save(update_fields=["attempts"])
    digits = "".join(sign for sign in written if sign.isascii() and sign.isdigit())
    return one if constant_time_compare(digits, digits_of(one)) else None


def confirm(one: AddressConfirmation, at: datetime) -> None:
    """The owner has said yes: from now on the contact is reached there. On record, and the desk is told of it."""
    contact = one.contact
    before = telling.of_contact(contact)
    if one.kind == WayKind.MAIL:
        contact.email = one.address
        Contact.objects.filter(pk=contact.pk).update(email=one.address)
    else:
        field = next(name for name, kind in NUMBERS.items() if kind == one.kind)
        ways.keep([(contact, {field: [*ways.written(contact)[field], one.address]})])
    AddressConfirmation.objects.filter(pk=one.pk).update(settled_at=at, confirmed=True)
    telling.record_contact(contact, before, None, at, one.asked_by_id)


def _held(pk: int) -> AddressConfirmation | None:
    found = AddressConfirmation.objects.select_for_update(of=("self",)).filter(pk=pk)
    return found.select_related("contact__customer", "asked_by").first()
