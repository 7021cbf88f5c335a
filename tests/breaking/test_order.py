"""Every act at every stop of the road, in whatever order: done whole or refused whole, never an error."""

import pytest

from guardia.doors.desk.acts import ACTS
from guardia.doors.now import now
from tests.breaking.browser import changed, on_record, taken_back, whole
from tests.breaking.stages import by_a_visit, by_mistake, right_fields

REFUSED = {403, 404, 409, 422}


def press(browser, story, act: str, fields: dict) -> str:
    """Post an act twice, as a double click does; what is wrong with what came of it, or nothing."""
    address, before, seq = f"/casos/{story.number}/{act}", on_record(), story.case.seq
    first = browser.post(address, {**fields, "seen": seq}, headers={"hx-request": "true"})
    if first.status_code in REFUSED:
        return f"refused, yet changed {changed(before)}" if changed(before) else ""
    if first.status_code != 200:
        return f"answered {first.status_code}"
    done, after = on_record(), story.case.seq
    if after == seq and changed(before):
        return f"changed {changed(before)} without an event"
    browser.post(address, {**fields, "seen": seq}, headers={"hx-request": "true"})
    return f"pressed twice, done twice: {changed(done)}" if changed(done) else ""


@pytest.mark.parametrize("road", [by_a_visit, by_mistake])
def test_every_act_at_every_stop(story, supervisor, road):
    wrong = {}
    for stop in road(story):
        fields = right_fields(story, now())
        assert set(fields) == set(ACTS), "an act without fields in tests/breaking/stages.py"
        for act in ACTS:
            with taken_back():
                if trouble := press(supervisor, story, act, fields[act]):
                    wrong[stop, act] = trouble
                whole()
    assert wrong == {}
