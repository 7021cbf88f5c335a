"""A story with several cases, each diagnosed after as many minutes as the test says."""

from datetime import datetime, timedelta

from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.customers.customer import Service, Site
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.reports.month import Month
from guardia.reports.promises import Line, ReportFilters, by_kind
from tests.procedure.story import Story

NOVEMBER = ReportFilters(Month(2026, 11))


class Told(Story):
    def diagnosed_after(self, minutes: float) -> Case:
        """Answered after 20 s, registered after 3 min, diagnosed after so many minutes more."""
        self.open_case()
        self.minutes_pass(minutes)
        self.diagnosis()
        return self.case

    def waits_for_the_customer(self, minutes: float) -> None:
        reason = WaitReason(WaitCause.CUSTOMER, "Jefe de Sistemas", "no hay acceso a la sede")
        self.case.wait(reason, by=self.by, at=self.now)
        self.minutes_pass(minutes)
        self.case.go_on(self.case.waits.get(ended_at=None), by=self.by, at=self.now)

    def another_company(self) -> None:
        """From now on the cases are the hospital's."""
        site = Site.objects.create(customer=self.other, name="emergencias", city=self.site.city)
        self.service = Service.objects.create(customer=self.other, site=site, circuit="X-1", folded_circuit="x-1")
        self.head = self.stranger

    def it_is(self, local: datetime) -> None:
        self.now = local

    def later(self, minutes: float) -> datetime:
        return self.now + timedelta(minutes=minutes)

    def line(self, kind: ClockKind, asked: ReportFilters = NOVEMBER) -> Line:
        """The line of one kind of promise now; an empty one if there is none."""
        return next((one for one in by_kind(asked, self.now) if one.kind == kind), Line(kind, None, "", ""))
