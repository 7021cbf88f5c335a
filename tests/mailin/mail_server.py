"""A real IMAP server on a free port of the loopback; and one that takes nothing but a token, to log in by OAuth2."""

import base64
import imaplib
import socketserver
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

from guardia.worker.mail_server import Account
from tests.notices.post_office import HOST, free_port

USER, PASSWORD = "casos@example.com", "solo-para-pruebas"


class MailServer:
    """pymap, with its mails in memory."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("pymap")), "--host", HOST, "--port", str(self.port), "--no-tls"]
        backend = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, *backend], stdout=log, stderr=log)
        for _ in range(300):
            with suppress(OSError):
                self.client().logout()
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)  # the server says nothing when it is ready
        raise AssertionError("the mail server does not answer")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
        self.process = None

    def client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(HOST, self.port, timeout=30)
        client.login(USER, PASSWORD)
        return client

    def account(self, folder: str = "INBOX", **more) -> Account:
        known = {"host": HOST, "port": self.port, "user": USER, "password": PASSWORD, "tls": "none", "timeout": 30}
        return Account(**{**known, "folder": folder, **more})

    def make_folder(self, name: str) -> None:
        self._done(lambda client: client.create(name))

    def remove_folder(self, name: str) -> None:
        self._done(lambda client: client.delete(name))

    def append(self, folder: str, *mails: bytes) -> None:
        for mail in mails:
            self._done(lambda client, mail=mail: client.append(folder, "", "", mail))

    def flags(self, folder: str) -> list[bytes]:
        """The flags of each mail, in order."""
        client = self.client()
        client.select(folder, readonly=True)
        _code, answered = client.uid("FETCH", "1:*", "(FLAGS)")
        client.logout()
        return [line for line in answered if line]

    def _done(self, act) -> None:
        client = self.client()
        code, words = act(client)
        assert code == "OK", words
        client.logout()


class OnlyTokens(socketserver.StreamRequestHandler):
    """As much of IMAP as it takes to log in with XOAUTH2 and to read one mail."""

    mail = b"From: jefe@example.com\r\nSubject: por token\r\nMessage-ID: <t@mail.example.com>\r\n\r\nhola\r\n"

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, words = line.strip().partition(b" ")
            name = words.upper()
            if name.startswith(b"AUTHENTICATE XOAUTH2"):
                if not self.log_in(tag):
                    continue
            elif answer := next((text for start, text in self.answers.items() if name.startswith(start)), None):
                self.wfile.write(answer)
            self.wfile.write(tag + b" OK done\r\n")
            if name == b"LOGOUT":
                return

    def log_in(self, tag: bytes) -> bool:
        self.wfile.write(b"+ \r\n")
        said = base64.b64decode(self.rfile.readline()).decode()
        self.server.said.append(said)
        if said == f"user={USER}\1auth=Bearer {self.server.good}\1\1":
            return True
        self.wfile.write(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
        self.rfile.readline()
        self.wfile.write(tag + b" NO no such token\r\n")
        return False

    @property
    def answers(self) -> dict[bytes, bytes]:
        size = len(self.mail)
        return {
            b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n",
            b"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
            b"UID SEARCH": b"* SEARCH 4\r\n",
            b"UID FETCH 4 (UID RFC822.SIZE)": b"* 1 FETCH (RFC822.SIZE %d UID 4)\r\n" % size,
            b"UID FETCH 4 (BODY": b"* 1 FETCH (UID 4 BODY[] {%d}\r\n%s)\r\n" % (size, self.mail),
            b"LOGOUT": b"* BYE\r\n",
        }


class TokenServer(socketserver.ThreadingTCPServer):
    """``good`` is the token that it takes; ``said`` is what it was given."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), OnlyTokens)
        self.good = "good-token"
        self.said: list[str] = []
        self.thread = Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def account(self, tokens) -> Account:
        port = self.server_address[1]
        return Account(HOST, port, USER, "", "none", "INBOX", 30, tokens)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()
