"""Every form of the rooms beside the case, with right fields: shifts, the matrix, settings, objections, calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localdate, localtime

from guardia.cases.waiting import WaitReason
from guardia.clocks import calendars
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.escalation import editing, signed_links
from guardia.notices.notice import Notice
from guardia.people import shifts
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.story import Story, rota

ROTA = {"every_days": "7", "turns_at": "08:00", "zone": "America/Santiago", "reason": "vacaciones"}
IN_FORM = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Sent:
    """One form: where it goes, and what it says where all of it is right."""

    address: str
    fields: dict[str, str]


def busy_house(story: Story, at: datetime) -> Notice:
    """Everything is there that can be changed: a case escalated and contested, a rota, a cover, a decree, a shift.

    Returns the last page to the supervisor, who holds level 1 and by day is asked again, since nobody else is there.
    """
    story.minutes_pass(350)
    rota(1, story.supervisor, at - timedelta(days=9))
    story.open_case()
    waits = [story.case.wait(why(n), by=story.by, at=story.now).data["wait"] for n in range(2)]
    story.case.go_on(story.case.waits.get(pk=waits[0]), by=story.by, at=story.now)
    contested = story.case.waits.filter(pk=waits[0])
    story.case.contest(contested, who="Jefe", words="no fue así", by=story.by, at=story.now)
    story.case.escalate("pide un jefe", source="customer", asked_by="Jefe", by=story.by, at=story.now)
    story.case.page_failed(story.supervisor.pk, story.case.latest("paged").pk, "550", by=story.by, at=story.now)
    shifts.enter(story.engineer, shifts.TECHNICAL, at - timedelta(hours=5))
    return Notice.objects.filter(moment="paged", staff=story.supervisor).latest("pk")


def why(number: int) -> WaitReason:
    return WaitReason(WaitCause.CUSTOMER, "Portería", f"sin llave {number}")


def cover_of(story: Story, at: datetime, *, days: int = 3):
    start = at + timedelta(days=days)
    fields = {"level": 1, "seat": 1, "staff": story.colleague, "start": start, "end": start + timedelta(hours=8)}
    return editing.save_cover(fields, by=story.supervisor, at=at)


def decree(story: Story, at: datetime) -> CalendarChange:
    day = localdate(at) + timedelta(days=20)
    return CalendarChange.objects.create(kind=ChangeKind.REST, day=day, reason="Decreto", by=story.supervisor, at=at)


def forms_of(story: Story, page: Notice, at: datetime) -> dict[str, Sent]:
    """By a name of their own, every form as it is filled in well at ``at`` (UTC)."""
    cover, day, case = cover_of(story, at), decree(story, at), story.case
    start = localtime(at + timedelta(days=1))
    hours = {"start": f"{start:{IN_FORM}}", "end": f"{start + timedelta(hours=8):{IN_FORM}}"}
    stands_in = {**hours, "staff": str(story.colleague.pk), "reason": "permiso", "seen": "999"}
    turns = {**ROTA, "starts_on": str(localdate(at)), "members": str(story.colleague.pk), "seen": "999", "guardar": "1"}
    contested = case.waits.get(contested_at__isnull=False)
    ruling = {f"ruling_{contested.pk}": "rejected", f"reasons_{contested.pk}": "está probado"}
    decided = {"reason": "Decreto", "edition": str(calendars.newest_edition()), "hacer": "1"}
    handed = {"de": str(story.engineer.pk), "nota": "tranquilo", "hasta": str(case.pk)}
    line = {f"paso-{case.pk}": "llamar", f"a-{case.pk}": str(story.supervisor.pk)}
    matrix = {"step-diagnosis-2": "15 min", "answer-1": "8 min", "reason": "Acuerdo", "mirar": "1", "base": "1"}
    received = {
        "caso": str(case.number),
        "who": story.head.name,
        "other": "",
        "ago": "5",
        "at": "",
        "words": "apúrense",
    }
    token = signed_links.answer_token(page.pk)
    return {
        "answer": Sent(f"/responder/{token}", {"acto": "respondo", "caso": str(case.number), "por": "1"}),
        "cannot": Sent(f"/responder/{token}?por=1", {"acto": "no-puedo", "caso": "todos", "reason": "de viaje"}),
        "received": Sent("/escalamiento/recibido", {**received, "level": "1"}),
        "drill": Sent("/quien-responde/simulacro", {"level": "1", "staff": str(story.supervisor.pk)}),
        "dialled": Sent(
            "/quien-responde/probado", {"address": story.supervisor.email, "reached": "si", "answered_by": "Jefe"}
        ),
        "rule": Sent(f"/objeciones/{case.number}", ruling),
        "hand over": Sent("/relevo", {**handed, **line}),
        "hand over later": Sent("/relevo/borrador", {**handed, **line, "next": "1"}),
        "not handed over": Sent("/relevo/descartar", {"de-nuevo": ""}),
        "plan": Sent("/relevo/turnos", {"hours": "06:00 14:00 22:00"}),
        "enter": Sent("/turno/entrar", {"next": "/relevo"}),
        "leave": Sent("/turno/salir", {"seguro": "si", "next": "/"}),
        "see to": Sent("/turno/atiendo", {"next": "/"}),
        "level": Sent(
            "/ajustes/niveles/1", {"phone": "02 555 0100", "phone_name": "Mesa", "reason": "r", "seen": "999"}
        ),
        "rota": Sent("/ajustes/rotaciones/2/1", turns),
        "rota looked at": Sent("/ajustes/rotaciones/1/1", {**turns, "mirar": "1"}),
        "rota again": Sent("/ajustes/rotaciones/retomar", {"rota": "1"}),
        "rota ends": Sent("/ajustes/rotaciones/terminar", {"rota": "1"}),
        "cover": Sent("/ajustes/rotaciones/1/1/reemplazo", stands_in),
        "cover changed": Sent("/ajustes/rotaciones/1/1/reemplazo", {**stands_in, "reemplazo": str(cover.pk)}),
        "cover withdrawn": Sent("/ajustes/reemplazos/retirar", {"cover": str(cover.pk)}),
        "cover back": Sent("/ajustes/reemplazos/restablecer", {"cover": str(cover.pk)}),
        "matrix": Sent("/ajustes/matriz/editar", matrix),
        "hours": Sent("/ajustes/horarios/office/editar", {"monday": "08:00-17:00", "rest_days": "closed", "base": "1"}),
        "day": Sent("/ajustes/calendario/dia", {"day": str(localdate(at) + timedelta(30)), "kind": "rest", **decided}),
        "canton": Sent("/ajustes/calendario/canton", {"canton": "Quito", **decided}),
        "day withdrawn": Sent(f"/ajustes/calendario/{day.pk}/retirar", decided),
    }
