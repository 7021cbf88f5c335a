"""P7 D: a closed case of a mass outage is opened again: it goes on alone."""

from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import customer_acts
from guardia.outages import restoring
from tests.outages.city import City
from tests.outages.test_stories import whole


def closed_within(city: City):
    """An outage that is restored, and the case of one of its services closed."""
    outage = city.declared()
    city.minutes_pass(5)
    city.diagnosed(outage)
    city.restored(outage)
    return outage, city.closes(city.service)


def over(city: City, outage) -> None:
    for case in outage.cases.filter(closed_at=None).order_by("pk"):
        city.closes(case.service)
    restoring.end(outage, by=city.by, at=city.now)


def test_p7_its_case_goes_on_alone_whether_the_outage_is_over_or_not(city):
    outage, case = closed_within(city)
    city.minutes_pass(5)
    city.case_of(city.service).reopen("cayó otra vez", by=city.by, at=city.now)
    case.refresh_from_db()
    assert (case.stage, case.part_of_id) == ("diagnosis", None)
    assert city.moments_of(city.service)[-2:] == ["relapsed", "outage_left"]
    whole()
    over(city, outage)
    city.minutes_pass(5)
    city.case_of(city.hospital_service).reopen("tampoco", by=city.by, at=city.now)
    assert city.case_of(city.hospital_service).part_of_id is None
    whole()


def test_p7_so_it_does_where_the_company_opens_it_again(city):
    _outage, case = closed_within(city)
    city.minutes_pass(5)
    with behind(DatabaseRole.PORTAL_ACTS, case.customer_id):
        customer_acts.reopen(customer_acts.locked(case.pk), city.head, "no navega", None, at=city.now)
    case.refresh_from_db()
    assert (case.stage, case.part_of_id) == ("diagnosis", None)


def test_p7_it_is_gathered_again_where_the_whole_outage_fails_again(city):
    outage, case = closed_within(city)
    city.minutes_pass(5)
    city.case_of(city.service).reopen("cayó otra vez", by=city.by, at=city.now)
    city.minutes_pass(5)
    restoring.relapse(outage, "el empalme falló", by=city.by, at=city.now)
    case.refresh_from_db()
    assert case.part_of_id == outage.pk
    whole()
