"""`guardia api` as a process against a web server: what it prints, what it sends, and each kind of trouble."""

import json
import os
import pty
import socket
import ssl
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from guardia.cli.api import sent
from guardia.cli.api_connection import Connection
from guardia.cli.api_request import request_of
from guardia.cli.children import any_free
from guardia.cli.installation import Mistake
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence.files import CaseFile
from guardia.people.api_key import ApiKey
from guardia.web.api.v2.operations import OPERATIONS
from tests.cli.conftest import ROOT, Installation
from tests.notices.authority import GOOD, SELF_SIGNED, Authority
from tests.ops.cut import Relay, Way

pytestmark = pytest.mark.process

NASTY = """It's "down" $HOME `id` \\n @x; ñ\nsecond line 'quoted'"""


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


# --- list, show, call -------------------------------------------------------------------------------------------------
def test_what_there_is_is_listed_and_shown_without_a_key(installation: Installation):
    done = installation.api("list", GUARDIA_KEY="")
    assert (done.returncode, done.stderr) == (0, "")
    named = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert named == set(OPERATIONS)
    few = installation.api("list", "diagnose", "--url", f"{installation.url}/api/v2/")
    assert few.stdout.splitlines()[0] == "cases"
    assert "cases.diagnose" in few.stdout
    assert "cases.open" not in few.stdout
    none = installation.api("list", "diagnoze")
    assert none.returncode == 1
    assert "no operation has “diagnoze”" in none.stderr
    page = installation.api("show", "cases.open", GUARDIA_KEY="").stdout
    assert page.startswith("cases.open  POST /api/v2/cases\nOpen a case (P2)\n")
    assert "guardia api call cases.open service=1 symptoms='No link since 02:00' impact=down source=mail" in page
    assert "one of: down, degraded, intermittent" in page
    assert "\n  201  " in page


def test_a_case_is_opened_once_by_the_key_that_was_written_down(installation: Installation):
    words = ["call", "cases.open", f"service={installation.story.service.pk}", f"symptoms={NASTY}", "impact=degraded"]
    done = installation.api(*words, "--headers", "--language", "en")
    assert done.returncode == 0, done.stderr
    opened = json.loads(done.stdout)
    assert opened["symptoms"] == NASTY
    head, first, *headers = done.stderr.splitlines()
    key = head.removeprefix("Idempotency-Key: ").partition(".")[0]
    assert head.endswith(f"--idempotency-key {key}")
    assert first.startswith("HTTP/1.1 201")
    assert any(line.lower().startswith("etag: ") for line in headers)
    again = installation.api(*words, "--idempotency-key", key, "--headers")
    assert json.loads(again.stdout) == opened
    assert "idempotent-replayed: true" in again.stderr.lower()
    assert installation.secret not in done.stdout + done.stderr + again.stderr


def test_the_options_stand_anywhere_and_a_body_comes_from_the_standard_input(installation: Installation):
    number = f"number={installation.story.number}"
    done = installation.api("call", "--json", "-", "cases.note", "--headers", number, given='{"text": "as it is"}')
    assert json.loads(done.stdout)["event_kind"] == "noted"
    wrong = installation.api("call", "cases.note", number, "--json", "-", given="{text}")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--json: - is no JSON" in wrong.stderr


def test_nothing_is_done_where_somebody_has_changed_it_since(installation: Installation):
    number = f"number={installation.story.number}"
    done = installation.api("call", "cases.note", number, "text=a", "--if-match", '"1-1"', "--language", "en")
    assert (done.returncode, done.stdout) == (1, "")
    assert "guardia: Somebody else has changed it since you read it; nothing was done. (412)" in done.stderr
    assert "Read it again" in done.stderr
    tag = f'"{installation.story.number}-{json.loads(installation.api("call", "cases.read", number).stdout)["seq"]}"'
    assert installation.api("call", "cases.note", number, "text=a", "--if-match", tag).returncode == 0


def test_a_terminal_gets_it_indented_and_a_pipe_in_one_line(installation: Installation):
    command = [sys.executable, "-m", "guardia", "api", "call", "cases.read", f"number={installation.story.number}"]
    assert installation.run(command).stdout.count("\n") == 1
    parent, child = pty.openpty()
    done = subprocess.run(command, cwd=ROOT, env=installation.environment(), stdout=child, check=False)
    os.close(child)
    assert done.returncode == 0
    assert os.read(parent, 16).startswith(b'{\r\n  "number": ')
    os.close(parent)


# --- curl -------------------------------------------------------------------------------------------------------------
def test_curl_answers_the_same(installation: Installation, tmp_path: Path):
    photo = tmp_path / 'a "b";c, d.txt'
    photo.write_text("measured at the rack")
    number = f"number={installation.story.number}"
    calls = [
        ["cases.list", "open=true", "limit=5", "customer_reference=a b&c", "opened_from=2026-01-01T00:00:00-05:00"],
        ["cases.read", number, "fields=number,stage"],
        ["cases.note", number, f"text={NASTY}", "--idempotency-key", "one"],
        ["cases.depart", number],
        ["cases.add_files", number, f"files=@{photo}", "caption=@@ the; rack", "--idempotency-key", "two"],
    ]
    for words in calls:
        done = installation.api("call", *words)
        printed = installation.api("call", *words, "--curl")
        assert (printed.returncode, printed.stderr) == (0, ""), words
        assert installation.secret not in printed.stdout
        ran = installation.run(["sh", "-c", printed.stdout])
        assert ran.returncode == 0, ran.stderr
        answer = json.loads(ran.stdout)
        if done.returncode == 0:
            assert answer == json.loads(done.stdout), words
        else:
            assert f"{answer['title']} ({answer['status']})" in done.stderr, words


def test_curl_sends_nothing_by_itself_and_needs_no_key(installation: Installation):
    words = ["call", "cases.note", f"number={installation.story.number}", "text=a", "--curl", "--language", "pt"]
    before = installation.story.number, seq_of(installation)
    printed = installation.api(*words, GUARDIA_KEY="")
    assert printed.returncode == 0
    assert "Accept-Language: pt" in printed.stdout
    assert "Idempotency-Key: " in printed.stdout
    assert (installation.story.number, seq_of(installation)) == before


def seq_of(installation: Installation) -> int:
    return json.loads(installation.api("call", "cases.read", f"number={installation.story.number}").stdout)["seq"]


# --- files and pages --------------------------------------------------------------------------------------------------
def test_files_go_up_and_come_down(installation: Installation, tmp_path: Path):
    log, second = tmp_path / "log.txt", tmp_path / "second.txt"
    log.write_bytes("pérdida 100 %\n".encode() * 50)
    second.write_text("another one")
    number = f"number={installation.story.number}"
    added = installation.api(
        *("call", "cases.add_files", number, f"files=@{log}", f"files=@{second}", "caption=Measured", "shown=true")
    )
    assert added.returncode == 0, added.stderr
    files = json.loads(added.stdout)["files"]
    assert [(one["name"], one["caption"], one["shown"]) for one in files] == [
        ("log.txt", "Measured", True),
        ("second.txt", "Measured", True),
    ]
    with behind(DatabaseRole.STAFF):
        assert CaseFile.objects.count() == 2
    command = [sys.executable, "-m", "guardia", "api", "call", "cases.file_content", number, f"file={files[0]['id']}"]
    down = subprocess.run(command, cwd=ROOT, env=installation.environment(), capture_output=True, check=True)
    assert down.stdout == log.read_bytes()


def test_every_page_is_read_one_row_a_line(installation: Installation):
    with behind(DatabaseRole.STAFF):
        for number in range(4):
            installation.story.call = None
            installation.story.case_is_registered(symptoms=f"Another fault {number}")
    whole = json.loads(installation.api("call", "cases.list").stdout)["items"]
    assert len(whole) == 5
    paged = installation.api("call", "cases.list", "limit=2", "--all", "--headers")
    assert rows(paged.stdout) == whole
    assert paged.stderr.count("HTTP/1.1 200") == 3
    assert rows(installation.api("call", "cases.list", "--all").stdout) == whole
    number = f"number={installation.story.number}"
    events = installation.api("call", "cases.events", number, "limit=1", "--all", "fields=seq")
    assert [row["seq"] for row in rows(events.stdout)] == list(range(1, len(rows(events.stdout)) + 1))
    feed = installation.api("call", "events.read", "--all")
    assert feed.returncode == 0
    assert "What comes later: after=" in feed.stderr
    wrong = installation.api("call", "cases.read", number, "--all")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--all: cases.read answers no list" in wrong.stderr


def test_a_reader_that_has_seen_enough_is_no_error(installation: Installation):
    for words in (["list"], ["call", "cases.list", "--all"], ["show", "cases.open"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "guardia", "api", *words],
            cwd=ROOT,
            env=installation.environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, ""), words


# --- what is refused, and what does not answer ------------------------------------------------------------------------
def test_a_problem_is_told_whole(installation: Installation):
    done = installation.api("call", "cases.open", "service=999999", "symptoms=a", "--language", "en")
    assert (done.returncode, done.stdout) == (1, "")
    told = [line for line in done.stderr.splitlines() if not line.startswith("Idempotency-Key")]
    assert told == [
        "guardia: Something in the request is missing or wrong. (422)",
        "  Correct it and send it again.",
        "  service: There is no active service with this id. See /api/v2/services.",
    ]
    number = f"number={installation.story.number}"
    plan = ["cause=A cut of fibre", "plan=Splice it", "plan_kind=visit", "--language", "en"]
    early = installation.api("call", "cases.diagnose", number, *plan)
    assert early.returncode == 1
    assert "(409)" in early.stderr
    assert early.stderr.endswith("\n  Clause P3\n")


def test_a_key_that_is_wrong_or_missing(installation: Installation, tmp_path: Path):
    forged = installation.secret[:-4] + "0000"
    refused = installation.api("call", "cases.list", "--language", "en", GUARDIA_KEY=forged)
    assert refused.returncode == 1
    assert "(401)" in refused.stderr
    assert forged not in refused.stderr
    missing = installation.api("call", "cases.list", GUARDIA_KEY="")
    assert missing.returncode == 2
    assert "GUARDIA_KEY" in missing.stderr
    file = tmp_path / "key"
    file.write_text(f"{installation.secret}\n")
    assert installation.api("call", "cases.list", "--key-file", str(file), GUARDIA_KEY=forged).returncode == 0
    file.write_text("two words\nand lines")
    broken = installation.api("call", "cases.list", "--key-file", str(file))
    assert (broken.returncode, "two words" in broken.stderr) == (2, False)
    gone = installation.api("call", "cases.list", "--key-file", "/nonexistent/key")
    assert gone.returncode == 2
    assert "/nonexistent/key cannot be read: No such file" in gone.stderr
    with behind(DatabaseRole.STAFF):
        ApiKey.objects.update(scopes=["cases.read"])
    narrow = installation.api("call", "cases.list", "--language", "en")
    assert narrow.returncode == 1
    assert "Ask an administrator for a key with this scope: cases.list." in narrow.stderr


def test_wrong_usage_sends_nothing_and_names_the_field(installation: Installation, capsys, monkeypatch):
    monkeypatch.setenv("GUARDIA_URL", installation.url)
    monkeypatch.setenv("GUARDIA_KEY", installation.secret)
    before = seq_of(installation)
    number = f"number={installation.story.number}"
    for words, complaint in (
        (["call", "cases.nte", number, "text=a"], "Did you mean cases.note"),
        (["call", "cases.note", number, "txt=a"], "Did you mean text"),
        (["call", "cases.note", number], "missing: text"),
        (["call", "cases.set_impact", number, "impact=degrded"], "Did you mean degraded"),
        (["call", "cases.read", number, "--if-match", "a"], "--if-match: cases.read changes nothing"),
        (["call", "cases.read", number, "--idempotency-key", "a"], "--idempotency-key: cases.read takes none"),
        (["call", "cases.note", number, "text=a", "--bogus"], "unrecognized arguments: --bogus"),
        (["call"], "OPERATION"),
        (["show", "cases"], "there is no operation “cases”"),
        (["list", "--url", "guardia.example.com"], "--url: “guardia.example.com” is no address"),
    ):
        code, told = exit_code(words), capsys.readouterr()
        assert (code, told.out) == (2, ""), (words, told.err)
        assert complaint in told.err
    assert exit_code(["list", "--url", "https://ana:s3cret@guardia.example.com"]) == 2
    assert "s3cret" not in capsys.readouterr().err
    assert seq_of(installation) == before


def exit_code(words: list[str]) -> int:
    """Of `guardia api WORDS`, in this process: a dozen others would take long to begin."""
    try:
        return main(["api", *words])
    except SystemExit as end:  # argparse
        return int(str(end.code))


def test_nobody_there_is_a_sentence(installation: Installation):
    closed = f"http://127.0.0.1:{any_free('127.0.0.1')}"
    for url, complaint in (
        (closed, f"{closed} does not answer (Connection refused)"),
        ("http://nowhere.invalid", "There is no host of this name: http://nowhere.invalid"),
        (installation.url.replace("http://", "https://"), "Is it http:// in place of https://?"),
        (f"{installation.url}/elsewhere", "and not as Guardia does"),
    ):
        done = installation.api("list", "--url", url)
        assert (done.returncode, done.stdout) == (1, ""), url
        assert complaint in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.fixture
def elsewhere(tmp_path: Path):
    """A web site that is none of ours, on a port of its own, in plain and with TLS."""
    (tmp_path / "api" / "v2").mkdir(parents=True)
    (tmp_path / "api" / "v2" / "openapi.json").write_text("<html>Welcome</html>")
    (tmp_path / "other" / "api" / "v2").mkdir(parents=True)
    (tmp_path / "other" / "api" / "v2" / "openapi.json").write_text('{"hello": "world"}')
    (tmp_path / "moved" / "api" / "v2" / "openapi.json").mkdir(parents=True)
    begun: list[ThreadingHTTPServer] = []

    def begin(context: ssl.SSLContext | None = None) -> int:
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *given: SimpleHTTPRequestHandler(*given, directory=str(tmp_path))
        )
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        begun.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    yield begin
    for server in begun:
        server.shutdown()
        server.server_close()


def test_what_is_not_guardia_is_told(installation: Installation, elsewhere):
    site = f"http://127.0.0.1:{elsewhere()}"
    for url, complaint in (
        (site, "which is no JSON (200). Is this the address of an installation of Guardia"),
        (f"{site}/other", "describes no API"),
        (f"{site}/moved", f"{site}/moved leads on to /moved/api/v2/openapi.json/ (301)"),
        (f"{site}/nothing", "answered 404 File not found, and not as Guardia does"),
    ):
        done = installation.api("list", "--url", url)
        assert (done.returncode, done.stdout) == (1, ""), url
        assert complaint in done.stderr


def test_a_certificate_is_looked_at(installation: Installation, elsewhere, tmp_path: Path):
    authority = Authority(tmp_path)
    pem = tmp_path / "authority.pem"
    pem.write_text(authority.pem)
    bad = f"https://127.0.0.1:{elsewhere(authority.context(SELF_SIGNED))}"
    done = installation.api("list", "--url", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"The certificate of {bad} is not trusted: self-signed certificate" in done.stderr
    assert "SSL_CERT_FILE" in done.stderr
    good = f"https://127.0.0.1:{elsewhere(authority.context(GOOD))}/other"
    assert "is not trusted" in installation.api("list", "--url", good).stderr
    assert "describes no API" in installation.api("list", "--url", good, SSL_CERT_FILE=str(pem)).stderr


def test_after_a_lost_answer_it_is_told_how_to_send_the_same_again(installation: Installation, capsys):
    relay = Relay(int(installation.url.rpartition(":")[2]))
    try:
        with Connection(f"http://127.0.0.1:{relay.port}", installation.secret) as connection:
            operation = connection.document().operation("cases.note")
            request = request_of(operation, [f"number={installation.story.number}", f"text={'a' * 3900}"])
            request.headers["Idempotency-Key"] = "one"
            relay.set(Way.MIDDLE)
            with pytest.raises(Mistake, match=r"Whether it was done is not known: .* --idempotency-key one"):
                sent(connection, request, with_headers=False)
            assert "send the same with --idempotency-key one" in capsys.readouterr().err
            relay.set(Way.OPEN)
            assert sent(connection, request, with_headers=False).status_code == 200
    finally:
        relay.close()


def test_a_connection_that_is_never_made_leaves_nothing_in_doubt(installation: Installation):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Connection(f"http://127.0.0.1:{port}", installation.secret) as connection:
        with Connection(installation.url) as there:
            operation = there.document().operation("cases.note")
        request = request_of(operation, [f"number={installation.story.number}", "text=a"])
        with pytest.raises(Mistake, match="does not answer") as raised:
            sent(connection, request, with_headers=False)
    assert "not known" not in str(raised.value)
