"""Before an IMAP server that speaks in the open: the end of TLS, implicit or by STARTTLS, with any certificate."""

import selectors
import socket
import socketserver
import ssl
from threading import Thread

from tests.notices.post_office import HOST


class Front(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: TlsFront = self.server  # type: ignore[assignment]
        line: socket.socket = self.connection
        try:
            if server.tls == "starttls":
                line.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
                for said in self.rfile:
                    tag, _, name = said.strip().partition(b" ")
                    if name.upper() == b"CAPABILITY":
                        line.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + tag + b" OK done\r\n")
                        continue
                    line.sendall(tag + b" OK begin\r\n")
                    break
            line = server.context.wrap_socket(line, server_side=True)
            with socket.create_connection((HOST, server.behind), 30) as behind:
                if server.tls == "starttls":
                    behind.recv(4096)  # its greeting was given already
                carried(line, behind)
        except OSError:  # whoever does not trust the certificate hangs up
            return


def carried(one: socket.socket, other: socket.socket) -> None:
    """What each says to the other, until one is done."""
    with selectors.DefaultSelector() as waiting:
        for of, to in ((one, other), (other, one)):
            waiting.register(of, selectors.EVENT_READ, to)
        while True:
            for key, _events in waiting.select(30):
                said = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not said:
                    return
                key.data.sendall(said)


class TlsFront(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behind: int, tls: str, context: ssl.SSLContext) -> None:
        super().__init__((HOST, 0), Front)
        self.behind, self.tls, self.context = behind, tls, context
        self.thread = Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()
