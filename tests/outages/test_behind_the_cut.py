"""P D: an outage reaches everybody behind the cut, also who has an older case open on the service."""

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.notices.notice import Notice
from guardia.outages import news, restoring
from guardia.outages.outage import Membership, OutageService
from guardia.procedure.vocabulary import Moment
from tests.notices.reading import text_of


def told_of(case: Case) -> list[str]:
    """What this case was told, in Spanish."""
    found = []
    for event in case.events.filter(moment=Moment.NEWS_SENT).order_by("seq"):
        found.append(event.texts.get(name="text").text)
    return found


def test_p_of_three_cut_services_each_is_told_the_older_cases_too(city):
    """One calls at once, one has a case of yesterday in the diagnosis, one has another that waits for confirmation."""
    older = city.somebody_calls(city.hospital_service)
    back = city.somebody_calls(city.university_service)
    city.minutes_pass(10)
    city.case_of(city.university_service).recover("volvió solo", by=city.by, at=city.now)
    city.minutes_pass(600)
    fresh = city.somebody_calls(city.service)
    outage = city.declared()
    fresh.refresh_from_db()
    assert fresh.part_of_id == outage.pk
    older.refresh_from_db()
    assert older.part_of_id is None
    (words,) = told_of(older)
    assert outage.display_number in words
    assert older.display_number in words
    notices = Notice.objects.filter(case=older, moment=Moment.NEWS_SENT)
    assert {notice.contact for notice in notices} == {city.stranger}
    assert outage.display_number in text_of(notices[0])
    # Its service had come back, and is cut anew: that has a case of its own, and the old one says so.
    new = city.case_of(city.university_service)
    assert new.pk != back.pk
    assert new.part_of_id == outage.pk
    assert len(told_of(back)) == 1
    assert list(rebuild.rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_p_the_older_case_has_the_news_of_the_outage_and_its_end(city):
    older = city.somebody_calls(city.hospital_service)
    city.minutes_pass(600)
    outage = city.declared()
    assert OutageService.objects.get(outage=outage, service=city.hospital_service).state == Membership.BEHIND
    city.minutes_pass(5)
    news.tell(outage, {"es": "Cuadrilla en el sitio."}, None, by=city.by, at=city.now)
    city.minutes_pass(5)
    restoring.restore(outage, "se empalmó", by=city.by, at=city.now)
    first, second, third = told_of(older)
    assert second == "Cuadrilla en el sitio."
    assert outage.display_number in first
    assert outage.display_number in third
    older.refresh_from_db()
    assert (older.restored_at, older.stage) == (None, "diagnosis")


def test_p_who_is_part_of_another_outage_is_told_of_the_second_cut(city):
    case = city.somebody_calls(city.hospital_service)
    one = city.declared(element=city.route, services=(city.hospital_service.pk,))
    two = city.declared()
    case.refresh_from_db()
    assert case.part_of_id == one.pk
    (words,) = told_of(case)
    assert two.display_number in words
    assert one.display_number in words
