"""Keys of machines as people make, rotate and end them, and the accounts that they act by. Each change is on record,
and no secret is: it is returned once to whoever makes it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, Unfit, fold, line, one_of, read, whole
from guardia.people.api_key import COMPANY_SCOPES, OF_COMPANY, OF_OPERATOR, ApiKey, Secret, new_secret
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Role, Staff

NOUN = "api_key"
LONGEST_NAME, MOST_DAYS, USUAL_DAYS = 80, 730, 365
MOST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS = 30 * 24, 24
MOST_OF_A_COMPANY, MOST_OF_OPERATOR = 20, 200
MOST_LINES, MOST_LISTED = 50, 500
SOON, UNUSED_FOR = timedelta(days=14), timedelta(days=90)
"""From when on a key that expires or is not used is pointed out."""
SEEN_BY_COMPANY = (
    *("name", "prefix", "customer_id", "contact_id", "scopes", "networks", "created_at", "expires_at", "ended_at"),
    *("last_used_at", "last_used_from", "former_good_until", "former_used_at"),
)
"""The columns that the portal's role may read: no digest is among them."""
SCOPE = re.compile(r"[a-z0-9_*-]+(\.[a-z0-9_*-]+)*", re.ASCII)


def scopes(value: Any) -> list[str]:
    """Patterns over the names of operations, one a line or several in a line, each once. Raises Misfit."""
    wanted = sorted({one.lower() for one in _pieces(value)})
    if not wanted:
        raise Misfit(_("Choose at least one thing that this key may do."))
    for one in wanted:
        if len(one) > 60 or not SCOPE.fullmatch(one):
            raise Misfit(
                _("“%s” names no operation. Write them like cases.read, cases.* or *.read, one a line.") % one[:60]
            )
    return wanted


def networks(value: Any) -> list[str]:
    """Addresses and networks in CIDR, one a line; none: from anywhere. Raises Misfit naming the line."""
    found: list[str] = []
    for one in _pieces(value):
        try:
            found.append(str(ip_network(one, strict=False)))
        except ValueError:
            raise Misfit(
                _("“%s” is no network. Write an address or a network, like 192.0.2.0/24 or 2001:db8::/48, one a line.")
                % one[:60]
            ) from None
    return list(dict.fromkeys(found))


def _pieces(value: Any) -> list[str]:
    pieces = (value if isinstance(value, str) else "\n".join(value)).replace(",", " ").split()
    if len(pieces) > MOST_LINES:
        raise Misfit(_("At most %d lines fit here. Shorten the list.") % MOST_LINES)
    return pieces


def company_scopes(value: Any) -> list[str]:
    """Of ``COMPANY_SCOPES``, at least one. Raises Misfit."""
    known = one_of(list(COMPANY_SCOPES))
    return [known(one) for one in scopes(value)]


NAMED: dict[str, Reader] = {
    "name": line(LONGEST_NAME, needed=True),
    "networks": networks,
    "days": whole(1, MOST_DAYS, USUAL_DAYS),
}
OF_THE_OPERATOR: dict[str, Reader] = {**NAMED, "scopes": scopes}
OF_A_COMPANY: dict[str, Reader] = {**NAMED, "scopes": company_scopes}
LIMITS: dict[str, Reader] = {"scopes": scopes, "networks": networks}
OVERLAP: dict[str, Reader] = {
    "overlap_hours": whole(0, MOST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS),
    "days": whole(1, MOST_DAYS, USUAL_DAYS),
}


@dataclass(frozen=True)
class Maker:
    """Who changes a key: one of the operator's people, or a contact of the company by id; neither: the server."""

    staff: Staff | None = None
    contact: int | None = None


def make(staff: Staff, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> tuple[ApiKey, Secret]:
    """A key of the operator for this machine's account, and its secret. ``at`` is UTC.

    ``fields``: name, scopes, networks, and for how many days it is good. Raises Unfit by field.
    """
    kept = read(OF_THE_OPERATOR, {name: fields.get(name, "") for name in OF_THE_OPERATOR})
    if not (staff.is_machine and staff.is_active):
        raise Unfit({"account": _("Keys belong to the account of a machine. Choose or make one.")})
    take_turn(NOUN, "operator")
    _must_fit(in_use(at).filter(customer=None), kept["name"], MOST_OF_OPERATOR)
    return _made(new_secret(OF_OPERATOR), kept, Maker(by), at, staff=staff, created_by=by)


def make_for_company(customer: int, contact: int, fields: Mapping[str, Any], *, at: datetime) -> tuple[ApiKey, Secret]:
    """A company's own key, made by its contact, both by id, under the row policies of that company. Raises Unfit."""
    kept = read(OF_A_COMPANY, {name: fields.get(name, "") for name in OF_A_COMPANY})
    take_turn(NOUN, f"company {customer}")
    _must_fit(in_use(at).filter(customer=customer), kept["name"], MOST_OF_A_COMPANY)
    owner = {"customer_id": customer, "contact_id": contact}
    return _made(new_secret(OF_COMPANY), kept, Maker(contact=contact), at, **owner)


def rotate(key: ApiKey, fields: Mapping[str, Any], *, by: Maker, at: datetime) -> tuple[ApiKey, Secret]:
    """A new secret for a key in use, good for ``days`` from now on; the one so far stays good for ``overlap_hours``.

    A secret from before the last rotation ends at once. Raises Unfit.
    """
    kept = read(OVERLAP, {name: fields.get(name) for name in OVERLAP})
    held = _held(key)
    if held.ended_at:
        raise Unfit({"name": _("“%s” was ended already. Make a new key.") % held.name})
    before, secret = recorded_values(held), new_secret(key.client_id.partition("_")[0], held.prefix)
    # An expired key does not come to life again by its former secret.
    until = min(at + timedelta(hours=kept["overlap_hours"]), max(at, held.expires_at))
    held.former_digest, held.former_good_until, held.former_used_at = held.digest, until, None
    held.digest, held.version = secret.digest, held.version + 1
    held.expires_at = at + timedelta(days=kept["days"])
    held.save(update_fields=["digest", "former_digest", "former_good_until", "former_used_at", "version", "expires_at"])
    _put_on_record(held, before, by, at)
    return held, secret


def end(key: ApiKey, *, by: Maker, at: datetime) -> ApiKey:
    """The key, its former secret and its tokens are refused from now on; nothing takes it back. Twice is once."""
    held = _held(key)
    if held.ended_at is None:
        before, held.ended_at = recorded_values(held), at
        held.save(update_fields=["ended_at"])
        _put_on_record(held, before, by, at)
    return held


def limit(key: ApiKey, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> ApiKey:
    """What a key of the operator may do, and from where. Raises Unfit by field."""
    kept = read(LIMITS, {name: fields[name] for name in LIMITS if name in fields})
    held = _held(key)
    before = recorded_values(held)
    for name, value in kept.items():
        setattr(held, name, value)
    held.save(update_fields=list(kept))
    _put_on_record(held, before, Maker(by), at)
    return held


def make_account(name: str, role: str, *, by: Staff | None, at: datetime) -> Staff:
    """The account of a machine: named in each event as who acted, with the rights of a role, and without a password.

    Raises Unfit by field.
    """
    kept = read({"name": line(120, needed=True), "role": one_of(list(Role.values))}, {"name": name, "role": role})
    take_turn("staff", "machines")
    username = "-".join(re.findall(r"[a-z0-9]+", fold(kept["name"])))[:50].strip("-")
    if len(username) < 2:
        raise Unfit({"name": _("Write a name with at least two letters or digits.")})
    if Staff.objects.filter(username=username).exists():
        raise Unfit({"name": _("There is an account called so already. Choose it, or write another name.")})
    made: Staff = Staff.objects.create(username=username, is_machine=True, **kept)
    put_on_record("staff", made.pk, None, {**kept, "username": username, "is_machine": True}, by=by, at=at)
    return made


def in_use(at: datetime) -> QuerySet[ApiKey]:
    """The keys that open something at ``at`` (UTC): not ended and not expired."""
    return ApiKey.objects.filter(ended_at=None, expires_at__gt=at)


def recorded_values(key: ApiKey) -> dict[str, Any]:
    """A key as the record has it: no secret and no digest; which secret it was says the number of its version."""
    return {
        "name": key.name,
        "key": key.client_id,
        "staff": key.staff_id,
        "customer": key.customer_id,
        "scopes": key.scopes,
        "networks": key.networks,
        "version": key.version,
        "expires_at": key.expires_at.isoformat(),
        "former_good_until": key.former_good_until.isoformat() if key.former_good_until else None,
        "ended_at": key.ended_at.isoformat() if key.ended_at else None,
    }


def _made(secret: Secret, kept: Mapping[str, Any], by: Maker, at: datetime, **owner: Any) -> tuple[ApiKey, Secret]:
    values = {name: kept[name] for name in ("name", "scopes", "networks")}
    expires = at + timedelta(days=kept["days"])
    key = ApiKey.objects.create(
        prefix=secret.prefix, digest=secret.digest, created_at=at, expires_at=expires, **values, **owner
    )
    _put_on_record(key, None, by, at)
    return key, secret


def _must_fit(others: QuerySet[ApiKey], name: str, most: int) -> None:
    if others.filter(name=name).exists():
        raise Unfit({"name": _("There is a key called “%s” already. Rotate or end it, or choose another name.") % name})
    if others.count() >= most:
        raise Unfit({"name": _("There are %d keys already. End those that nobody uses.") % most})


def _held(key: ApiKey) -> ApiKey:
    """The key as it is now, held until the transaction ends: two who change it go one after the other."""
    return ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)


def _put_on_record(key: ApiKey, before: Mapping[str, Any] | None, by: Maker, at: datetime) -> None:
    put_on_record(NOUN, key.pk, before, recorded_values(key), by=by.staff, at=at, by_contact=by.contact)


# --- found ------------------------------------------------------------------------------------------------------------


def keys_by_account() -> QuerySet[ApiKey]:
    """The keys, those in use first, ``MOST_LISTED`` at most: by company and account. Staff alone sees all."""
    found = ApiKey.objects.select_related("staff", "customer", "contact")
    order = (
        F("ended_at").desc(nulls_first=True),
        F("customer__name").asc(nulls_first=True),
        "staff__name",
        "name",
        "pk",
    )
    return found.order_by(*order)[:MOST_LISTED]


def key_of_id(pk: int) -> ApiKey | None:
    """The key with this id, of the operator or of a company."""
    return ApiKey.objects.select_related("staff", "customer", "contact").filter(pk=pk).first()


def key_of_client(client_id: str) -> ApiKey | None:
    """The key with this public part, ``gdk_<prefix>`` or ``gdc_<prefix>``."""
    found = ApiKey.objects.filter(prefix=client_id.rpartition("_")[2]).first()
    return found if found and found.client_id == client_id else None


def keys_of_company(customer: int) -> QuerySet[ApiKey]:
    """The company's own keys, those in use first, with the columns that its people may read."""
    found = ApiKey.objects.filter(customer=customer).only(*SEEN_BY_COMPANY, "contact__name", "contact__title")
    return found.select_related("contact").order_by(F("ended_at").desc(nulls_first=True), "name", "pk")


def key_of_company(pk: int, customer: int) -> ApiKey | None:
    """One of the company's own keys by its id, with the columns that its people may read."""
    return keys_of_company(customer).filter(pk=pk).first()


def to_look_at(at: datetime) -> list[ApiKey]:
    """The keys in use that expire within ``SOON`` of ``at`` (UTC), or that nobody has used for ``UNUSED_FOR``."""
    unused = Q(last_used_at__lte=at - UNUSED_FOR) | Q(last_used_at=None, created_at__lte=at - UNUSED_FOR)
    found = in_use(at).filter(unused | Q(expires_at__lte=at + SOON))
    return list(found.select_related("staff", "customer").order_by("expires_at", "pk")[:MOST_LINES])
