"""`guardia history export --format archive` and `guardia history import ARCHIVE`: everything, or one company's, as one
open file; docs/archive.md.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, open_installation
from guardia.cli.progress import Progress, ends_tidily

if TYPE_CHECKING:
    import psycopg

    from guardia.history.archive_importing import Archive

NOT_THE_SAME_KEYS = (
    "The log of histories goes on, and was signed by other keys than those of this installation. Put the former ones "
    "into PROOF_VERIFIERS, so that what they signed can still be checked:"
)
BEGINS_ANEW = "The log of histories begins anew: the archive is of one company, and the log of before is of all."
SIGN_IN = (
    "Nobody has a password here: guardia people rescue NAME prints a link by which a person sets one. Addresses, "
    "passwords and keys of mail, telephone and monitoring are entered anew."
)
NOBODY = "Nobody signs in yet: guardia people first NAME makes the first administrator."


def export(out: Path, company: int | None) -> int:
    """0: the archive is whole; 1: it is, but files of cases were lost or changed before, a line each.

    The installation is open. Raises Mistake.
    """
    from guardia.cli.backups.making import CannotBackUp, must_see_all
    from guardia.config.now import now
    from guardia.history.archive import ARCHIVED
    from guardia.history.archive_writing import ArchiveWriter
    from guardia.history.event_log_file import whole_file

    with (
        as_owner() as standing,
        ends_tidily(),
        whole_file(out) as file,
        Progress("tables", len(ARCHIVED) + 1, is_steady=False) as progress,
    ):
        try:
            must_see_all(standing)
        except CannotBackUp as wrong:
            raise Mistake(str(wrong)) from wrong
        written = ArchiveWriter(file, standing, company, now(), progress.begins).write()
    for trouble in written.troubles:
        print(trouble, file=sys.stderr)
    print(f"{written.cases} cases, {written.events} events, {written.files} files, {written.rows} rows in {out}")
    return 1 if written.troubles else 0


def bring(path: Path, *, dry_run: bool, prove_later: bool) -> int:
    """0: it came in, every chain is whole, every clock as its events say, every file there; 1: not so.

    Raises Mistake where nothing was written.
    """
    open_installation()
    from guardia.cli.backup import NOT_PROVEN, prove
    from guardia.evidence.store import CannotKeep
    from guardia.history.archive_importing import Archive, ArchiveRefused, must_be_empty, must_fit

    try:
        archive = Archive(path)
        tables = len(archive.tables)
        with ends_tidily(), Progress("parts read", tables + 1, is_steady=False) as progress:
            archive.check(progress.begins)
        if dry_run:
            must_fit(archive)
            with as_owner() as owner:
                must_be_empty(owner)
            print(f"whole, and this installation can take it: {contents(archive)}; nothing was written (dry run)")
            return 0
        with ends_tidily(), Progress("tables", tables, is_steady=False) as progress:
            bring_rows(archive, progress)
    except (ArchiveRefused, CannotKeep) as wrong:
        raise Mistake(str(wrong)) from wrong
    for line in (contents(archive), *log_goes_on(archive), SIGN_IN if archive.manifest["company"] is None else NOBODY):
        print(line)
    if prove_later:
        print(NOT_PROVEN)
        return 0
    return prove(has_our_keys=not foreign_keys())


def bring_rows(archive: "Archive", progress: Progress) -> None:
    """All in one transaction; the audit then says so. Raises ArchiveRefused."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.history.archive_importing import bring_in
    from guardia.people.audit import AuditKind, write_down

    with as_owner(writes=True) as owner:
        brought = bring_in(archive, owner, progress.begins)
    with as_owner(writes=True) as owner:
        owner.execute("ANALYZE")
    with behind(DatabaseRole.STAFF):
        write_down(AuditKind.BROUGHT_IN, at=now(), about="archive", key=archive.sha256, rows=brought.rows)


def contents(archive: "Archive") -> str:
    """What is in it, in one line."""
    manifest = archive.manifest
    whose = f"of the company {manifest['company']['name']}" if manifest["company"] else "of the whole operator"
    counts = f"{manifest['cases']} cases, {manifest['events']} events, {manifest['files']['rows']} files"
    return f"archive {whose}, written {manifest['written_at']} by Guardia {manifest['guardia']}: {counts}"


def log_goes_on(archive: "Archive") -> Iterator[str]:
    """What becomes of the log of histories, and of the keys that signed it."""
    if archive.manifest["company"] is not None:
        yield BEGINS_ANEW
    elif keys := foreign_keys():
        yield NOT_THE_SAME_KEYS
        yield from keys


def foreign_keys() -> list[str]:
    """The keys that were published with the newest checkpoint and that this installation does not know."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.proof import log, note

    with behind(DatabaseRole.STAFF):
        newest = log.newest_checkpoint()
    known = log.verifiers()
    return [line for line in newest.keys.splitlines() if note.read_verifier(line) not in known] if newest else []


@contextmanager
def as_owner(*, writes: bool = False) -> Iterator["psycopg.Connection"]:
    """A transaction of the owner of the tables; one that only reads sees one snapshot. Raises Mistake."""
    import psycopg
    from django.conf import settings

    try:
        connection = psycopg.connect(settings.DATABASE_DIRECT_URL)
    except psycopg.OperationalError as wrong:
        raise Mistake(f"DATABASE_DIRECT_URL does not answer: {wrong}") from wrong
    with connection:
        if not writes:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        yield connection
