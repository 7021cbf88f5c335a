"""The sources of monitoring as an operator sets them: added, addressed anew, changed, on or off; all on record."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, Unfit, line, one_of, read, whole
from guardia.network import alerts_by_path
from guardia.network.alert import AlertMapping, AlertSource, SourceKind, WhatItOpens
from guardia.network.alerts_mapping import CIRCUIT, ELEMENT, SERVICE_ID, TARGET
from guardia.people import secret_address
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

SOURCE = "alert_source"
LONGEST_NAME, LONGEST_COMMUNITY = 60, 64
MOST_SOURCES = 50
LONGEST_WAIT, MOST_GATHERED = 86_400, 1000
V3_USER = "v3:"
"""What stands before the name of an SNMPv3 user: no community can pass for one."""

FIRST_RULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    SourceKind.ALERTMANAGER: (
        *(("circuit", CIRCUIT), ("service_id", SERVICE_ID), ("element", ELEMENT)),
        *(("instance", TARGET), ("instance", ELEMENT)),
    ),
    SourceKind.ZABBIX: (("circuit", CIRCUIT), ("element", ELEMENT), ("host", ELEMENT), ("ip", TARGET)),
    SourceKind.ICINGA: (("circuit", CIRCUIT), ("host", ELEMENT), ("address", TARGET)),
    SourceKind.LIBRENMS: (("circuit", CIRCUIT), ("hostname", ELEMENT), ("sysName", ELEMENT), ("ip", TARGET)),
    SourceKind.CHECKMK: (("circuit", CIRCUIT), ("element", ELEMENT), ("host", ELEMENT), ("address", TARGET)),
    SourceKind.PRTG: (
        *(("circuit", CIRCUIT), ("element", ELEMENT), ("name", CIRCUIT), ("device", ELEMENT)),
        *(("device", CIRCUIT), ("host", TARGET)),
    ),
    SourceKind.UPTIME_KUMA: (
        *(("circuit", CIRCUIT), ("element", ELEMENT), ("monitor", CIRCUIT)),
        *(("hostname", TARGET), ("hostname", ELEMENT)),
    ),
    SourceKind.TMF642: (
        *(("affectedService", CIRCUIT), ("affectedService", SERVICE_ID)),
        *(("alarmedObject", ELEMENT), ("alarmedObject", CIRCUIT), ("alarmedObject", TARGET)),
    ),
    SourceKind.SNMP: (("ifAlias", CIRCUIT), ("interface", TARGET)),
    SourceKind.GENERIC: (
        *(("circuit", CIRCUIT), ("service_id", SERVICE_ID), ("element", ELEMENT), ("address", TARGET)),
    ),
    SourceKind.BY_PATH: (("circuit", CIRCUIT), ("circuit", SERVICE_ID), ("element", ELEMENT), ("element", TARGET)),
}
"""What a new source begins with: the labels that its kind sends by itself, and those that an operator may add."""


def address(value: Any) -> str:
    """Of a device, as an IP address. Raises Misfit."""
    written = line(60)(value)
    try:
        return str(ip_address(written))
    except ValueError:
        raise Misfit(
            _("“%s” is not an IP address. Write the one that the device sends from, such as 192.0.2.1.") % written
        ) from None


READERS: dict[str, Reader] = {
    "name": line(LONGEST_NAME, needed=True),
    "kind": one_of(list(SourceKind.values)),
    "opens": one_of(list(WhatItOpens.values)),
    "hold_seconds": whole(0, LONGEST_WAIT),
    "calm_seconds": whole(0, LONGEST_WAIT),
    "gathers": whole(2, MOST_GATHERED),
    "signed": bool,
    "address": address,
    "brings": line(LONGEST_COMMUNITY, needed=True),
}
PATH_READERS: dict[str, Reader] = {
    **dict.fromkeys(alerts_by_path.FIELDS, alerts_by_path.path_in),
    **dict.fromkeys(alerts_by_path.NEEDED, alerts_by_path.needed_path),
    alerts_by_path.ENDED: alerts_by_path.words_in,
}
CHANGED = ("opens", "hold_seconds", "calm_seconds", "gathers", "signed", "address", "brings")


def add(fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> tuple[AlertSource, str]:
    """A new source, and the token of its address (empty for SNMP, which brings its own). ``at`` is UTC.

    ``brings``: of SNMP, the community, or ``v3:USER``. Raises Unfit with each field and its remedy.
    """
    is_snmp = fields.get("kind") == SourceKind.SNMP
    kept = read(READERS, fields if is_snmp else {n: v for n, v in fields.items() if n not in {"address", "brings"}})
    take_turn(SOURCE, "new")
    if AlertSource.objects.filter(name=kept["name"]).exists():
        raise Unfit({"name": _("“%s” exists already. Choose another name.") % kept["name"]})
    if AlertSource.objects.count() >= MOST_SOURCES:
        raise Unfit({"name": _("There are %d sources already. Switch off what is not used.") % MOST_SOURCES})
    token, kept["token_digest"] = ("", "") if is_snmp else secret_address.new_token()
    if is_snmp:
        kept["token_digest"] = secret_address.digest_of(kept.pop("brings"))
        must_be_alone(kept["address"], kept["token_digest"], 0)
    source = AlertSource.objects.create(**kept)
    AlertMapping.objects.bulk_create(
        AlertMapping(source=source, position=place, label=label, means=means)
        for place, (label, means) in enumerate(FIRST_RULES[source.kind], start=1)
    )
    put_on_record(SOURCE, source.pk, None, on_record(source), by=by, at=at)
    return source, token


def must_be_alone(address: str, digest: str, pk: int) -> None:
    """Two sources that cannot be told apart would take each other's traps. Raises Unfit."""
    same = AlertSource.objects.filter(kind=SourceKind.SNMP, address=address, token_digest=digest).exclude(pk=pk).first()
    if same:
        raise Unfit({"address": _("“%s” has this address and this community already.") % same.name})


def change(source: AlertSource, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> AlertSource:
    """Keep what is given of it; an empty ``brings`` leaves the community as it is. Raises Unfit."""
    is_snmp = source.kind == SourceKind.SNMP
    given = {name: fields[name] for name in CHANGED if name in fields}
    if not is_snmp:
        given = {name: value for name, value in given.items() if name not in {"address", "brings"}}
    if not given.get("brings"):
        given.pop("brings", None)
    kept = read(READERS, given)
    if "brings" in kept:
        kept["token_digest"] = secret_address.digest_of(kept.pop("brings"))
    if is_snmp:
        digest = kept.get("token_digest", source.token_digest)
        must_be_alone(kept.get("address", str(source.address)), digest, source.pk)
    return _keep(source, kept, by, at)


def save_paths(source: AlertSource, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> AlertSource:
    """Where each field stands in the messages of a source of the kind *by_path*, from now on. ``at`` is UTC.

    ``fields``: a path for each of ``alerts_by_path.FIELDS``, and the words of ``ENDED``. Raises Unfit by field.
    """
    if source.kind != SourceKind.BY_PATH:
        raise Unfit({"identity": _("Only a source by paths has paths.")})
    kept = read(PATH_READERS, {name: fields.get(name, "") for name in PATH_READERS})
    return _keep(source, {"paths": {name: value for name, value in kept.items() if value}}, by, at)


def new_token(source: AlertSource, *, by: Staff | None, at: datetime) -> str:
    """A new token; the old address ends at once, and the signing secret changes with it. Raises Unfit."""
    if source.kind == SourceKind.SNMP:
        raise Unfit({"name": _("SNMP does not use an address of ours: it carries its community or user.")})
    token, digest = secret_address.new_token()
    _keep(source, {"token_digest": digest}, by, at)
    source.token_digest = digest
    return token


def switch(source: AlertSource, is_active: bool, *, by: Staff | None, at: datetime) -> AlertSource:
    """In use or not: what one that is switched off says is not taken. What it said stays."""
    return _keep(source, {"is_active": is_active}, by, at)


def _keep(source: AlertSource, kept: Mapping[str, Any], by: Staff | None, at: datetime) -> AlertSource:
    take_turn(SOURCE, source.pk)
    found = AlertSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    before = on_record(found)
    for name, value in kept.items():
        setattr(found, name, value)
    if kept:
        found.save(update_fields=list(kept))
    put_on_record(SOURCE, found.pk, before, on_record(found), by=by, at=at)
    return found


def on_record(source: AlertSource) -> dict[str, object]:
    """What the record of settings keeps: of the token only the beginning of its digest, to tell two apart."""
    return {
        "name": source.name,
        "source_kind": source.kind,
        "token": source.token_digest[:8],
        "signed": source.signed,
        "device": source.address or "",
        "opens": source.opens,
        "hold_seconds": source.hold_seconds,
        "calm_seconds": source.calm_seconds,
        "gathers": source.gathers,
        "is_active": source.is_active,
        **({"paths": path_lines(source)} if source.kind == SourceKind.BY_PATH else {}),
    }


def path_lines(source: AlertSource) -> list[str]:
    """The paths of a source as the record of settings keeps them, a line each."""
    return [f"{name}: {source.paths[name]}" for name in PATH_READERS if name in source.paths]


def is_any_active() -> bool:
    """Return whether alerts of at least one source are read."""
    return AlertSource.objects.filter(is_active=True).exists()


def sources_by_name() -> QuerySet[AlertSource]:
    """Every source by name, those in use first."""
    return AlertSource.objects.order_by("-is_active", "name")


def traps_from(addresses: Iterable[str]) -> QuerySet[AlertSource]:
    """The SNMP sources in use whose devices send from one of these addresses."""
    return AlertSource.objects.filter(kind=SourceKind.SNMP, is_active=True, address__in=addresses)


# What an SNMP source brings, its community or the name of its user, is kept as the token of a source that pushes is.


def source_of(token: str) -> AlertSource | None:
    """The source in use that pushes to the address with this token."""
    known = AlertSource.objects.filter(is_active=True).exclude(kind=SourceKind.SNMP).exclude(token_digest="")
    return secret_address.bearer_of(token, known)
