"""What the caller did wrong is said in a sentence, not in a traceback."""

import argparse
import os
import pty
import re
import socket
import subprocess
import sys

import pytest

from bench.faults.stage import children_of
from guardia.cli.children import any_free, first_free, is_free
from guardia.cli.installation import Mistake
from guardia.cli.main import main, parser
from guardia.cli.migrate import must_be_new_enough
from guardia.config.postgres import Embedded

pytestmark = pytest.mark.process


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

    from guardia.cli import migrate

    def unreachable(*, empty: bool):
        psycopg.connect(f"postgresql://app@/guardia?host={tmp_path}")

    monkeypatch.setattr(migrate, "open_installation", unreachable)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("guardia: connection")


def steps(of: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], bool]]:
    """Every command with its steps, as it is written; and whether it is one that does something."""
    groups = [each.choices for each in of._actions if isinstance(each, argparse._SubParsersAction)]
    found = [(words, not groups)] if words else []
    return found + [one for group in groups for name, below in group.items() for one in steps(below, (*words, name))]


COMMANDS = steps(parser())


@pytest.mark.parametrize("words", [words for words, _does in COMMANDS], ids=" ".join)
def test_every_command_says_in_whole_sentences_what_it_does(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    _usage, sentence, *_more = said.out.split("\n\n")
    assert re.fullmatch(r"[A-Z][^\n].+\.", sentence, re.DOTALL), sentence
    assert len(sentence.split()) >= 3


@pytest.mark.parametrize("words", [words for words, _does in COMMANDS if words != ("manage",)], ids=" ".join)
def test_what_no_command_takes_is_one_sentence_of_that_very_command(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*words, "--no-such-option"])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.startswith(f"guardia {' '.join(words)}: ")
    assert said.err.endswith(f". What it takes says: guardia {' '.join(words)} --help\n")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("written", ["0", "-1", "viele", "1.5"])
@pytest.mark.parametrize("option", ["--processes", "--threads"])
@pytest.mark.parametrize("command", ["web", "run"])
def test_a_web_without_a_process_or_a_thread_does_not_begin(command, option, written, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, f"{option}={written}"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"guardia {command}: argument {option}: “{written}” is no whole number")


def test_there_are_commands_to_try():
    assert len(COMMANDS) > 40
    assert (("phone", "exchange", "add"), True) in COMMANDS
    assert (("phone", "exchange"), False) in COMMANDS


# --- on a terminal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["it answers", "it begins"])
def test_ctrl_c_on_a_terminal_ends_everything_that_run_has_begun(transactional_db, tmp_path, when):
    """On a real pseudo-terminal, whose Ctrl-C goes to all processes of its foreground."""
    port = any_free("127.0.0.1")
    command = [sys.executable, "-m", "guardia", "run", "--port", str(port)]
    pid, terminal = pty.fork()
    if not pid:
        os.environ |= {"STATE_DIR": str(tmp_path), "AMI_HOST": "", "TRAPS_LISTEN": ""}
        os.execv(command[0], command)
    said = read_until(terminal, b"Guardia answers on" if when == "it answers" else b"\n")
    began = children_of(pid)
    os.write(terminal, b"\x03")
    said += read_until(terminal, None)
    _pid, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, said
    assert b"Traceback" not in said
    assert [each for each in began if is_there(each)] == []
    if when == "it answers":
        assert len(began) >= 3, "web, worker, eraser"


def read_until(terminal: int, words: bytes | None) -> bytes:
    """What is written to it, until these words or to its end."""
    said = b""
    while words is None or words not in said:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # nobody has it open any more
            break
        if not piece:
            break
        said += piece
    return said


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
