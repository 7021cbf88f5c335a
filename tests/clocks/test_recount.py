"""Every clock against a second count of it, written from the procedure alone (`tests/clocks/walk.py`)."""

import pytest

from guardia.cases import chain, derived, rebuild
from guardia.proof.offline import guardia_verify
from tests.clocks.walk import Walk
from tests.examples import costly_examples

pytestmark = pytest.mark.dear

VERBS, WALKS = 500, costly_examples(4)
BETWEEN_LOOKS = 50


@pytest.mark.parametrize("seed", range(WALKS))
def test_p1_to_e5_every_clock_is_what_a_second_count_of_the_procedure_says(as_staff, seed):
    walk = Walk(seed)
    while walk.verbs < VERBS:
        walk.goes_on(BETWEEN_LOOKS)
        walk.compare()
        assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []
    assert sum(len(life.promises) for life in walk.lives.values()) > VERBS / 2
    found = guardia_verify.check(walk.history()).findings
    assert found == [], "whoever has the company's file counts the same"
