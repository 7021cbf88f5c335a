"""Published versions of the procedure. A version never changes; a case keeps the one it began under."""

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from typing import cast

from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from guardia.config.sql_rows import rows_of
from guardia.procedure.schema import Procedure, load


class NoProcedure(Exception):
    """No procedure is in force at that hour: nothing can be promised before one is published."""


class EffectiveInThePast(Exception):
    """A version may not take effect before it is published: a promise is not changed backwards."""


class ProcedureVersion(models.Model):
    """One published text of the procedure. ``sha256`` is of the canonical ``document``, and is printed with it."""

    number = models.PositiveIntegerField(unique=True)
    code = models.TextField()
    title = models.TextField()
    source = models.TextField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True)
    effective_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "guardia"
        db_table = "procedure_version"

    def __str__(self) -> str:
        return gettext("%(code)s, version %(number)d") % {"code": self.code, "number": self.number}

    @property
    def short_hash(self) -> str:
        return self.sha256[:12]

    @property
    def procedure(self) -> Procedure:
        """The promise itself; read once per process."""
        return of(self.pk)


def publish(
    text: str, file: str, by: int | None, at: datetime, effective_at: datetime | None = None
) -> ProcedureVersion:
    """Publishes a procedure file, to be in force from ``effective_at`` (default: ``at``).

    ``by`` is the id of the member of staff, None for the command line. A text with the same content as the version in
    force at that hour returns that version and writes nothing. Raises ProcedureFileRefused with every mistake, and
    EffectiveInThePast.
    """
    effective_at = effective_at or at
    if effective_at < at:
        raise EffectiveInThePast(gettext("A version cannot take effect before it is published"))
    procedure = load(text, file)
    document = procedure.model_dump(mode="json")
    with transaction.atomic():
        take_turn()
        current = version_at(effective_at)
        if current and current.sha256 == digest(document):
            return current
        return ProcedureVersion.objects.create(
            number=(ProcedureVersion.objects.aggregate(last=models.Max("number"))["last"] or 0) + 1,
            code=procedure.code,
            title=procedure.title.es,
            source=text,
            document=document,
            sha256=digest(document),
            published_at=at,
            published_by_id=by,
            effective_at=effective_at,
        )


def in_force(at: datetime) -> ProcedureVersion:
    """The version that rules a case begun at this hour. Raises NoProcedure."""
    version = version_at(at)
    if version is None:
        raise NoProcedure(gettext("No procedure is published yet"))
    return version


def id_in_force(at: datetime) -> int:
    """The id of that version, for who needs no more of it. Raises NoProcedure."""
    found = rows_of(ID_IN_FORCE, [at])
    if not found:
        raise NoProcedure(gettext("No procedure is published yet"))
    return cast("int", found[0][0])


# By hand, since each registration asks it.
ID_IN_FORCE = (
    "SELECT id FROM procedure_version WHERE effective_at <= %s ORDER BY effective_at DESC, number DESC LIMIT 1"
)


@lru_cache(maxsize=64)
def of(version_id: int) -> Procedure:
    """The procedure of a version, kept by id: a version never changes. Raises ProcedureVersion.DoesNotExist."""
    return Procedure.model_validate(ProcedureVersion.objects.values_list("document", flat=True).get(pk=version_id))


@lru_cache(maxsize=64)
def sha256_of(version_id: int) -> str:
    """The SHA-256 of a version's canonical document, kept by id. Raises ProcedureVersion.DoesNotExist."""
    return ProcedureVersion.objects.values_list("sha256", flat=True).get(pk=version_id)


def version_at(at: datetime) -> ProcedureVersion | None:
    """Return the version in force at this hour (UTC), without its texts: these are long, and read by id (``of``)."""
    return next(iter(ProcedureVersion.objects.raw(IN_FORCE, [at])), None)


# By hand, since each form and each record asks it.
IN_FORCE = """
    SELECT id, number, code, title, sha256, published_at, published_by_id, effective_at
    FROM procedure_version WHERE effective_at <= %s ORDER BY effective_at DESC, number DESC LIMIT 1
"""


def take_turn() -> None:
    """Two publications wait for each other, so that numbers have no gap and the same text is published once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procedure_version'))")


def digest(document: dict) -> str:
    """The SHA-256 of the document's canonical JSON: keys in order, no spaces, UTF-8."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def versions_newest_first() -> QuerySet[ProcedureVersion]:
    """Every version by its number, the newest first, without its long texts."""
    return ProcedureVersion.objects.defer("source", "document").order_by("-number")


def version_of_id(pk: int) -> ProcedureVersion | None:
    """The version of this id."""
    return ProcedureVersion.objects.filter(pk=pk).first()


def version_numbered(number: int) -> ProcedureVersion | None:
    """The version of this number, as it is published with it."""
    return ProcedureVersion.objects.filter(number=number).first() if number < 2**31 else None


def version_before(number: int) -> ProcedureVersion | None:
    """The last version that was published before the one of this number."""
    return ProcedureVersion.objects.filter(number__lt=number).order_by("-number").first()


def next_version_after(at: datetime) -> ProcedureVersion | None:
    """The first version that takes effect later than this hour (UTC)."""
    return ProcedureVersion.objects.filter(effective_at__gt=at).order_by("effective_at").first()


def is_any_published() -> bool:
    """Whether a procedure was ever published."""
    return ProcedureVersion.objects.exists()
