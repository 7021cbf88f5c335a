"""Random verbs of a NOC's weeks: calls, cases, visits, waits, told late, contested, decreed and withdrawn.

`recount` is written from the procedure's own words and knows nothing of the product. A `Walk` does things to both; its
`compare` fails where a promise of a call or case has another beginning, due hour, end, verdict or breach in the two.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from django.db import transaction

from guardia.calls.call import Call
from guardia.cases import calendar_change, call_tasks, case_proofs, queries, sweep, voice
from guardia.cases.case import Case
from guardia.cases.contesting import Ruling
from guardia.cases.refusals import Refused
from guardia.cases.stages import reception
from guardia.cases.stages.administrative import Ask
from guardia.cases.stages.field_work import Agreement
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.clocks.clock import Clock
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Service, Site
from guardia.escalation.escalation import CallTask
from guardia.evidence.test_result import Verdict
from guardia.people.staff import Actor, ActorKind, Role
from guardia.procedure.vocabulary import Condition, Impact, WaitCause
from guardia.reports.report_history import company_history
from tests.clocks import recount
from tests.procedure.nights import Night
from tests.procedure.story import Story, staff

THURSDAY = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)  # 09:00 in Ecuador
OPEN_AT_ONCE = 6
BANDS = ("main", "intermediate", "remote")
Step = list[tuple[str, datetime, dict]]


class Walk:
    """A NOC whose people do what the dice say; what they did is told to the second count in plain words."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.story = Story()
        self.story.now = THURSDAY
        self.night = Night(self.story)
        Contact.objects.update(email_independent=False)  # P D: its news is told by voice
        self.by, self.boss = self.story.by, Actor.of_staff(self.story.supervisor)
        self.judge = Actor.of_staff(staff("calidad", Role.QUALITY))
        self.year = recount.Year()
        self.calls: dict[int, recount.Life] = {}
        self.lives: dict[int, recount.Life] = {}
        self.said: dict[int, recount.Announcement] = {}
        self.blocked: dict[int, int] = {}
        self.cities = {
            band: City.objects.create(name=f"Ciudad {band}", province=f"Provincia {band}", band=band) for band in BANDS
        }
        self.places = self.done = self.verbs = 0

    # --- time and chance ---
    @property
    def now(self) -> datetime:
        return self.story.now

    def time_passes(self) -> None:
        """Minutes, mostly; seldom a night. The worker lives most of the time, and looks as often as it likes."""
        far = self.dice.random()
        minutes = self.dice.uniform(120, 900) if far < 0.02 else self.dice.uniform(20, 90) if far < 0.07 else None
        minutes = minutes or self.dice.expovariate(1 / 4)
        until = self.now + timedelta(minutes=minutes)
        while self.dice.random() < 0.1 and self.now < until:
            self.story.now = min(until, self.now + (until - self.now) * self.dice.random())
            self.worker_looks()
        self.story.now = until.replace(microsecond=0)
        if self.dice.random() < 0.4:
            self.worker_looks()

    def worker_looks(self) -> None:
        for _ in range(20):
            if not sweep.sweep(self.now):
                break
        self.second_looks()
        if self.dice.random() < 0.8:
            self.worker_follows()

    def worker_follows(self) -> None:
        while calendar_change.follow(self.now):
            pass
        self.second_looks()

    def second_looks(self) -> None:
        for life in self.lives.values():
            if life.open:
                life.step(self.now)

    def goes_on(self, verbs: int) -> None:
        """Time passes, and somebody does something, that many times."""
        until = self.verbs + verbs
        while self.verbs < until:
            self.time_passes()
            self.somebody_does_something()

    def history(self) -> bytes:
        """The file that the company downloads: *Mi empresa*, the history of all its cases."""
        return b"".join(company_history(self.story.bank.pk, self.story.bank.name, self.now, "es"))

    def somebody_does_something(self) -> None:
        """A verb of those that are possible now."""
        before, verbs = self.written(), self.verbs
        while self.written() == before:
            (act,) = self.dice.choices(list(ACTS), weights=list(ACTS.values()))
            getattr(self, act)()
        self.verbs = max(self.verbs, verbs + 1)

    def written(self) -> int:
        lives = [*self.lives.values(), *self.calls.values()]
        withdrawn = sum(1 for said in self.said.values() if said.until)
        return sum(len(life.log) for life in lives) + len(self.said) + withdrawn

    def late(self) -> dict[str, datetime]:
        """When it happened, and when it is written down: often at once, sometimes told late."""
        lag = self.dice.choice([0, 0, 0, 1, 4, 12, 25, 50]) if self.dice.random() < 0.5 else 0
        return {"at": self.now - timedelta(minutes=lag), "now": self.now}

    # --- the cases ---
    def case(self, of: Callable[[Case], bool] = lambda case: True) -> Case | None:
        cases = [case for case in Case.objects.filter(closed_at=None).order_by("pk") if of(case)]
        if not cases:
            return None
        return self.locked(self.dice.choice(cases).pk)

    def locked(self, pk: int) -> Case:
        found = queries.named_case(str(queries.number_of(pk)), locked=True)
        assert found
        return found

    def place(self) -> Service:
        """A site of its own: cases of one site share a page, which is another rule (ADR 10)."""
        self.places += 1
        band = self.dice.choice(BANDS)
        site = Site.objects.create(
            customer=self.story.bank, name=f"agencia {self.places}", city=self.cities[band], access_hours="24 horas"
        )
        circuit = f"ENL-{self.places:04d}-X"
        return Service.objects.create(
            customer=self.story.bank, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
        )

    def do(
        self,
        case: Case | None,
        verb: str | Callable,
        *args,
        steps: list[Step] | None = None,
        moves: bool = True,
        **named,
    ) -> bool:
        """The verb of the product, and what it was told to the second count where something was written."""
        assert case is not None
        when = {"at": named.pop("at"), "now": named.pop("now", self.now)}
        by = named.pop("by", self.by)
        before = case.seq
        try:
            with transaction.atomic():
                told = partial(verb, case) if callable(verb) else getattr(case, verb)
                told(*args, by=by, **when, **named)
        except Refused:
            return False
        if Case.objects.get(pk=case.pk).seq == before:
            return False
        self.verbs += 1
        life = self.lives[case.pk]
        for step in steps or []:
            if moves:
                life.moving = step[-1][1]
            life.step(self.now, *step)
        return True

    # --- P1, P2, L4 ---
    def a_call_rings(self) -> None:
        line = self.dice.choice(["1800400404", "1800400404", "024004040/3"])
        self.done += 1
        call = reception.ring(
            from_number=f"+59372555{self.done:04d}", line=line, version=self.story.version, at=self.now
        )
        life = self.calls[call.pk] = recount.Life(self.year)
        life.request = call.desk != "technical"
        life.step(self.now, ("rang", self.now, {}))

    def a_call(self, **of) -> Call | None:
        pks = list(Call.objects.filter(settled_at=None, **of).order_by("pk").values_list("pk", flat=True))
        return reception.locked(self.dice.choice(pks)) if pks else None

    def a_call_is_answered(self) -> None:
        if call := self.a_call(answered_at=None, abandoned_at=None):
            reception.answer(call, by=self.story.engineer, at=self.now)
            self.calls[call.pk].step(self.now, ("answered", self.now, {}))

    def a_caller_hangs_up(self) -> None:
        if call := self.a_call(answered_at=None, abandoned_at=None, desk="technical"):
            reception.abandon(call, at=self.now)
            self.calls[call.pk].step(self.now, ("abandoned", self.now, {}))

    def a_caller_is_reached(self) -> None:
        if call := self.a_call(abandoned_at__isnull=False, reached_at=None):
            reception.reach(call, by=self.story.engineer, at=self.now)
            self.calls[call.pk].step(self.now, ("reached", self.now, {}), ("answered", self.now, {}))

    def a_call_was_no_fault(self) -> None:
        if call := self.a_call(answered_at__isnull=False, desk="technical"):
            reception.settle(call, as_="not_a_fault", at=self.now)
            self.calls[call.pk].step(self.now, ("settled", self.now, {"joined": False}))

    def somebody_reports(self) -> None:
        """By a call that was answered, or in writing some minutes ago."""
        if Case.objects.filter(closed_at=None).count() >= OPEN_AT_ONCE:
            return
        call = self.a_call(answered_at__isnull=False)
        received = None if call else self.now - timedelta(minutes=self.dice.choice([0, 1, 3, 6, 40, 400]))
        for_desk = call.desk != "technical" if call else self.dice.random() < 0.4
        life = self.calls.pop(call.pk) if call else recount.Life(self.year)
        came = {"call": call} if call else {"received_at": received, "source": "mail"}
        words = f"reporte {self.done} {self.places}"
        first: Step = [] if call else [("received", received, {})]
        since = (call.waiting_at or call.arrived_at) if call else received
        if for_desk:
            ask = Ask(
                self.story.bank, "billing", words, reporter=self.story.head, is_complaint=self.dice.random() < 0.2
            )
            case = Case.take(ask, by=self.by, at=self.now, **came)
            life.request = True
            last = ("taken", self.now, {"since": since, "complaint": ask.is_complaint})
        else:
            report = Report(self.place(), words, Impact.DOWN, reporter=self.story.head)
            case = Case.register(report, by=self.by, at=self.now, engineer=self.story.engineer, **came)
            last = ("registered", self.now, {"band": case.band})
        self.lives[case.pk] = life
        life.is_case = True
        life.step(self.now, *first, last)

    # --- P3 to P7 ---
    def test(self, case: Case, verdict: Verdict, **when) -> bool:
        self.done += 1
        step = [("noted", when["at"], {})]
        return self.do(case, "add_test", "ping", f"{self.done} ms", verdict, steps=[step], **when)

    def tests(self, case: Case, verdict: Verdict, when: dict) -> None:
        for _ in range(2):
            self.test(self.locked(case.pk), verdict, **when)

    def is_tested(self) -> None:
        if case := self.case(is_incident):
            self.test(case, self.dice.choice([Verdict.GOOD, Verdict.BAD]), **self.late())

    def is_diagnosed(self) -> None:
        if case := self.case(in_stage("diagnosis")):
            when, visit = self.late(), self.dice.random() < 0.6
            self.tests(case, Verdict.BAD, when)
            step = [("diagnosed", when["at"], {"visit": visit})]
            kind = "visit" if visit else "remote"
            self.do(self.locked(case.pk), "diagnose", f"causa {self.done}", "empalmar", kind, steps=[step], **when)

    def comes_back_by_itself(self) -> None:
        if case := self.case(in_stage("diagnosis")):
            when = self.late()
            self.do(case, "recover", "volvió sola", steps=[[("recovered", when["at"], {})]], **when)

    def cause_is_corrected(self) -> None:
        if case := self.case(in_stage("execution", "verification", "stability")):
            when = self.late()
            step = [("cause_corrected", when["at"], {})]
            self.do(case, "correct_cause", f"otra causa {self.done}", steps=[step], **when)

    def plan_changes(self) -> None:
        if case := self.case(in_stage("execution")):
            when, visit = self.late(), self.dice.random() < 0.6
            step = [("plan_changed", when["at"], {"visit": visit})]
            self.do(case, "change_plan", f"plan {self.done}", "visit" if visit else "remote", steps=[step], **when)

    def crew_is_to_be_sent(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            self.do(case, "decide_dispatch", steps=[[("dispatch_decided", when["at"], {})]], **when)

    def decision(self, at: datetime, needed: bool = True) -> datetime | None:
        wanted = needed or self.dice.random() < 0.3
        return at + timedelta(minutes=self.dice.choice([55, 90, 200])) if wanted else None

    def agreement(self, case: Case, at: datetime) -> tuple[Agreement, datetime | None]:
        decision = self.decision(at, case.band == "remote")
        forecast = {"forecast_from": at + timedelta(hours=1), "forecast_to": at + timedelta(hours=3 + self.done % 7)}
        who = {"operator": "Despacho", "customer": "Jefe", "site_contact": "Portería", "access": "24 horas"}
        return Agreement(**who, **forecast, next_decision_at=decision), decision

    def visit_is_resumed_first(self, case: Case, at: datetime) -> list[Step]:
        """What was stopped with the visit that was held up goes on before its next step (P4.3, W1)."""
        wait = self.blocked.get(case.pk)
        held = case.waits.filter(pk=wait, ended_at=None).first() if wait else None
        return [[("wait_ended", max(at, held.started_at), {"wait": wait})]] if held else []

    def visit_is_agreed(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            agreed, decision = self.agreement(case, when["at"])
            visit = case.open_visit()
            first = self.visit_is_resumed_first(case, when["at"]) if visit and visit.blocked_at else []
            step = [("agreed", when["at"], {"decision": decision})]
            self.do(case, "agree", agreed, steps=[*first, step], **when)

    def visit_is_agreed_anew(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            agreed, decision = self.agreement(case, when["at"])
            step = [("dispatch_changed", when["at"], {})]
            step += [("decision_set", when["at"], {"decision": decision})] if decision else []
            self.do(case, "change_dispatch", agreed, steps=[step], **when)

    def crew_moves(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            verb, what = self.dice.choice(
                [
                    ("depart", "departed"),
                    ("arrive", "arrived"),
                    ("arrive", "arrived"),
                    ("clear_permit", "permit_cleared"),
                ]
            )
            first = self.visit_is_resumed_first(case, when["at"]) if verb != "clear_permit" else []
            self.do(case, verb, steps=[*first, [(what, when["at"], {})]], **when)

    def visit_is_held_up(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when, stops = self.late(), self.dice.random() < 0.6
            decision = self.decision(when["at"])
            self.done += 1
            known, kinds = set(case.waits.values_list("pk", flat=True)), self.life(case).may_wait("force_majeure")
            held = [("blocked", when["at"], {}), ("decision_set", when["at"], {"decision": decision})]
            words = {"stops_clock": stops, "asked_by": "Despacho", "proof": "foto"}
            before = case.seq
            self.do(case, "block", Condition.WEATHER, f"lluvia {self.done}", decision, **words, **when)
            if Case.objects.get(pk=case.pk).seq == before:
                return
            life = self.lives[case.pk]
            stopped = case.events.filter(moment="blocked").latest("seq").data.get("stopped_by")
            if stopped:
                self.blocked[case.pk] = stopped
            if stopped and stopped not in known:
                begun = {"wait": stopped, "cause": "force_majeure", "kinds": kinds}
                life.moving = when["at"]
                life.step(self.now, ("wait_started", when["at"], begun))
            life.moving = when["at"]
            life.step(self.now, *held)

    def is_decided_again(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            decision = self.decision(when["at"])
            self.done += 1
            step = [("decision_set", when["at"], {"decision": decision})]
            self.do(case, "decide_again", decision, f"aún no {self.done}", steps=[step], **when)

    def visit_goes_on(self) -> None:
        if case := self.case(in_stage("diagnosis", "execution")):
            when = self.late()
            at = when["at"]
            decision = self.decision(at, needed=False)
            steps = [*self.visit_is_resumed_first(case, at), [("resumed", at, {"decision": decision})]]
            hours = (at + timedelta(hours=1), at + timedelta(hours=2))
            self.do(case, "resume_visit", *hours, next_decision_at=decision, steps=steps, **when)

    def crew_leaves(self) -> None:
        if case := self.case(is_incident):
            when, finished = self.late(), self.dice.random() < 0.4
            step = [("left", when["at"], {"finished": finished})]
            self.do(case, "leave_site", finished, "falta un repuesto", steps=[step], **when)

    def is_restored(self) -> None:
        if case := self.case(in_stage("execution")):
            when = self.late()
            self.do(case, "restore", "se empalmó", steps=[[("restored", when["at"], {})]], **when)

    def is_confirmed(self) -> None:
        if case := self.case(in_stage("verification", "stability")):
            when = self.late()
            self.tests(case, Verdict.GOOD, when)
            step = [("confirmed", when["at"], {})]
            who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "07 555 0148")
            self.do(self.locked(case.pk), "confirm", who, "se empalmó", steps=[step], **when)

    def nobody_confirms(self) -> None:
        if case := self.case(in_stage("verification")):
            when = self.late()
            for turn in range(3):
                words = ("Jefe de Sistemas", f"no contesta {self.done} {turn}")
                self.do(self.locked(case.pk), "try_to_confirm", *words, steps=[[("noted", when["at"], {})]], **when)
            self.tests(case, Verdict.GOOD, when)
            step = [("confirmed", when["at"], {})]
            self.do(self.locked(case.pk), "go_on_unconfirmed", "nadie", steps=[step], **when | {"by": self.boss})

    def flaps(self) -> None:
        if case := self.case(in_stage("stability")):
            lasted, at = timedelta(seconds=40), self.now - timedelta(minutes=2)
            step = [("noted", at, {})]
            words = f"micro corte {self.done}"
            self.do(case, "flap", words, lasted, steps=[step], moves=False, at=at, now=self.now)

    def is_stable(self) -> None:
        if case := self.case(in_stage("stability")):
            when = {"at": self.now, "now": self.now}
            self.tests(case, Verdict.GOOD, when)
            self.do(self.locked(case.pk), "stabilise", steps=[[("stabilised", self.now, {})]], **when)

    def is_closed(self) -> None:
        if case := self.case(in_stage("closure")):
            when = {"at": self.now, "now": self.now}
            step = [("closed", self.now, {})]
            self.do(case, "close", "fibra cortada", "se empalmó", steps=[step], moves=False, **when)

    def fails_again(self) -> None:
        if case := self.case(in_stage("verification", "stability", "closure")):
            when = self.late()
            step = [("relapsed", when["at"], {})]
            self.do(case, "relapse", f"cayó {self.done}", steps=[step], moves=False, **when)

    def a_contact_says_it_is_not_so(self) -> None:
        """P5: what was confirmed by word is denied, also after the closing."""
        case = self.any_case()
        if case is None or self.lives[case.pk].request:
            return
        before = case.seq
        try:
            with transaction.atomic():
                case_proofs.deny(case, self.story.head, at=self.now)
        except Refused:
            return
        if Case.objects.get(pk=case.pk).seq > before:
            self.lives[case.pk].step(self.now, ("relapsed", self.now, {}))

    def is_opened_again(self) -> None:
        """P7 D: the fault of a closed case is back, or was never gone; we say so, or a contact."""
        closed = list(Case.objects.filter(closed_at__isnull=False, status="closed", desk="technical").order_by("pk"))
        if not closed:
            return
        case = self.locked(self.dice.choice(closed).pk)
        since = case.restored_at + (self.now - case.restored_at) * self.dice.random()
        by = self.dice.choice([self.by, self.boss, Actor(ActorKind.CONTACT, self.story.head.pk)])
        step = [("relapsed", self.now, {})]
        words = {"since": self.dice.choice([None, since, case.restored_at]), "by": by}
        self.do(case, "reopen", f"otra vez {self.done}", **words, steps=[step], moves=False, at=self.now)

    def was_opened_again_by_mistake(self) -> None:
        if case := self.case(in_stage("diagnosis")):
            step = [("undone", self.now, {})]
            self.do(case, "close_as_mistaken", f"era otro {self.done}", steps=[step], moves=False, at=self.now)

    def is_withdrawn(self) -> None:
        if case := self.case():
            when = {"at": self.now, "now": self.now}
            self.do(case, "cancel", "por error", steps=[[("cancelled", self.now, {})]], moves=False, **when)

    def customer_is_told(self) -> None:
        if case := self.case():
            self.done += 1
            before = case.seq
            case.tell(f"seguimos {self.done}", by=self.by, at=self.now)
            if Case.objects.get(pk=case.pk).seq != before:
                life = self.lives[case.pk]
                life.moving = self.now
                life.step(self.now, ("told", self.now, {}))

    # --- W1, P7 D ---
    def life(self, case: Case) -> recount.Life:
        life = self.lives[case.pk]
        life.desk_opens(self.now)
        return life

    def reason(self, cause: str, at: datetime, **more) -> WaitReason:
        self.done += 1
        party = {}
        if cause == "third_party":
            promise = at + timedelta(minutes=self.dice.choice([70, 100, 300]))
            party = {"party": f"Carrier {self.dice.randint(1, 2)}", "party_ticket": "T-1", "party_promise_at": promise}
        return WaitReason(WaitCause(cause), "Portería", f"motivo {self.done}", "llamada", **party | more)

    def hour(self) -> datetime:
        return self.now + timedelta(minutes=self.dice.choice([5, 20, 45, 90, 180, 400, 1500]))

    def hour_is_agreed(self) -> None:
        """By the customer who rings, at first or once more."""
        if case := self.case(in_stage("diagnosis", "execution", "verification")):
            when, hour = self.late(), self.hour()
            steps = [[("hour", when["at"], {"hour": hour})]]
            self.do(case, voice.agree_on_hour, hour, "Jefe de Sistemas", steps=steps, moves=False, **when)

    def hour_is_withdrawn(self) -> None:
        if case := self.case(is_incident):
            when = {"at": self.now, "now": self.now}
            self.do(case, voice.withdraw_hour, steps=[[("hour", self.now, {"hour": None})]], moves=False, **when)

    def company_is_rung(self) -> None:
        """Somebody answers, and may ask to be rung at an hour; or nobody does."""
        case = self.case(lambda case: call_tasks.voice_owed_for(case.pk) is not None)
        if case is None:
            return
        when, task = self.late(), call_tasks.voice_owed_for(case.pk)
        answers, hour = self.dice.random() < 0.7, self.hour() if self.dice.random() < 0.4 else None
        step: Step = [("rung" if answers else "noted", when["at"], {})]
        step += [("hour", when["at"], {"hour": hour})] if answers and hour else []
        outcome, whom = ("answered", "Jefe de Sistemas") if answers else ("not_answered", "")
        said = {"outcome": outcome, "whom": whom, "again_at": hour}
        self.do(case, voice.record_voice_call, task, **said, steps=[step], moves=False, **when)

    def clock_is_stopped(self) -> None:
        if case := self.case():
            when, cause = self.late(), self.dice.choice(["customer", "customer", "third_party", "force_majeure"])
            life = self.life(case)
            allowed = sorted(life.may_wait(cause))
            kinds = {self.dice.choice(allowed)} if allowed and self.dice.random() < 0.4 else set(allowed)
            why = self.reason(cause, when["at"], clocks=sorted(kinds) if kinds != set(allowed) else ())
            known = set(case.waits.values_list("pk", flat=True))
            self.do(case, "wait", why, **when)
            new = case.waits.exclude(pk__in=known).first()
            if new:
                more = {"wait": new.pk, "cause": cause, "kinds": kinds, "promised": why.party_promise_at}
                life.moving = when["at"]
                life.step(self.now, ("wait_started", when["at"], more))
                self.chased(life, when["at"])

    def clock_was_stopped(self) -> None:
        """Told when it is over."""
        if case := self.case():
            cause = self.dice.choice(["customer", "third_party", "force_majeure"])
            until = self.now - timedelta(minutes=self.dice.uniform(0, 20))
            at = until - timedelta(minutes=self.dice.uniform(0, 40))
            life = self.life(case)
            kinds = life.ran_between(cause, at, until)
            more = {"until": until, "party_promise_at": None}
            known = set(case.waits.values_list("pk", flat=True))
            self.do(case, "wait", self.reason(cause, at, **more), at=at, now=self.now)
            if new := case.waits.exclude(pk__in=known).first():
                life.moving = until
                about = {"wait": new.pk, "cause": cause, "kinds": kinds, "until": until}
                life.step(self.now, ("waited", at, about))
                self.chased(life, self.now)

    def chased(self, life: recount.Life, at: datetime) -> None:
        if found := life.to_chase():
            life.moving = at
            life.step(self.now, ("promised", at, found))

    def clock_goes_on(self) -> None:
        if (case := self.case()) and (wait := self.a_wait(case, ended_at=None)):
            when, life = self.late(), self.life(case)
            step = [("wait_ended", when["at"], {"wait": wait.pk})]
            if self.do(case, "go_on", wait, steps=[step], **when):
                self.chased(life, when["at"])

    def a_wait(self, case: Case, **of):
        waits = list(case.waits.filter(**of).order_by("pk"))
        return self.dice.choice(waits) if waits else None

    def party_promises(self) -> None:
        if (case := self.case()) and (wait := self.a_wait(case, ended_at=None, cause="third_party")):
            when, life = self.late(), self.life(case)
            promise = when["at"] + timedelta(minutes=self.dice.choice([65, 95, 200]))
            step = [("promised", when["at"], {"wait": wait.pk, "promise": promise})]
            if self.do(case, "third_party_promised", wait, promise, steps=[step], **when):
                self.chased(life, when["at"])

    def wait_is_corrected(self) -> None:
        if (case := self.case()) and (wait := self.a_wait(case)):
            life = self.life(case)
            since = wait.started_at + timedelta(minutes=self.dice.uniform(-10, 10))
            until = (
                since + timedelta(minutes=self.dice.uniform(0, 60))
                if wait.ended_at or self.dice.random() < 0.5
                else None
            )
            hours = (since, until) if self.dice.random() < 0.7 else None
            stood, at = life.waits[wait.pk], self.now
            kinds = set(wait.clocks) or stood.at_first
            steps: Step = []
            if wait.ended_at is None and (hours is None or until is not None):
                end = until if hours else wait.started_at
                steps.append(("wait_ended", max(end, wait.started_at), {"wait": wait.pk}))
            new = {"since": hours[0], "until": hours[1]} if hours else {"since": None, "until": None}
            steps.append(("wait_corrected", at, {"wait": wait.pk, "kinds": kinds, **new}))
            self.done += 1
            words = {"hours": hours, "reason": f"mal anotado {self.done}"}
            moves = len(steps) > 1
            life_before = life.moving
            if self.do(case, "correct_wait", wait, **words, at=at, now=self.now):
                life.moving = steps[0][1] if moves else life_before
                life.step(self.now, *steps)
                self.chased(life, at)

    def wait_is_contested(self) -> None:
        case = self.any_case()
        if case and (wait := self.a_wait(case, ruled_at=None)):
            self.done += 1
            words = {"who": "Jefe", "words": f"no es así {self.done}"}
            step = [("contested", self.now, {})]
            self.do(case, "contest", [wait], **words, steps=[step], moves=False, at=self.now)

    def any_case(self) -> Case | None:
        pks = list(self.lives)
        return self.locked(self.dice.choice(pks)) if pks else None

    def is_ruled(self) -> None:
        case = self.any_case()
        if case and (waits := list(case.contested())):
            rulings = {wait.pk: Ruling(self.dice.random() < 0.6, "las razones") for wait in waits}
            upheld = [wait for wait in waits if rulings[wait.pk].upheld]
            step: Step = [
                ("wait_ended", max(self.now, wait.started_at), {"wait": wait.pk})
                for wait in upheld
                if not wait.ended_at
            ]
            moves = bool(step)
            step.append(("ruled", self.now, {"upheld": [wait.pk for wait in upheld]}))
            self.do(case, "rule", rulings, steps=[step], moves=moves, at=self.now, by=self.judge)

    # --- A3 ---
    def request_is_answered(self) -> None:
        if case := self.case(is_request):
            when = self.late()
            self.done += 1
            verb, what = self.dice.choice(
                [
                    ("answer_request", "answered_request"),
                    ("answer_request", "answered_request"),
                    ("solve_request", "solved_request"),
                ]
            )
            self.do(case, verb, f"respuesta {self.done}", steps=[[(what, when["at"], {})]], moves=False, **when)

    def passes_to_another_desk(self) -> None:
        if case := self.case():
            when = self.late()
            at, life = when["at"], self.life(case)
            to = self.dice.choice(["technical", "sales", "billing"])
            left: Step = [("escalation_ended", at, {})] if life.escalation else []
            waits = case.waits.filter(ended_at=None).order_by("pk")
            left += [("wait_ended", max(at, wait.started_at), {"wait": wait.pk}) for wait in waits]
            more: dict = {}
            if to == "technical":
                more["report"] = report = Report(self.place(), "está caído", Impact.DOWN)
                step = [*left, ("becomes_incident", at, {}), ("registered", at, {"band": report.service.site.band})]
            elif case.desk == "technical":
                step = [
                    *left,
                    ("becomes_request", at, {}),
                    ("taken", at, {"since": at, "complaint": case.is_complaint}),
                ]
            else:
                left, step = [], [("passed", at, {})]
            moves = any(what == "wait_ended" for what, *_ in left)
            self.do(case, "transfer", to, reason="es de otra área", steps=[step], moves=moves, **more, **when)

    # --- E ---
    def is_escalated(self) -> None:
        if case := self.case():
            when, level, source = self.late(), self.dice.randint(1, 3), self.dice.choice(["engineer", "customer"])
            self.done += 1
            step = [("escalated", when["at"], {"source": source, "level": level})]
            words = {"source": source, "level": level, "asked_by": "Jefe"}
            self.do(case, "escalate", f"razón {self.done}", **words, steps=[step], moves=False, **when)

    def somebody_dialled_the_matrix(self) -> None:
        if case := self.case():
            when, level, life = self.late(), self.dice.randint(1, 3), self.life(case)
            self.done += 1
            at = when["at"]
            step: Step = [("escalated", at, {"source": "received", "level": level})]
            if life.escalation is None or life.escalation.level < level:
                step.append(("paged", at, {"level": level}))
            step.append(("acknowledged", at, {}))
            words = {"staff": self.night.manager, "level": level, "words": f"llamó {self.done}"}
            self.do(case, "receive_escalation", "Jefe", **words, steps=[step], moves=False, **when)

    def escalated(self) -> Case | None:
        return self.case(lambda case: self.lives[case.pk].escalation is not None)

    def somebody_acknowledges(self) -> None:
        if case := self.escalated():
            who = self.dice.choice([self.night.one, self.night.other, self.night.manager, self.night.senior])
            step = [("acknowledged", self.now, {})]
            self.do(case, "acknowledge", who, steps=[step], moves=False, at=self.now, by=Actor.of_staff(who))

    def somebody_passes_it_on(self) -> None:
        if case := self.escalated():
            self.done += 1
            step = [("passed_on", self.now, {})]
            words = {"staff": self.night.one, "steps": [step], "moves": False}
            self.do(case, "pass_on", f"no puedo {self.done}", **words, at=self.now)

    def number_is_dialled(self) -> None:
        tasks = CallTask.objects.filter(level__gt=0, outcome__in=["", "undone"], case__closed_at=None).order_by("pk")
        if task := self.dice.choice(list(tasks) or [None]):
            answered, answers = self.dice.random() < 0.6, self.dice.choice([None, self.night.senior])
            late = task.outcome == "undone"
            step: Step = [("dialled_late" if late else "dialled", self.now, {"answered": answered})]
            if answers and answered and not late:
                step.append(("acknowledged", self.now, {}))
            words = {
                "answered_by": "operadora" if answered else "",
                "answers": answers,
                "steps": [step],
                "moves": False,
            }
            self.do(self.locked(task.case_id), "call_made", task, **words, at=self.now)

    def somebody_ends_it(self) -> None:
        if case := self.escalated():
            step = [("escalation_ended", self.now, {})]
            self.do(case, "end_escalation", "ya está", steps=[step], moves=False, at=self.now, by=self.boss)

    # --- the calendar ---
    def day_is_announced(self) -> None:
        day = (self.now - recount.BEHIND).date() + timedelta(days=self.dice.randint(0, 5))
        kind = self.dice.choice([ChangeKind.REST, ChangeKind.REST, ChangeKind.WORK])
        known = CalendarChange.objects.count()
        change = calendar_change.announce(kind, by=self.story.supervisor, at=self.now, day=day, reason="decreto")
        if CalendarChange.objects.count() > known:
            said = recount.Announcement(day, kind == ChangeKind.REST, self.now)
            self.said[change.pk] = said
            self.year.said.append(said)

    def announcement_is_withdrawn(self) -> None:
        today = (self.now - recount.BEHIND).date()
        open_ones = [pk for pk, said in self.said.items() if said.until is None and said.day >= today]
        if open_ones:
            pk = self.dice.choice(open_ones)
            calendar_change.withdraw(CalendarChange.objects.get(pk=pk), by=self.story.supervisor, at=self.now)
            self.said[pk].until = self.now

    # --- both counts ---
    def compare(self) -> None:
        """Everything is looked at, then every promise of both counts is laid side by side."""
        for _ in range(3):
            self.worker_follows()
            while sweep.sweep(self.now):
                pass
        self.second_looks()
        for pk, life in [*self.lives.items(), *self.calls.items()]:
            of = {"case": pk} if pk in self.lives and self.lives[pk] is life else {"call": pk}
            ours, second = product_rows(of), life_rows(life, self.now)
            if ours != second:
                raise AssertionError(difference(of, ours, second, life))


def is_incident(case: Case) -> bool:
    return case.desk == "technical"


def is_request(case: Case) -> bool:
    return case.desk != "technical"


def in_stage(*stages: str) -> Callable[[Case], bool]:
    return lambda case: case.desk == "technical" and case.stage in stages


Row = tuple[str, int, datetime, datetime | None, datetime | None, str, datetime | None]


def product_rows(of: dict) -> list[Row]:
    rows = Clock.objects.filter(**of).order_by("kind", "ordinal")
    fields = ("kind", "started_at", "due_at", "ended_at", "outcome", "breached_at")
    found = [(*row[:2], row[2] if row[3] is None else None, *row[3:]) for row in rows.values_list(*fields)]
    return numbered(found)


def never_asked(row: tuple) -> bool:
    """Begun and laid aside at the same instant, since the visit is agreed already: nobody is promised anything."""
    kind, began, _due, ended, outcome, _broken = row
    return kind == "dispatch_agreed" and began == ended and outcome == "dropped"


def life_rows(life: recount.Life, now: datetime) -> list[Row]:
    promises = sorted(life.promises, key=lambda p: p.kind)
    return numbered(
        [
            (p.kind, p.since, None if p.over else p.due(life.year), p.over, life.outcome(p), life.breach(p, now))
            for p in promises
        ]
    )


def numbered(rows: list[tuple]) -> list[Row]:
    count: dict[str, int] = {}
    found = []
    for kind, *rest in (row for row in rows if not never_asked(row)):
        count[kind] = count.get(kind, 0) + 1
        found.append((kind, count[kind], *rest))
    return found


def difference(of: dict, ours: list[Row], second: list[Row], life: recount.Life) -> str:
    def as_words(row: Row) -> str:
        kind, number, *hours = row
        return f"{kind} {number}: " + " ".join(f"{h:%d %H:%M:%S}" if isinstance(h, datetime) else str(h) for h in hours)

    lines = [f"{of}: began, due, ended, verdict, breach"]
    lines += [f"  product {as_words(row)}" for row in ours if row not in second]
    lines += [f"  second  {as_words(row)}" for row in second if row not in ours]
    lines += [f"  {told:%d %H:%M:%S} {what} {at:%d %H:%M:%S} {more or ''}" for what, at, told, more in life.log]
    return "\n".join(lines)


ACTS: dict[str, int] = {
    "a_call_rings": 4,
    "a_call_is_answered": 4,
    "a_caller_hangs_up": 1,
    "a_caller_is_reached": 2,
    "a_call_was_no_fault": 1,
    "somebody_reports": 8,
    "is_tested": 2,
    "is_diagnosed": 5,
    "comes_back_by_itself": 1,
    "cause_is_corrected": 1,
    "plan_changes": 1,
    "crew_is_to_be_sent": 2,
    "visit_is_agreed": 6,
    "visit_is_agreed_anew": 1,
    "crew_moves": 9,
    "visit_is_held_up": 2,
    "is_decided_again": 1,
    "visit_goes_on": 2,
    "crew_leaves": 2,
    "is_restored": 5,
    "is_confirmed": 5,
    "nobody_confirms": 1,
    "flaps": 1,
    "is_stable": 5,
    "is_closed": 4,
    "fails_again": 1,
    "a_contact_says_it_is_not_so": 1,
    "is_opened_again": 3,
    "was_opened_again_by_mistake": 2,
    "is_withdrawn": 1,
    "customer_is_told": 5,
    "hour_is_agreed": 4,
    "hour_is_withdrawn": 1,
    "company_is_rung": 4,
    "clock_is_stopped": 5,
    "clock_was_stopped": 2,
    "clock_goes_on": 4,
    "party_promises": 1,
    "wait_is_corrected": 2,
    "wait_is_contested": 2,
    "is_ruled": 2,
    "request_is_answered": 4,
    "passes_to_another_desk": 2,
    "is_escalated": 1,
    "somebody_dialled_the_matrix": 1,
    "somebody_acknowledges": 4,
    "somebody_passes_it_on": 1,
    "number_is_dialled": 3,
    "somebody_ends_it": 1,
    "day_is_announced": 2,
    "announcement_is_withdrawn": 1,
}
"""What people do, and how often."""
