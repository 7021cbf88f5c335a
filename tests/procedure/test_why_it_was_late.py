"""Why it was late has an answer of its own: asked once, never in the way, correctable, summed; blanks are a list."""

from datetime import timedelta

import pytest
from django.urls import reverse

from guardia.cases.case import Case
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Missing
from guardia.config.now import now
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import LateReason, Moment
from guardia.reports import lateness
from guardia.reports import promises as reports
from guardia.reports.month import Month
from guardia.web.desk.acts.closing import ClosingForm, close
from guardia.web.shared.act import Doing
from tests.desk.conftest import sign_in, words
from tests.outages.city import City
from tests.procedure.story import Story
from tests.procedure.test_p7_closing import settle

__all__ = ["sign_in"]


def late_case(told: Story) -> Case:
    """Registered at 02:03:20; its diagnosis breaks at 02:23:20."""
    told.open_case()
    told.minutes_pass(30)
    told.the_sweep_runs()
    return told.case


def why(told: Story) -> list[tuple[str, int, int]]:
    asked = reports.ReportFilters(Month.of(told.now))
    return [(one.reason, one.promises, one.cases) for one in reports.why_late(asked, told.now)]


def test_p_what_is_not_late_has_nothing_to_explain(story):
    story.open_case()
    with pytest.raises(lateness.NotLate):
        lateness.explain(story.case, LateReason.TRAFFIC, by=story.by, at=story.now)


def test_p_the_answer_is_an_event_and_is_corrected_by_another(story):
    late_case(story)
    lateness.explain(story.case, LateReason.TRAFFIC, "Vía cerrada", by=story.by, at=story.now)
    lateness.explain(story.case, LateReason.TRAFFIC, " Vía  cerrada ", by=story.by, at=story.now)
    assert story.moments().count(Moment.LATE_EXPLAINED) == 1
    lateness.explain(story.case, LateReason.NO_CREW, by=story.by, at=story.now)
    said = story.case.events.filter(moment=Moment.LATE_EXPLAINED).order_by("seq")
    assert [(one.variant, one.data, one.public) for one in said] == [
        ("traffic", {}, False),
        ("no_crew", {"was": "traffic"}, False),
    ]
    assert story.case.late_reason == "no_crew"


def test_p_another_reason_needs_its_words(story):
    late_case(story)
    with pytest.raises(Missing):
        lateness.explain(story.case, LateReason.OTHER, "  ", by=story.by, at=story.now)


def test_p_it_tells_the_customer_nothing_and_moves_no_clock(story):
    late_case(story)
    clocks, told = list(story.case.clocks.order_by("pk").values()), Notice.objects.count()
    lateness.explain(story.case, LateReason.PERMIT, by=story.by, at=story.now)
    assert list(story.case.clocks.order_by("pk").values()) == clocks
    assert Notice.objects.count() == told
    assert list(rebuild()) == []


def test_p_the_blanks_are_a_list_and_the_report_sums_the_reasons(story):
    late_case(story)
    at = story.now + timedelta(hours=5)
    assert [case.pk for case in lateness.blanks(at, 9)] == [story.case.pk]
    [(reason, promises, cases)] = why(story)
    assert (reason, cases) == ("", 1)
    lateness.explain(story.case, LateReason.THIRD_PARTY, by=story.by, at=story.now)
    assert lateness.blanks(at, 9) == []
    assert why(story) == [("third_party", promises, 1)]
    assert {late.reason for late in reports.late(reports.ReportFilters(Month.of(story.now)), story.now)} == {
        "third_party"
    }


def test_p_one_answer_of_an_outage_answers_all_its_late_cases_and_overwrites_none(as_staff):
    city = City()
    for service in city.services:
        city.somebody_calls(service)
    city.declared()
    city.minutes_pass(30)
    city.sweep()
    third = city.case_of(city.services[2])
    lateness.explain(third, LateReason.ACCESS, by=city.by, at=city.now)
    assert {city.case_of(service).late_reason for service in city.services} == {"access"}
    said = lateness.explain(city.case_of(city.services[0]), LateReason.TRAFFIC, by=city.by, at=city.now)
    assert said.others == 0
    assert [city.case_of(service).late_reason for service in city.services] == ["traffic", "access", "access"]


# --- at the desk ---


def closable(story) -> None:
    """Late in its diagnosis, and ready to be closed."""
    late_case(story)
    story.diagnosis()
    story.service_is_restored()
    story.customer_confirms()
    settle(story)


def closing(story, **more: str) -> ClosingForm:
    written = {"fault": "fibra cortada", "solution": "empalme", **more}
    return ClosingForm(written, case=story.case, now=story.now)


def test_p7_the_closing_offers_it_and_closes_without_it(story):
    closable(story)
    form = closing(story)
    assert "late" in form.fields
    assert form.is_valid()
    close(Doing(story.case, story.engineer, story.now, form.cleaned_data))
    assert not story.case.is_open
    assert story.case.late_reason == ""
    assert [case.pk for case in lateness.blanks(story.now, 9)] == [story.case.pk]


def test_p7_what_is_chosen_at_the_closing_is_on_record_and_asked_no_more(story):
    closable(story)
    form = closing(story, late="no_parts")
    assert form.is_valid()
    close(Doing(story.case, story.engineer, story.now, form.cleaned_data))
    assert story.case.late_reason == "no_parts"
    assert story.moments()[-1] == Moment.LATE_EXPLAINED
    assert "late" not in closing(story).fields


def test_p_the_case_and_the_hand_over_offer_it_and_the_answer_is_in_the_log(story, sign_in):
    late_case(story)
    engineer = sign_in(story.engineer)
    assert act_of(story) in words(engineer.get("/relevo"))
    done = engineer.post(act_of(story), {"late": "no_crew", "seen": story.case.seq})
    assert done.status_code == 302
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "No crew free" in page
    assert "Say why it was late" not in words(engineer.get("/relevo"))


def test_p_the_supervisor_answers_the_blanks_row_by_row(story, sign_in):
    late_case(story)
    # The list is of the last month: the story's night is long past for the screen, so its breach is brought near.
    story.case.clocks.filter(breached_at__isnull=False).update(breached_at=now() - timedelta(hours=3))
    supervisor = sign_in(story.supervisor)
    page = words(supervisor.get("/informes/demoras"))
    assert story.case.display_number in page
    back = supervisor.post("/informes/demoras", {"case": story.number, "late": ""})
    assert back.status_code == 422
    assert "choose why it was late" in words(back)
    assert supervisor.post("/informes/demoras", {"case": "9" * 30, "late": "traffic"}).status_code == 422
    assert supervisor.post("/informes/demoras", {"case": story.number, "late": "other"}).status_code == 422
    assert supervisor.post("/informes/demoras", {"case": story.number, "late": "traffic"}).status_code == 302
    page = words(supervisor.get("/informes/demoras"))
    assert "has an explanation" in page
    assert story.case.late_reason == "traffic"
    assert sign_in(story.engineer).post("/informes/demoras", {"case": story.number, "late": "ours"}).status_code == 403


def act_of(story) -> str:
    return reverse("act", args=[story.number, "demora"])
