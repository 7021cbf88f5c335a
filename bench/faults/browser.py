"""A browser of `bin/faults`: one connection, cookies, forms; an answer counts only when it has come whole."""

from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from threading import Event
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from guardia.demo.check import Forms

HOST = "127.0.0.1"
PATIENCE = 20.0
AGAIN = 0.1


class NoAnswer(Exception):
    """The connection was refused, or broke before the answer was whole: nobody knows whether it was done."""


class Over(Exception):
    """The run ends: nobody waits any longer."""


class Answer:
    def __init__(self, status: int, location: str, body: bytes) -> None:
        self.status, self.location, self.body = status, location, body

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def done(self) -> bool:
        return 200 <= self.status < 400


class Http:
    def __init__(self, port: int, stopping: Event) -> None:
        self.port, self.stopping = port, stopping
        self.cookies: dict[str, str] = {}
        self.connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Raises NoAnswer."""
        said = {"Accept-Language": "es", "Referer": f"http://{HOST}:{self.port}/"}
        said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            if self.connection is None:
                self.connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)
            self.connection.request(method, path, body, said)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as trouble:
            self.hang_up()
            raise NoAnswer(str(trouble)) from trouble
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: crumb.value for name, crumb in SimpleCookie(line).items()}
        if answer.will_close:
            self.hang_up()
        return Answer(answer.status, answer.headers.get("Location", ""), content)

    def hang_up(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, path: str) -> Answer:
        """A page, asked for until the operator is well enough to give one. Raises Over."""
        return self.patiently(lambda: self.ask("GET", path))

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """For what may be asked again and again: until it is answered by the operator and not by its trouble."""
        while not self.stopping.is_set():
            try:
                answer = ask()
                if answer.status < 500:
                    return answer
            except NoAnswer:
                pass
            self.stopping.wait(AGAIN)
        raise Over

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(fields).encode(), Content_Type=kind)

    def post_file(self, path: str, fields: dict[str, str], field: str, name: str, content: bytes) -> Answer:
        edge = uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.ask("POST", path, body, Content_Type=f"multipart/form-data; boundary={edge}")


def form_in(page: str, base: str, ending: str) -> dict[str, Any] | None:
    """The form of a page whose address ends so, with what a browser would send; None: the page has no such form."""
    parser = Forms()
    parser.feed(page)
    for form in parser.forms:
        if urlsplit(urljoin(base, form["action"])).path.endswith(ending):
            return form
    return None
