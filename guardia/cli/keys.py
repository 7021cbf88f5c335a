"""`guardia keys …`: make, list, rotate and end the keys of the API; the page Settings, Keys does the same."""

import argparse
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, add_group, open_installation

if TYPE_CHECKING:
    from guardia.people.api_key import ApiKey
    from guardia.people.staff import Staff


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "keys", "keys by which machines ask the API")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "list", "each key: what it acts as, what it may do, its last use, and when it expires", listed)
    step = add_command(steps, "make", "make a key and print it: this once", make)
    step.add_argument("name", metavar="NAME", help="what it connects")
    step.add_argument(
        "--account", required=True, metavar="NAME", help="the machine's account; made where there is none"
    )
    step.add_argument("--role", default="", metavar="ROLE", help="of a new account, such as engineer")
    step.add_argument(
        "--scope", action="append", default=[], metavar="PATTERN", help="an operation, such as cases.read or cases.*"
    )
    step.add_argument("--network", action="append", default=[], metavar="CIDR", help="from where alone it is good")
    step.add_argument("--days", default="", metavar="N", help="for how many days it is good (365)")
    step = add_command(steps, "rotate", "print a new secret; the former one stays good for a while", rotate)
    step.add_argument("key", metavar="KEY", help="its public part, such as gdk_abcdefgh")
    step.add_argument("--overlap-hours", default="", metavar="N", help="for how long the former one is good (24)")
    step.add_argument("--days", default="", metavar="N", help="for how many days the new one is good (365)")
    step = add_command(steps, "end", "refuse a key from now on; nothing takes it back", end)
    step.add_argument("key", metavar="KEY", help="its public part, such as gdk_abcdefgh")


def listed(_args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people.api_key_editing import keys_by_account
    from guardia.web.shared.key_rows import key_row

    with behind(DatabaseRole.STAFF):
        for key in keys_by_account():
            row, owner = key_row(key, now()), key.staff.username if key.staff else str(key.customer)
            print("\t".join((key.client_id, key.name, owner, " ".join(key.scopes), row.used, row.expires, row.state)))
    return 0


def make(args: argparse.Namespace) -> int:
    """On record as done on the server itself. Raises Mistake for what cannot be taken."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.values import Unfit
    from guardia.people import api_key_editing

    fields = {"name": args.name, "scopes": args.scope, "networks": args.network, "days": args.days}
    try:
        with behind(DatabaseRole.STAFF):
            _made, secret = api_key_editing.make(account_of(args), fields, by=None, at=now())
    except Unfit as unfit:
        raise Mistake(" ".join(unfit.messages)) from unfit
    print(secret)
    return 0


def account_of(args: argparse.Namespace) -> "Staff":
    """The account that is named, or a new one. Raises Mistake, Unfit."""
    from guardia.config.now import now
    from guardia.people.api_key_editing import make_account
    from guardia.people.lookup import machines

    wanted = args.account.strip().casefold()
    found = [one for one in machines() if wanted in (one.username, one.name.casefold())]
    if found:
        return found[0]
    if not args.role:
        raise Mistake(f"No machine has the account {args.account!r}: with --role one is made")
    return make_account(args.account, args.role, by=None, at=now())


def rotate(args: argparse.Namespace) -> int:
    """Raises Mistake for a key that is ended or unknown."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.values import Unfit
    from guardia.people import api_key_editing

    fields = {"overlap_hours": args.overlap_hours, "days": args.days}
    try:
        with behind(DatabaseRole.STAFF):
            found = key_called(args.key)
            _rotated, secret = api_key_editing.rotate(found, fields, by=api_key_editing.Maker(), at=now())
    except Unfit as unfit:
        raise Mistake(" ".join(unfit.messages)) from unfit
    print(secret)
    return 0


def end(args: argparse.Namespace) -> int:
    """Raises Mistake for an unknown key."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people import api_key_editing

    with behind(DatabaseRole.STAFF):
        ended = api_key_editing.end(key_called(args.key), by=api_key_editing.Maker(), at=now())
    print(f"{ended.client_id} ({ended.name}) is refused from now on")
    return 0


def key_called(written: str) -> "ApiKey":
    """The key with this public part. Raises Mistake."""
    from guardia.people.api_key_editing import key_of_client

    found = key_of_client(written.strip())
    if found is None:
        raise Mistake(f"No key is called {written!r}. `guardia keys list` shows them, such as gdk_abcdefgh")
    return found
