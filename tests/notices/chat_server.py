"""The chat services as Apprise meets them: a real HTTP server on the loopback, and their addresses led to it."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

SLACK = "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx"
TEAMS = (
    "https://prod-11.westus.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbCdEf-0123456789_xyz"
)
TELEGRAM = "123456789:AAEabcdefghijklmnopqrstuvwxyz012345"
WHATSAPP = "EAAabcdefghijklmnopqrstuvwxyz0123456789"


class ChatServer:
    """Keeps what it is given, by path. ``says``: its next answers, each a status with headers and a body."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.says: list[tuple[int, dict[str, str], bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return self.server.server_port

    @property
    def mattermost(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/abcdefghij0123456789abcdef"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, host: str) -> tuple[int, dict[str, str], bytes]:
        """What the service of this name says once it has taken a message."""
        if self.says:
            return self.says.pop(0)
        if host == "hooks.slack.com":
            return 200, {}, b"ok"
        if host.endswith("logic.azure.com"):
            return 202, {}, b""
        if host == "api.telegram.org":
            return 200, {}, b'{"ok": true, "result": {"message_id": 1}}'
        return 200, {}, b"ok"

    def handler(chat) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                host = self.headers["X-For-Host"] or "127.0.0.1"
                status, headers, answer = chat.answer(host)
                chat.posts.append((host, self.path, dict(self.headers), body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words: Any) -> None:
                pass

        return Handler


def led_to(chat: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Apprise would send to a service of the Internet goes to this server, with the name it was meant for."""
    whole = requests.Session.request

    def request(self, method, url, **more):
        parts = urlsplit(url)
        if parts.hostname == "127.0.0.1":
            return whole(self, method, url, **more)
        more["headers"] = {**(more.get("headers") or {}), "X-For-Host": parts.hostname}
        return whole(self, method, f"http://127.0.0.1:{chat.port}{parts.path}", **more)

    monkeypatch.setattr(requests.Session, "request", request)
