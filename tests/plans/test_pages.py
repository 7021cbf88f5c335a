"""Of every list page: three times the rows ask the database no more often, and no question goes through the past. Nor
does a round of any loop of the worker, nor an act on a case.

The operator is the sample operator's. It is looked at as it is; then with three times of everything, when each page
must send as many statements as before; then with a hundred times the companies and years of a past, when each question
of each page is explained, as it is asked and by whom. Of what is open there are some hundreds: what twenty thousand
open cases cost is measured (`bin/bench open`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from threading import Event

import pytest
from django.db import IntegrityError, connections
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import override_settings
from django.utils.module_loading import import_string

from guardia.cases import chain, derived, finding
from guardia.cases.case import Case
from guardia.cases.event import EventText
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.timetable import TIMETABLE
from guardia.customers.cities import City
from guardia.customers.customer import Service
from guardia.escalation.rota import Cover, Rota
from guardia.evidence import store
from guardia.field.crew import Crew
from guardia.notices.server_answer import NoServer
from guardia.people.staff import Staff
from tests.breaking import stages
from tests.breaking.browser import Browser, taken_back
from tests.breaking.test_acts import ROADS
from tests.conftest import _forget
from tests.hours import entry_points_read
from tests.plans import copies, house
from tests.plans.allowed import ALLOWED, IN_A_ROUND, Whole
from tests.plans.browsing import Lookers, Seen
from tests.plans.pages import PAGES
from tests.plans.reading import Explainer, Plan, Step
from tests.procedure import story as stories
from tests.server import server

AT = datetime(2026, 11, 18, 20, 15, tzinfo=UTC)  # Wednesday 15:15 in Ecuador: every desk is open
ROUNDS = 100
FEW, MOST = 3_000, 2_000
"""Each table that grows holds more rows than FEW; a step of a plan touches at most MOST of one."""
PARTS = {
    "case_customer_reference",
    "case_carrier_reference",
    "case_of_customer",
    "case_of_service",
    "case_search",
    "case_field",
}
OF_THE_WORKER: dict[str, Callable[[Event], None]] = {each.name: import_string(each.function) for each in TIMETABLE}
"""One round of each loop; imported here, so that they read the hour at which all stands still."""
OF_THE_HOUSE = copies.STANDS | copies.OF_THE_HOUSE


@dataclass
class Sight:
    """A page in the three houses."""

    small: Seen
    grown: Seen
    large: Seen


@dataclass
class Looked:
    sights: dict[str, Sight]
    held: dict[str, int]


@pytest.fixture(scope="module")
def looked(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Looked]:
    """All pages in all houses, once; the database is made anew before and after."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, STATUS_PAGE=True),
        pytest.MonkeyPatch.context() as patch,
    ):
        stand_still(patch)
        afresh()
        try:
            yield everything()
        finally:
            afresh()


def everything() -> Looked:
    with server.owner() as owner:
        copies.draw_from_first(owner)
    lookers = Lookers(house.found(AT))
    for page in PAGES:  # what this process keeps for as long as it runs is kept from here on
        lookers.answer_of(page)
    with server.owner() as owner:
        copies.log_all(owner)
    small = [lookers.look(page) for page in PAGES]
    with server.owner() as owner:
        for growth in (copies.deeper(1, 2), copies.closer(3, 4), copies.broader(5, 6)):
            copies.grow(owner, growth)
        grown = [lookers.look(page) for page in PAGES]
        copies.grow(owner, copies.wider(7, 6 + ROUNDS))
        held = {name: owner.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in growing()}
    explainer = Explainer()
    large = [lookers.explain(page, explainer) for page in PAGES]
    seen = zip(PAGES, small, grown, large, strict=True)
    return Looked({str(page): Sight(*each) for page, *each in seen}, held)


def stand_still(patch: pytest.MonkeyPatch) -> None:
    """Every door reads the same hour, and asks the database for it as often as ever."""

    def asked() -> datetime:
        now()
        return AT

    entry_points_read(patch, asked)


def afresh() -> None:
    connections.close_all()
    server.renew()
    _forget()


def growing() -> set[str]:
    return {model._meta.db_table for model in copies.tables()} - OF_THE_HOUSE


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_three_times_the_rows_are_asked_for_as_often(looked, page):
    sight = looked.sights[str(page)]
    assert (sight.small.status, sight.grown.status, sight.large.status) == (200, 200, 200)
    assert sight.small.rows > 0
    assert page.full or sight.grown.rows > sight.small.rows
    if len(sight.grown.statements) > len(sight.small.statements) + page.more:
        pytest.fail(f"{len(sight.grown.statements)} statements, before {len(sight.small.statements)}: {oftener(sight)}")


def oftener(sight: Sight) -> str:
    """What was asked more often than before, beginning with what it reads."""
    before, after = (Counter(map(in_short, seen.statements)) for seen in (sight.small, sight.grown))
    return "\n".join(f"{times} more: {words[:400]}" for words, times in (after - before).items())


def in_short(statement: str) -> str:
    """Without its columns, and as if each list in it had one member."""
    return re.sub(r"(%s, )+%s", "%s", re.sub(r"SELECT .*? FROM", "FROM", statement, count=1, flags=re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_question_goes_through_the_past(looked, page):
    found = [trouble for plan in looked.sights[str(page)].large.plans for trouble in troubles(plan)]
    assert found == [], "\n".join(found)


def troubles(plan: Plan, allowed: Sequence[Whole] = ALLOWED) -> list[str]:
    """What a plan reads too much of; nothing where it may."""
    may = {table for one in allowed if one.words in plan.statement for table in one.tables}
    too_much = [step for step in plan.steps if is_too_much(step) and step.table not in may]
    how = "" if plan.values else " (as prepared for any values)"
    return [f"{step}{how}: {plan.statement}" for step in too_much]


def is_too_much(step: Step) -> bool:
    return step.table not in OF_THE_HOUSE and step.rows > MOST


def test_every_table_that_grows_is_large(looked):
    """Of a small table PostgreSQL reads all, whatever index there is: it would say nothing."""
    assert {name: rows for name, rows in looked.held.items() if rows < FEW} == {}


def test_what_may_read_more_is_asked_still(looked):
    asked = {plan.statement for sight in looked.sights.values() for plan in sight.large.plans}
    assert [one.words for one in ALLOWED if not any(one.words in words for words in asked)] == []


@pytest.fixture(scope="module")
def rounds(looked: Looked) -> dict[str, list[Plan]]:
    """By the name of the loop, what one round asks in the large house; bytes of no case stand in its store."""
    content = b"of no case"
    store.keep(store.digest(content), content)
    return {name: plans_of_round(one_round) for name, one_round in OF_THE_WORKER.items()}


class EndsAfterOneStep(Event):
    """Tells a round to go on when it asks first, and to stop from then on: the second step asks as the first does."""

    was_asked = False

    def is_set(self) -> bool:
        before, self.was_asked = self.was_asked, True
        return before


def plans_of_round(one_round: Callable[[Event], None]) -> list[Plan]:
    """No server takes mails here, and the copies of the log have no hashes: what such a round asks comes before."""
    explainer = Explainer()
    with explainer.listening(), suppress(NoServer, IntegrityError):
        one_round(EndsAfterOneStep())
    return explainer.plans


@pytest.mark.parametrize("name", OF_THE_WORKER)
def test_no_round_of_the_worker_goes_through_the_past(rounds, name):
    found = [trouble for plan in rounds[name] for trouble in troubles(plan, IN_A_ROUND)]
    assert found == [], "\n".join(found)


def test_what_a_round_may_read_more_of_is_asked_still(rounds):
    asked = {plan.statement for plans in rounds.values() for plan in plans}
    assert [one.words for one in IN_A_ROUND if not any(one.words in words for words in asked)] == []


@pytest.mark.parametrize("road", ROADS)
def test_no_act_of_a_case_goes_through_the_past(looked, monkeypatch, road):
    """Each act of the desk by its form, where it is accepted, on a case that is led through its stages meanwhile."""
    monkeypatch.setattr(stages, "now", lambda: AT)
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", AT - timedelta(hours=6))
    explainer = Explainer(of_writes=True)
    with behind(DatabaseRole.STAFF), taken_back():
        make_room()
        story = stories.Story()
        supervisor = Browser(story.supervisor)
        for stop in road(story):
            for act in sorted(stages.STOPS.get(stop, ())):
                fields = stages.right_fields(story, AT)[act]
                with taken_back(), explainer.listening():
                    assert supervisor.send(f"/casos/{story.number}/{act}", fields).status_code == 302, act
    assert any(plan.statement.startswith('UPDATE "case"') for plan in explainer.plans)
    assert [trouble for plan in explainer.plans for trouble in troubles(plan, ())] == []


def make_room() -> None:
    """A story brings people, a city, a crew and a circuit whose names the sample operator has given already, and in one
    of its roads nobody holds a level.
    """
    Cover.objects.all().delete()
    Rota.objects.all().delete()
    Staff.objects.update(username=Concat("username", Value(" of the sample")))
    Crew.objects.update(name=Concat("name", Value(" of the sample")))
    City.objects.update(name=Concat("name", Value(" of the sample")))
    Service.objects.filter(circuit="ENL-0042").update(circuit="ENL-0042 of the sample")


@pytest.mark.parametrize("words_of", ["customer.name", "circuit"])
def test_each_part_of_the_search_is_answered_by_its_own_index(looked, words_of):
    """Where nothing but the size of the operator speaks for it; and of open ones alone no table is gone through."""
    explainer = Explainer()
    with behind(DatabaseRole.STAFF):
        first = Case.objects.select_related("service__customer").order_by("pk")[0]
        words = f"{attrgetter(words_of)(first.service)} 1"  # with a digit, fields are looked at as well
        with explainer.listening():
            for only_open in (False, True):
                finding.found_by(words, 30, only_open=only_open)
    of_all, of_open = [plan for plan in explainer.plans if "FROM unnest" in plan.statement]
    assert {step.index for step in of_all.steps} >= PARTS, of_all
    assert troubles(of_all) + troubles(of_open) == []


def test_the_proof_of_a_few_cases_reads_no_others(looked):
    """`guardia verify` goes through all cases, some at a time: what reads a whole table for some does so each time."""
    explainer = Explainer()
    with behind(DatabaseRole.WORKER):
        few = Case.objects.order_by("pk").values_list("pk", flat=True)[:3]
        with explainer.listening():
            for _ in chain.breaks_of(few, besides=derived.breaks):
                pass  # copies of rows prove nothing: what is asked is looked at
    read = {step.table for plan in explainer.plans for step in plan.steps}
    assert read >= {"case_event", "clock", "event_text", "notice"}
    assert [trouble for plan in explainer.plans for trouble in troubles(plan)] == []


def test_an_unindexed_question_is_refused(looked):
    """As the pages are: the database is the large house still."""
    explainer = Explainer()
    with behind(DatabaseRole.STAFF), explainer.listening():
        assert not EventText.objects.filter(text="nobody ever wrote this").exists()
        assert EventText.objects.filter(pk=copies.FIRST + 1).exists()
    unindexed, by_key = (
        [t for plan in explainer.plans if words in plan.statement for t in troubles(plan)]
        for words in ('"text" =', '"id" =')
    )
    assert unindexed
    assert "Seq Scan event_text" in unindexed[0]
    assert by_key == []
