"""One message to one receiver: to an address that Guardia may be sent to, within ten seconds, no redirect followed.

The name is looked up and every address of it is checked as those of pages are (``people/egress.py``); the connection
goes to the very address that was checked, with the name in the Host header and in the TLS greeting.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from guardia.people.egress import addresses
from guardia.people.outgoing_http import (
    MayNotLeave,
    at_address,
    authorities,
    is_internal,
    proxy_of,
    wait_in,
    why_not,
)
from guardia.webhooks.formats import Message

if TYPE_CHECKING:
    import httpx2

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it writes each address, which may hold a secret

TIMEOUT_SECONDS = 10.0
LONGEST_ANSWER = 2_000
MOST_BYTES = 8_000
"""So much of an answer is read; what is longer is left, and so is its connection."""
NAMES_ARE_GOOD_FOR_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """``status`` (HTTP) is None where there was no answer: then ``words`` say why."""

    status: int | None
    words: str
    took_ms: int = 0
    retry_after: timedelta | None = None

    @property
    def is_well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_of_this_event(self) -> bool:
        """Whether the receiver answers and refuses what it was sent, rather than being away or asking us to wait."""
        return self.status is not None and 300 <= self.status < 500 and self.status not in (408, 410, 429)

    @property
    def is_gone(self) -> bool:
        return self.status == 410


class Poster:
    """The connections of one event loop: those of one receiver are used for no other."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self.timeout = timeout
        self.clients: dict[str, httpx2.AsyncClient] = {}
        self.known: dict[str, tuple[float, list[str]]] = {}
        self.names = ThreadPoolExecutor(16, thread_name_prefix="webhook names")

    async def post(self, message: Message) -> Answer:
        """Send it and return what was answered. Never raises."""
        import httpx2  # loaded with the first message: few installations send any

        begun = monotonic()
        try:
            async with asyncio.timeout(self.timeout):
                status, words, wait = await self._post(message)
        except TimeoutError:
            status, words, wait = None, f"no answer within {self.timeout:g} s", None
        except (MayNotLeave, httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as wrong:
            status, words, wait = None, f"{type(wrong).__name__}: {wrong}".rstrip(": "), None
        words = words.replace("\0", "").strip()[:LONGEST_ANSWER]
        return Answer(status, words, round((monotonic() - begun) * 1000), wait)

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()
        self.names.shutdown(wait=False, cancel_futures=True)

    async def _post(self, message: Message) -> tuple[int, str, timedelta | None]:
        import httpx2

        parts = urlsplit(message.url)
        places = await self._addresses(parts)
        if message.is_of_company and any(map(is_internal, places)):
            raise MayNotLeave("a company's own listener is not reached within the operator's networks")
        proxy = proxy_of(parts)
        client = self._client(parts, proxy)
        headers = {**message.headers, "Host": parts.netloc}
        extensions = {"sni_hostname": parts.hostname or ""}
        last: Exception = MayNotLeave("the name leads nowhere")
        for url in [message.url] if proxy else [at_address(parts, place) for place in places]:
            try:
                async with client.stream(
                    "POST", url, content=message.content, headers=headers, extensions=extensions
                ) as answer:
                    return answer.status_code, await beginning(answer), wait_in(answer.headers.get("retry-after", ""))
            except httpx2.ConnectError as wrong:
                last = wrong
        raise last

    async def _addresses(self, parts: SplitResult) -> list[str]:
        """The addresses of the name, all checked, those of IPv4 first. Raises MayNotLeave."""
        host = parts.hostname or ""
        until, known = self.known.get(parts.netloc, (0.0, []))
        if monotonic() >= until:
            found = await asyncio.get_running_loop().run_in_executor(self.names, addresses, host, parts.port)
            known = sorted(found, key=lambda one: (":" in one, one))
            self.known[parts.netloc] = (monotonic() + NAMES_ARE_GOOD_FOR_SECONDS, known)
        if trouble := why_not(parts.scheme, known):
            raise MayNotLeave(trouble)
        return known

    def _client(self, parts: SplitResult, proxy: str | None) -> "httpx2.AsyncClient":
        import httpx2

        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self.clients:
            self.clients[key] = httpx2.AsyncClient(
                timeout=self.timeout, follow_redirects=False, trust_env=False, verify=authorities(), proxy=proxy
            )
        return self.clients[key]


async def beginning(answer: "httpx2.Response") -> str:
    """The beginning of the body, as it comes: it is never unpacked."""
    found = b""
    async for piece in answer.aiter_raw():
        found += piece
        if len(found) >= MOST_BYTES:
            break
    return found[:MOST_BYTES].decode(errors="replace")
