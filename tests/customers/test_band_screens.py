"""The screens of bands: a change is asked about before it is done, and whoever has not heard of it is told."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from guardia.cases import band_notices
from guardia.cases.case import Case
from guardia.customers.cities import City, load_cities
from guardia.customers.customer import Site
from guardia.customers.editing import save_site
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.procedure.story import Story

WHY = "obras en la única vía"


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def story(as_staff) -> Story:
    """Two companies of one city: the bank with an open case there, the hospital with none."""
    told = Story()
    Site.objects.create(customer=told.other, name="sede única", city=told.site.city)
    told.open_case()
    return told


def typed(city: City, **more) -> dict:
    return {"name": city.name, "province": city.province, "band": city.band, "zone": city.zone, **more}


class BandPages:
    """A supervisor at the page of the city."""

    def __init__(self, story: Story, browser) -> None:
        self.story, self.browser = story, browser
        self.city = City.objects.get()
        self.at = reverse("city_edit", args=[self.city.pk])

    def ask(self, band: str = "intermediate", **more):
        return self.browser.post(self.at, typed(self.city, band=band, band_reason=WHY, **more))

    def agree(self, band: str = "intermediate"):
        return self.ask(band, sure=self.ask(band).context["ahead"]["signature"])


@pytest.fixture
def changed(story, supervisor) -> BandPages:
    return BandPages(story, supervisor)


def test_a_change_is_asked_about_with_who_is_told_how(changed):
    asked = changed.ask()
    assert asked.status_code == 200
    assert City.objects.get().band == "main"
    assert not SettingChange.objects.filter(noun="band").exists()
    text = page(asked)
    assert "2 sites of 2 companies: from main city to intermediate city." in text
    assert changed.story.case.display_number in text
    assert text.index("Notified by a notice") < text.index("Banco Austral") < text.index("Without an open case")
    assert text.index("Without an open case") < text.index("Hospital Los Arrayanes")
    assert f'value="{WHY}"' in text, "what was typed is still there"


def test_agreed_to_it_is_done_and_told(changed):
    assert changed.agree().status_code == 302
    assert City.objects.get().band == "intermediate"
    assert "band_changed" in changed.story.moments()
    there = page(changed.browser.get(reverse("band_changes")))
    assert "hospital@example.com" in there
    assert "Hospital Los Arrayanes" in there
    assert "1 band change has yet to be notified" in page(changed.browser.get(reverse("cities")))
    company = page(changed.browser.get(reverse("company", args=[changed.story.other.pk])))
    assert "1 band change has yet to be notified" in company


def test_who_agreed_to_something_else_is_asked_again(changed):
    agreed = changed.ask().context["ahead"]["signature"]
    assert changed.ask("remote", sure=agreed).status_code == 200
    Site.objects.create(customer=changed.story.bank, name="agencia sur", city=changed.city)
    assert changed.ask(sure=agreed).status_code == 200
    assert City.objects.get().band == "main"


def test_without_its_reason_nothing_is_asked_and_the_field_says_so(changed):
    answer = changed.browser.post(changed.at, typed(changed.city, band="remote"))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"band_reason"})
    assert answer.context["ahead"] is None


def test_a_change_that_concerns_nobody_is_not_asked_about(changed):
    Site.objects.update(own_band="main", own_reason="propia")
    assert changed.ask().status_code == 302
    assert (
        changed.browser.post(changed.at, typed(City.objects.get(), band_reason=WHY, population="1.234.567")).status_code
        == 302
    )


def test_a_company_is_marked_as_told_once(changed):
    changed.agree()
    (waiting,) = band_notices.to_tell()
    place = reverse("band_told", args=[waiting.pk])
    assert changed.browser.post(place, {"how": "paloma"}).status_code == 422
    assert changed.browser.get(place).status_code == 405
    assert changed.browser.post(place, {"how": "phone"}).status_code == 302
    there = page(changed.browser.get(reverse("band_changes")))
    assert "Every company has been notified of every change." in there
    assert "by telephone" in there
    assert changed.browser.post(reverse("band_told", args=[9_999]), {"how": "phone"}).status_code == 404


def test_a_change_is_taken_back_or_refused_with_its_reason(changed):
    changed.agree()
    (waiting,) = band_notices.to_tell()
    refused = changed.browser.post(reverse("band_undo", args=[waiting.pk]))
    assert refused.status_code == 409
    assert "Somebody has already been notified of this change." in page(refused)
    Case.objects.update(closed_at=changed.story.now)
    changed.city = City.objects.get()
    changed.agree("remote")
    newest = band_notices.to_tell()[-1]
    assert changed.browser.post(reverse("band_undo", args=[newest.pk])).status_code == 302
    assert City.objects.get().band == "intermediate"


def test_only_a_supervisor_takes_back_and_only_who_edits_companies_tells(changed, sign_in):
    changed.agree()
    (waiting,) = band_notices.to_tell()
    engineer, quality = sign_in(Role.ENGINEER), sign_in(Role.QUALITY)
    assert engineer.post(reverse("band_undo", args=[waiting.pk])).status_code == 403
    assert quality.post(reverse("band_told", args=[waiting.pk]), {"how": "mail"}).status_code == 403
    assert "Mark as notified" not in page(quality.get(reverse("band_changes")))
    assert "Undo the change" not in page(engineer.get(reverse("band_changes")))


def test_the_own_band_of_a_site_is_asked_about_and_led_back(story, supervisor):
    place = reverse("site_edit", args=[story.bank.pk, story.site.pk])
    form = {"name": "agencia matriz", "city": story.site.city_id, "own_band": "remote", "own_reason": "solo en lancha"}
    asked = supervisor.post(place, form)
    assert "1 site of 1 company: from main city to remote site." in page(asked)
    assert "between 1.5 hours and 3 hours" in page(supervisor.get(place)), "what each band promises stands beside it"
    assert supervisor.post(place, {**form, "sure": asked.context["ahead"]["signature"]}).status_code == 302
    assert Site.objects.get(pk=story.site.pk).band == "remote"
    back = supervisor.get(f"{place}?banda=ciudad")
    assert (back.context["form"].initial["own_band"], back.context["form"].initial["own_reason"]) == ("", "")
    assert Site.objects.get(pk=story.site.pk).band == "remote", "looking changes nothing"


def test_the_list_of_sites_says_what_is_promised_and_why_one_departs(story, supervisor):
    save_site(
        Site(customer=story.bank),
        {"name": "isla", "city": story.site.city, "own_band": "remote", "own_reason": "solo en <lancha>"},
    )
    text = page(supervisor.get(reverse("company_sites", args=[story.bank.pk])))
    assert "between 1.5 hours and 3 hours" in text
    assert "no fixed time" in text
    assert "because: solo en &lt;lancha&gt;" in text
    assert "sede única" not in text, "another company's"
    assert supervisor.get(reverse("company_sites", args=[9_999])).status_code == 404


def test_the_record_of_the_settings_says_whose_band_was_changed_and_how_it_was_told(changed):
    changed.agree()
    changed.browser.post(reverse("band_told", args=[band_notices.to_tell()[0].pk]), {"how": "phone"})
    text = page(changed.browser.get(reverse("settings_record")))
    for words in (
        "Band of sites",
        "Band change notified",
        "Hospital Los Arrayanes",
        "intermediate city",
        "by telephone",
        WHY,
    ):
        assert words in text


# --- cities ---


@pytest.fixture
def cities(as_staff, supervisor):
    load_cities()
    return supervisor


def shown(browser, query: str) -> list[str]:
    return [row["city"].name for row in browser.get(f"{reverse('cities')}?{query}").context["rows"]]


def test_cities_by_population_and_those_that_are_not_by_the_rule(cities):
    assert shown(cities, "orden=poblacion")[:3] == ["Guayaquil", "Quito", "Cuenca"]
    assert shown(cities, "banda=distinta&orden=poblacion")[:3] == ["Daule", "Sangolquí", "Samborondón"]
    assert shown(cities, "q=0901") == ["Guayaquil"]
    text = page(cities.get(f"{reverse('cities')}?q=azogues"))
    assert "By the rule, it would be: intermediate city. It is: main city. The reason: it adjoins a main city" in text
    assert "74,515" in text


def test_the_page_of_a_city_says_the_rule_and_why_it_departs(cities):
    text = page(cities.get(reverse("city_edit", args=[City.objects.get(name="Daule").pk])))
    assert "With 150,000 people or more (2022 census)" in text
    assert "its own town is farther out" in text


def test_the_cities_as_a_file_hold_the_rule_and_the_reason(cities):
    City.objects.filter(name="Quito").update(band_reason="=1+1")
    answer = cities.get(reverse("cities_csv"))
    assert answer["Content-Type"].startswith("text/csv")
    rows = {row["ciudad"]: row for row in csv.DictReader(StringIO(page(answer).lstrip("\ufeff")), delimiter=";")}
    assert len(rows) == 220, "two are called Olmedo"
    assert (rows["Azogues"]["banda"], rows["Azogues"]["banda_por_regla"]) == ("main", "intermediate")
    assert rows["Machala"]["banda_por_regla"] == ""
    assert rows["Quito"]["motivo"] == "'=1+1"
