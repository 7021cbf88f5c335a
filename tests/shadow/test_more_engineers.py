"""What one more engineer would have changed, worked out by hand; where the file does not allow it, nothing is told."""

import pytest
from django.utils import translation

from guardia.shadow.engineer_section import section_of
from guardia.shadow.more_engineers import grade
from tests.shadow.logs import LOG, MEANS, NIGHT, TABLE, log, replayed, table

TAKEN = MEANS | {"taken": "taken"}
REST = {60: "back", 65: "yes", 120: "stable", 140: "done"}
pytestmark = pytest.mark.usefixtures("as_staff")


def queue(tmp_path, *rules, means=TAKEN, mapping=LOG, text=None, **cases):
    return replayed(tmp_path, text or log(**cases), mapping, means=means, engineers=rules).engineers


def later(opened, *course):
    """A case that is opened some minutes after the night's first one: what happens at which minute of that night."""
    return {opened: "open"} | dict(course) | REST


def found_first(**cases):
    """``found`` means diagnosed: an engineer is free after it."""
    return {"means": TAKEN | {"found": "diagnosed"}, **cases}


def test_p3_two_at_night_keep_what_one_breaks(tmp_path):
    """A is taken at once and diagnosed after 15 minutes. B, opened at 2, is taken at 15 and diagnosed at 27: 25
    minutes. With a second engineer it would have been taken at 2 and diagnosed at 14: 12 minutes.
    """
    first, second = later(0, (0.5, "taken"), (15, "found")), later(2, (15, "taken"), (27, "found"))
    done = queue(tmp_path, "night=+1", **found_first(A=(NIGHT, first), B=(NIGHT, second)))
    assert done["refusal"] == ""
    assert (done["judged"], done["kept"]) == (2, [1, 1, 2])
    assert (done["gained"], done["lost"]) == (["B"], [])
    assert done["longest"][2] <= 60


def test_p3_one_more_by_day_changes_nothing_at_night(tmp_path):
    first, second = later(0, (0.5, "taken"), (15, "found")), later(2, (15, "taken"), (27, "found"))
    done = queue(tmp_path, "day=+1", **found_first(A=(NIGHT, first), B=(NIGHT, second)))
    assert (done["kept"], done["gained"]) == ([1, 1, 1], [])


def test_w1_what_it_waited_held_nobody_and_no_promise(tmp_path):
    """A waits for the customer from 5 to 45: of its 50 minutes it holds an engineer for 10, and its clock ran for
    10.
    """
    course = later(0, (0.5, "taken"), (5, "wait"), (45, "open"), (50, "found"))
    done = queue(tmp_path, "night=+1", **found_first(A=(NIGHT, course)))
    assert done["kept"] == [1, 1, 1]


def test_where_a_plan_needs_no_visit_it_holds_an_engineer_until_the_restoration(tmp_path):
    """A is solved remotely at 60: B, opened at 2 and by the file taken at 3, would have waited until then."""
    first, second = later(0, (0.5, "taken"), (15, "found")), later(2, (3, "taken"), (14, "found"))
    done = queue(tmp_path, "22:00-06:00=1", "night=+1", A=(NIGHT, first), B=(NIGHT, second))
    assert (done["refusal"], done["kept"]) == ("", [2, 1, 2])


@pytest.mark.parametrize(
    ("reason", "about", "words"),
    [
        ("no diagnosis", {"mapping": TABLE, "text": table(("A", "N", NIGHT, 50, 200))}, "diagnosed"),
        ("no first work", {"means": MEANS, "A": (NIGHT, later(0, (15, "found")))}, "=taken"),
        (
            "no engineers",
            {"text": log(A=(NIGHT, later(0, (0.5, "taken"), (15, "found")))).replace("Ana", "")},
            "22:00-06:00=2",
        ),
    ],
)
def test_where_the_file_does_not_allow_it_nothing_is_told(tmp_path, reason, about, words):
    done = queue(tmp_path, "night=+1", **about)
    assert done["refusal"] == reason
    with translation.override("en"):
        section = section_of(done, None)
    assert section.tables == ()
    assert words in section.said[0]


def test_a_queue_that_does_not_come_near_the_file_tells_nothing(tmp_path):
    """One name that did four cases at once is no one engineer."""
    four = {name: (NIGHT, later(0, (1, "taken"), (19, "found"))) for name in "ABCD"}
    done = queue(tmp_path, "night=+1", **found_first(**four))
    assert (done["refusal"], done["kept"][:2]) == ("not near", [4, 1])
    assert done["gained"] == []


def test_nobody_asks_and_nothing_is_computed(tmp_path):
    assert queue(tmp_path, A=(NIGHT, later(0, (15, "found")))) is None


@pytest.mark.parametrize(("cell", "number"), [("P1", 1), ("2 - high", 2), ("", 1000), ("critical", 1000)])
def test_the_first_number_of_a_cell_says_how_grave_a_case_is(cell, number):
    assert grade(cell) == number


def test_the_graver_case_goes_first_where_the_file_says_so(tmp_path):
    """A holds the one engineer until 15; then C, of severity 1, goes before B: by the file at 15 and 20, both in
    time.
    """
    head, *lines = log(
        A=(NIGHT, later(0, (0.5, "taken"), (15, "found"))),
        B=(NIGHT, later(2, (20, "taken"), (30, "found"))),
        C=(NIGHT, later(3, (15, "taken"), (20, "found"))),
    ).split("\n")
    text = "\n".join([f"{head},severity", *(f"{line},{1 if line.startswith('C') else 3}" for line in lines)])
    mapping = LOG.replace("author: author", "author: author, severity: severity")
    done = queue(tmp_path, "night=+1", text=text, mapping=mapping, means=TAKEN | {"found": "diagnosed"})
    assert (done["by_severity"], done["refusal"], done["kept"]) == (True, "", [2, 2, 3])
