"""Which mass outages would have been proposed, by the procedure's rule: three of one element within fifteen minutes."""

from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.outages.outage import Outage
from tests.shadow.logs import LOG, MEANS, NIGHT, replayed

RING = LOG.replace("service: circuit,", "service: circuit, element: element, site: site,")
COURSE = {0: "open", 45: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
pytestmark = pytest.mark.usefixtures("as_staff")


def ring(*cases, course=COURSE):
    """Each: its number, how many minutes after two it was opened, its circuit, element and site."""
    lines = ["number,company,circuit,element,site,time,activity,author"]
    for number, opened, circuit, element, site in cases:
        for minute, activity in course.items():
            at = NIGHT + timedelta(minutes=opened + minute)
            lines.append(f"{number},Company {number},{circuit},{element},{site},{at.isoformat(' ')},{activity},Ana")
    return "\n".join(lines)


def proposed(tmp_path, *cases, mapping=RING, **more):
    done = replayed(tmp_path, ring(*cases), mapping, means=MEANS, **more)
    return done, [(each["proposed_at"][11:16], each["name"], each["cases"]) for each in done.findings.outages]


THREE = [(name, minute, f"ENL-{name}", "Ring 1", "") for name, minute in (("A", 0), ("B", 5), ("C", 15))]


def test_p_the_third_within_fifteen_minutes_makes_it_one(tmp_path):
    _done, found = proposed(tmp_path, *THREE)
    assert found == [("07:15", "Ring 1", ["A", "B", "C"])]


def test_p_sixteen_minutes_are_too_many(tmp_path):
    _done, found = proposed(tmp_path, *THREE[:2], ("C", 16, "ENL-C", "Ring 1", ""))
    assert found == []


def test_p_three_cases_of_one_circuit_are_none(tmp_path):
    same = [(name, minute, "ENL-1", "Ring 1", "") for name, minute in (("A", 0), ("B", 5), ("C", 9))]
    done, found = proposed(tmp_path, *(each for each in same))
    assert found == [] or len(done.findings.companies) == 3  # of three companies they are three circuits


def test_p_who_comes_later_joins_until_the_last_is_restored(tmp_path):
    """C is back at 03:15; D at 03:14 joins and keeps it open until 04:14, E at 04:13 too, F at 06:00 is alone."""
    rest = [(name, minute, f"ENL-{name}", "Ring 1", "") for name, minute in (("D", 74), ("E", 133), ("F", 240))]
    _done, found = proposed(tmp_path, *THREE, *rest)
    assert found == [("07:15", "Ring 1", ["A", "B", "C", "D", "E"])]


def test_p_what_is_open_for_less_than_an_hour_joins_as_it_is_proposed(tmp_path):
    """A is too old for the pile of B, C and D, not to be gathered (60 min)."""
    cases = [
        (name, minute, f"ENL-{name}", "Ring 1", "") for name, minute in (("A", 0), ("B", 40), ("C", 41), ("D", 42))
    ]
    _done, found = proposed(tmp_path, *cases)
    assert found == [("07:42", "Ring 1", ["A", "B", "C", "D"])]


def test_p_the_operators_own_network_knows_what_a_circuit_hangs_on(tmp_path):
    network = {f"enl-{name}": ["Agency", "Node 7", "Core"] for name in "abc"}
    cases = [(name, minute, circuit, "", "") for name, minute, circuit, _element, _site in THREE]
    done, found = proposed(tmp_path, *cases, network=network)
    assert found == [("07:15", "Node 7", ["A", "B", "C"])]
    assert done.findings.knows_causes


def test_without_column_or_network_it_is_not_known(tmp_path):
    done, found = proposed(tmp_path, *THREE, mapping=LOG)
    assert (found, done.findings.knows_causes) == ([], False)


def test_e_d_cases_of_one_site_of_the_file_share_a_page(tmp_path):
    """ADR 27: the site is the common cause; the site of another company is another one."""
    cases = [(name, 0, f"ENL-{name}", "", "Norte") for name in "AB"]
    text = ring(*cases).replace("Company B", "Company A")
    assert replayed(tmp_path, text, RING, means=MEANS).findings.pages["1"] == 1


def test_e_d_three_cases_of_one_ring_are_paged_for_each(tmp_path):
    done, _found = proposed(tmp_path, *THREE)
    assert done.findings.pages["1"] == 3
    assert Outage.objects.count() == 0


def test_e_d_three_cases_of_a_declared_outage_share_their_pages(tmp_path):
    done, found = proposed(tmp_path, *THREE, declares=True)
    assert [name for _at, name, _cases in found] == ["Ring 1"]
    assert done.findings.pages["1"] == 2  # of A for all, and when it is diagnosed at 02:45, of whoever is still late
    assert Case.objects.filter(part_of=Outage.objects.get()).count() == 3
    assert Case.objects.count() == 3
    assert done.findings.letters["outage_joined"] == 3
