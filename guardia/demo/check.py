"""One phoned incident from the ringing telephone to the closing, as a person at the desk would do it.

It speaks only HTTP to the web server, and reads what a real SMTP server received: it imports nothing from the rooms.
"""

import re
import time
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from guardia.demo.browser import Browser, WalkFailed, words_of

PATIENCE_SECONDS = 30
CONTACTS = ("jefe@example.com", "helpdesk@example.com")
ZONE = ZoneInfo("America/Guayaquil")


def walk(base_url: str, login: dict, mailbox_dir: Path) -> None:
    """Walk the seven stages (P1 to P7). Raises WalkFailed with the step and what was seen instead."""
    desk, mail = Browser(base_url), Mailbox(Path(mailbox_dir))
    desk.open("/entrar")
    desk.submit("/entrar", username=login["username"], password=login["password"])
    step("signed in")
    reception(desk)
    number = registration(desk)
    mail.brings("registered", number)
    diagnosis(desk, number)
    mail.brings("diagnosed", number)
    execution(desk, mail, number)
    verification(desk, number)
    mail.brings("confirmed", number)
    stability(desk, number)
    mail.brings("stabilised", number)
    closing(desk, number)
    mail.brings("closed", number)
    mail.has_nothing_else()
    desk.open("/procedimiento")
    step("the published procedure is there for everybody")


def reception(desk: Browser) -> None:
    desk.open("/llamadas/")
    desk.submit("/timbra", from_number="+593725550148")
    desk.submit("/contesta")
    step("P1 reception: the call rang and was answered")


def registration(desk: Browser) -> str:
    service = re.search(r'value="(\d+)"[^>]*>[^<]*ENL-0001|name="service"[^>]*value="(\d+)"', desk.page)
    if service is None:
        raise WalkFailed("the new case offers no service ENL-0001")
    desk.submit(
        "/casos/nuevo", service=service[1] or service[2], symptoms="Sin servicio en el enlace principal", impact="down"
    )
    found = re.search(r"\b\d{1,3}(?:-\d{3})+-\d\b", words_of(desk.page))
    if found is None:
        raise WalkFailed("the case has no number on its page")
    step(f"P2 registration: case {found[0]}")
    return found[0]


def act(desk: Browser, number: str, act_name: str, /, **values: str) -> None:
    """Open the form of an act on the case's page, fill it in and send it."""
    desk.open(f"/casos/{number.replace('-', '')}/{act_name}")
    desk.submit(f"/{act_name}", **values)


def diagnosis(desk: Browser, number: str) -> None:
    act(desk, number, "prueba", name="Potencia óptica", result="-40 dBm", verdict="bad")
    act(desk, number, "prueba", name="OTDR", result="corte a 1,2 km", verdict="bad")
    act(desk, number, "diagnostico", cause="Corte de fibra", plan="Enviar cuadrilla", plan_kind="visit", probable="on")
    step("P3 diagnosis: two tests, cause and plan")


def execution(desk: Browser, mail: "Mailbox", number: str) -> None:
    soon, later = (datetime.now(ZONE) + timedelta(hours=hours) for hours in (2, 3))
    act(
        desk,
        number,
        "acuerdo",
        operator="Despacho",
        customer="Jefe de Sistemas",
        site_contact="Guardia de turno",
        access="24 horas",
        forecast_from=soon.strftime("%d/%m/%Y %H:%M"),
        forecast_to=later.strftime("%d/%m/%Y %H:%M"),
    )
    mail.brings("dispatch_agreed", number)
    for name, moment in (("salida", "departed"), ("llegada", "arrived"), ("permiso", "")):
        act(desk, number, name)
        if moment:
            mail.brings(moment, number)
    act(desk, number, "restablecido", solution="Se empalmó la fibra")
    mail.brings("restored", number)
    step("P4 execution: agreed, on the way, arrived, restored")


def verification(desk: Browser, number: str) -> None:
    act(desk, number, "prueba", name="Pérdida", result="0 % en 100 paquetes", verdict="good")
    act(desk, number, "prueba", name="Potencia óptica", result="-18 dBm", verdict="good")
    act(
        desk,
        number,
        "confirmacion",
        confirmer_name="Jefe de Sistemas",
        position="Jefe de Sistemas",
        phone="07 555 0148",
        capacity="employee",
        plan_executed="Empalme de la fibra",
    )
    step("P5 verification: two tests, a person of the company confirmed")


def stability(desk: Browser, number: str) -> None:
    time.sleep(1)  # the sample operator of this walk asks for a green window of one second
    act(desk, number, "prueba", name="Pérdida", result="0 % en 200 paquetes", verdict="good")
    act(desk, number, "prueba", name="Potencia óptica", result="-18,1 dBm", verdict="good")
    act(desk, number, "estable")
    step("P6 stability: the green window and its evidence")


def closing(desk: Browser, number: str) -> None:
    act(desk, number, "cierre", fault="Corte de fibra en última milla", solution="Empalme")
    step("P7 closing")


class Mailbox:
    """What the SMTP server received, told apart by the header that names the moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected: set[tuple[str, str]] = set()

    def brings(self, moment: str, number: str) -> None:
        """Both contacts, and nobody else, receive the notice of this moment, in time."""
        self.expected |= {(moment, address) for address in CONTACTS}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while missing := self.expected - {key(message) for message in self.messages()}:
            if time.monotonic() > deadline:
                raise WalkFailed(f"no mail arrived for {sorted(missing)}")
            time.sleep(0.1)
        wrong = [m["Subject"] for m in self.messages() if f"[{number}]" not in str(m["Subject"])]
        if wrong:
            raise WalkFailed(f"a mail's subject lacks the number: {wrong[0]}")

    def has_nothing_else(self) -> None:
        """No mail twice, none that nobody owes."""
        got = [key(message) for message in self.messages()]
        others = [k for k in got if k not in self.expected]
        twice = {k for k in got if got.count(k) > 1}
        if others or twice:
            raise WalkFailed(f"mails that nobody owes: {others}; mails sent twice: {sorted(twice)}")
        step(f"{len(got)} mails, each once, to {len(CONTACTS)} contacts")

    def messages(self) -> list[EmailMessage]:
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def key(message: EmailMessage) -> tuple[str, str]:
    address = message["To"].addresses[0].addr_spec
    return str(message["X-Guardia-Moment"] or "").split(" ")[0], address


def step(words: str) -> None:
    print(f"  ✓ {words}", flush=True)
