"""E: the ways of a page hold secrets, which are kept in one place only; none of them stays on the server."""

import logging
import subprocess
import sys

import pytest
from django.db import connection

from guardia.cli.checks import people
from guardia.cli.checks.finding import CHECKS, CheckResult, Installation
from guardia.customers.values import Misfit
from guardia.notices.channel import Channel, addresses_of, url_of, urls_of
from guardia.notices.notice import Delivery
from guardia.notices.outbox import PAGES_BY_APPRISE
from guardia.notices.page import Pager, read, render_short
from guardia.notices.server_answer import Verdict
from guardia.people.channels import OF_THE_SERVER, channels, masked
from guardia.people.staff import Staff
from tests.notices.sender import link
from tests.notices.test_page_wording import page_of
from tests.notices.test_pages import reached_by

pytestmark = pytest.mark.process

TELEGRAM = "tgram://123456789:abcdefg_hijklmnop-qrstuvwxyzabcdefg/12315544/"

# --- masked ---


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (TELEGRAM, "tgram://…"),
        ("json://user:topsecret@10.0.0.7:8080/topsecret?key=topsecret", "json://10.0.0.7:8080/…"),
        ("MAILTO://user:topsecret@mail.example.com", "mailto://mail.example.com/…"),
        ("slack://TopSecretA/TopSecretB/TopSecretC", "slack://…"),
        ("json://topsecret topsecret/x", "json://…"),
        ("topsecret", "topsecret://…"),
        ("top secret://x", "?://…"),
    ],
)
def test_a_channel_is_shown_by_its_kind_and_a_mark(address, shown):
    assert masked(address).startswith(f"{shown} (")
    assert "secret" not in masked(address).lower().replace("topsecret://…", "")


def test_two_channels_of_one_kind_are_told_apart_and_each_is_found_again_by_its_mask():
    staff = Staff(email="a@example.com", channels=[TELEGRAM, f"{TELEGRAM}77", " ", f" {TELEGRAM} "])
    ways = addresses_of(staff)
    assert [channel for channel, _ in ways] == [Channel.MAIL, Channel.APPRISE, Channel.APPRISE]
    assert [url_of(staff, address) for _, address in ways[1:]] == [TELEGRAM, f"{TELEGRAM}77"]
    assert url_of(staff, "tgram://… (000000)") is None


class Journal(logging.Handler):
    """The log of the operator, as its root logger writes it: all that whoever reads it could learn."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()}")


@pytest.fixture
def journal():
    found, root = Journal(), logging.getLogger()
    before = root.level
    root.addHandler(found)
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(before)
    root.removeHandler(found)


def test_E_no_secret_of_a_way_is_written_down_or_logged(worker, night, gateway, journal):
    address = gateway.url("top-secret-path").replace("://", "://user:top-secret-word@")
    dead = "json://user:top-secret-word@127.0.0.1:1/top-secret-path"
    reached_by(night.one, f"{address}?+X-Key=top-secret-key", dead, email="")
    gateway.says["top-secret-path"] = [401]
    worker.sends(PAGES_BY_APPRISE)
    worker.after(seconds=5).sends(PAGES_BY_APPRISE)
    told = Delivery.objects.filter(channel="apprise").order_by("pk")
    assert [delivery.state for delivery in told] == ["accepted", "waiting"]
    written = " ".join(f"{each.address} {each.answer} {bytes(each.body).decode()}" for each in told)
    logged = [line for line in journal.lines if not line.startswith("django.db")]  # which only DEBUG would log
    assert "top-secret" not in written + " ".join(logged)
    assert "json://127.0.0.1" in written


# --- what stays on the server is refused ---


@pytest.mark.parametrize(
    "address",
    [
        *(f"{kind}://anything" for kind in sorted(OF_THE_SERVER)),
        "SYSLOG://localhost",
        "fcm://project@key/device?keyfile=/etc/passwd",
        "vapid://a@example.com/a@example.com?keyfile=k&subfile=s",
        "mailto://user:pass@example.com?pgp=yes&PGPKEY=/etc/key",
        "discord://id/token?template=/etc/passwd",
        "tgram://token/chat?a=1&template=notes.txt",
    ],
)
def test_an_address_of_a_file_or_a_program_is_refused_when_it_is_entered_and_when_it_is_used(address):
    with pytest.raises(Misfit, match=r"(?i)file|archivo|arquivo"):
        channels(f"{TELEGRAM}\n{address}")
    answer = Pager().send(address, b"Subject: x\r\n\r\nx")
    assert answer.verdict is Verdict.REFUSED
    assert "/etc" not in answer.words


def test_the_refusal_names_the_line_and_what_to_write_instead():
    with pytest.raises(Misfit, match=r"2.*tgram://TOKEN/CHAT"):
        channels(f"{TELEGRAM}\nsyslog://localhost")


def test_every_kind_that_apprise_keeps_on_the_server_is_known_here():
    """What needs no address at all reaches nobody outside. Asked of Apprise itself, so that a new one is noticed."""
    from apprise.manager_plugins import NotificationManager

    manager = NotificationManager()
    manager.load_modules()
    stays = set()
    for plugin in manager.plugins(include_disabled=True):
        if "{schema}://" in plugin.templates:
            stays |= {*as_set(plugin.protocol), *as_set(plugin.secure_protocol)}
    assert {"dbus", "syslog", "windows"} <= stays
    assert stays - OF_THE_SERVER == set()


def as_set(kinds) -> set[str]:
    return set() if not kinds else {kinds} if isinstance(kinds, str) else set(kinds)


def test_a_kind_that_apprise_does_not_know_is_refused_for_good():
    answer = Pager().send("nowhere://top-secret", b"Subject: x\r\n\r\nx")
    assert (answer.verdict, answer.words) == (Verdict.REFUSED, "no channel that is used here: nowhere://…")


# --- Apprise is the worker's alone ---


def test_the_web_server_never_loads_apprise():
    """It takes seconds and forty megabytes, and a request has no need of it."""
    code = "import guardia.config.wsgi, guardia.config.urls_with_apis, sys; print('apprise' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


def test_the_bytes_of_a_page_are_title_and_text_and_a_repeat_says_so(night):
    page = page_of(night.one)
    content = render_short(Delivery(address="json://…"), [page], page.owed_at, link).as_bytes()
    assert content.startswith(b"Subject: ")
    title, text = read(content)
    assert page.facts["number"] in title
    assert text.endswith(link(page.pk))
    assert read(b"X-Guardia-Repeat: 2\r\n" + content)[0] == f"{title} (3)"


# --- sealed in the database ---


def plain_in_the_table(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels::text FROM staff WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_table_holds_no_word_of_a_channel(night):
    reached_by(night.one, TELEGRAM, "jsons://user:top-secret@gateway.example.com/x")
    written = plain_in_the_table(night.one.pk)
    assert "tgram" not in written
    assert "top-secret" not in written
    kept = Staff.objects.get(pk=night.one.pk)
    assert kept.channels == [TELEGRAM, "jsons://user:top-secret@gateway.example.com/x"]
    assert kept.has_a_way
    Staff.objects.filter(pk=night.one.pk).update(channels=[])
    assert plain_in_the_table(night.one.pk) == "[]"
    assert Staff.objects.filter(pk=night.one.pk, channels=[]).exists()


def test_with_another_key_nobody_is_paged_there_and_nothing_is_lost(night, settings):
    reached_by(night.one, TELEGRAM)
    before = plain_in_the_table(night.one.pk)
    settings.SECRET_KEY, was = "another-key-of-at-least-fifty-letters-for-this-one-test", settings.SECRET_KEY
    kept = Staff.objects.get(pk=night.one.pk)
    assert urls_of(kept) == []
    kept.save()
    assert plain_in_the_table(night.one.pk) == before
    assert answers(people.channels_readable) == ["bad"]
    settings.SECRET_KEY_FALLBACKS = [was]
    assert urls_of(Staff.objects.get(pk=night.one.pk)) == [TELEGRAM]
    assert answers(people.channels_readable) == ["ok"]


def answers(check) -> list[str]:
    found = next(each for each in CHECKS if each.name == check.__name__).ask(Installation())
    return [found.health.value] if isinstance(found, CheckResult) else [said.health.value for said in found]


def test_a_channel_of_a_kind_that_is_used_no_more_is_said_by_the_doctor(night):
    assert answers(people.channels_used) == ["ok"]
    reached_by(night.one, "mqtt://broker.example.com/topic")
    assert answers(people.channels_used) == ["warn"]
