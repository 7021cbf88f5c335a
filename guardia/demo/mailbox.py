"""The demo's mail server: it receives over real SMTP, keeps every message byte for byte, and delivers nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Keeper:
    """Writes each message as one .eml file; the names sort in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = sum(1 for _ in folder.glob("*.eml"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.keep(envelope.original_content or b"", datetime.now(UTC))
        return "250 OK"

    def keep(self, message: bytes, at: datetime) -> Path:
        """Store the bytes; a reader of the folder sees the whole message or none of it."""
        self.count += 1
        target = self.folder / f"{at:%Y%m%dT%H%M%S.%f}Z-{self.count:06}.eml"
        unfinished = target.with_suffix(".unfinished")
        unfinished.write_bytes(message)
        unfinished.replace(target)
        return target


@contextmanager
def receiving(folder: Path, port: int) -> Iterator[None]:
    """Receive mail on this port of the loopback, into `folder`, for as long as the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the library tells of every command otherwise
    server = Controller(Keeper(folder), hostname=HOST, port=port, enable_SMTPUTF8=True, ready_timeout=10)
    server.start()
    try:
        yield
    finally:
        server.stop(no_assert=True)
