"""A small server that stands every check of `guardia doctor --attack`, but those that it is told to fail.

It speaks only as much HTTP as the checks ask for. ``weak`` names what it gets wrong, as in WEAKNESSES.
"""

import json
import re
import socket
import ssl
import threading
from contextlib import suppress
from ipaddress import ip_address, ip_network
from time import monotonic

WEAKNESSES = {
    "host": "host_forged",
    "forwarded_host": "host_forged",
    "forged_addresses": "forged_senders",
    "forged_networks": "forged_senders",
    "passwords": "sign_in_limit",
    "bodies": "large_body",
    "chunked": "large_chunked",
    "heads": "large_head",
    "unbuffered": "proxy_buffers",
    "policy": "security_headers",
    "sniffing": "security_headers",
    "cookie_flags": "cookies",
    "metrics": "figures_outside",
    "health": "figures_outside",
    "secrets": "guessable_paths",
    "traversal": "path_traversal",
    "override": "method_override",
    "trace": "method_override",
    "two_lengths": "request_smuggling",
    "slow_heads": "slow_heads",
    "slow_bodies": "slow_bodies",
}
"""What the server gets wrong, and the check that must find it."""
LARGEST_HEAD, LARGEST_BODY, DEADLINE = 64 * 1024, 64 * 1024, 1.0
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Request-ID": "ABCDEFGH",
}
FORM = '<form><input type="hidden" name="csrfmiddlewaretoken" value="abc"></form>'
REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}


class WeakServer:
    """Listens on a free port of the loopback until it is closed; a thread for each connection."""

    def __init__(self, *weak: str, installation: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.weak, self.installation, self.tls = set(weak), installation, tls
        self.wrong_links: dict[str, int] = {}
        self.wrong_passwords: dict[str, int] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "WeakServer":
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                one, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[one], daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self.tls:
                one = self.tls.wrap_socket(one, server_side=True)
            one.settimeout(30)
            rest = b""
            while True:
                head, rest = self._until(one, rest, b"\r\n\r\n", LARGEST_HEAD, "slow_heads", "heads")
                answer, rest = self._answer(one, head, rest)
                one.sendall(answer)
                if b"Connection: close" in answer:
                    break
        one.close()

    def _until(self, one, so_far: bytes, end: bytes, most: int, slow: str, large: str) -> tuple[bytes, bytes]:
        begun = monotonic()
        while end not in so_far:
            if slow not in self.weak:
                one.settimeout(max(0.01, DEADLINE - (monotonic() - begun)))
            piece = one.recv(65536)
            if not piece or (len(so_far) > most and large not in self.weak):
                raise ValueError
            so_far += piece
        head, _end, rest = so_far.partition(end)
        return head, rest

    def _answer(self, one: socket.socket, head: bytes, rest: bytes) -> tuple[bytes, bytes]:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _version = first.split(" ")
        pairs = [(name.lower(), value.strip()) for name, _colon, value in (line.partition(":") for line in lines)]
        headers = dict(pairs)
        lengths = [value for name, value in pairs if name == "content-length"]
        framing = [name for name, _value in pairs if name.strip() in {"content-length", "transfer-encoding"}]
        if len(framing) > 1 and "two_lengths" not in self.weak:
            return answer(400, close=True), b""
        if len(framing) == 1 and framing[0] == "transfer-encoding":
            body, rest = self._chunked(one, rest)
        else:
            body, rest = self._body(one, rest, int(lengths[0]) if lengths else 0)
        if body is None:
            server = "nginx" if "unbuffered" in self.weak else "granian"
            return answer(413, close=True, more={"X-Request-ID": "ABCDEFGH", "Server": server}), b""
        return self._page(method, path, headers, body), rest

    def _body(self, one: socket.socket, rest: bytes, length: int) -> tuple[bytes | None, bytes]:
        """None for one that is too large."""
        if length > LARGEST_BODY and "bodies" not in self.weak:
            return None, b""
        begun = monotonic()
        while len(rest) < length:
            if "slow_bodies" not in self.weak:
                one.settimeout(max(0.01, DEADLINE - (monotonic() - begun)))
            piece = one.recv(65536)
            if not piece:
                raise ValueError
            rest += piece
        return rest[:length], rest[length:]

    def _chunked(self, one: socket.socket, rest: bytes) -> tuple[bytes | None, bytes]:
        while not rest.endswith(b"0\r\n\r\n"):
            if len(rest) > LARGEST_BODY and "chunked" not in self.weak:
                return None, b""
            rest += one.recv(65536)
        return rest, b""

    def _page(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        host = headers.get("x-forwarded-host" if "forwarded_host" in self.weak else "host") or headers.get("host", "")
        if host.partition(":")[0] not in {"127.0.0.1", "localhost"} or path.startswith("http:"):
            is_led_on = self.weak & {"host", "forwarded_host"}
            return answer(302, more={"Location": f"http://{host}/"}) if is_led_on else answer(400)
        if method == "TRACE" and "trace" in self.weak:
            return answer(200, "X-Secret: given-back")
        if "override" in self.weak:
            method = headers.get("x-http-method-override", method)
        plain = path.partition("?")[0]
        if plain == "/entrar":
            return self._sign_in(method, body)
        if plain == "/salud/vivo":
            return answer(200, json.dumps({"installation": self.installation})) if method == "GET" else answer(405)
        return self._link(headers) if plain.startswith("/c/caso/") else self._file(plain, headers)

    def _file(self, path: str, headers: dict[str, str]) -> bytes:
        if path == "/salud":
            return answer(200, json.dumps({"database": "postgresql://x@10.0.0.1" if "health" in self.weak else "ok"}))
        if path == "/metrics":
            is_open = "metrics" in self.weak and headers.get("x-forwarded-for") == "127.0.0.1"
            return answer(200, "figures") if is_open else answer(403)
        is_given_out = ("secrets" in self.weak and path == "/.env") or ("traversal" in self.weak and ".." in path)
        return answer(200, "root:x:0:0") if is_given_out else answer(404)

    def _sign_in(self, method: str, body: bytes) -> bytes:
        more = dict(HEADERS)
        if "policy" in self.weak:
            more["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"
        if "sniffing" in self.weak:
            del more["X-Content-Type-Options"]
        flags = "" if "cookie_flags" in self.weak else "; HttpOnly; SameSite=Lax"
        more["Set-Cookie"] = f"csrftoken=abc; Path=/{flags}"
        if self.tls:
            more["Strict-Transport-Security"] = "max-age=31536000"
            more["Set-Cookie"] = more["Set-Cookie"].replace("csrftoken", "__Host-csrftoken") + "; Secure"
        if method != "POST":
            return answer(200, FORM, more=more)
        found = re.search(rb"username=([^&]*)", body)
        account = found[1].decode() if found else ""
        self.wrong_passwords[account] = self.wrong_passwords.get(account, 0) + 1
        is_limited = self.wrong_passwords[account] > 5 and "passwords" not in self.weak
        return answer(429 if is_limited else 200, FORM, more=more)

    def _link(self, headers: dict[str, str]) -> bytes:
        sender = headers.get("x-forwarded-for", "")
        if "forged_networks" in self.weak:
            sender = str(ip_network((ip_address(sender), 64), strict=False))
        elif "forged_addresses" not in self.weak:
            sender = "the real one"
        self.wrong_links[sender] = self.wrong_links.get(sender, 0) + 1
        return answer(429 if self.wrong_links[sender] > 30 else 404)


def answer(status: int, text: str = "", *, close: bool = False, more: dict[str, str] | None = None) -> bytes:
    body = text.encode()
    headers = {"Content-Length": str(len(body)), **({"Connection": "close"} if close else {}), **(more or {})}
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'No')}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
