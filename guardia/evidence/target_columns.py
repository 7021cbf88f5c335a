"""The file of what is tested: a row for each test of a service, which its circuit names."""

from django.utils.translation import gettext_lazy as _

from guardia.customers.folding import fold
from guardia.customers.importing import cells
from guardia.customers.importing.kind import Column, Kind, active
from guardia.customers.values import Misfit, not_among
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.target_editing import READERS

KIND_WORDS = {
    **{kind.value: kind for kind in ProbeKind},
    "ping": ProbeKind.ICMP,
    "conexion": ProbeKind.TCP,
    "nombre": ProbeKind.DNS,
    "web": ProbeKind.HTTP,
    "interfaz": ProbeKind.SNMP,
    "ruta": ProbeKind.PATH,
}


def kind_of_test(cell: str) -> str:
    """Raises Misfit with the words that are known."""
    if (word := fold(cell)) in KIND_WORDS:
        return KIND_WORDS[word].value
    raise Misfit(not_among(cell[:40], ["ping", "tcp", "dns", "http", "snmp", "ruta"]))


def per_cent(cell: str) -> str:
    """``2`` and ``2 %`` are the same."""
    return cell.removesuffix("%").strip()


TARGETS = Kind(
    "targets",
    _("Tests of the services"),
    ServiceTarget,
    READERS,
    (
        Column("circuito", "service", _("Circuit of its service"), ("ENL-0042", "ENL-0042"), True, also=("circuit",)),
        Column(
            "prueba",
            "kind",
            _("ping, tcp, dns, http, snmp or ruta"),
            ("ping", "http"),
            True,
            kind_of_test,
            also=("kind", "test"),
        ),
        Column(
            "direccion",
            "address",
            _("A name or an IP address; for http the whole web address"),
            ("192.0.2.10", "https://192.0.2.10/"),
            True,
            also=("address",),
        ),
        Column("puerto", "port", _("Port; needed for tcp"), ("", ""), also=("port",)),
        Column("pregunta", "asks", _("DNS: the name; SNMP: the ifIndex"), ("", ""), also=("asks",)),
        Column(
            "espera",
            "expects",
            _("DNS: the value; HTTP: the status; SNMP: the name of its access"),
            ("", "200"),
            also=("expects",),
        ),
        Column(
            "perdida",
            "max_loss",
            _("Per cent that may be lost; empty: 1"),
            ("2", ""),
            cell=per_cent,
            also=("max_loss",),
        ),
        Column("ms", "max_ms", _("Mean milliseconds that are still good; empty: any"), ("40", ""), also=("max_ms",)),
        Column(
            "al_registrar",
            "at_registration",
            _("si or no: run by itself when a case is opened; empty: si"),
            ("si", "no"),
            cell=cells.yes_no(True),
            also=("at_registration",),
        ),
        active("activa"),
    ),
)
