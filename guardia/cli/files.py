"""`guardia files check`, `guardia files sweep`: whether the store has what the cases say, and what no case has."""

import argparse

from guardia.cli.installation import Subparsers, add_command, add_group, open_installation
from guardia.cli.progress import Progress, ends_tidily


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "files", "check or tidy up the photographs and documents of cases")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "check", "name every file whose bytes are lost or were changed", check)
    add_command(steps, "sweep", "remove what belongs to no case; the worker does it by itself", sweep)


def check(args: argparse.Namespace) -> int:
    """Exit code 1 if any is lost or changed."""
    open_installation()
    from guardia.cases.file_bytes import troubles
    from guardia.cases.number import grouped
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.evidence.case_file import CaseFile

    with behind(DatabaseRole.WORKER):
        total = CaseFile.objects.filter(withdrawn_at=None).count()
    count = 0
    with ends_tidily(), Progress("files read", total) as progress:
        for each in troubles(progress.step):
            print(f"{grouped(each.case)}: file {each.file} is {each.what} ({each.sha256})")
            count += 1
    print(f"{count} files are lost or were changed" if count else "every file is whole")
    return 1 if count else 0


def sweep(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.cases import file_bytes
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    with behind(DatabaseRole.WORKER):
        at = now()
    print(f"{file_bytes.sweep(at)} files were removed")
    return 0
