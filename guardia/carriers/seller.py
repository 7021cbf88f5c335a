"""The Seller's interface as we call it (MEF 124, Buyer): one request, one answer, and nothing believed of it here.

An answer is read up to two megabytes and within ten seconds; a redirect is not followed. What is no JSON, too large or
late is an answer without a body whose words say so. No secret stands in the words of any trouble.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from guardia.carriers.carrier_connection import Access
from guardia.people.egress import addresses
from guardia.people.outgoing_http import NOWHERE, MayNotLeave, at_address, authorities, proxy_of, wait_in, why_not

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it writes each address, which holds ids

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 2 * 1024 * 1024
LONGEST_WORDS = 500
JSON_TYPE = "application/json;charset=utf-8"
PASSES_BY_ITSELF = frozenset({408, 425, 429})
"""Of 400 and above, these are no refusal of what was sent: it is sent again."""


@dataclass(frozen=True)
class Answer:
    """``status`` (HTTP) is None where there was no answer: then ``words`` say why. ``body`` is what the JSON held, None
    where there was none. ``retry_after`` is the pause that it asked for.
    """

    status: int | None
    words: str = ""
    body: Any = None
    retry_after: timedelta | None = None

    @property
    def is_well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether it answers and does not take what was sent, however often it is sent."""
        return self.status is not None and 300 <= self.status < 500 and self.status not in PASSES_BY_ITSELF

    @property
    def is_of_the_key(self) -> bool:
        return self.status in (401, 403)

    @property
    def ticket(self) -> Mapping[str, Any] | None:
        """The one ticket in it, with a usable id and status; None where it holds none."""
        return self.body if is_ticket(self.body) else None


def is_ticket(value: Any) -> bool:
    """Whether this is an object with an id of up to 100 signs."""
    return isinstance(value, dict) and isinstance(value.get("id"), str) and 0 < len(value["id"].strip()) <= 100


class Seller:
    """One interface. ``timeout`` in seconds is for the whole of each call. Close it after use."""

    def __init__(self, access: Access, timeout: float = TIMEOUT_SECONDS) -> None:
        self.access, self.timeout = access, timeout
        self.clients: dict[str, Any] = {}
        self.token = ""

    def __enter__(self) -> "Seller":
        return self

    def __exit__(self, *trouble: object) -> None:
        for client in self.clients.values():
            client.close()

    # What a Buyer does.
    def tickets(self, **query: str) -> Answer:
        return self.call("GET", "/troubleTicket", query=query)

    def ticket(self, id: str) -> Answer:
        return self.call("GET", f"/troubleTicket/{quote(id, safe='')}")

    def with_external_id(self, external_id: str) -> tuple[Answer, Mapping[str, Any] | None]:
        """The answer, and the one ticket of ours that bears this number; None where there is none."""
        answer = self.tickets(externalId=external_id, limit="20")
        rows = answer.body if isinstance(answer.body, list) else []
        found = [one for one in rows if is_ticket(one) and one.get("externalId") == external_id]
        return answer, found[-1] if answer.is_well and found else None

    def open(self, body: Mapping[str, Any]) -> Answer:
        return self.call("POST", "/troubleTicket", body)

    def change(self, id: str, body: Mapping[str, Any]) -> Answer:
        return self.call("PATCH", f"/troubleTicket/{quote(id, safe='')}", body)

    def act(self, id: str, deed: str, body: Mapping[str, Any] | None = None) -> Answer:
        """``deed``: close, reopen or cancel."""
        return self.call("POST", f"/troubleTicket/{quote(id, safe='')}/{deed}", body)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """One request with our key and ids. Never raises for what the network or the other side does."""
        ids = {"buyerId": self.access.buyer_id, "sellerId": self.access.seller_id}
        asked = urlencode({**(query or {}), **{name: value for name, value in ids.items() if value}})
        key = self.access.key
        if self.access.token_url:
            refused = self._ask_for_token() if not self.token else None
            if refused:
                return refused
            key = self.token
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if content is not None:
            headers["Content-Type"] = JSON_TYPE
        return self._sent(method, f"{self.access.url}{path}{'?' + asked if asked else ''}", headers, content)

    def _ask_for_token(self) -> Answer | None:
        """Ask for a token by client credentials (RFC 6749, section 4.4); the answer where it gives none."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.access.client_id,
            "client_secret": self.access.client_secret,
        }
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._sent("POST", self.access.token_url, headers, urlencode(form).encode())
        token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
        if answer.is_well and isinstance(token, str) and token.isascii() and token:
            self.token = token
            return None
        status = 401 if answer.status in (400, 401, 403) else None
        return Answer(status, f"the token address gave no token: {answer.words or answer.status}"[:LONGEST_WORDS])

    def _sent(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        import httpx2  # loaded with the first request: few installations send any

        until = monotonic() + self.timeout
        try:
            return self._answered(method, url, headers, content, until)
        except MayNotLeave as wrong:
            return Answer(None, str(wrong))
        except httpx2.TimeoutException:
            return Answer(None, f"no answer within {self.timeout:g} s")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as wrong:
            return Answer(None, f"{type(wrong).__name__}: {wrong}".rstrip(": ").replace("\0", "")[:LONGEST_WORDS])

    def _answered(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, until: float
    ) -> Answer:
        import httpx2

        parts = urlsplit(url)
        places = sorted(addresses(parts.hostname or "", parts.port), key=lambda one: (":" in one, one))
        if trouble := why_not(parts.scheme, places):
            raise MayNotLeave(trouble)
        proxy = proxy_of(parts)
        client = self._client(f"{parts.scheme}://{parts.netloc}", proxy)
        more: dict[str, Any] = {"extensions": {"sni_hostname": parts.hostname or ""}, "content": content}
        last: Exception = MayNotLeave(NOWHERE)
        for place in [url] if proxy else [at_address(parts, one) for one in places]:
            try:
                with client.stream(method, place, headers={**headers, "Host": parts.netloc}, **more) as answer:
                    wait = wait_in(answer.headers.get("retry-after", ""))
                    return read(answer.status_code, self._body(answer, until), wait)
            except httpx2.ConnectError as wrong:
                last = wrong
        raise last

    def _client(self, origin: str, proxy: str | None) -> Any:
        import httpx2

        if origin not in self.clients:
            self.clients[origin] = httpx2.Client(
                timeout=self.timeout, follow_redirects=False, trust_env=False, verify=authorities(), proxy=proxy
            )
        return self.clients[origin]

    def _body(self, answer: Any, until: float) -> bytes | None:
        """The whole body as it comes; None where it is larger than MOST_BYTES. Raises httpx2.ReadTimeout."""
        import httpx2

        found = bytearray()
        for piece in answer.iter_raw():
            found += piece
            if len(found) > MOST_BYTES:
                return None
            if monotonic() > until:
                raise httpx2.ReadTimeout("the answer does not end")
        return bytes(found)


def read(status: int, content: bytes | None, retry_after: timedelta | None = None) -> Answer:
    """What an answer says; ``content`` None: it is too large to be read."""
    if content is None:
        return Answer(unusable(status), f"an answer of more than {MOST_BYTES // 1024 // 1024} MB", None, retry_after)
    if not content.strip():
        return Answer(status, "", None, retry_after)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Answer(unusable(status), "the answer is no JSON", None, retry_after)
    return Answer(status, words_in(body), body, retry_after)


def unusable(status: int) -> int | None:
    """A good status whose body cannot be read is no answer; of a bad one the status is what counts."""
    return None if 200 <= status < 300 else status


def words_in(body: Any) -> str:
    """What a refusal says (Error400 to Error501, or a list of Error422), without control characters."""
    errors = body if isinstance(body, list) else [body]
    said = []
    for one in errors[:5]:
        if isinstance(one, dict):
            parts = [one.get(name) for name in ("reason", "message", "propertyPath")]
            said.append(" · ".join(part.strip() for part in parts if isinstance(part, str) and part.strip()))
    words = "; ".join(part for part in said if part)
    return "".join(sign if sign.isprintable() else " " for sign in words)[:LONGEST_WORDS]
