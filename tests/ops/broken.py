"""Things that are broken for real: a name server, an exchange, a pooler, in front of which a check is put."""

import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset


class NameServer:
    """Answers questions for TXT records over UDP; ``records`` by name."""

    def __init__(self, records: dict[str, str]) -> None:
        self.records = records
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                asked, address = self.socket.recvfrom(4096)
                self.socket.sendto(self._answer(dns.message.from_wire(asked)).to_wire(), address)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name
        if text := self.records.get(name.to_text(omit_final_dot=True)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
        elif not any(known.endswith(name.to_text(omit_final_dot=True)) for known in self.records):
            answer.set_rcode(3)  # there is no such name
        return answer


class Greeter:
    """Says one line to whoever connects, as an exchange does, or something else."""

    def __init__(self, greeting: bytes) -> None:
        self.greeting = greeting
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                taken, _address = self.listener.accept()
                with taken, suppress(OSError):
                    taken.sendall(self.greeting)
                    taken.recv(1)


class Pooler:
    """Stands before PostgreSQL, and as poolers do gives its clients a process number of its own."""

    KEY = b"K" + struct.pack("!I", 12)

    def __init__(self, server: Path) -> None:
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                taken, _address = self.listener.accept()
                onward = socket.socket(socket.AF_UNIX)
                onward.connect(str(self.server))
                for giving, taking in ((taken, onward), (onward, taken)):
                    threading.Thread(target=self._pass, args=(giving, taking), daemon=True).start()

    def _pass(self, giving: socket.socket, taking: socket.socket) -> None:
        with suppress(OSError):
            while piece := giving.recv(65536):
                at = piece.find(self.KEY)
                if at >= 0:
                    piece = piece[: at + 5] + struct.pack("!I", 999_999) + piece[at + 9 :]
                taking.sendall(piece)
            taking.shutdown(socket.SHUT_WR)
