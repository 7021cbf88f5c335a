"""Where the pages go: a mail server and an Apprise address (``json://``) on the loopback, which can be made to hang."""

import asyncio
import json
import socket
from collections import Counter
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Sinks:
    """Open while inside ``with``. While ``gate`` is not set, whoever hands something over waits for the answer."""

    def __init__(self) -> None:
        self.gate = Event()
        self.gate.set()
        self.mails: Counter[str] = Counter()
        self.repeats = 0
        self.short = 0
        self.port = free_port()
        self.smtp = Controller(self, hostname=HOST, port=self.port, ready_timeout=10)
        self.http = ThreadingHTTPServer((HOST, 0), handler_for(self))
        self.http.daemon_threads = True

    def __enter__(self) -> "Sinks":
        self.smtp.start()
        Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.gate.set()
        self.smtp.stop(no_assert=True)
        self.http.shutdown()
        self.http.server_close()

    @property
    def gateway(self) -> str:
        """Where short pages go, as SMS_URL names it: what stands in the environment may lead to this machine."""
        return f"json://{HOST}:{self.http.server_port}/{{number}}"

    def channel(self, number: str) -> str:
        """The address of this number, as Apprise reads it."""
        return self.gateway.format(number=number)

    @property
    def twice(self) -> int:
        """How many mails came again without saying so."""
        return self.mails.total() - len(self.mails)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.to_thread(self.gate.wait, 60)
        mail = message_from_bytes(bytes(envelope.content or b""))
        if mail["X-Guardia-Repeat"]:
            self.repeats += 1
        else:
            self.mails[str(mail["Message-ID"])] += 1
        return "250 2.0.0 Ok"


def handler_for(sinks: Sinks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sinks.gate.wait(60)
            assert json.loads(body)["message"]
            sinks.short += 1
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
