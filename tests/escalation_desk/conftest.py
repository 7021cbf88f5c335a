"""A diagnosis that fell due some minutes ago; two supervisors at level 1, a manager above; everybody reads English."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import translation

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation import signed_links
from guardia.escalation.course import Running
from guardia.escalation.escalation import Level
from guardia.escalation.rota import Rota
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Moment
from tests.procedure import story as stories
from tests.procedure.story import staff


@pytest.fixture(autouse=True)
def in_english():
    cache.clear()
    with translation.override("en"):
        yield


class EscalationStory(stories.Story):
    """The operator of the procedure's tests, with persons at levels 1 and 2; level 3 has nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.supervisor.name, self.supervisor.position = "Supervisora 1", "Supervisor TSC"
        self.supervisor.email, self.supervisor.mobile = "supervisora@example.com", "+593999000001"
        self.supervisor.save()
        self.second = person("supervisor2", "Supervisor 2", "+593999000002")
        self.manager = person("gerente", "Gerente", "+593999000003")
        hold(1, 1, self.supervisor)
        hold(1, 2, self.second)
        hold(2, 1, self.manager)
        Level.objects.create(level=1, phone="+593999000010", phone_name="Celular de Operaciones")
        Staff.objects.update(language="en")

    def open_case_and_breach(self) -> Case:
        """Registered; the diagnosis fell due; the sweep has recorded it and paged level 1 just now."""
        self.open_case()
        self.now = now()
        self.the_sweep_runs()
        return self.case

    @property
    def running(self) -> Running:
        running = self.case.escalation_now()
        assert running is not None
        return running

    def page_to(self, who: Staff, moment: str = Moment.PAGED) -> Notice:
        return Notice.objects.filter(staff=who, moment=moment).latest("pk")

    def link_of(self, who: Staff) -> str:
        return f"/responder/{signed_links.answer_token(self.page_to(who).pk)}"


def person(username: str, name: str, mobile: str, role: Role = Role.SUPERVISOR) -> Staff:
    one = staff(username, role)
    one.name, one.position, one.mobile, one.email = name, name, mobile, f"{username}@example.com"
    one.save()
    return one


def hold(level: int, seat: int, who: Staff) -> Rota:
    since = stories.TWO_IN_THE_MORNING - timedelta(days=30)
    rota = Rota(level=level, seat=seat, members=[who.pk], starts_on=date(2020, 1, 6), turns_at=time(8))
    rota.valid = DateTimeTZRange(since, None)
    rota.save()
    return rota


def hand_over(notice: Notice, address: str, channel: str = "mail", at: datetime | None = None) -> Delivery:
    """The page was accepted by this way."""
    at = at or now()
    delivery = Delivery.objects.create(
        channel=channel,
        address=address,
        urgent=True,
        message_id=f"<{notice.pk}.{address}@example.com>",
        state=DeliveryState.ACCEPTED,
        available_at=at,
        created_at=at,
        settled_at=at,
        customer_id=notice.customer_id,
    )
    DeliveredNotice.objects.create(delivery=delivery, notice=notice, customer_id=notice.customer_id)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT)
    return delivery


@pytest.fixture
def is_night(monkeypatch):
    """E5's hours are open whatever the hour at which the tests run; ``False`` closes them."""

    def set_to(value: bool) -> None:
        from guardia.cases import escalating

        monkeypatch.setattr(escalating, "is_night", lambda procedure, at: value)

    set_to(False)
    return set_to


def began(monkeypatch, minutes: float) -> EscalationStory:
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=minutes))
    return EscalationStory()


@pytest.fixture
def story(db, monkeypatch, is_night) -> EscalationStory:
    with behind(DatabaseRole.STAFF):
        yield began(monkeypatch, 26)


@pytest.fixture
def on_time(db, monkeypatch, is_night) -> EscalationStory:
    """The same house, some minutes ago: nothing is overdue yet."""
    with behind(DatabaseRole.STAFF):
        yield began(monkeypatch, 10)


@pytest.fixture
def long_ago(db, monkeypatch, is_night) -> EscalationStory:
    """The same house, fifty minutes ago: level 2's step of the diagnosis has come since."""
    with behind(DatabaseRole.STAFF):
        yield began(monkeypatch, 50)


@pytest.fixture
def sign_in():
    """A browser in which this person has signed in; its pages are in English."""

    def signed_in(who: Staff) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(who)
        return client

    return signed_in


@pytest.fixture
def engineer(story, sign_in) -> Client:
    """At the desk of a house in which a promise is broken."""
    return sign_in(story.engineer)


@pytest.fixture
def supervisor(story, sign_in) -> Client:
    return sign_in(story.supervisor)


@pytest.fixture
def telephone() -> Client:
    """A browser without any cookie, which checks CSRF as a real one does."""
    return Client(enforce_csrf_checks=True)


def words(response) -> str:
    return response.content.decode()
