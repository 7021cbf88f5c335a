"""Each finding of `guardia verify` says between which hours it must have happened, and whom to ask; never more."""

import json
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.utils import translation

from guardia.cases.chain import Deed
from guardia.cases.event import CaseEvent
from guardia.cases.number import grouped
from guardia.cli import verify
from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.config.now import now
from guardia.people.audit import AuditEntry, AuditKind
from guardia.people.staff import Staff
from guardia.proof import log, log_breaks
from guardia.proof.log import HistoryLeaf
from guardia.reports import since_when, verification, whom_to_ask
from guardia.reports.finding_words import ask_in_words, since_in_words, values_in_words
from guardia.reports.since_when import Ground
from guardia.reports.verification import Finding, Part, Verified
from guardia.reports.whom_to_ask import ERASER, PORTAL_ACTS, ROLES, STAFF, WORKER
from guardia.web.api import health
from tests.proof.forgeries import FORGERIES
from tests.proof.test_history import forge

HOUR = timedelta(hours=1)


def findings(*kept: str) -> list[Finding]:
    with as_at_one_instant(DatabaseRole.WORKER):
        return list(verification.findings(now(), kept))


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


def forged(owner: psycopg.Connection, cases: SimpleNamespace, what: str) -> list[Finding]:
    forge(owner, FORGERIES[what][0], **vars(cases))
    return findings()


def event_of(case: int, moment: str, place: int = 0) -> CaseEvent:
    with behind(DatabaseRole.WORKER):
        return list(CaseEvent.objects.filter(case=case, moment=moment).order_by("seq"))[place]


def last_act(owner: psycopg.Connection, case: int, until) -> tuple[int, int]:
    return owner.execute(
        "SELECT actor_id, seq FROM case_event WHERE case_id = %s AND actor_kind = 'staff' AND recorded_at <= %s"
        " ORDER BY seq DESC LIMIT 1",
        [case, until],
    ).fetchone()


# --- rows that differ from the events ---------------------------------------------------------------------------------
ALL = (STAFF, WORKER, PORTAL_ACTS)
EXPECTED = {
    "the case: fault": ("whole", "closed", 0, ALL),
    "the case: impact": ("whole", "registered", 0, ALL),
    "the case: status": ("whole", "closed", 0, ALL),
    "a stop is longer": ("whole", "wait_ended", 0, ALL),
    "a stop is gone": ("whole", "wait_started", 0, (STAFF, WORKER)),
    "a stop is invented": ("whole", "registered", 0, ALL),
    "a stop is given to another company": ("whole", "wait_started", 0, ALL),
    "a ruling is turned round": ("disputed", "ruled", 0, ALL),
    "a promise is gone": ("whole", "registered", 0, ()),
    "a promise was kept": ("whole", "registered", 0, ALL),
    "an escalation was answered": ("whole", "escalated", 0, ALL),
    "a visit arrived earlier": ("whole", "arrived", 0, (STAFF, WORKER)),
    "a test was good": ("whole", "tested", 0, (STAFF, WORKER)),
    "a test is gone": ("whole", "tested", 0, (STAFF, WORKER)),
    "a file is another": ("disputed", "file_added", 0, (STAFF, WORKER)),
    "a file is gone": ("disputed", "file_added", 0, ()),
    "a notice was owed earlier": ("whole", "registered", 0, (STAFF, WORKER)),
    "a notice names another clause": ("whole", "registered", 0, (STAFF, WORKER)),
    "a page is gone": ("whole", "paged", 0, ()),
}


@pytest.mark.parametrize("what", EXPECTED)
def test_it_is_said_since_which_event_a_row_can_differ_and_who_may_write_it(cases, owner, what):
    case, moment, place, roles = EXPECTED[what]
    number = vars(cases)[case]
    wrote = event_of(number, moment, place).recorded_at
    found = forged(owner, cases, what)[0]
    assert (found.since.not_before, found.since.ground, found.since.was_found) == (wrote, Ground.EVENTS, False)
    assert found.since.not_after >= wrote
    assert found.ask.roles == roles
    who = last_act(owner, number, wrote) if STAFF in roles else (None, 0)
    assert (found.ask.staff, found.ask.seq) == who


@pytest.mark.parametrize("what", FORGERIES)
def test_no_finding_is_said_to_be_older_than_its_event_nor_prints_prose(cases, owner, what):
    (number,) = owner.execute('SELECT number FROM "case" WHERE id = %s', [cases.whole]).fetchone()
    for found in forged(owner, cases, what):
        _number, _word, seq = found.place.partition(" event ")
        case = cases.whole if found.place.startswith(grouped(number)) else cases.disputed
        assert case, found
        if seq and "status" not in found.what:
            at = owner.execute("SELECT recorded_at FROM case_event WHERE case_id = %s AND seq = %s", [case, int(seq)])
            assert found.since.not_before == at.fetchone()[0], found
        kept = json.dumps(verification.as_facts(found))
        for word in ("culpa", "nada", "cambió", "lento", "Gerente", "acta", "así es", "pérdida"):
            assert word not in kept
        read_in_spanish_and_portuguese(found)


def read_in_spanish_and_portuguese(found: Finding) -> None:
    """In the journal it stands in English, and is read again in another language."""
    again = verification.of_facts(found[:3], json.loads(json.dumps(verification.as_facts(found))))
    for language in ("es", "pt"):
        with translation.override(language):
            assert found.in_words() == again.in_words()
            assert str(found.what) not in found.in_words()
            assert " event " not in found.in_words()


def test_what_differs_is_said_on_both_sides(cases, owner):
    forge(owner, 'UPDATE "case" SET affected_seconds = affected_seconds - 600 WHERE id = %(whole)s', **vars(cases))
    (seconds,) = owner.execute('SELECT affected_seconds FROM "case" WHERE id = %s', [cases.whole]).fetchone()
    found = only(findings())
    assert found.values == (str(seconds), str(seconds + 600))
    with translation.override("en"):
        assert values_in_words(found) == f"It says {seconds}; it should say {seconds + 600}."


def test_a_delivery_is_not_older_than_its_row(cases, owner):
    forge(owner, "INSERT INTO delivered_notice (delivery_id, notice_id) VALUES (77, 77000)")
    found = only(findings())
    assert (found.since.not_before, found.since.ground) == (None, Ground.NOTHING), "the delivery is not there either"
    assert found.ask.roles == ()


def test_a_procedure_is_not_older_than_its_publication(cases, owner):
    forge(owner, "UPDATE procedure_version SET document = jsonb_set(document, '{code}', '\"otra\"')")
    (published_at, printed) = owner.execute("SELECT published_at, sha256 FROM procedure_version").fetchone()
    found = next(each for each in findings() if "procedure, version 1" in each.what)
    assert (found.since.not_before, found.since.ground) == (published_at, Ground.ROW)
    assert found.values[1] == f"SHA-256 {printed}"
    assert found.ask.roles == ()


# --- events -----------------------------------------------------------------------------------------------------------
def test_an_event_whose_column_was_changed_was_right_when_it_was_recorded(cases, owner):
    closed = event_of(cases.whole, "closed")
    forge(owner, "UPDATE case_event SET recorded_at = recorded_at + interval '1 day' WHERE id = %(id)s", id=closed.pk)
    found = next(each for each in findings() if each.what == "recorded_at was changed")
    assert (found.since.not_before, found.since.ground) == (closed.recorded_at, Ground.EVENTS)
    assert found.ask == whom_to_ask.WhomToAsk(), "only the owner of the tables"
    assert found.values[1] == closed.recorded_at.isoformat(timespec="microseconds")


def test_what_an_event_says_of_itself_counts_no_more_where_its_text_was_rewritten(cases, owner):
    closed = event_of(cases.whole, "closed")
    with behind(DatabaseRole.WORKER):
        before = CaseEvent.objects.get(case=cases.whole, seq=closed.seq - 1)
    year = str(closed.recorded_at.year)
    forge(owner, "UPDATE case_event SET canonical = replace(canonical, %(now)s, '2031') WHERE id = %(id)s",
          id=closed.pk, now=year)  # fmt: skip
    found = next(each for each in findings() if each.what == "the hash does not match")
    assert found.place.endswith(f"event {closed.seq}")
    assert found.since.not_before == before.recorded_at


def test_of_the_first_event_nothing_is_said_where_its_text_was_rewritten(cases, owner):
    forge(owner, "UPDATE case_event SET canonical = '[]' WHERE case_id = %(whole)s AND seq = 1", **vars(cases))
    found = next(each for each in findings() if each.place.endswith("event 1"))
    assert (found.since.not_before, found.since.ground) == (None, Ground.NOTHING)
    with translation.override("en"):
        assert "Nothing here says since when" in since_in_words(found)


def test_of_the_words_of_an_event_whoever_wrote_them_is_asked(cases, owner):
    closed = event_of(cases.whole, "closed")
    forge(owner, "UPDATE event_text SET text = 'otra cosa' WHERE event_id = %(id)s AND name = 'fault'", id=closed.pk)
    found = next(each for each in findings() if each.what == "the text fault was changed")
    assert found.since.not_before == closed.recorded_at
    assert (found.ask.roles, found.ask.staff) == ((), closed.actor_id)
    with behind(DatabaseRole.WORKER), translation.override("en"):
        name = Staff.objects.get(pk=closed.actor_id).name
        assert f"Ask {name}, who last acted on this case before it (event " in ask_in_words(found)


def test_a_text_that_went_without_a_tombstone_may_have_been_emptied_by_who_erases(cases, owner):
    closed = event_of(cases.whole, "closed")
    forge(owner, "UPDATE event_text SET text = NULL, salt = NULL WHERE event_id = %(id)s AND name = 'fault'",
          id=closed.pk)  # fmt: skip
    found = next(each for each in findings() if "without a tombstone" in each.what)
    assert (found.since.not_before, found.ask.roles) == (closed.recorded_at, (ERASER,))


# --- the nights before ------------------------------------------------------------------------------------------------
def a_night(at, *found: Finding, **more) -> None:
    verified = Verified(2, 79, 0, as_at=at - timedelta(minutes=3))
    for each in found:
        verified.takes(each)
    for name, value in more.items():
        setattr(verified, name, value)
    with behind(DatabaseRole.WORKER):
        verification.put_on_record(verified, at)


def test_what_a_night_had_found_right_happened_after_it(cases, owner):
    closed = event_of(cases.whole, "closed")
    a_night(closed.recorded_at + 9 * HOUR)
    seen = closed.recorded_at + 9 * HOUR - timedelta(minutes=3)
    found = forged(owner, cases, "the case: fault")[0]
    assert (found.since.not_before, found.since.ground) == (seen, Ground.COMPARED), "as at its beginning, not its end"
    assert (found.ask.staff, found.ask.seq) == last_act(owner, cases.whole, seen)


def test_a_night_says_nothing_of_an_event_that_came_later(cases, owner):
    closed = event_of(cases.whole, "closed")
    a_night(closed.recorded_at - HOUR)
    found = forged(owner, cases, "the case: fault")[0]
    assert (found.since.not_before, found.since.ground) == (closed.recorded_at, Ground.EVENTS)


def test_a_night_of_another_release_may_have_looked_at_less(cases, owner, monkeypatch):
    closed = event_of(cases.whole, "closed")
    monkeypatch.setattr(since_when, "release", lambda: "0.9")
    a_night(closed.recorded_at + 9 * HOUR)
    monkeypatch.undo()
    a_night(closed.recorded_at + 10 * HOUR, as_at=None)
    assert forged(owner, cases, "the case: fault")[0].since.ground == Ground.EVENTS


def test_what_a_night_found_had_happened_by_then(cases, owner):
    closed = event_of(cases.whole, "closed")
    a_night(closed.recorded_at + HOUR)
    found = forged(owner, cases, "the case: fault")[0]
    for hours in (26, 50):
        a_night(closed.recorded_at + hours * HOUR, found)
    again = findings()[0]
    assert again.since.not_before == closed.recorded_at + HOUR - timedelta(minutes=3)
    assert (again.since.not_after, again.since.was_found) == (closed.recorded_at + 26 * HOUR, True)
    with translation.override("en"):
        assert "that night’s comparison already found it" in since_in_words(again)


def test_nights_say_nothing_where_the_journal_that_has_them_is_not_whole(cases, owner):
    closed = event_of(cases.whole, "closed")
    a_night(closed.recorded_at + 9 * HOUR)
    forge(owner, "UPDATE audit_entry SET at = at + interval '1 hour' WHERE kind = 'verified'")
    *of_cases, of_journal = forged(owner, cases, "the case: fault")
    assert [each.since.ground for each in of_cases] == [Ground.EVENTS]
    assert (of_journal.part, of_journal.since.ground) == (Part.JOURNAL, Ground.NOTHING)
    assert of_journal.ask.roles == ()


def test_a_night_that_was_clean_is_known_to_the_next_one(cases, owner, monkeypatch, capsys):
    monkeypatch.setattr(verify, "open_installation", lambda: None)
    with behind(DatabaseRole.WORKER):
        before = now()
    assert verify.verify_all(is_kept=True) == 0
    with behind(DatabaseRole.WORKER):
        night = AuditEntry.objects.get(kind=AuditKind.VERIFIED)
    found = forged(owner, cases, "the case: fault")[0]
    assert found.since.ground == Ground.COMPARED
    assert before <= found.since.not_before <= night.at
    assert verify.verify_all(is_kept=True, language="es") == 1
    printed = capsys.readouterr().out
    assert "Nada aquí" not in printed
    with behind(DatabaseRole.WORKER):
        assert verification.last_run().found.first[0].since.not_before == found.since.not_before


def test_a_breach_that_is_missed_only_now_may_have_been_taken_out_before_the_night(cases):
    past = verification.Past(now_of(cases), lambda: True)
    past.rights = frozenset()
    past.nights = since_when.PastNights(clean_at=past.now)
    of_case = verification.chain.Break(0, 0, "x", not_before=past.now - HOUR, always_compared=False)
    assert past.of_case(of_case).since.not_before == past.now - HOUR


def now_of(cases):
    return event_of(cases.whole, "closed").recorded_at + 24 * HOUR


# --- the log ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def logged(cases) -> SimpleNamespace:
    """All events are in the log a minute after the last of them, and are signed four minutes later."""
    with behind(DatabaseRole.WORKER):
        at = CaseEvent.objects.order_by("-recorded_at")[0].recorded_at + timedelta(minutes=1)
        log.append(at)
        log.sign(at + timedelta(minutes=4))
        note = log.newest_checkpoint().note
    return SimpleNamespace(at=at, signed_at=at + timedelta(minutes=4), note=note, **vars(cases))


def of_log(*kept: str) -> Finding:
    return next(each for each in findings(*kept) if each.part is Part.LOG)


REHASH = "UPDATE case_event SET hash = sha256(hash) WHERE case_id = %(whole)s AND seq > 5"


@pytest.mark.parametrize("statement", [REHASH, "DELETE FROM case_event WHERE case_id = %(whole)s AND seq > 50"])
def test_an_event_that_is_not_the_one_in_the_log_was_there_when_it_came_into_it(logged, owner, statement):
    forge(owner, statement, whole=logged.whole)
    found = of_log()
    assert (found.since.not_before, found.since.ground) == (logged.at, Ground.LOGGED), "and not only when it was signed"
    assert f"first signed with the checkpoint of {logged.signed_at:%Y-%m-%d %H:%M} UTC" in found.what
    assert (found.ask.roles, found.ask.of_the_log) == ((), True)
    a_night(logged.at + 9 * HOUR)
    assert of_log().since.ground == Ground.COMPARED


def test_an_event_that_is_gone_is_named_by_its_case_and_number_and_was_there_when_it_was_logged(logged, owner):
    (number,) = owner.execute('SELECT number FROM "case" WHERE id = %s', [logged.whole]).fetchone()
    forge(owner, "DELETE FROM case_event WHERE case_id = %(whole)s AND seq = 7", whole=logged.whole)
    of_the_log, missing, *_more = (each for each in findings() if "gone" in each.what or "is missing" in each.what)
    assert (of_the_log.place, of_the_log.part) == (f"{grouped(number)} event 7", Part.LOG)
    assert (missing.place, str(missing.what)) == (f"{grouped(number)} event 7", "an event is missing")
    assert (missing.since.not_before, missing.since.ground) == (logged.at, Ground.LOGGED)


def test_the_last_events_that_are_gone_are_named_by_what_their_case_says(logged, owner):
    case, last = owner.execute('SELECT number, seq FROM "case" WHERE id = %s', [logged.whole]).fetchone()
    forge(owner, "DELETE FROM case_event WHERE case_id = %(whole)s AND seq > %(seq)s", whole=logged.whole, seq=last - 2)
    places = [each.place for each in findings() if each.part is Part.LOG and "it is gone" in each.what]
    assert places == [f"{grouped(case)}, one of the events {last - 1} to {last}"] * 2


def test_an_event_that_may_have_stood_in_either_of_two_cases_is_of_neither(logged):
    gaps = [log_breaks.Gap(1, 2, 2, 10, 20), log_breaks.Gap(5, 3, 3, 14, 30)]
    past = verification.Past(logged.at, lambda: True)
    past.gaps = gaps
    assert (past.gap_of(12), past.gap_of(16), past.gap_of(25), past.gap_of(31)) == (gaps[0], None, gaps[1], None)


def test_a_checkpoint_says_that_the_tree_was_right_when_it_was_signed(logged, owner):
    forge(owner, "UPDATE history_tile SET hashes = sha256('x') || substr(hashes, 33)")
    found = next(each for each in findings() if "was signed over another tree" in each.what)
    assert (found.since.not_before, found.since.ground) == (logged.signed_at, Ground.SIGNED)


def test_no_night_has_seen_a_checkpoint_that_was_kept_elsewhere(logged, owner):
    for table in ("history_leaf", "history_tile", "history_checkpoint"):
        forge(owner, f"DELETE FROM {table}")
    with behind(DatabaseRole.WORKER):
        forge(owner, REHASH, whole=logged.whole)
        log.append(logged.at)
        log.sign(logged.at)
    a_night(logged.at + 9 * HOUR)
    found = of_log(logged.note)
    assert "kept (1) was signed over another tree" in found.what
    assert (found.since.not_before, found.since.ground) == (None, Ground.NOTHING)


def test_an_event_beside_the_log_came_after_the_later_one_was_logged(logged, owner):
    forge(owner, "INSERT INTO case_event SELECT 0, customer_id, case_id, 99, moment, variant, occurred_at, recorded_at,"
          " actor_kind, actor_id, public, data, canonical, hash FROM case_event ORDER BY id LIMIT 1")  # fmt: skip
    found = of_log()
    assert (found.since.not_before, found.since.ground) == (logged.at, Ground.LOGGED)
    assert found.ask.roles == ALL
    a_night(logged.at + 9 * HOUR)
    seen = logged.at + 9 * HOUR - timedelta(minutes=3)
    with behind(DatabaseRole.WORKER):
        assert HistoryLeaf.objects.count()
    assert of_log().since.not_before == seen - log.LATE, "of the last hour a night says nothing of such an event"


# --- who may: tried by each role --------------------------------------------------------------------------------------
TABLES = (
    *("audit_entry", "calendar_change", "call_task", "case", "case_event", "case_file", "clock", "delivered_notice"),
    *("escalation", "event_text", "history_checkpoint", "history_leaf", "history_tile", "notice", "procedure_version"),
    *("carrier_ticket", "delivery", "group_hold", "test_result", "visit", "wait"),
)


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
CHANGE = {"history_tile": "UPDATE history_tile SET hashes = sha256(hashes)"}
"""A tile may grow."""


@pytest.mark.parametrize("table", TABLES)
def test_who_may_write_a_row_is_what_the_database_lets_each_role_do(logged, owner, table):
    with behind(DatabaseRole.WORKER):
        rights = whom_to_ask.rights()
    columns = [name for (name,) in owner.execute(COLUMNS, [table])]
    (has_rows,) = owner.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    for role in set(ROLES) - {ERASER}:
        changes = any(
            lets(owner, role, CHANGE.get(table, f'UPDATE "{table}" SET "{name}" = "{name}"')) for name in columns
        )
        if has_rows or not changes:
            assert changes == ((role, table, Deed.CHANGED) in rights), (role, "UPDATE")
        gone = lets(owner, role, f'DELETE FROM "{table}"')
        assert gone == ((role, table, Deed.GONE) in rights), (role, "DELETE")
        added = lets(owner, role, f'INSERT INTO "{table}" DEFAULT VALUES')
        assert added == ((role, table, Deed.ADDED) in rights), (role, "INSERT")


def lets(owner: psycopg.Connection, role: str, statement: str) -> bool:
    """Whether it comes as far as the row; that another row refers to it, or has it already, is no matter of rights."""
    try:
        with owner.transaction(force_rollback=True):
            owner.execute(f"SET LOCAL ROLE {role}")
            owner.execute(statement)
    except psycopg.errors.InsufficientPrivilege as trouble:
        return "row-level security" in str(trouble)  # it may write other rows of this table
    except psycopg.errors.RestrictViolation:
        return False
    except psycopg.errors.IntegrityError:
        return True
    return True


# --- in words ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_is_said_in_each_language_and_by_name_to_staff_alone(cases, owner, language):
    found = forged(owner, cases, "the case: fault")[0]
    with behind(DatabaseRole.STAFF), translation.override(language):
        name = Staff.objects.get(pk=found.ask.staff).name
        said, nameless = ask_in_words(found), ask_in_words(found, name=None)
        in_spanish = since_in_words(found)
    assert name in said
    assert name not in nameless
    assert "DATABASE_URL" in said
    assert {"es": "No antes de", "en": "Not before", "pt": "Não antes de"}[language] in in_spanish


def test_salud_says_since_when_and_names_neither_case_nor_person(cases, owner):
    found = forged(owner, cases, "the case: fault")[0]
    a_night(event_of(cases.whole, "closed").recorded_at + HOUR, found)
    with behind(DatabaseRole.STAFF):
        (said,) = health.verified(found.since.not_after)[0]["first"]
        name = Staff.objects.get(pk=found.ask.staff).name
    assert said.startswith("cases: the fault is not the one of this event. Not before 20")
    assert "DATABASE_URL" not in said, "anybody may read it"
    assert name not in said
    assert found.place not in said


def test_what_an_older_release_put_on_record_is_read_still(cases):
    a_night(now_of(cases), Finding(Part.CASES, "104-001-2 event 3", "the hash does not match"))
    with behind(DatabaseRole.WORKER):
        entry = AuditEntry.objects.get(kind=AuditKind.VERIFIED)
        older = {name: entry.facts[name] for name in ("cases", "events", "leaves", "breaks", "first")}
        AuditEntry.objects.filter(pk=entry.pk).none()
    found = verification.of_facts(older["first"][0], {})
    assert str(found) == "104-001-2 event 3: the hash does not match"
    assert (since_in_words(found), ask_in_words(found), values_in_words(found)) == ("", "", "")
