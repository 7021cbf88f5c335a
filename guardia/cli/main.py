"""`guardia COMMAND …`: reads the words, calls the command's handler, turns trouble into one clear sentence."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

from guardia.cli import (
    api,
    backup,
    clocks,
    customers,
    demo,
    doctor,
    history,
    keys,
    mail,
    mcp,
    messages,
    migrate,
    people,
    phone,
    policy,
    privacy,
    procedure,
    rehearsal,
    run,
    shadow,
    traps,
    verify,
    web,
    where,
    witness,
)
from guardia.cli.installation import Mistake, Subparsers, Words
from guardia.cli.progress import Stopped
from guardia.config.account import DatabaseTrouble
from guardia.config.ownership import who

COMMANDS = (
    *(demo.add, run.add, migrate.add, web.add, run.add_worker, mail.add, verify.add_files, phone.add, traps.add),
    *(
        messages.add,
        procedure.add,
        customers.add,
        customers.add_elements,
        people.add,
        keys.add,
        policy.add,
        privacy.add,
    ),
    *(privacy.add_retention, verify.add, clocks.add, doctor.add, backup.add, migrate.add_manage, where.add),
    *(api.add, mcp.add, witness.add, history.add, shadow.add, rehearsal.add),
    *(demo.add_seed, shadow.add_replay),
)
"""What each command adds to the words that are understood, in the order in which the help lists them."""
NO_ANSWER = "Look whether PostgreSQL runs and DATABASE_URL names it; then run guardia doctor"
OF_THE_MACHINE = {
    errno.ENOSPC: "There is no room left on its disk: make room, and run it again",
    errno.EDQUOT: "This account has used up its share of the disk: make room, and run it again",
    errno.EROFS: "It stands on a disk that cannot be written: name another folder, or mount it for writing",
    errno.EACCES: "Give it to the account that runs Guardia, or name another one",
    errno.EPERM: "Give it to the account that runs Guardia, or name another one",
}
"""What to do when a folder or a file cannot be used, whatever the command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the command: 0 done, 1 it failed, 2 it was called wrongly or a setting is wrong."""
    args, unknown = parser().parse_known_args(argv)
    if unknown:  # told by the command that it was written for: the one above it knows less
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        return args.handler(args)
    except ImproperlyConfigured as wrong:
        return fail(one_line(wrong), 2)
    except (Mistake, DatabaseTrouble) as trouble:
        return fail(str(trouble), 1)
    except (OperationalError, psycopg.OperationalError) as trouble:
        return fail(of_the_database(trouble), 1)
    except KeyboardInterrupt:
        return fail("stopped", 130)
    except Stopped:
        return fail("stopped", 128 + signal.SIGTERM)
    except BrokenPipeError:  # `guardia … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as trouble:
        if trouble.errno not in OF_THE_MACHINE:
            raise
        return fail(of_the_machine(trouble), 1)


def fail(words: str, code: int) -> int:
    with suppress(OSError):
        print(f"guardia: {words}", file=sys.stderr)
    return code


def one_line(trouble: BaseException) -> str:
    return " ".join(str(trouble).split())


def of_the_database(trouble: Exception) -> str:
    """Its own words; with what to do where it was not even reached."""
    cause = trouble if isinstance(trouble, psycopg.Error) else trouble.__cause__
    unreached = getattr(cause, "sqlstate", None) is None
    words = one_line(trouble)
    if not unreached:
        return words
    return f"{words} {NO_ANSWER}" if words.endswith("?") else f"{words.rstrip('.')}. {NO_ANSWER}"


def of_the_machine(trouble: OSError) -> str:
    """``/var/lib/guardia/static: Permission denied, as guardia. Give it …``."""
    place = f"{trouble.filename}: " if trouble.filename else ""
    return f"{place}{trouble.strerror}, as {who()}. {OF_THE_MACHINE[trouble.errno or 0]}"


def parser() -> argparse.ArgumentParser:
    words = Words(prog="guardia", description="The service desk that runs a published promise.")
    subparsers = cast("Subparsers", words.add_subparsers(title="commands", metavar="COMMAND", required=True))
    for add in COMMANDS:
        add(subparsers)
    return words
