"""Whom a file would concern that gives sites another band, before it is kept (P4.1 to P4.3 D).

It is done and taken back again: what is shown is what will be, whatever the file changes and however.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from guardia.cases.band_change import open_cases
from guardia.cases.case import Case
from guardia.cases.goes_on import also_of
from guardia.cases.notify import contacts_of, rule_for_moment
from guardia.customers.bands import bands_of
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.site import Site
from guardia.notices.who import recipients_among
from guardia.procedure.vocabulary import CaseKind, Moment


@dataclass(frozen=True, slots=True)
class SiteForeseen:
    """One site, from which band to which."""

    site: Site
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CompanyForeseen:
    """``cases`` are the open ones whose notice tells it, to these ``contacts``; without any, the desk tells it."""

    customer: Customer
    sites: tuple[SiteForeseen, ...]
    cases: tuple[Case, ...]
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class BandsForeseen:
    """The companies by name; empty where no site gets another band."""

    companies: tuple[CompanyForeseen, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.companies)

    @property
    def sites(self) -> int:
        return sum(len(one.sites) for one in self.companies)

    @property
    def signature(self) -> str:
        """What somebody has agreed to: other sites, bands, cases or people are asked about again."""
        parts = [
            f"{'.'.join(f'{each.site.pk}{each.was[:1]}{each.now[:1]}' for each in one.sites)}"
            f"-{'.'.join(str(case.pk) for case in one.cases)}-{'.'.join(str(each.pk) for each in one.contacts)}"
            for one in self.companies
        ]
        return "/".join(parts)


def as_if[Done](do: Callable[[], Done]) -> tuple[Done, BandsForeseen]:
    """What ``do`` answers, and whom it would concern; nothing of it stays. Inside a transaction of the caller."""
    with transaction.atomic():
        before = bands_of(Site.objects.filter(active=True))
        done = do()
        after = bands_of(Site.objects.filter(pk__in=list(before), active=True))
        changed = {pk: (band, after[pk]) for pk, band in before.items() if after.get(pk, band) != band}
        sites = Site.objects.filter(pk__in=list(changed)).select_related("customer", "city")
        found = list(sites.order_by("customer__name", "customer_id", "name", "pk"))
        foreseen = BandsForeseen(tuple(_by_company(found, changed)))
        transaction.set_rollback(True)
    return done, foreseen


def _by_company(sites: Sequence[Site], changed: dict[int, tuple[str, str]]) -> list[CompanyForeseen]:
    groups: dict[int, list[Site]] = {}
    for site in sites:
        groups.setdefault(site.customer_id, []).append(site)
    cases: dict[int, list[Case]] = {}
    for case in open_cases(sites):
        cases.setdefault(case.customer_id, []).append(case)
    contacts = contacts_of(set(cases))
    return [
        CompanyForeseen(
            found[0].customer,
            tuple(SiteForeseen(site, *changed[site.pk]) for site in found),
            tuple(cases.get(pk, ())),
            tuple(_contacts_of(cases.get(pk, ()), contacts.get(pk, ()))),
        )
        for pk, found in groups.items()
    ]


def _contacts_of(cases: Sequence[Case], contacts: Sequence[Contact]) -> list[Contact]:
    """Each once, whichever of the cases tells it."""
    found: dict[int, Contact] = {}
    for case in cases:
        rule = rule_for_moment(case, Moment.BAND_CHANGED)
        people = recipients_among(contacts, rule, case.reporter_id, CaseKind.INCIDENT, case.pk, also_of(case.pk))
        found |= {each.pk: each for each in people}
    return list(found.values())
