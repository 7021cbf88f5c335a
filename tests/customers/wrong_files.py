"""Files as people really send them, each with the sentence that must answer it."""

from dataclasses import dataclass

COMPANIES = "codigo;nombre\n"
CONTACTS = "compania;codigo;nombre;correo;telefonos;recibe\n"
SITES = "compania;codigo;nombre;ciudad;banda;zona;motivo\n"
SERVICES = "compania;codigo;circuito;sede\n"


@dataclass(frozen=True)
class Wrong:
    name: str
    kind: str
    content: bytes
    says: str


def wrong(name: str, kind: str, content: str | bytes, says: str) -> Wrong:
    return Wrong(name, kind, content.encode() if isinstance(content, str) else content, says)


WRONG_FILES = [
    # --- the file as a whole ---
    wrong("empty", "companies", b"", "The file is empty"),
    wrong("blank lines", "companies", "\n\n ; \n", "The file is empty"),
    wrong("a workbook", "companies", b"PK\x03\x04rest of a zip", "This workbook is damaged"),
    wrong("an old workbook", "companies", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This workbook cannot be read"),
    wrong("a picture", "companies", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\xff\xfe", "This is not a text file"),
    wrong("NUL bytes", "companies", COMPANIES + "C-1;Banco\x00Austral\n", "This is not a text file"),
    wrong("half an UTF-16", "companies", b"\xff\xfec\x00o\x00d", "This is not a text file"),
    wrong("too large", "companies", b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    wrong("too many rows", "companies", COMPANIES + "C-1;A\n" * 50_001, "more than 50000 rows"),
    wrong("a huge cell", "companies", COMPANIES + "C-1;" + "x" * 200_000, "Row 2: a cell is far too long"),
    wrong("an endless quote", "companies", COMPANIES + 'C-1;A\nC-2;"B\nC-3;C\n', 'Row 3: unmatched quote (")'),
    wrong("text after a quote", "companies", COMPANIES + 'C-1;"A" B\n', 'Row 2: unmatched quote (")'),
    wrong("no header", "companies", "C-1;Banco\n", "These columns are missing in the first row: codigo, nombre"),
    wrong("a column less", "companies", "codigo;vip\nC-1;si\n", "missing in the first row: nombre"),
    wrong("a column twice", "companies", "codigo;nombre;Nombre\n", "“Nombre” appears twice"),
    wrong("one column by two names", "contacts", "compania;codigo;nombre;telefono;phones\n", "“phones” appears twice"),
    wrong("a misspelt column", "contacts", "compania;codigo;nombre;telefns\n", "Did you mean “telefonos”?"),
    wrong("another kind of file", "services", "codigo;nombre\nC-1;A\n", "first row: compania, circuito, sede"),
    # --- rows ---
    wrong("no code", "companies", COMPANIES + ";Banco\n", "row 2, column codigo: this is required"),
    wrong("no name", "companies", COMPANIES + "C-1;  \n", "row 2, column nombre: this is required"),
    wrong("a short row", "companies", COMPANIES + "C-1\n", "row 2, column nombre: this is required"),
    wrong(
        "a long row",
        "companies",
        COMPANIES + "C-1;Banco; Austral\n",
        "row 2: there are more cells than columns (“ Austral”)",
    ),
    wrong("blank lines count", "companies", COMPANIES + "C-1;A\n\n\n;B\n", "row 5, column codigo"),
    wrong(
        "a code twice",
        "companies",
        COMPANIES + "C-1;A\nC-2;B\nC-1;C\n",
        "row 4, column codigo: the code “C-1” is already in row 2",
    ),
    wrong(
        "a long name",
        "companies",
        COMPANIES + f"C-1;{'x' * 201}\n",
        "row 2, column nombre: This has 201 characters and at most 200 fit",
    ),
    wrong(
        "neither yes nor no",
        "companies",
        "codigo;nombre;VIP\nC-1;A;tal vez\n",
        "row 2, column VIP: “tal vez” is neither yes nor no",
    ),
    wrong("a language", "companies", "codigo;nombre;idioma\nC-1;A;fr\n", "row 2, column idioma: “fr” is not known"),
    wrong(
        "a bell",
        "companies",
        COMPANIES + "C-1;Ban\x0bco\n",
        "row 2, column nombre: There are characters here that cannot be shown",
    ),
    wrong(
        "an unknown company",
        "contacts",
        CONTACTS + "C-01;P-1;Jefe;;;\n",
        "row 2, column compania: No company has the code “C-01”. Did you mean “C-001”?",
    ),
    wrong("no such company", "contacts", CONTACTS + "ZZZZ;P-1;Jefe;;;\n", "“ZZZZ”. Import the companies first"),
    wrong(
        "a telephone",
        "contacts",
        CONTACTS + "C-001;P-1;Jefe;;02 555 0100, 99;\n",
        "row 2, column telefonos: “99” is not a telephone number",
    ),
    wrong(
        "a header of one's own",
        "contacts",
        "Company;Code;Name;Teléfono\nC-001;P-1;Jefe;99\n",
        "row 2, column Teléfono: “99”",
    ),
    wrong(
        "an address",
        "contacts",
        CONTACTS + "C-001;P-1;Jefe;jefe@;;\n",
        "row 2, column correo: “jefe@” is not an email address",
    ),
    wrong(
        "a topic",
        "contacts",
        CONTACTS + "C-001;P-1;Jefe;;;registro cierr\n",
        "row 2, column recibe: “cierr” is not known. Did you mean “cierre”?",
    ),
    wrong(
        "a city",
        "sites",
        SITES + "C-001;S-1;matriz;Cuenka;;;\n",
        "row 2, column ciudad: “Cuenka” is not a city in the list. Did you mean “Cuenca, Azuay”?",
    ),
    wrong("two cities", "sites", SITES + "C-001;S-1;matriz;Olmedo;;;\n", "Olmedo, Loja; Olmedo, Manabí"),
    wrong(
        "a band", "sites", SITES + "C-001;S-1;matriz;Cuenca;lejana;;\n", "row 2, column banda: “lejana” is not known"
    ),
    wrong(
        "a zone",
        "sites",
        SITES + "C-001;S-1;matriz;Cuenca;;Galapagos;isla\n",
        "row 2, column zona: “Galapagos” is not known",
    ),
    wrong(
        "no reason",
        "sites",
        SITES + "C-001;S-1;matriz;Cuenca;remota;;\n",
        "row 2, column motivo: This site differs from its city",
    ),
    wrong(
        "an unknown site",
        "services",
        SERVICES + "C-001;V-1;ENL-1;S-9\n",
        "row 2, column sede: This company has no site with the code “S-9”",
    ),
    wrong(
        "another's site",
        "services",
        SERVICES + "C-002;V-1;ENL-1;S-1\n",
        "row 2, column sede: This company has no site with the code “S-1”",
    ),
    wrong(
        "a circuit twice",
        "services",
        SERVICES + "C-001;V-1;ENL-1;S-1\nC-001;V-2;enl-1;S-1\n",
        "row 3, column circuito: circuit “enl-1” is already in row 2",
    ),
    wrong(
        "a circuit of another",
        "services",
        SERVICES + "C-001;V-1;ENL-0042;S-1\n",
        "row 2, column circuito: Circuit ENL-0042 is already a service of Hospital Los Arrayanes",
    ),
]
