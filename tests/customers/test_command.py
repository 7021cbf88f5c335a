"""`guardia customers …`, as a process of its own would run it."""

from argparse import Namespace

import pytest

from guardia.cases import band_told
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.doors.cli import customers
from guardia.doors.cli.house import Mistake


@pytest.fixture(autouse=True)
def house_is_open(as_staff, monkeypatch):
    monkeypatch.setattr(customers, "open_house", lambda: None)


def run(tmp_path, content: bytes, *, dry_run: bool = False) -> int:
    file = tmp_path / "companies.csv"
    file.write_bytes(content)
    return customers.bring(Namespace(kind="companies", file=file, dry_run=dry_run))


def test_a_file_is_brought_in_and_summed_up(tmp_path, capsys):
    assert run(tmp_path, b"codigo;nombre\nC-1;A\n", dry_run=True) == 0
    assert "new 1, changed 0, unchanged 0, errors 0: not written (dry run)" in capsys.readouterr().out
    assert not Customer.objects.exists()
    assert run(tmp_path, b"codigo;nombre\nC-1;A\n") == 0
    assert "new 1, changed 0, unchanged 0, errors 0: written" in capsys.readouterr().out
    assert run(tmp_path, b"codigo;nombre\nC-1;A\n") == 0
    assert "new 0, changed 0, unchanged 1, errors 0: written" in capsys.readouterr().out


def test_mistakes_are_one_a_line_and_the_exit_says_so(tmp_path, capsys):
    assert run(tmp_path, b"codigo;nombre\nC-1;\n;B\n") == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("row 2, column nombre: ")
    assert said[1].startswith("row 3, column codigo: ")
    assert said[-1].endswith("nothing was written, errors: 2")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(Mistake, match="cannot be read"):
        customers.bring(Namespace(kind="companies", file=tmp_path / "none.csv", dry_run=False))


def test_cities_are_loaded_once(capsys):
    assert customers.cities(Namespace()) == 0
    assert customers.cities(Namespace()) == 0
    assert City.objects.count() == 221
    assert capsys.readouterr().out.splitlines() == ["new or changed cities: 221", "new or changed cities: 0"]


def test_a_sample_can_be_printed(capsys):
    assert customers.sample(Namespace(kind="sites")) == 0
    assert capsys.readouterr().out.startswith("compania;codigo;nombre;")


def test_the_cities_that_are_not_by_the_rule_are_printed_with_their_reason(capsys):
    customers.cities(Namespace())
    capsys.readouterr()
    assert customers.bands(Namespace()) == 0
    said = capsys.readouterr().out.splitlines()
    assert any(
        line.startswith("Azogues, Cañar: main; by the rule it would be intermediate; because: it ad") for line in said
    )
    assert any(
        line.startswith("Taisha, Morona Santiago: remote; the rule says nothing; because: Amazon") for line in said
    )
    assert said[-1] == "cities 221, not by the rule 6, without a figure 146"


def test_a_file_that_changes_a_band_puts_the_company_on_the_list(tmp_path, capsys):
    customers.cities(Namespace())
    run(tmp_path, b"codigo;nombre\nC-1;A\n")
    file = tmp_path / "sites.csv"
    for band, reason in (("", ""), ("remota", "isla")):
        file.write_text(f"compania;codigo;nombre;ciudad;banda;motivo\nC-1;S-1;matriz;Quito;{band};{reason}\n")
        assert customers.bring(Namespace(kind="sites", file=file, dry_run=False)) == 0
    (waiting,) = band_told.to_tell()
    assert (waiting.was, waiting.now, waiting.reason, waiting.may_take_back) == ("main", "remote", "isla", False)
