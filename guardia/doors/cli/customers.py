"""`guardia customers …`: files of companies, contacts, sites and services; Ecuador's cities."""

import argparse
from contextlib import AbstractContextManager
from pathlib import Path

from guardia.doors.cli.house import Mistake, Subparsers, add_command, open_house

KINDS = ("companies", "contacts", "sites", "services")


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "customers", "import companies and what belongs to them; load cities", cities)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "import", "bring a CSV file in: every row or none; a repeat changes nothing", bring)
    step.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    step.add_argument("file", type=Path, metavar="FILE", help="a CSV file, parted by comma or semicolon")
    step.add_argument("--dry-run", action="store_true", help="only say what would change, and what is wrong")
    step = add_command(steps, "sample", "print a sample file", sample)
    step.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    add_command(steps, "bands", "print the cities whose band is not that of the rule, and why", bands)
    step = add_command(steps, "populations", "bring in the statistics office's figures, by canton's code", populations)
    step.add_argument("file", type=Path, metavar="FILE", help="a CSV with the columns code and population")
    add_command(steps, "cities", "load Ecuador's cities with their bands; edited ones stay as they are", cities)


def bring(args: argparse.Namespace) -> int:
    """0: everything was right; 1: nothing was written, every mistake one a line on standard output."""
    content = read(args.file)
    open_house()
    from guardia.config.walls import Wall, behind
    from guardia.customers.importing.bringing import bring as bring_file
    from guardia.doors.now import now
    from guardia.people.audit_entry import AuditKind, write_down

    with behind(Wall.STAFF), bands_told():
        outcome = bring_file(args.kind, content, write=not args.dry_run)
        if outcome.written:
            write_down(AuditKind.BROUGHT_IN, at=now(), about=args.kind, new=outcome.new, changed=outcome.changed)
    for problem in outcome.problems:
        print(problem)
    if outcome.ignored:
        print(f"columns left aside: {', '.join(outcome.ignored)}")
    if outcome.problems:
        print(f"{args.file}: nothing was written, errors: {len(outcome.problems)}")
        return 1
    done = "written" if outcome.written else "not written (dry run)"
    print(f"new {outcome.new}, changed {outcome.changed}, unchanged {outcome.unchanged}, errors 0: {done}")
    return 0


def sample(args: argparse.Namespace) -> int:
    open_house()
    from guardia.customers.importing.columns import KINDS as kinds

    print(kinds[args.kind].sample().lstrip("\ufeff"), end="")
    return 0


def cities(args: argparse.Namespace) -> int:
    open_house()
    from guardia.config.walls import Wall, behind
    from guardia.customers.cities import load_cities

    with behind(Wall.STAFF), bands_told():
        print(f"new or changed cities: {load_cities()}")
    return 0


def populations(args: argparse.Namespace) -> int:
    """0: every figure was taken; 1: none was, every mistake one a line on standard output."""
    content = read(args.file)
    open_house()
    from guardia.config.walls import Wall, behind
    from guardia.customers.populations import WrongFile, bring

    try:
        with behind(Wall.STAFF):
            brought = bring(content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise Mistake(f"{args.file} is not UTF-8: save it as CSV UTF-8") from wrong
    except WrongFile as wrong:
        print(wrong)
        return 1
    print(f"changed {brought.changed}, codes of no city: {', '.join(brought.unknown) or 'none'}")
    return 0


def bands(args: argparse.Namespace) -> int:
    """Each city whose band is not that of the rule, or of which the rule says nothing and the list has a reason."""
    open_house()
    from guardia.config.walls import Wall, behind
    from guardia.customers.city import City
    from guardia.customers.tiers import standing

    with behind(Wall.STAFF):
        found = [(city, standing(city)) for city in City.objects.order_by("province", "name")]
    for city, said in found:
        if said.departs or said.reason:
            by_rule = f"by the rule it would be {said.by_rule}" if said.by_rule else "the rule says nothing"
            print(
                f"{city.name}, {city.province}: {said.band}; {by_rule}; because: {said.reason or 'no reason on record'}"
            )
    silent = sum(1 for _city, said in found if said.by_rule is None)
    print(
        f"cities {len(found)}, not by the rule {sum(said.departs for _city, said in found)}, without a figure {silent}"
    )
    return 0


def bands_told() -> AbstractContextManager[None]:
    """Companies whose sites get another band by what is done inside are told of it, or wait to be told (P4 D)."""
    from guardia.cases.band_change import told_of
    from guardia.customers.site import Site
    from guardia.doors.now import now

    return told_of(Site.objects.all(), by=None, at=now())


def read(file: Path) -> bytes:
    """Raises Mistake when there is no such file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}") from error
