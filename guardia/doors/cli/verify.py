"""`guardia verify`: are the histories whole?"""

import argparse

from guardia.doors.cli.house import Subparsers, add_command, open_house


def add(subparsers: Subparsers) -> None:
    add_command(subparsers, "verify", "check that no history was rewritten", verify)


def verify(args: argparse.Namespace) -> int:
    """0: every chain is whole; 1: each place where one is not, a line each."""
    open_house()
    from guardia.cases import chain
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent
    from guardia.cases.number import grouped
    from guardia.config.walls import Wall, behind

    with behind(Wall.WORKER):
        broken = 0
        for place in chain.breaks():
            broken += 1
            print(f"{grouped(place.case)} event {place.seq}: {place.what}")
        cases, events = Case.objects.count(), CaseEvent.objects.count()
    print(f"{cases} cases, {events} events: " + (f"{broken} breaks" if broken else "every chain is whole"))
    return 1 if broken else 0
