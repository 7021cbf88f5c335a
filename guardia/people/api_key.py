"""A key by which a machine asks the API: whose rights it has, what it may ask for, from where, and until when.

Written ``gdk_<prefix>_<secret>`` for a key of the operator and ``gdc_<prefix>_<secret>`` for one of a company, so that
the database role is chosen before the database is asked. Its first two parts are public: they are the client id of
OAuth 2.0. Of the secret only its digest is stored. It is 256 random bits, which nobody guesses however fast the hash
is: a slow one, as passwords need it, would cost each call and protect nothing.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.requests import plain
from guardia.config.sql_rows import rows_of, run
from guardia.people import rehearsal
from guardia.people.secret_address import digest_of
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Actor, ActorKind

OF_OPERATOR, OF_COMPANY = "gdk", "gdc"
OF_A_TOKEN = "gdt_"
COMPANY_SCOPES = ("cases.read", "cases.open", "cases.note", "cases.confirm", "events.read")
"""All that a company's own key may be allowed to do; the database refuses a row with more."""
WRITTEN = re.compile(r"(gd[kc])_([a-z2-7]{8})_([0-9a-f]{64})", re.ASCII)
PREFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
TOKEN_LASTS = timedelta(minutes=15)
TOKEN_SALT = "guardia.people.api_key.token"
NOTED_EVERY = timedelta(minutes=1)
"""So often at most the last use of a key is written: a call takes no row lock otherwise."""


class ApiKey(models.Model):
    """A key of the operator has ``staff``, a machine's account; one of a company has ``customer`` and ``contact``."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, unique=True, help_text="public: names the key in lists and as client id")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret, in hexadecimal")
    version = models.IntegerField(default=1, help_text="which secret of this key it is; one more with each rotation")
    former_digest = models.CharField(max_length=64, blank=True, help_text="of the secret before the last rotation")
    former_good_until = models.DateTimeField(null=True)
    former_used_at = models.DateTimeField(null=True, help_text="when the former secret was last used after a rotation")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="api_keys")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField(help_text="patterns over the names of operations, such as cases.read or *.read")
    networks = models.JSONField(default=list, help_text="CIDR; empty: from anywhere")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "api_key"
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, customer=None, contact=None)
                | Q(staff=None, customer__isnull=False, contact__isnull=False),
                name="api_key_of_one",
            ),
            models.CheckConstraint(
                condition=Q(customer=None) | Q(scopes__contained_by=list(COMPANY_SCOPES)),
                name="api_key_company_scopes",
            ),
        ]
        indexes = [
            models.Index(fields=["former_digest"], name="api_key_former", condition=~Q(former_digest="")),
            models.Index(fields=["expires_at"], name="api_key_in_use", condition=Q(ended_at=None)),
        ]

    by_version: int = 0
    """Which of its secrets it was authenticated by; 0 where it was read without one."""

    def __str__(self) -> str:
        return self.name

    @property
    def client_id(self) -> str:
        """Its public part, ``gdk_<prefix>``: the client id of OAuth 2.0, and how people name it."""
        return f"{OF_OPERATOR if self.customer_id is None else OF_COMPANY}_{self.prefix}"

    @property
    def actor(self) -> Actor:
        """Who acts by it: the machine's account, or the person of the company who made it."""
        return Actor.of_staff(self.staff) if self.staff else Actor(ActorKind.CONTACT, self.contact_id)

    @property
    def role(self) -> DatabaseRole:
        """The database role by which it reads; a company's key acts as ``PORTAL_ACTS``, as its people do."""
        return DatabaseRole.STAFF if self.customer_id is None else DatabaseRole.PORTAL

    def allows(self, operation: str) -> bool:
        """Whether a scope covers this operation, such as ``cases.diagnose``; the account's role limits it too."""
        return any(fnmatchcase(operation, scope) for scope in self.scopes)


class WhyRefused(StrEnum):
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    ENDED = "ended"
    NETWORK = "network"
    REHEARSAL = "rehearsal"


class KeyRefused(Exception):
    """A key that opens nothing. All but ``UNKNOWN`` is only answered to whoever has the right secret."""

    def __init__(self, why: WhyRefused, prefix: str = "") -> None:
        super().__init__(why)
        self.why, self.prefix = why, prefix

    @property
    def sentence(self) -> str:
        """Why, and the remedy, in the language of the moment."""
        return {
            WhyRefused.UNKNOWN: _("This key is none of ours. Copy it whole: gdk_ or gdc_, 8 letters, 64 digits."),
            WhyRefused.EXPIRED: _("This key has expired. Use its new secret, or ask for a new key or token."),
            WhyRefused.ENDED: _("This key was ended, or its account is switched off. Ask for a new one."),
            WhyRefused.NETWORK: _("This key is not good from this address. Ask for your network to be added to it."),
            WhyRefused.REHEARSAL: _("The installation is in rehearsal: keys of companies work once it is live."),
        }[self.why]


@dataclass(frozen=True)
class Secret:
    """A key as it is written, which is shown once and stored nowhere."""

    kind: str
    prefix: str
    secret: str = field(repr=False)

    @property
    def digest(self) -> str:
        return digest_of(self.secret)

    def __str__(self) -> str:
        return f"{self.kind}_{self.prefix}_{self.secret}"


def new_secret(kind: str, prefix: str = "") -> Secret:
    """A new key, or a new secret for the key with this prefix. ``kind``: ``OF_OPERATOR`` or ``OF_COMPANY``."""
    drawn = prefix or "".join(secrets.choice(PREFIX_LETTERS) for _letter in range(8))
    return Secret(kind, drawn, secrets.token_hex(32))


# --- who asks ---------------------------------------------------------------------------------------------------------


def authenticate(written: str, address: str, at: datetime) -> ApiKey:
    """The key of ``Authorization: Bearer …``: a key itself, or a token that was made with one (``token_of``).

    ``address`` is where the call comes from, ``at`` UTC. Its account or its company stands in it. Opens the database
    role that the key names by itself, within a transaction or without one. Raises KeyRefused, which
    ``attempts.one_more`` counts.
    """
    if written.startswith(OF_A_TOKEN):
        return _by_token(written, address, at)
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise KeyRefused(WhyRefused.UNKNOWN)
    return _by_secret(Secret(*found.groups()), address, at)


def of_operator(client_id: str, at: datetime) -> ApiKey | None:
    """The operator's key with this public part, good at ``at`` (UTC), with its account; for what asks for no secret."""
    found = ApiKey.objects.select_related("staff").filter(prefix=client_id.removeprefix(f"{OF_OPERATOR}_"))
    key = found.filter(customer=None, ended_at=None, expires_at__gt=at).first()
    return key if key and key.staff and key.staff.is_active and key.staff.is_machine else None


def note_use(key: ApiKey, address: str, at: datetime) -> None:
    """Write down that a key was used at ``at`` (UTC), by the database role of its acts: once a minute at most.

    Whoever finds the row held by another call leaves it: that one writes the same.
    """
    if key.last_used_at is not None and key.last_used_at > at - NOTED_EVERY:
        return
    is_former = key.by_version == key.version - 1
    with behind(DatabaseRole.STAFF) if key.customer_id is None else behind(DatabaseRole.PORTAL_ACTS, key.customer_id):
        run(NOTE_USE, {"at": at, "address": address, "key": key.pk, "late": at - NOTED_EVERY, "former": is_former})


NOTE_USE = """
    UPDATE api_key SET last_used_at = %(at)s, last_used_from = %(address)s,
        former_used_at = CASE WHEN %(former)s THEN %(at)s ELSE former_used_at END
    WHERE id = (SELECT id FROM api_key WHERE id = %(key)s AND (last_used_at IS NULL OR last_used_at <= %(late)s)
                FOR NO KEY UPDATE SKIP LOCKED)
"""


def token_of(key: ApiKey, at: datetime) -> str:
    """A bearer token of ``TOKEN_LASTS`` for a key that was authenticated at ``at`` (UTC).

    It names the key and which of its secrets it was made with, so that it ends with them. No table holds it.
    """
    ends = int((at + TOKEN_LASTS).timestamp())
    return OF_A_TOKEN + _signer().sign(f"{key.pk}-{key.customer_id or 0}-{key.by_version}-{ends}")


def _by_secret(secret: Secret, address: str, at: datetime) -> ApiKey:
    company = None
    if secret.kind == OF_COMPANY:
        with behind(DatabaseRole.PORTAL_ACTS):
            company = rows_of("SELECT company_of_key(%s)", [secret.digest])[0][0]
        if company is None:
            raise KeyRefused(WhyRefused.UNKNOWN, secret.prefix)
    key = _row(company, prefix=secret.prefix)
    # All are compared, found or not: how long it takes says nothing of how much was right.
    is_newest = hmac.compare_digest(key.digest if key else "", secret.digest)
    is_former = hmac.compare_digest(key.former_digest if key else "", secret.digest)
    if key is None or not (is_newest or is_former):
        raise KeyRefused(WhyRefused.UNKNOWN, secret.prefix)
    key.by_version = key.version if is_newest else key.version - 1
    return _good(key, address, at)


def _by_token(written: str, address: str, at: datetime) -> ApiKey:
    try:
        signed = _signer().unsign(written.removeprefix(OF_A_TOKEN)[:200])
    except BadSignature as wrong:
        raise KeyRefused(WhyRefused.UNKNOWN) from wrong
    pk, company, version, ends = map(int, signed.split("-"))
    if at.timestamp() >= ends:
        raise KeyRefused(WhyRefused.EXPIRED)
    key = _row(company or None, pk=min(pk, LARGEST_ID))
    if key is None or version not in (key.version, key.version - 1):
        raise KeyRefused(WhyRefused.EXPIRED)
    key.by_version = version
    return _good(key, address, at)


def _row(company: int | None, **named: object) -> ApiKey | None:
    """The key under the role and the row policies of its kind, with its account or its company."""
    if company is None:
        with behind(DatabaseRole.STAFF):
            return ApiKey.objects.select_related("staff").filter(customer=None, **named).first()
    with behind(DatabaseRole.PORTAL_ACTS, company):
        return ApiKey.objects.select_related("customer", "contact").filter(customer=company, **named).first()


def _good(key: ApiKey, address: str, at: datetime) -> ApiKey:
    """The key itself. Raises KeyRefused where it was ended, is too old, or is not good from this address."""
    owner_is_active = key.staff.is_active and key.staff.is_machine if key.staff else key.customer.active  # type: ignore[union-attr]
    if key.ended_at or not owner_is_active:
        raise KeyRefused(WhyRefused.ENDED, key.prefix)
    is_former_over = key.by_version < key.version and not (key.former_good_until and at < key.former_good_until)
    if at >= key.expires_at or is_former_over:
        raise KeyRefused(WhyRefused.EXPIRED, key.prefix)
    if not is_from(address, key.networks):
        raise KeyRefused(WhyRefused.NETWORK, key.prefix)
    if key.contact:
        with behind(DatabaseRole.PORTAL_ACTS, key.customer_id):
            if not rehearsal.lets_in(key.contact.email):
                raise KeyRefused(WhyRefused.REHEARSAL, key.prefix)
    return key


def is_from(address: str, networks: list[str]) -> bool:
    """Whether this address is in one of the networks (CIDR); any is where there are none."""
    if not networks:
        return True
    try:
        found = ip_address(plain(address))
    except ValueError:
        return False
    return any(found in ip_network(one) for one in networks)


def _signer() -> Signer:
    return Signer(sep=".", salt=TOKEN_SALT)
