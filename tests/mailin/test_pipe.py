"""`guardia mail take`: 0 only when the mail is safely kept, 69 when it is refused, 75 whatever else goes wrong."""

import os
import subprocess
import sys

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.mail.message import Message
from tests.mailin.letters import letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

HEAD = "jefe@example.com"


def guardia(*words: str, mail: bytes = b"", **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "guardia", "mail", "take", *words],
        input=mail,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def kept() -> list[bytes]:
    with behind(DatabaseRole.STAFF):
        return [bytes(message.original.content) for message in Message.objects.order_by("pk")]


def test_0_and_the_mail_is_kept_byte_for_byte():
    raw = letter(HEAD, "ñandú") + b"\xff\x00"
    assert guardia(mail=raw).returncode == 0
    assert kept() == [raw]
    assert guardia(mail=raw).returncode == 0
    assert kept() == [raw]


def test_69_for_a_mail_that_is_too_large():
    found = guardia(mail=letter(HEAD, "x\n" * 700_000), MAIL_LIMIT_MB="1")
    assert found.returncode == 69
    assert b"the most here is 1 MB" in found.stderr
    assert kept() == []


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/guardia"},
        {"IMAP_TLS": "perhaps"},
        {"MAIL_LIMIT_MB": "much"},
    ],
)
def test_75_while_the_database_is_down_or_a_setting_is_wrong(environment):
    found = guardia(mail=letter(HEAD), **environment)
    assert found.returncode == 75
    assert found.stderr.count(b"\n") == 1
    assert kept() == []


def test_75_for_nothing_at_all():
    assert guardia(mail=b"\n").returncode == 75


def test_a_folder_is_taken_with_its_counts_and_goes_on_where_it_was(tmp_path):
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    first, second = letter(HEAD, "uno"), letter(HEAD, "dos")
    (tmp_path / "cur" / "1:2,S").write_bytes(first)
    (tmp_path / "new" / "2").write_bytes(second)
    (tmp_path / "tmp" / "3").write_bytes(letter(HEAD, "unfinished"))
    (tmp_path / "new" / ".hidden").write_bytes(b"no mail")
    found = guardia("--dir", str(tmp_path))
    assert (found.returncode, found.stdout) == (0, b"2 files: 2 taken, 0 known already, 0 too large, 0 failed\n")
    assert sorted(kept()) == sorted([first, second])
    (tmp_path / "new" / "4").write_bytes(b"x" * 1_200_000)
    again = guardia("--dir", str(tmp_path), MAIL_LIMIT_MB="1")
    assert again.returncode == 1
    assert again.stdout == b"3 files: 0 taken, 2 known already, 1 too large, 0 failed\n"


def test_a_folder_that_is_none_is_a_mistake(tmp_path):
    found = guardia("--dir", str(tmp_path / "nowhere"))
    assert found.returncode == 1
    assert b"is no folder" in found.stderr
