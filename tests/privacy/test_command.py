"""`guardia privacy` and `guardia retention`, as whoever runs the server uses them."""

import signal
from zipfile import ZipFile

import pytest

from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.audit import AuditEntry
from guardia.privacy.requests import PrivacyRequest, RetentionRun, State
from tests.privacy.marked import NAME, NUMBER
from tests.privacy.test_erasure import again, confirmed, erasure_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "direct"])


@pytest.fixture(autouse=True)
def own_signals():
    """A command takes the signals for itself; a test gives them back."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


def test_a_copy_is_written_once_and_is_for_its_owner_alone(marked, tmp_path, capsys):
    file = tmp_path / "copia.zip"
    words = ["privacy", "export", "--contact", str(marked.person.pk), "--to", str(file)]
    assert main(words) == 0
    assert "data.json" in ZipFile(file).namelist()
    assert file.stat().st_mode & 0o077 == 0
    assert main(words) == 1
    assert "is there already" in capsys.readouterr().err
    with behind(DatabaseRole.STAFF):
        assert AuditEntry.objects.filter(kind="exported", about="person").count() == 1


def test_who_is_not_there_is_said(marked, tmp_path, capsys):
    for who in (["--contact", "999999"], ["--username", "nadie"], [], ["--number", "12"]):
        assert main(["privacy", "export", *who, "--to", str(tmp_path / "x.zip")]) == 1
        assert capsys.readouterr().err.startswith("guardia: ")
    assert main(["privacy", "erase", "--number", NUMBER, "--reason", "porque sí"]) == 1


def test_an_erasure_is_asked_for_listed_and_carried_out_once_it_is_confirmed(marked, capsys):
    assert main(["privacy", "erase", "--name", NAME, "--number", NUMBER, "--reason", "person_asked"]) == 0
    said = capsys.readouterr().out
    assert "goes: " in said
    assert "/ajustes/privacidad/solicitudes/" in said
    request = erasure_of(marked)
    assert main(["privacy", "work", "--once"]) == 0
    assert again(request).state == State.READY
    confirmed(request)
    assert main(["privacy", "work", "--once"]) == 0
    assert again(request).state == State.DONE
    assert main(["privacy", "list"]) == 0
    with behind(DatabaseRole.STAFF):
        assert PrivacyRequest.objects.filter(state=State.READY).count() == 1


def test_retention_is_rehearsed_and_run(marked, capsys):
    assert main(["retention", "--dry-run"]) == 0
    assert "visit_people\tolder than" in capsys.readouterr().out
    assert main(["retention"]) == 0
    assert "files were removed" in capsys.readouterr().out
    with behind(DatabaseRole.STAFF):
        assert list(RetentionRun.objects.order_by("pk").values_list("is_dry", flat=True)) == [True, False]
