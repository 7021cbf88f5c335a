"""What a command says of a file it brought in, and its exit code: a script goes by both."""

from pathlib import Path

import pytest

from guardia.cli.installation import Mistake
from guardia.cli.installation import read_table as read
from guardia.cli.installation import say_outcome as say
from guardia.customers.importing.kind import Outcome, Problem

FILE = Path("sites.csv")


@pytest.mark.parametrize(("dry_run", "done"), [(True, "not written (dry run)"), (False, "written")])
def test_a_right_file_is_counted(capsys, dry_run, done):
    assert say(Outcome("sites", new=2, changed=1, unchanged=3, ignored=("nota",)), FILE, dry_run=dry_run) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == ["columns left aside: nota", f"new 2, changed 1, unchanged 3, errors 0: {done}"]


def test_each_mistake_is_a_line_and_nothing_is_counted(capsys):
    wrong = [Problem(2, "name", "is empty"), Problem(3, "name", "is empty")]
    assert say(Outcome("sites", new=2, problems=wrong), FILE, dry_run=False) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [str(wrong[0]), str(wrong[1]), "sites.csv: nothing was written, errors: 2"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Mistake, match=r"none\.csv cannot be read: No such file"):
        read(tmp_path / "none.csv")
