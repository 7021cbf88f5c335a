"""`bin/bench slow`: 64 clients that send or read as slowly as they can, and how quickly the web answers meanwhile.

A real web process without a proxy before it. The clients hold heads of requests, bodies with a length, bodies in
pieces, and answers they do not read; each kind in turn, and last all together. Asked meanwhile: whether the process
lives, a static file, and the page of the sign-in. Nobody signs in.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic, perf_counter, sleep

HOST = "127.0.0.1"
ASKED = ("/salud/vivo", "/static/guardia/css/base.css", "/entrar")
KINDS = ("heads", "lengths", "pieces", "readers")
ROUNDS, LONGEST = 20, 20.0
HEADS = {
    "heads": b"GET /entrar HTTP/1.1\r\nHost: localhost\r\n",
    "lengths": b"POST /entrar HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"
    b"Content-Length: 60000\r\n\r\n",
    "pieces": b"POST /api/alertas/nobody HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
    "readers": b"GET /static/guardia/css/base.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400,
}
DRIPS = {"heads": b"X-Slow: 1\r\n", "lengths": b"a", "pieces": b"1\r\na\r\n", "readers": b""}


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench slow", description=__doc__.splitlines()[0])
    words.add_argument("--clients", type=int, default=64, help="of each kind")
    words.add_argument("--port", type=int, default=0, help="of a web that runs already; else one is begun")
    args = words.parse_args()
    with at(args.port) as port:
        say("nobody", port)
        for kinds in (*[(kind,) for kind in KINDS], KINDS):
            with slow(kinds, args.clients, port):
                say(" + ".join(kinds), port)
    return 0


@contextmanager
def at(port: int) -> Iterator[int]:
    """The port of a web process of its own, with an empty database, unless one is given."""
    if port:
        yield port
        return
    from guardia.cli.children import any_free

    port = any_free(HOST)
    with tempfile.TemporaryDirectory(prefix="bench-slow-") as folder:
        command = [sys.executable, "-m", "guardia", "run", "--port", str(port)]
        log = Path(folder, "run.log").open("wb")  # noqa: SIM115
        web = subprocess.Popen(command, env={**os.environ, "STATE_DIR": folder}, stdout=log, stderr=log)
        try:
            until = monotonic() + 180
            while asked(port, ASKED[0]) is None:
                if web.poll() is not None or monotonic() > until:
                    raise SystemExit(Path(log.name).read_text())
                sleep(0.5)
            yield port
        finally:
            web.terminate()
            web.wait()


@contextmanager
def slow(kinds: tuple[str, ...], clients: int, port: int) -> Iterator[None]:
    """So many of each kind, each of which sends a little every second and begins anew when it is shut out."""
    over = Event()
    threads = [Thread(target=drip, args=(kind, clients // len(kinds), port, over), daemon=True) for kind in kinds]
    for thread in threads:
        thread.start()
    sleep(2)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def drip(kind: str, clients: int, port: int, over: Event) -> None:
    held: list[socket.socket] = []
    while not over.wait(1):
        for one in list(held):
            try:
                one.send(DRIPS[kind])
            except OSError:
                one.close()
                held.remove(one)
        while len(held) < clients:
            with suppress(OSError):
                one = socket.create_connection((HOST, port), 2)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.setblocking(False)
                one.send(HEADS[kind])
                held.append(one)
    for one in held:
        one.close()


def say(who: str, port: int) -> None:
    print(f"{who}:")
    for path in ASKED:
        took = []
        for _ in range(ROUNDS):
            took.append(asked(port, path))
            if took[-1] is None:
                break
        if None in took:
            print(f"  {path:32} no answer within {LONGEST:.0f} s (after {len(took) - 1} answers)")
        else:
            each = sorted(one for one in took if one is not None)
            print(f"  {path:32} median {median(each) * 1e3:7.1f} ms   longest {each[-1] * 1e3:7.1f} ms")


def asked(port: int, path: str) -> float | None:
    """Seconds until the whole answer was there; None: it did not come."""
    begun = perf_counter()
    connection = HTTPConnection(HOST, port, timeout=LONGEST)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return None
    finally:
        connection.close()
    return perf_counter() - begun if answer.status == 200 else None


if __name__ == "__main__":
    sys.exit(main())
