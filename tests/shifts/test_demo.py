"""The desk of the sample operator is manned at whatever hour the demo opens."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardia.cases.alarms import watch_shifts
from guardia.cases.draft import Draft
from guardia.demo.staffing import hire, man_the_desk
from guardia.people import shifts
from guardia.people.shifts import Handover, Shift
from guardia.web.desk.handover.change import draft_key
from guardia.web.desk.handover.standing import standing_at

QUITO = ZoneInfo("America/Guayaquil")


@pytest.mark.parametrize("hour", ["00:00", "05:59", "06:00", "06:02", "10:20", "13:58", "14:00", "18:30", "22:01"])
def test_three_shifts_one_signature_and_one_preparation(as_staff, hour):
    now = datetime.fromisoformat(f"2026-11-21T{hour}").replace(tzinfo=QUITO)
    team = hire()
    man_the_desk(team, now)
    standing = standing_at(now)
    there = {shift.staff for shift in standing.there}
    assert there == set(team.on_shift(now))
    assert standing.beyond == []
    assert watch_shifts(now) == []
    handover = Handover.objects.first()
    assert handover.incoming in there
    assert handover.due_at == standing.began_at
    assert handover.signed_at <= now
    draft = Draft.objects.get()
    assert draft.staff in there
    assert draft.key == draft_key(standing.ends_at)
    assert Shift.objects.filter(ended_at=None).count() == 2
    assert Shift.objects.earliest("started_at").started_at <= now - timedelta(hours=24)
    assert shifts.last_left_at(shifts.TECHNICAL) == handover.signed_at
