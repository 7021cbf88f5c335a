"""`guardia manage …`: Django's own commands, with the database at hand."""

import argparse

from guardia.cli.installation import Subparsers, add_command, open_installation


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "manage", "pass a command to Django, e.g. `guardia manage shell`", manage)
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the Django command and its options")


def manage(args: argparse.Namespace) -> int:
    open_installation(empty=True)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guardia manage", *args.words])
    return 0
