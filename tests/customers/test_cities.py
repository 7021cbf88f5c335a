"""Ecuador's 221 cantonal cities, loaded once and corrected by hand."""

from collections import Counter
from zoneinfo import available_timezones

import pytest

from guardia.customers.cities import City, Gazetteer, listed, load_cities
from guardia.customers.editing import save_city
from guardia.customers.values import Misfit
from guardia.procedure.vocabulary import Band

CANTONS = {
    "Azuay": 15, "Bolívar": 7, "Cañar": 7, "Carchi": 6, "Chimborazo": 10, "Cotopaxi": 7, "El Oro": 14, "Esmeraldas": 7,
    "Galápagos": 3, "Guayas": 25, "Imbabura": 6, "Loja": 16, "Los Ríos": 13, "Manabí": 22, "Morona Santiago": 12,
    "Napo": 5, "Orellana": 4, "Pastaza": 4, "Pichincha": 8, "Santa Elena": 3, "Santo Domingo de los Tsáchilas": 2,
    "Sucumbíos": 7, "Tungurahua": 9, "Zamora Chinchipe": 9,
}  # fmt: skip


def test_the_list_has_every_canton_once_with_a_known_band_and_zone():
    cities = listed()
    assert Counter(city.province for city in cities) == CANTONS
    assert len({(city.name, city.province) for city in cities}) == 221
    assert {city.band for city in cities} == set(Band)
    assert {city.zone for city in cities} <= available_timezones()


def test_the_islands_have_their_own_zone_and_band():
    islands = {(city.zone, city.band) for city in listed() if city.province == "Galápagos"}
    assert islands == {("Pacific/Galapagos", "remote")}
    assert {city.zone for city in listed() if city.province != "Galápagos"} == {"America/Guayaquil"}


def test_loading_again_changes_nothing(as_staff):
    assert load_cities() == 221
    assert load_cities() == 0
    assert City.objects.count() == 221


def test_an_edited_city_stays_as_it_was_edited_and_others_follow_the_list(as_staff):
    load_cities()
    manta = City.objects.get(name="Manta")
    fields = {"name": "Manta", "province": "Manabí", "band": "intermediate", "zone": "America/Guayaquil"}
    save_city(manta, {**fields, "band_reason": "puerto cerrado"})
    City.objects.filter(name="Quito").update(band="remote")
    assert load_cities() == 1
    assert City.objects.get(name="Manta").band == "intermediate"
    assert City.objects.get(name="Quito").band == "main"


def test_a_city_that_was_renamed_by_hand_does_not_come_back_under_its_old_name(as_staff):
    load_cities()
    named = {"name": "Manta (puerto)", "province": "Manabí", "band": "intermediate", "zone": "America/Guayaquil"}
    save_city(City.objects.get(name="Manta"), {**named, "band_reason": "puerto cerrado"})
    assert load_cities() == 0
    assert City.objects.count() == 221
    assert City.objects.get(name="Manta (puerto)").band == "intermediate"


@pytest.fixture
def gazetteer(as_staff) -> Gazetteer:
    load_cities()
    return Gazetteer.of(City.objects.all())


@pytest.mark.parametrize(
    ("written", "province", "found"),
    [
        ("CUENCA", "", "Cuenca"),
        ("bahia de caraquez", "", "Bahía de Caráquez"),
        ("Rumiñahui", "", "Sangolquí"),
        ("Coca", "", "El Coca"),
        ("Olmedo, Loja", "", "Olmedo"),
        ("Bolívar", "Manabí", "Calceta"),
    ],
)
def test_a_city_is_found_by_the_names_it_goes_by(gazetteer, written, province, found):
    assert gazetteer.find(written, province).name == found


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("Cuenka", "Did you mean “Cuenca, Azuay”?"),
        ("Olmedo", "Olmedo, Loja; Olmedo, Manabí"),
        ("Sucre", "24 de Mayo, Manabí; Bahía de Caráquez, Manabí"),
        ("Xyzzyplugh", "Add it to the list"),
        ("Quito, Loja", "Did you mean “Quito, Pichincha”?"),
    ],
)
def test_a_city_that_is_not_found_says_what_to_write(gazetteer, written, says):
    with pytest.raises(Misfit) as refused:
        gazetteer.find(written)
    assert says in str(refused.value)
