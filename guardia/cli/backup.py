"""`guardia backup DIR`, `guardia restore DIR`, `guardia drill DIR`: the installation kept beside itself, brought back,
and brought back for a trial; docs/operations/backup.md.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.installation import (
    Mistake,
    Subparsers,
    add_command,
    make_state_dir,
    open_installation,
    switch_on,
)
from guardia.cli.progress import Progress, ends_tidily
from guardia.config.database import ADDRESSES
from guardia.config.ownership import become_owner

if TYPE_CHECKING:
    from guardia.cli.backups.folder import Manifest

KEPT_ELSEWHERE = (
    "Not in it: the values of the settings. Keep SECRET_KEY and the passwords elsewhere, in a safe or a vault: "
    "without SECRET_KEY links in sent letters, second steps and sealed passwords are lost."
)
NOT_PROVEN = (
    "Restored, and as many rows as the backup says. NOT PROVEN yet: whether each case's history is whole, each clock "
    "as its events say, each file there. These prove it, at any time and while people work: "
    "guardia verify && guardia clocks rebuild && guardia files check"
)
NOT_SETTINGS = frozenset({*ADDRESSES, "STATE_DIR"})


def add(subparsers: Subparsers) -> None:
    step = add_command(subparsers, "backup", "keep the database and the files of cases in a folder", backup)
    step.add_argument("dir", nargs="?", type=folder_named, metavar="DIR", help="the folder of backups (BACKUP_DIR)")
    step.add_argument("--keep", type=int, metavar="N", help="afterwards let go of all but the newest N")
    step = add_command(subparsers, "restore", "bring a backup back, and prove that it is whole", restore)
    step.add_argument("dir", type=folder_named, metavar="DIR", help="a backup, or a folder of them: then the newest")
    step.add_argument("--check", action="store_true", help="only read every byte of it; nothing is restored")
    step.add_argument("--over", action="store_true", help="in place of a database that is not empty")
    step.add_argument(
        "--prove-later", action="store_true", help="leave the proof of each case's history for afterwards"
    )
    step = add_command(subparsers, "drill", "restore the newest backup beside, prove it, and remove it again", drill)
    step.add_argument("dir", nargs="?", type=folder_named, metavar="DIR", help="the folder of backups (BACKUP_DIR)")
    words = "where it is restored; needs room for the database and the files (STATE_DIR)"
    step.add_argument("--beside", type=folder_named, metavar="FOLDER", help=words)


def folder_named(written: str) -> Path:
    """An empty word is a variable of a script that nobody set, and would mean the folder one stands in."""
    if not written.strip() or "\0" in written:
        raise argparse.ArgumentTypeError("name a folder")
    return Path(written)


def backup(args: argparse.Namespace) -> int:
    """0: kept, and whole; 1: kept, but files of cases were lost or changed before, a line each. Raises Mistake."""
    open_installation()
    from django.conf import settings

    from guardia.cli.backups import folder as backups_folder
    from guardia.cli.backups import making
    from guardia.config.settings import database

    if args.dir is None and not settings.BACKUP_DIR:
        raise Mistake("Say where to: guardia backup DIR, or set BACKUP_DIR")
    if args.keep is not None and args.keep < 1:
        raise Mistake("--keep must be 1 or more: the backup that is made now is one of them")
    root = (args.dir or Path(settings.BACKUP_DIR)).resolve()
    with troubles(), ends_tidily(), making.alone(root):
        app = str(database(settings.DATABASE_URL)["USER"])
        folder = making.make(settings.DATABASE_DIRECT_URL, app, root, names_of_settings(), say)
        manifest = backups_folder.read(folder)
        if args.keep:
            print(f"{backups_folder.prune(root, args.keep)} older backups were let go")
    for trouble in manifest.troubles:
        print(trouble, file=sys.stderr)
    print(f"{folder}: {manifest.counts['case']} cases, {manifest.files} files")
    print(KEPT_ELSEWHERE)
    return 1 if manifest.troubles else 0


def restore(args: argparse.Namespace) -> int:
    """0: restored, every chain whole, every clock as its events say, every file there; 1: not so. Raises Mistake."""
    from guardia.cli.backups import folder as backups_folder

    with troubles():
        folder = backups_folder.chosen(args.dir.resolve())
        manifest = backups_folder.read(folder)
        print(f"{folder}: of {manifest.made_at}, Guardia {manifest.guardia}, {manifest.counts['case']} cases")
        say("checksums")
        with ends_tidily(), Progress("files read", manifest.files) as progress:
            backups_folder.check(folder.parent, folder, progress.step)
    if args.check:
        print("whole: every byte is as it was kept")
        return 0
    open_installation(empty=True)
    with ends_tidily():
        bring_back(folder, manifest, over=args.over)
    if args.prove_later:
        print(NOT_PROVEN)
        return 0
    return prove(has_our_keys=backups_folder.fingerprint() == manifest.key)


def drill(args: argparse.Namespace) -> int:
    """0: the newest backup was restored beside and is whole; 1: it was not. Raises Mistake.

    The database of the installation is not asked: this works while it is lost, too.
    """
    become_owner()
    beside = (args.beside or make_state_dir()).resolve()
    switch_on()
    from django.conf import settings

    from guardia.cli.backups import drilling

    if args.dir is None and not settings.BACKUP_DIR:
        raise Mistake("Say of which backups: guardia drill DIR, or set BACKUP_DIR")
    root = (args.dir or Path(settings.BACKUP_DIR)).resolve()
    if not root.is_dir():
        raise Mistake(f"{root} is no folder: name the one that `guardia backup` was given")
    try:
        with ends_tidily():
            found = drilling.run(root, beside)
    except drilling.CannotDrill as trouble:
        raise Mistake(str(trouble)) from trouble
    for line in drilling.in_words(found):
        print(line)
    return 0 if found.proven else 1


def bring_back(folder: Path, manifest: "Manifest", *, over: bool) -> None:
    from django.conf import settings
    from django.db import connections

    from guardia.cli.backups import restoring
    from guardia.cli.migrate import migrate
    from guardia.config.settings import database
    from guardia.proof import log

    with troubles():
        restoring.must_be_known(manifest)
        connections.close_all()
        app = str(database(settings.DATABASE_URL)["USER"])
        url = settings.DATABASE_DIRECT_URL
        former = restoring.restore(url, app, folder, manifest, over=over, say=say)
        say("files of cases")
        with Progress("files", manifest.files) as progress:
            restoring.bring_files(folder.parent, folder, progress.step)
        say("tables of this version")
        migrate(quiet=True)
    if former:
        print(f"The former database is now called {former}; once you need it no more: DROP DATABASE {former}")
    if aside := log.set_memory_aside():
        print(f"Letters of after this backup may contradict the log from here on; what was signed last is in {aside}")
    warn_of_key(manifest.key)


def warn_of_key(then: str) -> None:
    from guardia.cli.backups.folder import fingerprint

    if fingerprint() != then:
        print(
            "SECRET_KEY is another one than when this backup was made: links in sent letters, second steps and sealed "
            "passwords do not open. Set the former one, or name it in SECRET_KEY_FALLBACKS",
            file=sys.stderr,
        )


def prove(*, has_our_keys: bool) -> int:
    """The three proofs that anybody can ask for at any time."""
    from guardia.cli import clocks, verify

    nothing = argparse.Namespace(repair=False)
    return max([verify.verify_all(has_our_keys=has_our_keys), clocks.rebuild(nothing), verify.check(nothing)])


def names_of_settings() -> list[str]:
    """Which settings this installation has set: names alone, so that whoever restores knows what to set again."""
    from guardia.config import settings as module

    known = {name for name in vars(module) if name.isupper()} - NOT_SETTINGS
    return sorted(name for name in os.environ if name.removesuffix("_FILE") in known)


def say(words: str) -> None:
    print(f"  {words} …", flush=True)


@contextmanager
def troubles() -> Iterator[None]:
    """What could not be done is one sentence."""
    from guardia.cli.backups.folder import NotWhole
    from guardia.cli.backups.making import CannotBackUp
    from guardia.cli.backups.programs import ProgramTrouble
    from guardia.cli.backups.restoring import CannotRestore
    from guardia.evidence.store import CannotKeep

    try:
        yield
    except (NotWhole, CannotBackUp, CannotRestore, ProgramTrouble, CannotKeep) as trouble:
        raise Mistake(str(trouble)) from trouble
