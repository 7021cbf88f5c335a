"""The files that can be imported: which columns each has, what stands in them, and a sample of two rows."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.customers import records
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.folding import fold
from guardia.customers.importing import cells
from guardia.customers.importing.cells import Cell
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.customers.values import Reader


@dataclass(frozen=True, eq=False)
class Column:
    """``name`` stands in the header (``also`` is understood too); ``field`` is where the value goes."""

    name: str
    field: str
    says: str | Promise
    samples: tuple[str, str]
    needed: bool = False
    cell: Cell = cells.text
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of file. ``code`` is its word in addresses and on the command line."""

    code: str
    title: str | Promise
    model: type[Model]
    readers: Mapping[str, Reader]
    columns: tuple[Column, ...]

    @property
    def has_company(self) -> bool:
        return self.model is not Customer

    def named(self) -> dict[str, Column]:
        """Every name a header may use, without accents or capitals."""
        return {fold(name).replace(" ", "_"): column for column in self.columns for name in (column.name, *column.also)}

    def sample(self) -> str:
        """A file of two rows, as Excel in Spanish reads it: UTF-8 with its mark, parted by semicolons."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=";")
        writer.writerow(column.name for column in self.columns)
        for row in (0, 1):
            writer.writerow(column.samples[row] for column in self.columns)
        return "\ufeff" + file.getvalue()


def company() -> Column:
    return Column("compania", "customer", _("Code of its company"), ("C-001", "C-001"), True, also=("company",))


def code(says: str | Promise, first: str, second: str) -> Column:
    return Column("codigo", "external_id", says, (first, second), True, also=("external_id", "code"))


def active(name: str) -> Column:
    return Column(name, "active", _("si or no; empty: si"), ("si", "si"), cell=cells.yes_no(True), also=("active",))


LANGUAGE = Column("idioma", "language", _("es, en or pt; empty: es"), ("es", "es"), also=("language",))
COMPANIES = Kind(
    "companies",
    _("Companies"),
    Customer,
    records.COMPANY,
    (
        code(_("Your own key; by it a repeated file knows the row again"), "C-001", "C-002"),
        Column(
            "nombre",
            "name",
            _("Name of the company"),
            ("Banco Austral", "Hospital Los Arrayanes"),
            True,
            also=("name",),
        ),
        Column("vip", "vip", _("si or no; empty: no"), ("si", "no"), cell=cells.yes_no(False)),
        LANGUAGE,
        Column("numero_crm", "crm_number", _("Its number in your CRM"), ("CRM-7001", "CRM-7002"), also=("crm_number",)),
        Column("numero_portador", "carrier_number", _("Its number at the carrier"), ("", ""), also=("carrier_number",)),
        active("activa"),
    ),
)
CONTACTS = Kind(
    "contacts",
    _("Contacts"),
    Contact,
    records.CONTACT,
    (
        company(),
        code(_("Your own key, once per company"), "P-01", "P-02"),
        Column("tratamiento", "title", _("Courtesy title: Ing., Sra., Dr."), ("Ing.", ""), also=("title",)),
        Column("nombre", "name", _("Name of the person"), ("Jefe de Sistemas", "Mesa de ayuda"), True, also=("name",)),
        Column("cargo", "position", _("Position"), ("Sistemas", ""), also=("position",)),
        Column(
            "correo",
            "email",
            _("E-mail; empty: is told nothing"),
            ("sistemas@example.com", "mesa@example.com"),
            also=("email",),
        ),
        Column(
            "telefonos",
            "phones",
            _("Several parted by commas; Ecuador unless they begin with +"),
            ("02 555 0100, 099 000 0100", "+593 2 555 0101"),
            also=("telefono", "phones", "phone"),
        ),
        LANGUAGE,
        Column(
            "recibe",
            "told",
            _("todo, nada, or: registro diagnostico ejecucion verificacion seguimiento cierre avances esperas"),
            ("todo", "registro cierre"),
            cell=cells.topics,
            also=("told",),
        ),
        active("activo"),
    ),
)
SITES = Kind(
    "sites",
    _("Sites"),
    Site,
    records.SITE,
    (
        company(),
        code(_("Your own key, once per company"), "S-01", "S-02"),
        Column(
            "nombre", "name", _("Name of the site"), ("Agencia matriz", "Agencia Puerto Ayora"), True, also=("name",)
        ),
        Column("direccion", "address", _("Address"), ("Av. Principal 100", ""), also=("address",)),
        Column(
            "ciudad",
            "city",
            _("City of the list; “Olmedo, Loja” where two share a name"),
            ("Cuenca", "Puerto Ayora"),
            True,
            also=("city",),
        ),
        Column("provincia", "province", _("Only to tell cities of one name apart"), ("", ""), also=("province",)),
        Column(
            "banda",
            "own_band",
            _("principal, intermedia or remota; empty: as the city"),
            ("", ""),
            cell=cells.band,
            also=("band",),
        ),
        Column(
            "zona", "own_zone", _("Time zone such as Pacific/Galapagos; empty: as the city"), ("", ""), also=("zone",)
        ),
        Column("motivo", "own_reason", _("Why band or zone are not the city's"), ("", ""), also=("reason",)),
        Column("contacto", "contact_on_site", _("Whom the crew asks for"), ("Portería", ""), also=("contact_on_site",)),
        Column("acceso", "access_hours", _("When one may enter"), ("08:00 a 18:00", ""), also=("access_hours",)),
        active("activa"),
    ),
)
SERVICES = Kind(
    "services",
    _("Services"),
    Service,
    records.SERVICE,
    (
        company(),
        code(_("Your own key, once per company"), "V-01", "V-02"),
        Column(
            "circuito",
            "circuit",
            _("Circuit as it stands on the bill; no two are alike"),
            ("ENL-0042", "ENL-0043"),
            True,
            also=("circuit",),
        ),
        Column("sede", "site", _("Code of its site, of the same company"), ("S-01", "S-02"), True, also=("site",)),
        Column("tipo", "type", _("Type"), ("Internet dedicado", "Datos"), also=("type",)),
        Column("capacidad", "capacity", _("Capacity"), ("100 Mbps", "20 Mbps"), also=("capacity",)),
        Column(
            "probar", "to_test", _("What to test, one per line inside the cell"), ("192.0.2.10", ""), also=("to_test",)
        ),
        active("activo"),
    ),
)
KINDS = {kind.code: kind for kind in (COMPANIES, CONTACTS, SITES, SERVICES)}
