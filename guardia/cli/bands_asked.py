"""Before a command gives sites another band: whom that concerns, a line each; done where the caller said so (P4 D)."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardia.cases.band_foreseen import BandsForeseen, CompanyForeseen

NOT_AGREED = 3
"""The exit code: nothing was written, since companies would have to be told and ``--sure`` was not said."""


def agreed[Done](do: Callable[[], Done], *, sure: bool, dry_run: bool) -> tuple[Done | None, bool]:
    """What ``do`` answers, and whether to go on. Behind the staff's wall, in a transaction of the caller.

    Whom it concerns is printed in any case. Without ``sure``, or on a dry run, nothing of it is kept.
    """
    from guardia.cases.band_change import told_of
    from guardia.cases.band_foreseen import as_if
    from guardia.config.now import now
    from guardia.customers.site import Site

    done, ahead = as_if(do)
    for line in lines(ahead):
        print(line)
    if dry_run:
        return done, True
    if ahead and not sure:
        print("nothing was written: these companies have to be told. Say --sure if that is what you want")
        return None, False
    with told_of(Site.objects.all(), by=None, at=now()):
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
    from guardia.customers.city import City
    from guardia.customers.site import Site
    from guardia.customers.tiers import standing

    for city in City.objects.order_by("province", "name"):
        said = standing(city)
        if not said.departs or said.reason:
            continue
        sites = Site.objects.filter(city=city, own_band="", active=True).select_related("customer")
        names = sorted({site.customer.name for site in sites})
        concerned = f"; it would concern {len(sites)} sites of {', '.join(names)}" if names else "; no site is there"
        yield f"{city.name}, {city.province}: {said.band}, by the rule it would be {said.by_rule}{concerned}"
