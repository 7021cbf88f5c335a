"""Planned works of the sample: one announced for tomorrow night with an objection, one over, one a draft."""

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from guardia.demo.tonight import Tonight
from guardia.network.elements import element_called
from guardia.outages import work_announcing, work_answers, work_course, work_drafting, work_turns
from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_drafting import Planned
from guardia.people.actor import Actor

CARD = {
    "es": "Cambio de una tarjeta del nodo",
    "en": "A card of the node is replaced",
    "pt": "Troca de uma placa do nó",
}
SPLICE = {
    "es": "Reparación de empalmes en la ruta",
    "en": "Splices of the route are repaired",
    "pt": "Reparo de emendas na rota",
}
POWER = {
    "es": "Mantenimiento del banco de baterías",
    "en": "Maintenance of the batteries",
    "pt": "Manutenção do banco de baterias",
}


def works_of_the_week(tonight: Tonight) -> None:
    """By the verbs of the desk, at the hours at which each was done."""
    by = Actor.of_staff(tonight.team.engineers[0])
    over_last_week(tonight, by)
    announced(tonight, by)
    power = night_of(tonight.present, 6)
    names = ("ENL-0044", "ENL-0271")
    work_drafting.draft(planned(tonight, "Baterías, sede alterna", POWER, power, names), by=by, at=tonight.present)


def announced(tonight: Tonight, by: Actor) -> None:
    """Of tomorrow night, told five days ago: the company of one service agrees, that of another does not."""
    told_at = tonight.present - timedelta(days=5)
    names = ("ENL-0042", "ENL-0096", "ENL-0355")
    what = planned(tonight, "Nodo Ceibos, tarjeta 4", CARD, night_of(tonight.present, 1), names, needs_agreement=True)
    work = work_drafting.draft(what, by=by, at=told_at - timedelta(hours=1))
    work_announcing.announce(held(work), by=by, at=told_at)
    first, second = (tonight.circuits[name].contacts[0] for name in ("ENL-0096", "ENL-0042"))
    work_answers.agree(held(work), first, at=told_at + timedelta(hours=3))
    words = "Es cierre de mes: ¿puede ser después de las 03:00?"
    work_answers.object_(held(work), second, words, at=tonight.present - timedelta(minutes=50))


def over_last_week(tonight: Tonight, by: Actor) -> None:
    """It began and ended as announced."""
    window = night_of(tonight.present, -6)
    element = element_called("TRAMO-SUR")
    what = planned(tonight, "Tramo sur, empalmes", SPLICE, window, ("ENL-0043",))
    work = work_drafting.draft(what, by=by, at=window[0] - timedelta(days=5))
    PlannedWork.objects.filter(pk=work.pk).update(element=element)
    work_announcing.announce(held(work), by=by, at=window[0] - timedelta(days=4))
    work_course.start_due(window[0])
    work_course.end(held(work), by=by, at=window[1] - timedelta(minutes=25))


def planned(
    tonight: Tonight,
    name: str,
    public_name: dict[str, str],
    window: tuple[datetime, datetime],
    circuits: tuple[str, ...],
    *,
    needs_agreement: bool = False,
) -> Planned:
    services = tuple(tonight.circuits[one].service.pk for one in circuits)
    return Planned(
        name=name,
        public_name=public_name,
        starts_at=window[0],
        ends_at=window[1],
        services=services,
        expected_minutes=30,
        needs_agreement=needs_agreement,
        is_public=True,
    )


def night_of(at: datetime, days: int) -> tuple[datetime, datetime]:
    """From two to five in the morning of the operator's zone, so many days from ``at``."""
    start = localtime(at + timedelta(days=days)).replace(hour=2, minute=0, second=0, microsecond=0)
    return start, start + timedelta(hours=3)


def held(work: PlannedWork) -> PlannedWork:
    return work_turns.held(work.pk)
