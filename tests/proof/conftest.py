"""What each test of the proofs begins with."""

from types import SimpleNamespace

import pytest
from django.db import connections

from guardia.cases import failed_notices
from guardia.cases.case import Case
from guardia.cases.case_files import add_file
from guardia.cases.group_editing import save
from guardia.clocks.clock import Wait
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence.test_result import TestResult
from guardia.field.visit import Visit
from guardia.notices.notice import Notice
from tests.files import samples
from tests.notices import journeys
from tests.procedure.nights import Night
from tests.procedure.story import Story
from tests.proof.authority import Authority
from tests.server import server


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory) -> Authority:
    """One that calls itself by the same names."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker) -> SimpleNamespace:
    """A case with all that may happen, one whose stop was disputed, and one that is paged, kept to be copied."""
    with django_db_blocker.unblock():
        with behind(DatabaseRole.STAFF):
            story = Story()
            Night(story)
            journeys.everything_happens(story)
            whole = story.case.pk
            journeys.a_time_is_disputed(story)
            disputed = story.case.pk
            group = save(None, {"name_es": "Transporte", "target_minutes": "30"}, by=story.supervisor, at=story.now)
            for again in (group, save(None, {"name_es": "Energía"}, by=story.supervisor, at=story.now)):
                story.case.pass_to_group(again, "medir", by=story.by, at=story.now)
                story.minutes_pass(2)
            file = add_file(story.case, content=samples.LOG, name="a.log", by=story.by, now=story.now)
            story.minutes_pass(90)
            story.the_sweep_runs()
            ids = ids_of(whole, disputed)
            withdrawn = Notice.objects.get(pk=ids["withdrawn"])
            failed_notices.withdraw(Case.objects.get(pk=whole), withdrawn, by=story.by, at=story.now)
        connections.close_all()
        server.keep("lived")
    return SimpleNamespace(whole=whole, disputed=disputed, other=story.other.pk, file=file.pk, **ids)


def ids_of(whole: int, disputed: int) -> dict[str, int]:
    """The rows that are falsified, by what they are called in the statements."""
    waits = Wait.objects.filter(case=whole).order_by("pk")
    visits = list(Visit.objects.filter(case=whole).order_by("pk").values_list("pk", flat=True))
    letters = Notice.objects.filter(case=whole, contact__isnull=False, state="owed").order_by("pk")
    return {
        "wait": waits[0].pk,
        "carrier": waits.get(cause="third_party").pk,
        "ruled": Wait.objects.get(case=disputed).pk,
        "visit": visits[0],
        "second": visits[1],
        "test": TestResult.objects.filter(case=whole).order_by("pk")[0].pk,
        "notice": letters[0].pk,
        "withdrawn": letters[1].pk,
    }


@pytest.fixture
def cases(lived, transactional_db) -> SimpleNamespace:
    connections.close_all()
    server.renew("lived")
    return lived


@pytest.fixture
def story(transactional_db) -> Story:
    """A case with its diagnosis, committed."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        story.diagnosis("remote")
    return story
