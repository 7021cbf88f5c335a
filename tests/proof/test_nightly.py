"""The nightly comparison of all histories: when it is begun, what is kept of it, and who is told."""

import sys
from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from guardia.cli import verify
from guardia.cli.main import main
from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people import audit
from guardia.proof import log
from guardia.reports import verification
from guardia.reports.verification import Finding, Part, Verified
from guardia.web.api import health
from guardia.worker import verifying
from tests.procedure.story import Story
from tests.proof.test_history import forge

ECUADOR = ZoneInfo("America/Guayaquil")
NIGHT = datetime(2026, 11, 21, 3, tzinfo=ECUADOR).astimezone(UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FORGED = Finding(Part.CASES, "104-001-2 event 3", "the hash does not match")


@pytest.fixture(autouse=True)
def _verifies_at_three(settings):
    settings.TIME_ZONE, settings.VERIFY_HOUR = "America/Guayaquil", 3


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        log.sign(story.now)
    return story


def begins(at: datetime) -> bool:
    with behind(DatabaseRole.WORKER):
        return verification.begins(at)


def on_record(at: datetime, *found: Finding, cases: int = 7) -> None:
    verified = Verified(cases, 12_345, 12_340)
    for each in found:
        verified.takes(each)
    with behind(DatabaseRole.WORKER):
        verification.put_on_record(verified, at)


# --- when ---


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NIGHT - MINUTE, None),
        (NIGHT, NIGHT),
        (NIGHT + 3 * HOUR - MINUTE, NIGHT),
        (NIGHT + 3 * HOUR, None),
        (NIGHT + 12 * HOUR, None),
    ],
)
def test_the_night_is_that_of_the_operator(at, expected):
    assert verification.night_of(at) == expected


def test_a_night_that_goes_over_midnight_is_one(settings):
    settings.VERIFY_HOUR = 23
    began = datetime(2026, 11, 20, 23, tzinfo=ECUADOR)
    assert verification.night_of(began + 2 * HOUR) == began
    assert verification.night_of(began - MINUTE) is None


def test_it_is_begun_once_a_night_by_one_of_several_and_again_where_nothing_came_of_it(story):
    assert [begins(NIGHT - MINUTE), begins(NIGHT), begins(NIGHT), begins(NIGHT + 59 * MINUTE)] == [0, 1, 0, 0]
    assert begins(NIGHT + HOUR), "nothing is on record of the first one: its machine is gone"
    on_record(NIGHT + HOUR + MINUTE)
    assert not begins(NIGHT + 2 * HOUR + 30 * MINUTE)
    assert begins(NIGHT + DAY)


def test_one_that_was_ended_may_begin_anew_at_once(story):
    assert begins(NIGHT)
    with behind(DatabaseRole.WORKER):
        verification.was_cut_off()
    assert begins(NIGHT + MINUTE)


# --- the process ---


class Process:
    """The process that compares, as far as the loop sees it."""

    def __init__(self, code: int | None) -> None:
        self.returncode = code
        self.signals: list[str] = []

    def poll(self) -> int | None:
        return self.returncode

    def terminate(self) -> None:
        self.signals.append("terminate")
        self.returncode = -15

    def wait(self, _seconds: float = 0) -> int | None:
        return self.returncode


@pytest.fixture
def tonight(story, monkeypatch):
    """The loop at three at night; what it started stands in the list."""
    started: list[list[str]] = []

    def round_of(process: Process, stopping: Event | None = None) -> list[list[str]]:
        monkeypatch.setattr(
            verifying.subprocess, "Popen", lambda command, **options: started.append(command) or process
        )
        monkeypatch.setattr(verification, "begins", lambda at: True)
        verifying.nightly(stopping or Event())
        return started

    return round_of


def test_it_is_a_process_of_its_own(tonight):
    assert tonight(Process(0)) == [[sys.executable, "-m", "guardia", "verify", "--nightly"]]


@pytest.mark.parametrize(("code", "words"), [(1, "has found contradictions"), (2, "nothing is known of tonight")])
def test_how_it_ended_stands_in_the_log_of_the_worker(tonight, caplog, code, words):
    tonight(Process(code))
    assert words in caplog.text


def test_a_worker_that_stops_ends_it_and_lets_another_begin(tonight):
    with behind(DatabaseRole.WORKER):
        watch.seen(verification.NIGHTLY, NIGHT)
    process, stopping = Process(None), Event()
    stopping.set()
    tonight(process, stopping)
    assert process.signals == ["terminate"]
    with behind(DatabaseRole.WORKER):
        assert watch.last_seen_at(verification.NIGHTLY) is None


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_the_loop_begins_is_a_command_that_gives_way(monkeypatch, is_kept):
    given: list[object] = []
    monkeypatch.setattr(verify, "give_way", lambda: given.append("way"))
    monkeypatch.setattr(verify, "verify_all", lambda kept, is_kept, language: given.append(is_kept) or 0)
    words = verifying.COMMAND[3:] if is_kept else ["verify"]
    assert main(words) == 0
    assert given == (["way", True] if is_kept else [False])


# --- what is kept ---


def nightly(monkeypatch) -> int:
    """As the process does it that the worker begins, in this one."""
    monkeypatch.setattr(verify, "open_installation", lambda: None)
    return verify.verify_all(is_kept=True)


def test_what_was_compared_is_on_record_and_the_journal_stays_whole(story, monkeypatch, capsys):
    assert nightly(monkeypatch) == 0
    with behind(DatabaseRole.WORKER):
        last = verification.last_run()
        assert (last.is_whole, last.found.cases, last.found.events, last.found.leaves) == (True, 1, 3, 3)
        assert last.found.first == []
        assert list(audit.breaks()) == []
        assert watch.state("sweep", now())[1] == []


def test_a_history_that_was_rewritten_is_kept_with_its_first_findings(story, owner, monkeypatch, capsys):
    forge(owner, "UPDATE case_event SET hash = sha256(hash) WHERE seq > 1")
    assert nightly(monkeypatch) == 1
    with behind(DatabaseRole.WORKER):
        last = verification.last_run()
        (trouble,) = watch.state("sweep", now())[1]
    printed = capsys.readouterr().out
    assert last.found.breaks > 1
    assert all(each.in_words() in printed for each in last.found.first)
    assert trouble.kind == verification.BROKEN
    assert trouble.reason == str(last.found.first[0])


def test_only_the_first_findings_are_kept_and_all_are_counted(story):
    on_record(NIGHT, *[FORGED._replace(place=f"case {number}") for number in range(40)])
    with behind(DatabaseRole.WORKER):
        last = verification.last_run()
    assert last.found.breaks == 40
    assert [each.place for each in last.found.first] == [f"case {number}" for number in range(5)]


def test_the_desk_says_it_until_a_night_finds_nothing(story):
    on_record(NIGHT, FORGED)
    on_record(NIGHT + DAY, FORGED)
    with behind(DatabaseRole.STAFF):
        assert [each.since for each in watch.state("sweep", now())[1]] == [NIGHT], "since when it is so"
    on_record(NIGHT + 2 * DAY)
    with behind(DatabaseRole.STAFF):
        assert watch.state("sweep", now())[1] == []


# --- who is told ---


def said(at: datetime) -> dict:
    with behind(DatabaseRole.STAFF):
        return health.state_of_the_installation(at)[0]


def test_salud_says_what_was_compared(story):
    assert said(story.now + HOUR)["verify"] == {"state": "never done"}
    on_record(NIGHT)
    assert said(NIGHT + HOUR)["verify"] == {
        "state": "whole",
        "at": NIGHT.isoformat(),
        "age_seconds": 3600,
        "cases": 7,
        "events": 12_345,
        "breaks": 0,
    }
    assert not any("verif" in each for each in said(NIGHT + HOUR).get("warnings", []))


def test_salud_turns_bad_where_something_was_found_and_names_no_case(story):
    on_record(NIGHT, FORGED)
    found = said(NIGHT + HOUR)
    assert (found["verify"]["state"], found["verify"]["breaks"]) == ("broken", 1)
    assert found["verify"]["first"] == ["cases: the hash does not match"]
    assert "guardia verify found 1 contradictions in the histories" in found["warnings"]
    assert "set_aside" not in found
    assert "104-001-2" not in str(found)


def test_salud_turns_bad_where_it_was_not_done_for_two_days(story):
    on_record(NIGHT)
    assert said(NIGHT + 2 * DAY)["verify"]["state"] == "whole"
    found = said(NIGHT + 2 * DAY + MINUTE)
    assert found["verify"]["state"] == "overdue"
    assert health.NOT_VERIFIED in found["warnings"]


def test_a_new_installation_has_two_days_before_somebody_asks_why_nothing_was_compared(story):
    assert said(story.now + 2 * DAY)["verify"]["state"] == "never done"
    found = said(story.now + 2 * DAY + MINUTE)
    assert found["verify"]["state"] == "overdue"
    assert health.NOT_VERIFIED in found["warnings"]
