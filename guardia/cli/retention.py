"""`guardia retention`: what is older than its kind is kept goes; the owner's command, for a timer once a night."""

import argparse
import signal
from threading import Event

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation


def add(subparsers: Subparsers) -> None:
    words = "erase what is older than its kind is kept (as DATABASE_DIRECT_URL, the owner)"
    parser = add_command(subparsers, "retention", words, retention)
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and take nothing")


def retention(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.cases import file_bytes
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.privacy.retention import RunsAlready, rehearse, run

    stopping = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    try:
        gone = rehearse() if args.dry_run else run(stopping.is_set)
    except RunsAlready:
        raise Mistake("Another `guardia retention` runs on this database: let it end") from None
    for one in gone:
        tables = ", ".join(f"{table} {count}" for table, count in one.counts.items())
        print(f"{one.kind.key}\tolder than {one.up_to:%Y-%m-%d}\t{tables}")
    if not args.dry_run and not stopping.is_set():
        with behind(DatabaseRole.WORKER):
            at = now()
        print(f"{file_bytes.sweep(at)} files were removed from the store")
    return 0
