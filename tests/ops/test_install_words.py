"""docs/operations/install.md to the letter on Debian's own PostgreSQL: Debian: apt install postgresql."""

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from guardia.cli.children import any_free
from guardia.config.account import Account, leave_root
from tests.hosts.postgres import Server

OLDEST = 16
HERE = "127.0.0.1"


def programs() -> Path | None:
    """Of the newest server that Debian has installed and that Guardia works with."""
    found = [place for place in Path("/usr/lib/postgresql").glob("*/bin") if (place / "postgres").exists()]
    versions = {int(place.parent.name): place for place in found if place.parent.name.isdigit()}
    return versions[max(versions)] if versions and max(versions) >= OLDEST else None


PROGRAMS = programs()
pytestmark = [
    pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL of Debian, 16 or newer: apt install postgresql"),
    pytest.mark.process,
]


def ids() -> tuple[int, int]:
    entry = pwd.getpwnam("postgres")
    return entry.pw_uid, entry.pw_gid


@pytest.fixture(scope="module")
def make_server() -> Iterator:
    made: list[Server] = []
    with tempfile.TemporaryDirectory(prefix="words-", dir="/tmp") as name:
        place = Path(name)
        place.chmod(0o755)

        def make() -> Server:
            folder = place / f"pg{len(made)}"
            root = os.geteuid() == 0
            account = Account(PROGRAMS or Path(), folder, partial(leave_root, *ids()) if root else None)
            server = Server(folder, HERE, any_free(HERE), account)
            if root:
                os.chown(folder, *ids())
            made.append(server)
            return server.created("127.0.0.0/8", fsync="off", full_page_writes="off")

        yield make
        for server in made:
            server.stop()


@pytest.fixture(scope="module")
def installed(make_server, make_house):
    """As the document says it: the roles, the three addresses, `guardia migrate`, `guardia procedure publish`."""
    server = make_server()
    house = make_house(
        DATABASE_URL=server.url("guardia_app"),
        DATABASE_DIRECT_URL=server.url("guardia_owner"),
        DATABASE_PORTAL_URL=server.url("guardia_portal_login"),
        DATABASE_PORTAL_ACTS_URL=server.url("guardia_portal_acts_login"),
        DATABASE_WORKER_URL=server.url("guardia_worker_login"),
        DATABASE_SIGN_IN_URL=server.url("guardia_sign_in_login"),
    )
    for words in (["migrate"], ["procedure", "publish", "procedures/cirion-ecuador.yaml"]):
        done = house.guardia(*words)
        assert done.returncode == 0, done.stderr
    return server, house


@pytest.fixture(scope="module")
def backups(installed, tmp_path_factory) -> Path:
    _server, house = installed
    folder = tmp_path_factory.mktemp("backups")
    done = house.guardia("backup", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def databases(server: Server) -> list[str]:
    return [name for (name,) in server.as_superuser("SELECT datname FROM pg_database WHERE NOT datistemplate")]


def test_the_doctor_finds_nothing_wrong_with_those_roles(installed):
    _server, house = installed
    said = house.guardia("doctor", "--language", "en").stdout
    for words in (
        "owner_role: The owner guardia_owner can migrate and back up.",
        "application_role: The role guardia_app owns nothing and is subject to every row policy.",
        "database_roles: Each transaction can take its own database role.",
        "portal_login: The portal reads with its own login, which cannot assume any other.",
        "portal_acts_login: The portal acts with its own login, which cannot assume any other.",
        "worker_login: The worker works with its own login, which cannot assume any other.",
        "sign_in_login: Sign-in uses its own database login, which cannot become any other.",
        "migrations: The database is up to date with this version.",
    ):
        assert re.search(rf"^OK +{re.escape(words)}$", said, re.MULTILINE), said


def test_a_backup_is_put_in_the_place_of_the_database_that_stands(installed, backups):
    server, house = installed
    done = house.guardia("restore", str(backups), "--over", LANG="en_US.UTF-8")
    assert done.returncode == 0, done.stderr
    assert "every chain is intact" in done.stdout
    former = done.stdout.partition("is now called ")[2].partition(";")[0]
    assert {"guardia", former} <= set(databases(server))
    assert not [name for name in databases(server) if "_restored_" in name]
    assert house.guardia("verify").returncode == 0


def test_while_the_application_is_connected_nothing_is_begun(installed, backups):
    """Its sessions are another role's: the owner is not told what they do, but must count them all the same."""
    import psycopg

    server, house = installed
    before = databases(server)
    with psycopg.connect(server.url("guardia_app")):
        done = house.guardia("restore", str(backups), "--over")
    assert done.returncode == 1
    assert "1 others are connected to the database" in done.stderr
    assert databases(server) == before


def test_on_another_machine_set_up_by_the_same_words_it_is_brought_back(backups, make_server, make_house):
    other = make_server()
    house = make_house(DATABASE_URL=other.url("guardia_app"), DATABASE_DIRECT_URL=other.url("guardia_owner"))
    done = house.guardia("restore", str(backups), "--prove-later")
    assert done.returncode == 0, done.stderr
    assert "NOT PROVEN yet" in done.stdout
    assert "guardia verify && guardia clocks rebuild && guardia files check" in done.stdout
    assert "every chain is intact" not in done.stdout
    for words in (["verify"], ["clocks", "rebuild"], ["files", "check"]):
        assert house.guardia(*words).returncode == 0
    (analysed,) = other.as_superuser("SELECT reltuples >= 0 FROM pg_class WHERE relname = 'case_event'", "guardia")
    assert analysed == (True,)


def test_an_owner_of_an_older_installation_is_told_what_it_lacks(installed, backups):
    server, house = installed
    server.as_superuser("ALTER ROLE guardia_owner NOCREATEDB")
    try:
        done = house.guardia("restore", str(backups), "--over")
        doctor = house.guardia("doctor", "--language", "en").stdout
    finally:
        server.as_superuser("ALTER ROLE guardia_owner CREATEDB")
    assert done.returncode == 1
    assert "As a superuser: ALTER ROLE guardia_owner CREATEDB" in done.stderr
    assert "ALTER ROLE guardia_owner CREATEDB" in doctor


@pytest.mark.skipif(not shutil.which("psql"), reason="no psql")
def test_the_server_is_really_debians(installed):
    server, _house = installed
    ((version,),) = server.as_superuser("SELECT version()")
    assert "Debian" in version
