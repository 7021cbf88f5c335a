"""What the operator has for pages, as Apprise sees it: a real HTTP server on a free port of the loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

PATIENCE = 10


class Gateway:
    """Keeps what it is given. ``says``: its next answers to one path, then 200; what ``hangs`` waits for ``go_on``."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, dict[str, Any]]] = []
        self.says: dict[str, list[int]] = {}
        self.hangs: set[str] = set()
        self.is_hanging, self.go_on = Event(), Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def open(self) -> None:
        self.thread.start()

    def close(self) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path: str = "") -> str:
        """The address of this gateway as Apprise reads it; a path stands for one person's telephone."""
        return f"json://127.0.0.1:{self.server.server_port}/{path}"

    def to(self, path: str) -> list[str]:
        """Title and text of each page that a telephone has got."""
        return [f"{page['title']}\n{page['message']}" for way, page in self.pages if way == f"/{path}"]

    def take(self, path: str, page: dict[str, Any]) -> int:
        if path.strip("/") in self.hangs:
            self.is_hanging.set()
            self.go_on.wait(PATIENCE)
        waiting = self.says.get(path.strip("/"))
        status = waiting.pop(0) if waiting else 200
        if status == 200:
            self.pages.append((path, page))
        return status

    def handler(gateway) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                page = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(gateway.take(self.path, page))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                pass

        return Handler
