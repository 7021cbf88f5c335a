"""How this installation is connected to mail, SMS and messenger: the environment wins, then what an administrator
entered on screen, then the default.

A connection is entered in one place. Where the environment names any part of one, all of it is the environment's: a
password of the environment never goes to a server that somebody typed on a screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people import sealing
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

RECORDED = "connection"
WHAT_FOR = "guardia.people.connections"
KEPT_SECONDS = 5.0
"""So soon every process knows what was entered on screen in another."""


class Kind(StrEnum):
    SMTP = "smtp"  # the server that takes our mail
    SENDER = "sender"  # as whom it is sent
    IMAP = "imap"  # the mailbox that is read
    SMS = "sms"  # the gateway of short messages
    WHATSAPP = "whatsapp"


OAUTH = ("TOKEN", "TOKEN_FILE", "REFRESH_TOKEN", "TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "SCOPE")
SERVER = ("HOST", "PORT", "TLS", "USER", "PASSWORD", "CA", *(f"OAUTH_{name}" for name in OAUTH))
NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.SMTP: tuple(f"SMTP_{name}" for name in SERVER),
    Kind.SENDER: ("MAIL_FROM",),
    Kind.IMAP: (*(f"IMAP_{name}" for name in SERVER), "IMAP_FOLDER", "MAIL_IN"),
    Kind.SMS: ("SMS_URL",),
    Kind.WHATSAPP: ("WHATSAPP_URL",),
}
"""The settings of each connection, by their names in the environment."""

SECRETS = frozenset(
    {
        *(f"{kind}_{name}" for kind in ("SMTP", "IMAP") for name in ("PASSWORD", "OAUTH_TOKEN", "OAUTH_REFRESH_TOKEN")),
        *("SMTP_OAUTH_CLIENT_SECRET", "IMAP_OAUTH_CLIENT_SECRET", "SMS_URL", "WHATSAPP_URL"),
    }
)
KIND_OF = {name: kind for kind, names in NAMES.items() for name in names}


class Connection(models.Model):
    """One connection as an administrator entered it. ``open``: its settings by name; of a secret a mask, for people.

    ``sealed``: the secrets, sealed with SECRET_KEY.
    """

    kind = models.CharField(max_length=12, primary_key=True)
    open = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "connection"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="connection_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.kind


@dataclass
class CachedConnection:
    """What was entered, as this process read it last. ``good_until`` in seconds of the monotonic clock."""

    entered: dict[str, dict[str, Any]]
    good_until: float


kept = CachedConnection({}, 0.0)


def forget() -> None:
    """The next question reads anew what was entered."""
    kept.good_until = 0.0


def prime(entered: dict[str, dict[str, Any]], good_until: float) -> None:
    kept.entered, kept.good_until = entered, good_until


def _entered() -> Mapping[str, dict[str, Any]]:
    if monotonic() >= kept.good_until:
        if connection.in_atomic_block:
            prime(_read(), monotonic() + KEPT_SECONDS)
        else:
            try:
                with behind(DatabaseRole.WORKER):
                    prime(_read(), monotonic() + KEPT_SECONDS)
            except DatabaseError:  # without a database the environment holds, and what was read last
                return kept.entered
    return kept.entered


def _read() -> dict[str, dict[str, Any]]:
    return dict(Connection.objects.values_list("kind", "open"))


# --- what holds -------------------------------------------------------------------------------------------------------


def setting(name: str) -> Any:
    """What holds for this setting; of a secret whether there is one (a mask of it). No secret comes from here."""
    kind = KIND_OF[name]
    given = None if locked_by(kind) else _entered().get(kind)
    if given is None:
        return getattr(settings, name)
    return given.get(name, "")


def locked_by(kind: Kind) -> tuple[str, ...]:
    """The settings of this connection that the environment names: with one of them all of it is the environment's."""
    return tuple(name for name in NAMES[kind] if name in settings.FROM_ENVIRONMENT)


def resolved(kind: Kind) -> dict[str, Any]:
    """The whole connection with its secrets, by names; None for one that SECRET_KEY no longer opens.

    Not for the portal, which may not read what is sealed.
    """
    given = None if locked_by(kind) else _entered().get(kind)
    if given is None:
        return {name: getattr(settings, name) for name in NAMES[kind]}
    if connection.in_atomic_block:
        sealed = _sealed(kind)
    else:
        with behind(DatabaseRole.WORKER):
            sealed = _sealed(kind)
    found = {name: given.get(name, "") for name in NAMES[kind]}
    return found | {name: _unsealed(sealed.get(name, "")) for name in NAMES[kind] if name in SECRETS}


def _sealed(kind: Kind) -> dict[str, str]:
    return Connection.objects.filter(pk=kind).values_list("sealed", flat=True).first() or {}


def _unsealed(text: str) -> str | None:
    try:
        return sealing.unseal(WHAT_FOR, text) if text else ""
    except sealing.CannotBeUnsealed:
        return None


def secret(name: str) -> str:
    """One secret as it holds; empty where there is none, or SECRET_KEY no longer opens it."""
    return resolved(KIND_OF[name])[name] or ""


# --- what an administrator enters -------------------------------------------------------------------------------------


def entered(kind: Kind) -> Connection | None:
    """As it stands in the database, with what is sealed."""
    return Connection.objects.filter(pk=kind).first()


def save(kind: Kind, fields: Mapping[str, Any], masks: Mapping[str, str], *, by: Staff | None, at: datetime) -> None:
    """Keep a connection whole, by the names of its settings; on record as changed ``by`` whom ``at`` (UTC).

    ``masks``: what people may see of each secret. A secret is on record only as set anew or taken away.
    """
    take_turn(RECORDED, kind)
    before = entered(kind)
    open_ones = {name: value for name, value in fields.items() if name not in SECRETS} | dict(masks)
    secrets = {name: str(value) for name, value in fields.items() if name in SECRETS and value}
    old = {name: _unsealed(text) for name, text in before.sealed.items()} if before else {}
    sealed = {
        name: before.sealed[name] if before and old.get(name) == value else sealing.seal(WHAT_FOR, value)
        for name, value in secrets.items()
    }
    Connection.objects.update_or_create(pk=kind, defaults={"open": open_ones, "sealed": sealed, "changed_at": at})
    anew = {name: "set" for name in secrets if old.get(name) != secrets[name]}
    gone = {name: "removed" for name in old if name not in secrets}
    was = recorded_values(before.open) if before else None
    put_on_record(RECORDED, kind, was, recorded_values(open_ones) | anew | gone, by=by, at=at)
    transaction.on_commit(forget)


def remove(kind: Kind, *, by: Staff, at: datetime) -> None:
    """Nothing is entered any more: the environment holds, or the default."""
    take_turn(RECORDED, kind)
    before = entered(kind)
    if before:
        before.delete()
        put_on_record(RECORDED, kind, recorded_values(before.open), None, by=by, at=at)
        transaction.on_commit(forget)


def recorded_values(open_ones: Mapping[str, Any]) -> dict[str, Any]:
    """As the record keeps it: without a secret, without what is empty, and of certificates their mark."""
    found = {name: value for name, value in open_ones.items() if value not in ("", None) and name not in SECRETS}
    marks = {name: sha256(value.encode()).hexdigest()[:16] for name, value in found.items() if name.endswith("_CA")}
    return found | marks
