"""`guardia procedure check`: what a person at the terminal is told."""

import argparse
from pathlib import Path

import pytest
from django.utils import translation

from guardia.cli.installation import Mistake
from guardia.cli.procedure import add, check
from tests.procedure_room.sample import TEXT, changed


def checked(folder: Path, text: str) -> int:
    file = folder / "procedure.yaml"
    file.write_text(text, encoding="utf-8")
    with translation.override("en"):
        return check(argparse.Namespace(file=file))


def test_a_good_file_is_said_to_be_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, TEXT) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_each_mistake_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, changed("target: 1 min", "target: soon").replace("answers: crew", "answers: crow")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f"{tmp_path / 'procedure.yaml'}:")
    assert "“soon” is not a length of time. Write a number" in lines[0]


def test_a_file_that_is_not_there_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="cannot be read"):
        check(argparse.Namespace(file=tmp_path / "none.yaml"))


def test_the_steps_are_check_publish_show() -> None:
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    for words in (["check", "a.yaml"], ["publish", "a.yaml"], ["show", "--source"]):
        assert parser.parse_args(["procedure", *words]).handler
