"""`guardia elements …`: the network behind the services, from a file of the inventory."""

import argparse

from guardia.cli.installation import Subparsers, add_command, open_installation, takes_a_table
from guardia.cli.installation import read_table as read
from guardia.cli.installation import say_outcome as say


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "elements", "import the network: what depends on what, what ends where", sample)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "import", "bring a file in: every row or none; a repeat changes nothing", bring)
    takes_a_table(step)
    add_command(steps, "sample", "print a sample file", sample)


def bring(args: argparse.Namespace) -> int:
    """0: everything was right; 1: nothing was written, every mistake one a line on standard output."""
    content = read(args.file)
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.network.element_import import bring as bring_file
    from guardia.people.audit_entry import AuditKind, write_down

    with behind(DatabaseRole.STAFF):
        outcome = bring_file(content, write=not args.dry_run)
        if outcome.written:
            write_down(AuditKind.BROUGHT_IN, at=now(), about="elements", new=outcome.new, changed=outcome.changed)
    return say(outcome, args.file, dry_run=args.dry_run)


def sample(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.network.element_columns import ELEMENTS

    print(ELEMENTS.sample().lstrip("\ufeff"), end="")
    return 0
