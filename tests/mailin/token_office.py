"""An address that gives tokens for a refresh token (RFC 6749), on the loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

from tests.notices.post_office import HOST


class Counter(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        office = self.server.office
        office.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        good = json.dumps({"access_token": office.token, "expires_in": 3600}).encode()
        status, body = office.answer or (200, good)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words) -> None:
        pass


class TokenOffice:
    """``asked`` are the forms that came; ``answer`` (status, body) in place of a good token."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.token = "good-token"
        self.answer: tuple[int, bytes] | None = None
        self.server = ThreadingHTTPServer((HOST, 0), Counter)
        self.server.office = self
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.server_address[1]}/token"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
