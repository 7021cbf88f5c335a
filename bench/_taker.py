"""A receiver of webhooks for the bench, as a process of its own that costs little: it takes every POST and counts.

``python -m bench._taker`` prints its port. ``GET /`` says how many came, and how many of them were different.
"""

import asyncio
import re
import subprocess
import sys
from http.client import HTTPConnection

HOST = "127.0.0.1"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ID = re.compile(rb"webhook-id: *(\S+)", re.IGNORECASE)
PLACE = re.compile(rb"POST (\S+)")


class Taker:
    def __init__(self) -> None:
        self.came = 0
        self.seen: set[tuple[bytes, bytes]] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if length := LENGTH.search(head):
                    await reader.readexactly(int(length[1]))
                said = b"ok"
                if place := PLACE.match(head):
                    self.came += 1
                    found = ID.search(head)
                    self.seen.add((place[1], found[1] if found else b""))
                else:
                    said = b"%d %d" % (self.came, len(self.seen))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def serve() -> None:
    server = await asyncio.start_server(Taker().talk, HOST, 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def started() -> tuple[subprocess.Popen[str], int]:
    """The process and its port."""
    process = subprocess.Popen([sys.executable, "-m", "bench._taker"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, int(process.stdout.readline())


def counted(port: int) -> tuple[int, int]:
    """How many requests came, and how many of them were different."""
    connection = HTTPConnection(HOST, port)
    connection.request("GET", "/")
    came, different = connection.getresponse().read().split()
    connection.close()
    return int(came), int(different)


if __name__ == "__main__":
    asyncio.run(serve())
