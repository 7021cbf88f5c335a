"""`guardia migrate`: brings the tables to what this version expects, as their owner."""

import argparse

from guardia.doors.cli.house import Subparsers, add_command, open_house

TURN = 7_201_845_113  # the advisory lock under which one migration at a time runs


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "migrate", "bring the database to this version (as DATABASE_DIRECT_URL)", handle)
    parser.add_argument("--quiet", action="store_true", help="say nothing")


def handle(args: argparse.Namespace) -> int:
    open_house(empty=True)
    migrate(quiet=args.quiet)
    return 0


def migrate(*, quiet: bool) -> None:
    """Run what is missing; of several at the same time, one migrates and the others wait. Needs an open house."""
    from django.core.management import call_command
    from django.db import connections

    owner = connections["direct"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
    try:
        call_command("migrate", database="direct", interactive=False, verbosity=0 if quiet else 1)
    finally:
        connections.close_all()  # and with the session goes its lock
