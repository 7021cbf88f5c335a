"""A night of planned work: the bank's and the hospital's services, a window five days ahead; time is an argument."""

from datetime import datetime, timedelta

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service, Site
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.outages import planned_work, work_announcing, work_answers, work_course, work_drafting
from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_drafting import Planned
from tests.procedure.story import Story

NAMES = {"es": "Cambio de una tarjeta del nodo", "en": "Change of a card", "pt": "Troca de uma placa"}


class Night:
    """``story.now`` is the hour of whatever is done here."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.starts_at = story.now + timedelta(days=5)
        self.ends_at = self.starts_at + timedelta(hours=4)
        site = Site.objects.create(customer=story.other, name="emergencias", city=story.site.city)
        self.hospital = Service.objects.create(
            customer=story.other, site=site, circuit="ENL-0077", folded_circuit="enl-0077", type="Enlace"
        )

    @property
    def now(self) -> datetime:
        return self.story.now

    def planned(self, **more) -> Planned:
        known = {
            "name": "Tarjeta 4 de Cuenca",
            "public_name": NAMES,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "services": (self.story.service.pk, self.hospital.pk),
            "expected_minutes": 30,
            **more,
        }
        return Planned(**known)

    def draft(self, **more) -> PlannedWork:
        self.pk = work_drafting.draft(self.planned(**more), by=self.story.by, at=self.now).pk
        return self.work

    @property
    def work(self) -> PlannedWork:
        return planned_work.locked_work(self.pk)

    def announce(self, reason: str = "", **more) -> PlannedWork:
        self.draft(**more)
        return work_announcing.announce(self.work, reason, by=self.story.by, at=self.now)

    def move(self, starts_at: datetime, ends_at: datetime, why: str = "lluvia", reason: str = "") -> PlannedWork:
        return work_announcing.move(self.work, starts_at, ends_at, why, reason, by=self.story.by, at=self.now)

    def cancel(self, why: str = "ya no hace falta") -> PlannedWork:
        return work_announcing.cancel(self.work, why, by=self.story.by, at=self.now)

    def end(self, at: datetime | None = None) -> PlannedWork:
        return work_course.end(self.work, by=self.story.by, at=at or self.now, now=self.now)

    def objects(self, words: str = "es fin de mes", contact=None) -> PlannedWork:
        return work_answers.object_(self.work, contact or self.story.head, words, at=self.now)

    def at(self, hour: datetime) -> None:
        self.story.now = hour

    def the_worker_looks(self) -> None:
        """One look of the worker at this hour, step by step, each under its row policies."""
        for step in (
            work_announcing.remind_due,
            work_course.start_due,
            work_course.overrun_due,
            work_course.page_due,
            work_course.link_due,
        ):
            with behind(DatabaseRole.WORKER):
                step(self.now)

    def begins(self) -> None:
        """The hour of the window has come, and the worker has looked."""
        self.at(self.starts_at)
        self.the_worker_looks()

    def turns(self) -> list[str]:
        return list(self.work.turns.order_by("pk").values_list("moment", flat=True))

    def told(self, telling: str = "") -> list[Announcement]:
        """The letters of this kind, a company each."""
        every = Announcement.objects.filter(kind=AnnouncementKind.WORK, facts__work=self.pk).order_by("pk")
        return [one for one in every if not telling or one.facts["telling"] == telling]
