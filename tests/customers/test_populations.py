"""The statistics office's figures come in as a file, every one or none, by the canton's code."""

import pytest
from django.utils import translation

from guardia.customers.cities import City, WrongPopulations, bring_populations, load_cities


@pytest.fixture(autouse=True)
def cities(as_staff):
    load_cities()
    with translation.override("en"):
        yield


def population(code: str) -> int | None:
    return City.objects.get(code=code).population


def test_a_figure_that_was_missing_is_there_and_no_band_moves():
    before = City.objects.get(code="0701")
    assert before.population is None
    brought = bring_populations("code,population,name\n0701,306309,Machala\n")
    assert (brought.changed, brought.unknown) == (1, ())
    after = City.objects.get(code="0701")
    assert (after.population, after.band) == (306309, before.band)
    assert bring_populations("code,population\n0701,306309\n").changed == 0, "a repeat changes nothing"


@pytest.mark.parametrize("written", ["306309", "306.309", "306,309", "306 309"])
def test_figures_as_offices_write_them(written):
    bring_populations(f"population;code\n{written};701\n")
    assert population("0701") == 306309


def test_a_code_of_no_city_is_named_and_the_others_are_taken():
    assert bring_populations("code,population\n0701,5\n9999,5\n").unknown == ("9999",)
    assert population("0701") == 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("canton,people\n0701,5\n", 1),
        ("", 1),
        ("code,population\n0701,5\nMachala,5\n", 3),
        ("code,population\n0701,many\n", 2),
        ("code,population\n0701,-5\n", 2),
        ("code,population\n0701,5\n0701,6\n", 3),
        ("code,population\n0701\n", 2),
        ("code,population\n0701,99999999999\n", 2),
    ],
)
def test_with_one_mistake_nothing_is_taken_and_its_line_is_named(text, line):
    with pytest.raises(WrongPopulations, match=f"Line {line}:"):
        bring_populations(text)
    assert population("0701") is None
