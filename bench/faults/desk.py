"""An engineer of `bin/faults`, with a crew: they walk case after case from the call to the closing.

A step that got no answer is sent again with the same words: its verb must find its work done. What nobody would repeat
without looking (a new case, a note, a test) is not: whether it was done is open, and nothing is expected of it.
"""

import random
import re
import threading
from datetime import datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from bench.faults.browser import HOST, Answer, Http, NoAnswer, Over, form_in
from bench.faults.crew import Abandoned, Crew
from bench.faults.journal import Journal, Kept
from bench.faults.operator import PASSWORD, Seat

ZONE = ZoneInfo("America/Guayaquil")
TRIES = 8
ONCE = frozenset({"prueba", "escribir", "nota"})
GREEN_WINDOW, PAUSE = 1.1, 0.2


class Desk(threading.Thread):
    def __init__(
        self,
        seat: Seat,
        port: int,
        journal: Journal,
        stopping: threading.Event,
        rng: random.Random,
        full: threading.Event,
    ) -> None:
        super().__init__(name=seat.engineer, daemon=True)
        self.seat, self.journal, self.stopping, self.rng, self.full = seat, journal, stopping, rng, full
        self.services = cycle(seat.services)
        self.base = f"http://{HOST}:{port}"
        self.engineer = Http(port, stopping)
        self.crew = Crew(Http(port, stopping), seat.technician, journal, rng)

    def run(self) -> None:
        try:
            self.sign_in(self.engineer, self.seat.engineer)
            self.sign_in(self.crew.browser, self.seat.technician)
            while not self.stopping.is_set():
                try:
                    self.walk()
                except Abandoned as why:
                    self.journal.note(f"abandoned: {why}")
                    self.stopping.wait(PAUSE)
        except Over:
            pass
        except BaseException as trouble:
            self.journal.lose(self.name, trouble)

    def sign_in(self, browser: Http, username: str) -> None:
        while True:
            form = form_in(browser.get("/entrar").text, self.base + "/entrar", "/entrar")
            assert form, "the sign-in has a form"
            said = {**form["fields"], "username": username, "password": PASSWORD}
            try:
                answer = browser.post("/entrar", said)
            except NoAnswer:
                continue
            if answer.status in (302, 303):
                return
            assert answer.status >= 500, f"{username} cannot sign in: {answer.status}"

    # --- a case ---
    def walk(self) -> None:
        number = self.opened()
        for name in ("Potencia", "Bucle"):
            marker = self.mark()
            self.act(number, "prueba", "tested", marker, name=name, result=marker, verdict="bad")
        self.told(number)
        visit = self.rng.random() < 0.5
        if self.rng.random() < 0.4:
            self.waited(number)
        marker = self.mark()
        kind = "visit" if visit else "remote"
        self.act(number, "diagnostico", "diagnosed", marker, cause=marker, plan="Plan", plan_kind=kind)
        self.file(number)
        if visit:
            self.visited(number)
        else:
            marker = self.mark()
            self.act(number, "restablecido", "restored", marker, solution=marker)
        self.told(number)
        self.ended(number)

    def opened(self) -> int:
        service, marker = next(self.services), self.mark()
        csrf = self.engineer.cookies.get("csrftoken", "")
        said = {"csrfmiddlewaretoken": csrf, "service": str(service), "symptoms": marker, "impact": "down"}
        answer = self.sent("/casos/nuevo", said)
        found = re.search(r"/casos/(\d+)/", answer.location) if answer else None
        if found is None:
            raise Abandoned("opening")
        self.journal.keep(Kept("case", int(found[1]), "registered", marker))
        return int(found[1])

    def told(self, number: int) -> None:
        audience, moment = self.rng.choice((("internal", "noted"), ("public", "news_sent")))
        marker = self.mark()
        self.act(number, "escribir", moment, marker, text=marker, audience=audience)

    def waited(self, number: int) -> None:
        marker = self.mark()
        said = {"cause": "customer", "asked_by": "Jefe de Sistemas", "reason": marker, "proof": "llamada"}
        self.act(number, "espera", "wait_started", marker, **said)
        self.act(number, "reanudar", "wait_ended", "")

    def visited(self, number: int) -> None:
        soon, later = (datetime.now(ZONE) + timedelta(hours=hours) for hours in (2, 3))
        self.act(
            number, "acuerdo", "dispatch_agreed", "", crew=str(self.seat.crew), operator="Despacho", customer="Jefe",
            site_contact="Portería", access="24 horas", forecast_from=f"{soon:%d/%m/%Y %H:%M}",
            forecast_to=f"{later:%d/%m/%Y %H:%M}",
        )  # fmt: skip
        if self.rng.random() < 0.7:
            self.crew.send(number)
            return
        for name, moment in (("salida", "departed"), ("llegada", "arrived"), ("permiso", "permit_cleared")):
            self.act(number, name, moment, "")
        marker = self.mark()
        self.act(number, "restablecido", "restored", marker, solution=marker)

    def ended(self, number: int) -> None:
        marker = self.mark()
        confirmer = {"confirmer_name": "Jefe de Sistemas", "position": "Jefe", "phone": "02 555 0148"}
        for name in ("Pérdida", "Potencia"):
            tested = self.mark()
            self.act(number, "prueba", "tested", tested, name=name, result=tested, verdict="good")
        self.act(number, "confirmacion", "confirmed", marker, **confirmer, capacity="employee", plan_executed=marker)
        self.stopping.wait(GREEN_WINDOW)
        marker = self.mark()
        self.act(number, "prueba", "tested", marker, name="Pérdida", result=marker, verdict="good")
        tested = self.mark()
        self.act(number, "prueba", "tested", tested, name="Potencia", result=tested, verdict="good")
        self.file(number)
        self.act(number, "estable", "stabilised", "")
        marker = self.mark()
        self.act(number, "cierre", "closed", marker, fault=marker, solution="Empalme")

    # --- one act ---
    def act(self, number: int, name: str, moment: str, marker: str, /, **values: str) -> None:
        """Until the operator has said that it is done. Raises Abandoned where it refuses, Over."""
        path, asked = f"/casos/{number}/{name}", 0
        if self.full.is_set():
            self.file(number)
        for _ in range(TRIES):
            form = form_in(self.engineer.get(path).text, self.base + path, f"/{name}")
            if form is None:
                if asked:
                    return  # it was done, though nobody was told so
                raise Abandoned(f"{name} is not offered")
            answer = self.sent(path, {**form["fields"], **form["button"], **values})
            if answer and answer.done:
                self.journal.keep(Kept("act", number, moment, marker))
                return
            if name in ONCE and (answer is None or answer.status >= 500):
                return
            asked += answer is None
            self.journal.note(f"{name} {answer.status if answer else 'no answer'}")
            self.stopping.wait(0.05)
        raise Abandoned(f"{name} was refused")

    def sent(self, path: str, said: dict[str, str]) -> Answer | None:
        if self.stopping.is_set():
            raise Over
        try:
            answer = self.engineer.post(path, said)
        except NoAnswer:
            return None
        if answer.status >= 500:
            self.journal.note(f"answered {answer.status}")
        return answer

    def file(self, number: int) -> None:
        """A document on the case; where the store is full the operator must say so in words."""
        marker = self.mark()
        content = f"{marker}\n".encode() * self.rng.randint(20, 2000)
        page = self.engineer.get(f"/casos/{number}/").text
        form = form_in(page, f"{self.base}/casos/{number}/", "/archivos")
        if form is None:
            return
        was_full = self.full.is_set()
        try:
            answer = self.engineer.post_file(
                f"/casos/{number}/archivos", {**form["fields"], "caption": marker}, "files", f"{marker}.txt", content
            )
        except NoAnswer:
            return
        if answer.status in (302, 303):
            self.journal.keep(Kept("file", number, "file_added", marker))
        elif was_full and self.full.is_set():
            self.journal.note("full: refused in words" if answer.status == 422 else f"full: answered {answer.status}")

    def mark(self) -> str:
        return self.journal.marker(self.seat.engineer)
