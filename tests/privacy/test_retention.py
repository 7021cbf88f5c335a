"""Each kind goes by its own rule, in steps, under a tombstone; what is on hold stays, and a run that died goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from guardia.cases import chain, rebuild
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.event import EventText
from guardia.cases.stages import reopening
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.field.visit import Visit
from guardia.people.audit import AuditEntry
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Actor
from guardia.privacy import holds, retention
from guardia.privacy.requests import Erasure, RetentionRun
from guardia.privacy.retention_kinds import BY_KEY
from guardia.privacy.retention_rules import RetentionRule
from tests.privacy.marked import DOCUMENT
from tests.privacy.residue import residue

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "direct"]), pytest.mark.process]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def aged(marked, owner):
    """Everything of the story happened eleven years ago."""

    def by(days: int) -> None:
        with owner.transaction():
            for table, columns in AGES.items():
                owner.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
                moved = ", ".join(f'"{column}" = "{column}" - make_interval(days => {days})' for column in columns)
                owner.execute(f'UPDATE "{table}" SET {moved}')
                owner.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')

    return by


AGES = {
    "visit": ["ended_at"],
    "message": ["received_at"],
    "delivery": ["created_at"],
    "call": ["arrived_at"],
    "case": ["closed_at"],
    "audit_entry": ["at"],
    "draft": ["saved_at"],
    "sign_in_code": ["asked_at"],
}


def test_what_is_young_stays(marked):
    assert sum(one.count for one in retention.run()) == 0
    with behind(DatabaseRole.STAFF):
        assert Visit.objects.get().people != []


def test_identity_documents_go_after_ninety_days_and_the_rest_stays(marked, owner, folder, aged):
    aged(91)
    counts = {one.kind.key: one.count for one in retention.run()}
    assert (counts["visit_people"], counts["drafts"], counts["mails"]) == (1, 1, 0)
    assert not any(DOCUMENT.lower() in line for line in residue(owner, folder, [DOCUMENT.lower()]))
    with behind(DatabaseRole.STAFF):
        tomb = Erasure.objects.get(rule="visit_people")
        assert (tomb.days, tomb.counts, tomb.ended_at is not None) == (90, {"visit": 1}, True)
        assert not Draft.objects.exists()


def test_everything_goes_in_its_time_and_the_proof_stays(marked, aged):
    with behind(DatabaseRole.STAFF):
        retention.keep_for("event_texts", 3650, by=marked.supervisor, at=now())
        before = EventText.objects.exclude(text=None).count()
    aged(4000)
    rehearsed = {one.kind.key: one.counts for one in retention.rehearse()}
    gone = {one.kind.key: one.counts for one in retention.run()}
    assert gone == rehearsed
    assert gone["event_texts"] == {"event_text": before, "buyer_ticket": 1}
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks()) == []
        assert list(rebuild.rebuild()) == []
        assert EventText.objects.filter(text__isnull=False).count() == 0
        case = Case.objects.exclude(closed_at=None).get()
        who = Actor.of_staff(marked.supervisor)
        assert isinstance(reopening.refusal_of(case, who, now()), reopening.WordsAreErased)
        assert AuditEntry.objects.get().kind == "retained"
        assert {run.is_dry for run in RetentionRun.objects.all()} == {True, False}
        assert not RetentionRun.objects.filter(ended_at=None).exists()
    assert sum(one.count for one in retention.run()) == 0


def test_what_is_on_hold_stays(marked, aged):
    with behind(DatabaseRole.STAFF):
        holds.place(str(marked.number), "juicio 17", by=marked.supervisor, at=now())
        retention.keep_for("event_texts", 3650, by=marked.supervisor, at=now())
    aged(4000)
    counts = {one.kind.key: one.counts for one in retention.run()}
    assert counts["event_texts"] == {"event_text": 0, "buyer_ticket": 0}
    assert counts["visit_people"] == {"delivery": 0, "visit": 0}
    assert counts["files"]["case_file"] == counts["call_numbers"]["call"] == 0


def test_steps_are_small_and_a_run_that_was_stopped_is_gone_on_with(marked, aged):
    aged(4000)
    with behind(DatabaseRole.STAFF):
        retention.keep_for("event_texts", 3650, by=marked.supervisor, at=now())
        texts = EventText.objects.exclude(text=None).count()
    asked = iter(range(10**6))
    retention.run(lambda: next(asked) > 25, at_once=3)
    with behind(DatabaseRole.STAFF):
        first = RetentionRun.objects.get()
        assert first.ended_at is None
    retention.run(at_once=3)
    with behind(DatabaseRole.STAFF):
        assert RetentionRun.objects.get().ended_at is not None
        tombs = Erasure.objects.filter(run=first)
        assert tombs.get(rule="event_texts").counts == {"event_text": texts, "buyer_ticket": 1}
        assert len(set(tombs.values_list("up_to", flat=True))) == tombs.count() - repeated(tombs)
        assert list(chain.breaks()) == []


def repeated(tombs) -> int:
    """Rules of the same length end on the same day."""
    return tombs.count() - len({tomb.days for tomb in tombs})


def test_a_run_that_is_killed_dead_is_gone_on_with(marked, aged):
    aged(4000)
    with behind(DatabaseRole.STAFF):
        retention.keep_for("event_texts", 3650, by=marked.supervisor, at=now())
        texts = EventText.objects.exclude(text=None).count()
    command = [sys.executable, "-m", "tests.privacy.dying_retention"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, env=os.environ.copy()) as dying:
        while dying.stdout.readline().strip() != "event_text":
            dying.stdin.write("\n")
            dying.stdin.flush()
        dying.send_signal(signal.SIGKILL)
    with behind(DatabaseRole.STAFF):
        left = EventText.objects.exclude(text=None).count()
        assert list(chain.breaks()) == []
    assert 0 < left < texts
    retention.run()
    with behind(DatabaseRole.STAFF):
        assert EventText.objects.exclude(text=None).count() == 0
        assert Erasure.objects.get(rule="event_texts").counts == {"event_text": texts, "buyer_ticket": 1}


def test_one_run_at_a_time(marked, owner):
    owner.execute("SELECT pg_advisory_lock(%s)", [retention.TURN])
    with pytest.raises(retention.RunsAlready):
        retention.run()


def test_no_rule_goes_below_its_least_whoever_wrote_it(marked):
    with behind(DatabaseRole.STAFF):
        RetentionRule.objects.create(kind="mails", days=1)
        assert retention.in_force()["mails"] == BY_KEY["mails"].least
        for days in (1, -1, 10**9):
            with pytest.raises(ValidationError):
                retention.keep_for("mails", days, by=marked.supervisor, at=now())


def test_a_rule_that_changes_is_on_record(marked):
    with behind(DatabaseRole.STAFF):
        retention.keep_for("mails", 400, by=marked.supervisor, at=now(), reason="acta 4")
        change = SettingChange.objects.filter(noun="retention").get()
    assert (change.before, change.after) == ({"days": 1095}, {"days": 400, "reason": "acta 4"})
