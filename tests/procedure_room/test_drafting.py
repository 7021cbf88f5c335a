"""A draft from its beginning to the version that it becomes: who writes does not approve; nothing is undone unseen."""

from datetime import timedelta

import pytest

from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.procedure import drafting, version
from guardia.procedure.differences import all_differences
from guardia.procedure.drafting import DraftState, ProcedureDraft
from tests.procedure_room.conftest import MORNING
from tests.procedure_room.sample import FILE, TEXT

SHORTER = TEXT.replace("target: 20 min\n", "target: 15 min\n")
LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def writer(published) -> Staff:
    return Staff.objects.create(username="w", name="Supervisora 1", role=Role.SUPERVISOR)


@pytest.fixture
def owner(published) -> Staff:
    return Staff.objects.create(username="q", name="Gerente de calidad", role=Role.QUALITY)


@pytest.fixture
def draft(writer) -> ProcedureDraft:
    return drafting.begin("Un diagnóstico más rápido", by=writer, at=MORNING)


def written(draft: ProcedureDraft, by: Staff, source: str = SHORTER, **other) -> None:
    fields = {"what_for": draft.what_for, "effective_at": None, "tells_customers": True, "revision": draft.revision}
    drafting.write(draft, source=source, by=by, at=LATER, **{**fields, **other})


def test_it_begins_with_the_newest_text(draft, published):
    assert (draft.source, draft.base) == (published.source, published)
    assert all_differences(published.procedure, drafting.read(draft)[0]) == []


def test_a_text_with_mistakes_is_saved_and_cannot_be_submitted(draft, writer):
    written(draft, writer, source="code: [")
    procedure, problems = drafting.read(draft)
    assert procedure is None
    assert problems[0].line == 1
    with pytest.raises(drafting.NotPossible, match="1"):
        drafting.submit(draft, by=writer, at=LATER)
    assert draft.state == DraftState.WRITING


def test_two_who_write_see_each_other(draft, writer, owner):
    written(draft, writer)
    with pytest.raises(drafting.WrittenMeanwhile, match="Supervisora 1"):
        written(draft, owner, source=TEXT, revision=1)
    assert draft.source == SHORTER


def test_what_changes_nothing_is_not_submitted(draft, writer):
    with pytest.raises(drafting.NotPossible, match="1"):
        drafting.submit(draft, by=writer, at=LATER)


def test_approved_it_rules_from_its_hour_on_and_the_old_one_until_then(draft, writer, owner, published):
    noon = MORNING + timedelta(days=3)
    written(draft, writer, effective_at=noon)
    drafting.submit(draft, by=writer, at=LATER)
    new = drafting.approve(draft, by=owner, at=LATER, reason="Conforme")
    assert version.in_force(noon - timedelta(seconds=1)) == published
    assert version.in_force(noon) == new
    assert draft.version == new
    assert drafting.approve(draft, by=owner, at=LATER) == new, "a second time is harmless"
    told = SettingChange.objects.filter(noun="draft", key=str(draft.pk)).order_by("-pk").first()
    assert told.after == {"state": "approved", "version": new.number, "reason": "Conforme"}


def test_who_wrote_or_submitted_does_not_approve(draft, writer, owner):
    written(draft, owner)
    drafting.submit(draft, by=writer, at=LATER)
    for each in (writer, owner):
        with pytest.raises(drafting.NotPossible):
            drafting.approve(draft, by=each, at=LATER)
    assert version.ProcedureVersion.objects.count() == 1


def test_what_was_sent_back_is_written_further(draft, writer, owner):
    written(draft, writer)
    drafting.submit(draft, by=writer, at=LATER)
    drafting.send_back(draft, "Falta la causa", by=owner, at=LATER)
    assert (draft.state, draft.reason) == (DraftState.WRITING, "Falta la causa")
    with pytest.raises(drafting.NotPossible):
        drafting.approve(draft, by=owner, at=LATER)


def test_a_saved_change_takes_a_submitted_draft_back(draft, writer, owner):
    """What the quality manager looked at is what is published."""
    written(draft, writer)
    drafting.submit(draft, by=writer, at=LATER)
    written(draft, writer, source=SHORTER.replace("target: 15 min\n", "target: 10 min\n"))
    assert draft.state == DraftState.WRITING


def test_a_version_published_meanwhile_is_looked_at_first(draft, writer, owner, published):
    written(draft, writer)
    drafting.submit(draft, by=writer, at=LATER)
    other = version.publish(TEXT.replace("PC-EC-01", "PC-EC-02"), FILE, None, LATER)
    with pytest.raises(drafting.Outdated, match=str(other.number)):
        drafting.approve(draft, by=owner, at=LATER)
    drafting.catch_up(draft, by=writer, at=LATER)
    assert (draft.base, draft.state, draft.source) == (other, DraftState.WRITING, SHORTER)
    drafting.submit(draft, by=writer, at=LATER)
    assert drafting.approve(draft, by=owner, at=LATER).number == other.number + 1


def test_a_past_hour_is_refused(draft, writer):
    written(draft, writer, effective_at=MORNING)
    with pytest.raises(drafting.NotPossible):
        drafting.submit(draft, by=writer, at=LATER)


def test_put_away_and_taken_up_again(draft, writer):
    written(draft, writer)
    drafting.discard(draft, by=writer, at=LATER)
    with pytest.raises(drafting.NotPossible):
        drafting.submit(draft, by=writer, at=LATER)
    drafting.take_up(draft, by=writer, at=LATER)
    drafting.submit(draft, by=writer, at=LATER)
    assert draft.state == DraftState.SUBMITTED


def test_a_text_that_is_too_long_is_refused_whole(draft, writer):
    with pytest.raises(drafting.NotPossible):
        written(draft, writer, source="x" * (drafting.LARGEST + 1))
    assert ProcedureDraft.objects.get().source == TEXT
