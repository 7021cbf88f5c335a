"""bin/audit finds a hole that is known: by the copy that it keeps for where OSV cannot be asked."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
TODAY = datetime.now(UTC).date()
# Facts of five advisories that are public: identifiers and versions, as OSV's archive has them.
KNOWN = [
    ("PYSEC-2021-109", ["CVE-2021-35042"], "Django", [("3.1", "3.1.13"), ("3.2", "3.2.5")]),
    ("PYSEC-2024-70", ["CVE-2024-42005"], "django", [("5.0", "5.0.8"), ("4.2", "4.2.15")]),
    ("PYSEC-2023-175", [], "pillow", [("0", "10.0.1")]),
    ("PYSEC-2023-227", ["CVE-2023-44271"], "pillow", [("0", "10.0.0")]),
    ("PYSEC-2023-254", ["CVE-2023-49083"], "cryptography", [("3.1", "41.0.6")]),
]


def entry(name: str, aliases: list[str], package: str, ranges: list, **more) -> str:
    events = [{kind: value} for span in ranges for kind, value in zip(("introduced", "fixed"), span, strict=True)]
    affected = {
        "package": {"ecosystem": "PyPI", "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": events}, {"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    return json.dumps({"id": name, "aliases": aliases, "affected": [affected], **more})


@pytest.fixture
def archive(tmp_path) -> Path:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, *rest in KNOWN:
            file.writestr(f"{name}.json", entry(name, *rest))
        file.writestr(
            "W.json", entry("PYSEC-0-withdrawn", [], "pillow", [("0", "99")], withdrawn="2024-01-01T00:00:00Z")
        )
        file.writestr("X.json", entry("PYSEC-0-other", [], "not-ours", [("0", "99")]))
    return path


def lock(tmp_path: Path, **packages: str) -> Path:
    path = tmp_path / "uv.lock"
    rows = (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "https://pypi.example" }}\n'
        for name, version in packages.items()
    )
    path.write_text('[[package]]\nname = "guardia"\nversion = "1"\nsource = { editable = "." }\n' + "\n".join(rows))
    return path


def advisories(*words: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "_advisories", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def audited(tmp_path: Path, archive: Path, **packages: str) -> tuple[int, str]:
    where, copy = lock(tmp_path, **packages), tmp_path / "copy.json"
    assert advisories("update", where, copy, archive)[0] == 0
    return advisories("check", where, copy)


def test_old_versions_with_known_holes_are_red_and_named(tmp_path, archive):
    code, said = audited(tmp_path, archive, django="3.2.0", pillow="9.0.0", cryptography="41.0.0")
    assert code == 1
    assert "django 3.2.0: PYSEC-2021-109 (CVE-2021-35042), fixed in 3.1.13, 3.2.5" in said
    assert "pillow 9.0.0: PYSEC-2023-227 (CVE-2023-44271), fixed in 10.0.0" in said
    assert "cryptography 41.0.0: PYSEC-2023-254" in said
    assert "holes: 4" in said
    assert "withdrawn" not in said


@pytest.mark.parametrize(
    ("package", "version", "code"),
    [
        ("django", "3.2.4", 1),
        ("django", "3.2.5", 0),
        ("django", "3.0.9", 0),
        ("django", "4.2.14", 1),
        ("django", "5.1", 0),
        ("pillow", "10.0.0", 1),
        ("pillow", "10.0.1", 0),
        ("cryptography", "3.0", 0),
    ],
)
def test_a_version_is_in_a_range_or_not(tmp_path, archive, package, version, code):
    assert audited(tmp_path, archive, **{package: version})[0] == code


def test_what_is_locked_here_has_none_of_these(tmp_path, archive):
    copy = tmp_path / "copy.json"
    advisories("update", ROOT / "uv.lock", copy, archive)
    code, said = advisories("check", ROOT / "uv.lock", copy)
    assert (code, "holes: 0" in said) == (0, True)


def test_an_old_copy_or_a_package_it_lacks_gives_no_answer(tmp_path, archive):
    code, _said = audited(tmp_path, archive, django="6.1.3")
    assert code == 0
    copy = tmp_path / "copy.json"
    code, said = advisories("check", lock(tmp_path, django="6.1.3", pillow="12.3.0"), copy)
    assert (code, "not in the copy: pillow" in said) == (3, True)
    kept = json.loads(copy.read_text()) | {"taken": (TODAY - timedelta(days=31)).isoformat()}
    copy.write_text(json.dumps(kept))
    assert advisories("check", lock(tmp_path, django="6.1.3"), copy)[0] == 3
    assert advisories("check", lock(tmp_path, django="6.1.3"), tmp_path / "none.json")[0] == 3


def test_an_archive_that_is_none_leaves_the_copy_as_it_was(tmp_path, archive):
    audited(tmp_path, archive, django="6.1.3")
    copy = tmp_path / "copy.json"
    before, broken = copy.read_text(), tmp_path / "broken.zip"
    broken.write_text("no archive")
    assert advisories("update", lock(tmp_path, django="6.1.3"), copy, broken)[0] == 3
    assert copy.read_text() == before


def command(tmp_path: Path, audit: str, newer: str, *words: str, copy: Path | None = None) -> tuple[int, str]:
    """bin/audit with a uv that answers so."""
    uv = tmp_path / "uv"
    uv.write_text(f'#!/bin/sh\ncase "$1" in\naudit) {audit} ;;\nlock) {newer} ;;\nesac\nexit 0\n')
    uv.chmod(uv.stat().st_mode | stat.S_IEXEC)
    known = os.environ | {"UV": str(uv), "ADVISORIES": str(copy or tmp_path / "none.json")}
    done = subprocess.run(
        ["sh", ROOT / "bin" / "audit", *words], env=known, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


UNREACHED = 'echo "dns error: failed to lookup address information: Name or service not known" >&2; exit 2'


def test_what_osv_says_is_the_answer(tmp_path):
    assert command(tmp_path, "echo clean; exit 0", "exit 0") == (0, "clean\n")
    assert command(tmp_path, 'echo "django 3.2.0 has PYSEC-1"; exit 1', "exit 0") == (1, "django 3.2.0 has PYSEC-1\n")


def test_where_osv_cannot_be_asked_the_index_tells_what_is_behind_and_nobody_says_clean(tmp_path):
    for words, expected in (((), 3), (("--offline-is-fine",), 0)):
        code, said = command(tmp_path, UNREACHED, 'echo "Update packaging v26.3 -> v26.4"', *words)
        assert code == expected
        assert "packaging v26.3 -> v26.4" in said
        assert "not audited" in said


def test_a_hole_in_the_copy_is_red_though_offline_is_fine(tmp_path, archive):
    copy = tmp_path / "copy.json"
    advisories("update", ROOT / "uv.lock", copy, archive)
    kept = json.loads(copy.read_text())
    for one in kept["advisories"]:
        one["ranges"] = [[{"introduced": "0"}]]
    copy.write_text(json.dumps(kept))
    code, said = command(tmp_path, UNREACHED, "exit 0", "--offline-is-fine", copy=copy)
    assert (code, "no fix is known" in said) == (1, True)
