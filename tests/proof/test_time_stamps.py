"""The worker has the log stamped by an authority that we did not write (`openssl ts`); what is stored and published."""

import json
import logging
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guardia.cases.case import Case
from guardia.cli.checks import machine
from guardia.cli.checks.finding import CHECKS, Health, Installation, answers
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log, note, time_stamp, witnessing
from guardia.proof.offline import guardia_verify
from guardia.reports import verification
from guardia.web.report.document import closing_document
from tests.procedure.story import Story
from tests.proof.authority import Authority, Served, openssl
from tests.proof.test_history import forge
from tests.proof.test_witness import Asked, Log, asked, published

__all__ = ["asked", "published"]

NAME = "Sello de Tiempo 1 (Sellos de Prueba)"
OWN_LINES = "NR == 1 {name = $0} !/^— / || $2 == name"
"""As docs/evidence.md has it: what awk leaves of the published checkpoint is what was stamped."""


@pytest.fixture
def serve(settings, authority, monkeypatch) -> Iterator[Callable[..., Served]]:
    """An authority that answers so, and the setting that names it."""
    served: list[Served] = []
    monkeypatch.setattr(witnessing, "_witnesses", [])

    def begun(answer: Callable[[bytes], bytes] = authority.reply, status: int = 200) -> Served:
        served.append(Served(answer, status))
        settings.PROOF_TSA = served[-1].address
        return served[-1]

    settings.PROOF_TSA_CA = authority.ca.read_text()
    yield begun
    for each in served:
        each.close()


def is_signed(story: Story) -> log.HistoryCheckpoint:
    """The log is signed, and others are asked, as the worker does it; returns what is the newest then."""
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        signed = log.sign(story.now)
    witnessing.ask_others(signed)
    with behind(DatabaseRole.WORKER):
        return log.newest_checkpoint()


def file_of(story: Story) -> dict:
    with behind(DatabaseRole.STAFF):
        return json.loads(closing_document(Case.objects.get(pk=story.case.pk), story.now).history)


# --- asked for, by the worker -----------------------------------------------------------------------------------------


def test_what_is_stored_is_a_time_stamp_for_openssl_too(story, serve, authority):
    served = serve()
    newest = is_signed(story)
    token = b64decode(newest.stamp)
    assert authority.verifies(token, newest.note.encode())
    assert not authority.verifies(token, newest.note.encode() + b"x")
    ((asked_for, headers),) = served.requests
    assert headers["Content-Type"] == "application/timestamp-query"
    (authority.folder / "asked").write_bytes(asked_for)
    said = openssl("ts", "-query", "-in", authority.folder / "asked", "-text").decode()
    assert "Hash Algorithm: sha256" in said
    assert "Certificate required: yes" in said
    assert "Nonce: 0x" in said


def test_each_request_has_a_nonce_of_its_own(story, serve):
    served = serve()
    is_signed(story)
    story.minutes_pass(60)
    is_signed(story)
    (first, _headers), (second, _more) = served.requests
    assert first != second


def test_the_row_of_before_stays_and_who_asks_nobody_writes_no_more(story, serve, settings):
    served = serve()
    is_signed(story)
    with behind(DatabaseRole.WORKER):
        first, second = log.HistoryCheckpoint.objects.order_by("pk")
    assert (first.note, first.at, first.stamp) == (second.note, second.at, "")
    settings.PROOF_TSA = ""
    story.minutes_pass(60)
    assert is_signed(story).stamp == ""
    assert len(served.requests) == 1


ANSWERS: dict[str, tuple[Callable[[Authority, Authority, bytes], bytes], int]] = {
    "an answer to another request": (lambda mine, _other, _query: REPLAYED[mine.folder], 200),
    "a stamp of another authority": (lambda _mine, other, query: other.reply(query), 200),
    "a refusal": (lambda mine, _other, query: mine.reply(query[:-1] + bytes([query[-1] ^ 255]) + b"x"), 200),
    "an error": (lambda mine, _other, query: mine.reply(query), 500),
    "a page": (lambda _mine, _other, _query: b"<html>hello</html>", 200),
    "nothing": (lambda _mine, _other, _query: b"", 200),
    "half of it": (lambda mine, _other, query: mine.reply(query)[:-40], 200),
}
REPLAYED: dict[Path, bytes] = {}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_that_is_no_time_stamp_is_noted_and_stops_nothing(story, serve, authority, stranger, what, caplog):
    answer, status = ANSWERS[what]
    served = serve(lambda query: answer(authority, stranger, query), status)
    with behind(DatabaseRole.WORKER):
        log.append(story.now)
        signed = log.sign(story.now)
    data = authority.folder / "same"
    data.write_bytes(guardia_verify.stamped_bytes(signed.note))
    query = openssl("ts", "-query", "-data", data, "-sha256", "-cert")
    REPLAYED[authority.folder] = authority.reply(query)
    with caplog.at_level(logging.WARNING):
        witnessing.ask_others(signed)
    assert "127.0.0.1 has not stamped the log" in caplog.text
    with behind(DatabaseRole.WORKER):
        assert log.newest_checkpoint().pk == signed.pk
    served.answer, served.status = authority.reply, 200
    story.minutes_pass(60)
    assert is_signed(story).stamp, "the next checkpoint is stamped"


def test_an_authority_that_does_not_answer_holds_nobody_up(story, serve):
    serve().close()
    assert is_signed(story).stamp == ""


def test_without_a_ca_whoever_answers_is_stored(story, serve, settings, stranger):
    serve(stranger.reply)
    settings.PROOF_TSA_CA = ""
    assert is_signed(story).stamp


def test_a_name_and_a_password_in_its_address_are_sent_and_written_nowhere(story, serve, settings, caplog):
    served = serve(lambda _query: b"")
    settings.PROOF_TSA = served.address.replace("127.0.0.1", "guardia:p%40labra@127.0.0.1")
    with caplog.at_level(logging.DEBUG):
        is_signed(story)
    ((_query, headers),) = served.requests
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"guardia:p@labra"
    assert "labra" not in caplog.text


def test_witnesses_and_the_time_stamp_stand_in_one_row(asked: Asked, serve, authority, client, tmp_path):
    """What is stamped is what the log has signed; whoever has the published files finds it by awk and openssl."""
    serve()
    asked.log.grows(5)
    asked.is_asked()
    assert len(asked.signed()) == 1
    with behind(DatabaseRole.WORKER):
        newest, before = log.HistoryCheckpoint.objects.order_by("-pk")
    assert newest.note.startswith(before.note)
    assert newest.note != before.note
    files = tmp_path / "checkpoint", tmp_path / "stamped"
    files[0].write_bytes(client.get("/estado/registro/checkpoint").content)
    files[1].write_bytes(subprocess.run(["awk", OWN_LINES, files[0]], capture_output=True, check=True).stdout)
    assert files[1].read_text() == before.note
    answer = client.get("/estado/registro/checkpoint.tst")
    assert answer.headers["Content-Type"] == "application/vnd.etsi.timestamp-token"
    assert authority.verifies(answer.content, files[1].read_bytes())


def test_a_witness_that_has_the_name_of_the_log_is_not_asked(published: Log, caplog):
    signer = note.Signer(log.origin(), bytes(range(32)), note.COSIGNATURE)
    published.grows(5)
    with behind(DatabaseRole.WORKER):
        signed = log.newest_checkpoint()
    found = witnessing.countersigned(signed.note, [witnessing.Witness(signer.verifier, "http://127.0.0.1:1")], list)
    assert found == ""
    assert "has the name of the log" in caplog.text


def test_of_what_a_witness_answers_its_own_lines_alone_are_published(published: Log, monkeypatch):
    signer = note.Signer("regulator.example.com", bytes(range(32)), note.COSIGNATURE)
    published.grows(5)
    with behind(DatabaseRole.WORKER):
        signed = log.newest_checkpoint()
    line = signer.line(note.text_of(signed.note))
    monkeypatch.setattr(witnessing, "posted", lambda *_given: (200, f"{line}— {log.origin()} AAAAAAAA\n"))
    assert witnessing.countersigned(signed.note, [witnessing.Witness(signer.verifier, "")], list) == line


# --- published --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Con sello de tiempo del"), ("en", "Time stamped on"), ("pt", "Com carimbo")]
)
def test_the_page_says_when_and_by_whom(story, serve, client, language, words):
    assert client.get("/estado/registro/checkpoint.tst").status_code == 404
    serve()
    is_signed(story)
    said = client.get(f"/estado/registro?lang={language}").content.decode()
    assert words in said
    assert NAME in said
    assert "/estado/registro/checkpoint.tst" in said


def test_the_file_of_a_case_brings_it(story, serve, authority):
    serve()
    newest = is_signed(story)
    said = file_of(story)
    assert said["log"]["stamps"] == [newest.stamp]
    own = guardia_verify.authorities_in(authority.ca.read_bytes())
    found = guardia_verify.check(json.dumps(said).encode(), authorities=own)
    assert (found.findings, [(name, theirs) for _at, name, theirs in found.stamps]) == ([], [(NAME, True)])


# --- in the database --------------------------------------------------------------------------------------------------


def breaks() -> list[str]:
    with behind(DatabaseRole.WORKER):
        return [each.what for each in time_stamp.breaks()]


def test_verify_looks_at_the_stored_ones(story, serve, owner, authority, stranger, settings, capsys):
    serve()
    newest = is_signed(story)
    assert breaks() == []
    stamped = guardia_verify.stamped_bytes(newest.note)
    for token, words in (
        (authority.token(b"x"), "of another state of the log"),
        (stranger.token(stamped), "does not come from an authority of PROOF_TSA_CA_FILE"),
        (b64decode(newest.stamp)[:-1] + b"x", "its signature is false"),
        (b"x", "cannot be read"),
    ):
        coded = b64encode(token).decode()
        forge(owner, "UPDATE history_checkpoint SET stamp = %(stamp)s WHERE id = %(id)s", stamp=coded, id=newest.pk)
        (what,) = breaks()
        assert words in what
    forge(owner, "UPDATE history_checkpoint SET stamp = 'ñ' WHERE id = %(id)s", id=newest.pk)
    (what,) = breaks()
    assert "base64" in what
    assert main(["verify", "--language", "en"]) == 1
    assert "log of histories: the time stamp of the checkpoint of" in capsys.readouterr().out
    with behind(DatabaseRole.WORKER):
        since = [str(each) for each in verification.findings_since(story.now, newest.size, [])]
    assert any("base64" in each for each in since)
    settings.PROOF_TSA_CA = ""
    coded = b64encode(stranger.token(stamped)).decode()
    forge(owner, "UPDATE history_checkpoint SET stamp = %(stamp)s WHERE id = %(id)s", stamp=coded, id=newest.pk)
    assert breaks() == []


# --- the doctor -------------------------------------------------------------------------------------------------------


def says() -> tuple[Health, str]:
    (check,) = (each for each in CHECKS if each.ask is machine.time_stamps)
    (found,) = answers(check, Installation())
    assert bool(found.remedy) == (found.health is not Health.OK)
    return found.health, found.words


def test_the_doctor_says_whether_it_is_stamped(story, serve, settings):
    assert says()[0] is Health.OK
    serve(lambda _query: b"")
    is_signed(story)
    assert says()[0] is Health.WARN
    settings.PROOF_TSA_CA = ""
    assert says()[0] is Health.WARN
    settings.PROOF_TSA_CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    assert says()[0] is Health.BAD


def test_the_doctor_finds_it_well(story, serve):
    serve()
    is_signed(story)
    health, words = says()
    assert health is Health.OK
    assert "127.0.0.1" in words
