"""The matrix of a story: who holds each level, who is paged, who dials; and the minutes of a night, one by one."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Clock
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice
from guardia.people.staff import Actor, Role, Staff
from guardia.procedure import version
from guardia.procedure.vocabulary import ClockKind, WaitCause
from tests.procedure.story import Story, rota, staff

E5 = "+593 2 400 5124"
TUESDAY_MORNING = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in Ecuador: no hour of E5
ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
OF_PEOPLE = frozenset({"acknowledgement", "movement", "call_task"})


class Night:
    """Both supervisors of level 1, the manager of level 2, the senior manager of level 3; the story goes on by it."""

    def __init__(self, story: Story, levels: tuple[int, ...] = (1, 2, 3)) -> None:
        self.story = story
        self.one, self.other = staff("supervisor-a", Role.SUPERVISOR), staff("supervisora-b", Role.SUPERVISOR)
        self.manager, self.senior = staff("gerente", Role.SUPERVISOR), staff("gerente-senior", Role.SUPERVISOR)
        long_ago = story.now - timedelta(days=20)
        for level, seat, member in ((1, 1, self.one), (1, 2, self.other), (2, 1, self.manager), (3, 1, self.senior)):
            if level in levels:
                rota(level, member, long_ago, seat)
        self.last_page = 0

    # --- time ---
    def sweep_after(self, minutes: float) -> None:
        """Nothing was looked at meanwhile; now the sweep runs, until it finds nothing any more."""
        self.story.minutes_pass(minutes)
        for _ in range(10):
            if not self.story.the_sweep_runs():
                return
        raise AssertionError("the sweep finds something to write again and again at the same instant")

    def passes(self, minutes: int) -> None:
        """The sweep runs every minute."""
        for _ in range(minutes):
            self.sweep_after(1)

    def until_the_diagnosis_is_late(self) -> None:
        """P3: twenty minutes and a second after the registration, the sweep having found nothing before."""
        self.sweep_after((self.story.clock("diagnosis").due_at - self.story.now).total_seconds() / 60 + 1 / 60)

    # --- what is seen ---
    def paged(self) -> list[str]:
        """Who was paged since the last question, in the order of the pages."""
        return self.told("paged")

    def told(self, moment: str) -> list[str]:
        fresh = Notice.objects.filter(staff__isnull=False, pk__gt=self.last_page).select_related("staff")
        mine = list(fresh.order_by("event_id", "staff_id"))
        self.last_page = max([self.last_page, *(notice.pk for notice in mine)])
        return [notice.staff.username for notice in mine if notice.moment == moment]

    @property
    def level(self) -> int:
        return self.story.case.escalated_level

    @property
    def running(self):
        return self.story.case.escalation_now()

    def events(self, *moments: str) -> list[tuple[str, str, datetime]]:
        """These events of the case: moment, variant, hour."""
        found = self.story.case.events.filter(moment__in=moments).order_by("seq")
        return list(found.values_list("moment", "variant", "occurred_at"))

    def steps(self) -> list[tuple[int, str]]:
        """Every level that was reached or skipped, with its reason, in order."""
        found = self.story.case.events.filter(moment__in=["paged", "level_skipped"]).order_by("seq")
        return [(data["level"], data["why"]) for data in found.values_list("data", flat=True)]

    def call(self) -> CallTask | None:
        """The call that somebody owes now."""
        return CallTask.objects.filter(case=self.story.case, settled_at=None).first()

    def is_silent(self) -> bool:
        """Design §4.10: True if an open escalation waits for nothing that will ever come.

        Where all that is broken stands still (W1), the end of the wait and the next news are what it waits for.
        """
        case = self.story.case
        if case.escalation_now() is None or not case.is_open:
            return False
        broken = self.broken()
        if broken and all(clock.waiting_since for clock in broken):
            return False
        due = case.clocks.filter(kind__in=OF_PEOPLE, ended_at=None, breached_at=None, due_at__gte=self.story.now)
        return not due.exists() and not (case.next_step_at and case.next_step_at > self.story.now)

    def broken(self) -> list[Clock]:
        """The running promises that are broken and escalate."""
        case = self.story.case
        procedure = version.of(case.procedure_version_id)
        late = case.clocks.filter(ended_at=None, breached_at__isnull=False).exclude(kind__in=OF_PEOPLE)
        return [clock for clock in late if procedure.clock(ClockKind(clock.kind)).escalates]

    # --- what people do ---
    def acknowledges(self, who: Staff, commands: bool = False):
        return self.story.case.acknowledge(who, by=Actor.of_staff(who), at=self.story.now, commands=commands)

    def dials(self, answered_by: str = "", answers: Staff | None = None):
        task = self.call()
        assert task, "no call is owed"
        return self.story.case.call_made(
            task, answered_by=answered_by, by=self.story.by, at=self.story.now, answers=answers
        )


def objection(story: Story) -> None:
    """P7 D: the customer objects now to a wait of the last minute, which the quality manager has to rule on."""
    stopped = story.case.wait(ACCESS, by=story.by, at=story.now).data["wait"]
    story.minutes_pass(1)
    story.case.go_on(story.case.waits.get(pk=stopped), by=story.by, at=story.now)
    waits = story.case.waits.filter(pk=stopped)
    story.case.contest(waits, who="Jefe de Sistemas", words="la puerta estaba abierta", by=story.by, at=story.now)


def breaches(case: Case) -> Counter:
    """The promises of the procedure that were broken, with the hour of each; those of people in an escalation apart."""
    found = case.events.filter(moment="breached").exclude(data__clock__in=OF_PEOPLE)
    return Counter((data["clock"], data["ordinal"], at) for data, at in found.values_list("data", "occurred_at"))
