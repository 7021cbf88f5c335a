"""The embedded PostgreSQL: one owner, two roles, nothing left behind."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guardia.config import account
from guardia.config.account import DatabaseTrouble
from guardia.config.postgres import Embedded

pytestmark = pytest.mark.process

OWNER = """
import sys
from pathlib import Path
from guardia.config.postgres import Embedded
server = Embedded(Path(sys.argv[1]), fsync=False).start()
print(server._server.pid if server.owned else "guest", flush=True)
sys.stdin.read()
server.stop()
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells of the end of a process")
PATIENCE_SECONDS = 30


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """In a folder whose path is short, whatever the test is called: a long one gets its socket elsewhere."""
    embedded = Embedded(tmp_path_factory.mktemp("s") / "pg", fsync=False)
    yield embedded
    embedded.stop()
    embedded.wipe()  # where root may make no namespace the data stand elsewhere, and nobody would clear them away


def another_process(home: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def asked(url: str, question: str) -> tuple:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()


def ended(pid: int) -> bool:
    """Wait for the end of any process, not only a child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(descriptor)


def test_two_roles_and_a_database_that_sorts_the_same_everywhere(server):
    server.start()
    role = "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s"
    assert asked(server.app_url, role.replace("%s", "'guardia_app'")) == (False, False, False, False, False)
    assert asked(
        server.owner_url, "SELECT current_user, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'guardia'"
    ) == ("guardia_owner", "guardia_owner")
    assert asked(
        server.app_url,
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'guardia'",
    ) == ("b", "C.UTF-8", "UTF8")
    assert asked(server.app_url, "SELECT current_setting('data_checksums'), current_setting('listen_addresses')") == (
        "on",
        "",
    )


def test_only_this_account_reaches_the_socket(server):
    server.start()
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert server.home.stat().st_mode & 0o777 == 0o700


def test_what_is_stored_is_there_after_a_restart(server):
    server.start()
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    server.start()
    assert asked(server.owner_url, "SELECT number FROM kept") == (7,)


def test_a_second_process_is_a_guest_and_its_end_stops_nothing(server):
    server.start()
    guest, said = another_process(server.home)
    assert said == "guest"
    guest.communicate()
    assert asked(server.app_url, "SELECT 1") == (1,)


@linux
def test_when_the_owner_is_killed_its_server_ends_and_the_next_one_takes_over(server):
    owner, pid = another_process(server.home)
    owner.kill()
    owner.communicate()
    server.start()
    assert server.owned
    assert ended(int(pid))


@linux
def test_a_killed_server_is_started_again_by_its_owner(server):
    server.start()
    url = server.app_url
    os.kill(server._server.pid, signal.SIGKILL)
    server._server.wait()
    assert not server.running
    server.start()
    assert asked(url, "SELECT 1") == (1,)


@linux
def test_memory_that_a_dying_backend_still_holds_is_waited_for_whatever_others_write_meanwhile(server, monkeypatch):
    server.start()
    url = server.app_url
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(server._server.pid, signal.SIGKILL)
        server._server.wait()
        launch, refused = server._launch, []

        def and_many_end_meanwhile(*words):
            begun = launch(*words)
            if not refused:
                refused.append(begun.wait(PATIENCE_SECONDS))
                with (server.home / "log").open("a") as log:
                    log.write("FATAL:  terminating connection due to unexpected postmaster exit\n" * 30)
                os.kill(backend, signal.SIGCONT)
            return begun

        monkeypatch.setattr(server, "_launch", and_many_end_meanwhile)
        server.start()
    assert refused == [1]
    assert asked(url, "SELECT 1") == (1,)


def test_a_number_in_the_pid_file_that_belongs_to_a_stranger_is_no_obstacle(server):
    server.start()
    socket, data = server.socket_dir, server.data
    server.stop()
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n{socket}\n\n")
    (socket / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    server.start()
    assert asked(server.app_url, "SELECT 1") == (1,)


def test_half_a_first_start_is_begun_again(server):
    assert server.own()
    unfinished = server.data.with_name("data.unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    server.start()
    assert not unfinished.exists()
    assert asked(server.app_url, "SELECT 1") == (1,)


def test_a_path_too_long_for_a_socket_gets_a_private_short_folder(tmp_path):
    server = Embedded(tmp_path / ("long" * 25) / "pg", fsync=False)
    try:
        server.start()
        short = server.socket_dir
        if server.data.is_relative_to(server.home):  # and not in the service folder, whose path is short
            assert short.parent == Path(tempfile.gettempdir())
        assert short.stat().st_mode & 0o777 == 0o700
        assert asked(server.app_url, "SELECT 1") == (1,)
    finally:
        server.stop()
    assert not short.exists() or short.parent == server.data.parent
    server.wipe()


@pytest.mark.parametrize("major", ["17", "19"])
def test_data_of_another_version_is_refused_and_left_alone(server, major):
    assert server.own()
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text(f"{major}\n")
    with pytest.raises(DatabaseTrouble, match=rf"written by PostgreSQL {major}.*pg_dump of PostgreSQL {major}"):
        server.start()
    assert (server.data / "PG_VERSION").read_text() == f"{major}\n"


def test_a_folder_without_data_of_postgresql_is_told_and_left_alone(server):
    assert server.own()
    server.data.mkdir()
    with pytest.raises(DatabaseTrouble, match="holds no data of PostgreSQL"):
        server.start()
    assert list(server.data.iterdir()) == []


def test_a_server_that_cannot_start_says_why(server):
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseTrouble, match="no_such_setting"):
        server.start()


def test_what_another_process_uses_is_not_wiped(server):
    owner, _pid = another_process(server.home)
    with pytest.raises(DatabaseTrouble, match=f"in use by process {owner.pid}"):
        server.wipe()
    owner.communicate()
    server.wipe()
    assert not server.home.exists()


def test_a_start_that_failed_leaves_the_folder_free(server):
    assert server.own()
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseTrouble):
        server.start()
    again = Embedded(server.home, fsync=False)
    assert again.own()
    again.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the account")
def test_root_without_user_namespaces_runs_it_as_nobody_and_changes_no_other_folder(monkeypatch):
    house = Path(tempfile.mkdtemp(prefix="guardia-test-"))
    (house / "service").mkdir()
    house.chmod(0o711)  # nobody must get through to the service folder, and nowhere else
    monkeypatch.setattr(account, "SERVICE_FOLDER", house / "service" / "guardia")
    monkeypatch.setattr(account, "_works", lambda account: False)
    server = Embedded(house / "state" / "pg", fsync=False)
    try:
        server.start()
        assert asked(server.app_url, "SELECT 1") == (1,)
        assert server.socket_dir.owner() == "nobody"
        assert (house / "state" / "pg").stat().st_mode & 0o777 == 0o700
        assert house.stat().st_mode & 0o777 == 0o711
        server.wipe()
    finally:
        server.stop()
        shutil.rmtree(house)
