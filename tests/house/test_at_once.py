"""Two persons, or a person and the sweep, do the same or the opposite at the same instant."""

import itertools
from datetime import timedelta

import pytest

from guardia.cases import answering_together, chain, derived, drills, rebuild
from guardia.cases.contesting import Ruling
from guardia.cases.refusals import Missing, Refused, WaitIsRuledOn
from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.escalation.editing import end_rota, restore_cover, rota_again, save_cover, withdraw_cover
from guardia.escalation.escalation import CallTask
from guardia.escalation.reachability import Proof
from guardia.escalation.rota import Cover, Rota
from guardia.notices.notice import Notice
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import WaitCause
from tests.house.test_in_turn import another, somebody_waits_for_a_turn
from tests.house.test_together import at_once
from tests.procedure import story as stories
from tests.procedure.nights import ACCESS, Night
from tests.procedure.story import Story


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        return Story()


@pytest.fixture
def night(story) -> Night:
    """A case whose diagnosis is late: level 1 is paged."""
    with behind(DatabaseRole.STAFF):
        night = Night(story)
        story.open_case()
        night.until_the_diagnosis_is_late()
        return night


def whole() -> None:
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


# --- who answers ------------------------------------------------------------------------------------------------------


def answers(night: Night, who, address: str):
    def act():
        cases = answering_together.locked([night.story.case.pk])
        by = Actor.of_staff(who)
        return len(answering_together.acknowledge_all(cases, who, by=by, at=night.story.now, reached_at=[address]))

    return act


def test_E_two_who_acknowledge_at_once_are_both_on_record_and_the_later_one_answers(night):
    assert at_once(answers(night, night.one, "a@example.com"), answers(night, night.other, "b@example.com")) == [1, 1]
    with behind(DatabaseRole.STAFF):
        case = night.story.case
        said = case.events.filter(moment="acknowledged").order_by("seq").values_list("data__staff", flat=True)
        assert sorted(said) == sorted([night.one.pk, night.other.pk])
        assert case.answering_id == case.escalation_now().acknowledged_by == list(said)[-1]
        assert case.clocks.filter(kind="movement", ended_at=None).count() == 1
        assert Proof.objects.filter(how="page", reached=True).count() == 2
    whole()


def test_E_one_who_taps_twice_at_once_answers_once(night):
    assert sorted(at_once(*[answers(night, night.one, "a@example.com")] * 3)) == [0, 0, 1]
    with behind(DatabaseRole.STAFF):
        assert night.story.moments().count("acknowledged") == 1
        assert Proof.objects.filter(how="page").count() == 1
    whole()


def test_E_the_sweep_beside_a_person_who_acknowledges_never_pages_past_an_answer(night):
    """The time to answer is over at this instant: whoever is first is right; nobody is paged after an answer."""
    with behind(DatabaseRole.STAFF):
        night.story.minutes_pass(10)
        assert night.level == 1
    at_once(answers(night, night.one, "a@example.com"), night.story.the_sweep_runs)
    with behind(DatabaseRole.STAFF):
        night.sweep_after(0)
        moments = [moment for moment in night.story.moments() if moment in {"paged", "acknowledged"}]
        running = night.running
        assert moments.count("acknowledged") == 1
        assert moments in (["paged", "paged", "acknowledged"], ["paged", "acknowledged"])
        assert running.acknowledged_by == night.one.pk
        assert not night.is_silent()
        pages = Notice.objects.filter(moment="paged").values_list("event", "staff")
        assert len(pages) == len(set(pages))
    whole()


def test_E5_two_who_dialled_the_same_number_at_once_made_one_call(night):
    def dials():
        case = night.story.case
        task = CallTask.objects.get(case=case)
        return case.call_made(task, answered_by="Supervisor", by=night.story.by, at=night.story.now).seq

    found = at_once(dials, dials)
    assert len(set(found)) == 1
    with behind(DatabaseRole.STAFF):
        assert night.story.moments().count("call_made") == 1
        assert Proof.objects.filter(how="call").count() == 1
    whole()


# --- objections -------------------------------------------------------------------------------------------------------


def test_P7_an_objection_beside_the_ruling_is_ruled_on_or_told_that_it_comes_too_late(story):
    with behind(DatabaseRole.STAFF):
        quality = Actor.of_staff(stories.staff("calidad", Role.QUALITY))
        story.open_case()
        promised = {"party": "Proveedor", "party_ticket": "8841", "party_promise_at": story.now + timedelta(hours=1)}
        carrier = WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", **promised)
        waits = [story.case.wait(why, by=story.by, at=story.now).data["wait"] for why in (ACCESS, carrier)]
        story.minutes_pass(1)
        first, second = story.case.waits.filter(pk=waits[0]), story.case.waits.filter(pk__in=waits)
        story.case.contest(first, who="Jefe", words="la puerta estaba abierta", by=story.by, at=story.now)

    def rules():
        return story.case.rule({waits[0]: Ruling(True, "se comprobó")}, by=quality, at=story.now).moment

    def objects():
        return story.case.contest(second, who="Jefe", words="ninguna fue", by=story.by, at=story.now).moment

    ruled, objected = at_once(rules, objects)
    either = (ruled, type(objected)) == ("ruled", WaitIsRuledOn) or (type(ruled), objected) == (Missing, "contested")
    assert either, (ruled, objected)
    with behind(DatabaseRole.STAFF):
        open_ones = story.case.contested().count()
        assert open_ones == (0 if ruled == "ruled" else 2)
        assert story.case.clocks.filter(kind="ruling", ended_at=None).exists() == bool(open_ones)
    whole()


def test_P7_two_who_rule_at_once_rule_once(story):
    with behind(DatabaseRole.STAFF):
        quality = Actor.of_staff(stories.staff("calidad", Role.QUALITY))
        story.open_case()
        wait = story.case.wait(ACCESS, by=story.by, at=story.now).data["wait"]
        story.minutes_pass(1)
        story.case.contest(story.case.waits.all(), who="Jefe", words="no fue así", by=story.by, at=story.now)

    def rules(upheld):
        ruling = {wait: Ruling(upheld, "se comprobó")}
        return lambda: story.case.rule(ruling, by=quality, at=story.now).moment

    found = at_once(rules(True), rules(False))
    assert found.count("ruled") == 1
    assert sum(isinstance(each, Refused) for each in found) == 1
    with behind(DatabaseRole.STAFF):
        assert story.moments().count("ruled") == 1
    whole()


# --- the matrix -------------------------------------------------------------------------------------------------------


def cover(story: Story, hour: int, hours: int = 4) -> dict:
    start = story.now + timedelta(hours=hour)
    return {"level": 1, "seat": 1, "staff": story.colleague, "start": start, "end": start + timedelta(hours=hours)}


def test_E_covers_that_overlap_saved_at_once_are_one_and_the_others_are_told_whose_it_is(story):
    saves = [
        lambda n=n: save_cover(cover(story, 10 + n), by=story.supervisor, at=story.now).pk  # each overlaps the next
        for n in range(4)
    ]
    found = at_once(*saves)
    kept = [each for each in found if isinstance(each, int)]
    refused = [each for each in found if not isinstance(each, int)]
    assert kept
    assert all("start" in each.message_dict for each in refused), refused
    with behind(DatabaseRole.STAFF):
        spans = sorted((c.during.lower, c.during.upper) for c in Cover.objects.filter(withdrawn=False))
        assert len(spans) == len(kept) == SettingChange.objects.filter(noun="cover").count()
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_E_a_cover_that_comes_back_waits_for_whoever_writes_another_one(story):
    """Not in the database's own check of the overlap, where two who wait for each other end in an error."""
    with behind(DatabaseRole.STAFF):
        old = save_cover(cover(story, 10), by=story.supervisor, at=story.now)
        withdraw_cover(old, by=story.supervisor, at=story.now)
    with another() as one:
        with behind(DatabaseRole.STAFF):
            save_cover(cover(story, 12), by=story.supervisor, at=story.now)
            back = one(lambda: restore_cover(old, by=story.supervisor, at=story.now))
            somebody_waits_for_a_turn()
        assert "start" in back.exception(timeout=60).message_dict


def test_E_a_rota_taken_up_again_twice_at_once_is_one(story):
    with behind(DatabaseRole.STAFF):
        held = stories.rota(1, story.supervisor, story.now)
        end_rota(held, story.now, by=story.supervisor, at=story.now)
    with another() as one:
        with behind(DatabaseRole.STAFF):
            first = rota_again(held, by=story.supervisor, at=story.now)
            second = one(lambda: rota_again(held, by=story.supervisor, at=story.now + timedelta(seconds=1)))
            somebody_waits_for_a_turn()
        assert second.result(timeout=60).pk == first.pk
    with behind(DatabaseRole.STAFF):
        assert Rota.objects.filter(valid__contains=story.now).count() == 1


def test_E_a_drill_started_twice_at_once_pages_once(story):
    with behind(DatabaseRole.STAFF):
        stories.rota(1, story.supervisor, story.now)
        story.supervisor.refresh_from_db()
    start = lambda: drills.start([story.supervisor], 1, by=story.supervisor, at=story.now)  # noqa: E731
    with another() as one:
        with behind(DatabaseRole.STAFF):
            assert start()
            again = one(start)
            somebody_waits_for_a_turn()
        assert again.result(timeout=60) is None
    with behind(DatabaseRole.STAFF):
        assert Notice.objects.filter(alarm__kind="drill").count() == 1


def test_A1_two_who_see_to_an_empty_desk_by_desk_and_by_link_the_first_one_does(story):
    with behind(DatabaseRole.STAFF):
        alarms.begin("technical", story.now)
        by_desk, by_link = alarms.open_alarm("technical"), Alarm.objects.get()
        alarms.acknowledge(by_link, story.supervisor, story.now)
        alarms.acknowledge(by_desk, story.colleague, story.now)
        assert Alarm.objects.get().acknowledged_by == story.supervisor
