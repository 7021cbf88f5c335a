"""`guardia clocks …`: are the clocks what the histories say; and the arithmetic itself, for anyone to check."""

import argparse
from pathlib import Path

from guardia.cli.clock_question import ask
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation
from guardia.cli.progress import Progress, ends_tidily


def add(subparsers: Subparsers) -> None:
    clocks = add_command(subparsers, "clocks", "rebuild the clocks, or do their arithmetic", rebuild)
    steps = clocks.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "rebuild", "derive every clock from its events and compare", rebuild)
    step.add_argument("--repair", action="store_true", help="write anew the clocks that differ")
    step = add_command(steps, "due", "say when a target has run, in the hours of a procedure", due)
    add_hours(step)
    step.add_argument("--from", dest="start", required=True, metavar="TIME", help="when it begins: 2026-11-24T08:30")
    step.add_argument("--target", required=True, metavar="LENGTH", help="20min, 4h, 1.5h, “2 office days”")
    step = add_command(steps, "between", "say how long it took, in the hours of a procedure, in seconds", between)
    add_hours(step)
    step.add_argument("times", nargs="*", metavar="FROM TO", help="when it began and when it ended")
    step.add_argument("--csv", type=Path, metavar="FILE", help="many: columns start and end; seconds is added")


def add_hours(step: argparse.ArgumentParser) -> None:
    """What both questions are asked with. A time without a zone is of the operator's zone.

    Only the file and these words are read, never the installation: days that it has announced must be given here.
    """
    step.add_argument("--procedure", type=Path, metavar="FILE", help="a procedure in YAML")
    step.add_argument("--calendar", metavar="NAME", help="a name of its weekly_hours, such as office")
    step.add_argument(
        "--hours",
        action="append",
        default=[],
        metavar="HOURS",
        help="instead of a procedure: “mon-fri 07:30-18:00; sat 08:00-12:00”; “fri 22:00-06:00” ends on Saturday",
    )
    step.add_argument("--zone", metavar="ZONE", help="such as America/Guayaquil; else the procedure's, or TIME_ZONE")
    step.add_argument(
        "--on-rest-days",
        choices=("closed", "open_all_day", "as_usual"),
        default="closed",
        help="what a rest day does to the hours given with --hours (closed)",
    )
    step.add_argument("--wait", action="append", default=[], metavar="A..B", help="the clock stands still (repeatable)")
    step.add_argument(
        "--rest-day",
        action="append",
        default=[],
        metavar="DATE",
        help="a rest day by decree, 2026-01-02 (repeatable); what an installation has announced is not read",
    )
    step.add_argument("--rest-days", type=Path, metavar="FILE", help="more of them: a date in each line")
    step.add_argument(
        "--work-day",
        action="append",
        default=[],
        metavar="DATE",
        help="a rest day or weekend that works, counted as its weekday, or as a Monday (repeatable)",
    )
    step.add_argument("--canton", default="", metavar="NAME", help="Ecuador: with the local rest day of this canton")


def rebuild(args: argparse.Namespace) -> int:
    """0: every clock is as its events say; 1: each that differs, a line each (with --repair: now mended).

    All is compared as it stood at one instant, and each case that differs is mended in a step of its own, locked and
    looked at again: web and worker may go on beside it.
    """
    open_installation()
    from guardia.cases import rebuild as clocks
    from guardia.cases.case import Case
    from guardia.clocks.clock import Clock
    from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind

    with (
        as_at_one_instant(DatabaseRole.WORKER),
        ends_tidily(),
        Progress("cases compared", Case.objects.count()) as progress,
    ):
        differences = list(clocks.rebuild(compared=progress.step))
        total = Clock.objects.count()
    if args.repair:
        wrong = dict.fromkeys(found.case_id for found in differences if found.case_id)
        differences = [found for found in differences if not found.case_id]
        for case_id in wrong:
            with behind(DatabaseRole.WORKER):
                differences += clocks.mend(case_id)
    for found in differences:
        print(f"{found.owner}, {found.what}: {', '.join(found.columns)}")
    different = len(differences)
    mended = " and were written anew" if args.repair else ""
    print(f"{total} clocks: " + (f"{different} differed from their events{mended}" if different else "none differs"))
    return 1 if different else 0


def due(args: argparse.Namespace) -> int:
    """Prints the hour in ISO 8601, in the operator's zone. Needs no database."""
    question = ask(args)
    from guardia.clocks.arithmetic import add as due_after
    from guardia.clocks.calendar import NoAnswer

    start, target = question.time(args.start, "--from"), question.target(args.target)
    try:
        hour = due_after(start, target, question.waits, question.calendar)
    except NoAnswer as none:
        raise Mistake(str(none)) from none
    assert hour is not None  # every wait has its end
    question.warn(hour)
    print(hour.astimezone(question.zone).isoformat())
    return 0


def between(args: argparse.Namespace) -> int:
    """Prints the seconds, or the CSV file with its column of seconds: all rows, or every mistake and no row."""
    if (args.csv is None) != (len(args.times) == 2) or (args.csv and args.times):
        raise Mistake("Give two times, FROM and TO, or a file of them: --csv FILE")
    question = ask(args)
    if args.csv:
        answer = question.table(args.csv)
    else:
        begin, end = args.times
        answer = question.seconds(begin, end, ("FROM", "TO")) + "\n"
    question.warn()
    print(answer, end="")
    return 0
