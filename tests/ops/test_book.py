"""What the night book tells a tired person to type exists: every command with its options, every unit, every check."""

import re
import shlex
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

import guardia.cli.checks  # noqa: F401 - fills the list
from guardia.cli.checks.finding import CHECKS
from guardia.config.account import wheel_programs
from tests.ops.conftest import ROOT
from tests.ops.test_deploy import is_setting, understood

pytestmark = pytest.mark.process

BOOKS = [ROOT / "docs/operations.md", ROOT / "docs/operations/backup.md", ROOT / "docs/operations/install.md"]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(guardia [^`]+)`")
LINK = re.compile(r"\]\(([^)#]*)(#[^)]*)?\)")
OF_THE_SYSTEM = frozenset(
    (
        *("set", "curl", "journalctl", "df", "psql", "useradd", "install", "cp", "ln", "podman", "tar", "systemctl"),
        *("pg_ctl", "pg_basebackup", "pg_verifybackup"),
    )
)
OF_OURS = {"bin/bundle": "bin/bundle", "deploy/compose/make-secrets": "deploy/compose/make-secrets"}
OF_OURS |= {"guardia-bundle/install-offline": "bin/install-offline"}
UNIT = re.compile(r"guardia(?:-[a-z]+)?(?:\.(?:service|timer))?")


def lines(book: Path) -> list[str]:
    text = book.read_text()
    return [line for block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]


def commands() -> list[tuple[str, str]]:
    """Every line to be typed, and each command named within a sentence."""
    found = [(book.name, line) for book in BOOKS for line in lines(book)]
    return found + [
        (book.name, words) for book in BOOKS for words in INLINE.findall(book.read_text()) if "…" not in words
    ]


@pytest.mark.parametrize(("book", "line"), commands())
def test_what_is_to_be_typed_exists(book, line):
    program, *words = shlex.split(line.partition(";")[0])
    if program == "guardia":
        assert understood(words), line
    elif program in OF_OURS:
        assert (ROOT / OF_OURS[program]).is_file()
    else:
        assert program in OF_THE_SYSTEM, line
        if program.startswith("pg_"):
            assert (wheel_programs() / program).is_file()
        if program == "systemctl":
            for unit in words:
                assert not unit.startswith("guardia") or unit_exists(unit), unit
        if program == "cp":
            for source in words[:-1]:
                assert (ROOT / source).is_file(), source
        if program == "curl":
            assert resolve(re.search(r":8000(/\S+)", line)[1])  # type: ignore[index]


def unit_exists(name: str) -> bool:
    file = name if "." in name else f"{name}.service"
    return (ROOT / "deploy/systemd" / file).is_file()


def test_a_command_with_an_option_that_there_is_not_would_be_noticed():
    assert not understood(shlex.split("backup --keeep 14"))
    assert not unit_exists("guardia-nothing")


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_every_link_leads_somewhere(book):
    headings = {slug(line) for line in book.read_text().splitlines() if line.startswith("#")}
    for place, part in LINK.findall(book.read_text()):
        if place.startswith("http"):
            continue
        if place:
            assert (book.parent / place).is_file(), place
        elif part:
            assert part[1:] in headings, part


def slug(heading: str) -> str:
    words = heading.lstrip("# ").lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def test_the_checks_that_it_names_are_asked():
    known = {check.name for check in CHECKS}
    book = BOOKS[0].read_text()
    named = {
        "forgotten_transactions",
        "connections_left",
        "host_clock",
        "file_store",
        "application_role",
        "database_roles",
    }
    assert named <= known
    assert all(f"`{name}`" in book for name in named)


def test_every_book_of_operations_can_be_reached_from_it():
    book = BOOKS[0].read_text().replace("\n", " ")
    missing = [file.name for file in (ROOT / "docs/operations").glob("*.md") if f"operations/{file.name}" not in book]
    assert missing == []


def test_the_settings_that_it_names_are_settings():
    pattern = re.compile(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`")
    not_settings = {"BYPASSRLS", "CREATEDB", "NUMBER"}
    named = {name for book in BOOKS for name in pattern.findall(book.read_text())} - not_settings
    assert {"SECRET_KEY", "BACKUP_DIR", "METRICS_TOKEN", "LOG_FORMAT"} <= named
    assert [name for name in sorted(named) if not is_setting(name)] == []


def test_the_addresses_that_it_names_are_addresses():
    for book in BOOKS:
        for place in re.findall(r"`(/salud[\w/]*|/metrics)`", book.read_text()):
            try:
                assert resolve(place)
            except Resolver404:
                pytest.fail(f"{book.name}: {place}")
