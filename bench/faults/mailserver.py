"""The mail server of `bin/faults`: real SMTP, keeps every message, and can be made to refuse, to hang, to drop.

A message is kept before it is answered with 250. ``opened`` counts the connections of its whole life: what one of them
had in hand when a process was killed may come once more.
"""

import asyncio
import re
import threading
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
REPEAT = re.compile(rb"^X-Guardia-Repeat:", re.MULTILINE | re.IGNORECASE)
REMEMBERED = 400


@dataclass(frozen=True)
class Arrival:
    message_id: str
    to: str
    repeat: bool


class MailServer:
    def __init__(self, file: Path) -> None:
        self.file = file.open("ab")
        self.arrivals: list[Arrival] = []
        self.newest: deque[bytes] = deque(maxlen=REMEMBERED)
        self.talks: set[asyncio.StreamWriter] = set()
        self.opened = self.dropped = self.port = 0
        self.hanging = False
        self.to_drop = 0
        self.kept = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="mail server", daemon=True)

    def __enter__(self) -> "MailServer":
        self.thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *trouble: object) -> None:
        self._do(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.file.close()

    @property
    def open(self) -> int:
        return len(self.talks)

    # --- what is done to it ---
    def refuse(self) -> None:
        """Nobody listens any more; what was open is cut."""
        self._do(self._stop())

    def hang(self) -> None:
        """From here on nobody gets an answer."""
        self.hanging = True

    def drop(self, how_many: int) -> None:
        """So many messages are kept, and the connection breaks before the 250."""
        self.to_drop = how_many

    def heal(self) -> None:
        self.to_drop = 0
        if self.hanging:
            self.hanging = False
            self._do(self._cut())
        if not self.server.is_serving():
            self._do(self._listen())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _listen(self) -> None:
        self.server = await asyncio.start_server(self._talk, HOST, self.port, limit=2**24)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self.server.close()
        await self._cut()

    async def _cut(self) -> None:
        for writer in list(self.talks):
            writer.transport.abort()

    # --- SMTP ---
    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.add(writer)
        self.opened += 1
        try:
            await self._say(writer, b"220 sink")
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.talks.discard(writer)
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, words: bytes) -> None:
        if not self.hanging:
            writer.write(words + b"\r\n")
            await writer.drain()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = b""
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"RCPT":
                to = line[line.find(b"<") + 1 : line.find(b">")]
            if word == b"DATA":
                await self._say(writer, b"354 go on")
                mail = await reader.readuntil(b"\r\n.\r\n")
                if self.hanging:
                    continue
                self._keep(mail, to.decode())
                if self.to_drop:
                    self.to_drop -= 1
                    self.dropped += 1
                    writer.transport.abort()
                    return
                await self._say(writer, b"250 2.0.0 Ok")
            elif word == b"QUIT":
                await self._say(writer, b"221 bye")
                return
            else:
                await self._say(writer, b"250 sink" if word == b"EHLO" else b"250 2.1.0 Ok")

    def _keep(self, mail: bytes, to: str) -> None:
        head = mail.partition(b"\r\n\r\n")[0]
        found = MESSAGE_ID.search(head)
        self.file.write(b"%d\n%s" % (len(mail), mail))
        self.file.flush()
        self.newest.append(mail)
        self.arrivals.append(Arrival(found[1].decode() if found else "", to, bool(REPEAT.search(head))))
        self.kept.set()


def text_of(mail: bytes) -> tuple[Any, str]:
    """A message, and its words as a person reads them."""
    message = message_from_bytes(mail, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return message, str(body.get_content()) if body else ""
