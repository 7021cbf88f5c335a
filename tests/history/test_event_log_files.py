"""The file on the disk and at the command line: whole or not there at all, and who took it stands in the audit."""

import stat
from pathlib import Path
from threading import Thread

import pytest
from django.db import connections

from guardia.cases.case import Case
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.history import event_log_reading
from guardia.history.event_log_file import whole_file
from guardia.people.audit import AuditEntry
from guardia.people.staff import SYSTEM
from tests.history.conftest import Histories, events_on_record
from tests.history.test_event_log import counted, lines


class Power(Exception):
    """The machine went away in the middle."""


def test_a_file_has_its_name_once_it_is_whole(tmp_path):
    target = tmp_path / "log.xes"
    target.write_text("of yesterday")
    with whole_file(target) as file:
        file.write(b"half")
        assert target.read_text() == "of yesterday"
        file.write(b" and whole")
    assert target.read_text() == "half and whole"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_what_was_broken_off_leaves_nothing(tmp_path):
    target = tmp_path / "log.xes"
    with pytest.raises(Power):
        break_off(target)
    assert list(tmp_path.iterdir()) == []


def break_off(target: Path) -> None:
    with whole_file(target) as file:
        file.write(b"half")
        raise Power


@pytest.fixture
def committed(transactional_db) -> Histories:
    with behind(DatabaseRole.STAFF):
        return Histories().happen()


@pytest.mark.parametrize("form", ["xes", "ocel", "csv"])
def test_the_command_writes_all_and_says_how_much(committed, tmp_path, capsys, form):
    target = tmp_path / "log"
    assert main(["history", "export", "--format", form, "--out", str(target)]) == 0
    with behind(DatabaseRole.WORKER):
        on_record = events_on_record()
        entry = AuditEntry.objects.get(kind="exported")
    assert counted(form, target.read_bytes()) == on_record
    assert f"3 cases, {on_record.total()} events, " in capsys.readouterr().out
    assert (entry.about, entry.key, entry.facts, entry.staff) == ("event_log", "", {"form": form}, None)


def test_the_command_takes_one_company_some_days_some_rows_and_a_language(committed, tmp_path, capsys):
    target = tmp_path / "log.csv"
    words = ["history", "export", "--format", "csv", "--out", str(target), "--company", f"company-{committed.bank.pk}"]
    assert main([*words, "--from", "2026-11-21", "--to", "2026-11-21", "--rows", "stage", "--language", "en"]) == 0
    found = lines(target.read_bytes())
    assert {row["case"] for row in found} == {str(committed.first.number), str(committed.second.number)}
    assert {row["row"] for row in found} == {"stage"}
    assert "Stage: Diagnosis" in {row["name"] for row in found}
    assert main([*words, "--to", "2026-11-20"]) == 0
    assert lines(target.read_bytes()) == []
    with behind(DatabaseRole.WORKER):
        assert {entry.key for entry in AuditEntry.objects.all()} == {str(committed.bank.pk)}
    assert "ingeniero1" not in target.read_text()
    assert main([*words, "--with-texts"]) == 0
    assert "ingeniero1" in target.read_text()
    with behind(DatabaseRole.WORKER):
        assert AuditEntry.objects.latest("pk").facts == {"form": "csv, with texts"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--company", "nobody"], "No company has the code 'nobody'"),
        (["--from", "yesterday"], "'yesterday' is no day: write it like 2026-11-24"),
        (["--rows", "event,nothing"], "'nothing' is no kind of row"),
        (["--rows", ","], "name one at least"),
        (["--out", "/no/such/folder/log"], "/no/such/folder is no folder"),
        (["--out", "/"], "/ is a folder: name a file in it"),
    ],
)
def test_what_was_written_wrongly_is_told_and_writes_nothing(committed, tmp_path, capsys, more, said):
    words = ["history", "export", "--format", "csv", "--out", str(tmp_path / "log"), *more]
    try:
        code = main(words)
    except SystemExit as ended:
        code = ended.code
    assert code in {1, 2}
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_is_opened_meanwhile_is_not_in_it(committed, tmp_path, monkeypatch):
    """All is read in one snapshot: what another connection commits while the file is written does not appear."""
    monkeypatch.setattr(event_log_reading, "AT_ONCE", 1)
    with behind(DatabaseRole.WORKER):
        before = events_on_record()
    read, asked = event_log_reading.rows_of, []

    def read_while_others_work(*words):
        asked.append(words)
        found = read(*words)
        if len(asked) == 2:
            noted_by_another(committed.third.pk)
        return found

    monkeypatch.setattr(event_log_reading, "rows_of", read_while_others_work)
    target = tmp_path / "log.csv"
    assert main(["history", "export", "--format", "csv", "--out", str(target)]) == 0
    with behind(DatabaseRole.WORKER):
        assert events_on_record() > before
    assert counted("csv", target.read_bytes()) == before


def noted_by_another(case: int) -> None:
    """As somebody at the desk does in another process."""

    def note() -> None:
        with behind(DatabaseRole.STAFF):
            Case.objects.select_for_update().get(pk=case).note("meanwhile", by=SYSTEM, at=now())
        connections.close_all()

    other = Thread(target=note)
    other.start()
    other.join()
