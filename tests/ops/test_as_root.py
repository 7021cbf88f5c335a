"""Root at the command line takes nothing away from the service whose installation it is; with a real account."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACCOUNT = "guardia-trial"
pytestmark = [
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("useradd") or not os.access("/etc/passwd", os.W_OK),
        reason="accounts of one's own need root and useradd",
    ),
    pytest.mark.process,
]


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[int, int]]:
    """An account of the system, made for this and removed afterwards; its ids."""
    import pwd

    subprocess.run(["userdel", ACCOUNT], check=False, capture_output=True)  # of a run that was killed
    subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
    try:
        entry = pwd.getpwnam(ACCOUNT)
        yield entry.pw_uid, entry.pw_gid
    finally:
        subprocess.run(["userdel", ACCOUNT], check=False, capture_output=True)


@pytest.fixture(scope="module")
def place(account) -> Iterator[Path]:
    """A folder that everybody may enter, with STATE_DIR and BACKUP_DIR as install.md makes them."""
    with tempfile.TemporaryDirectory(prefix="root-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        for each in ("state", "backups"):
            (folder / each).mkdir(mode=0o750)
            os.chown(folder / each, *account)
        yield folder


def guardia(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "PROMETHEUS_"))}
    environment = kept | {"STATE_DIR": str(place / "state"), "BACKUP_DIR": str(place / "backups")}
    return subprocess.run(
        [sys.executable, "-m", "guardia", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(place) -> Path:
    """The same folder once its tables are made, by root: no test depends on another that ran before it."""
    done = guardia(place, "migrate")
    assert done.returncode == 0, done.stderr
    return place


def foreign(place: Path, uid: int) -> list[str]:
    """What below these folders belongs to anybody else."""
    return [
        str(each) for name in ("state", "backups") for each in (place / name).rglob("*") if each.lstat().st_uid != uid
    ]


def test_what_root_does_belongs_to_the_service(place, account):
    uid, _gid = account
    for words in (["migrate"], ["doctor", "--quiet"], ["backup"], ["drill"], ["verify"], ["files", "check"]):
        done = guardia(place, *words)
        assert done.returncode == (1 if words[0] == "doctor" else 0), done.stderr
        assert "Traceback" not in done.stderr
        assert foreign(place, uid) == [], words
    assert (place / "state" / "pg" / "data" / "PG_VERSION").is_file(), "its database is its own too"
    assert any((place / "backups").iterdir())


def test_the_folders_keep_owner_and_mode(place, account):
    for each in ("state", "backups"):
        found = (place / each).stat()
        assert (found.st_uid, found.st_gid) == account
        assert stat.S_IMODE(found.st_mode) == 0o750


def test_where_root_alone_may_write_it_is_a_sentence_that_names_the_account(installed, account, tmp_path):
    tmp_path.chmod(0o700)
    done = guardia(installed, "backup", str(tmp_path / "elsewhere"))
    assert done.returncode == 1
    assert ACCOUNT in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_an_installation_of_root_stays_roots(tmp_path):
    """Nothing changes for whoever tries it out as root."""
    question = (
        "from guardia.config.ownership import become_owner, owner; import os; become_owner(); "
        "print(owner(), os.geteuid())"
    )
    environment = os.environ | {"STATE_DIR": str(tmp_path), "ATTACHMENTS_DIR": "", "BACKUP_DIR": ""}
    done = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None", "0"]
