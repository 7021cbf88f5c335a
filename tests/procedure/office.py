"""The words of the sales and billing desks for the tests of the procedure; hours are UTC, five behind in Ecuador."""

from datetime import UTC, datetime, timedelta

from guardia.calls.call import Call
from guardia.cases import calendar_change, rebuild
from guardia.cases.case import Case
from guardia.cases.stages import reception
from guardia.cases.stages.administrative import Ask
from guardia.cases.stages.registration import Report
from guardia.people.staff import Actor, Role
from guardia.procedure.vocabulary import Impact
from tests.procedure.story import Story, staff

FRIDAY = datetime(2026, 11, 27, 22, 29, tzinfo=UTC)  # 17:29 in Ecuador, a minute before the desks close
MONDAY = datetime(2026, 11, 30, 13, 30, tzinfo=UTC)  # 08:30, when they open
TUESDAY = MONDAY + timedelta(days=1)
INVOICE = "La factura de noviembre cobra dos veces el mismo enlace."


class Office:
    """The desks around a story: who asks, and who answers; every act happens at the story's hour."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.biller = staff("facturacion1", Role.BILLING)
        self.seller = staff("ventas1", Role.SALES)
        self.by = Actor.of_staff(self.biller)

    def rings(self, desk: str = "billing", line: str = "024004040/3") -> Call:
        """A call on the line of this desk, answered at once."""
        story = self.story
        hours = {"arrived_at": story.now, "waiting_at": story.now}
        call = Call.objects.create(
            from_number="+593725550148", line=line, desk=desk, procedure_version=story.version, **hours
        )
        reception.keep_clocks(call, story.now)
        return reception.answer(call, by=story.engineer, at=story.now)

    def asks(self, desk: str = "billing", text: str = INVOICE, **more) -> Ask:
        return Ask(self.story.bank, desk, text, reporter=self.story.head, **more)

    def takes(self, desk: str = "billing", call: Call | None = None, **more) -> Case:
        story = self.story
        known = {key: more.pop(key) for key in ("fields", "details", "service", "text", "subject") if key in more}
        case = Case.take(self.asks(desk, **known), by=story.by, at=story.now, call=call, **more)
        story.number = case.number
        return case

    def answers(self, text: str = "Revisamos la factura con su contrato."):
        return self.story.case.answer_request(text, by=self.by, at=self.story.now)

    def solves(self, text: str = "Emitimos una nota de crédito."):
        return self.story.case.solve_request(text, by=self.by, at=self.story.now)

    def passes(self, to: str, **more):
        return self.story.case.transfer(to, by=self.story.by, at=self.story.now, reason="es de otra área", **more)

    def to_technical(self, impact: Impact = Impact.DOWN, **more):
        report = Report(self.story.service, "El enlace está caído", impact)
        return self.passes("technical", report=report, **more)


def follow(story: Story) -> int:
    """The worker goes on until everything has followed the calendar."""
    looked = 0
    while found := calendar_change.follow(story.now):
        looked += found
    return looked


def is_whole() -> bool:
    """Every clock, escalation and owed call is what the events say."""
    return list(rebuild.rebuild()) == []
