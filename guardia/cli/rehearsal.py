"""`guardia rehearsal …`: begin it, go live, say how it stands; the page Settings, Rehearsal does the same."""

import argparse

from guardia.cli.installation import Mistake, Subparsers, add_command, add_group, open_installation


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "rehearsal", "run beside a former tool: all is computed, nothing is sent")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "start", "hold all that would be sent; again, it replaces the list", start)
    step.add_argument(
        "--mailbox", action="append", default=[], metavar="ADDRESS", help="to which mail goes all the same"
    )
    step.add_argument("--domain", action="append", default=[], metavar="NAME", help="to whose mailboxes it goes")
    step.add_argument("--telephone", action="append", default=[], metavar="NUMBER", help="to which messages go")
    step.add_argument("--person", action="append", default=[], metavar="USERNAME", help="told by all their ways")
    step = add_command(steps, "live", "send from now on; nothing of before is sent", live)
    step.add_argument("--operator", required=True, metavar="NAME", help="the operator's name, to confirm it")
    add_command(steps, "status", "say whether it runs, since when, to whom something goes, and what was held", status)


def start(args: argparse.Namespace) -> int:
    """Raises Mistake for a person that nobody knows, and for what is no address or number."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.values import Unfit
    from guardia.notices import holding
    from guardia.notices.rehearsal_list import list_of
    from guardia.people.lookup import staff_called

    written = {"mailboxes": args.mailbox, "domains": args.domain, "telephones": args.telephone}
    with behind(DatabaseRole.STAFF):
        people = {name: staff_called(name) for name in args.person}
        if unknown := [name for name, staff in people.items() if staff is None]:
            raise Mistake(f"Nobody signs in as {unknown[0]!r}. `guardia people list` shows who does")
        ids = [staff.pk for staff in people.values() if staff]
        try:
            named = list_of({name: "\n".join(values) for name, values in written.items()} | {"people": ids})
        except Unfit as wrong:
            raise Mistake(" ".join(wrong.messages)) from wrong
        holding.begin(named, by=None, at=now())
        print_state()
    return 0


def live(args: argparse.Namespace) -> int:
    """Raises Mistake where another name than the operator's was written."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.notices import holding
    from guardia.procedure.version import version_at

    with behind(DatabaseRole.STAFF):
        version = version_at(now())
        operator = str(version.procedure.provider.name) if version else "Guardia"
        if " ".join(args.operator.split()).casefold() != operator.casefold():
            raise Mistake(f"The operator is called {operator!r}: nothing has changed")
        holding.go_live(by=None, at=now())
        print_state()
    return 0


def status(_args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind

    with behind(DatabaseRole.STAFF):
        print_state()
    return 0


def print_state() -> None:
    from guardia.notices import held_rows
    from guardia.people import rehearsal
    from guardia.people.lookup import staff_named

    state = rehearsal.state()
    if state.running:
        print(f"rehearsal since {state.running.began_at:%Y-%m-%d %H:%M} UTC: nothing is sent but to the list")
        named = state.named
        people = tuple(sorted(staff_named(named.people).values()))
        for label, values in (
            ("mailboxes", named.mailboxes),
            ("domains", named.domains),
            ("telephones", named.telephones),
            ("people", people),
        ):
            print(f"  {label}: {', '.join(values) or 'none'}")
    else:
        print(f"live since {state.live_at:%Y-%m-%d %H:%M} UTC" if state.live_at else "live; there was no rehearsal")
    counts = held_rows.counts()
    print(f"held notices: {sum(one.count for one in counts)}")
    for one in counts:
        print(f"  {one.moment}{' (our own people)' if one.to_staff else ''}: {one.count}")
