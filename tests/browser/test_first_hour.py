"""From `guardia run` on an empty folder to a call, a case and a letter in one's own mailbox, in Chromium.

What is counted as an action: the printed address opened, each field filled in, each thing clicked. Waiting is none, and
neither is reading: the six digits are read in the mailbox, and written into the page as one field.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.notices.post_office import HOST, PostOffice, free_port

MOST_ACTIONS = 25
PATIENCE_SECONDS = 600
"""So long is waited for an installation that does not come up, or a letter that does not come."""
OURS = {"DATABASE_URL", "DATABASE_DIRECT_URL", "MFA_ROLES", "EGRESS_LOOPBACK", "OPERATOR_ZONE", "PUBLIC_URL"}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture
def printed(office: PostOffice, tmp_path: Path) -> Iterator[str]:
    """The address of the first steps, as `guardia run` prints it, of an installation that has nothing yet."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {
        "STATE_DIR": str(tmp_path / "state"),
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(office.port),
        "MAIL_FROM": "casos@ejemplo.example",
    }
    port, log = free_port(), tmp_path / "run.log"
    with log.open("w") as output:
        command = [sys.executable, "-m", "guardia", "run", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        found = until(lambda: re.search(r"First steps: (\S+)", log.read_text()), process, log)
        assert found[1].startswith(f"http://localhost:{port}/"), "the port that it listens on"
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=60)


def until(look, process: subprocess.Popen, log: Path):
    """What it finds, once it finds something; the process must live as long, and no longer than ten minutes."""
    begun = time.monotonic()
    while not (found := look()):
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() - begun < PATIENCE_SECONDS, log.read_text()[-3000:]
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    return found


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


def letter(office: PostOffice, page: Page, holds: str) -> str:
    """The text of the last letter to this person that holds these words, once it is there; blanks are plain ones."""
    for _ in range(PATIENCE_SECONDS):
        letters = office.to("ana@ejemplo.example")
        texts = [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in letters]
        if fits := [text for text in texts if re.search(holds, text)]:
            return fits[-1]
        page.wait_for_timeout(1000)
    raise AssertionError(f"no letter with {holds}")


def test_the_first_hour_of_another_operator(printed: str, office: PostOffice, chromium: Browser):
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
        me.press("Go on")  # telephone numbers
        for number in (3, 4, 5):  # offices, hours, cities
            expect(page.get_by_text(f"{number} of 10")).to_be_visible()
            me.press("Go on")
        me.fill("email", "ana@ejemplo.example")
        me.press("Send the mail")
        me.fill("code", re.search(r"\d{6}", letter(office, page, r"six digits"))[0])
        me.press("It arrived: go on")
        for number in (7, 8, 9):  # colleagues, levels, the trial company
            expect(page.get_by_text(f"{number} of 10")).to_be_visible()
            me.press("Go on")
        me.fill("name", "Ana Ejemplo")
        me.fill("password", "cuatro palabras de nadie 42")
        me.press("Publish and sign in")
        expect(page.get_by_role("heading", name="Guardia is at work")).to_be_visible()
        me.press("Ring a trial call")
        expect(page.locator("#main").get_by_text("Trial company of Telecomunicaciones Ejemplo").first).to_be_visible()
        me.press("Answer")
        page.wait_for_url(re.compile(r"/casos/nuevo\?llamada=|/llamadas/\d+$"))
        if "/llamadas/" in page.url:  # the page of the call came first
            me.follow("Open a case")
        me.fill("symptoms", "No service since eight")
        me.press("Open the case and give the number")
        expect(page).to_have_url(re.compile(r"/casos/\d+/abierto"))
        number = re.search(r"/casos/(\d+)/", page.url)[1]
        shown = f"{number[:3]}-{number[3:-1]}-{number[-1]}"
        text = letter(office, page, re.escape(shown))
        assert "Telecomunicaciones Ejemplo" in text
        assert "02 555 0100" in text, "whom to call"
        assert me.actions <= MOST_ACTIONS, f"{me.actions} actions"
        page.goto(printed.partition("/primeros")[0] + "/procedimiento")
        document = page.content()
        for other in ("Cirion", "CenturyLink", "4004040", "400404", "Iñaquito", "ESPOL"):
            assert other not in document, other
    finally:
        context.close()
