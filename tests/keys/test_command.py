"""`guardia keys`: on the server itself, on record as done there; the doctor points out what ends soon."""

from datetime import timedelta

from guardia.cli.checks import upkeep
from guardia.cli.checks.finding import Installation
from guardia.cli.main import main
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.api_key import ApiKey, KeyRefused, authenticate
from guardia.people.setting_change import SettingChange
from tests.keys.conftest import HERE

MAKE = ["keys", "make", "Zabbix", "--account", "Monitoreo", "--scope", "cases.*"]


def answers(written: str) -> bool:
    try:
        return bool(authenticate(written, HERE, now()))
    except KeyRefused:
        return False


def test_a_key_is_made_listed_rotated_and_ended(transactional_db, capsys):
    assert main(MAKE) == 1
    assert "with --role one is made" in capsys.readouterr().err
    assert main([*MAKE, "--role", "engineer"]) == 0
    written = capsys.readouterr().out.strip()
    assert answers(written)
    public = written.rpartition("_")[0]
    assert main(["keys", "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"{public}\tZabbix\tmonitoreo\tcases.*\t")
    assert written not in listed
    assert main(["keys", "rotate", public, "--overlap-hours", "1"]) == 0
    new = capsys.readouterr().out.strip()
    assert answers(new)
    assert answers(written)
    assert main(["keys", "end", public]) == 0
    assert not answers(new)
    assert not answers(written)
    with behind(DatabaseRole.STAFF):
        assert {one.by for one in SettingChange.objects.filter(noun="api_key")} == {None}


def test_what_cannot_be_taken_is_named(transactional_db, capsys):
    for words, complaint in (
        ([*MAKE, "--role", "nobody"], "engineer, dispatcher"),
        ([*MAKE, "--role", "engineer", "--network", "x"], "192.0.2.0/24"),
        (["keys", "end", "gdk_aaaaaaaa"], "guardia keys list"),
        (["keys", "rotate", "x"], "guardia keys list"),
    ):
        assert main(words) == 1
        assert complaint in capsys.readouterr().err
    with behind(DatabaseRole.STAFF):
        assert not ApiKey.objects.exists()


def test_the_doctor_names_what_expires_and_what_nobody_uses(keys):
    def said(at) -> str:
        return " ".join(one.words for one in upkeep.keys_of_the_api(Installation(at=at)))

    assert "No key of the API expires soon" in said(keys.now)
    assert "90 days" in said(keys.now + timedelta(days=90))
    assert "within 14 days: " in said(keys.now + timedelta(days=352))


def test_whoever_erases_a_person_may_take_the_name_out_of_a_key(owner):
    asked = "SELECT has_column_privilege('guardia_eraser', 'api_key', %s, 'UPDATE')"
    found = {column: owner.execute(asked, [column]).fetchone()[0] for column in ("name", "networks", "digest")}
    assert found == {"name": True, "networks": True, "digest": False}
