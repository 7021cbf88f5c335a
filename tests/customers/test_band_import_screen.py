"""A file that gives sites another band is asked about before it is brought in: whom it concerns, and who is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guardia.cases import band_notices
from guardia.customers.customer import Site
from guardia.notices.notice import Notice
from guardia.people.setting_change import SettingChange
from tests.procedure.story import Story

HEAD = "compania;codigo;nombre;ciudad;banda;motivo\n"


@pytest.fixture
def story(as_staff) -> Story:
    """The bank with an open case at its site, the hospital with a site and no case; both known by their codes."""
    told = Story()
    told.other_site = Site.objects.create(customer=told.other, name="sede única", city=told.site.city)
    for customer, site, code in ((told.bank, told.site, "C-1"), (told.other, told.other_site, "C-2")):
        customer.external_id, site.external_id = code, "S-1"
        customer.save()
        site.save()
    told.open_case()
    return told


def looked(browser, band: str = "remota", name: str = ""):
    rows = f"C-1;S-1;agencia matriz;Cuenca;{band};isla\nC-2;S-1;{name or 'sede única'};Cuenca;{band};isla\n"
    file = SimpleUploadedFile("sedes.csv", (HEAD + rows).encode())
    answer = browser.post(reverse("companies_import"), {"kind": "sites", "file": file})
    assert not answer.context["outcome"].problems
    return answer


def press(browser, answer, **more):
    return browser.post(reverse("companies_import_now", args=["sites", answer.context["draft"].pk]), more)


def bands() -> set[str]:
    return set(Site.objects.values_list("own_band", flat=True))


def test_the_list_has_companies_sites_cases_and_people_and_nothing_is_kept(story, supervisor):
    before = Notice.objects.count()
    answer = looked(supervisor)
    assert answer.status_code == 200
    ahead = {one["name"]: one for one in answer.context["ahead"]["companies"]}
    bank, other = ahead[story.bank.name], ahead[story.other.name]
    assert [name for name, _was, _now in bank["sites"]] == ["agencia matriz"]
    assert bank["cases"] == [story.case.display_number]
    assert "Jefe de Sistemas" in " ".join(bank["told"])
    assert (other["cases"], other["told"]) == ([], [])
    assert "somebody at the desk notifies them" in answer.content.decode()
    assert (bands(), Notice.objects.count(), SettingChange.objects.filter(noun="band").count()) == ({""}, before, 0)


def test_it_is_brought_in_when_the_person_agrees_to_just_that(story, supervisor):
    answer = looked(supervisor)
    refused = press(supervisor, answer)
    assert (refused.status_code, bands()) == (409, {""})
    assert refused.context["ahead"]["signature"] == answer.context["ahead"]["signature"]
    assert press(supervisor, answer, sure=answer.context["ahead"]["signature"]).status_code == 302
    assert bands() == {"remote"}
    assert [waiting.customer for waiting in band_notices.to_tell()] == [story.other]


def test_who_has_agreed_to_another_list_is_asked_again(story, supervisor):
    answer = looked(supervisor)
    story.case.cancel("ya no hace falta", by=story.by, at=story.now)
    again = press(supervisor, answer, sure=answer.context["ahead"]["signature"])
    assert (again.status_code, bands()) == (409, {""})


def test_a_file_that_moves_no_band_asks_nothing(story, supervisor):
    answer = looked(supervisor, band="", name="sede nueva")
    assert answer.context["ahead"] is None
    assert press(supervisor, answer).status_code == 302
    assert Site.objects.filter(name="sede nueva").exists()
