"""A receiver as somebody else writes it: a real HTTP server that verifies with the library of Standard Webhooks and
reads with the SDK of CloudEvents; it can refuse, delay, redirect and close the connection.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import Webhook


@dataclass
class Hit:
    headers: dict[str, str]
    body: bytes
    path: str = ""

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> CloudEvent:
        return JSONFormat().read(CloudEvent, self.body)

    def is_signed_by(self, secret: str) -> bool:
        Webhook(secret).verify(self.body, self.headers)
        return True


@dataclass
class Reply:
    """``before``: called before it answers, such as to wait for something. ``status`` 0: the connection is closed."""

    status: int = 200
    body: bytes = b"taken"
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None


class Receiver:
    """``replies``: given one after the other; then ``reply`` for good, which may be a function of the hit."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.replies: list[Reply] = []
        self.reply: Reply | Callable[[Hit], Reply] = Reply()
        self.lock = Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it was killed: no receiver takes that for an event
                    self.close_connection = True
                    return
                hit = Hit({name.lower(): value for name, value in self.headers.items()}, body, self.path)
                with outer.lock:
                    outer.hits.append(hit)
                    reply = outer.replies.pop(0) if outer.replies else outer.reply
                reply = reply(hit) if callable(reply) else reply
                reply.before()
                if not reply.status:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *args: object) -> None:
                """Its log is nobody's business."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/eventos?de=guardia"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def ids(self) -> list[str]:
        return [hit.id for hit in self.hits]

    def seqs(self, case: str) -> list[int]:
        """The events of a case in the order in which they came, repeats too."""
        said = [hit.event for hit in self.hits]
        return [event.get_extension("seq") for event in said if event.get_subject() == case]
