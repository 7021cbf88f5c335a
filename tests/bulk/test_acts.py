"""Each act with what is allowed and what is refused, looked at before, done case by case, taken back within 30 s."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from guardia.cases import bulk, chain, derived
from guardia.cases.bulk_act import BulkAct, BulkLine, forget, left_behind
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import OnlyASupervisorForMany, UndoIsOver
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Clock
from guardia.notices.notice import Notice
from guardia.outages.bulk_cause import DEEDS
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import WaitCause
from guardia.proof.offline import guardia_verify
from guardia.web.report.document import closing_document
from tests.bulk.conftest import WAITS
from tests.procedure.story import contact, staff

FOG = {"cause": "customer", "asked_by": "Jefe de Sistemas", "reason": "sede cerrada", "proof": "boletín 12"}


def news_due(case: Case) -> datetime:
    """Until when the customer must have news."""
    due = Clock.objects.get(case=case, kind="next_news", ended_at=None).due_at
    assert due
    return due


def moments(case: Case) -> list[str]:
    return list(case.events.order_by("seq").values_list("moment", flat=True))


def test_closing_is_never_among_what_is_done_to_many():
    """P7 documents the fault, the solution and the affected time of each case."""
    assert set(DEEDS) == {"assign", "tell", "link", "cause", "resume", "wait"}


# --- before it is done ------------------------------------------------------------------------------------------------
def test_looking_says_what_will_happen_who_is_told_and_what_is_refused_and_writes_nothing(bench):
    one, two, three = bench.has(3)
    two.cancel("duplicado", by=bench.story.by, at=bench.now)
    before = CaseEvent.objects.count(), Notice.objects.count()
    lines = bench.looks("tell", {"text": "Vamos en camino"})
    assert [bool(line.refusal) for line in lines] == [False, True, False]
    assert "(P7)" in lines[1].refusal
    assert lines[0].told == ("Jefe de Sistemas", "Help Desk")
    assert lines[0].case.seq == one.seq
    assert (CaseEvent.objects.count(), Notice.objects.count()) == before
    assert Case.objects.get(pk=three.pk).seq == three.seq


def test_looking_at_a_hand_over_says_from_whom(bench):
    bench.has(2)
    lines = bench.looks("assign", {"to": bench.story.colleague.pk})
    assert [line.was["from"] for line in lines] == [bench.story.engineer.pk] * 2
    assert not any(line.told for line in lines)


# --- each act ---------------------------------------------------------------------------------------------------------
def test_a_hand_over_of_many_is_an_event_of_each_and_what_is_closed_is_listed(bench, outcome_counts):
    _one, two, _three = bench.has(3)
    two.cancel("duplicado", by=bench.story.by, at=bench.now)
    act = bench.acts("assign", {"to": bench.story.colleague.pk})
    assert outcome_counts(act) == {"done": 2, "refused": 1}
    assert [case.assigned for case in bench.all()] == [
        bench.story.colleague, bench.story.engineer, bench.story.colleague,
    ]  # fmt: skip
    assert [moments(case)[-1] for case in bench.all()] == ["assigned", "cancelled", "assigned"]
    assert "(P7)" in act.lines.get(case=two).words
    assert act.finished_at == bench.now
    assert act.typed == {}


def test_a_case_goes_only_to_who_handles_its_desk(bench, outcome_counts):
    bench.has(2)
    seller = staff("ventas1", Role.SALES)
    assert outcome_counts(bench.acts("assign", {"to": seller.pk})) == {"refused": 2}


def test_who_does_not_handle_the_desk_acts_on_none_of_its_cases(bench, outcome_counts):
    bench.has(2)
    act = bench.acts("tell", {"text": "hola"}, by=staff("ventas1", Role.SALES))
    assert outcome_counts(act) == {"refused": 2}
    assert "(A3)" in act.lines.first().words


def test_the_same_news_for_all_leaves_half_a_minute_later_and_counts_from_then_on(bench, outcome_counts):
    one, _two = bench.has(2)
    before, next_news = bench.messages(), news_due(one)
    act = bench.sends("tell", {"text": "El tramo se repara"})
    bench.goes_on(act)
    assert outcome_counts(act) == {"pending": 2}
    bench.story.seconds_pass(WAITS - 1)
    bench.goes_on(act)
    assert (bench.messages(), news_due(one)) == (before, next_news)
    bench.story.seconds_pass(1)
    bench.goes_on(act)
    assert outcome_counts(act) == {"done": 2}
    assert len(bench.letters()) == 4
    assert bench.messages() > before
    assert news_due(one) > next_news
    assert one.events.get(moment="news_sent").recorded_at == bench.now


def test_cases_of_one_company_are_linked_to_one_and_those_of_others_are_refused(bench, outcome_counts):
    parent, *_others = bench.has(3)
    act = bench.acts("link", {"number": parent.display_number})
    assert outcome_counts(act) == {"done": 2, "refused": 1}
    assert act.lines.get(case=parent).state == "refused"
    assert moments(Case.objects.get(pk=parent.pk))[-2:] == ["case_linked", "case_linked"]
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 2, "refused": 1}
    assert moments(Case.objects.get(pk=parent.pk))[-1] == "case_unlinked"


def test_many_go_on_and_taken_back_not_a_second_has_run(bench, outcome_counts):
    one, two, three = bench.has(3)
    due = Clock.objects.get(case=one, kind="diagnosis").due_at
    for case in (one, two):
        why = WaitReason(WaitCause.CUSTOMER, asked_by="Jefe", reason="sin acceso", proof="correo")
        case.wait(why, by=bench.story.by, at=bench.now)
    bench.story.minutes_pass(10)
    act = bench.acts("resume", {})
    assert outcome_counts(act) == {"done": 2, "refused": 1}
    assert "(W1)" in act.lines.get(case=three).words
    bench.story.seconds_pass(20)
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 2, "refused": 1}
    assert one.waits.filter(ended_at=None).count() == 1
    bench.story.minutes_pass(5)
    again = bench.acts("resume", {})
    assert outcome_counts(again) == {"done": 2, "refused": 1}
    stood = sum((wait.ended_at - wait.started_at for wait in one.waits.all()), timedelta())
    assert stood == timedelta(minutes=15, seconds=20)
    assert Clock.objects.get(case=one, kind="diagnosis").due_at == due + stood


def test_only_a_supervisor_puts_many_in_wait_with_a_proof(bench, outcome_counts):
    bench.has(2)
    with pytest.raises(OnlyASupervisorForMany):
        bench.looks("wait", FOG)
    with pytest.raises(OnlyASupervisorForMany):
        bench.sends("wait", FOG)
    act = bench.acts("wait", FOG | {"proof": " "}, by=bench.story.supervisor)
    assert outcome_counts(act) == {"refused": 2}
    act = bench.acts("wait", FOG, by=bench.story.supervisor)
    assert outcome_counts(act) == {"done": 2}
    assert {wait.proof for case in bench.all() for wait in case.waits.all()} == {"boletín 12"}


def test_a_wait_of_many_taken_back_was_none_and_tells_nobody(bench, outcome_counts):
    one, _two = bench.has(2)
    before = Clock.objects.get(case=one, kind="diagnosis").due_at
    act = bench.acts("wait", FOG, by=bench.story.supervisor)
    messages = bench.messages()
    bench.story.seconds_pass(25)
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 2}
    assert Clock.objects.get(case=one, kind="diagnosis").due_at == before
    bench.story.minutes_pass(2)
    assert bench.messages() == messages
    assert "wait_started" in moments(one)
    assert "wait_corrected" in moments(one)


# --- taken back -------------------------------------------------------------------------------------------------------
def test_taken_back_within_half_a_minute_each_case_returns_to_who_had_it(bench, outcome_counts):
    one, two, three = bench.has(3)
    two.assign(bench.story.supervisor, by=bench.story.by, at=bench.now)
    Case.objects.filter(pk=three.pk).update(assigned=None)
    act = bench.acts("assign", {"to": bench.story.colleague.pk})
    bench.story.seconds_pass(29)
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 2, "stays": 1}
    assert [case.assigned for case in bench.all()] == [
        bench.story.engineer, bench.story.supervisor, bench.story.colleague,
    ]  # fmt: skip
    assert moments(one)[-2:] == ["assigned", "assigned"]


def test_news_taken_back_was_never_given_and_its_promise_runs_on(bench, outcome_counts):
    """P D: what nobody was told keeps no promise of news: that breaks when it would have."""
    one, _two = bench.has(2)
    before, log, next_news = bench.messages(), moments(one), news_due(one)
    act = bench.sends("tell", {"text": "Error"})
    bench.story.seconds_pass(29)
    bench.takes_back(act)
    assert outcome_counts(act) == {"dropped": 2}
    assert (act.finished_at, act.typed) == (bench.now, {})
    bench.story.minutes_pass(5)
    bench.goes_on(act)
    assert (bench.messages(), bench.letters(), moments(one)) == (before, [], log)
    assert news_due(one) == next_news
    bench.story.now = next_news + timedelta(seconds=1)
    bench.story.the_sweep_runs()
    broken = Clock.objects.get(case=one, kind="next_news", breached_at__isnull=False)
    assert (broken.ordinal, broken.breached_at) == (1, next_news)


def test_a_promise_of_news_that_falls_due_while_the_news_waits_is_broken(bench):
    one = bench.has(1)[0]
    due = news_due(one)
    bench.story.now = due - timedelta(seconds=10)
    act = bench.sends("tell", {"text": "Vamos en camino"})
    bench.story.seconds_pass(WAITS)
    bench.story.the_sweep_runs()
    bench.goes_on(act)
    assert Clock.objects.get(case=one, kind="next_news", ordinal=1).outcome == "breached"


def test_the_second_implementation_finds_nothing_of_news_taken_back_nor_of_news_sent(bench):
    one = bench.has(1)[0]
    bench.takes_back(bench.sends("tell", {"text": "Error"}))
    bench.acts("tell", {"text": "Vamos en camino"})
    file = closing_document(Case.objects.get(pk=one.pk), bench.now).history
    assert guardia_verify.check(file).findings == []
    assert b"Vamos en camino" in file
    assert b"Error" not in file
    assert [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())] == []


def test_after_half_a_minute_nothing_is_taken_back(bench):
    one, _two = bench.has(2)
    act = bench.acts("tell", {"text": "Vamos en camino"})
    seq = Case.objects.get(pk=one.pk).seq
    with pytest.raises(UndoIsOver):
        bulk.undo(act, bench.now)
    assert Case.objects.get(pk=one.pk).seq == seq
    assert {letter.state for letter in bench.letters()} == {"owed"}


def test_an_undo_that_takes_long_lets_no_letter_go_meanwhile(bench):
    bench.has(2)
    before = bench.messages()
    act = bench.acts("wait", FOG, by=bench.story.supervisor)
    bench.story.seconds_pass(29)
    bulk.undo(act, bench.now)
    bulk.go_on(act.pk, DEEDS, bench.now, most=1)
    bench.story.minutes_pass(2)
    assert bench.messages() == before
    bench.goes_on(act)
    letters = Notice.objects.filter(moment="wait_started", contact__isnull=False).exclude(reason="no_address")
    assert {(letter.state, letter.reason) for letter in letters} == {("suppressed", "withdrawn")}


def test_what_others_did_since_is_not_undone_over_their_heads(bench, outcome_counts):
    one, _two = bench.has(2)
    act = bench.acts("assign", {"to": bench.story.colleague.pk})
    Case.objects.get(pk=one.pk).assign(bench.story.supervisor, by=bench.story.by, at=bench.now)
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 1, "stays": 1}
    assert Case.objects.get(pk=one.pk).assigned == bench.story.supervisor


def test_pressed_twice_it_is_taken_back_once(bench, outcome_counts):
    one, _two = bench.has(2)
    act = bench.acts("assign", {"to": bench.story.colleague.pk})
    bench.takes_back(act)
    seq = Case.objects.get(pk=one.pk).seq
    bench.takes_back(act)
    assert Case.objects.get(pk=one.pk).seq == seq
    assert outcome_counts(act) == {"undone": 2}


# --- changed meanwhile, sent twice, killed between --------------------------------------------------------------------
def test_a_case_that_a_customer_or_colleague_changed_meanwhile_is_listed_and_the_others_go_on(bench, outcome_counts):
    one, two, three = bench.has(3)
    seen = {case.pk: case.seq for case in (one, two, three)}
    two.tell("ya se habló", by=Actor.of_staff(bench.story.colleague), at=bench.now)
    three.note("mío", by=bench.story.by, at=bench.now)
    act = bench.acts("tell", {"text": "Vamos en camino"}, seen=seen)
    assert outcome_counts(act) == {"done": 2, "refused": 1}
    assert act.lines.get(case=two).words


def test_the_same_form_sent_twice_acts_once(bench):
    one, _two = bench.has(2)
    key = uuid4()
    first = bench.acts("tell", {"text": "Vamos en camino"}, key=key)
    second = bench.acts("tell", {"text": "Vamos en camino"}, key=key)
    assert first == second
    assert moments(one).count("news_sent") == 1
    assert BulkAct.objects.count() == 1


def test_killed_between_two_rounds_the_worker_goes_on_and_every_case_is_done_once(bench, outcome_counts):
    bench.has(7)
    act = bench.sends("wait", FOG, by=bench.story.supervisor)
    assert bulk.go_on(act.pk, DEEDS, bench.now, most=3) == 3
    assert outcome_counts(act) == {"done": 3, "pending": 4}
    bench.story.seconds_pass(6)
    assert left_behind(bench.now - timedelta(seconds=5)) == [act.pk]
    bench.goes_on(act)
    assert outcome_counts(act) == {"done": 7}
    assert left_behind(bench.now) == []
    assert [moments(case).count("wait_started") for case in bench.all()] == [1] * 7
    letters = Notice.objects.filter(moment="wait_started", contact__isnull=False, state="owed")
    until = {letter.not_before for letter in letters}
    assert until == {act.undo_until + bulk.GRACE}, "all leave together, after the last of them"


def test_taken_back_half_way_the_rest_has_no_turn(bench, outcome_counts):
    bench.has(5)
    act = bench.sends("assign", {"to": bench.story.colleague.pk})
    bulk.go_on(act.pk, DEEDS, bench.now, most=2)
    act.refresh_from_db()
    bench.takes_back(act)
    assert outcome_counts(act) == {"undone": 2, "dropped": 3}


def test_two_acts_on_the_same_cases_are_done_one_after_the_other(bench, outcome_counts):
    one, _two = bench.has(2)
    first = bench.sends("assign", {"to": bench.story.colleague.pk})
    second = bench.sends("assign", {"to": bench.story.supervisor.pk}, by=bench.story.supervisor)
    bench.goes_on(first)
    bench.goes_on(second)
    assert outcome_counts(first) == {"done": 2}
    assert outcome_counts(second) in ({"refused": 2}, {"done": 2})
    assert moments(one).count("assigned") == outcome_counts(second).get("done", 0) // 2 + 1


def test_an_error_of_ours_in_one_case_spoils_no_other(bench, outcome_counts, monkeypatch):
    _one, two, _three = bench.has(3)
    whole = Case.tell

    def broken(self, text, **more):
        if self.pk == two.pk:
            raise RuntimeError("broken")
        return whole(self, text, **more)

    monkeypatch.setattr(Case, "tell", broken)
    assert outcome_counts(bench.acts("tell", {"text": "Vamos"})) == {"done": 2, "failed": 1}


def test_news_without_a_text_is_refused_by_the_verb(bench, outcome_counts):
    bench.has(1)
    act = bench.acts("tell", {"text": "  "})
    assert outcome_counts(act) == {"refused": 1}
    assert "(P2)" in act.lines.get().words


def test_two_hundred_cases_have_their_turn_in_rounds(bench, outcome_counts):
    bench.has(200)
    act = bench.sends("assign", {"to": bench.story.colleague.pk})
    rounds = 0
    while bulk.go_on(act.pk, DEEDS, bench.now):
        rounds += 1
    assert rounds == 200 // bulk.AT_ONCE
    assert outcome_counts(act) == {"done": 200}


def test_a_month_later_the_course_is_forgotten_and_the_events_stay(bench):
    one, _two = bench.has(2)
    bench.acts("assign", {"to": bench.story.colleague.pk})
    bench.story.now += timedelta(days=31)
    assert forget(bench.now) == 1
    assert not BulkLine.objects.exists()
    assert "assigned" in moments(one)


def test_whoever_no_mail_reaches_is_named_to_nobody_as_told(bench):
    bench.has(1)
    contact(bench.story.bank, "Sin correo", "", "es")
    assert "Sin correo" not in bench.looks("tell", {"text": "x"})[0].told
