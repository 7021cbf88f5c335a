"""A band is changed (P4.1 to P4.3 D): the companies are told, running cases keep the band they were registered with.

A company with an open case of such a site is told by a notice of that case. For the others there is no notice, which
always stands on a case: they wait in the list of ``band_told`` until somebody of the desk has told them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.links import also_of
from guardia.cases.notify import contacts_of, rule_for_moment
from guardia.cases.queries import with_names
from guardia.customers import editing
from guardia.customers.bands import bands_of
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Site
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.recipients import recipients_among
from guardia.people.setting_change import put_on_record
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM, Actor, Staff
from guardia.procedure.vocabulary import CaseKind, Moment

NOUN = "band"
"""Under which name a change is on record: one row for each company, by its id."""

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Concerned:
    """One company whose sites change from one band to another for one reason."""

    customer: Customer
    was: str
    now: str
    reason: str
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change would do, before it is done. ``by_case``: told by a notice; ``by_hand``: by the desk."""

    was: str
    now: str
    sites: int
    by_case: tuple[tuple[Customer, tuple[Case, ...]], ...]
    by_hand: tuple[Customer, ...]

    @property
    def companies(self) -> int:
        return len(self.by_case) + len(self.by_hand)

    @property
    def signature(self) -> str:
        """What somebody has agreed to: another band or other companies are asked about again."""
        told = [case.pk for _, cases in self.by_case for case in cases]
        return f"{self.was}-{self.now}-{self.sites}-{self.companies}-{'.'.join(map(str, told))}"


def foresee_city(city: City, fields: Fields) -> Foreseen | None:
    """Whom a change of the city's band would concern; None where it changes no site's. Raises Unfit."""
    kept = editing.read_city(city, fields)
    was = City.objects.filter(pk=city.pk).values_list("band", flat=True).first()
    if was is None or was == kept["band"]:
        return None
    return _foreseen(Site.objects.filter(city=city, own_band="", active=True), was, kept["band"])


def foresee_site(site: Site, fields: Fields) -> Foreseen | None:
    """Whom a change of this site would concern; None where its band stays as it is. Raises Unfit."""
    kept = editing.read_site(fields)
    before = Site.objects.filter(pk=site.pk, active=True).select_related("city").first()
    now = kept.get("own_band") or kept["city"].band
    if before is None or before.band == now:
        return None
    return _foreseen(Site.objects.filter(pk=site.pk), before.band, now)


def save_city(city: City, fields: Fields, *, by: Staff | None, at: datetime) -> City:
    """Keep a city; where its band is another, the companies of its sites are told. ``at`` is UTC. Raises Unfit."""
    was = City.objects.select_for_update().filter(pk=city.pk).values("band", "band_reason").first()
    undo = {"city": city.pk, "band": was["band"], "band_reason": was["band_reason"]} if was else {}
    with record_band_changes(Site.objects.filter(city=city.pk), by=by, at=at, undo=undo):
        return editing.save_city(city, fields)


def save_site(site: Site, fields: Fields, *, by: Staff | None, at: datetime) -> Site:
    """Keep a site; where its band is another, its company is told. ``at`` is UTC. Raises Unfit."""
    was = Site.objects.select_for_update().filter(pk=site.pk).values("own_band", "own_reason", "city").first()
    undo: dict[str, Any] = {"site": site.pk, **was} if was else {}
    with record_band_changes(Site.objects.filter(pk=site.pk), by=by, at=at, undo=undo):
        kept = editing.save_site(site, fields)
        if undo.get("city") == kept.city_id:
            del undo["city"]  # the step left it alone, and so does taking it back, wherever the site is by then
        return kept


@contextmanager
def record_band_changes(
    sites: QuerySet[Site], *, by: Staff | None, at: datetime, undo: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Whatever is done inside: each of these sites whose band is another afterwards has its company told of it.

    ``undo`` says how one step is taken back; what cannot be taken back as one (a file) has none. ``at`` is UTC.
    """
    with transaction.atomic():
        active = sites.filter(active=True)
        before = bands_of(active)
        yield
        after = bands_of(Site.objects.filter(pk__in=list(before)))
        changed = {pk: (band, after[pk]) for pk, band in before.items() if after.get(pk, band) != band}
        for concerned in _by_company(changed):
            _tell(concerned, by, at, undo or {})


def _by_company(changed: Mapping[int, tuple[str, str]]) -> list[Concerned]:
    groups: dict[tuple[int, str, str, str], list[Site]] = {}
    sites = Site.objects.filter(pk__in=list(changed)).select_related("city", "customer").order_by("customer_id", "name")
    for site in sites:
        reason = site.own_reason if site.own_band else site.city.band_reason
        groups.setdefault((site.customer_id, *changed[site.pk], reason), []).append(site)
    return [
        Concerned(found[0].customer, was, now, reason, tuple(found)) for (_, was, now, reason), found in groups.items()
    ]


def _tell(concerned: Concerned, by: Staff | None, at: datetime, undo: Mapping[str, Any]) -> None:
    """The notices of the open cases, and the change on record with the cases that told it."""
    cases = list(open_cases(concerned.sites).select_for_update(of=("self",), no_key=True))
    actor = Actor.of_staff(by) if by else SYSTEM
    entries = [_entry(case, concerned, actor, at) for case in cases]
    events = ledger.record(entries, at) if entries else []
    told = Notice.objects.filter(event__in=[event.pk for event in events], contact__isnull=False)
    told_cases = told.exclude(state__in=[NoticeState.SUPPRESSED, NoticeState.HELD]).values_list(
        "case__number", flat=True
    )
    after = {
        "band": concerned.now,
        "sites": [site.pk for site in concerned.sites],
        "cases": sorted(set(told_cases)),
        "undo": dict(undo),
    }
    key = concerned.customer.pk
    put_on_record(NOUN, key, {"band": concerned.was}, after, by=by, at=at, reason=concerned.reason)


def _entry(case: Case, concerned: Concerned, by: Actor, at: datetime) -> ledger.Entry:
    others = [site.name for site in concerned.sites if site.pk != case.site_id]
    data = {"band_was": concerned.was, "band_now": concerned.now, "sites": [site.pk for site in concerned.sites]}
    texts = {"reason": concerned.reason, "sites": ", ".join(others)}
    return ledger.Entry(case, Moment.BAND_CHANGED, by, at, data=data, texts=texts)


def open_cases(sites: Sequence[Site]) -> QuerySet[Case]:
    """The open incidents of these sites, in the order in which they are locked."""
    found = Case.objects.filter(site__in=[site.pk for site in sites], closed_at=None, desk=TECHNICAL)
    return with_names(found).order_by("pk")


def _foreseen(sites: QuerySet[Site], was: str, now: str) -> Foreseen | None:
    found = list(sites.select_related("customer").order_by("customer__name", "pk"))
    if not found:
        return None
    cases: dict[int, list[Case]] = {}
    for case in open_cases(found):
        cases.setdefault(case.customer_id, []).append(case)
    companies = {site.customer_id: site.customer for site in found}
    by_case = tuple((companies[pk], tuple(group)) for pk, group in cases.items())
    return Foreseen(was, now, len(found), by_case, tuple(c for pk, c in companies.items() if pk not in cases))


# Whom a file would concern that gives sites another band, before it is kept (P4.1 to P4.3 D).
#
# It is done and taken back again: what is shown is what will be, whatever the file changes and however.


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
        foreseen = BandsForeseen(tuple(_contacts_by_company(found, changed)))
        transaction.set_rollback(True)
    return done, foreseen


def _contacts_by_company(sites: Sequence[Site], changed: dict[int, tuple[str, str]]) -> list[CompanyForeseen]:
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
