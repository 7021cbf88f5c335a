"""What follows from one service that fires: a case, a proposal, or nothing; and from its end a test (P3, P5, P6)."""

from datetime import timedelta

from guardia.cases.case import Case
from guardia.evidence.test_result import TestResult, Verdict
from guardia.network.alert import AlertState
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.procedure.vocabulary import Impact
from tests.alerts.noc import CALM, HOLD


def test_nothing_is_opened_before_it_has_fired_long_enough(by_itself):
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(59)
    assert by_itself.the_worker_looks() == 0
    by_itself.is_over("a")
    by_itself.pass_seconds(CALM)
    by_itself.the_worker_looks()
    assert not Case.objects.exists()
    assert not Outage.objects.exists()


def test_a_service_that_fires_gets_its_case(by_itself):
    since = by_itself.now
    by_itself.fires("a", circuit="ENL-0042", severity="warning")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    case = Case.objects.get()
    assert (case.source, case.service, case.impact) == ("alert", by_itself.story.service, Impact.DEGRADED)
    assert case.outage_started_at == since
    assert by_itself.alert("a").case == case
    assert [test.verdict for test in case.tests.all()] == [Verdict.BAD]
    assert by_itself.alert("a").acts_at is None
    by_itself.pass_seconds(600)
    assert by_itself.the_worker_looks() == 0
    assert Case.objects.count() == 1


def test_what_fired_before_the_source_was_connected_is_proposed_and_opens_no_case(by_itself):
    by_itself.fires("old", circuit="ENL-0042", at=by_itself.now - timedelta(hours=25))
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Case.objects.exists()
    outage = Outage.objects.get()
    assert (outage.state, outage.origin) == (OutageState.PROPOSED, Origin.ALERTS)
    assert by_itself.alert("old").outage == outage


def test_an_alert_of_yesterday_evening_opens_its_case_and_no_limit_lets_any_do_so(by_itself, settings):
    by_itself.fires("evening", circuit="ENL-0042", at=by_itself.now - timedelta(hours=23))
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Case.objects.count() == 1
    settings.ALERTS_OLDEST_HOURS = 0
    by_itself.service("ENL-0099")
    by_itself.fires("ancient", circuit="ENL-0099", at=by_itself.now - timedelta(days=90))
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert by_itself.alert("ancient").case


def test_what_monitoring_says_in_its_own_words_is_not_told_to_the_customer(by_itself):
    by_itself.fires("interno-7", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    case = Case.objects.get()
    assert "interno-7" not in case.symptoms + case.subject


def test_an_open_case_takes_the_alert_as_a_test_and_there_is_no_second_one(by_itself):
    by_itself.story.open_case()
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    case = Case.objects.get()
    assert by_itself.alert("a").case == case
    assert [test.verdict for test in case.tests.all()] == [Verdict.BAD]


def test_by_the_usual_rule_one_service_is_proposed_and_the_desk_decides(noc):
    noc.fires("a", circuit="ENL-0042")
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    assert not Case.objects.exists()
    outage = Outage.objects.get()
    assert (outage.state, outage.origin, outage.element) == (OutageState.PROPOSED, Origin.ALERTS, None)
    assert list(outage.services.values_list("service", flat=True)) == [noc.story.service.pk]
    noc.fires("b", circuit="ENL-0042")
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    assert noc.alert("b").outage == outage
    assert Outage.objects.count() == 1


def test_a_proposal_is_withdrawn_where_everything_was_over_before_anybody_decided(noc):
    noc.fires("a", circuit="ENL-0042")
    noc.pass_seconds(HOLD)
    noc.the_worker_looks()
    noc.is_over("a")
    noc.pass_seconds(CALM)
    noc.the_worker_looks()
    assert Outage.objects.get().state == OutageState.DISMISSED


def test_one_that_comes_and_goes_is_opened_once_and_over_once(by_itself):
    for number in range(21):
        by_itself.all_say([by_itself.said("a", fires=number % 2 == 0, circuit="ENL-0042")])
        by_itself.pass_seconds(20)
        by_itself.the_worker_looks()
    case = Case.objects.get()
    assert case.impact == Impact.INTERMITTENT
    assert by_itself.alert("a").state == AlertState.FLAPPING
    assert by_itself.turns(by_itself.alert("a")) == [True, False, True, False, True]
    by_itself.is_over("a")
    last = by_itself.now
    by_itself.pass_seconds(CALM)
    by_itself.the_worker_looks()
    alert = by_itself.alert("a")
    assert (alert.state, alert.resolved_at) == (AlertState.RESOLVED, last)
    assert by_itself.turns(alert) == [True, False, True, False, True, False]
    assert list(case.tests.order_by("measured_at").values_list("verdict", flat=True)) == ["bad", "good"]


# --- evidence of P5 ---


def test_a_resolved_alert_is_a_good_test_of_every_open_case_of_its_service(by_itself):
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    by_itself.is_over("a")
    hour = by_itself.now
    by_itself.pass_seconds(CALM)
    by_itself.the_worker_looks()
    good = TestResult.objects.get(verdict=Verdict.GOOD)
    assert (good.case, good.measured_at) == (Case.objects.get(), hour)


def test_a_case_of_somebody_who_called_has_it_too(noc_of):
    noc = noc_of("generic", opens="nothing")
    noc.fires("a", circuit="ENL-0042")
    noc.story.open_case()
    noc.pass_seconds(300)
    noc.is_over("a")
    noc.pass_seconds(CALM)
    noc.the_worker_looks()
    assert [test.verdict for test in noc.story.case.tests.all()] == [Verdict.GOOD]


def test_a_service_that_fires_in_the_follow_up_has_failed_again(by_itself):
    story = by_itself.story
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    story.customer_confirms()
    assert story.case.stage == "stability"
    story.minutes_pass(5)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert story.case.stage == "diagnosis"
