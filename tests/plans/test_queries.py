"""How many queries the desk's pages take, each named after the function that asks it.

A page that asks once more fails here with the names of what it asks. Not counted are who is signed in and the role of
the transaction; counted apart is what every desk shows alike, which a process asks once a second for all of them
(``EVERY_DESK``). An autovacuum may end between two looks, as any writer may, and make both be asked anew: so of
several looks the one that asked least counts.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.config import unchanged
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Service, Site
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import WaitCause
from guardia.web.desk.entry import UNCHANGED
from guardia.web.desk.page import EVERY_DESK
from tests.procedure import story as stories

PACKAGE = str(Path(unchanged.__file__).parents[1])
BETWEEN = ("config/sql_rows.py", "config/unchanged.py")
"""These ask for somebody else."""
SIGNED_IN = frozenset({"database_roles._begin", "session_store.load", "sign_in_backend.get_user"})
LOOKS = 3

BENCH = {
    "now.now": 1,
    "saved_views.seen_by_all_pages": 1,
    "counting._counted": 1,
    "bulk_act.undoable_act_of": 1,
}
CASE = {
    "now.now": 1,
    "queries.named_cases": 1,
    "case_contents.read_contents": 5,
    "in_the_field.last_visits_of": 1,
    "notice_rows.notices_of": 2,
    "draft.others_present": 1,
    "test_result.tests_since": 1,
}
ASKED = {
    "bench": BENCH,
    "bench poll": {},
    "case": CASE,
    "case poll": {},
    "telephone poll": {},
    "shift poll": {},
}
"""By page: what it asks, and how often."""
MOST_FOR_ALL = 24
"""So many queries at most are asked once a second by a process for all of its desks, whatever they look at."""


class QueryCounter:
    """What is asked while it listens: by the page itself, and for all desks; and who reads letters as sent."""

    def __init__(self) -> None:
        self.own: Counter[str] = Counter()
        self.for_all: Counter[str] = Counter()
        self.of_letters: Counter[str] = Counter()

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        frame, name, is_for_all = sys._getframe(), "", False
        while frame := frame.f_back:  # type: ignore[assignment]
            code = frame.f_code
            if not code.co_filename.startswith(PACKAGE):
                continue
            is_for_all = is_for_all or code is unchanged.Memory.of.__code__
            if not name and not code.co_filename.endswith(BETWEEN) and code.co_name.isidentifier():
                name = f"{Path(code.co_filename).stem}.{code.co_name}"
        if name not in SIGNED_IN:
            (self.for_all if is_for_all else self.own)[name] += 1
        if '"delivery"."body"' in sql:
            self.of_letters[name] += 1
        return execute(sql, params, many, context)


@pytest.fixture
def looks(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Callable[[], HttpResponse]]]:
    """An engineer's browser, by page: a bench of fifty, and a case with events, a wait, a visit and notices."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=90))
    with behind(DatabaseRole.STAFF):
        story = stories.Story()
        number = an_eventful_case(story)
        for place in range(50):
            one_more_case(story, place)
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(story.engineer)
    for memory in (EVERY_DESK, UNCHANGED):
        memory.forget()
        monkeypatch.setattr(memory, "seconds", 3600)
    yield {
        "bench": lambda: browser.get("/"),
        "bench poll": poll(browser, "/?vivo=1", "/"),
        "case": lambda: browser.get(f"/casos/{number}/"),
        "case poll": poll(browser, f"/casos/{number}/vivo?bitacora=todo", f"/casos/{number}/"),
        "telephone poll": poll(browser, "/llamadas/vivo", "/"),
        "shift poll": poll(browser, "/turno/vivo", "/"),
    }
    for memory in (EVERY_DESK, UNCHANGED):
        memory.forget()


def an_eventful_case(story: stories.Story) -> int:
    """Twenty events and more, a crew at the site, and a wait for its customer."""
    case = story.open_case()
    story.minutes_pass(5)
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.case.depart(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.case.arrive(by=story.by, at=story.now)
    for place in range(15):
        story.seconds_pass(20)
        story.case.note(f"Looked at port {place} of the switch.", by=story.by, at=story.now)
    why = WaitReason(WaitCause.CUSTOMER, "Gate", "nobody opens", "call at 03:10")
    story.case.wait(why, by=story.by, at=story.now)
    return case.number


def one_more_case(story: stories.Story, place: int) -> None:
    story.site = Site.objects.create(customer=story.other, name=f"Site {place}", city=story.site.city)
    circuit = f"ENL-1{place:03}"
    story.service = Service.objects.create(
        customer=story.other, site=story.site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
    )
    story.call = None
    story.seconds_pass(20)
    story.case_is_registered()


def poll(browser: Client, address: str, page: str) -> Callable[[], HttpResponse]:
    tag = {"HX-PTag": ""}

    def ask() -> HttpResponse:
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}", **tag}
        answer = browser.get(address, headers=headers)
        tag["HX-PTag"] = answer.headers["HX-PTag"]
        return answer

    return ask


def queries_of(look: Callable[[], HttpResponse]) -> QueryCounter:
    """What the page asks when it is looked at again, with what is asked for all desks at the first look."""
    counters = []
    for _ in range(1 + LOOKS):
        counter = QueryCounter()
        with ExitStack() as stack:
            for login in connections:
                stack.enter_context(connections[login].execute_wrapper(counter))
            assert look().status_code in {200, 304}
        counters.append(counter)
    least = min(counters[1:], key=lambda counter: counter.own.total())
    least.for_all = counters[0].for_all
    return least


def test_each_page_asks_what_is_named_here_and_no_more(looks):
    found, for_all, of_letters = {}, {}, Counter()
    for page, look in looks.items():
        EVERY_DESK.forget()
        counter = queries_of(look)
        found[page], for_all[page] = dict(counter.own), counter.for_all
        of_letters += counter.of_letters
    assert found == ASKED
    assert of_letters == {}, "a letter is tens of kilobytes, and a case has twenty"
    assert {page: asked for page, asked in for_all.items() if asked.total() > MOST_FOR_ALL} == {}


def test_what_somebody_does_is_on_the_next_page_and_poll(looks):
    """The memory of polls and of what all desks show is older than the act, and no longer right."""
    number = int(looks["case"]().content.decode().split("/casos/")[1].split("/")[0])
    for name in ("bench poll", "case poll"):
        looks[name]()
        assert looks[name]().status_code == 304
    with behind(DatabaseRole.STAFF):
        case = Case.objects.select_for_update(of=("self",)).get(number=number)
        case.note("The door is open now.", by=Actor.of_staff(Staff.objects.get(username="ingeniero2")), at=now())
    assert "The door is open now." in looks["case"]().content.decode()
    assert looks["case poll"]().status_code == 200


def test_the_list_that_is_read_once_for_all_is_worded_for_each_language(looks):
    rows = {}
    for language in ("es", "pt", "en", "es"):
        browser = Client(headers={"accept-language": language})
        with behind(DatabaseRole.STAFF):
            browser.force_login(Staff.objects.get(username="ingeniero2"))
        assert queries_of(lambda browser=browser: browser.get("/")).own == BENCH
        rows[language] = browser.get("/").content.decode().split('<li class="row"')[1:]
    assert {each: sum(', Diagnosis"' in row for row in rows[each]) for each in rows} == {"es": 0, "pt": 0, "en": 48}
    assert {each: sum(', Diagnóstico"' in row for row in rows[each]) for each in rows} == {"es": 48, "pt": 48, "en": 0}
    assert rows["es"][3] != rows["pt"][3]


def test_every_question_that_bin_bench_plans_shows_is_asked_in_these_words(looks, monkeypatch):
    """It knows each by words of its statement, and would end without a figure where those have changed."""
    from bench import plans

    number = looks["case"]().content.decode().split("/casos/")[1].split("/")[0]
    for memory in (EVERY_DESK, UNCHANGED):
        memory.forget()
    monkeypatch.setattr(plans, "shown", lambda title, statement, values: 1.0)
    seen = plans.Seen()
    plans.pages(seen, number)
    plans.steps(seen)
    assert sorted(seen.took) == sorted(plans.QUESTIONS)
