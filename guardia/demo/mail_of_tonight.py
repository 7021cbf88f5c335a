"""Mail that waits for the desk when the demo opens: a report whose number is due soon (P2), a stranger's question."""

from datetime import datetime, timedelta

from guardia.cases import mail_in
from guardia.demo.companies import Circuit
from guardia.demo.writing import report
from guardia.mailroom.taking import FOLDER, take

REPORTED = "Internet intermitente desde hace 20 minutos.\nReiniciamos el equipo y sigue igual."
ASKED = "Buenas noches. Desde hace una hora no tengo internet en mi local. ¿A quién debo llamar?"


def mail_of_tonight(circuit: Circuit, now: datetime) -> None:
    """Taken and ruled on as the worker does; ``now`` is UTC. The receipts that follow are still to be sent."""
    contact = next(one for one in circuit.contacts if one.email)
    for mail, minutes in (
        (report(None, "No tengo internet", ASKED, now - timedelta(minutes=7)), 7),
        (report(contact, f"Cortes en {circuit.service.circuit}", REPORTED, now - timedelta(seconds=80)), 80 / 60),
    ):
        at = now - timedelta(minutes=minutes)
        take(mail, FOLDER, at)
        mail_in.rule_next(at)
