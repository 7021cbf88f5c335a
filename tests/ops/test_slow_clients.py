"""Whoever sends or reads slowly holds no thread of the web, and nothing without a ceiling: the real process.

No proxy stands before it. A web that waits for a slow body in its threads answers nothing of what is asked here.
"""

import asyncio
import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from guardia.cli.children import any_free
from guardia.cli.web import HEAD_MS
from guardia.config import requests, rsgi
from guardia.config.requests import MB, Why, ceiling
from guardia.config.rsgi import NotTaken

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
CLIENTS = 64
PATIENCE = 300  # seconds: longer than any answer takes; only what hangs is ended by it
HEAD = "{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={token}\r\n{more}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


class Web:
    """``guardia web``."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def connection(self) -> socket.socket:
        return socket.create_connection((HOST, self.port), PATIENCE)

    def begun(self, method: str, path: str, more: str = "") -> socket.socket:
        """A request whose head is sent."""
        one = self.connection()
        one.sendall(HEAD.format(method=method, path=path, token="a" * 32, more=more).encode())
        return one

    def get(self, path: str) -> tuple[int, bytes]:
        with self.begun("GET", path, "Connection: close\r\n") as one:
            return read(one)


def read(one: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer."""
    status, _head, body = answer_of(one)
    return status, body


def answer_of(one: socket.socket) -> tuple[int, str, bytes]:
    """Status, head and body of one answer."""
    said = b""
    while b"\r\n\r\n" not in said:
        piece = one.recv(65536)
        assert piece, f"no answer: {said!r}"
        said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += one.recv(65536)
    return int(head.split()[1]), head.decode("latin-1") + "\r\n", body


@contextmanager
def running(folder: Path, threads: int = 1, **more: str) -> Iterator[Web]:
    port = any_free(HOST)
    environment = {**os.environ, "STATE_DIR": str(folder), "LANGUAGE_CODE": "en", **more}
    command = [sys.executable, "-m", "guardia", "web", "--port", str(port), "--threads", str(threads)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        while process.poll() is None:
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except ConnectionRefusedError:
                process_may_begin(process)
        yield Web(port, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def process_may_begin(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
    pytest.fail("the web did not begin")


@pytest.fixture(scope="module")
def web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A body may take two seconds, where others have twenty."""
    with running(tmp_path_factory.mktemp("web"), BODY_SECONDS="2") as one:
        yield one


@pytest.fixture(scope="module")
def patient(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A body may take an hour: whoever would wait for one waits longer than this test."""
    with running(tmp_path_factory.mktemp("patient"), BODY_SECONDS="3600") as one:
        yield one


SLOW: dict[str, Callable[[Web], socket.socket]] = {
    "heads": lambda web: web.connection(),
    "bodies with a length": lambda web: web.begun("POST", "/entrar", f"{FORM}Content-Length: 60000\r\n"),
    "large bodies": lambda web: web.begun("POST", "/c/caso/x/archivo", f"{FORM}Content-Length: 9000000\r\n"),
    "bodies in pieces": lambda web: web.begun("POST", "/entrar", f"{FORM}Transfer-Encoding: chunked\r\n"),
    "readers": lambda web: web.begun("GET", "/static/guardia/css/base.css"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_hold_up_nobody_else(patient, kind):
    held = [SLOW[kind](patient) for _ in range(CLIENTS)]
    try:
        for path in ("/salud/vivo", "/static/guardia/css/base.css", "/entrar", "/salud/listo"):
            # The sign-in of a house without anybody leads to its first steps.
            assert patient.get(path)[0] in {200, 302}, path
    finally:
        for one in held:
            one.close()


def test_a_body_that_does_not_come_is_refused_in_words(web):
    with web.begun("POST", "/entrar", f"{FORM}Content-Length: 100\r\n") as one:
        one.sendall(b"username=")
        status, page = read(one)
    assert status == 408
    assert b"What was sent took too long to arrive." in page


def test_a_body_that_breaks_off_reaches_no_view(web):
    with web.begun("POST", "/entrar", f"{FORM}Content-Length: 100\r\n") as one:
        one.sendall(b"username=somebody")
        one.shutdown(socket.SHUT_WR)
        status, page = read(one)
    assert status == 400
    assert b"The transmission was cut off." in page


def test_a_body_beyond_its_ceiling_is_refused_before_it_is_sent(web):
    with web.begun("POST", "/entrar", f"{FORM}Content-Length: {250 * MB}\r\n") as one:
        status, page = read(one)
    assert status == 413
    assert b"at most 64 KB" in page


def test_one_somewhat_beyond_it_is_read_over_so_that_its_sender_reads_why(web):
    with web.begun("POST", "/campo/fotos/x", f"{FORM}Content-Length: {30 * MB}\r\n") as one:
        for _ in range(30):
            one.sendall(bytes(MB))
        status, said = read(one)
    assert status == 413
    assert b"at most 25 MB" in said


def test_a_form_that_is_whole_reaches_its_view(web):
    with web.begun("POST", "/entrar", f"{FORM}Content-Length: 10\r\n") as one:
        one.sendall(b"username=")
        one.sendall(b"x")
        assert read(one)[0] == 403  # it has no token of ours, and a view's wall says so


# --- what the reader of bodies does, without a clock ---


async def pieces(*each: bytes) -> AsyncIterator[bytes]:
    for one in each:
        yield one


async def never() -> AsyncIterator[bytes]:
    yield b"a"
    await asyncio.Event().wait()


def taken(body: AsyncIterator[bytes], *, most: int = 100, length: int | None = None, seconds: float = 60) -> bytes:
    async def whole() -> bytes:
        with await rsgi.read(body, most=most, length=length, seconds=seconds) as kept:
            return kept.read()

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("body", "length", "seconds", "why"),
    [
        (lambda: pieces(b"a" * 101), None, 60, Why.TOO_LARGE),
        (lambda: pieces(b"a" * 101), 101, 60, Why.TOO_LARGE),
        (lambda: pieces(b"a" * 50, b"a" * 60, b"a" * 5000), None, 60, Why.TOO_LARGE),
        (lambda: pieces(b"abc"), 4, 60, Why.BROKEN_OFF),
        (never, 100, 0, Why.TOO_SLOW),
        (never, None, 0, Why.TOO_SLOW),
    ],
)
def test_what_is_not_taken(body, length, seconds, why):
    with pytest.raises(NotTaken) as refusal:
        taken(body(), length=length, seconds=seconds)
    assert refusal.value.why is why


def test_what_is_taken_is_whole_in_memory_or_not():
    assert taken(pieces(b"abc", b"de"), length=5) == b"abcde"
    large = bytes(rsgi.IN_MEMORY + 1)
    assert taken(pieces(large, b"x"), most=MB, length=None) == large + b"x"


def test_a_full_disk_refuses_the_file_and_not_the_text(monkeypatch):
    class Full(io.BytesIO):
        def write(self, piece: bytes) -> int:  # type: ignore[override]
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(rsgi.tempfile, "SpooledTemporaryFile", lambda size: Full())
    with pytest.raises(NotTaken) as refusal:
        taken(pieces(b"abc"))
    assert refusal.value.why is Why.NO_ROOM


def test_large_bodies_of_one_network_are_read_a_few_at_a_time():
    async def five() -> None:
        places = rsgi.Places(most=4)
        for _ in range(4):
            await places.take("192.0.2.1", 60)
        with pytest.raises(NotTaken) as refusal:
            await places.take("192.0.2.1", 0)
        assert refusal.value.why is Why.BUSY
        await places.take("192.0.2.2", 0.001)  # another network waits for nobody
        places.give_back("192.0.2.1")
        await places.take("192.0.2.1", 60)
        for _ in range(4):
            places.give_back("192.0.2.1")
        places.give_back("192.0.2.2")
        assert not places.by_network
        assert not places.waiting

    asyncio.run(five())


def test_a_large_answer_waits_in_a_file_for_its_reader():
    large = rsgi.gathered(iter([bytes(rsgi.IN_MEMORY), b"end"]))
    assert not isinstance(large, bytes)
    with large, Path(f"/proc/self/fd/{large.fileno()}").open("rb") as opened:
        assert opened.read() == bytes(rsgi.IN_MEMORY) + b"end"
    assert rsgi.gathered([b"a", b"b"]) == b"ab"


def test_the_answer_is_whole_where_no_file_can_be_written(monkeypatch):
    class Full(io.BytesIO):
        def write(self, piece: bytes) -> int:  # type: ignore[override]
            if self.tell() >= MB:
                raise OSError(28, "No space left on device")
            return super().write(piece[: MB // 2])

    monkeypatch.setattr(rsgi.tempfile, "TemporaryFile", lambda buffering: Full())
    assert rsgi.gathered([b"a" * MB, b"b" * MB, b"c"]) == b"a" * MB + b"b" * MB + b"c"


# --- ceilings ---


def test_whoever_has_not_signed_in_sends_little():
    for path in ("/entrar", "/entrar/enlace/x", "/entrar/sin-clave", "/mi-empresa/entrar", "/mi-empresa/codigo/x"):
        assert ceiling(path) == requests.SMALL, path


UPLOADS = {
    "guardia/web/api/v2/operations.py": ["/api/v2/cases/1040019/files"],
    "guardia/web/desk/settings/history_import.py": ("/ajustes/importar", "/ajustes/importar/7/archivos"),
    "guardia/web/field/sending.py": ["/campo/fotos", "/campo/fotos/x"],
    "guardia/web/desk/companies/importing.py": ["/companias/importar"],
    "guardia/web/desk/companies/lists.py": ["/ciudades/lista"],
    "guardia/web/desk/files.py": ["/casos/1040019/archivos"],
    "guardia/web/desk/settings/procedure.py": ["/ajustes/procedimiento/borrador"],
    "guardia/web/desk/settings/letterhead_page.py": ["/ajustes/membrete"],
    "guardia/web/desk/office_counter.py": ["/oficinas/recibir"],
    "guardia/web/first_run/views.py": ["/primeros-pasos/procedimiento"],
    "guardia/web/portal/case_files.py": ["/c/caso/x/archivo", "/mi-empresa/casos/1040019/archivo"],
}


def test_every_address_that_takes_files_takes_the_largest_that_is_allowed():
    found = {
        str(path.relative_to(ROOT)) for path in ROOT.glob("guardia/web/**/*.py") if "request.FILES" in path.read_text()
    }
    assert found == set(UPLOADS)
    for addresses in UPLOADS.values():
        for address in addresses:
            assert ceiling(address) > settings.ATTACHMENT_LIMIT_MB * MB, address
    assert ceiling(reverse("bench")) == requests.FORM


# --- a request as WSGI has it ---


class Scope:
    http_version, server, client, scheme = "1.1", "[::1]:8000", "[2001:db8::7]:50000", "http"
    method, path, query_string = "GET", "/c/año", "q=%C3%B1"
    headers = {"host": "localhost", "x_forwarded_for": "192.0.2.1", "content-type": "text/plain", "x-a": "1"}


def test_a_request_as_wsgi_has_it():
    environ = rsgi.environ_of(Scope())  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/c/año"
    assert (environ["SERVER_NAME"], environ["REMOTE_ADDR"]) == ("::1", "2001:db8::7")
    assert (environ["CONTENT_TYPE"], environ["HTTP_X_A"]) == ("text/plain", "1")
    assert "HTTP_X_FORWARDED_FOR" not in environ  # a name with _ would pass for one with -


def test_the_head_of_a_request_has_a_deadline():
    assert 0 < HEAD_MS <= 30_000
