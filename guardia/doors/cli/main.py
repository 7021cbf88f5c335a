"""`guardia COMMAND …`: reads the words, calls the command's handler, turns trouble into one clear sentence."""

import argparse
import os
import sys
from collections.abc import Sequence

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

from guardia.config.account import DatabaseTrouble
from guardia.doors.cli import (
    backup,
    clocks,
    customers,
    demo,
    doctor,
    elements,
    files,
    mail,
    manage,
    messages,
    migrate,
    people,
    phone,
    policy,
    privacy,
    procedure,
    retention,
    run,
    seed,
    traps,
    verify,
    web,
    worker,
)
from guardia.doors.cli.house import Mistake

COMMANDS = (
    *(demo, run, migrate, web, worker, mail, files, phone, traps, messages, procedure, customers, elements, people),
    *(policy, privacy, retention, verify, clocks, doctor, backup, manage, seed),
)
TROUBLES = (Mistake, DatabaseTrouble, ImproperlyConfigured, OperationalError, psycopg.OperationalError)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the command: 0 done, 1 it failed, 2 it was called wrongly."""
    args = parser().parse_args(argv)
    try:
        return args.handler(args)
    except TROUBLES as trouble:
        print(f"guardia: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `guardia … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="guardia", description="The service desk that runs a published promise.")
    subparsers = words.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    return words
