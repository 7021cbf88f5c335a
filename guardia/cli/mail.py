"""`guardia mail take`: what hands a mail over (an MTA's pipe, a folder of mails) is told when it is safely kept.

Exit codes are those of sysexits.h, by which every mail server knows what to do: 0 kept, 69 refused (the sender is
told), 75 try again later, whatever is wrong here.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from guardia.cli.installation import Mistake, Subparsers, add_command, add_group, open_installation

KEPT, REFUSED, TRY_AGAIN = 0, 69, 75
SAID_EVERY = 100
MAILDIR = ("cur", "new")


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "mail", "take mail that comes in")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "take", "keep one raw mail from standard input, or all of a folder", take)
    step.add_argument(
        "--dir", type=Path, metavar="FOLDER", help="every file of it, or of a Maildir; run again, it goes on"
    )


def take(args: argparse.Namespace) -> int:
    return take_folder(args.dir) if args.dir else take_one()


# --- one mail, from the pipe of a mail server -------------------------------------------------------------------------


def take_one() -> int:
    """Whatever goes wrong, the mail server keeps the mail and tries again: no trouble of ours may bounce it."""
    try:
        return keep_one()
    except KeyboardInterrupt:
        return TRY_AGAIN
    except BaseException as trouble:
        print(f"guardia: try again later: {one_line(trouble)}", file=sys.stderr)
        return TRY_AGAIN


def keep_one() -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.mail.taking import PIPE, TooLarge, limit, take

    raw = sys.stdin.buffer.read(limit() + 1)
    if not raw.strip():
        print("guardia: there is no mail on standard input", file=sys.stderr)
        return TRY_AGAIN
    try:
        with behind(DatabaseRole.WORKER):
            take(raw, PIPE, now())
    except TooLarge as refused:
        print(f"guardia: refused: {refused}", file=sys.stderr)
        return REFUSED
    return KEPT


# --- a folder of mails ------------------------------------------------------------------------------------------------


def take_folder(folder: Path) -> int:
    """0: all are kept; 1: those that are not, a line each. Run again it goes on: what is kept is known."""
    if not folder.is_dir():
        raise Mistake(f"{folder} is no folder")
    files = sorted(files_of(folder))
    open_installation()
    counts: Counter[str] = Counter()
    for number, file in enumerate(files, 1):
        counts[keep_file(file)] += 1
        if number % SAID_EVERY == 0 or number == len(files):
            print(f"\r{number} of {len(files)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(
        f"{len(files)} files: {counts['new']} taken, {counts['known']} known already, "
        f"{counts['too large']} too large, {counts['failed']} failed"
    )
    return 1 if counts["failed"] or counts["too large"] else 0


def keep_file(file: Path) -> str:
    """One mail of the folder in a transaction of its own: new, known, too large, or failed. Raises OperationalError."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.mail.identity import identity
    from guardia.mail.message import Message
    from guardia.mail.taking import FOLDER, TooLarge, limit, take

    try:
        if file.stat().st_size > limit():
            raise TooLarge(file.stat().st_size)
        raw = file.read_bytes()
        with behind(DatabaseRole.WORKER):
            known = Message.objects.filter(identity=identity(raw)).exists()
            if not known:
                take(raw, FOLDER, now())
    except TooLarge as refused:
        print(f"\n{file}: {refused}", file=sys.stderr)
        return "too large"
    except OSError as wrong:
        print(f"\n{file}: {wrong.strerror}", file=sys.stderr)
        return "failed"
    return "known" if known else "new"


def files_of(folder: Path) -> Iterator[Path]:
    """The mails of a Maildir, or every file that stands in the folder; what begins with a dot is none."""
    folders = [folder / name for name in MAILDIR if (folder / name).is_dir()] or [folder]
    for each in folders:
        with os.scandir(each) as entries:
            yield from (Path(entry.path) for entry in entries if entry.is_file() and not entry.name.startswith("."))


def one_line(trouble: BaseException) -> str:
    return " ".join(f"{type(trouble).__name__}: {trouble}".split())[:300]
