"""The files of companies and of their contacts: which columns each has, and what stands in them."""

from django.utils.translation import gettext_lazy as _

from guardia.customers import records
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.importing import cells
from guardia.customers.importing.kind import LANGUAGE, Column, Kind, active, code, company

WAYS = (
    Column("sms", "way_sms", _("Numbers for a short message, parted by commas"), ("099 000 0100", "")),
    Column("whatsapp", "way_whatsapp", _("Numbers for WhatsApp, parted by commas"), ("099 000 0100", "")),
    Column(
        "correo_alterno",
        "way_mail",
        _("Mailboxes elsewhere, parted by commas"),
        ("sistemas.banco@example.org", ""),
        also=("other_email",),
    ),
    Column(
        "telefono_voz",
        "way_voice",
        _("Numbers that we ring when an outage must be told by voice"),
        ("02 555 0199", ""),
        also=("voice",),
    ),
    Column(
        "dependen",
        "ways_depending",
        _("Which of the ways above need the company's service: sms whatsapp correo voz; empty: none"),
        ("", ""),
        cell=cells.ways_depending,
        also=("depending",),
    ),
)
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
    records.CONTACT,
    (
        company(),
        code(_("Your own key, once per company"), "P-01", "P-02"),
        Column("tratamiento", "title", _("Courtesy title: Ing., Sra., Dr."), ("Ing.", ""), also=("title",)),
        Column("nombre", "name", _("Name of the person"), ("Jefe de Sistemas", "Mesa de ayuda"), True, also=("name",)),
        Column("cargo", "position", _("Position"), ("Sistemas", ""), also=("position",)),
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
            _("Several parted by commas; of your own country unless they begin with +"),
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
