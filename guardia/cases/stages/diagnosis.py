"""P3 Diagnosis: many tests, a cause (it may be probable) and a plan, within twenty minutes."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import probing
from guardia.cases.refusals import TooFewTests
from guardia.cases.verbs import Event, Recording, need, to_the_minute
from guardia.evidence.test_result import TestResult, Verdict
from guardia.people.staff import Actor, ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

REMOTE, VISIT = "remote", "visit"


class Diagnosis(Recording):
    def add_test(
        self: "Case",
        name: str,
        result: str,
        verdict: Verdict,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        measured: bool = False,
    ) -> Event:
        """Put a test on record: what was measured and at what hour (P3, P5, P6). The same test twice is one.

        ``measured``: by Guardia itself, at somebody's wish; else what a person puts on record was typed by hand.
        """
        self.must_be_open()
        self.must_be_an_incident()
        name = need("P3", "name", name, _("which test it is"))
        result = need("P3", "result", result, _("what it measured"))
        texts = {"name": name, "result": result}
        if said := self.said_already(Moment.TESTED, by=by, at=at, texts=texts, verdict=verdict.value):
            return said
        test = TestResult.objects.create(
            customer_id=self.customer_id,
            case=self,
            service_id=self.service_id,
            stage=self.stage,
            name=name,
            result=result,
            verdict=verdict,
            measured_at=at,
            typed=by.kind == ActorKind.STAFF and not measured,
        )
        data = {"test": test.pk, "verdict": verdict.value, **({"typed": True} if test.typed else {})}
        return self.write(Moment.TESTED, by=by, at=at, now=now, data=data, texts=texts)

    def diagnose(
        self: "Case",
        cause: str,
        plan: str,
        plan_kind: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        probable: bool = False,
    ) -> Event:
        """Record cause and plan; execution follows and P3's notice is owed.

        ``plan_kind`` is ``remote`` or ``visit``. The same diagnosis twice is one. Raises NotInThisStage, Missing,
        TooFewTests.
        """
        cause, plan = cause.strip(), plan.strip()
        if self.stage == Stage.EXECUTION and (self.cause, self.plan, self.plan_kind) == (cause, plan, plan_kind):
            return self.latest(Moment.DIAGNOSED)  # type: ignore[return-value]
        self.must_be_in(Stage.DIAGNOSIS)
        self.must_not_precede(at, self.began_at())
        self.cause = need("P3", "cause", cause, _("the cause"))
        self.plan = need("P3", "plan", plan, _("the solution plan"))
        self.must_have_tests(at)
        self.plan_kind, self.cause_is_probable = plan_kind, probable
        if plan_kind == REMOTE:
            self.end_visit(at)
        self.stage = Stage.EXECUTION.value
        texts = {"cause": cause, "plan": plan}
        data = {"probable": probable, **self.must_not_be_agreed_yet()}
        return self.write(Moment.DIAGNOSED, variant=plan_kind, by=by, at=at, now=now, data=data, texts=texts)

    def recover(self: "Case", how: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The service came back by itself: from P3 straight to P5 (P3 D)."""
        if self.stage == Stage.VERIFICATION and (event := self.latest(Moment.RECOVERED)):
            return event
        self.must_be_in(Stage.DIAGNOSIS)
        self.must_not_precede(at, self.began_at())
        how = need("P3", "how", how, _("how it is known that the service is back"))
        self.solution = how
        self.end_visit(at)
        self.back_in_service(at)
        written = self.write(Moment.RECOVERED, by=by, at=at, now=now, texts={"solution": how})
        probing.at_verification(self, now or at)
        return written

    def must_have_tests(self: "Case", at: datetime) -> None:
        """Raises TooFewTests (P3: "múltiples pruebas")."""
        needed = versions.of(self.procedure_version_id).requirements.tests_to_diagnose
        since = to_the_minute(self.began_at())
        found = self.tests.filter(measured_at__lte=at, measured_at__gte=since).count()
        if found < needed:
            raise TooFewTests(needed=needed, found=found)
