"""L4, P2: whoever calls gets a number; what is not on file is put there provisionally, and tidied with its history."""

import pytest
from django.db import DatabaseError, connection, transaction

from guardia.cases import chain, derived, identifying, rebuild
from guardia.cases.case import Case
from guardia.cases.refusals import NotProvisional, OneOfManyCompanies
from guardia.cases.stages.registration import Report
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import provisional
from guardia.customers.customer import Customer, Service
from guardia.customers.provisional import NotOnFile, put_on_file
from guardia.customers.values import Unfit
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Impact, Moment
from guardia.reports.company_cases import of_company


@pytest.fixture
def unknown(story):
    """Somebody of “Banco del Austro Sur” rang, of a circuit that nobody has on file; the number was given."""
    service = put_on_file(NotOnFile(story.site.city, None, "Banco Austral S.A.", "", "sucursal centro"))
    report = Report(service, "Internet muy lento", Impact.DEGRADED)
    case = Case.register(report, by=story.by, at=story.now, engineer=story.engineer)
    story.number = case.number
    return case


def test_l4_whoever_is_not_on_file_gets_a_number(story, unknown):
    service = unknown.service
    assert (service.provisional, service.site.provisional, service.customer.provisional) == (True, True, True)
    assert unknown.band == story.site.city.band
    assert list(provisional.waiting()) == [service]


def test_l4_the_same_words_put_the_same_on_file_once(story, unknown):
    again = put_on_file(NotOnFile(story.site.city, None, "banco austral s.a.", "", "Sucursal Centro"))
    assert again == unknown.service
    assert Customer.objects.filter(provisional=True).count() == 1


@pytest.mark.parametrize(
    ("name", "circuit", "field"), [("Banco Austral", "", "company_name"), ("X", "enl-0042", "circuit")]
)
def test_l4_what_is_on_file_is_not_put_there_again(story, name, circuit, field):
    with pytest.raises(Unfit) as refused:
        put_on_file(NotOnFile(story.site.city, None, name, circuit, ""))
    assert list(refused.value.message_dict) == [field]


def test_l4_it_is_made_one_with_the_real_one_and_its_history_goes_along(story, unknown):
    story.diagnosis()
    events, was = unknown.events.count(), unknown.customer
    head = story.case.head_hash
    hashes = list(unknown.events.order_by("seq").values_list("hash", flat=True))
    identifying.identify(unknown.service, story.service, by=story.supervisor, at=story.now)
    case = story.case
    assert (case.customer, case.service, case.site) == (story.bank, story.service, story.site)
    assert list(case.events.order_by("seq").values_list("hash", flat=True))[:events] == hashes
    assert head in hashes
    written = case.events.get(moment=Moment.DETAILS_UPDATED)
    assert written.data["customer"] == {"from": was.pk, "to": story.bank.pk}
    assert set(case.events.values_list("customer_id", flat=True)) == {story.bank.pk}
    assert set(case.clocks.values_list("customer_id", flat=True)) == {story.bank.pk}
    told = Notice.objects.filter(case=case, moment=Moment.NEWS_SENT, contact__isnull=False)
    assert {story.head, story.desk} <= {notice.contact for notice in told}
    was.refresh_from_db()
    assert (was.active, was.merged_into_id) == (False, story.bank.pk)
    assert list(provisional.waiting()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []
    story.service_is_restored()


def test_l4_the_company_sees_the_whole_case_behind_its_own_wall_and_nobody_elses(story, unknown):
    seen = unknown.events.filter(public=True).count()
    assert seen
    identifying.identify(unknown.service, story.service, by=story.supervisor, at=story.now)
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert of_company(story.bank.pk).get().events.count() >= seen
    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert not of_company(story.bank.pk).exists()


def test_l4_the_band_of_the_real_site_holds_for_what_starts_from_now_on(story, unknown):
    story.site.own_band, story.site.own_reason = "remote", "río"
    story.site.save()
    story.service.refresh_from_db()
    identifying.identify(unknown.service, Service.objects.get(pk=story.service.pk), by=story.supervisor, at=story.now)
    assert story.case.band == "remote"
    assert story.case.events.get(moment=Moment.DETAILS_UPDATED).data["band"] == "remote"
    assert list(rebuild.rebuild()) == []


def test_l4_a_service_of_a_company_on_file_stays_with_that_company(story):
    service = put_on_file(NotOnFile(story.site.city, story.bank, "", "ENL-9", ""))
    assert not service.customer.provisional
    foreign = Service.objects.create(
        customer=story.other, site=_site_of(story.other, story), circuit="HOS-1", folded_circuit="hos-1"
    )
    with pytest.raises(OneOfManyCompanies):
        identifying.identify(service, foreign, by=story.supervisor, at=story.now)
    with pytest.raises(NotProvisional):
        identifying.identify(story.service, foreign, by=story.supervisor, at=story.now)
    identifying.identify(service, story.service, by=story.supervisor, at=story.now)
    service.refresh_from_db()
    assert not service.active


def test_l4_one_that_is_new_stays_and_one_without_a_case_is_discarded(story, unknown):
    provisional.keep(unknown.service)
    unknown.customer.refresh_from_db()
    assert not unknown.customer.provisional
    mistaken = put_on_file(NotOnFile(story.site.city, None, "Nadie", "", ""))
    assert provisional.discard(mistaken)
    assert not provisional.discard(unknown.service)
    assert list(provisional.waiting()) == []


def test_l4_the_database_lets_nothing_else_follow(story, unknown):
    """Whose an event is follows a merger of a provisional company alone, and nothing else of it is written."""
    event = unknown.events.first()
    tried = (
        ("UPDATE case_event SET customer_id = %s WHERE id = %s", [story.other.pk, event.pk]),
        ("UPDATE case_event SET moment = 'noted', customer_id = %s WHERE id = %s", [story.bank.pk, event.pk]),
        ("UPDATE customer SET merged_into_id = %s WHERE id = %s", [story.bank.pk, story.other.pk]),
        ("UPDATE customer SET provisional = true WHERE id = %s AND id <> %s", [story.other.pk, 0]),
    )
    Customer.objects.filter(pk=unknown.customer_id).update(merged_into=story.bank)
    for statement, values in tried:
        with (
            behind(DatabaseRole.STAFF),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)


def _site_of(company, story):
    return company.sites.create(name="sede", city=story.site.city)
