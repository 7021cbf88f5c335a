"""A way to a server that can be cut: at once, in the middle of what is sent, or by never answering."""

import socket
import threading
from contextlib import suppress
from enum import Enum


class Way(Enum):
    OPEN = "open"
    SHUT = "shut"  # the connection is taken and closed
    MIDDLE = "middle"  # closed after some of what is sent
    BEFORE_THE_ANSWER = "before the answer"  # all arrives, and its answer does not come back
    SILENT = "silent"  # taken, and nothing ever comes back


class Relay:
    """Listens on the loopback and passes everything on to ``port``, as far as ``way`` lets it."""

    def __init__(self, port: int) -> None:
        self.target, self.way = port, Way.OPEN
        self.after = 2_000
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.standing: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def set(self, way: Way) -> None:
        """From now on; connections that stand are closed, so that none is used that was made before."""
        self.way = way
        for each in self.standing:
            with suppress(OSError):
                each.close()
        self.standing.clear()

    def close(self) -> None:
        self.set(Way.SHUT)
        self.listener.close()

    def _listen(self) -> None:
        while True:
            try:
                taken, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(taken,), daemon=True).start()

    def _serve(self, taken: socket.socket) -> None:
        way = self.way
        if way is Way.SHUT:
            taken.close()
            return
        self.standing.append(taken)
        if way is Way.SILENT:
            return
        onward = socket.create_connection(("127.0.0.1", self.target))
        self.standing.append(onward)
        if way is not Way.BEFORE_THE_ANSWER:
            threading.Thread(target=_pass, args=(onward, taken, None), daemon=True).start()
        _pass(taken, onward, self.after if way is Way.MIDDLE else None)
        if way is Way.MIDDLE:
            for each in (taken, onward):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


def _pass(giving: socket.socket, taking: socket.socket, most: int | None) -> None:
    passed = 0
    with suppress(OSError):
        while most is None or passed < most:
            piece = giving.recv(1024)
            if not piece:
                return
            taking.sendall(piece)
            passed += len(piece)
