"""`guardia customers …`, `guardia elements …`: files of companies and of the network; Ecuador's cities."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation, takes_a_table
from guardia.cli.installation import read_table as read
from guardia.cli.installation import say_outcome as say

if TYPE_CHECKING:
    from guardia.cases.band_change import BandsForeseen, CompanyForeseen


# --- bands ------------------------------------------------------------------------------------------------------------
# Before a command gives sites another band: whom that concerns, a line each; done where the caller said so (P4 D).
NOT_AGREED = 3
"""The exit code: nothing was written, since companies would have to be told and ``--sure`` was not said."""


def agreed[Done](do: Callable[[], Done], *, sure: bool, dry_run: bool) -> tuple[Done | None, bool]:
    """What ``do`` answers, and whether to go on. Under the staff's database role, in a transaction of the caller.

    Whom it concerns is printed in any case. Without ``sure``, or on a dry run, nothing of it is kept.
    """
    from guardia.cases.band_change import as_if, record_band_changes
    from guardia.config.now import now
    from guardia.customers.customer import Site

    done, ahead = as_if(do)
    for line in lines(ahead):
        print(line)
    if dry_run:
        return done, True
    if ahead and not sure:
        print("nothing was written: these companies have to be told. Say --sure if that is what you want")
        return None, False
    with record_band_changes(Site.objects.all(), by=None, at=now()):
        return do(), True


def lines(ahead: "BandsForeseen") -> Iterator[str]:
    for one in ahead.companies:
        yield from of_company(one)


def of_company(one: "CompanyForeseen") -> Iterator[str]:
    for each in one.sites:
        yield f"{one.customer.name}: {each.site.name}, from {each.was} to {each.now}"
    if one.cases:
        numbers = ", ".join(case.display_number for case in one.cases)
        people = ", ".join(map(str, one.contacts)) or "nobody"
        yield f"{one.customer.name}: told by the open cases {numbers}, to {people}"
    else:
        yield f"{one.customer.name}: no open case; it is put on the list of those whom the desk tells"


def by_the_rule() -> Iterator[str]:
    """The cities whose band is not the rule's, with the companies that have sites there by the city's band."""
    from guardia.customers.bands import standing
    from guardia.customers.cities import City
    from guardia.customers.customer import Site

    for city in City.objects.order_by("province", "name"):
        said = standing(city)
        if not said.departs or said.reason:
            continue
        sites = Site.objects.filter(city=city, own_band="", active=True).select_related("customer")
        names = sorted({site.customer.name for site in sites})
        concerned = f"; it would concern {len(sites)} sites of {', '.join(names)}" if names else "; no site is there"
        yield f"{city.name}, {city.province}: {said.band}, by the rule it would be {said.by_rule}{concerned}"


# --- customers --------------------------------------------------------------------------------------------------------
KINDS = ("companies", "contacts", "sites", "services")


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "customers", "import companies and what belongs to them; load cities", cities)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "import", "bring a file in: every row or none; a repeat changes nothing", bring)
    step.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    takes_a_table(step)
    sure(step)
    step = add_command(steps, "sample", "print a sample file", sample)
    step.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    add_command(steps, "bands", "print the cities whose band is not that of the rule, and why", bands)
    step = add_command(steps, "populations", "bring in the statistics office's figures, by canton's code", populations)
    step.add_argument("file", type=Path, metavar="FILE", help="a CSV with the columns code and population")
    step = add_command(steps, "cities", "load Ecuador's cities with their bands; edited ones stay as they are", cities)
    sure(step)
    step.add_argument("--dry-run", action="store_true", help="only say what would change, and for whom")


def bring(args: argparse.Namespace) -> int:
    """0: everything was right; 1: nothing was written, every mistake one a line on standard output; 3: nothing was
    written, since sites would get another band and ``--sure`` was not said.
    """
    content = read(args.file)
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.importing.bringing import bring as bring_file
    from guardia.people.audit import AuditKind, write_down

    with behind(DatabaseRole.STAFF):
        if args.kind == "sites":
            done, goes_on = agreed(
                lambda: bring_file("sites", content, write=True), sure=args.sure, dry_run=args.dry_run
            )
            if done is None or not goes_on:
                return NOT_AGREED
            outcome = done
        else:
            outcome = bring_file(args.kind, content, write=not args.dry_run)
        if outcome.written and not args.dry_run:
            write_down(AuditKind.BROUGHT_IN, at=now(), about=args.kind, new=outcome.new, changed=outcome.changed)
    return say(outcome, args.file, dry_run=args.dry_run)


def sample(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.customers.importing.columns import KINDS as kinds

    print(kinds[args.kind].sample().lstrip("\ufeff"), end="")
    return 0


def cities(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.customers.cities import load_cities

    with behind(DatabaseRole.STAFF):
        count, goes_on = agreed(load_cities, sure=args.sure, dry_run=args.dry_run)
    if not goes_on:
        return NOT_AGREED
    print(f"new or changed cities: {count}{' (dry run)' if args.dry_run else ''}")
    return 0


def populations(args: argparse.Namespace) -> int:
    """0: every figure was taken; 1: none was, every mistake one a line on standard output.

    No band is moved by it: which would be another by the rule, and whom that would concern, is printed.
    """
    content = read(args.file)
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.customers.cities import WrongPopulations, bring_populations

    try:
        with behind(DatabaseRole.STAFF):
            brought = bring_populations(content.decode("utf-8-sig"))
            departing = list(by_the_rule())
    except UnicodeDecodeError as wrong:
        raise Mistake(f"{args.file} is not UTF-8: save it as CSV UTF-8") from wrong
    except WrongPopulations as wrong:
        print(wrong)
        return 1
    for line in departing:
        print(line)
    print(f"changed {brought.changed}, codes of no city: {', '.join(brought.unknown) or 'none'}")
    return 0


def bands(args: argparse.Namespace) -> int:
    """Each city whose band is not that of the rule, or of which the rule says nothing and the list has a reason."""
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.customers.bands import standing
    from guardia.customers.cities import City

    with behind(DatabaseRole.STAFF):
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


def sure(step: argparse.ArgumentParser) -> None:
    words = "also where sites get another band, of which companies are told"
    step.add_argument("--sure", action="store_true", help=words)


# --- elements ---------------------------------------------------------------------------------------------------------
# `guardia elements …`: the network behind the services, from a file of the inventory.
def add_elements(subparsers: Subparsers) -> None:
    words = "import the network: what depends on what, what ends where"
    parser = add_command(subparsers, "elements", words, sample_of_elements)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    step = add_command(steps, "import", "bring a file in: every row or none; a repeat changes nothing", bring_elements)
    takes_a_table(step)
    add_command(steps, "sample", "print a sample file", sample_of_elements)


def bring_elements(args: argparse.Namespace) -> int:
    """0: everything was right; 1: nothing was written, every mistake one a line on standard output."""
    content = read(args.file)
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.network.element_import import bring as bring_file
    from guardia.people.audit import AuditKind, write_down

    with behind(DatabaseRole.STAFF):
        outcome = bring_file(content, write=not args.dry_run)
        if outcome.written:
            write_down(AuditKind.BROUGHT_IN, at=now(), about="elements", new=outcome.new, changed=outcome.changed)
    return say(outcome, args.file, dry_run=args.dry_run)


def sample_of_elements(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.network.element_columns import ELEMENTS

    print(ELEMENTS.sample().lstrip("\ufeff"), end="")
    return 0
