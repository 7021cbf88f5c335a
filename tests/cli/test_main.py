"""What the caller did wrong is said in a sentence, not in a traceback."""

import os
import socket
import subprocess
import sys

import pytest

from guardia.config.postgres import Embedded
from guardia.doors.cli.house import Mistake
from guardia.doors.cli.main import main
from guardia.doors.cli.migrate import must_be_new_enough
from guardia.doors.cli.ports import any_free, first_free, is_free


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_the_remedy(taken, capsys):
    assert main(["web", "--port", str(taken)]) == 1
    told = f"guardia: Port {taken} of 127.0.0.1 is taken. Choose another one with --port\n"
    assert capsys.readouterr().err == told


def test_a_port_that_does_not_exist_is_no_traceback(capsys):
    assert main(["web", "--port", "99999"]) == 1
    assert "Port 99999 of 127.0.0.1 does not exist (1 to 65535)" in capsys.readouterr().err


def test_the_next_free_port_is_found(taken):
    assert not is_free("127.0.0.1", taken)
    assert first_free("127.0.0.1", taken) > taken


def test_a_second_one_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path):
    first = Embedded(tmp_path / "pg", fsync=False).start()
    try:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
        done = subprocess.run(
            [sys.executable, "-m", "guardia", "run", "--port", str(any_free("127.0.0.1"))],
            env=environment | {"STATE_DIR": str(tmp_path)}, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert f"{tmp_path} is in use by another process of Guardia ({os.getpid()})" in done.stderr
        assert done.stderr.count("\n") == 1
        assert first.running
    finally:
        first.wipe()


def test_a_server_that_is_too_old_is_told_before_anything_is_changed():
    must_be_new_enough(160_004)
    with pytest.raises(Mistake, match="PostgreSQL 15 is too old"):
        must_be_new_enough(150_020)


def test_sample_data_goes_only_into_a_demo(db, settings, capsys):
    settings.DEMO = False
    assert main(["demo-seed"]) == 1
    assert "only goes into a demo" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_no_traceback(monkeypatch, capsys, tmp_path):
    import psycopg

    from guardia.doors.cli import migrate

    def unreachable(*, empty: bool):
        psycopg.connect(f"postgresql://app@/guardia?host={tmp_path}")

    monkeypatch.setattr(migrate, "open_house", unreachable)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("guardia: connection")
