"""`guardia people …`: who signs in, seen from the server itself; the way back in when no administrator can."""

import argparse
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation

if TYPE_CHECKING:
    from guardia.people.staff import Staff


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "people", "list who signs in, or let in again whoever is locked out", listed)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "list", "list everybody who signs in: name, role, whether there is a second step", listed)
    step = add_command(steps, "rescue", "print a link of one use by which this person sets a password", rescue)
    step.add_argument("username", help="the name by which the person signs in")
    step.add_argument("--second-step", action="store_true", help="take a lost second step away too")
    words = "print where the first steps are; with a name, make the first administrator, who takes them once signed in"
    step = add_command(steps, "first", words, first)
    step.add_argument("username", nargs="?", default="", help="the name by which the person will sign in")
    step.add_argument("--name", default="", help="how the person is called (the user name)")


def first(args: argparse.Namespace) -> int:
    """Without a name: the address of the first steps in the browser, which ask for everything, the name included.

    With one the person is on record as made on the server itself, and led to the same steps after signing in. Refused
    where there is an administrator, who makes others.
    """
    open_installation()
    from secrets import token_urlsafe

    from django.core.exceptions import ValidationError

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people.editing import save_staff
    from guardia.people.staff import Role, Staff

    if not args.username:
        return say_first_steps()
    fields = {"username": args.username, "name": args.name or args.username, "email": "", "language": "es"}
    with behind(DatabaseRole.STAFF):
        known = Staff.objects.at_work().filter(role=Role.ADMINISTRATOR).first()
        if known:
            raise Mistake(f"{known.username} is an administrator already: `guardia people rescue {known.username}`")
        fields |= {"role": Role.ADMINISTRATOR, "password": token_urlsafe(32)}
        try:
            staff = save_staff(Staff(), fields, by=None, at=now())
        except ValidationError as unfit:
            raise Mistake(" ".join(unfit.messages)) from unfit
        print_link(staff)
        print("Whoever signs in by it is led to the first steps, while no procedure is published.")
    return 0


def say_first_steps() -> int:
    """Raises Mistake where somebody is on record already."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.web.first_run import key

    with behind(DatabaseRole.STAFF):
        if not key.is_open():
            raise Mistake("Somebody is on record already: `guardia people list`. An administrator signs in and goes on")
        print(f"First steps: {key.address()}")
    return 0


def listed(_args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people.second_step import has_one
    from guardia.people.staff import Staff

    with behind(DatabaseRole.STAFF):
        for staff in Staff.objects.filter(is_machine=False).order_by("username"):
            step = "second step" if has_one(staff) else "password only"
            print(f"{staff.username}\t{staff.role}\t{step if staff.is_active else 'not active'}")
    return 0


def rescue(args: argparse.Namespace) -> int:
    """On record as done on the server itself, by nobody of the operator."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people import access_link
    from guardia.people.staff import Staff

    with behind(DatabaseRole.STAFF):
        staff = Staff.objects.select_for_update().filter(username=args.username.strip().lower()).first()
        if staff is None:
            raise Mistake(f"Nobody signs in as {args.username!r}. `guardia people list` shows who does")
        if args.second_step:
            removed = access_link.clear_second_step(staff, by=None, at=now())
            print(f"second steps taken away: {removed}")
        print_link(staff)
    return 0


def print_link(staff: "Staff") -> None:
    """Raises Mistake for somebody who was deactivated."""
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.urls import reverse

    from guardia.config.now import now
    from guardia.people import access_link

    try:
        token = access_link.token(staff, by=None, at=now())
    except ValidationError as refused:
        raise Mistake(refused.messages[0]) from refused
    print(f"{settings.PUBLIC_URL.rstrip('/')}{reverse('access_link', args=[token])}")
    print("Good once, for a day. Hand it over by a way that reaches only this person.")
