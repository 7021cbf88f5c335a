"""Those who are not at the desk of `bin/faults`: customers by the link of a letter, whoever is paged, the mail server
that hands over what customers answer. All of them have only what arrived at the mail server.
"""

import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from bench.faults.browser import HOST, Answer, Http, Over, form_in
from bench.faults.journal import Journal, Kept
from bench.faults.mailserver import MailServer, text_of
from guardia.cases.number import parse

CASE_LINK = re.compile(r"http://[^\s>\"]+(/c/caso/[^\s>\"?]+)")
PAGE_LINK = re.compile(r"http://[^\s>\"]+(/responder/[^\s>\"]+)")
NUMBER = re.compile(r"\[([\d-]+-\d)\]")
KEPT = 0
PAUSE = 0.3
SELDOM, LONGEST = 30, 10.0
"""A process for each mail costs more than all the rest: so many answers later comes the next."""


class Outsider(threading.Thread):
    """Again and again ``act``, until the run ends."""

    def __init__(
        self, port: int, mail: MailServer, journal: Journal, stopping: threading.Event, rng: random.Random
    ) -> None:
        super().__init__(name=type(self).__name__, daemon=True)
        self.port, self.mail, self.journal, self.stopping, self.rng = port, mail, journal, stopping, rng
        self.browser = Http(port, stopping)
        self.base = f"http://{HOST}:{port}"

    def run(self) -> None:
        try:
            while not self.stopping.wait(PAUSE):
                if letters := list(self.mail.newest):
                    self.act(*text_of(self.rng.choice(letters[-30:])))
        except Over:
            pass
        except BaseException as trouble:
            self.journal.lose(self.name, trouble)

    def act(self, message: EmailMessage, text: str) -> None:
        raise NotImplementedError

    def number_of(self, message: EmailMessage) -> int | None:
        found = NUMBER.search(str(message["Subject"]))
        return parse(found[1]) if found else None


class Customer(Outsider):
    """Writes by the link of a letter. The button is pressed until it answers, and sometimes twice: it counts once."""

    def act(self, message: EmailMessage, text: str) -> None:
        link, number = CASE_LINK.search(text), self.number_of(message)
        if not (link and number):
            return
        page = self.browser.get(link[1])
        form = form_in(page.text, self.base + link[1], "/escribir")
        if form is None:
            return
        marker = self.journal.marker("cliente")
        said = {**form["fields"], "texto": marker}
        path = urlsplit(form["action"]).path

        def press() -> Answer:
            return self.browser.post(path, said)

        answer = self.browser.patiently(press)
        if answer.status == 303:
            self.journal.keep(Kept("customer", number, "", marker))
            if self.rng.random() < 0.5:
                self.browser.patiently(press)


class OnCall(Outsider):
    """Answers for what is paged. A second answer finds the first."""

    def act(self, message: EmailMessage, text: str) -> None:
        if link := PAGE_LINK.search(text):
            said = {"caso": "todos", "acto": "respondo"}
            answer = self.browser.patiently(lambda: self.browser.post(link[1], said))
            self.journal.note("pages answered" if answer.done else f"a page answered {answer.status}")


class Answering(Outsider):
    """A customer's answer by mail, handed over by `guardia mail take` until that says that it is kept."""

    def __init__(self, environment: Callable[[], Mapping[str, str]], logs: Path, *rest) -> None:
        super().__init__(*rest)
        self.environment, self.logs = environment, logs

    def act(self, message: EmailMessage, text: str) -> None:
        number = self.number_of(message)
        back = str(message["Reply-To"] or "")
        if not (number and "+" in back):
            return
        marker = self.journal.marker("correo")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = str(message["To"]), back, f"<{marker}@example.com>"
        mail["Subject"], mail["In-Reply-To"] = f"Re: {message['Subject']}", str(message["Message-ID"])
        mail.set_content(f"{marker}\n")
        raw = mail.as_bytes()
        while not self.handed_over(raw):
            if self.stopping.wait(PAUSE):
                return
        self.journal.keep(Kept("mail", number, "message_received", marker))
        self.journal.wait(len(self.journal.kept) + SELDOM, LONGEST)

    def handed_over(self, raw: bytes) -> bool:
        command = [sys.executable, "-m", "guardia", "mail", "take"]
        with (self.logs / "mail-take.log").open("ab") as log:
            done = subprocess.run(command, input=raw, env=self.environment(), stdout=log, stderr=log, check=False)
        return done.returncode == KEPT
