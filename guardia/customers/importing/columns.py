"""The files that can be imported: which columns each has, and what stands in them."""

from django.utils.translation import gettext_lazy as _

from guardia.customers import editing
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.importing import cells
from guardia.customers.importing.kind import LANGUAGE, Column, Kind, active, code, company

# The files of companies and of their contacts: which columns each has, and what stands in them.


WAYS = (
    Column("sms", "way_sms", _("Numbers for SMS, separated by commas"), ("099 000 0100", "")),
    Column("whatsapp", "way_whatsapp", _("Numbers for WhatsApp, separated by commas"), ("099 000 0100", "")),
    Column(
        "correo_alterno",
        "way_mail",
        _("Alternate mailboxes, separated by commas"),
        ("sistemas.ejemplo@example.org", ""),
        also=("other_email",),
    ),
    Column(
        "telefono_voz",
        "way_voice",
        _("Numbers we call when an outage must be notified by voice"),
        ("02 555 0199", ""),
        also=("voice",),
    ),
    Column(
        "dependen",
        "ways_depending",
        _("Which of the channels above need the company's service: sms whatsapp correo voz; empty: none"),
        ("", ""),
        cell=cells.ways_depending,
        also=("depending",),
    ),
)
COMPANIES = Kind(
    "companies",
    _("Companies"),
    Customer,
    editing.COMPANY,
    (
        code(_("Your own key; with it a repeated file recognises the row"), "C-001", "C-002"),
        Column(
            "nombre",
            "name",
            _("Name of the company"),
            ("Comercial Ejemplo", "Clínica Ejemplo"),
            True,
            also=("name",),
        ),
        Column("vip", "vip", _("si or no; empty: no"), ("si", "no"), cell=cells.yes_no(False)),
        LANGUAGE,
        Column("numero_crm", "crm_number", _("Its number in your CRM"), ("CRM-7001", "CRM-7002"), also=("crm_number",)),
        Column("numero_portador", "carrier_number", _("Its number at the carrier"), ("", ""), also=("carrier_number",)),
        Column(
            "recibe",
            "told",
            _("What a new contact is told; as in the file of contacts"),
            ("todo", "registro cierre"),
            cell=cells.topics,
            also=("told",),
        ),
        active("activa"),
    ),
)
CONTACTS = Kind(
    "contacts",
    _("Contacts"),
    Contact,
    editing.CONTACT,
    (
        company(),
        code(_("Your own key, once per company"), "P-01", "P-02"),
        Column("tratamiento", "title", _("Courtesy title: Ing., Sra., Dr."), ("Ing.", ""), also=("title",)),
        Column("nombre", "name", _("Name of the person"), ("Jefe de Sistemas", "Mesa de ayuda"), True, also=("name",)),
        Column("cargo", "position", _("Job title"), ("Sistemas", ""), also=("position",)),
        Column("correo", "email", _("E-mail"), ("sistemas@example.com", "mesa@example.com"), also=("email",)),
        Column(
            "correo_independiente",
            "email_independent",
            _("si: it is read without the company's own service; empty: no"),
            ("no", "si"),
            cell=cells.yes_no(False),
            also=("email_independent",),
        ),
        Column(
            "telefonos",
            "phones",
            _("Several, separated by commas; numbers of your own country unless they begin with +"),
            ("02 555 0100, 099 000 0100", "+593 2 555 0101"),
            also=("telefono", "phones", "phone"),
        ),
        *WAYS,
        LANGUAGE,
        Column(
            "recibe",
            "told",
            _("todo, nada, or: registro diagnostico ejecucion verificacion seguimiento cierre avances esperas"),
            ("todo", "registro cierre"),
            cell=cells.topics,
            also=("told",),
        ),
        Column(
            "tipos",
            "kinds",
            _("todo, nada, or: incidentes requerimientos"),
            ("todo", "incidentes"),
            cell=cells.case_kinds,
            also=("kinds",),
        ),
        active("activo"),
    ),
)


__all__ = ["COMPANIES", "CONTACTS", "KINDS", "SERVICES", "SITES", "Column", "Kind"]

SITES = Kind(
    "sites",
    _("Sites"),
    Site,
    editing.SITE,
    (
        company(),
        code(_("Your own key, once per company"), "S-01", "S-02"),
        Column("nombre", "name", _("Name of the site"), ("Agencia matriz", "Agencia sur"), True, also=("name",)),
        Column("direccion", "address", _("Address"), ("Av. Principal 100", ""), also=("address",)),
        Column(
            "ciudad",
            "city",
            _("City from the list; add its region after a comma where two share a name"),
            ("Ciudad", "Ciudad"),
            True,
            also=("city",),
        ),
        Column(
            "provincia", "province", _("Only to tell apart cities with the same name"), ("", ""), also=("province",)
        ),
        Column(
            "banda",
            "own_band",
            _("principal, intermedia or remota; empty: same as the city"),
            ("", ""),
            cell=cells.band,
            also=("band",),
        ),
        Column(
            "zona",
            "own_zone",
            _("Time zone such as Pacific/Galapagos; empty: same as the city"),
            ("", ""),
            also=("zone",),
        ),
        Column("motivo", "own_reason", _("Why band or zone are not the city's"), ("", ""), also=("reason",)),
        Column(
            "latitud",
            "latitude",
            _("In degrees, for the map of dispatch; empty: at its city"),
            ("-2.897", ""),
            also=("latitude",),
        ),
        Column("longitud", "longitude", _("In degrees; west is negative"), ("-79.005", ""), also=("longitude",)),
        Column("contacto", "contact_on_site", _("Whom the crew asks for"), ("Portería", ""), also=("contact_on_site",)),
        Column("acceso", "access_hours", _("When one may enter"), ("08:00 a 18:00", ""), also=("access_hours",)),
        active("activa"),
    ),
)
SERVICES = Kind(
    "services",
    _("Services"),
    Service,
    editing.SERVICE,
    (
        company(),
        code(_("Your own key, once per company"), "V-01", "V-02"),
        Column(
            "circuito",
            "circuit",
            _("Circuit as shown on the bill; it must be unique"),
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
