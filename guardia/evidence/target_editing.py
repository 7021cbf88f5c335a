"""The targets of a service as the desk writes them: read, resolved once, kept, and on record with who wrote them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, Unfit, line, one_of, read, whole
from guardia.evidence.addresses import may_hear_a_secret, pinned, resolved
from guardia.evidence.target import ProbeKind, ServiceTarget, known_names
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

RECORDED = "service_target"
MOST = 10
"""Targets in use of one service: all of them run while a customer waits."""
ON_RECORD = (
    *("kind", "address", "pinned", "port", "asks", "expects", "max_loss", "max_ms", "at_registration", "active"),
)


READERS: dict[str, Reader] = {
    "service": lambda service: service,
    "kind": one_of(list(ProbeKind.values)),
    "address": line(400, needed=True),
    "port": whole(1, 65535),
    "asks": line(255),
    "expects": line(255),
    "max_loss": whole(0, 100, default=1),
    "max_ms": whole(1, 60_000),
    "at_registration": bool,
}


def save_target(
    target: ServiceTarget,
    fields: Mapping[str, Any],
    *,
    by: Staff | None = None,
    at: datetime,
    resolve: Callable[[str], str] = resolved,
) -> ServiceTarget:
    """Keep a target; its name is resolved now and its address kept. Raises Unfit with each field and its remedy."""
    before = written(target)
    kept = read(READERS, fields)
    if kept["service"].customer_id != target.customer_id:
        raise Unfit({"service": _("That service belongs to another company. Choose one of this company's.")})
    kept["pinned"] = _where(kept, resolve)
    _must_fit(kept)
    in_use = ServiceTarget.objects.filter(service=kept["service"], active=True).exclude(pk=target.pk).count()
    if in_use >= MOST:
        raise Unfit({"service": _("This service has %d tests already. Deactivate one first.") % in_use})
    for name, value in kept.items():
        setattr(target, name, value)
    if target._state.adding:
        target.added_by, target.added_at = by, at
    target.save()
    put_on_record(RECORDED, target.pk, before, written(target), by=by, at=at)
    return target


def end(target: ServiceTarget, *, by: Staff | None = None, at: datetime) -> None:
    """Tested no more; what it measured stays."""
    _set_active(target, False, by, at)


def resume(target: ServiceTarget, *, by: Staff | None = None, at: datetime) -> None:
    _set_active(target, True, by, at)


def _set_active(target: ServiceTarget, is_active: bool, by: Staff | None, at: datetime) -> None:
    before = written(target)
    target.active = is_active
    target.save(update_fields=["active"])
    put_on_record(RECORDED, target.pk, before, written(target), by=by, at=at)


def _where(kept: Mapping[str, Any], resolve: Callable[[str], str]) -> str:
    """The address the test goes to. Raises Unfit."""
    try:
        return pinned(host_of(kept), resolve)
    except Misfit as misfit:
        raise Unfit({"address": str(misfit)}) from misfit


def host_of(kept: Mapping[str, Any]) -> str:
    """The name or address within what was written. Raises Misfit."""
    host = str(kept["address"])
    if kept["kind"] == ProbeKind.HTTP:
        return _host_of(host)
    if any(mark in host for mark in "/ @?#"):
        raise Misfit(_("Write only a name or an IP address, without http:// or a path."))
    return host


def _host_of(address: str) -> str:
    """Raises Misfit for what is no web address, or carries a password."""
    wrong = Misfit(_("Write a whole web address that starts with https:// or http://, without a password."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or port == 0:
        raise wrong
    return parts.hostname


def _must_fit(kept: Mapping[str, Any]) -> None:
    """Raises Unfit where a kind lacks what it needs."""
    kind, asks, expects = kept["kind"], kept.get("asks", ""), kept.get("expects", "")
    if kind == ProbeKind.TCP and not kept.get("port"):
        raise Unfit({"port": _("A connection needs its port. Enter it, such as 443.")})
    if kind == ProbeKind.SNMP and not (asks.isascii() and asks.isdigit() and len(asks) < 10):
        raise Unfit({"asks": _("Write the number of the interface (ifIndex), such as 3.")})
    if kind == ProbeKind.SNMP and expects and expects not in known_names():
        known = ", ".join(known_names()) or _("none")
        words = _("SNMP_CREDENTIALS has no entry “%(name)s”. Known: %(known)s. Leave it empty for SNMP_COMMUNITY.")
        raise Unfit({"expects": words % {"name": expects, "known": known}})
    if kind == ProbeKind.SNMP and not may_hear_a_secret(kept["pinned"]):
        words = _(
            "%s is outside PROBE_NETWORKS, the only networks queried by SNMP. Have the operator's network added there."
        )
        raise Unfit({"address": words % kept["pinned"]})
    if kind == ProbeKind.DNS and not _is_question(asks):
        raise Unfit({"asks": _("Write the name to ask for, and its type if it is not A: example.com MX.")})
    if kind == ProbeKind.HTTP and expects and not (expects.isascii() and expects.isdigit() and len(expects) == 3):
        raise Unfit({"expects": _("Write the status that is expected, such as 200, or leave it empty.")})


def _is_question(asks: str) -> bool:
    import dns.exception  # loaded with the first such question
    import dns.name
    import dns.rdatatype

    name, _blank, record = asks.partition(" ")
    try:
        dns.name.from_text(name)
        dns.rdatatype.from_text(record.strip() or "A")
    except dns.exception.DNSException:
        return False
    return bool(name)


def written(target: ServiceTarget) -> dict[str, Any] | None:
    """It as the record keeps it; None before it is kept at all."""
    return {name: getattr(target, name) for name in ON_RECORD} if target.pk else None
