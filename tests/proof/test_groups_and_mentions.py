"""What the operator has within itself, beside the promises: whom a note told, and which resolver group had the case."""

import pytest

from guardia.cases.group_editing import save
from guardia.cases.resolver_group import GroupHold
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices.notice import Notice
from guardia.reports import verification
from tests.proof.test_history import forge


def findings() -> list[str]:
    with behind(DatabaseRole.WORKER):
        return [found.what for found in verification.findings(now())]


def test_a_note_to_a_colleague_that_was_taken_out_is_found(story, owner):
    with behind(DatabaseRole.STAFF):
        story.case.note("@ingeniero2 mira", by=story.by, at=story.now)
        notice = Notice.objects.get(moment="noted")
    assert findings() == []
    forge(owner, "UPDATE notice SET clause = 'P4' WHERE id = %(pk)s", pk=notice.pk)
    (found,) = findings()
    assert "P4" in found
    forge(owner, "DELETE FROM notice WHERE id = %(pk)s", pk=notice.pk)
    (found,) = findings()
    assert str(story.colleague.pk) in found


FORGED = {
    "the group": ("UPDATE group_hold SET group_id = %(other)s WHERE id = %(first)s", 1),
    "since when": ("UPDATE group_hold SET since = since - interval '5 min' WHERE id = %(first)s", 1),
    "until when": ("UPDATE group_hold SET until = until + interval '5 min' WHERE id = %(first)s", 1),
    "it holds still": ("UPDATE group_hold SET until = NULL WHERE id = %(last)s", 1),
    "its target": ("UPDATE group_hold SET due_at = due_at + interval '1 hour' WHERE id = %(first)s", 1),
    "a target that there was none": ("UPDATE group_hold SET due_at = since WHERE id = %(last)s", 1),
    "gone": ("DELETE FROM group_hold WHERE id = %(first)s", 1),
    "both gone": ("DELETE FROM group_hold", 2),
    "invented": (
        "INSERT INTO group_hold (case_id, group_id, since) SELECT case_id, group_id, since + interval '1 day'"
        " FROM group_hold WHERE id = %(last)s",
        1,
    ),
}


@pytest.fixture
def held(story) -> dict[str, int]:
    """Two groups had the case, one after the other, and the desk has it again."""
    with behind(DatabaseRole.STAFF):
        by = {"by": story.supervisor, "at": story.now}
        first = save(None, {"name_es": "Transporte", "target_minutes": "30"}, **by)
        other = save(None, {"name_es": "Energía"}, **by)
        for group in (first, other):
            story.case.pass_to_group(group, "medir", by=story.by, at=story.now)
            story.minutes_pass(7)
        story.case.take_back_from_group("volvió", by=story.by, at=story.now)
        holds = list(GroupHold.objects.order_by("pk").values_list("pk", flat=True))
    return {"other": other.pk, "first": holds[0], "last": holds[-1]}


@pytest.mark.parametrize("what", FORGED)
def test_which_group_had_a_case_is_found_where_it_is_not_as_its_events_say(held, owner, what):
    statement, count = FORGED[what]
    assert findings() == []
    forge(owner, statement, **held)
    assert len(findings()) == count, findings()


def test_of_a_group_that_is_not_there_nothing_is_compared(held, owner):
    """The archive of one company has neither groups nor what they had."""
    for table in ("group_hold", "resolver_group"):
        forge(owner, f"DELETE FROM {table}")
    assert findings() == []


def test_passed_on_at_the_same_instant_each_row_is_found_again(story, owner):
    with behind(DatabaseRole.STAFF):
        by = {"by": story.supervisor, "at": story.now}
        groups = [save(None, {"name_es": name}, **by) for name in ("Transporte", "Energía")]
        for group in [*groups, groups[0]]:
            story.case.pass_to_group(group, "medir", by=story.by, at=story.now)
    assert findings() == []
