"""A mailbox is read over IMAP from a real server: each mail once, none lost, none deleted, whatever it is."""

import logging
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import OperationalError

from guardia.config.database_roles import DatabaseRole, behind
from guardia.mail.message import Mailbox, Message
from guardia.mail.taking import take
from guardia.notices.oauth import Given, NoToken, Refreshed
from guardia.worker.mail_in import Reader
from guardia.worker.mail_server import Folder, NotGivenOut
from tests.mailin.letters import letter
from tests.mailin.mail_server import MailServer, TokenServer
from tests.mailin.token_office import TokenOffice
from tests.notices.post_office import free_port

HEAD = "jefe@example.com"
FOLDERS = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = MailServer(tmp_path_factory.mktemp("imap") / "log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def folder(server) -> str:
    name = f"casos{next(FOLDERS)}"
    server.make_folder(name)
    return name


@pytest.fixture
def read(server, folder, story):
    """One round of the worker; gives back how many were taken."""

    def read(**account) -> int:
        return reader(server.account(folder, **account), story).read_once()

    return read


def reader(account, story) -> Reader:
    @contextmanager
    def step():
        with behind(DatabaseRole.WORKER):
            yield

    return Reader(account, step, lambda: story.now)


def subjects() -> list[str]:
    contents = [bytes(message.original.content) for message in mails()]
    return [content.split(b"Subject: ")[1].split(b"\n")[0].strip().decode() for content in contents]


def mails() -> list[Message]:
    return list(Message.objects.order_by("pk").select_related("original"))


def box() -> Mailbox:
    return Mailbox.objects.get()


def test_what_is_new_is_taken_once_marked_as_seen_and_stays(server, folder, read):
    raw = letter(HEAD, subject="uno")
    server.append(folder, raw, letter(HEAD, subject="dos"))
    assert read() == 2
    assert subjects() == ["uno", "dos"]
    assert bytes(mails()[0].original.content) == raw
    assert all(b"\\Seen" in flags for flags in server.flags(folder))
    assert read() == 0
    server.append(folder, letter(HEAD, subject="tres"))
    assert read() == 1
    assert subjects() == ["uno", "dos", "tres"]
    assert len(server.flags(folder)) == 3
    assert (box().trouble, mails()[0].way) == ("", "imap")


def test_an_empty_mailbox_is_no_trouble(read):
    assert read() == 0
    assert box().trouble == ""


def test_what_came_by_the_pipe_too_is_one(server, folder, read, story):
    raw = letter(HEAD, subject="uno")
    with behind(DatabaseRole.WORKER):
        take(raw.replace(b"\r\n", b"\n"), "pipe", story.now)
    server.append(folder, raw)
    assert read() == 1
    assert len(mails()) == 1


def test_a_mailbox_made_anew_is_read_from_the_beginning(server, folder, read, caplog):
    raw = letter(HEAD, subject="uno")
    server.append(folder, raw, letter(HEAD, subject="dos"))
    read()
    before = box().uid_validity
    server.remove_folder(folder)
    server.make_folder(folder)
    server.append(folder, raw, letter(HEAD, subject="tres"))
    with caplog.at_level(logging.WARNING):
        assert read() == 2
    assert subjects() == ["uno", "dos", "tres"]
    assert box().uid_validity != before
    assert "read from the beginning" in caplog.text


def test_of_a_mail_that_is_too_large_only_the_headers_are_fetched(server, folder, read, settings, monkeypatch):
    settings.MAIL_LIMIT_MB = 1
    fetched = []
    whole = Folder.mail
    monkeypatch.setattr(Folder, "mail", lambda self, uid: fetched.append(uid) or whole(self, uid))
    server.append(folder, letter(HEAD, "x\n" * 700_000, "con video"), letter(HEAD, subject="después"))
    assert read() == 2
    assert len(fetched) == 1
    large, after = mails()
    assert (large.state, large.reason, large.subject, large.from_address) == (
        "waiting",
        "too_large",
        "con video",
        HEAD,
    )
    assert after.state == "new"


def test_one_that_the_server_does_not_give_out_waits_and_the_others_come(server, folder, read, monkeypatch, caplog):
    server.append(folder, letter(HEAD, subject="uno"), letter(HEAD, subject="dos"), letter(HEAD, subject="tres"))
    whole, first = Folder.mail, []

    def mail(self, uid):
        first.append(uid)
        if len(first) == 2:
            raise NotGivenOut("NO [SERVERBUG]")
        return whole(self, uid)

    monkeypatch.setattr(Folder, "mail", mail)
    with caplog.at_level(logging.CRITICAL, logger="guardia"):
        assert read() == 3
    missing = mails()[1]
    assert (missing.state, missing.reason, missing.kind) == ("waiting", "not_given_out", "unreadable")
    assert [message.state for message in mails()] == ["new", "waiting", "new"]
    assert read() == 0


def test_one_that_cannot_be_kept_waits_and_the_others_come(server, folder, read, monkeypatch, caplog):
    server.append(folder, letter(HEAD, subject="veneno"), letter(HEAD, subject="dos"))

    def poisoned(raw, way, now):
        if b"veneno" in raw:
            raise ValueError("poison")
        return take(raw, way, now)

    monkeypatch.setattr("guardia.worker.mail_in.take", poisoned)
    with caplog.at_level(logging.CRITICAL, logger="guardia"):
        assert read() == 2
    assert [(message.state, message.reason) for message in mails()] == [("waiting", "not_taken"), ("new", "")]


def test_without_a_database_nothing_is_lost_and_nothing_is_marked(server, folder, read, monkeypatch):
    server.append(folder, letter(HEAD, subject="uno"), letter(HEAD, subject="dos"))
    taken = []

    def gone(raw, way, now):
        taken.append(raw)
        if len(taken) == 2:
            raise OperationalError("gone")
        return take(raw, way, now)

    monkeypatch.setattr("guardia.worker.mail_in.take", gone)
    with pytest.raises(OperationalError):
        read()
    assert not any(b"\\Seen" in flags for flags in server.flags(folder))
    monkeypatch.undo()
    assert read() == 1
    assert subjects() == ["uno", "dos"]


@pytest.mark.parametrize(
    "wrong", [{"password": "no"}, {"folder": "nowhere"}, {"port": free_port()}, {"tls": "ssl"}, {"tls": "starttls"}]
)
def test_trouble_is_written_down_said_once_and_over_when_it_is_over(server, folder, story, wrong, caplog):
    account = server.account(**{"folder": folder, **wrong})
    with caplog.at_level(logging.WARNING, logger="guardia"):
        assert [reader(account, story).read_once() for _ in range(3)] == [0, 0, 0]
    assert len(caplog.records) == 1
    assert Mailbox.objects.get(name=account.name).trouble
    assert "solo-para-pruebas" not in caplog.text
    if account.name == server.account(folder).name:
        reader(server.account(folder), story).read_once()
        assert box().trouble == ""


# --- OAuth2 -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def token_server():
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def office():
    office = TokenOffice()
    yield office
    office.stop()


def test_a_token_of_a_file_is_read_each_time(token_server, story, tmp_path):
    file = tmp_path / "token"
    file.write_text("old-token\n")
    account = token_server.account(Given("", str(file)))
    assert reader(account, story).read_once() == 0
    assert "no such token" in box().trouble
    file.write_text("good-token\n")
    assert reader(account, story).read_once() == 1
    assert subjects() == ["por token"]
    file.unlink()
    assert reader(account, story).read_once() == 0
    assert "IMAP_OAUTH_TOKEN_FILE" in box().trouble


def test_a_refresh_token_gives_one_that_serves_until_it_ends(token_server, office, story):
    hour = [0.0]
    tokens = Refreshed(office.url, "client", "secret", "refresh-1", clock=lambda: hour[0])
    account = token_server.account(tokens)
    assert reader(account, story).read_once() == 1
    reader(account, story).read_once()
    assert len(office.asked) == 1
    assert office.asked[0] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
        "client_id": ["client"],
        "client_secret": ["secret"],
    }
    hour[0] = 3541.0
    reader(account, story).read_once()
    assert len(office.asked) == 2


def test_a_token_that_is_not_taken_any_more_is_asked_for_anew(token_server, office, story):
    office.token = "old-token"
    account = token_server.account(Refreshed(office.url, "client", "secret", "refresh-1"))
    assert reader(account, story).read_once() == 0
    office.token = "good-token"
    assert reader(account, story).read_once() == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"error": "invalid_grant"}', "400: invalid_grant"),
        (500, b"oops", "500"),
        (200, b"{}", "no access_token"),
        (200, b"[]", "no JSON object"),
        (200, b"no json", "127.0.0.1"),
    ],
)
def test_why_there_is_no_token_is_said_without_a_secret(office, status, body, said):
    office.answer = (status, body)
    with pytest.raises(NoToken, match=said) as refused:
        Refreshed(office.url, "client", "very-secret", "refresh-1").current()
    assert "secret" not in str(refused.value)
    assert "refresh-1" not in str(refused.value)
