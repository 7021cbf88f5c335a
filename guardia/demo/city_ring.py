"""The ring of a city with what hangs on it; a mass outage under way tonight, and one that is only proposed."""

from datetime import timedelta
from pathlib import Path

from guardia.cases.case import Case
from guardia.demo.tonight import Tonight
from guardia.evidence.test_result import Verdict
from guardia.network.element_import import bring
from guardia.network.elements import element_called
from guardia.outages import declaring, holding, news, proposing
from guardia.outages.outage import Origin, Outage
from guardia.outages.words import Declared
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Impact

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
