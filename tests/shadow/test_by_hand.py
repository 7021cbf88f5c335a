"""What a shadow day finds in logs whose results are worked out by hand from the procedure's own words."""

import pytest
from django.utils import translation

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.shadow.job import NoCases, written
from guardia.shadow.unjudged import unjudged
from tests.shadow.logs import LOG, MEANS, NIGHT, NOON, TABLE, log, replayed, table, tally

WHOLE = {0: "open", 15: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
"""Everything in time: 15 of 20 min, 45 min of 4 h, 5 of 10 min, 55 min of 6 h, 20 of 30 min."""

pytestmark = pytest.mark.usefixtures("as_staff")


def all_said(tmp_path, **cases):
    return replayed(tmp_path, log(**cases), LOG, means=MEANS)


def paged(done):
    """Minutes and seconds past the hour of every page, with its level."""
    rows = CaseEvent.objects.filter(moment="paged").order_by("occurred_at")
    return [(at.strftime("%H:%M:%S"), data["level"]) for at, data in rows.values_list("occurred_at", "data")]


def test_p1_p2_are_not_judged_since_no_tool_has_the_hours_of_the_calls(tmp_path):
    done = all_said(tmp_path, A=(NIGHT, WHOLE))
    assert {"reception", "registration", "call_back"} & done.findings.promises.keys() == set()
    with translation.override("en"):
        assert any("Reception (P1) and registration (P2)" in words for words in unjudged(written(done)))


def test_p3_to_p7_all_kept_and_nobody_is_paged(tmp_path):
    done = all_said(tmp_path, A=(NIGHT, WHOLE))
    for kind in ("diagnosis", "remote_solution", "verification", "stability", "closure"):
        assert tally(done, kind) == (1, 0, 0), kind
    assert done.findings.letters == dict.fromkeys(
        ("closed", "confirmed", "diagnosed", "registered", "restored", "stabilised"), 1
    )


def test_p3_twenty_minutes_are_kept_and_one_more_is_broken(tmp_path):
    done = all_said(tmp_path, A=(NOON, WHOLE | {15: "-", 20: "found"}), B=(NOON, WHOLE | {15: "-", 21: "found"}))
    assert tally(done, "diagnosis") == (1, 1, 0)
    assert (done.findings.promises["diagnosis"].over, done.findings.people) == (60, {"Ana": 1})
    assert done.findings.companies["Company B"].promises.broken >= 1


def test_p5_less_than_ten_minutes_is_kept_and_ten_are_broken(tmp_path):
    late = WHOLE | {65: "-", 70: "yes"}
    done = all_said(tmp_path, A=(NOON, WHOLE), B=(NOON, late))
    assert tally(done, "verification") == (1, 1, 0)


def test_p7_thirty_minutes_from_stability(tmp_path):
    done = all_said(tmp_path, A=(NOON, WHOLE | {140: "-", 150: "done"}), B=(NOON, WHOLE | {140: "-", 151: "done"}))
    assert tally(done, "closure") == (1, 1, 0)
    assert done.findings.promises["closure"].worst == 60


def test_e2_e3_level_one_when_it_breaks_and_level_two_twenty_minutes_later(tmp_path):
    """P3's steps in the sample: level 1 at once, level 2 after 20 min; 02:00 in Ecuador is 07:00 UTC."""
    course = {0: "open", 10: "told", 35: "told", 45: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
    done = all_said(tmp_path, A=(NIGHT, course))
    assert tally(done, "diagnosis") == (0, 1, 0)
    assert paged(done) == [("07:20:01", 1), ("07:40:01", 2)]
    assert done.findings.pages == {"1": 1, "2": 1}


def test_e5_somebody_calls_at_night_and_nobody_at_noon(tmp_path):
    late = WHOLE | {15: "-", 21: "found"}
    assert all_said(tmp_path, A=(NIGHT, late)).findings.calls == 1


def test_e5_nobody_calls_at_noon(tmp_path):
    late = WHOLE | {15: "-", 21: "found"}
    done = all_said(tmp_path, A=(NOON, late))
    assert (done.findings.calls, done.findings.pages["1"]) == (0, 1)


def test_p_next_news_is_owed_within_thirty_minutes(tmp_path):
    silent = {0: "open", 15: "found", 80: "back", 85: "yes", 120: "stable", 140: "done"}
    talks = silent | {44: "told", 74: "told"}
    done = all_said(tmp_path, A=(NOON, dict(sorted(talks.items()))), B=(NOON, silent))
    assert done.findings.promises["next_news"].broken == 1
    assert done.findings.promises["next_news"].over == 35 * 60  # from 12:15 until 13:20
    assert done.findings.letters["news_sent"] == 2


def test_p_news_is_owed_after_the_restoration_too_until_somebody_confirms(tmp_path):
    late = {0: "open", 15: "found", 40: "back", 65: "told", 90: "yes", 120: "stable", 140: "done"}
    done = all_said(tmp_path, A=(NOON, late))
    assert tally(done, "next_news") == (4, 0, 0)  # 15, 25, 25 and 25 minutes
    assert tally(done, "verification") == (0, 1, 0)


def test_p7_a_case_that_was_withdrawn_keeps_and_breaks_nothing(tmp_path):
    done = all_said(tmp_path, A=(NOON, {0: "open", 10: "gone"}))
    assert tally(done, "diagnosis") == (0, 0, 0)
    assert done.findings.letters == {"cancelled": 1, "registered": 1}


def test_w1_a_wait_for_the_customer_holds_the_diagnosis(tmp_path):
    waits = {0: "open", 10: "wait", 40: "open", 45: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
    done = all_said(tmp_path, A=(NOON, waits))
    assert tally(done, "diagnosis") == (1, 0, 0)
    assert Case.objects.get().waits.get().cause == "customer"


def test_w1_a_wait_of_unknown_cause_holds_nothing_and_is_named(tmp_path):
    waits = {0: "open", 10: "stop", 40: "open", 45: "found", 60: "back", 65: "yes", 120: "stable", 140: "done"}
    done = all_said(tmp_path, A=(NOON, waits))
    assert tally(done, "diagnosis") == (0, 1, 0)
    assert done.remarks == {"unknown wait": 1}
    with translation.override("en"):
        assert any(words.startswith("1 × the file does not say who was") for words in unjudged(written(done)))


def test_p6_a_reopening_is_a_relapse_back_to_p3(tmp_path):
    course = {0: "open", 15: "found", 60: "back", 70: "again", 95: "found", 120: "back", 125: "yes", 180: "stable"}
    done = all_said(tmp_path, A=(NOON, course | {190: "done"}))
    assert tally(done, "diagnosis") == (1, 1, 0)  # the second took 25 min from the relapse
    assert CaseEvent.objects.filter(moment="relapsed").count() == 1


def test_a_closed_case_that_was_opened_again_is_named(tmp_path):
    course = {0: "open", 15: "found", 60: "done", 70: "again", 80: "found", 120: "back", 125: "yes", 180: "stable"}
    done = all_said(tmp_path, A=(NOON, course | {190: "done"}))
    assert done.remarks == {"closed then reopened": 1}


def test_two_cases_of_one_circuit_share_a_page(tmp_path):
    """E D: one page for an outage, not for each case; the site is the common cause (ADR 27)."""
    late = WHOLE | {15: "-", 21: "found"}
    text = log(A=(NOON, late), B=(NOON, late)).replace(",,", ",ENL-1,").replace("Company B", "Company A")
    done = replayed(tmp_path, text, LOG, means=MEANS)
    assert done.findings.pages["1"] == 1


# --- five columns -----------------------------------------------------------------------------------------------------
def test_five_columns_judge_no_promise_and_say_which(tmp_path):
    done = replayed(tmp_path, table(("A", "Norte", NIGHT, 50, 200)), TABLE)
    assert all(tally(done, kind)[:2] == (0, 0) for kind in done.findings.promises)
    assert (done.findings.pages, done.findings.calls) == ({}, 0)
    with translation.override("en"):
        words = " ".join(unjudged(written(done)))
    for clause in ("P1", "P2", "P3", "P4", "P5", "P6", "P7"):
        assert f"({clause})" in words, clause


def test_five_columns_tell_the_letters_and_how_much_news_was_owed(tmp_path):
    """Until 02:50 news at 02:30; after the restoration, until the closing at 05:20, at 03:20 and so on: five."""
    done = replayed(tmp_path, table(("A", "Norte", NIGHT, 50, 200)), TABLE)
    assert sum(done.findings.letters.values()) == 6
    assert done.findings.news_owed == 1 + 5


def test_what_was_over_within_its_time_was_surely_kept(tmp_path):
    done = replayed(tmp_path, table(("A", "Norte", NIGHT, 20, 29), ("B", "Sur", NIGHT, 21, 31)), TABLE)
    assert done.findings.promises["diagnosis"].surely_kept == 1
    assert done.findings.promises["verification"].surely_kept == 1
    assert done.findings.promises["remote_solution"].surely_kept == 0  # a visit would have had other promises


def test_p3_p4_together_allow_eleven_hours_and_five_minutes(tmp_path):
    """20 min, 15 min to agree, 6 h of travel, 30 min for the permit, 4 h in the field."""
    most = 20 + 15 + 6 * 60 + 30 + 4 * 60
    done = replayed(tmp_path, table(("A", "N", NIGHT, most, most + 5), ("B", "N", NIGHT, most + 1, most + 5)), TABLE)
    found = done.findings.together["restored"]
    assert (found.allowed, found.within, found.over) == (most * 60, 1, 1)


def test_p5_to_p7_together_allow_six_hours_and_forty_minutes(tmp_path):
    most = 10 + 6 * 60 + 30
    done = replayed(tmp_path, table(("A", "N", NIGHT, 5, 5 + most), ("B", "N", NIGHT, 5, 6 + most)), TABLE)
    found = done.findings.together["closed"]
    assert (found.allowed, found.within, found.over) == (most * 60, 1, 1)


def test_only_the_days_that_are_asked_for(tmp_path):
    rows = table(("A", "N", NIGHT, 5, 50), ("B", "N", NOON, 5, 50))
    assert replayed(tmp_path, rows, TABLE, since="2026-11-22").findings.cases == 1


def test_a_file_without_the_columns_says_so(tmp_path):
    with pytest.raises(NoCases, match="opened"):
        replayed(tmp_path, "number,other\nA,B\n", TABLE)


def test_what_if_the_diagnosis_had_twenty_five_minutes(tmp_path):
    late = WHOLE | {15: "-", 23: "found"}
    done = replayed(tmp_path, log(A=(NOON, late)), LOG, means=MEANS, instead=["diagnosis=25min"])
    assert tally(done, "diagnosis") == (1, 0, 0)
    assert done.findings.pages == {}


def test_hours_open_and_engineers_needed(tmp_path):
    """Two cases from 12:00 until 13:00 need two; until 14:20 they are open and need nobody."""
    done = replayed(tmp_path, table(("A", "N", NOON, 60, 140), ("B", "S", NOON, 60, 140)), TABLE)
    assert [(most, needed) for _at, most, needed in done.findings.hours] == [(2, 2), (2, 0), (2, 0)]
