"""A mail server of the bench, as a process of its own that costs little: it takes every mail and counts.

``python -m bench._sink [delay in ms]`` prints its port. The word ``STAT`` says how many mails came,
how many of them were different, and how many were marked as a repeat.
"""

import asyncio
import re
import subprocess
import sys
from smtplib import SMTP

HOST = "127.0.0.1"
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
REPEAT = b"X-Guardia-Repeat:"


class Sink:
    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.seen: set[bytes] = set()
        self.mails = self.repeats = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                self.keep(await reader.readuntil(b"\r\n.\r\n"))
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(b"250 2.0.0 Ok\r\n")
            elif word == b"STAT":
                writer.write(b"250 %d %d %d\r\n" % (self.mails, len(self.seen), self.repeats))
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 sink\r\n" if word == b"EHLO" else b"250 2.1.0 Ok\r\n")
        writer.close()

    def keep(self, mail: bytes) -> None:
        head = mail.partition(b"\r\n\r\n")[0]
        self.mails += 1
        self.repeats += REPEAT in head
        found = MESSAGE_ID.search(head)
        self.seen.add(found[1] if found else b"")


class SinkProcess:
    """Open while inside ``with``."""

    def __init__(self, delay_ms: int = 0) -> None:
        self.delay_ms = delay_ms

    def __enter__(self) -> "SinkProcess":
        command = [sys.executable, "-m", "bench._sink", str(self.delay_ms)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *trouble: object) -> None:
        self.process.terminate()
        self.process.wait()

    def counts(self) -> tuple[int, int, int]:
        """How many mails came, how many of them were different, how many were marked as a repeat."""
        with SMTP(HOST, self.port) as client:
            words = client.docmd("STAT")[1]
        mails, different, repeats = map(int, words.split())
        return mails, different, repeats


async def main(delay: float) -> None:
    server = await asyncio.start_server(Sink(delay).talk, HOST, 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) / 1000 if sys.argv[1:] else 0.0))
