"""Dispatch on a map: places by their coordinates, roads by their hours, and all of it as tables (P4)."""

import re
from datetime import timedelta
from itertools import combinations
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from guardia.cases.stages.field_work import Agreement
from guardia.customers.cities import City, listed
from guardia.customers.customer import Site
from guardia.customers.outline import outline_of
from guardia.field.crew import Crew
from guardia.web.desk.dispatch_map import map_at, way_done
from guardia.web.shared.drawing import Mark
from guardia.web.shared.map_drawing import Box, Place, Road, frame_of, map_of, spot_at

CUENCA, QUITO = (-79.005, -2.9), (-78.523, -0.23)


@pytest.fixture
def crew(noc) -> Crew:
    City.objects.filter(pk=noc.site.city_id).update(latitude=CUENCA[1], longitude=CUENCA[0])
    City.objects.get_or_create(
        name="Quito", province="Pichincha", defaults={"band": "main", "latitude": QUITO[1], "longitude": QUITO[0]}
    )
    City.objects.filter(name="Quito").update(latitude=QUITO[1], longitude=QUITO[0])
    return Crew.objects.create(name="Cuadrilla 1", base="Quito")


@pytest.fixture
def sent(noc, crew):
    noc.open_case()
    noc.diagnosis("visit")
    hours = {"forecast_from": noc.now + timedelta(hours=1), "forecast_to": noc.now + timedelta(hours=3)}
    noc.case.agree(Agreement("Despacho", "Jefe", "Portería", "24 horas", **hours, crew=crew), by=noc.by, at=noc.now)
    return noc


def test_the_towns_of_one_source_lie_in_the_provinces_of_the_other():
    """Coordinates are GeoNames', outlines Natural Earth's: neither knows of the other."""
    provinces = {each.name: each.rings for each in outline_of("EC")}
    towns = listed()
    assert all(town.latitude is not None for town in towns)
    assert set(provinces) == {town.province for town in listed()}
    for town in towns:
        nearest = min(
            abs(x - (town.longitude or 0)) + abs(y - (town.latitude or 0))
            for ring in provinces[town.province]
            for x, y in ring
        )
        assert inside(town, provinces[town.province]) or nearest < 0.25, town


def inside(town, rings) -> bool:
    found = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            crosses = (y1 > town.latitude) != (y2 > town.latitude)
            if crosses and town.longitude < (x2 - x1) * (town.latitude - y1) / (y2 - y1) + x1:
                found = not found
    return found


def test_a_case_and_its_crew_are_drawn_with_the_road_and_its_hour(sent):
    found = map_at(sent.now)
    svg = ElementTree.fromstring(found.drawing.svg)
    names = [link.get("aria-label") for link in svg.iter("a")]
    assert any(name.startswith("Cuenca") for name in names)
    assert any(name.startswith("Cuadrilla 1") for name in names)
    assert len([path for path in svg.iter("path") if path.get("class") == "road"]) == 1
    assert len([path for path in svg.iter("path") if path.get("class") == "land"]) == 24
    assert [(row.city, row.crew) for row in found.rows] == [("≈\u00a0Cuenca", "Cuadrilla 1")]
    assert found.line is not None


def test_what_has_no_coordinates_is_listed_with_where_to_enter_them(sent):
    City.objects.update(latitude=None)
    found = map_at(sent.now)
    assert [words for words, _href in found.without_place] == ["Cuenca, Azuay", "base of Cuadrilla 1: Quito"]
    assert [row.number for row in found.rows] == [sent.case.display_number]
    assert found.drawing is None


def test_a_case_without_coordinates_of_its_site_stands_at_its_city_and_says_so(sent):
    found = map_at(sent.now)
    assert [row.city for row in found.rows] == ["≈\u00a0Cuenca"]
    assert "≈\u00a0Cuenca" in found.drawing.body
    assert "approximate: at the city" in found.drawing.body


def test_a_site_with_coordinates_stands_there_apart_from_its_city(sent):
    Site.objects.filter(pk=sent.case.site_id).update(latitude=-2.95, longitude=-79.1)
    City.objects.filter(pk=sent.site.city_id).update(latitude=None)
    found = map_at(sent.now)
    assert [row.city for row in found.rows] == ["Cuenca"]
    assert "≈" not in found.drawing.body
    assert f"{sent.case.site.name}, Cuenca" in found.drawing.body
    assert found.without_place == []


def test_another_country_has_its_points_without_an_outline(sent, settings):
    settings.TIME_ZONE = "America/Bogota"
    found = map_at(sent.now)
    assert not found.has_outline
    assert found.drawing is not None
    assert 'class="land"' not in found.drawing.body


def test_a_crew_is_nowhere_before_it_says_so(sent):
    visit = sent.case.visits.get()
    visit.departed_at, visit.forecast_to = sent.now, sent.now + timedelta(hours=2)
    shares = [way_done(visit, sent.now + timedelta(minutes=minutes)) for minutes in (0, 60, 120, 600)]
    assert shares == [0.05, 0.5, 0.95, 0.95]


def test_the_projection_is_that_of_map_servers():
    """The tile 4/4/8 of any map server has its north-west corner at 90° W on the equator (OpenStreetMap's table)."""
    drawn = map_of((), [Place(-79.0, -2.0, Mark(1, "x"))], (), "x", "https://tiles.example/{z}/{x}/{y}.png")
    found = re.findall(r'href="https://tiles.example/(\d+)/(\d+)/(\d+).png" x="([-\d.]+)" y="([-\d.]+)"', drawn.body)
    frame = frame_of([(-79.0, -2.0)], False)
    assert found
    for zoom, column, row, x, y in found:
        count = 2 ** int(zoom)
        assert abs(frame.x(int(column) / count * 360 - 180) - float(x)) < 0.11
        assert abs((frame.north - (180 - int(row) / count * 360)) * frame.scale + 26 - float(y)) < 0.11


def test_a_map_server_is_asked_by_this_page_alone(sent, supervisor, settings, monkeypatch):
    from guardia.web.desk import dispatch_map

    monkeypatch.setattr(dispatch_map, "now", lambda: sent.now)
    assert "tiles" not in supervisor.get(reverse("dispatch_map"))["Content-Security-Policy"]
    settings.MAP_TILES = "https://tiles.example/{z}/{x}/{y}.png"
    answer = supervisor.get(reverse("dispatch_map"))
    assert "img-src 'self' data: https://tiles.example" in answer["Content-Security-Policy"]
    assert "script-src 'self';" in f"{answer['Content-Security-Policy']};"
    assert "https://tiles.example/" in answer.content.decode()
    assert "tiles" not in supervisor.get(reverse("dispatch"))["Content-Security-Policy"]


def test_the_page_says_in_tables_what_it_draws_and_an_empty_one_teaches(supervisor, sent, monkeypatch):
    from guardia.web.desk import dispatch_map

    monkeypatch.setattr(dispatch_map, "now", lambda: sent.now)
    html = supervisor.get(reverse("dispatch_map")).content.decode()
    assert html.count('class="map-row"') == 1
    assert "style=" not in html
    City.objects.update(longitude=None)
    assert "Nothing is on the map now." in supervisor.get(reverse("dispatch_map")).content.decode()


def test_names_of_near_places_do_not_cover_each_other():
    """Loja and Zamora, with two crews on the road between them."""
    loja, zamora = (-79.2, -3.99), (-78.95, -4.07)
    places = [
        Place(*loja, Mark(1, "x", label="≈ Loja")),
        Place(*zamora, Mark(1, "x", label="≈ Zamora")),
        Place(*loja, Mark(1, "x", label="Cuadrilla 4"), is_square=True),
        Place(*zamora, Mark(1, "x", label="Contratista del sur"), is_square=True),
    ]
    provinces = [(each.name, each.rings) for each in outline_of("EC")]
    drawn = map_of(provinces, places, [Road(loja, zamora, "11:47")], "x")
    boxes = [box_of(words) for words in ElementTree.fromstring(drawn.svg).iter("text") if words.text != "1"]
    assert len(boxes) == 5
    assert [one.shared_with(other) for one, other in combinations(boxes, 2)] == [0] * 10


def box_of(words: ElementTree.Element) -> Box:
    kinds = words.get("class").split()
    kind = next((each for each in kinds if each in {"middle", "end"}), "")
    return spot_at(float(words.get("x")), float(words.get("y")), kind, words.text).box
