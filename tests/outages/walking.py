"""What may happen to an outage and its cases in any order, for the walk over both. Time passes by argument."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from guardia.cases.case import Case
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.evidence.test_result import Verdict
from guardia.outages import declaring, holding, members, news, proposing, restoring
from guardia.outages.outage import ACTIVE, Declared, Origin, Outage, OutageState
from guardia.procedure.vocabulary import Impact, WaitCause
from tests.outages.city import City
from tests.procedure.story import tested

WHO = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "07 555 0148")
ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")


def done(city: City) -> dict:
    return {"by": city.by, "at": city.now}


def a_while_ago(city: City, since: datetime | None = None) -> dict:
    """Told late: seven minutes ago, or when what it is about began."""
    at = city.now - timedelta(minutes=7)
    return {"by": city.by, "at": max(at, since) if since else at, "now": city.now}


def an_outage(dice: Random, *states: str) -> Outage | None:
    """One of those in these states; else any, so that refusals are walked too."""
    every = Outage.objects.order_by("pk")
    found = list(every.filter(state__in=states or ACTIVE)) or list(every)
    return dice.choice(found) if found else None


def on_outage(*states: str):
    """The act gets an outage; nothing happens while there is none."""

    def wrapped(act: Callable[[City, Random, Outage], object]) -> Callable[[City, Random], object]:
        def acted(city: City, dice: Random) -> object:
            outage = an_outage(dice, *states)
            return act(city, dice, holding.locked_outage(outage)) if outage else None

        return acted

    return wrapped


def on_case(act: Callable[[City, Case], object]) -> Callable[[City, Random], object]:
    """The act gets a case, held, seldom a closed one."""

    def acted(city: City, dice: Random) -> object:
        found = Case.objects.order_by("pk")
        ids = list(found.filter(closed_at=None).values_list("pk", flat=True))
        if not ids or dice.random() < 0.05:
            ids = list(found.values_list("pk", flat=True))
        return act(city, holding.held_cases([dice.choice(ids)])[0]) if ids else None

    return acted


def some_cases(dice: Random, **of) -> list[Case]:
    ids = list(Case.objects.filter(**of).order_by("pk").values_list("pk", flat=True))
    return holding.held_cases(dice.sample(ids, min(len(ids), dice.randint(1, 2))))


def calls(city: City, dice: Random) -> None:
    city.somebody_calls(dice.choice(city.services), dice.choice([Impact.DOWN, Impact.DEGRADED]))


def declares(city: City, dice: Random) -> None:
    element = dice.choice([city.node, city.node, city.route, city.other_node])
    named = tuple(service.pk for service in dice.sample(city.services, dice.randint(0, 2)))
    since = dice.choice([None, city.now - timedelta(minutes=20)])
    declaring.declare(None, Declared(element=element, services=named, started_at=since), **done(city))


def proposes(city: City, dice: Random) -> None:
    proposing.propose(
        element=dice.choice([city.node, None]),
        site=None,
        services=[dice.choice(city.services).pk],
        signs={"cases": []},
        started_at=city.now - timedelta(minutes=5),
        origin=Origin.ALERTS,
        now=city.now,
    )


@on_outage(OutageState.PROPOSED)
def confirms(city: City, dice: Random, outage: Outage) -> None:
    element = dice.choice([None, city.node, city.route])
    declaring.declare(outage, Declared(element=element), **done(city))


@on_outage()
def services_come(city: City, dice: Random, outage: Outage) -> None:
    members.add_services(outage, [service.pk for service in dice.sample(city.services, 2)], **done(city))


@on_outage()
def services_go(city: City, dice: Random, outage: Outage) -> None:
    members.take_out(outage, [dice.choice(city.services).pk], "otra red", **done(city))


@on_outage()
def diagnosed(city: City, dice: Random, outage: Outage) -> None:
    for case in Case.objects.filter(part_of=outage, closed_at=None).order_by("pk")[:1]:
        for name in ("ping", "OTDR"):
            holding.held_cases([case.pk])[0].add_test(name, f"{city.now:%H:%M:%S}", Verdict.BAD, **done(city))
    news.diagnose(outage, dice.choice(["fibra cortada", "equipo quemado"]), "empalmar", **done(city))


@on_outage()
def restored(city: City, dice: Random, outage: Outage) -> None:
    apart = [case.pk for case in some_cases(dice, part_of=outage, closed_at=None)] if dice.random() < 0.4 else []
    restoring.restore(outage, "se empalmó", except_cases=apart, **done(city))


@on_outage(OutageState.RESTORED)
def fails_again(city: City, dice: Random, outage: Outage) -> None:
    mine = some_cases(dice, part_of=outage, closed_at=None) if dice.random() < 0.3 else None
    restoring.relapse(outage, "cayó otra vez", cases=mine, **done(city))


def confirmed(city: City, case: Case) -> None:
    tested(case, city.by, city.now)
    case.confirm(WHO, "se empalmó", **done(city))


def stable(city: City, case: Case) -> None:
    for name in ("ping", "OTDR"):
        case.add_test(name, f"bien {city.now:%H:%M:%S}", Verdict.GOOD, **done(city))
    case.stabilise(**done(city))


def goes_on(city: City, case: Case) -> None:
    if standing := case.waits.filter(ended_at=None).first():
        case.go_on(standing, **done(city))


def diagnosed_alone(city: City, case: Case) -> None:
    for name in ("ping", "OTDR"):
        case.add_test(name, f"mal {city.now:%H:%M:%S}", Verdict.BAD, **done(city))
    case.diagnose("equipo del cliente", "ir al sitio", "visit", **done(city))


ACTS: dict[str, Callable[[City, Random], object]] = {
    "calls": calls,
    "declares": declares,
    "proposes": proposes,
    "confirms": confirms,
    "dismisses": on_outage(OutageState.PROPOSED)(lambda c, _d, o: declaring.dismiss(o, "no era", **done(c))),
    "joins": on_outage()(lambda c, d, o: members.join(o, some_cases(d), **done(c))),
    "leaves": on_outage()(lambda c, d, o: members.leave(o, some_cases(d, part_of=o), "no vuelve", **done(c))),
    "services come": services_come,
    "services go": services_go,
    "news": on_outage()(lambda c, _d, o: news.tell(o, {"es": f"a las {c.now:%H:%M}"}, None, **done(c))),
    "diagnosed": diagnosed,
    "restored": restored,
    "restored a while ago": on_outage()(
        lambda c, _d, o: restoring.restore(o, "se empalmó", **a_while_ago(c, o.started_at))
    ),
    "monitoring sees it back": on_outage()(
        lambda c, d, o: restoring.alert_resolved(o, [d.choice(c.services).pk], c.now - timedelta(minutes=1), c.now)
    ),
    "fails again": fails_again,
    "ends": on_outage(OutageState.RESTORED)(lambda c, _d, o: restoring.end(o, **done(c))),
    "ends of itself": lambda c, _d: restoring.end_of_themselves(c.now),
    "case diagnosed alone": on_case(diagnosed_alone),
    "case restored alone": on_case(lambda c, case: case.restore("cambio de equipo", **done(c))),
    "case recovered": on_case(lambda c, case: case.recover("volvió sola", **done(c))),
    "case confirmed": on_case(confirmed),
    "case stable": on_case(stable),
    "case closed": on_case(lambda c, case: case.close("fibra cortada", "se empalmó", **done(c))),
    "case fails again": on_case(lambda c, case: case.relapse("cayó", **done(c))),
    "case cancelled": on_case(lambda c, case: case.cancel("desiste", **done(c))),
    "case escalated": on_case(lambda c, case: case.escalate("otra vez", level=1, source="person", **done(c))),
    "case waits": on_case(lambda c, case: case.wait(ACCESS, **done(c))),
    "case continues separately": on_case(goes_on),
}
FORWARD = (
    *("declares", "calls", "restored", "case confirmed", "case stable", "case closed", "diagnosed"),
    *("case confirmed", "case stable", "case closed", "ends", "joins"),
)
