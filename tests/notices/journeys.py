"""Cases that together pass through every moment a customer is told about."""

from dataclasses import replace
from datetime import timedelta

from guardia.cases import band_change, calendar_change, common_cause, ledger
from guardia.cases.contesting import Ruling
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import ChangeKind
from guardia.customers.cities import City
from guardia.field.crew import Crew
from guardia.network.element import Element, ServiceElement
from guardia.notices.notice import Notice
from guardia.outages import declaring, members
from guardia.outages.outage import Declared
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import Condition, WaitCause
from tests.procedure.story import Story, staff


def everything_happens(story: Story) -> None:
    """One visit with all its news, waits, a flap and a relapse, then a remote solution confirmed by a supervisor."""
    story.open_case()
    story.minutes_pass(25)
    story.diagnosis("visit", probable=True)
    story.minutes_pass(1)
    story.case.correct_cause("fibra rota por una obra", by=story.by, at=story.now)
    the_visit(story)
    story.minutes_pass(100)
    story.service_is_restored()
    story.minutes_pass(4)
    story.customer_confirms()
    story.minutes_pass(5)
    a_minute_ago = story.now - timedelta(minutes=1)
    story.case.flap("parpadeo del puerto", timedelta(seconds=40), by=story.by, at=a_minute_ago, now=story.now)
    story.minutes_pass(5)
    story.case.relapse("otra vez sin señal", by=story.by, at=story.now)
    solved_remotely(story)


def the_visit(story: Story) -> None:
    by = story.by
    story.minutes_pass(1)
    story.case.change_plan("empalmar con otra cuadrilla", "visit", by=by, at=story.now)
    story.minutes_pass(1)
    people = [{"name": "Técnico Uno", "document": "0100000001"}]
    story.visit_is_agreed(crew=crew("Cuadrilla norte"), people=people, plate="AAA-0001")
    story.minutes_pass(1)
    wait(story, WaitCause.FORCE_MAJEURE, "tormenta")
    it_changes_hands(story, people)
    it_is_held_up_and_goes_on(story)
    story.minutes_pass(10)
    story.case.depart(by=by, at=story.now)
    story.minutes_pass(60)
    story.case.arrive(by=by, at=story.now)
    story.minutes_pass(20)
    story.case.clear_permit(by=by, at=story.now)
    story.minutes_pass(30)
    story.case.leave_site(False, "falta un empalme, se acabó la fibra", by=by, at=story.now)
    story.minutes_pass(5)
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=by, at=story.now)
    story.minutes_pass(5)
    story.case.clear_permit(by=by, at=story.now)


def it_changes_hands(story: Story, people: list[dict[str, str]]) -> None:
    by = story.by
    story.minutes_pass(5)
    agreed = story.agreement(crew=crew("Cuadrilla norte"), people=people)
    changed = replace(agreed, forecast_to=agreed.forecast_to + timedelta(hours=1))
    story.case.change_dispatch(changed, by=by, at=story.now)
    story.minutes_pass(1)
    story.case.send_permit_letter(by=by, at=story.now)
    story.minutes_pass(5)
    story.case.hand_over_visit(crew("Cuadrilla sur"), "la del norte sigue en otra sede", by=by, at=story.now)


def it_is_held_up_and_goes_on(story: Story) -> None:
    by = story.by
    story.minutes_pass(10)
    decided_again_at = story.now + timedelta(hours=1)
    story.case.block(Condition.WEATHER, "tormenta en el páramo", decided_again_at, by=by, at=story.now)
    story.minutes_pass(30)
    story.case.decide_again(decided_again_at + timedelta(hours=1), "sigue la tormenta", by=by, at=story.now)
    story.minutes_pass(30)
    forecast = (story.now + timedelta(hours=1), story.now + timedelta(hours=2))
    story.case.resume_visit(*forecast, by=by, at=story.now)


def crew(name: str) -> Crew:
    return Crew.objects.get_or_create(name=name)[0]


def wait(story: Story, cause: WaitCause, reason: str, minutes: float = 5, **party) -> None:
    why = WaitReason(cause, asked_by="Despacho", reason=reason, proof="boletín 12", **party)
    story.case.wait(why, by=story.by, at=story.now)
    story.minutes_pass(minutes)
    story.case.go_on(story.case.waits.get(ended_at=None), by=story.by, at=story.now)


def solved_remotely(story: Story) -> None:
    story.minutes_pass(3)
    asked_again_at = story.now + timedelta(minutes=30)
    carrier = {"party": "Telco Andina", "party_ticket": "TA-77", "party_promise_at": asked_again_at}
    wait(story, WaitCause.THIRD_PARTY, "revisan su puerto", **carrier)
    story.minutes_pass(1)
    story.case.tell("Seguimos con las pruebas. En media hora le contamos más.", by=story.by, at=story.now)
    story.minutes_pass(1)
    story.diagnosis("remote")
    story.minutes_pass(10)
    story.service_is_restored("se reinició el equipo")
    for _ in range(3):
        story.minutes_pass(1)
        story.case.try_to_confirm("Jefe de Sistemas", "no contesta", by=story.by, at=story.now)
    story.service_is_tested()
    boss = Actor.of_staff(story.supervisor)
    story.case.go_on_unconfirmed("nadie contesta", by=boss, at=story.now)
    story.window_is_green(31)
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.case.close("fibra cortada", "reinicio del equipo", by=story.by, at=story.now)


def it_recovers(story: Story) -> None:
    story.open_case()
    story.minutes_pass(5)
    story.case.recover("los pings responden", by=story.by, at=story.now)


def it_is_withdrawn(story: Story) -> None:
    story.open_case()
    story.minutes_pass(5)
    story.case.cancel("el cliente encontró el cable suelto", by=story.by, at=story.now)


def it_is_no_fault(story: Story) -> None:
    """A3: it turns out to be a request for billing."""
    story.open_case()
    story.minutes_pass(5)
    story.case.transfer("billing", by=story.by, at=story.now, reason="preguntan por una factura")


def a_time_is_disputed(story: Story) -> None:
    """W1, P7, A3, E1: a stop is corrected, contested and ruled on; a decree moves the ruling; the case is escalated."""
    story.open_case()
    story.minutes_pass(5)
    began = story.now
    wait(story, WaitCause.CUSTOMER, "nadie abre la puerta", minutes=10)
    stopped = story.case.waits.get()
    hours = (began, story.now - timedelta(minutes=2))
    story.case.correct_wait(stopped, hours=hours, reason="abrieron antes", by=story.by, at=story.now)
    story.minutes_pass(1)
    story.case.contest([stopped], who="Jefe de Sistemas", words="siempre hubo acceso", by=story.by, at=story.now)
    story.minutes_pass(1)
    monday = story.now.date() + timedelta(days=2)
    calendar_change.announce(ChangeKind.REST, day=monday, reason="Decreto 12", by=story.supervisor, at=story.now)
    calendar_change.follow(story.now)
    story.minutes_pass(1)
    reason, who = "sin avances", "Jefe de Sistemas"
    story.case.escalate(reason, by=story.by, at=story.now, source="customer", asked_by=who)
    story.minutes_pass(1)
    judge = Actor.of_staff(staff("calidad", Role.QUALITY))
    ruling = Ruling(upheld=True, reasons="la bitácora de acceso le da la razón")
    story.case.rule({stopped.pk: ruling}, by=judge, at=story.now)


def the_band_changes(story: Story) -> None:
    """P4.1 to P4.3: the site of an open case belongs to another band from now on."""
    story.open_case()
    story.minutes_pass(1)
    city = City.objects.get(pk=story.site.city_id)
    fields = {"name": city.name, "province": city.province, "zone": city.zone, "band": "remote"}
    fields["band_reason"] = "el puente se cayó"
    band_change.save_city(city, fields, by=story.supervisor, at=story.now)


def notices_to(contact) -> list[Notice]:
    return list(Notice.objects.select_related("case", "contact").filter(contact=contact, state="owed").order_by("pk"))


def it_has_a_common_cause(story: Story) -> None:
    """P D: a case joins an outage that was declared late, leaves it, another joins; both lie within planned work."""
    element = Element.objects.create(
        code="NODO-9", folded_code="nodo-9", name="Nodo 9", kind="node", city=story.site.city
    )
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=element)
    story.open_case()
    story.minutes_pass(1)
    back = story.now + timedelta(hours=2)
    outage = declaring.declare(None, Declared(element=element, forecast_at=back), by=story.by, at=story.now)
    story.minutes_pass(1)
    members.leave(outage, [story.case], "otra causa", by=story.by, at=story.now)
    story.minutes_pass(1)
    members.join(outage, [story.case], by=story.by, at=story.now)
    work = PlannedWork.objects.create(
        number=9,
        name="Cambio de tarjeta",
        public_name={"es": "Cambio de tarjeta", "en": "Change of a card", "pt": "Troca de placa"},
        state=WorkState.UNDER_WAY,
        zone="America/Guayaquil",
        starts_at=story.now - timedelta(hours=1),
        ends_at=story.now + timedelta(minutes=1),
        notice_hours=72,
        again_hours=24,
        procedure_version=story.version,
        created_at=story.now,
        created_by=story.engineer,
    )
    for variant in ("inside", "overran"):
        story.minutes_pass(1)
        ledger.record([common_cause.within(story.case, work, variant, story.by, story.now)], story.now)
