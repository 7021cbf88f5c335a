"""How one operation of Guardia's API is called: the key, retries, refusals, ETags, pages and files.

The operations themselves stand in ``operations.py``, the types of their answers in ``models.py``; both are generated.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from time import sleep
from typing import Any, Self, cast
from urllib.parse import quote
from uuid import uuid4

import httpx2

ASKED_TO_WAIT = (429, 503)
LOST = (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError)
"""The server could not be reached, or its answer was lost on the way: what was sent may have been done."""
SHORTEST_PAUSE = 0.5
"""Seconds before a request is sent for the second time, where the server does not say how long to wait."""

File = Path | tuple[str, bytes]
"""A file to send: where it lies, or its name and its bytes."""


class Problem(Exception):
    """What the API refused (RFC 9457); ``title`` and ``remedy`` are sentences in the language of the client.

    ``clause`` is the clause of the procedure that refuses it, such as P3; ``errors`` says by field what is wrong with
    it; ``retry_after`` is how many seconds the server asks to wait, or None.
    """

    def __init__(self, response: httpx2.Response) -> None:
        found = problem_in(response)
        self.status = response.status_code
        self.title = str(found.get("title") or response.reason_phrase)
        self.remedy = str(found.get("remedy") or "")
        self.clause = str(found.get("clause") or "")
        self.errors = {str(one["field"]): str(one["detail"]) for one in found.get("errors") or ()}
        self.retry_after = seconds_to_wait(response)
        fields = "".join(f" [{name}: {words}]" for name, words in self.errors.items())
        super().__init__(f"{self.status} {self.title} {self.remedy}".rstrip() + fields)


def problem_in(response: httpx2.Response) -> dict[str, Any]:
    """The problem that was answered; empty where something else answered, such as a proxy with a page of its own."""
    if "json" not in response.headers.get("Content-Type", ""):
        return {}
    found = response.json()
    return found if isinstance(found, dict) else {}


def seconds_to_wait(response: httpx2.Response) -> float | None:
    written = response.headers.get("Retry-After", "")
    return float(written) if written.isdecimal() else None


class Answer(dict[str, Any]):
    """An answer as plain data that also remembers its ETag."""

    etag = ""


Tag = str | Mapping[str, object] | None
"""An ETag, or the answer that came with it."""


def etag_of(tag: Tag) -> str:
    """The ETag of an answer; empty where it has none."""
    return tag if isinstance(tag, str) else str(getattr(tag, "etag", ""))


class Page[Row]:
    """One page of a list. ``items`` are its rows; iterating over it goes on through all pages that follow."""

    def __init__(self, items: list[Row], next_cursor: str | None, turn: "Callable[[str], Page[Row]]") -> None:
        self.items, self.next_cursor, self._turn = items, next_cursor, turn

    def __iter__(self) -> Iterator[Row]:
        page = self
        yield from page.items
        while page.next_cursor:
            page = page._turn(page.next_cursor)
            yield from page.items


class Connection:
    """The way to one installation by one key.

    ``address`` is that of the installation, such as ``https://guardia.example.com``; ``language`` is es, en or pt, and
    empty for that of the installation. ``timeout`` is in seconds. A request whose answer was lost, or that the server
    asked to send later (429 and 503), is sent at most ``attempts`` times, as long as no pause is longer than
    ``longest_pause`` seconds. ``pause`` is what waits so many seconds.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        language: str = "",
        timeout: float = 30.0,
        attempts: int = 4,
        longest_pause: float = 60.0,
        pause: Callable[[float], object] = sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "guardia-client"}
        if language:
            headers["Accept-Language"] = language
        self._http = httpx2.Client(base_url=address.rstrip("/"), headers=headers, timeout=timeout)
        self._attempts, self._longest_pause, self._pause = attempts, longest_pause, pause

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        places: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        files: Sequence[File] = (),
        idempotency_key: str = "",
        if_match: Tag = None,
        known: Tag = None,
    ) -> Any:
        """Call an operation and return its answer as plain data.

        ``places`` fill the path. What is None in ``query`` and ``body`` is left out. A POST bears an idempotency key,
        a new one unless one is given, so that it is done once however often it is sent. ``if_match``: do it only while
        this is still the newest state. ``known``: what was read before; it is returned where nothing has changed.

        Raises Problem where the API refuses it, and httpx2.TransportError where no answer came.
        """
        tag = etag_of(known)
        headers = {"If-None-Match": tag} if tag else {}
        if method == "POST":
            headers["Idempotency-Key"] = idempotency_key or uuid4().hex
        if match := etag_of(if_match):
            headers["If-Match"] = match
        # Sent again after it was done, a change that asks for the state before it would be refused for nothing.
        may_repeat = method in ("GET", "POST") or not match
        sent = content_of(body, files)
        response = self._send(may_repeat, method, filled(path, places), params=written(query), headers=headers, **sent)
        return known if response.status_code == httpx2.codes.NOT_MODIFIED else data_of(response)

    def download(
        self, method: str, path: str, places: Mapping[str, object], *, query: Mapping[str, object] | None = None
    ) -> bytes:
        """Call an operation that answers a file, and return its bytes. Raises as ``call`` does."""
        return self._send(True, method, filled(path, places), params=written(query)).content

    def _send(self, may_repeat: bool, method: str, path: str, **request: Any) -> httpx2.Response:
        """Send it until it is answered; see the class for how often. Raises Problem."""
        for attempt in range(1, self._attempts + 1):
            is_last = attempt == self._attempts
            seconds = SHORTEST_PAUSE * 2 ** (attempt - 1)
            try:
                response = self._http.request(method, path, **request)
            except LOST:
                if is_last or not may_repeat:
                    raise
            else:
                asked = seconds_to_wait(response)
                seconds = seconds if asked is None else asked
                if response.is_success or response.status_code == httpx2.codes.NOT_MODIFIED:
                    return response
                if response.status_code not in ASKED_TO_WAIT or is_last or seconds > self._longest_pause:
                    raise Problem(response)
            self._pause(seconds)
        raise ValueError("attempts must be 1 or more")

    def list_page(self, path: str, places: Mapping[str, object], query: Mapping[str, object]) -> Page[Any]:
        """One page of a list, which knows how to turn to the next one."""
        found = self.call("GET", path, places, query=query)
        return Page(
            found["items"],
            found.get("next_cursor"),
            lambda cursor: self.list_page(path, places, {**query, "cursor": cursor}),
        )


class Group:
    """The operations of one noun."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


def filled(path: str, places: Mapping[str, object] | None) -> str:
    return path.format(**{name: quote(str(value), safe="") for name, value in (places or {}).items()})


def written(values: Mapping[str, object] | None) -> dict[str, Any]:
    """Values as JSON and addresses have them: hours and days as ISO 8601; what is None is left out."""
    return {name: plain(value) for name, value in (values or {}).items() if value is not None}


def plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(one) for one in value]
    return value


def content_of(body: Mapping[str, object] | None, files: Sequence[File]) -> dict[str, Any]:
    """The content of a request: JSON, or a form where there are files, which are read once so that each attempt sends
    the same bytes.
    """
    if files:
        named = [(one.name, one.read_bytes()) if isinstance(one, Path) else one for one in files]
        return {"data": written(body), "files": [("files", one) for one in named]}
    return {} if body is None else {"json": written(body)}


def data_of(response: httpx2.Response) -> Any:
    """The answer as plain data with its ETag."""
    found = response.json()
    if not isinstance(found, dict):
        return found
    answer = Answer(found)
    answer.etag = response.headers.get("ETag", "")
    return cast("Any", answer)
