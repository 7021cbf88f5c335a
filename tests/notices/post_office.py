"""A mail server on a free port of the loopback that can be told how to behave."""

import asyncio
import email
import socket
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from guardia.notices.smtp import Outlet, Server

HOST = "127.0.0.1"
SENDER = "casos@example.com"


class PostOffice:
    """Keeps what it accepts. ``answers`` gives, per address, the answers to its RCPT commands, one after the other."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.return_paths: list[str] = []
        self.connections = 0
        self.answers: dict[str, list[str]] = {}
        self.answers_to_mail: list[str] = []
        self.answers_to_data: list[str] = []
        self.when_mail_is_kept: Callable[[], None] = lambda: None
        self.controller: Controller | None = None

    def open(self) -> None:
        self.controller = Controller(self, hostname=HOST, port=self.port, ready_timeout=10)
        self.controller.start()

    def close(self) -> None:
        if self.controller:
            self.controller.stop(no_assert=True)
        self.controller = None

    def outlet(self, **more) -> Outlet:
        return Outlet(Server(HOST, self.port, timeout=10, **more), SENDER)

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail, one in zip(self.mails, self.recipients, strict=True) if one == address]

    # --- what aiosmtpd asks ---
    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        answer = self.answers_to_mail.pop(0) if self.answers_to_mail else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        waiting = self.answers.get(address)
        answer = waiting.pop(0) if waiting else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers_to_data.pop(0) if self.answers_to_data else f"250 2.0.0 Ok: queued as {len(self.mails)}"
        if answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
            self.recipients.append(envelope.rcpt_tos[0])
            self.return_paths.append(envelope.mail_from or "")
            await asyncio.to_thread(self.when_mail_is_kept)
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
