"""From `guardia run` on an empty folder to a call, a case and a letter in one's own mailbox, in Chromium.

What is counted as an action: the printed address opened, each field filled in, each thing clicked. Waiting is none, and
neither is reading: the six digits are read in the mailbox, and written into the page as one field. The environment
names no mail server: it is typed on the screen, with its user and password, and takes letters over STARTTLS alone.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.notices.authority import Authority
from tests.notices.post_office import free_port
from tests.notices.test_tls import PASSWORD, USER, SecureOffice

MOST_ACTIONS = 25
PATIENCE_SECONDS = 600
"""So long is waited for an installation that does not come up, or a letter that does not come."""
ME = "ana@ejemplo.example"
OURS = {
    *(
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "DATABASE_PORTAL_URL",
        "DATABASE_PORTAL_ACTS_URL",
        "DATABASE_WORKER_URL",
        "DATABASE_SIGN_IN_URL",
    ),
    *("MFA_ROLES", "OPERATOR_ZONE", "PUBLIC_URL", "MAIL_FROM"),
}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def office(authority: Authority) -> Iterator[SecureOffice]:
    """A mail server as they are: STARTTLS before all, a certificate made out to its name, user and password."""
    office = SecureOffice(authority, "starttls", ways=("PLAIN", "LOGIN"))
    office.has_mail = Event()
    office.when_mail_is_kept = office.has_mail.set
    office.open()
    yield office
    office.close()


@pytest.fixture
def printed(authority: Authority, tmp_path: Path) -> Iterator[str]:
    """The address of the first steps, as `guardia run` prints it, of an installation that has nothing yet.

    The machine trusts the authority of the mail server's certificate; the environment names no server.
    """
    trusted = tmp_path / "authority.pem"
    trusted.write_text(authority.pem)
    environment = {name: value for name, value in os.environ.items() if name not in OURS and "SMTP" not in name}
    environment |= {"STATE_DIR": str(tmp_path / "state"), "SSL_CERT_FILE": str(trusted), "EGRESS_LOOPBACK": "1"}
    port = free_port()
    command = [sys.executable, "-u", "-m", "guardia", "run", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: SimpleQueue[str] = SimpleQueue()
    reader = Thread(target=read_all, args=(process, said), daemon=True)
    reader.start()
    try:
        address = first_steps(said)
        assert address.startswith(f"http://localhost:{port}/"), "the port that it listens on"
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)
        reader.join(timeout=60)


def read_all(process: subprocess.Popen, said: "SimpleQueue[str]") -> None:
    """Each line as it comes; an empty one where it prints no more."""
    assert process.stdout
    for line in process.stdout:
        said.put(line)
    said.put("")


def first_steps(said: "SimpleQueue[str]") -> str:
    """The address, once it is printed; the process must live as long."""
    lines: list[str] = []
    while not lines or lines[-1]:
        try:
            lines.append(said.get(timeout=PATIENCE_SECONDS))
        except Empty:
            break
        if found := re.search(r"First steps: (\S+)", lines[-1]):
            return found[1]
    raise AssertionError("".join(lines)[-3000:])


class Person:
    """Who sets it up: every action is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def open(self, address: str) -> None:
        self.actions += 1
        self.page.goto(address)

    def fill(self, name: str, words: str) -> None:
        self.actions += 1
        self.page.locator(f"main [name={name}]:visible").fill(words)

    def press(self, name: str) -> None:
        self.actions += 1
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.actions += 1
        self.page.get_by_role("link", name=name).first.click()


def letter(office: SecureOffice, holds: str) -> str:
    """The text of the last letter to this person that holds these words, once it is there; blanks are plain ones."""
    while True:
        office.has_mail.clear()
        texts = [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in office.to(ME)]
        if fits := [text for text in texts if re.search(holds, text)]:
            return fits[-1]
        assert office.has_mail.wait(PATIENCE_SECONDS), f"no letter with {holds}"


def test_the_first_hour_of_another_operator(printed: str, office: SecureOffice, chromium: Browser):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-EC")
    page = context.new_page()
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    me = Person(page)
    try:
        me.open(printed)
        expect(page.get_by_text("1 of 10")).to_be_visible()
        me.fill("name", "Telecomunicaciones Ejemplo")
        me.press("Go on")
        me.fill("technical", "02 555 0100")
        me.press("Accept the proposal and go to “Mail”")  # offices, hours, cities
        expect(page.get_by_text("6 of 10")).to_be_visible()
        me.fill("email", ME)
        me.fill("host", "localhost")
        me.fill("port", str(office.port))
        me.fill("user", USER)
        me.fill("password", PASSWORD)
        me.press("Send the mail")
        expect(page.locator("main")).to_contain_text("The mail server accepted it")
        me.fill("code", re.search(r"\d{6}", letter(office, r"six digits"))[0])
        me.press("It arrived: continue")
        for number in (7, 8, 9):  # colleagues, levels, the trial company
            expect(page.get_by_text(f"{number} of 10")).to_be_visible()
            me.press("Go on")
        me.fill("name", "Ana Ejemplo")
        me.fill("password", "cuatro palabras de nadie 42")
        me.press("Publish and sign in")
        expect(page.get_by_role("heading", name="Guardia is running")).to_be_visible()
        me.press("Ring a test call")
        expect(page.locator("#main").get_by_text("Test company of Telecomunicaciones Ejemplo").first).to_be_visible()
        me.press("Answer")
        page.wait_for_url(re.compile(r"/casos/nuevo\?llamada=|/llamadas/\d+$"))
        if "/llamadas/" in page.url:  # the page of the call came first
            me.follow("Open a case")
        me.fill("symptoms", "No service since eight")
        me.press("Open the case and give the number")
        expect(page).to_have_url(re.compile(r"/casos/\d+/abierto"))
        number = re.search(r"/casos/(\d+)/", page.url)[1]
        shown = f"{number[:3]}-{number[3:-1]}-{number[-1]}"
        text = letter(office, re.escape(shown))
        assert "Telecomunicaciones Ejemplo" in text
        assert "02 555 0100" in text, "whom to call"
        assert set(office.signed_in) == {"PLAIN"}, "by the password that was typed"
        assert all(path.endswith("@example.com") for path in office.return_paths), "as who signs in"
        assert me.actions <= MOST_ACTIONS, f"{me.actions} actions"
        page.goto(printed.partition("/primeros")[0] + "/procedimiento")
        document = page.content()
        for other in ("Cirion", "CenturyLink", "4004040", "400404", "Iñaquito", "ESPOL"):
            assert other not in document, other
    finally:
        context.close()
