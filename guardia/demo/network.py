"""The network of the sample: the ring of a city with a mass outage, planned works, and what can be tested."""

from datetime import datetime, timedelta
from pathlib import Path

from django.utils.timezone import localtime

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service
from guardia.demo.tonight import Tonight
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.target_editing import save_target
from guardia.evidence.test_result import Verdict
from guardia.network.element_import import bring
from guardia.network.elements import element_called
from guardia.outages import (
    declaring,
    holding,
    news,
    planned_work,
    proposing,
    work_announcing,
    work_answers,
    work_course,
    work_drafting,
)
from guardia.outages.outage import Declared, Origin, Outage
from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_drafting import Planned
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Impact

# The network of the sample: the ring of a city with a mass outage, and planned works.
# --- city ring --------------------------------------------------------------------------------------------------------
# The ring of a city with what hangs on it; a mass outage under way tonight, and one that is only proposed.
ELEMENTS = Path(__file__).parent / "data" / "elements.csv"
NAMES = {
    "es": "Tramo sur del anillo de Quito degradado",
    "en": "Southern section of the Quito ring degraded",
    "pt": "Trecho sul do anel de Quito degradado",
}
SAID = {
    "es": "La cuadrilla de fibra está en el corte de la avenida. El tráfico va por la otra vía, más lento.",
    "en": "The fibre crew is at the cut on the avenue. Traffic takes the other way, more slowly.",
    "pt": "A equipe de fibra está no corte da avenida. O tráfego segue pela outra via, mais lento.",
}


def ring_is_cut(tonight: Tonight) -> None:
    """One customer calls, the desk declares, two who have not called get their case; cause, plan and news follow."""
    bring(ELEMENTS.read_bytes(), write=True)
    tonight.called("ENL-0044", 2, 33, "Todo va muy lento en el centro de datos alterno.", Impact.DEGRADED)
    by, element = Actor.of_staff(tonight.team.engineers[1]), element_called("TRAMO-SUR")
    declared_at = tonight.present - timedelta(minutes=28)
    what = Declared(
        name="Tramo sur del anillo, corte de fibra",
        element=element,
        public_name=NAMES,
        impact=Impact.DEGRADED,
        started_at=tonight.present - timedelta(minutes=41),
        forecast_at=tonight.present + timedelta(minutes=95),
        is_public=True,
    )
    outage = declaring.declare(None, what, by=by, at=declared_at)
    cause_is_found(tonight, outage, by)
    told_at = tonight.present - timedelta(minutes=4)
    news.tell(outage, SAID, tonight.present + timedelta(minutes=80), by=by, at=told_at)


def cause_is_found(tonight: Tonight, outage: Outage, by: Actor) -> None:
    """P3 of the outage: two tests in one of its cases are those of all."""
    at = tonight.present - timedelta(minutes=16)
    first = Case.objects.filter(part_of=outage).order_by("pk").values_list("pk", flat=True)[:1]
    (case,) = holding.held_cases(first)
    for minutes, (name, result) in enumerate(
        (("OTDR desde el nodo", "fin de fibra a 3,1 km"), ("Ping", "pérdida 9 %"))
    ):
        case.add_test(name, result, Verdict.BAD, by=by, at=at - timedelta(minutes=2 - minutes))
    cause, plan = "Fibra cortada por obras en la avenida", "Empalmar en el pozo 22 y volver el tráfico al tramo sur"
    news.diagnose(outage, cause, plan, by=by, at=at)


def node_is_proposed(tonight: Tonight) -> None:
    """Two cases behind one node of Guayaquil: the desk has yet to say whether they have one cause."""
    circuits = ("ENL-0096", "ENL-0355")
    services = [tonight.circuits[name].service.pk for name in circuits]
    cases = list(Case.objects.filter(service__in=services, closed_at=None).order_by("pk").values_list("pk", flat=True))
    proposing.propose(
        element=element_called("GYE-CEIBOS"),
        site=None,
        services=services,
        signs={"cases": cases, "since": (tonight.present - timedelta(minutes=9)).isoformat()},
        started_at=tonight.present - timedelta(minutes=9),
        origin=Origin.CASES,
        now=tonight.present - timedelta(minutes=1),
    )


# --- works ------------------------------------------------------------------------------------------------------------
# Planned works of the sample: one announced for tomorrow night with an objection, one over, one a draft.
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
    return planned_work.locked_work(work.pk)


# --- targets ----------------------------------------------------------------------------------------------------------
# What can be tested in a trial: the demo's own web server stands in for the equipment of a few services.
# Its port may be another one each time it is started, so what is tested is written down anew at every start.
TESTED = ("ENL-0042", "ENL-0097", "ENL-0187", "ENL-0275")
"""Services whose cases stand in different stages tonight."""


def point_here(host: str, port: int, at: datetime) -> int:
    """Write down the tests of these services, or correct where they go; returns how many. ``at`` is UTC."""
    with behind(DatabaseRole.STAFF):
        services = list(Service.objects.filter(circuit__in=TESTED).order_by("circuit"))
        for service in services:
            _keep(service, {"kind": ProbeKind.TCP.value, "address": host, "port": port, "max_loss": 2}, at)
            page = f"http://{host}:{port}/salud"
            _keep(service, {"kind": ProbeKind.HTTP.value, "address": page, "expects": "200", "max_ms": 500}, at)
    return 2 * len(services)


def _keep(service: Service, fields: dict, at: datetime) -> None:
    """One of each kind to a service: that of the last start, or a new one."""
    found = ServiceTarget.objects.filter(service=service, kind=fields["kind"]).order_by("pk").first()
    save_target(found or ServiceTarget(customer_id=service.customer_id), {"service": service, **fields}, at=at)
