"""`guardia doctor` on the key of the log: whether whoever has the web server's environment can sign too."""

from base64 import b64encode

import pytest

from guardia.cli.checks import machine
from guardia.cli.checks.finding import CHECKS, Health, Installation, answers
from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log
from tests.procedure.story import Story

OWN = b64encode(bytes(range(32))).decode()


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        return story


def says():
    (check,) = (each for each in CHECKS if each.ask is machine.proof_key)
    (said,) = answers(check, Installation())
    assert bool(said.remedy) == (said.health is not Health.OK)
    return said


def test_a_key_that_follows_from_that_of_the_web_server_is_told_with_its_remedy(settings, story):
    settings.PROOF_KEY = []
    assert says().health is Health.WARN
    assert "PROOF_KEY_FILE" in says().remedy
    assert "localhost:8000/estado/registro" in says().remedy


def test_a_key_of_its_own_is_well_and_one_that_is_none_is_bad(settings, story):
    settings.PROOF_KEY = [OWN]
    assert says().health is Health.OK
    settings.PROOF_KEY = ["x"]
    assert says().health is Health.BAD
    settings.PROOF_KEY, settings.PROOF_VERIFIERS = [], ["x"]
    assert says().health is Health.BAD


def test_a_key_that_the_worker_alone_has_is_known_by_what_it_signed(settings, story):
    for keys, expected in (([], Health.WARN), ([OWN], Health.OK)):
        settings.PROOF_KEY = keys
        with behind(DatabaseRole.WORKER):
            log.append(story.now)
            story.minutes_pass(60)
            assert log.sign(story.now)
        settings.PROOF_KEY = []
        assert says().health is expected
