"""What may happen to a visit in any order, in time or told late, for the tests of what always holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from guardia.field.crew import Crew
from guardia.procedure.vocabulary import Condition
from tests.procedure.story import Story

PARTS = [{"name": "transceptor SFP", "quantity": 1, "serial": "FN-2210"}]


def soon(story: Story, hours: float = 1.0) -> tuple:
    return story.now + timedelta(hours=hours), story.now + timedelta(hours=hours + 2)


def done(story: Story) -> dict:
    return {"by": story.by, "at": story.now}


def a_while_ago(story: Story) -> dict:
    """Told late: seven minutes ago, or when the case was opened."""
    return {"by": story.by, "at": max(story.now - timedelta(minutes=7), story.case.opened_at), "now": story.now}


def crew(name: str) -> Crew:
    return Crew.objects.get_or_create(name=name)[0]


def blocked(story: Story, **more) -> None:
    decided = story.now + timedelta(hours=2)
    story.case.block(Condition.RIVER, "el río subió", decided, **done(story), **more)


def changed(story: Story) -> None:
    forecast_from, forecast_to = soon(story, 2)
    agreement = story.agreement(people=[{"name": "Técnica Uno", "document": "0100000017"}])
    changed_ = replace(agreement, forecast_from=forecast_from, forecast_to=forecast_to)
    story.case.change_dispatch(changed_, **done(story))


FIELD: dict[str, Callable[[Story], object]] = {
    "decided": lambda s: s.case.decide_dispatch(**done(s)),
    "agreed": lambda s: s.visit_is_agreed(crew=crew("norte")),
    "changed": changed,
    "handed over": lambda s: s.case.hand_over_visit(crew("sur"), "relevo", **done(s)),
    "handed back": lambda s: s.case.hand_over_visit(crew("norte"), "relevo", **done(s)),
    "letter": lambda s: s.case.send_permit_letter(**done(s)),
    "departed": lambda s: s.case.depart(**done(s)),
    "departed a while ago": lambda s: s.case.depart(**a_while_ago(s), source="field"),
    "arrived": lambda s: s.case.arrive(**done(s), place="-0.18012, -78.48231 ±12 m"),
    "arrived a while ago": lambda s: s.case.arrive(**a_while_ago(s), source="radio"),
    "permit cleared": lambda s: s.case.clear_permit(**done(s)),
    "blocked": blocked,
    "blocked with the clock": lambda s: blocked(s, stops_clock=True, asked_by="Cuadrilla"),
    "decided again": lambda s: s.case.decide_again(soon(s, 3)[0], "sigue crecido", **done(s)),
    "resumed": lambda s: s.case.resume_visit(*soon(s), **done(s)),
    "resumed until": lambda s: s.case.resume_visit(*soon(s), next_decision_at=soon(s, 4)[0], **done(s)),
    "parts": lambda s: s.case.use_parts(PARTS, **done(s)),
    "signed": lambda s: s.case.sign_visit("Encargada", "Administración", **done(s)),
    "left unfinished": lambda s: s.case.leave_site(False, "falta fibra", **done(s)),
    "left unfinished a while ago": lambda s: s.case.leave_site(False, "falta fibra", **a_while_ago(s)),
    "left": lambda s: s.case.leave_site(True, **done(s)),
    "restored": lambda s: s.service_is_restored(),
    "restored a while ago": lambda s: s.case.restore("empalme", **a_while_ago(s)),
    "confirmed": lambda s: s.customer_confirms(),
    "relapsed": lambda s: s.case.relapse("cayó", **done(s)),
    "diagnosed": lambda s: s.diagnosis("visit"),
    "remotely": lambda s: s.case.change_plan("desde la consola", "remote", **done(s)),
    "by a visit": lambda s: s.case.change_plan("empalmar", "visit", **done(s)),
    "recovered": lambda s: s.case.recover("volvió sola", **done(s)),
    "cancelled": lambda s: s.case.cancel("desiste", **done(s)),
}
