"""A3: people leave, desks close for lunch, are renamed or removed, and a request goes on as it was promised."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from guardia.cases import chain, derived
from guardia.cases.desk_hours import desk_name
from guardia.cases.refusals import CaseIsClosed, Missing, NoSuchDesk, TooLong
from guardia.notices.notice import Notice
from guardia.procedure import version
from tests.procedure.office import FRIDAY, MONDAY, Office, is_whole
from tests.procedure.story import PROCEDURE


def published(story, change, at):
    """The sample procedure with a change of the operator's own, in force from ``at`` on."""
    data = yaml.safe_load(PROCEDURE.read_text())
    change(data)
    return version.publish(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), PROCEDURE.name, None, at)


def desk_in(data, key: str) -> dict:
    return next(desk for desk in data["desks"] if desk["key"] == key)


@pytest.fixture
def office(story) -> Office:
    story.now = FRIDAY + timedelta(minutes=2)
    return Office(story)


def test_three_times_passed_on_it_keeps_its_number_its_time_and_its_history(story, office):
    story.now = MONDAY + timedelta(minutes=30)
    number = office.takes("sales").number
    due = story.clock("first_answer").due_at
    for to in ("billing", "sales", "billing"):
        story.minutes_pass(5)
        office.passes(to)
    assert (story.case.number, story.case.desk, story.clock("first_answer").due_at) == (number, "billing", due)
    assert story.moments().count("transferred") == 3
    office.solves()
    with pytest.raises(CaseIsClosed):
        office.passes("sales")
    with pytest.raises(CaseIsClosed):
        office.answers("otra cosa")
    assert is_whole()
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_who_asked_leaves_the_company_and_nobody_else_reads_the_answer(story, office):
    office.takes()
    story.head.active = False
    story.head.save()
    last = Notice.objects.latest("pk").pk
    story.now = MONDAY + timedelta(hours=1)
    office.answers()
    assert not Notice.objects.filter(pk__gt=last, state="owed").exists()
    assert is_whole()


def lunch(data) -> None:
    days = data["weekly_hours"]["office"]["days"]
    data["weekly_hours"]["office"]["days"] = {day: ["08:30-13:00", "14:00-17:30"] for day in days}


def test_taken_while_the_desk_has_lunch_it_waits_for_the_afternoon(story, office):
    published(story, lunch, story.now)
    story.now = MONDAY + timedelta(hours=4, minutes=45)  # 13:15
    case = office.takes(call=office.rings())
    afternoon = MONDAY + timedelta(hours=5, minutes=30)
    assert case.opens_at is None or case.opens_at == afternoon
    case = office.takes(text="otra", call=None)
    assert case.opens_at == afternoon
    story.now = afternoon + timedelta(minutes=10)
    story.the_sweep_runs()
    assert story.clock("first_answer").started_at == afternoon
    assert story.clock("first_answer").due_at == datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # 3.5 h, then half an hour
    assert is_whole()


def test_a_call_of_the_line_of_a_version_counts_by_that_version(story, office):
    """Rung at the old hours, taken under the new ones: the procedure of the call holds."""
    story.now = MONDAY + timedelta(hours=4, minutes=20)
    call = office.rings()
    published(story, lunch, story.now)
    story.minutes_pass(20)
    case = office.takes(call=call)
    assert (case.procedure_version, case.opens_at) == (story.version, None)


def renamed(data) -> None:
    desk_in(data, "billing")["name"] = {"es": "Cobranzas", "en": "Collections", "pt": "Cobrança"}


def test_a_desk_that_is_renamed_keeps_its_name_in_the_requests_that_are_open(story, office):
    case = office.takes()
    newer = published(story, renamed, story.now)
    assert desk_name(case.procedure_version_id, "billing") in {"Facturación", "Billing"}
    assert desk_name(newer.pk, "billing") in {"Cobranzas", "Collections"}
    story.now = MONDAY + timedelta(hours=1)
    office.answers()
    assert is_whole()


def removed(data) -> None:
    data["desks"] = [desk for desk in data["desks"] if desk["key"] != "billing"]
    data["lines"] = [line for line in data["lines"] if line["desk"] != "billing"]


def test_a_desk_that_is_removed_still_opens_for_what_waits_and_takes_nothing_new(story, office):
    office.takes()
    published(story, removed, story.now)
    story.now = MONDAY
    story.the_sweep_runs()
    assert story.clock("first_answer").started_at == MONDAY
    office.passes("sales")
    office.passes("billing")  # the case's own version has it
    office.solves()
    assert is_whole()
    with pytest.raises(NoSuchDesk):
        office.takes(text="otra")


def test_a_field_that_becomes_required_is_asked_of_what_is_taken_from_then_on(story, office):
    office.takes(text="antes")

    def required(data) -> None:
        desk_in(data, "billing")["fields"][0]["required"] = True

    published(story, required, story.now)
    assert story.case.complete_fields({"contract": "C-1"}, by=office.by, at=story.now)
    with pytest.raises(Missing):
        office.takes(text="después")
    assert office.takes(text="después", fields={"invoice": "7", "stranger": "x"}).fields == {"invoice": "7"}
    with pytest.raises(TooLong):
        office.takes(text="larga", fields={"invoice": "7" * 121})


def test_a_fault_that_was_a_request_is_told_in_the_zone_of_its_site(story, office):
    """Galápagos is an hour behind; a request without a service has the operator's zone."""
    story.site.own_zone = "Pacific/Galapagos"
    story.site.save()
    office.takes()
    assert story.case.zone == "America/Guayaquil"
    office.to_technical()
    assert story.case.zone == "Pacific/Galapagos"
    assert is_whole()
