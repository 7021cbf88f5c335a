"""The further ways to a contact as the desk writes them: of each kind its addresses, and whether they need the service.

Nothing is deleted: a way that is no longer written ends, and resumes when it is written again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.customers import values
from guardia.customers.contact import Contact, ContactWay, WayKind
from guardia.customers.values import Misfit, Reader
from guardia.people.channels import mark

MOST = 5
KINDS = (WayKind.SMS, WayKind.WHATSAPP, WayKind.MAIL, WayKind.VOICE)
"""In the order in which they are tried."""

FIELDS = {f"way_{kind.value}": kind for kind in KINDS}
DEPEND = "ways_depending"
"""The kinds of this contact's ways that work only while the company's own service does."""


@dataclass(frozen=True)
class Written:
    """One way as it is to be."""

    kind: str
    address: str
    independent: bool


def numbers(value: str | Iterable[str]) -> list[str]:
    """Numbers in E.164 that a message can be sent to. Raises Misfit, for one with an extension as well."""
    found = values.phones(value)
    if extended := [number for number in found if ";ext=" in number]:
        raise Misfit(
            _("Messages cannot reach an extension (%s). Enter a direct number.") % extended[0].partition(";")[0]
        )
    return not_too_many(found)


def voices(value: str | Iterable[str]) -> list[str]:
    """Numbers that somebody rings, with their extensions. Raises Misfit."""
    return not_too_many(values.phones(value))


def mailboxes(value: str | Iterable[str]) -> list[str]:
    """Mailboxes, one per line or parted by commas. Raises Misfit naming the one that is none."""
    written = (value if isinstance(value, str) else "\n".join(value)).replace(",", "\n").replace(";", "\n")
    found = (values.email(one.strip()) for one in written.splitlines() if one.strip())
    return not_too_many(list(dict.fromkeys(found)))


def kinds_depending(value: str | Iterable[str]) -> list[str]:
    """Kinds of ways, each once. Raises Misfit."""
    known = values.one_of([kind.value for kind in KINDS])
    wanted = {known(one) for one in (value.split() if isinstance(value, str) else value)}
    return [kind.value for kind in KINDS if kind.value in wanted]


def not_too_many(addresses: list[str]) -> list[str]:
    if len(addresses) > MOST:
        raise Misfit(_("There are %(count)d, and at most %(most)d fit.") % {"count": len(addresses), "most": MOST})
    return addresses


READERS: dict[str, Reader] = {
    "way_sms": numbers,
    "way_whatsapp": numbers,
    "way_mail": mailboxes,
    "way_voice": voices,
    DEPEND: kinds_depending,
}


def written(contact: Contact) -> dict[str, list[str]]:
    """The ways that are in use, by the fields of READERS. For many contacts prefetch ``ways``."""
    in_use = [way for way in contact.ways.all() if way.active] if contact.pk else []
    in_use.sort(key=lambda way: (way.position, way.pk))
    found = {field: [way.address for way in in_use if way.kind == kind] for field, kind in FIELDS.items()}
    depending = {way.kind for way in in_use if not way.independent}
    return found | {DEPEND: [kind.value for kind in KINDS if kind.value in depending]}


def wanted(contact: Contact, fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is to be: a field that is not given stays as it is, and a kind without an address depends on nothing."""
    found = written(contact) | {name: value for name, value in fields.items() if name in READERS}
    kept = {kind.value for field, kind in FIELDS.items() if found[field]}
    return found | {DEPEND: [kind for kind in found[DEPEND] if kind in kept]}


def keep(contacts: Iterable[tuple[Contact, Mapping[str, list[str]]]]) -> None:
    """Make the ways of these saved contacts what is wanted of each, in three statements for all of them."""
    pairs = [(contact, rows_of(wanted(contact, fields))) for contact, fields in contacts]
    ids = [contact.pk for contact, _ in pairs]
    if not ids:
        return
    ContactWay.objects.filter(contact__in=ids, active=True).update(active=False)
    rows = [
        ContactWay(
            customer_id=contact.customer_id,
            contact=contact,
            kind=row.kind,
            address=row.address,
            independent=row.independent,
            position=position,
        )
        for contact, own in pairs
        for position, row in enumerate(own)
    ]
    ContactWay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["contact", "kind", "address"],
        update_fields=["independent", "position", "active"],
    )
    for contact, _rows in pairs:
        getattr(contact, "_prefetched_objects_cache", {}).pop("ways", None)


def rows_of(found: Mapping[str, list[str]]) -> list[Written]:
    depending = set(found[DEPEND])
    return [
        Written(kind.value, address, kind.value not in depending)
        for field, kind in FIELDS.items()
        for address in found[field]
    ]


def masked(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """As the record keeps them: enough to tell two apart, too little to write to either; the record is for good."""
    hidden = {field: [hide(address) for address in found[field]] for field in FIELDS}
    return {name: value for name, value in (hidden | {DEPEND: found[DEPEND]}).items() if value}


def hide(address: str) -> str:
    """``…11 (3f9a01)`` of a number, ``…@example.org (77b0c4)`` of a mailbox."""
    host = address.rpartition("@")[2]
    return f"…@{host} ({mark(address)})" if "@" in address else f"…{address[-2:]} ({mark(address)})"
