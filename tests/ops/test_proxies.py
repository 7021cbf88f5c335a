"""The examples of deploy/proxy as their real programs read them: what they let through, hold back and say of a sender.

Behind each stands a server of ours that only writes down what reaches it. A program that is not installed is left out.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardia.cli.children import any_free
from tests.ops.conftest import ROOT

pytestmark = pytest.mark.process

PROXY = ROOT / "deploy/proxy"
PATIENCE = 20  # seconds: longer than any answer takes; only what hangs is ended by it
FORGED = (
    "X-Forwarded-For: 203.0.113.66\r\nX-Forwarded-Proto: http\r\nX-Request-ID: forged\r\n"
    "Forwarded: for=203.0.113.66\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Backend:
    """Stands for Guardia: takes one request after the other, and what each said whole."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.heads: list[str] = []
        self.came = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                other, _address = self.server.accept()
            except OSError:
                return
            other.settimeout(PATIENCE)
            threading.Thread(target=self.take, args=[other], daemon=True).start()

    def take(self, other: socket.socket) -> None:
        said = b""
        while b"\r\n\r\n" not in said:
            piece = other.recv(65536)
            if not piece:
                return
            said += piece
        head, _, body = said.partition(b"\r\n\r\n")
        if not head.startswith((b"GET /salud/listo", b"OPTIONS")):  # HAProxy asks whether it lives
            self.heads.append(head.decode())
            self.came.set()
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += other.recv(65536)
        other.sendall(ANSWER)
        other.close()

    def said(self, name: str) -> list[str]:
        """What the last request said of this header, each time that it stands there."""
        return re.findall(rf"(?im)^{name}: ?(.*?)\r?$", self.heads[-1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A folder with key.pem, fullchain.pem and both in one, of nobody in particular."""
    folder = tmp_path_factory.mktemp("tls")
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=guardia.example.com",
    ]
    words += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(words, check=True, capture_output=True)
    (folder / "all.pem").write_text((folder / "fullchain.pem").read_text() + (folder / "key.pem").read_text())
    return folder


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.server.close()


def of_nginx(port: int, plain: int, backend: int, tls: Path, folder: Path) -> tuple[Path, list[str], list[str]]:
    site = (PROXY / "nginx.conf").read_text().replace("/etc/ssl/guardia/", f"{tls}/")
    site = site.replace(":443 ssl", f":{port} ssl").replace("listen 443 ssl", f"listen {port} ssl")
    site = site.replace("[::]:80", f"[::]:{plain}").replace("listen 80;", f"listen {plain};")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{backend}").replace("/var/log/nginx/", f"{folder}/")
    (folder / "guardia.conf").write_text(site)
    own = folder / "nginx.conf"
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    as_root = "user root; " if os.geteuid() == 0 else ""  # a process of its own account may not write here
    own.write_text(
        f"{as_root}daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {temporary} include {folder}/guardia.conf; }}\n"
    )
    begin = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(own)]
    return own, [*begin, "-t"], begin


def of_caddy(port: int, plain: int, backend: int, tls: Path, folder: Path) -> tuple[Path, list[str], list[str]]:
    site = (PROXY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    site = site.replace("{\n\tservers", f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {port}\n\tservers", 1)
    site = site.replace(
        "\nguardia.example.com {", f"\nguardia.example.com {{\n\ttls {tls}/fullchain.pem {tls}/key.pem", 1
    )
    said = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    version = re.match(r"v?(\d+)\.(\d+)", said)
    if version and tuple(map(int, version.groups())) >= (2, 7):  # as the file says
        of_before = "buffer_requests\n\t\tbuffer_responses\n\t\tmax_buffer_size 4MB"
        assert of_before in site
        site = site.replace(of_before, "request_buffers 4MB\n\t\tresponse_buffers 4MB")
    own = folder / "Caddyfile"
    own.write_text(site)
    words = ["--adapter", "caddyfile", "--config", str(own)]
    return own, ["caddy", "validate", *words], ["caddy", "run", *words]


def of_haproxy(port: int, plain: int, backend: int, tls: Path, folder: Path) -> tuple[Path, list[str], list[str]]:
    site = (PROXY / "haproxy.cfg").read_text().replace("/etc/ssl/guardia/all.pem", str(tls / "all.pem"))
    site = site.replace("bind :::443", f"bind :::{port}").replace("bind :::80", f"bind :::{plain}")
    own = folder / "haproxy.cfg"
    own.write_text(site.replace("127.0.0.1:8000", f"127.0.0.1:{backend}"))
    return own, ["haproxy", "-c", "-f", str(own)], ["haproxy", "-db", "-f", str(own)]


MADE = {"nginx": of_nginx, "caddy": of_caddy, "haproxy": of_haproxy}
PROGRAMS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"there is no {name} here"))
    for name in MADE
]


@pytest.fixture(params=PROGRAMS)
def proxy(request, certificate, backend, tmp_path) -> Iterator[int]:
    """The port at which the real program listens, with the example as it is shipped; it finds nothing wrong with it."""
    port, plain = any_free("127.0.0.1"), any_free("127.0.0.1")
    _own, check, begin = MADE[request.param](port, plain, backend.port, certificate, tmp_path)
    own = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    checked = subprocess.run(check, capture_output=True, text=True, check=False, env=own, timeout=PATIENCE)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(begin, stdout=said, stderr=said, env=own)
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, (tmp_path / "said").read_text()
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def opened(host: str, port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((host, port), PATIENCE), server_hostname="guardia.example.com")


def head(method: str = "GET", path: str = "/entrar", more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: guardia.example.com\r\n{more}\r\n".encode()


def status(one: socket.socket) -> int:
    said = b""
    while b"\r\n" not in said:
        piece = one.recv(4096)
        assert piece, f"no answer: {said!r}"
        said += piece
    return int(said.split()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_senders_address_is_the_proxys_word_and_nobody_elses(proxy, backend, host):
    """What a sender says of itself is taken out, by IPv4 and IPv6: no limit is escaped by a lie (4.1.3)."""
    with opened(host, proxy) as one:
        one.sendall(head(more=FORGED))
        assert status(one) == 200
    assert [str(said).removeprefix("::ffff:") for said in backend.said("x-forwarded-for")] == [host]
    assert backend.said("x-forwarded-proto") == ["https"]
    assert backend.said("host") == ["guardia.example.com"]
    assert "forged" not in backend.said("x-request-id")
    assert len(backend.said("x-request-id")) == 1


def test_a_slow_body_is_held_by_the_proxy_until_it_is_whole(proxy, backend):
    """Meanwhile nothing of it reaches Guardia, and others are answered."""
    body = b"username=a&password=b"
    with opened("127.0.0.1", proxy) as slow:
        slow.sendall(head("POST", more=f"Content-Length: {len(body)}\r\n") + body[:9])
        with opened("127.0.0.1", proxy) as other:
            other.sendall(head(path="/estado"))
            assert status(other) == 200
        assert [one.split()[1] for one in backend.heads] == ["/estado"]
        slow.sendall(body[9:])
        assert status(slow) == 200
    assert [one.split()[1] for one in backend.heads] == ["/estado", "/entrar"]


def test_whoever_has_not_signed_in_sends_little(proxy, backend):
    """More than 512 KB is refused before Guardia hears of it. (Caddy 2.6 calls a body that it cut a 502.)"""
    with opened("127.0.0.1", proxy) as one:
        one.sendall(head("POST", more="Content-Length: 600000\r\n"))
        try:
            for _piece in range(6):
                one.sendall(b"a" * 100_000)
            assert status(one) in {413, 502}
        except (BrokenPipeError, ConnectionResetError):  # it had hung up: the rest is not even read
            pass
    assert backend.heads == []
