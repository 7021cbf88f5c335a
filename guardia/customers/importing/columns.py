"""The files that can be imported: which columns each has, and what stands in them."""

from django.utils.translation import gettext_lazy as _

from guardia.customers import records
from guardia.customers.importing import cells
from guardia.customers.importing.kind import Column, Kind, active, code, company
from guardia.customers.importing.people_columns import COMPANIES, CONTACTS
from guardia.customers.service import Service
from guardia.customers.site import Site

__all__ = ["COMPANIES", "CONTACTS", "KINDS", "SERVICES", "SITES", "Column", "Kind"]

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
