"""Who waits for whom: nobody in a circle, and nobody for a row that is only named."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from guardia.cases import (
    answering_together,
    calendar_change,
    chain,
    derived,
    failed_notices,
    handing_over,
    rebuild,
    sweep,
    writes,
)
from guardia.cases.case_rows import case_for_desk
from guardia.clocks.calendars import ChangeKind
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service, Site
from guardia.escalation.escalation import Escalation
from tests.procedure.nights import Night, objection
from tests.procedure.story import Story

WEDNESDAY = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # 10:00 in Ecuador
DECREED = date(2026, 12, 2)
LOOKS = 100_000


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.now = WEDNESDAY
        Night(story)
        return story


@contextmanager
def another() -> Iterator[Callable[[Callable], Future]]:
    """Somebody else, with a connection of their own, whom no lock may keep waiting for more than five seconds."""

    def alone(act):
        try:
            with behind(DatabaseRole.WORKER):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda act: pool.submit(alone, act)


def somebody_waits_for_a_turn() -> None:
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with connection.cursor() as cursor:
        for _ in range(LOOKS):
            cursor.execute(waits)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for a turn")


def turn_of(site: Site) -> str:
    return f"escalation of site {site.pk}"


def by_turn(sites: list[Site]) -> list[Site]:
    """In the order in which their turns are taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashtextextended(name, 0) FROM unnest(%s::text[]) AS name", [[*map(turn_of, sites)]])
        turns = [row[0] for row in cursor.fetchall()]
    return [site for _, site in sorted(zip(turns, sites, strict=True), key=lambda pair: pair[0])]


def registered_at(story: Story, site: Site) -> int:
    """A case of this site, with an objection that the quality manager has five office days for."""
    circuit = f"ENL-{site.pk}-{story.now:%H%M%S}"
    story.service = Service.objects.create(
        customer=story.bank, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
    )
    number = story.case_is_registered(f"sin servicio {circuit}").number
    objection(story)
    return number


def test_E_cases_that_follow_a_calendar_ask_for_their_sites_in_the_order_of_the_sweep(story):
    with behind(DatabaseRole.STAFF):
        new = [Site.objects.create(customer=story.bank, name=f"sede {n}", city=story.site.city) for n in range(4)]
        first, *_, last = by_turn(new)
        for site in (last, first):  # the older case has the later turn
            registered_at(story, site)
        story.minutes_pass(25)  # both diagnoses are late, and no sweep has said so
        calendar_change.announce(ChangeKind.REST, day=DECREED, by=story.supervisor, at=story.now, reason="Decreto 123")
    with another() as one:
        with behind(DatabaseRole.WORKER):
            writes.take_turn(turn_of(first))
            followed = one(lambda: calendar_change.follow(story.now))
            somebody_waits_for_a_turn()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '4s'")
            writes.take_turn(turn_of(last))  # a sweep with cases of the same sites
        assert followed.result(timeout=60) == 2
    with behind(DatabaseRole.WORKER):
        assert Escalation.objects.filter(ended_at=None).count() == 2
        assert calendar_change.left_to_follow(story.now) == 0
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


HOLDERS = {
    "the sweep": lambda case, at: sweep._look_at_cases([case.pk], at),
    "who answers for a storm": lambda case, at: answering_together.locked([case.pk]),
    "failed pages": lambda case, at: failed_notices._locked([case.pk]),
    "a page of the desk": lambda case, at: case_for_desk(str(case.number), locked=True),
    "a hand-over": lambda case, at: handing_over.locked([handing_over.Line(case.pk, "", case.assigned)], case.desk),
    "a calendar that moved": lambda case, at: list(calendar_change._folded([case.pk], locked=True)),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_E_who_joins_the_escalation_of_a_site_does_not_wait_for_whoever_holds_its_first_case(story, holder):
    """It has the turn of its site by then: one who holds the first case and asks for that turn would wait for ever."""
    with behind(DatabaseRole.STAFF):
        registered_at(story, story.site)
        story.minutes_pass(25)
        story.the_sweep_runs()
        lead = story.case
        registered_at(story, story.site)
        follower = story.case
        story.minutes_pass(25)
        assert lead.escalated_level
    with another() as one, behind(DatabaseRole.STAFF):
        HOLDERS[holder](lead, story.now)
        said = one(lambda: story.case.note("sigue", by=story.by, at=story.now).moment)
        assert said.result(timeout=60) == "noted"
    with behind(DatabaseRole.STAFF):
        assert Escalation.objects.get(case=follower).joined_id == lead.pk
        assert list(rebuild.rebuild()) == []
