"""Right files: all of it, once; a repeat changes nothing, a correction only what it corrects."""

import pytest

from guardia.customers.cities import City, load_cities
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.customers.importing.bringing import bring
from guardia.customers.importing.columns import CONTACTS, KINDS, SITES
from guardia.customers.importing.table_file import read_table

COMPANIES = 'codigo,nombre,vip\nC-1,"Compañía ""Ñandú"", S.A.",si\nC-2,Açaí,no\n'


def imported(kind: str, content: str | bytes, *, write: bool = True):
    outcome = bring(kind, content.encode() if isinstance(content, str) else content, write=write)
    assert list(map(str, outcome.problems)) == []
    return outcome


def counts(outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged


@pytest.fixture
def samples(as_staff):
    """The files that are offered for download, brought in one after the other."""
    load_cities()
    return {code: imported(code, kind.sample()) for code, kind in KINDS.items()}


def test_the_samples_that_are_offered_can_be_imported(samples):
    assert {code: counts(outcome) for code, outcome in samples.items()} == dict.fromkeys(KINDS, (2, 0, 0))
    site = Site.objects.get(external_id="S-02")
    assert site.city.name == "Guayaquil"
    assert Service.objects.get(circuit="ENL-0043").site == site
    assert Contact.objects.get(external_id="P-01").phones == ["+59325550100", "+593990000100"]
    assert Contact.objects.get(external_id="P-02").told == ["registration", "closure"]


def test_the_examples_are_the_installations_own(as_staff, settings):
    """Another operator's file names a city that it takes, and numbers that one dials there."""
    settings.TIME_ZONE = "America/Sao_Paulo"
    City.objects.create(name="Campina Verde", province="SP", band="main", population=20_000)
    City.objects.create(name="Vila Nova", province="SP", band="main", population=90_000)
    columns = {column.name: column.sample() for kind in (SITES, CONTACTS) for column in kind.columns}
    assert columns["ciudad"] == "Vila Nova"
    assert columns["telefonos"].startswith("+55 ")
    assert "Vila Nova" in SITES.sample()


def test_a_repeat_changes_nothing(samples):
    for code, kind in KINDS.items():
        before = list(kind.model.objects.order_by("pk").values())
        assert counts(imported(code, kind.sample())) == (0, 0, 2)
        assert list(kind.model.objects.order_by("pk").values()) == before


def test_a_dry_run_writes_nothing(as_staff):
    outcome = imported("companies", COMPANIES, write=False)
    assert (counts(outcome), outcome.written) == ((2, 0, 0), False)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        COMPANIES.encode(),
        COMPANIES.encode("utf-8-sig"),
        COMPANIES.encode("latin-1"),
        COMPANIES.encode("utf-16"),
        COMPANIES.replace("\n", "\r\n").encode(),
        ("sep=,\r\n" + COMPANIES).encode("cp1252"),
        b"codigo;nombre;vip\r\nC-1;\"Compa\xf1\xeda \"\"\xd1and\xfa\"\", S.A.\";si\r\nC-2;A\xe7a\xed;no",
        COMPANIES.rstrip().encode(),
    ],
    ids=["utf-8", "mark", "latin-1", "utf-16", "windows lines", "sep", "excel in spanish", "no last line end"],
)  # fmt: skip
def test_encodings_and_delimiters_are_found_out(as_staff, content):
    imported("companies", content)
    found = Customer.objects.order_by("external_id").values_list("name", "folded_name", "vip")
    assert list(found) == [('Compañía "Ñandú", S.A.', 'compania "nandu", s.a.', True), ("Açaí", "acai", False)]


def test_a_correction_changes_its_row_and_only_its_columns(as_staff):
    imported("companies", COMPANIES)
    Customer.objects.update(crm_number="CRM-1")
    outcome = imported("companies", "codigo,nombre,vip\nC-1,Ñandú,si\nC-2,Açaí,no\n")
    assert counts(outcome) == (0, 1, 1)
    assert [(change.row, change.columns) for change in outcome.changes] == [(2, "nombre")]
    found = Customer.objects.get(external_id="C-1")
    assert (found.name, found.folded_name, found.crm_number) == ("Ñandú", "nandu", "CRM-1")


def test_an_empty_cell_empties_and_a_missing_column_leaves_alone(samples):
    imported("contacts", "compania;codigo;nombre;cargo\nC-001;P-01;Jefe de Sistemas;\n")
    contact = Contact.objects.get(external_id="P-01")
    assert (contact.position, contact.email, contact.title) == ("", "sistemas@example.com", "Ing.")


def test_what_was_written_by_hand_takes_the_code(as_staff):
    load_cities()
    bank = save_company(Customer(), {"name": "Comercial Ejemplo"})
    save_contact(Contact(customer=bank), {"name": "JEFE DE SISTEMAS"})
    by_hand = save_site(Site(customer=bank), {"name": "Agencia Matriz", "city": City.objects.get(name="Cuenca")})
    save_service(Service(customer=bank), {"circuit": "enl-0042", "site": by_hand})
    for code, kind in KINDS.items():
        assert counts(imported(code, kind.sample())) == (1, 1, 0)
    assert Customer.objects.get(external_id="C-001") == bank
    assert Service.objects.get(external_id="V-01").circuit == "ENL-0042"
    assert (Contact.objects.count(), Site.objects.count(), Service.objects.count()) == (2, 2, 2)


def test_of_two_namesakes_by_hand_none_is_taken_for_the_row(bank):
    for _ in range(2):
        save_contact(Contact(customer=bank), {"name": "Jefe de Sistemas"})
    assert counts(imported("contacts", "compania;codigo;nombre\nC-001;P-1;Jefe de Sistemas\n")) == (1, 0, 0)


def test_the_same_code_may_stand_in_two_companies(bank):
    save_company(Customer(), {"name": "Hospital", "external_id": "C-2"})
    rows = "compania;codigo;nombre\nC-001;P-1;Jefe\nC-2;P-1;Jefa\n"
    assert counts(imported("contacts", rows)) == (2, 0, 0)
    assert counts(imported("contacts", rows)) == (0, 0, 2)


def test_text_that_looks_like_a_formula_is_kept_as_text(as_staff):
    imported("companies", "codigo;nombre\nC-1;=1+1\nC-2;@SUM(A1)\n")
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["=1+1", "@SUM(A1)"]


def test_columns_of_the_sender_are_left_aside_and_said(as_staff):
    assert imported("companies", "codigo;nombre;segmento;\nC-1;A;oro;\n").ignored == ("segmento",)


def test_ten_thousand_rows_are_a_handful_of_questions(bank, django_assert_max_num_queries):
    rows = "".join(f"C-001;P-{n};Contacto {n};c{n}@example.com;02 {2000000 + n}\n" for n in range(10_000))
    content = ("compania;codigo;nombre;correo;telefonos\n" + rows).encode()
    with django_assert_max_num_queries(20):
        assert counts(imported("contacts", content)) == (10_000, 0, 0)
    with django_assert_max_num_queries(12):
        assert counts(imported("contacts", content)) == (0, 0, 10_000)


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    table = read_table(b'a;b\n"one\ncell";2\n\n3;4\n')
    assert table.rows == [(2, ["one\ncell", "2"]), (4, ["3", "4"])]
