"""What the caller did wrong is said in a sentence, not in a traceback."""

import socket

import pytest

from guardia.doors.cli.main import main
from guardia.doors.cli.ports import first_free, is_free


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
