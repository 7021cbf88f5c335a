"""The road between a telephone and the operator, which can be cut: at once, or right after a request has passed."""

import contextlib
import socket
from threading import Event, Lock, Thread


class Relay:
    """Passes bytes between 127.0.0.1:``port`` and the operator. While it is cut nobody answers at that port."""

    def __init__(self, house: int) -> None:
        self.house = house
        self.open: set[socket.socket] = set()
        self.lock = Lock()
        self.listening: socket.socket | None = None
        self.answer_lost_of = b""
        self.answer_lost = Event()
        self.port = 0
        self.mend()

    def mend(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self.listening.getsockname()[1]
        Thread(target=self._accept, args=[self.listening], daemon=True).start()

    def cut(self) -> None:
        """Everything that is under way breaks off, and nothing new begins."""
        if self.listening:
            with contextlib.suppress(OSError):
                self.listening.shutdown(socket.SHUT_RDWR)
            self.listening.close()
            self.listening = None
        with self.lock:
            ends, self.open = self.open, set()
        for end in ends:
            _close(end)

    def lose_the_answer_of(self, request: bytes) -> None:
        """The next request that begins with this reaches the operator; then the road is cut before the answer is
        back.
        """
        self.answer_lost_of = request
        self.answer_lost.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                phone, _ = listening.accept()
                house = socket.create_connection(("127.0.0.1", self.house))
            except OSError:
                return
            with self.lock:
                self.open |= {phone, house}
            lost = Event()
            Thread(target=self._pass, args=[phone, house, lost, True], daemon=True).start()
            Thread(target=self._pass, args=[house, phone, lost, False], daemon=True).start()

    def _pass(self, come: socket.socket, go: socket.socket, lost: Event, is_phone: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := come.recv(65536):
                if is_phone and self.answer_lost_of and piece.startswith(self.answer_lost_of):
                    self.answer_lost_of = b""
                    lost.set()
                if not is_phone and lost.is_set():  # the operator has answered: it is done there
                    self.cut()
                    self.answer_lost.set()
                    return
                go.sendall(piece)
        _close(come)
        _close(go)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
