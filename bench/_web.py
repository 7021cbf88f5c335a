"""The real web process, and browsers that speak HTTP to it over a connection that stays open, signed in by the form."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from bench._house import House
from guardia.cli.children import any_free

HOST = "127.0.0.1"
PASSWORD = "bench-battery-staple-42"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    """``seconds`` from the first byte sent to the last one read."""

    status: int
    headers: Message  # by name, in capitals or not
    body: bytes
    seconds: float


class Web:
    """``guardia web`` against one database of the operator: a process of its own, with the threads it ships with."""

    def __init__(self, house: House, database: str, *, threads: int = 4, processes: int = 1, **more: str) -> None:
        self.port = any_free(HOST)
        words = ["web", "--port", str(self.port), "--threads", str(threads), "--processes", str(processes)]
        env = house.address(database) | {"PUBLIC_URL": f"http://{HOST}:{self.port}", "DEMO": "", **more}
        self.process = subprocess.Popen([sys.executable, "-m", "guardia", *words], env=env)
        self._wait()

    def _wait(self) -> None:
        end = monotonic() + PATIENCE
        while True:
            try:
                if Browser(self.port).get("/salud/vivo").status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or monotonic() > end:
                raise RuntimeError("the web process does not answer")
            sleep(0.1)

    def signed_in(self, username: str) -> "Browser":
        browser = Browser(self.port)
        browser.sign_in(username)
        return browser

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)


@contextmanager
def served(house: House, database: str, *, processes: int = 1, **more: str) -> Iterator[Web]:
    web = Web(house, database, processes=processes, **more)
    try:
        yield web
    finally:
        web.stop()


class Browser:
    def __init__(self, port: int) -> None:
        self.origin = f"http://{HOST}:{port}"
        self.connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def sign_in(self, username: str) -> None:
        self.token = token_in(self.get("/entrar"))
        answer = self.post("/entrar", {"username": username, "password": PASSWORD})
        assert answer.status == 302, f"sign-in: {answer.status}"
        self.token = token_in(self.get("/casos/nuevo"))

    def get(self, path: str, **headers: str) -> Answer:
        return self._asked("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields})
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self._asked("POST", path, body, sent)

    def _asked(self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]) -> Answer:
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        begun = perf_counter()
        self.connection.request(method, path, body, given)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = perf_counter() - begun
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return Answer(answer.status, answer.headers, content, seconds)


class Poster:
    """A signed-in browser that only posts, over a connection of its own: one send, and of the answer no more is read
    than says whether it came. What puts the load on shares the machine with what is measured, and should weigh as
    little as pgbench does itself.
    """

    def __init__(self, port: int, browser: Browser) -> None:
        self.token = urlencode({"csrfmiddlewaretoken": browser.token})
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.head = (
            f"Host: {HOST}:{port}\r\nOrigin: {browser.origin}\r\nCookie: {cookies}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE)

    def post(self, path: str, fields: Mapping[str, object]) -> tuple[int, float]:
        """The status of the answer, and the seconds until it was there."""
        body = f"{self.token}&{urlencode(fields)}"
        request = f"POST {path} HTTP/1.1\r\n{self.head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        begun = perf_counter()
        self.socket.sendall(request)
        answer = self._answer()
        return int(answer[9:12]), perf_counter() - begun

    def _answer(self) -> bytes:
        found = b""
        while True:
            came = self.socket.recv(65536)
            if not came:
                raise ConnectionError("the connection ended amid an answer")
            found += came
            head, ends, body = found.partition(b"\r\n\r\n")
            if ends and len(body) >= int(LENGTH.search(head)[1]):
                return found

    def close(self) -> None:
        self.socket.close()


def token_in(answer: Answer) -> str:
    found = TOKEN.search(answer.body.decode())
    assert found, f"no form: {answer.status}"
    return found[1]


def give_password(username: str) -> None:
    """So that somebody of the small operator can sign in by the form."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.people.staff import Staff

    with behind(DatabaseRole.STAFF):
        Staff.objects.get(username=username).set_password(PASSWORD)
