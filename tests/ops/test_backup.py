"""A backup is brought back on another machine, and is the same house there; half a backup is refused."""

import json
import os
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

from guardia.cli.backups import drilling, making, programs, restoring
from guardia.cli.backups import folder as backups_folder
from guardia.cli.main import parser
from guardia.config.postgres import Embedded
from guardia.evidence import store
from guardia.web.api import metrics

pytestmark = pytest.mark.process

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# What lives in the running of a house, not in its history: counted anew by every process that comes.
OF_THE_MOMENT = {"django_migrations", "watch", "sender"}


def contents(state: Path, database: str = "guardia") -> dict[str, list[str]]:
    """Every row of every table as text, in order: what two houses that are the same have in common."""
    server = Embedded(state / "pg", fsync=False).start()
    try:
        with psycopg.connect(server.url("guardia_owner", database)) as owner:
            names = [name for (name,) in owner.execute(TABLES) if name not in OF_THE_MOMENT]
            return {
                name: [text for (text,) in owner.execute(f'SELECT t::text FROM "{name}" AS t ORDER BY 1')]
                for name in names
            }
    finally:
        server.stop()


def walls(state: Path) -> list[tuple]:
    """Policies, grants, triggers: what keeps one company from another is part of the operator."""
    server = Embedded(state / "pg", fsync=False).start()
    try:
        with psycopg.connect(server.owner_url) as owner:
            questions = (
                "SELECT tablename, policyname, roles::text, qual, with_check FROM pg_policies ORDER BY 1, 2",
                "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class "
                "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1",
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
                "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolinherit FROM pg_roles "
                "WHERE rolname LIKE 'guardia%' ORDER BY 1",
                "SELECT roleid::regrole::text, member::regrole::text, inherit_option, set_option FROM pg_auth_members "
                "WHERE roleid::regrole::text LIKE 'guardia%' ORDER BY 1, 2",
                "SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1",
            )
            return [row for question in questions for row in owner.execute(question)]
    finally:
        server.stop()


@pytest.fixture(scope="module")
def backups(filled, tmp_path_factory) -> Path:
    house, _said = filled
    root = tmp_path_factory.mktemp("backups")
    done = house.guardia("backup", str(root))
    assert done.returncode == 0, done.stderr
    assert "1 cases, 2 files" in done.stdout
    assert "Keep SECRET_KEY" in done.stdout
    return root


@pytest.fixture
def copied(backups, tmp_path) -> Path:
    """A backup that may be spoilt."""
    return Path(shutil.copytree(backups, tmp_path / "copied"))


@pytest.fixture(scope="module")
def restored(backups, make_house) -> tuple:
    """Another machine, with another key, on which the backup was brought back; and what the command said."""
    other = make_house(SECRET_KEY="another-key-than-before-0123456789abcdefghij")
    done = other.guardia("restore", str(backups), LANG="en_US.UTF-8")
    assert done.returncode == 0, done.stderr
    return other, done


def test_on_a_new_machine_every_row_every_wall_and_every_file_is_there(filled, restored):
    house, said = filled
    other, done = restored
    assert "1 cases" in done.stdout
    assert "every chain is intact" in done.stdout
    assert "none differs" in done.stdout
    assert "every file is whole" in done.stdout
    assert contents(other.state) == contents(house.state)
    assert walls(other.state) == walls(house.state)
    for sha in (said["photo"], said["log"]):
        ours, theirs = (one.state / "attachments" / store.place(sha) for one in (house, other))
        assert ours.read_bytes() == theirs.read_bytes()
    assert (other.state / "attachments" / (store.place(said["photo"]) + store.THUMBNAIL)).is_file()


def test_nothing_that_stands_is_written_over_unless_it_is_said_and_the_former_one_stays(filled, backups, restored):
    house, _said = filled
    other, _done = restored
    refused = other.guardia("restore", str(backups))
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert "--over" in refused.stderr
    done = other.guardia("restore", str(backups), "--over")
    assert done.returncode == 0, done.stderr
    former = done.stdout.partition("is now called ")[2].partition(";")[0]
    assert contents(other.state) == contents(house.state)
    assert contents(other.state, former) == contents(house.state)


def test_a_backup_tells_no_secret_and_is_nobody_elses_to_read(filled, tmp_path):
    house, _said = filled
    secret = "s3cret-that-must-not-be-kept-anywhere-0123456789"
    done = house.guardia("backup", str(tmp_path / "kept"), SECRET_KEY=secret, SMTP_PASSWORD="hunter2-of-the-mail")
    assert done.returncode == 0, done.stderr
    for file in (tmp_path / "kept").rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()
            assert b"hunter2-of-the-mail" not in file.read_bytes()
    (folder,) = backups_folder.whole(tmp_path / "kept")
    manifest = backups_folder.read(folder)
    assert "SMTP_PASSWORD" in manifest.settings
    assert stat.S_IMODE((folder / backups_folder.DUMP).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_key_is_told(restored):
    _other, done = restored
    assert "SECRET_KEY is another one" in done.stderr


def spoil_dump(folder: Path, root: Path) -> None:
    with (folder / backups_folder.DUMP).open("r+b") as file:
        file.seek(1000)
        file.write(b"x" * 16)


def spoil_file(folder: Path, root: Path) -> None:
    one = next(iter(backups_folder.files_of(folder)))
    backups_folder.place_of(root, one.sha256).write_bytes(b"otra cosa")


def lose_file(folder: Path, root: Path) -> None:
    one = next(iter(backups_folder.files_of(folder)))
    backups_folder.place_of(root, one.sha256).unlink()


def lose_manifest(folder: Path, root: Path) -> None:
    (folder / backups_folder.MANIFEST).unlink()


def halve_manifest(folder: Path, root: Path) -> None:
    text = (folder / backups_folder.MANIFEST).read_text()
    (folder / backups_folder.MANIFEST).write_text(text[: len(text) // 2])


@pytest.mark.parametrize("spoil", [spoil_dump, spoil_file, lose_file, lose_manifest, halve_manifest])
def test_half_a_backup_is_refused_before_anything_is_touched(copied, spoil):
    (folder,) = backups_folder.whole(copied)
    spoil(folder, copied)
    with pytest.raises(backups_folder.NotWhole):
        backups_folder.check(copied, backups_folder.chosen(folder))


@pytest.mark.parametrize(
    "changed",
    [
        {"sums": {}}, {"sums": 5}, {"counts": {}}, {"counts": [1]}, {"members": [[1]]}, {"members": None},
        {"roles": None}, {"migrations": 5}, {"migrations": [None]}, {"files": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_somebody_changed_proves_nothing(copied, changed):
    (folder,) = backups_folder.whole(copied)
    said = json.loads((folder / backups_folder.MANIFEST).read_text())
    (folder / backups_folder.MANIFEST).write_text(json.dumps(said | changed))
    with pytest.raises(backups_folder.NotWhole):
        backups_folder.check(copied, folder)


def test_a_backup_of_another_format_says_so_whatever_else_stands_in_it(copied):
    (folder,) = backups_folder.whole(copied)
    for said in ({"format": 2, "of_tomorrow": True}, [1], None):
        (folder / backups_folder.MANIFEST).write_text(json.dumps(said))
        with pytest.raises(backups_folder.NotWhole, match="another format"):
            backups_folder.read(folder)


def test_whoever_connects_while_it_is_poured_is_told_and_nothing_is_left_behind(restored, backups, monkeypatch):
    other, _done = restored
    folder = backups_folder.chosen(backups)
    server = Embedded(other.state / "pg", fsync=False).start()
    guests: list[psycopg.Connection] = []
    pour = restoring.pour

    def poured(url: str, dump: Path, version: int) -> None:
        pour(url, dump, version)
        guests.append(psycopg.connect(server.owner_url))

    monkeypatch.setattr(restoring, "pour", poured)
    try:
        with pytest.raises(restoring.CannotRestore, match="stop web, worker"):
            restoring.restore(
                server.owner_url, "guardia_app", folder, backups_folder.read(folder), over=True, say=print
            )
        names = [name for (name,) in guests[0].execute("SELECT datname FROM pg_database")]
        assert not [name for name in names if "_restored_" in name]
    finally:
        [guest.close() for guest in guests]
        server.stop()


@pytest.mark.parametrize("command", ["backup", "restore", "drill"])
def test_an_empty_word_is_no_folder(command):
    """A variable of a script that nobody set would mean the folder one stands in."""
    with pytest.raises(SystemExit):
        parser().parse_args([command, ""])


def test_the_command_looks_without_restoring(backups, copied, make_house):
    house = make_house(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")  # none is needed
    assert "every byte is as it was kept" in house.guardia("restore", str(backups), "--check").stdout
    spoil_file(backups_folder.whole(copied)[0], copied)
    done = house.guardia("restore", str(copied), "--check")
    assert done.returncode == 1
    assert "is lost or was changed" in done.stderr


def test_a_backup_of_a_later_version_is_refused(copied):
    (folder,) = backups_folder.whole(copied)
    said = json.loads((folder / backups_folder.MANIFEST).read_text())
    said["migrations"].append("guardia.9999_of_tomorrow")
    (folder / backups_folder.MANIFEST).write_text(json.dumps(said))
    with pytest.raises(restoring.CannotRestore, match="later version"):
        restoring.must_be_known(backups_folder.read(folder))


def test_the_newest_whole_one_is_taken_and_old_ones_are_let_go_with_the_files_that_only_they_name(copied):
    (folder,) = backups_folder.whole(copied)
    older = Path(shutil.copytree(folder, copied / "20200101T000000Z"))
    only_of_the_older = store.digest(b"vieja")
    making.write_once(backups_folder.place_of(copied, only_of_the_older), b"vieja")
    with (older / backups_folder.FILES_LIST).open("a") as lines:
        lines.write(f"{only_of_the_older} 5\n")
    (copied / "20990101T000000Z").mkdir()  # one that was begun and never ended
    assert backups_folder.chosen(copied) == folder
    assert backups_folder.prune(copied, 2) == 1
    assert backups_folder.place_of(copied, only_of_the_older).exists()
    assert backups_folder.prune(copied, 1) == 1
    assert backups_folder.whole(copied) == [folder]
    assert not backups_folder.place_of(copied, only_of_the_older).exists()
    backups_folder.check(copied, folder)


def test_a_file_that_was_lost_before_is_told_and_the_rest_is_kept(filled, restored, tmp_path):
    other, _done = restored
    _house, said = filled
    lost = other.state / "attachments" / store.place(said["log"])
    content = lost.read_bytes()
    lost.unlink()
    try:
        done = other.guardia("backup", str(tmp_path / "kept"))
    finally:
        lost.write_bytes(content)
    assert done.returncode == 1
    assert said["log"] in done.stderr
    (folder,) = backups_folder.whole(tmp_path / "kept")
    assert [one.sha256 for one in backups_folder.files_of(folder)] == [said["photo"]]


def test_two_at_once_do_not_mix(tmp_path):
    with making.alone(tmp_path), pytest.raises(making.CannotBackUp, match="Another backup"), making.alone(tmp_path):
        pass


def test_whoever_does_not_see_all_rows_makes_no_backup(owner):
    with psycopg.connect(os.environ["DATABASE_URL"]) as app:
        with pytest.raises(making.CannotBackUp, match="ALTER ROLE guardia_app BYPASSRLS"):
            making.must_see_all(app)
        app.rollback()
    making.must_see_all(owner)


def test_a_store_that_does_not_answer_is_not_taken_for_one_that_is_empty(monkeypatch):
    class Away:
        def open(self, name: str, mode: str):
            raise OSError("the store does not answer")

    monkeypatch.setattr(store, "store", Away)
    with pytest.raises(making.CannotBackUp, match="does not answer"):
        making.from_store("ab/ab")


def test_a_password_does_not_stand_on_a_command_line():
    said = programs.libpq("postgresql://ana:cl%40ve@db.example.com:6432/guardia?sslmode=require")
    assert said == {
        "PGUSER": "ana",
        "PGPASSWORD": "cl@ve",
        "PGHOST": "db.example.com",
        "PGPORT": "6432",
        "PGDATABASE": "guardia",
        "PGSSLMODE": "require",
    }


def test_whoever_waits_reads_at_which_table_a_dump_and_a_restore_are(filled, tmp_path):
    """Told by the programs themselves, each table with rows as it begins."""
    house, _said = filled
    server = Embedded(house.state / "pg", fsync=False).start()
    try:
        dumped, dump = [], tmp_path / "database.dump"
        options = ["--format=custom", "--no-password", f"--file={dump}"]
        programs.run([programs.found("pg_dump", 18)], server.owner_url, options, dumped.append)
        listed = programs.run([programs.found("pg_restore", 18)], "", ["--list", str(dump)])
        poured = []
        options = ["--no-owner", "--data-only", "--file=/dev/null", str(dump)]
        programs.run([programs.found("pg_restore", 18)], "", options, poured.append)
        with pytest.raises(programs.ProgramTrouble) as failed:
            programs.run([programs.found("pg_dump", 18)], server.owner_url, ["--table=nowhere"], dumped.append)
    finally:
        server.stop()
    assert {"case", "case_event", "staff"} <= set(dumped)
    assert set(poured) == set(dumped)
    assert len(poured) == sum(" TABLE DATA " in line for line in listed.splitlines())
    assert "no matching tables were found" in str(failed.value)
    assert "reading" not in str(failed.value)


def test_without_a_client_of_that_version_it_says_which_to_install(monkeypatch):
    monkeypatch.setattr(programs, "places", lambda name: [])
    with pytest.raises(programs.ProgramTrouble, match="postgresql-client-18"):
        programs.found("pg_dump", 18)


# --- the drill --------------------------------------------------------------------------------------------------------


@pytest.fixture
def trial(make_house):
    """A machine whose own database does not answer, on which backups are tried; nothing of a drill may stay on it."""
    house = make_house(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    yield house
    assert not (house.state / "drill").exists()


def test_a_drill_restores_and_proves_the_newest_backup_and_leaves_only_its_result(backups, trial, settings):
    before = {file for file in backups.rglob("*")}
    done = trial.guardia("drill", str(backups), LANG="en_US.UTF-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every chain is intact" in done.stdout
    assert "restored and proven in" in done.stdout
    result = backups / backups_folder.DRILL
    assert {file for file in backups.rglob("*")} == before | {result}
    drill = backups_folder.newest_drill(backups)
    assert drill
    assert (drill.proven, drill.trouble) == (True, "")
    assert drill.backup == backups_folder.whole(backups)[0].name
    assert drill.seconds > 0
    assert drill.lost_seconds
    settings.BACKUP_DIR = str(backups)
    figures = {each.name: each.samples[0].value for each in metrics.drill_gauges()}
    assert figures["guardia_drill_proven"] == 1
    assert figures["guardia_drill_seconds"] == drill.seconds
    assert figures["guardia_drill_lost_seconds"] == drill.lost_seconds


def miscount(folder: Path, root: Path) -> None:
    """Each byte as it was kept, and a row less than there was."""
    said = json.loads((folder / backups_folder.MANIFEST).read_text())
    said["counts"]["case"] += 1
    (folder / backups_folder.MANIFEST).write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_dump, "is lost or was changed"),
        (lose_file, "is lost or was changed"),
        (lose_manifest, "half a backup"),
        (miscount, "The table case has 1 rows"),
    ],
)
def test_a_drill_tells_a_backup_that_is_damaged(copied, trial, settings, spoil, words):
    (folder,) = backups_folder.whole(copied)
    if spoil is lose_manifest:  # nothing else is there
        for file in folder.iterdir():
            file.rename(copied / file.name)
        folder.rmdir()
        (copied / backups_folder.MANIFEST).unlink()
    else:
        spoil(folder, copied)
    done = trial.guardia("drill", str(copied))
    assert done.returncode == 1
    assert "NOT PROVEN" in done.stdout
    drill = backups_folder.newest_drill(copied)
    assert drill
    assert not drill.proven
    assert words in drill.trouble
    settings.BACKUP_DIR = str(copied)
    assert [each.samples[0].value for each in metrics.drill_gauges() if each.name == "guardia_drill_proven"] == [0]


def test_what_a_killed_drill_left_goes_before_the_next_and_two_do_not_mix(tmp_path):
    with drilling.place(tmp_path) as server:
        (tmp_path / "drill" / "pg" / "remains").write_text("of one that was killed")
        with pytest.raises(drilling.CannotDrill, match="Another drill is at work"), drilling.place(tmp_path):
            pass
        assert server.owned
    (tmp_path / "drill" / "pg").mkdir(parents=True)
    (tmp_path / "drill" / "remains").write_text("of one that was killed")
    with drilling.place(tmp_path):
        assert not (tmp_path / "drill" / "remains").exists()
    assert not (tmp_path / "drill").exists()


def test_a_drill_is_led_to_nothing_of_the_installation():
    ours = ("DATABASE_URL", "DATABASE_WORKER_URL_FILE", "ATTACHMENTS_URL", "STATE_DIR")
    assert all(drilling.is_ours(name) for name in ours)
    assert not drilling.is_ours("SECRET_KEY")
