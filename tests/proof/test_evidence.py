"""A file of evidence is checked by whoever has it, and by nothing of Guardia: what is signed, the calendar."""

import copy
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from inspect import unwrap
from types import SimpleNamespace

import pytest

from guardia.cases import calendar_change, chain
from guardia.cases.case import Case
from guardia.cases.contesting import Ruling
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import WaitCause
from guardia.proof import log
from guardia.proof.note import COSIGNATURE, Signer, text_of
from guardia.proof.offline import guardia_verify
from guardia.reports.report_history import company_history
from guardia.web.portal import history
from guardia.web.report.document import closing_document
from tests.clocks.test_rebuild import elsewhere
from tests.procedure.story import Story, staff
from tests.proof.test_history import forge, rewrite_by_the_first_format

HOUR = timedelta(hours=1)


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        return Story()


def file_of(story: Story) -> dict:
    with behind(DatabaseRole.STAFF):
        return json.loads(closing_document(Case.objects.get(pk=story.case.pk), story.now).history)


def verdict(said: dict, **more) -> guardia_verify.Verdict:
    return guardia_verify.check(json.dumps(said).encode(), **more)


def rules(said: dict, **more) -> set[str]:
    return {finding.rule for finding in verdict(said, **more).findings}


# --- who signed, and who saw it ---


@pytest.fixture
def signed(story) -> dict:
    """The file of a case that is in the signed log."""
    with behind(DatabaseRole.STAFF):
        story.open_case()
        story.diagnosis("remote")
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        log.sign(story.now)
    return file_of(story)


def test_a_file_says_by_whom_its_log_was_signed_and_whether_that_key_came_with_the_file(signed):
    (key,) = signed["log"]["keys"]
    assert verdict(signed).logged == [(key, False, None)]
    assert verdict(signed, keys=[key]).logged == [(key, True, None)]
    assert verdict(signed, keys=[key]).is_sound


def test_of_a_case_that_is_not_in_the_log_no_signature_speaks(signed):
    """Whoever hashes a history anew and leaves out where it was may not call it signed."""
    assert any("Firmado" in line for line in guardia_verify.lines_of(verdict(signed), signed, "es"))
    (entry,) = signed["log"]["entries"]
    signed["log"]["entries"] = []
    said = list(guardia_verify.lines_of(verdict(signed), signed, "es"))
    assert not any("Firmado" in line for line in said)
    assert any("no prueba que esté en el registro firmado" in line for line in said)
    signed["log"]["entries"] = [entry]
    assert not any("no prueba" in line for line in guardia_verify.lines_of(verdict(signed), signed, "es"))


def test_a_case_stands_in_a_file_once(signed):
    signed["cases"].append(copy.deepcopy(signed["cases"][0]))
    assert "twice" in rules(signed)


def test_another_key_has_not_signed_it(signed):
    stranger = str(Signer(signed["log"]["keys"][0].partition("+")[0], b"\1" * 32).verifier)
    assert rules(signed, keys=[stranger]) == {"signature"}


def test_a_witness_says_when_it_saw_the_log(signed):
    seen = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    witness = Signer("regulator.example.com", b"\2" * 32, COSIGNATURE)
    assert rules(signed, witnesses=[str(witness.verifier)]) == {"witness"}
    signed["log"]["witnesses"] = [witness.line(text_of(signed["log"]["checkpoint"]), seen)]
    found = verdict(signed, witnesses=[str(witness.verifier)])
    assert (str(witness.verifier), True, seen) in found.logged
    assert found.is_sound
    signed["log"]["witnesses"] = [witness.line("another\n1\n\n", seen)]
    assert rules(signed, witnesses=[str(witness.verifier)]) == {"signature", "witness"}


FORGED = {
    "another leaf": lambda log: log["entries"][0].update(leaf=log["entries"][0]["leaf"] + 1),
    "a proof that is shorter": lambda log: log["entries"][0]["proof"].pop(),
    "another proof": lambda log: log["entries"][0]["proof"].__setitem__(0, "00" * 32),
    "an earlier event": lambda log: log["entries"][0].update(seq=1),
    "another case": lambda log: log["entries"][0].update(case=7),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_not_in_the_log_is_found(signed, what):
    FORGED[what](signed["log"])
    assert rules(signed) == {"log"}


@pytest.mark.parametrize("place", ["size", "root", "signature"])
def test_a_checkpoint_that_was_changed_is_signed_by_nobody(signed, place):
    lines = signed["log"]["checkpoint"].split("\n")
    if place == "size":
        lines[1] = str(int(lines[1]) + 1)
    elif place == "root":
        lines[2] = lines[2][:4] + ("A" if lines[2][4] != "A" else "B") + lines[2][5:]
    else:
        lines[4] = lines[4][:-8] + ("A" if lines[4][-8] != "A" else "B") + lines[4][-7:]
    signed["log"]["checkpoint"] = "\n".join(lines)
    assert "signature" in rules(signed)


def test_without_the_library_a_signature_is_not_called_good(signed, monkeypatch):
    monkeypatch.setattr(guardia_verify, "holds", lambda *_given: None)
    found = verdict(signed)
    assert (found.logged, found.untold) == ([], signed["log"]["keys"])
    said = list(guardia_verify.lines_of(found, signed, "es"))
    assert any("Firma sin comprobar" in line for line in said)
    assert not any("Firmado" in line for line in said)


def test_who_rechains_a_history_and_claims_what_follows_from_it_is_not_in_the_log(signed):
    """The strongest forgery of a file: every hash is computed anew; only the signature stands against it."""
    case, previous = signed["cases"][0], b""
    for row in case["events"]:
        if "canonical" in row:
            row["canonical"] = row["canonical"].replace('"variant":"remote"', '"variant":"visit"')
            content = sha256(row["canonical"].encode()).digest()
        else:
            content = bytes.fromhex(row["content"])
        previous = sha256(previous + bytes([row["mark"]]) + content).digest()
        row["hash"] = previous.hex()
    case["head"] = previous.hex()
    assert "log" in rules(signed)


# --- what the figures turn on besides ---


def waits_at_the_gate(story) -> None:
    """W1: a case whose crew was not let in for ten minutes, told by a call."""
    story.open_case()
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada", excluded=True)
    story.case.wait(why, by=story.by, at=story.now)
    story.minutes_pass(10)
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)


def test_a_decree_moves_an_hour_and_its_journal_is_bound(story, owner):
    """A3 D: an objection is ruled on in office hours; a rest day is announced, and withdrawn, while it waits."""
    with behind(DatabaseRole.STAFF):
        judge = staff("calidad", Role.QUALITY)
        waits_at_the_gate(story)
        story.case.contest(story.case.waits.all(), who="Jefe", words="sí dejamos", by=story.by, at=story.now)
        day = (story.now + timedelta(days=2)).date()
        change = calendar_change.announce(ChangeKind.REST, day=day, reason="decreto", by=story.supervisor, at=story.now)
    with behind(DatabaseRole.WORKER):
        calendar_change.follow(story.now)
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(30)
        calendar_change.withdraw(change, by=story.supervisor, at=story.now)
    with behind(DatabaseRole.WORKER):
        calendar_change.follow(story.now)
    with behind(DatabaseRole.STAFF):
        story.now += timedelta(days=4)
        story.case.rule({story.case.waits.get().pk: Ruling(False, "consta")}, by=Actor.of_staff(judge), at=story.now)
    said = file_of(story)
    assert len(said["journal"]) == 2
    assert rules(said) == set()
    for forged in (
        lambda journal: journal.pop(),
        lambda journal: journal.insert(0, {**journal[0], "edition": 0}),
        lambda journal: journal[0].update(day=(day + timedelta(days=1)).isoformat()),
        lambda journal: journal[0].update(kind="work"),
        lambda journal: journal[1].update(at=journal[0]["at"]),
    ):
        other = copy.deepcopy(said)
        forged(other["journal"])
        assert "journal" in rules(other)
    forge(owner, "UPDATE calendar_change SET day = day + 1 WHERE id = %(id)s", id=change.pk)
    chain.journal_hash.cache_clear()
    with behind(DatabaseRole.WORKER):
        assert "the calendar's journal is not the one by which it counts" in {each.what for each in chain.breaks()}
    chain.journal_hash.cache_clear()


def observes_a_local_day(story) -> None:
    """P5 D, A3 D: an objection waits for its ruling over the day that a canton observes since it was made."""
    judge = staff("calidad", Role.QUALITY)
    waits_at_the_gate(story)
    calendar_change.announce(ChangeKind.OBSERVE, canton="Quito", by=story.supervisor, at=story.now)
    story.case.contest(story.case.waits.all(), who="Jefe", words="sí dejamos", by=story.by, at=story.now)
    story.now += timedelta(days=20)
    story.case.rule({story.case.waits.get().pk: Ruling(False, "consta")}, by=Actor.of_staff(judge), at=story.now)


def with_another_feast(said: dict) -> tuple[dict, dict]:
    """The file with another day in the entry of the journal; and with another one beside it alone."""
    of_the_entry, beside = copy.deepcopy(said), copy.deepcopy(said)
    of_the_entry["journal"][0]["feast"], beside["feasts"]["Quito"] = "11-27", "11-27"
    return of_the_entry, beside


def test_the_feast_of_a_canton_is_bound_by_the_events_that_count_by_it(story, owner):
    with behind(DatabaseRole.STAFF):
        observes_a_local_day(story)
    said = file_of(story)
    assert (said["journal"][0]["feast"], said["feasts"]) == ("12-06", {"Quito": "12-06"})
    assert rules(said) == set()
    of_the_entry, beside = with_another_feast(said)
    assert "journal" in rules(of_the_entry)
    assert rules(beside) == set(), "what stands in the entry counts"
    del said["journal"][0]["feast"]
    assert "journal" in rules(said)


def test_an_entry_of_before_has_no_feast_and_is_read_by_what_stands_beside(story):
    """Its hash is what it was when the journal said nothing of the day."""
    with behind(DatabaseRole.STAFF):
        CalendarChange.objects.create(kind=ChangeKind.OBSERVE, canton="Quito", at=story.now)
        observes_a_local_day(story)
    said = file_of(story)
    assert "feast" not in said["journal"][0]
    assert rules(said) == set()


# --- while somebody works ---
def test_a_history_is_that_of_one_instant(story, monkeypatch):
    """What a case claims is read before its events: here it is closed in between."""
    with behind(DatabaseRole.STAFF):
        story.open_case()
    read, at = history.company_history, story.now

    def while_somebody_works(*asked):
        pieces = read(*asked)
        yield next(pieces)
        elsewhere(lambda: story.goes_to_the_closing())
        yield from pieces

    monkeypatch.setattr(history, "company_history", while_somebody_works)
    monkeypatch.setattr(history, "now", lambda: at)
    monkeypatch.setattr(history.visitor, "takes", lambda *_asked: True)
    who = SimpleNamespace(customer_id=story.bank.pk, contact=SimpleNamespace(pk=story.head.pk, customer=story.bank))
    said = json.loads(unwrap(history.evidence)(None, who).getvalue())
    assert [case["report"]["closed_at"] for case in said["cases"]] == [None]
    assert rules(said) == set()


# --- older histories ---


def test_a_case_of_the_first_format_is_read_as_far_as_it_says(story, owner):
    with behind(DatabaseRole.STAFF):
        story.open_case()
        story.diagnosis("remote")
        story.case.note("queda abierto", by=story.by, at=story.now)
    with behind(DatabaseRole.WORKER):
        old = Case.objects.get(pk=story.case.pk)
        events = list(old.events.order_by("seq"))
    rewrite_by_the_first_format(old, owner, events)
    said = file_of(story)
    assert {"mark", "content"}.isdisjoint(said["cases"][0]["events"][0])
    assert rules(said) == set()
    case = said["cases"][0]
    older = {name: case[name] for name in ("case", "seq", "head", "events", "report")}
    older |= {"format": "guardia-closing-report/1", "language": "es", "log": None}
    assert rules(older) == set()
    assert any("formato es anterior" in line for line in guardia_verify.lines_of(verdict(older), older, "es"))
    older["report"]["promises"][0]["taken"] += 5
    assert rules(older) == {"promises"}


def test_a_company_without_a_case_has_an_empty_history(story):
    with behind(DatabaseRole.STAFF):
        said = json.loads(b"".join(company_history(story.other.pk, story.other.name, story.now, "pt")))
    assert (said["cases"], said["months"], rules(said)) == ([], [], set())
