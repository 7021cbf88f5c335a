"""The feed of all events: whoever reads on from its cursor gets each event once, also one that commits late."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import connection

from guardia.cases import event_feed
from guardia.cases.event import CaseEvent
from guardia.cases.event_feed import page_from
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.proof import log
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.test_v2 import machine
from tests.breaking.test_together import live

__all__ = ["live", "machine"]
PATIENCE = 60


def test_the_events_of_all_cases_are_read_page_by_page(story, machine):
    case = story.open_case()
    appended()
    first = machine.get("/events?limit=2").json()
    assert len(first["items"]) == 2
    assert first["has_more"]
    second = machine.get(f"/events?after={first['next_cursor']}").json()
    both = first["items"] + second["items"]
    assert {(one["case"], one["company"]) for one in both} == {(case.number, story.bank.pk)}
    history = machine.get(f"/cases/{case.number}/events").json()["items"]
    assert [{name: one[name] for name in history[0]} for one in both] == history
    last = machine.get(f"/events?after={second['next_cursor']}").json()
    assert last == {"items": [], "next_cursor": second["next_cursor"], "has_more": False}
    assert machine.get("/events?after=end").json() == last


def test_filters_narrow_the_feed(story, machine):
    story.open_case()
    story.test_shows("loss 40 %")
    appended()
    kinds = [one["kind"] for one in machine.get("/events?kind=tested&kind=registered").json()["items"]]
    assert kinds == ["registered", "tested"]
    assert machine.get(f"/events?company={story.other.pk}").json()["items"] == []
    assert machine.get("/events?impact=intermittent").json()["items"] == []
    assert machine.get("/events?impact=down&public=true&fields=kind").json()["items"]
    assert machine.get("/events?after=-1").status_code == 422
    assert machine.get("/events?after=99999999999999999999").status_code == 422


def test_a_page_that_no_event_passes_says_where_to_go_on(story, machine, monkeypatch):
    story.open_case()
    story.test_shows("loss 40 %")
    appended()
    monkeypatch.setattr(event_feed, "LOOKED_THROUGH", 1)
    found, cursor = [], "0"
    for _turn in range(log.size()):
        page = machine.get(f"/events?kind=tested&after={cursor}").json()
        found += page["items"]
        cursor = page["next_cursor"]
    assert [one["kind"] for one in found] == ["tested"]
    assert not page["has_more"]


def test_an_event_that_commits_late_is_not_skipped(live):
    """One transaction draws its event's id, another draws a later one and commits first."""
    drawn, may_commit = Event(), Event()

    def late() -> int:
        try:
            with behind(DatabaseRole.STAFF):
                pk = note("late").pk
                drawn.set()
                assert may_commit.wait(PATIENCE)
                return pk
        finally:
            connection.close()

    def note(text: str) -> CaseEvent:
        case = live.case if text == "early" else others[0]
        case.note(text, by=live.by, at=live.now)
        return CaseEvent.objects.filter(case=case).latest("seq")

    with behind(DatabaseRole.STAFF):
        live.minutes_pass(1)
        number = live.number
        live.call = None
        others = [live.case_is_registered("Something else")]
        live.number = number
    appended()
    with behind(DatabaseRole.STAFF):
        start = page_from(0, 200).end
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(late)
        assert drawn.wait(PATIENCE)
        with behind(DatabaseRole.STAFF):
            early = note("early").pk
        appended()
        with behind(DatabaseRole.STAFF):
            first = page_from(start, 200)
        may_commit.set()
        late_one = waiting.result(PATIENCE)
    appended()
    with behind(DatabaseRole.STAFF):
        second = page_from(first.end, 200)
    assert late_one < early
    assert [event.pk for event in first.events] == [early]
    assert [event.pk for event in second.events] == [late_one]


def appended() -> None:
    with behind(DatabaseRole.WORKER):
        log.append(now())


def test_a_companys_role_sees_its_own_public_events_alone(live):
    appended()
    with behind(DatabaseRole.PORTAL, live.other.pk):
        assert page_from(0, 200).events == []
    with behind(DatabaseRole.PORTAL, live.bank.pk):
        own = page_from(0, 200).events
        assert own
        assert all(event.public and event.case.number == live.number for event in own)


def test_the_feed_is_scoped_by_its_name():
    assert OPERATIONS["events.read"].path == "/events"
