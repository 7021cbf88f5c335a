"""Design §4.10: a page that reaches nobody goes to the next person, then the next level, then the telephone."""

import pytest

from guardia.cases import failed_notices
from guardia.escalation.escalation import Level
from guardia.notices.notice import Notice, NoticeState
from guardia.people.staff import SYSTEM, Staff
from tests.procedure.nights import E5, TUESDAY_MORNING, Night

LEVELS_OWN = "0999 000 002"


def late_on_tuesday(story, levels=(1, 2, 3), *, number_of=None, without_address=()) -> Night:
    """By day, so that E5 is not dialled anyway."""
    story.now = TUESDAY_MORNING
    night = Night(story, levels)
    if number_of:
        Level.objects.create(level=number_of, phone=LEVELS_OWN, phone_name="Celular de Operaciones")
    Staff.objects.filter(username__in=without_address).update(email="", channels=[])
    story.open_case()
    night.until_the_diagnosis_is_late()
    return night


def page_fails(night: Night, *who: str) -> None:
    """No way led to these persons: so the outbox leaves their notices, and the worker looks at them."""
    last = night.story.case.latest("paged")
    failed = Notice.objects.filter(event=last.pk, staff__username__in=who)
    assert failed.update(state=NoticeState.FAILED, reason="refused") == len(who)
    failed_notices.record_failed_pages(night.story.now)


def test_E2_one_of_two_was_not_reached_and_the_other_has_the_time_of_the_level(story):
    night = late_on_tuesday(story)
    page_fails(night, "supervisor-a")
    assert night.level == 1
    assert night.events("page_failed") == [("page_failed", "", story.now)]
    assert not night.is_silent()


def test_E2_neither_was_reached_and_the_next_level_is_paged_at_once(story):
    night = late_on_tuesday(story)
    night.paged()
    page_fails(night, "supervisor-a")
    page_fails(night, "supervisora-b")
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.steps()[-1] == (2, "page_failed")


def test_E_a_page_that_failed_is_counted_once(story):
    night = late_on_tuesday(story)
    page_fails(night, "supervisor-a")
    failed_notices.record_failed_pages(story.now)
    assert story.moments().count("page_failed") == 1


def test_E_a_page_of_a_level_that_was_left_behind_moves_nothing_any_more(story):
    night = late_on_tuesday(story)
    first = story.case.latest("paged")
    night.sweep_after(10.1)
    assert night.level == 2
    assert story.case.page_failed(night.one.pk, first.pk, "550", by=SYSTEM, at=story.now) is None
    assert night.level == 2


def test_E_a_failed_page_of_somebody_who_answers_already_moves_nothing(story):
    night = late_on_tuesday(story)
    night.acknowledges(night.one)
    page_fails(night, "supervisor-a", "supervisora-b")
    assert (night.level, story.case.answering) == (1, night.one)


def test_E3_a_level_without_an_address_has_its_own_number_dialled(story):
    night = late_on_tuesday(story, number_of=2, without_address=["gerente"])
    night.paged()
    page_fails(night, "supervisor-a", "supervisora-b")
    call = night.call()
    assert (call.level, call.clause, call.number, call.number_name) == (2, "E3", LEVELS_OWN, "Celular de Operaciones")
    assert night.paged() == []
    assert not night.is_silent()
    night.dials("")
    assert (night.level, night.paged()) == (3, ["gerente-senior"])


def test_E3_a_level_with_nobody_and_no_number_is_skipped_at_once_and_visibly(story):
    night = late_on_tuesday(story, levels=(1, 3))
    night.paged()
    night.sweep_after(10.1)
    assert night.events("level_skipped") == [("level_skipped", "", story.now)]
    assert [level for level, _ in night.steps()] == [1, 2, 3]
    assert night.paged() == ["gerente-senior"]


def test_E_all_levels_are_empty_and_E5_is_dialled_even_by_day(story):
    night = late_on_tuesday(story, levels=())
    assert night.steps() == [(1, "breach"), (2, "nobody"), (3, "nobody")]
    assert [kind for kind, _, _ in night.events("level_skipped")] == ["level_skipped"] * 2
    assert (night.call().clause, night.call().number) == ("E5", E5)


def test_E_all_levels_are_empty_and_it_is_never_silent(story):
    night = late_on_tuesday(story, levels=())
    for _ in range(90):
        night.sweep_after(1)
        assert not night.is_silent()
    owed = [at for _, _, at in night.events("call_owed")]
    assert len(owed) > 4
    assert (story.now - owed[-1]).total_seconds() <= 11 * 60


def test_E_somebody_who_has_left_the_house_is_not_paged(story):
    night = late_on_tuesday(story)
    night.paged()
    Staff.objects.filter(pk=night.manager.pk).update(is_active=False)
    night.sweep_after(10.1)
    assert night.paged() == ["gerente-senior"]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_E_whichever_level_is_empty_the_others_are_reached(story, level):
    night = late_on_tuesday(story, levels=tuple({1, 2, 3} - {level}))
    night.passes(60)
    reached = {data["level"] for data in story.case.events.filter(moment="paged").values_list("data", flat=True)}
    assert {1, 2, 3} - {level} <= reached
    assert not night.is_silent()


def test_E_a_person_with_a_long_title_is_dialled_like_any_other(story):
    """The name beside the number may be as long as a person's own; the sweep must not stumble over it."""
    story.now = TUESDAY_MORNING
    night = Night(story)
    title = "Gerente de Operaciones Técnicas de Clientes, Soporte y Mantenimiento de la Red de Fibra del Litoral"
    Staff.objects.filter(username="gerente").update(email="", mobile="0999 000 003", position=title)
    story.open_case()
    night.until_the_diagnosis_is_late()
    night.sweep_after(10.1)
    assert night.level == 2
    assert night.call().number == "0999 000 003"
    assert title.startswith(night.call().number_name)
