"""What a new administrator meets empty says what it is for, and has a button that does it, here on the screen."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from guardia.config import countries
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.customer import Customer
from guardia.people.staff import Role, Staff
from guardia.web.first_run import key
from tests.first_run.walk import HOME, ME, take, words

OF_THE_MOMENT = re.compile(r"\b(?:[0-9A-Za-z]{64}|\d{10}\.\d{3})\b")
"""A form's token and the server's hour, in seconds: any three digits may stand in them."""

EMPTY = re.compile(r'<div class="empty">(.*?)</div>', re.DOTALL)
LEADS = re.compile(r'<a class="button[^"]*" href="([^"]+)"|<form[^>]* action="([^"]+)"')
LISTS = ("cities", "crews", "elements", "companies", "settings_telephone", "settings_alerts")


@pytest.fixture(autouse=True)
def own_state(settings, tmp_path, monkeypatch):
    settings.STATE_DIR = tmp_path
    monkeypatch.delenv("OPERATOR_ZONE", raising=False)
    before = settings.TIME_ZONE
    yield
    countries.use_zone(before)


@pytest.fixture
def as_staff(db):
    with behind(DatabaseRole.STAFF):
        yield


def administrator(country: str, language: str = "en", cities: str = "Uma; Região") -> Client:
    """Who just finished the first steps without a trial company; then there is no city."""
    client = Client(headers={"accept-language": language})
    client.get(f"{HOME}?clave={key.key()}")
    other = {"operador": {"country": country}, "ciudades": {"which": "own", "cities": cities}}
    take(client, "publicar", empresa={"despues": "1"}, **other)
    client.post(f"{HOME}/publicar", ME)
    City.objects.all().delete()
    return client


def empty_words(client: Client, address: str) -> tuple[str, list[str]]:
    """What an empty list says, and where its buttons lead."""
    page = client.get(address)
    assert page.status_code == 200, address
    found = EMPTY.findall(page.content.decode())
    assert found, f"{address}: nothing is said of what is empty"
    text = " ".join(found)
    return text, [unescape(link or action) for link, action in LEADS.findall(text)]


def test_each_empty_list_has_a_button_that_does_it(as_staff):
    client = administrator("EC")
    lists = [(address, *empty_words(client, address)) for address in map(reverse, LISTS)]
    company = Customer.objects.create(name="Vacía S.A.")
    own = reverse("company", args=[company.pk])
    for address, text, leads in (*lists, (own, *empty_words(client, own))):
        assert leads, address
        assert "guardia " not in text, f"{address}: a command is no way for a screen"
        for lead in leads:
            assert client.get(lead).status_code == 200, lead
    assert len(empty_words(client, own)[1]) == 3, "contacts, sites, and a site before any service"


def test_the_countrys_list_is_brought_in_by_one_button(as_staff):
    client = administrator("EC")
    text, _leads = empty_words(client, reverse("cities"))
    fields = dict(re.findall(r'<input type="hidden" name="(which)" value="(\w+)"', text))
    page = client.post(reverse("city_list"), fields, follow=True)
    assert City.objects.count() == 221
    assert "221 new cities are in the list" in words(page)
    mine = "Quito; Pichincha; remote\nNueva; Pichincha; intermediate"
    client.post(reverse("city_list"), {"which": "own", "cities": mine})
    assert City.objects.count() == 222
    assert City.objects.get(name="Quito").band == "main", "what is there stays"
    wrong = client.post(reverse("city_list"), {"which": "own", "cities": "Sola"})
    assert wrong.status_code == 422
    assert "enter the city and its region" in words(wrong)


def test_only_who_may_change_cities_brings_a_list(as_staff):
    client = administrator("EC")
    client.force_login(Staff.objects.create(username="e", name="E", role=Role.ENGINEER))
    assert client.post(reverse("city_list"), {"which": "listed"}).status_code == 403
    assert not City.objects.exists()
    assert "which" not in words(client.get(reverse("cities")))


def test_without_a_procedure_the_settings_lead_to_the_first_steps(as_staff):
    client = Client(headers={"accept-language": "en"})
    client.force_login(Staff.objects.create(username="a", name="A", role=Role.ADMINISTRATOR))
    _text, leads = empty_words(client, reverse("settings"))
    assert leads == [reverse("first_run")]


def test_an_operator_of_another_country_meets_nothing_of_ecuador(as_staff):
    """Neither its list of cities, nor the rule of its bands, nor the days that its law sets."""
    client = administrator("PT", "pt")
    text, leads = empty_words(client, reverse("cities"))
    assert leads == [reverse("city_list"), reverse("city_list")]
    assert "which" not in text
    client.post(reverse("city_list"), {"cities": "Lisboa; Lisboa\nHorta; Açores; remota"})
    assert {(city.name, city.band, city.zone) for city in City.objects.all()} == {
        ("Lisboa", "main", "Europe/Lisbon"),
        ("Horta", "remote", "Europe/Lisbon"),
    }
    horta = City.objects.get(name="Horta")
    year = f"?anio={localdate().year + 1}"
    for address in (
        *(reverse("cities"), reverse("city_list"), reverse("city_new"), reverse("city_edit", args=[horta.pk])),
        *(reverse("settings"), reverse("settings_calendar"), reverse("settings_calendar") + year),
        *(reverse("companies_import"), "/companias/importar/contacts.csv", reverse("interruptions")),
    ):
        page = words(client.get(address)).replace("Equador</option>", "")
        page = re.sub(OF_THE_MOMENT, "", page)
        for trace in (
            "Ecuador",
            "Equador",
            "INEC",
            "Galápagos",
            "cantão",
            "cantões",
            "Cantão",
            "Cantões",
            "Batalla",
            "Batalha",
            "593",
        ):
            assert trace not in page, (address, trace)
    lines = client.get(reverse("settings_calendar")).context["lines"]
    assert all(line.kind == "decree" for line in lines), "what was announced, and no other law"
