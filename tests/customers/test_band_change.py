"""A band is changed (P4.1 to P4.3): who is told how, what running cases keep, and how it is taken back."""

from datetime import timedelta

import pytest

from guardia.cases import band_change, band_notices
from guardia.cases.band_notices import letter
from guardia.cases.case import Case
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Service, Site
from guardia.customers.values import Unfit
from guardia.notices.notice import Notice
from guardia.people.setting_change import SettingChange
from guardia.procedure import version
from tests.procedure.story import Story

WHY = "obras en la única vía"


@pytest.fixture
def story(as_staff) -> Story:
    """Two companies of one city: the bank with an open case there, the hospital with none."""
    told = Story()
    Site.objects.create(customer=told.other, name="sede única", city=told.site.city)
    told.open_case()
    told.last_notice = Notice.objects.order_by("-pk").first().pk
    return told


def fields(city: City, **more):
    return {"name": city.name, "province": city.province, "band": city.band, "zone": city.zone, **more}


def change(story: Story, band: str = "intermediate", reason: str = WHY) -> None:
    city = City.objects.get()
    story.minutes_pass(1)
    band_change.save_city(city, fields(city, band=band, band_reason=reason), by=story.supervisor, at=story.now)


def site_fields(story: Story, **more):
    return {"name": story.site.name, "city": story.site.city, "own_band": "", "own_reason": "", **more}


def change_site(story: Story, **more) -> None:
    story.minutes_pass(1)
    site = Site.objects.get(pk=story.site.pk)
    band_change.save_site(site, site_fields(story, **more), by=story.supervisor, at=story.now)


# --- told by the case ---


def test_the_company_with_an_open_case_is_told_on_it(story):
    change(story)
    assert story.moments()[-1] == "band_changed"
    notices = story.is_told("band_changed", story.head, story.desk)
    event = story.case.events.get(moment="band_changed")
    assert (event.data["band_was"], event.data["band_now"]) == ("main", "intermediate")
    assert (event.actor_kind, event.actor_id, event.public) == ("staff", story.supervisor.pk, True)
    assert event.texts.get(name="reason").text == WHY
    assert {notice.clause for notice in notices} == {"P4.3"}


def test_running_cases_keep_the_band_they_were_registered_with(story):
    change(story)
    assert Case.objects.get(number=story.number).band == "main"
    story.diagnosis("visit")
    story.visit_is_agreed()
    travel = story.clock("travel")
    assert travel.due_at - travel.started_at == timedelta(hours=3), "as it was promised at registration, not six"


def test_a_case_opened_afterwards_has_the_new_band(story):
    change(story)
    story.service = Service.objects.get()
    story.open_case()
    assert story.case.band == "intermediate"


def test_a_closed_case_is_left_in_peace(story):
    Case.objects.update(closed_at=story.now)
    change(story)
    assert "band_changed" not in story.moments()
    assert {one.customer for one in band_notices.to_tell()} == {story.bank, story.other}


def test_a_site_with_its_own_band_does_not_follow_its_city(story):
    Site.objects.filter(pk=story.site.pk).update(own_band="remote", own_reason="páramo")
    change(story)
    assert "band_changed" not in story.moments()
    assert [one.customer for one in band_notices.to_tell()] == [story.other]


def test_the_own_band_of_a_site_is_told_to_its_company_only(story):
    change_site(story, own_band="remote", own_reason="solo en lancha")
    assert story.moments()[-1] == "band_changed"
    story.is_told("band_changed", story.head, story.desk)
    assert band_notices.to_tell() == []
    (settled,) = band_notices.settled()
    assert (settled.was, settled.now, settled.reason) == ("main", "remote", "solo en lancha")
    assert settled.cases == (story.number,)


def test_what_changes_no_band_is_told_to_nobody(story):
    change_site(story, access_hours="de 8 a 18")
    change_site(story, own_band="main", own_reason="la misma")
    assert not SettingChange.objects.filter(noun="band").exists()
    story.nobody_is_told()


def test_a_site_that_moves_to_another_city_has_another_band(story):
    far = City.objects.create(name="Taisha", province="Morona Santiago", band="remote")
    change_site(story, city=far)
    assert story.moments()[-1] == "band_changed"


def test_a_refused_change_leaves_nothing_behind(story):
    with pytest.raises(Unfit):
        change(story, reason="")
    assert City.objects.get().band == "main"
    assert not SettingChange.objects.filter(noun="band").exists()
    story.nobody_is_told()


# --- told by hand ---


def test_the_company_without_an_open_case_waits_until_somebody_tells_it(story):
    change(story)
    (waiting,) = band_notices.to_tell()
    assert (waiting.customer, waiting.mail) == (story.other, ("hospital@example.com",))
    band_notices.mark_notified(waiting, "mail", by=story.supervisor, at=story.now)
    band_notices.mark_notified(waiting, "phone", by=story.engineer, at=story.now)
    assert band_notices.to_tell() == []
    mark = band_notices.change_of(waiting.pk)
    assert (mark.how, mark.told.by, mark.is_undone) == ("mail", story.supervisor, False)


def test_a_company_that_no_notice_reaches_waits_too(story):
    Contact.objects.filter(customer=story.bank).update(email="")
    change(story)
    assert {one.customer for one in band_notices.to_tell()} == {story.bank, story.other}


@pytest.mark.parametrize(("language", "says"), [("es", "6 horas"), ("en", "6 hours"), ("pt", "6 horas")])
def test_the_ready_text_speaks_the_companys_language_and_says_both_promises(story, language, says):
    story.other.language = language
    story.other.save()
    change(story)
    (waiting,) = band_notices.to_tell()
    subject, text = letter(waiting, version.in_force(story.now).procedure)
    assert story.other.name in subject
    assert says in text
    assert WHY in text
    assert "sede única" in text
    assert "P4.1" in text
    assert "P4.2" in text


def test_what_is_foreseen_is_what_happens(story):
    city = City.objects.get()
    ahead = band_change.foresee_city(city, fields(city, band="remote", band_reason=WHY))
    assert (ahead.sites, ahead.companies) == (2, 2)
    assert [(company, [case.number for case in cases]) for company, cases in ahead.by_case] == [
        (story.bank, [story.number])
    ]
    assert ahead.by_hand == (story.other,)
    assert band_change.foresee_city(city, fields(city)) is None
    site = Site.objects.get(pk=story.site.pk)
    assert band_change.foresee_site(site, site_fields(story, own_band="remote", own_reason=WHY)).companies == 1
    assert band_change.foresee_site(site, site_fields(story)) is None


# --- taken back ---


def test_what_nobody_was_told_is_taken_back_for_all_companies(story):
    Case.objects.update(closed_at=story.now)
    change(story)
    one, two = band_notices.to_tell()
    band_notices.take_back(one, by=story.supervisor, at=story.now)
    city = City.objects.get()
    assert (city.band, city.band_reason) == ("main", "")
    assert band_notices.to_tell() == []
    assert band_notices.change_of(two.pk).is_undone
    assert SettingChange.objects.filter(noun="band").count() == 2, "the record keeps that it was done, and undone"


def test_what_somebody_was_told_is_not_taken_back(story):
    change(story)
    (waiting,) = band_notices.to_tell()
    with pytest.raises(band_notices.AlreadyNotified):
        band_notices.take_back(waiting, by=story.supervisor, at=story.now)
    assert City.objects.get().band == "intermediate"


def test_what_was_changed_again_is_not_taken_back(story):
    Case.objects.update(closed_at=story.now)
    change(story)
    first = band_notices.to_tell()[0]
    change(story, "remote", "otra vez")
    with pytest.raises(band_notices.ChangedSince):
        band_notices.take_back(first, by=story.supervisor, at=story.now)


def test_a_sites_own_band_is_taken_back(story):
    Case.objects.update(closed_at=story.now)
    change_site(story, own_band="remote", own_reason="solo en lancha")
    (waiting,) = band_notices.to_tell()
    band_notices.take_back(waiting, by=story.supervisor, at=story.now)
    site = Site.objects.get(pk=story.site.pk)
    assert (site.own_band, site.own_reason, site.band) == ("", "", "main")


def test_there_and_back_and_there_again_only_the_newest_is_taken_back(story):
    """Else the newest would still wait to be told although the band is no longer what it says."""
    Case.objects.update(closed_at=story.now)
    change(story)
    first = band_notices.to_tell()[0]
    change(story, "main", "otra vez")
    change(story)
    newest = band_notices.to_tell()[-1]
    with pytest.raises(band_notices.ChangedSince):
        band_notices.take_back(first, by=story.supervisor, at=story.now)
    band_notices.take_back(newest, by=story.supervisor, at=story.now)
    assert City.objects.get().band == "main"


def test_taking_a_sites_band_back_leaves_it_in_the_city_to_which_it_has_moved(story):
    Case.objects.update(closed_at=story.now)
    change_site(story, own_band="remote", own_reason="solo en lancha")
    (waiting,) = band_notices.to_tell()
    other = City.objects.create(name="Loja", province="Loja", band="main")
    change_site(story, own_band="remote", own_reason="solo en lancha", city=other)
    band_notices.take_back(waiting, by=story.supervisor, at=story.now)
    site = Site.objects.get(pk=story.site.pk)
    assert (site.own_band, site.city) == ("", other)


# --- whoever changes many at once ---


def test_a_file_that_changes_bands_is_told_too(story):
    with band_change.record_band_changes(Site.objects.all(), by=story.supervisor, at=story.now):
        City.objects.update(band="remote")
    assert story.moments()[-1] == "band_changed"
    assert [one.customer for one in band_notices.to_tell()] == [story.other]


def test_nothing_is_told_twice_for_two_sites_of_one_company(story):
    Site.objects.create(customer=story.bank, name="agencia sur", city=story.site.city)
    change(story)
    event = story.case.events.get(moment="band_changed")
    assert event.texts.get(name="sites").text == "agencia sur"
    assert SettingChange.objects.filter(noun="band").count() == 2, "one for each company"
