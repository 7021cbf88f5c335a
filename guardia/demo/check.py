"""One phoned incident from the ringing telephone to the closing, as a person at a browser without JavaScript."""

import re
import time
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener
from zoneinfo import ZoneInfo


# --- browser ----------------------------------------------------------------------------------------------------------
# A person at a browser without JavaScript, in the standard library: cookies, forms, redirects. Knows no package.
class WalkFailed(Exception):
    """A step of the walk did not come out as the procedure says."""


class Forms(HTMLParser):
    """The forms of a page: their address, and the fields with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.select: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}, "button": {}})
        elif self.forms:
            self._field(tag, given)

    def _field(self, tag: str, given: dict) -> None:
        fields, name = self.forms[-1]["fields"], given.get("name", "")
        if tag == "option" and self.select:
            name, chosen = self.select
            if "selected" in given or not chosen:
                fields[name] = given.get("value", "")
                self.select = (name, "selected" in given or chosen or True)
        elif not name:
            return
        elif tag == "select":
            self.select = (name, False)
            fields[name] = ""
        elif tag == "textarea":
            fields[name] = ""
        elif tag == "button":
            self.forms[-1]["button"][name] = given.get("value", "")
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio", "submit"} or "checked" in given):
            fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None


class Browser:
    """Remembers where it is. ``submit`` fills a form of the page it looks at, by the end of the form's address."""

    def __init__(self, base_url: str) -> None:
        self.url = base_url
        self.page = ""
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str, data: dict | None = None) -> str:
        target = urljoin(self.url, path)
        body = urlencode(data).encode() if data is not None else None
        request = Request(target, body, {"Referer": self.url, "Accept-Language": "es"})
        try:
            with self.opener.open(request, timeout=30) as answer:
                self.url, self.page = answer.url, answer.read().decode()
        except HTTPError as error:
            raise WalkFailed(f"{target} answered {error.code}: {words_of(error.read().decode())[:600]}") from error
        return self.page

    def submit(self, ending: str, **values: str) -> str:
        for form in self.forms():
            if urljoin(self.url, form["action"]).split("?")[0].endswith(ending):
                return self.open(form["action"] or self.url, {**form["fields"], **values})
        raise WalkFailed(f"the page {self.url} has no form that goes to {ending}")

    def forms(self) -> list[dict]:
        parser = Forms()
        parser.feed(self.page)
        return parser.forms


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def words_of(page: str) -> str:
    """The text a person reads on the page, in one line."""
    parser = Words()
    parser.feed(page)
    return " ".join(" ".join(parser.words).split())


# --- check ------------------------------------------------------------------------------------------------------------
# One phoned incident from the ringing telephone to the closing, as a person at the desk would do it.
# It speaks only HTTP to the web server, and reads what a real SMTP server received: it imports nothing from the
# rooms.
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
    act(desk, number, "salida-sede", finished="done")
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
