"""`guardia customers …`, as a process of its own would run it."""

from argparse import Namespace

import pytest

from guardia.cases import band_notices
from guardia.cli import customers
from guardia.cli.installation import Mistake
from guardia.customers.cities import City
from guardia.customers.customer import Customer

CITIES = Namespace(dry_run=False, sure=False)


@pytest.fixture(autouse=True)
def house_is_open(as_staff, monkeypatch):
    monkeypatch.setattr(customers, "open_installation", lambda: None)


def run(tmp_path, content: bytes, *, dry_run: bool = False) -> int:
    file = tmp_path / "companies.csv"
    file.write_bytes(content)
    return customers.bring(Namespace(kind="companies", file=file, dry_run=dry_run, sure=False))


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
        customers.bring(Namespace(kind="companies", file=tmp_path / "none.csv", dry_run=False, sure=False))


def test_cities_are_loaded_once(capsys):
    assert customers.cities(CITIES) == 0
    assert customers.cities(CITIES) == 0
    assert City.objects.count() == 221
    assert capsys.readouterr().out.splitlines() == ["new or changed cities: 221", "new or changed cities: 0"]


def test_a_sample_can_be_printed(capsys):
    assert customers.sample(Namespace(kind="sites")) == 0
    assert capsys.readouterr().out.startswith("compania;codigo;nombre;")


def test_the_cities_that_are_not_by_the_rule_are_printed_with_their_reason(capsys):
    customers.cities(CITIES)
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


def sites(tmp_path, band: str, reason: str, *, dry_run: bool = False, sure: bool = False) -> int:
    file = tmp_path / "sites.csv"
    file.write_text(f"compania;codigo;nombre;ciudad;banda;motivo\nC-1;S-1;matriz;Quito;{band};{reason}\n")
    return customers.bring(Namespace(kind="sites", file=file, dry_run=dry_run, sure=sure))


def test_whom_another_band_concerns_is_printed_and_nothing_is_written_before_it_is_agreed(tmp_path, capsys):
    customers.cities(CITIES)
    run(tmp_path, b"codigo;nombre\nC-1;A\n")
    assert sites(tmp_path, "", "") == 0
    capsys.readouterr()
    for more, code in (({"dry_run": True}, 0), ({}, customers.NOT_AGREED)):
        assert sites(tmp_path, "remota", "isla", **more) == code
        said = capsys.readouterr().out
        assert "A: matriz, from main to remote" in said
        assert "no open case; it is put on the list" in said
        assert not band_notices.to_tell()
    assert sites(tmp_path, "remota", "isla", sure=True) == 0
    assert [waiting.now for waiting in band_notices.to_tell()] == ["remote"]


def test_the_list_of_cities_asks_too(tmp_path, capsys):
    customers.cities(CITIES)
    run(tmp_path, b"codigo;nombre\nC-1;A\n")
    sites(tmp_path, "", "")
    City.objects.filter(name="Quito").update(band="remote")
    assert customers.cities(CITIES) == customers.NOT_AGREED
    assert City.objects.get(name="Quito").band == "remote"
    assert customers.cities(Namespace(dry_run=False, sure=True)) == 0
    assert City.objects.get(name="Quito").band == "main"


def test_a_figure_that_makes_the_rule_say_another_band_names_whom_it_would_concern(tmp_path, capsys):
    customers.cities(CITIES)
    run(tmp_path, b"codigo;nombre\nC-1;A\n")
    sites(tmp_path, "", "")
    code = City.objects.get(name="Quito").code
    file = tmp_path / "populations.csv"
    file.write_text(f"code;population\n{code};1000\n")
    assert customers.populations(Namespace(file=file)) == 0
    said = capsys.readouterr().out
    assert "Quito, Pichincha: main, by the rule it would be intermediate; it would concern 1 sites of A" in said
    assert not band_notices.to_tell()


def test_a_file_that_changes_a_band_puts_the_company_on_the_list(tmp_path, capsys):
    customers.cities(CITIES)
    run(tmp_path, b"codigo;nombre\nC-1;A\n")
    for band, reason in (("", ""), ("remota", "isla")):
        assert sites(tmp_path, band, reason, sure=True) == 0
    (waiting,) = band_notices.to_tell()
    assert (waiting.was, waiting.now, waiting.reason, waiting.may_take_back) == ("main", "remote", "isla", False)
