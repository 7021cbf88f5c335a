"""L4: with a service that passes to another company go the outages and works that are not over; history stays."""

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.timezone import localtime

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Customer, Site
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.announcing import letter_of
from guardia.notices.notice import Notice
from guardia.outages import moving_services, news, restoring, work_answers
from guardia.outages.known import known_for
from guardia.outages.outage import OutageService
from guardia.outages.published import work_of, works_of
from guardia.procedure.vocabulary import Moment
from guardia.web.portal.works import work_views
from tests.notices.sender import LINKS
from tests.outages.city import City
from tests.procedure.story import contact
from tests.works.nights import Night


@pytest.fixture
def city(as_staff) -> City:
    return City()


@pytest.fixture
def buyer(city) -> Site:
    """A company that has nothing yet."""
    company = Customer.objects.create(name="Cooperativa Austral", folded_name="cooperativa austral")
    contact(company, "Gerente", "gerencia@example.com", "es")
    return Site.objects.create(customer=company, name="matriz", city=city.site.city)


def passes(city, to: Site):
    return moving_services.plan(city.service, to, localtime(city.now).date(), by=city.supervisor, at=city.now)


def told_since(company: Customer, last: int) -> list[str]:
    rows = Notice.objects.filter(customer=company, contact__isnull=False, pk__gt=last)
    return sorted(set(rows.values_list("moment", flat=True)))


def last_notice() -> int:
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_l4_of_an_outage_under_way_the_new_company_is_told_and_the_old_one_no_longer(city, buyer):
    old = city.somebody_calls(city.service)
    city.minutes_pass(2)
    outage = city.declared()
    city.minutes_pass(3)
    assert moving_services.counted(city.service) == (0, 1)
    new = passes(city, buyer)
    last = last_notice()
    case = Case.objects.get(service=new)
    assert (case.customer, case.part_of_id, case.outage_started_at) == (buyer.customer, outage.pk, city.now)
    city.minutes_pass(1)
    news.tell(outage, {"es": "la cuadrilla llegó al corte"}, None, by=city.by, at=city.now)
    assert told_since(buyer.customer, last) == [Moment.NEWS_SENT]
    assert told_since(city.bank, last) == []
    old.refresh_from_db()
    assert (old.customer, old.part_of_id, old.is_open) == (city.bank, None, True)
    assert list(rebuild.rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []
    with behind(DatabaseRole.PORTAL, city.bank.pk):
        assert known_for(customer_id=city.bank.pk, for_the_company=True) == []
        assert old.events.filter(moment=Moment.OUTAGE_JOINED).exists()
    with behind(DatabaseRole.PORTAL, buyer.customer_id):
        [known] = known_for(customer_id=buyer.customer_id, for_the_company=True)
        assert (known.outage.pk, known.services) == (outage.pk, (new.pk,))


def test_l4_where_the_rule_is_news_the_new_company_has_its_letter_beside_one_of_others(city, make_news):
    """Its other service stands behind the cut already, and it was told of that one."""
    outage = city.declared()
    to = city.hospital_service.site
    new = passes(city, to)
    letters = Announcement.objects.filter(kind=AnnouncementKind.OUTAGE, customer=to.customer).order_by("pk")
    assert [[row[0] for row in one.facts["services"]] for one in letters] == [["HOS-1"], ["ENL-0042"]]
    city.minutes_pass(5)
    news.tell(outage, {"es": "sigue el empalme"}, None, by=city.by, at=city.now)
    assert [row[0] for row in letters.last().facts["services"]] == ["ENL-0042", "HOS-1"]
    banks = Announcement.objects.filter(kind=AnnouncementKind.OUTAGE, customer=city.bank)
    assert banks.count() == 1
    assert OutageService.objects.get(service=new).state == "behind"


@pytest.fixture
def make_news(monkeypatch):
    from guardia.outages import gathering
    from guardia.procedure.rules import TellsSilent

    monkeypatch.setattr(gathering, "tells_silent", lambda outage: TellsSilent.NEWS)


def test_l4_a_proposal_of_which_nobody_knows_simply_names_the_new_service(city, buyer):
    from guardia.outages import proposing
    from guardia.outages.outage import Origin
    from guardia.procedure.vocabulary import Impact

    found = proposing.propose(
        element=city.node,
        site=None,
        services=tuple(one.pk for one in city.services),
        name="nodo",
        signs={},
        started_at=city.now,
        origin=Origin.ALERTS,
        impact=Impact.DOWN,
        now=city.now,
    )
    new = passes(city, buyer)
    city.declared(found)
    told = set(OutageService.objects.filter(outage=found).values_list("service", flat=True))
    assert told == {new.pk, city.hospital_service.pk, city.university_service.pk}
    assert not Case.objects.filter(customer=city.bank).exists()


def test_l4_what_fails_again_after_it_came_back_reaches_the_new_company(city, buyer):
    outage = city.declared()
    city.minutes_pass(10)
    city.diagnosed(outage)
    outage = city.restored(outage)
    last = last_notice()
    new = passes(city, buyer)
    assert told_since(buyer.customer, last) == []
    last = last_notice()
    city.minutes_pass(5)
    restoring.relapse(outage, "se cayó otra vez", by=city.by, at=city.now)
    assert Case.objects.get(service=new).outage_started_at == city.now
    assert told_since(city.bank, last) == []


def test_l4_of_announced_work_the_new_company_is_told_and_asked_and_the_old_one_no_longer(city, buyer):
    night = Night(city)
    night.announce(needs_agreement=True)
    night.objects()
    assert moving_services.counted(city.service) == (1, 0)
    new = passes(city, buyer)
    [letter] = night.told("passed_on")
    assert (letter.customer, [one["circuit"] for one in letter.facts["services"]]) == (buyer.customer, ["ENL-0042"])
    assert letter.facts["asks"]
    assert "passed_on" in night.turns()
    assert work_answers.objections() == []
    for language, said in (
        ("es", "ahora son de su"),
        ("en", "are now your"),
        ("pt", "agora são da sua"),
    ):
        with translation.override(language):
            written = letter_of(letter, buyer.customer.contacts.get(), language, LINKS, (), city.now)
        assert said in written.headline
    night.at(night.starts_at - timedelta(hours=night.work.again_hours))
    night.the_worker_looks()
    assert {one.customer_id for one in night.told("reminded")} == {buyer.customer_id, city.other.pk}
    reader = buyer.customer.contacts.get()
    with behind(DatabaseRole.PORTAL, buyer.customer_id):
        [shown] = work_views(list(works_of(buyer.customer_id)), reader, city.now)
        assert ([one.circuit for one in shown.services], shown.may_agree) == (["ENL-0042"], True)
    with behind(DatabaseRole.PORTAL, city.bank.pk):
        assert list(works_of(city.bank.pk)) == []
        assert work_of(night.pk, city.bank.pk) is not None
    night.begins()
    city.service = new
    city.call = None
    city.minutes_pass(5)
    case = city.somebody_calls(new)
    night.the_worker_looks()
    case.refresh_from_db()
    assert case.within_work_id == night.pk


def test_l4_of_work_under_way_it_is_told_that_it_runs_and_of_a_late_one_that_it_is_late(city, buyer):
    night = Night(city)
    night.announce(needs_agreement=True)
    night.begins()
    passes(city, buyer)
    [letter] = night.told("passed_on")
    assert not letter.facts["asks"]
    assert letter.customer == buyer.customer


def test_l4_a_late_one_is_told_as_late(city, buyer):
    night = Night(city)
    night.announce()
    night.begins()
    night.at(night.ends_at)
    night.the_worker_looks()
    passes(city, buyer)
    assert buyer.customer in [one.customer for one in night.told("overran")]


def test_l4_a_draft_names_the_new_service_and_what_is_over_stays(city, buyer):
    night, over = Night(city), Night.__new__(Night)
    over.__dict__.update(night.__dict__)
    over.announce()
    over.cancel()
    night.draft()
    assert moving_services.counted(city.service) == (0, 0)
    new = passes(city, buyer)
    rows = night.work.services.values_list("service", flat=True)
    assert set(rows) == {new.pk, night.hospital.pk}
    assert set(over.work.services.values_list("service", flat=True)) == {city.service.pk, night.hospital.pk}
    assert night.told() == []
