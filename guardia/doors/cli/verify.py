"""`guardia verify`: are the histories whole? `guardia clocks rebuild`: are the clocks what the histories say?"""

import argparse

from guardia.doors.cli.house import Subparsers, add_command, open_house


def add(subparsers: Subparsers) -> None:
    add_command(subparsers, "verify", "check that no history was rewritten", verify)
    clocks = add_command(subparsers, "clocks", "the clocks and their arithmetic", rebuild)
    steps = clocks.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "rebuild", "derive every clock from its events and compare", rebuild)
    step.add_argument("--repair", action="store_true", help="write anew the clocks that differ")


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


def rebuild(args: argparse.Namespace) -> int:
    """0: every clock is as its events say; 1: each that differs, a line each (with --repair: now mended)."""
    open_house()
    from guardia.cases import rebuild as clocks
    from guardia.clocks.clock import Clock
    from guardia.config.walls import Wall, behind

    with behind(Wall.WORKER):
        different = 0
        for found in clocks.rebuild(repair=args.repair):
            different += 1
            print(f"{found.owner}, {found.clock}: {', '.join(found.columns)}")
        total = Clock.objects.count()
    mended = " and were written anew" if args.repair else ""
    print(f"{total} clocks: " + (f"{different} differed from their events{mended}" if different else "none differs"))
    return 1 if different else 0
