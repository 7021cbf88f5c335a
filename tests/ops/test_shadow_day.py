"""`guardia shadow` as a process: the sample from a clone, beside an installation in which nothing changes."""

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from guardia.config.postgres import Embedded
from tests.ops.conftest import ROOT

SAMPLES = ROOT / "docs" / "samples"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
ROWS = """SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM "{}" AS t"""
FEW = 6
"""Cases of the busy night, where not all of them are looked at."""
pytestmark = pytest.mark.process


@contextmanager
def owner_of(house):
    server = Embedded(house.state / "pg", fsync=False).start()
    try:
        with psycopg.connect(server.owner_url) as connection:
            yield connection
    finally:
        server.stop()


def contents(house):
    """Every table by its rows and a hash over them, and which databases there are."""
    with owner_of(house) as owner:
        tables = [name for (name,) in owner.execute(TABLES)]
        rows = {name: owner.execute(ROWS.format(name)).fetchone() for name in tables}
        databases = sorted(name for (name,) in owner.execute("SELECT datname FROM pg_database"))
    return rows, databases


def left_behind():
    return {path.name for path in Path(tempfile.gettempdir()).glob("guardia-shadow-*")}


def test_the_operators_own_database_stays_as_it_is_and_nothing_stays_behind(filled, tmp_path):
    house, _called = filled
    before, others = contents(house), left_behind()
    done = house.guardia(
        "shadow", str(SAMPLES / "busy-night.csv"), "--mapping", "table", "--out", str(tmp_path / "out")
    )
    assert done.returncode == 0, done.stderr
    assert contents(house) == before
    assert left_behind() - others == set()
    assert "36 cases" in done.stdout
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["film.html", "report.html", "report.pdf", "report.xlsx"]


def test_what_is_wrong_is_said_in_a_sentence(make_house, tmp_path):
    house = make_house()
    file = tmp_path / "empty.csv"
    file.write_text("other,columns\n1,2\n", encoding="utf-8")
    wrong = (
        (["nowhere.csv", "--mapping", "table"], "There is no file nowhere.csv"),
        ([str(file), "--mapping", "nothing"], "There is no mapping nothing"),
        ([str(file), "--mapping", "table", "--instead", "travel=1h"], "travel"),
        ([str(file), "--mapping", "table", "--means", "x=y"], "--means x"),
        ([str(file), "--mapping", "table", "--language", "xx"], "--language xx"),
        ([str(file), "--mapping", "table", "--engineers", "night"], "night=+1"),
        ([str(file), "--mapping", "table", "--engineers", "night=2"], "how many more"),
        ([str(file), "--mapping", "table", "--keep", str(tmp_path)], "is not empty"),
    )
    alone = house.guardia("shadow", *wrong[0][0])
    together = house.guardia(json.dumps([words for words, _said in wrong]), module="tests.ops.many_shadows")
    assert together.returncode == 0, together.stderr
    answers = [(alone.returncode, alone.stderr), *json.loads(together.stdout.splitlines()[-1])]
    for (words, said), (code, stderr) in zip([wrong[0], *wrong], answers, strict=True):
        assert code == 1, words
        assert said in stderr
        assert "Traceback" not in stderr


def test_the_database_stays_where_it_is_asked_to_and_has_nothing_to_send(make_house, tmp_path):
    house, stays, file = make_house(), tmp_path / "stays", tmp_path / "few.csv"
    lines = (SAMPLES / "busy-night.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: FEW + 1]), encoding="utf-8")
    done = house.guardia(
        *("shadow", str(file), "--mapping", "table"),
        *("--out", str(tmp_path / "out"), "--keep", str(stays)),
    )
    assert done.returncode == 0, done.stderr
    assert f"STATE_DIR={stays.resolve()}" in done.stdout
    server = Embedded(stays / "pg", fsync=False).start()
    try:
        with psycopg.connect(server.owner_url) as owner:
            cases = owner.execute('SELECT count(*) FROM "case"').fetchone()
            notices = owner.execute("SELECT state, reason, count(*) > %s FROM notice GROUP BY 1, 2", [FEW]).fetchall()
    finally:
        server.stop()
    assert (cases, notices) == ((FEW,), [("suppressed", "shadow", True)])
