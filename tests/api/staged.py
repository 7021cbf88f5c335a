"""For each act of the desk, a case in a stage that allows it."""

from guardia.web.api.v2.case_acts import NAMES
from tests.breaking.stages import by_a_desk, by_a_visit, by_mistake, by_nobody, by_the_customer
from tests.breaking.test_acts import STOPS
from tests.breaking.unproven import without_proof
from tests.procedure.story import Story

ROADS = {
    by_mistake: ("waiting", "sent early", "recovered"),
    by_the_customer: ("escalated", "unheard", "agreed hour"),
    by_a_desk: ("taken", "answered"),
    by_nobody: ("late",),
    without_proof: ("unproven", "bad at the end"),
}
SLUGS = {name: slug for slug, name in NAMES.items()}


def case_for(story: Story, name: str) -> None:
    """Bring the story's case to the first stop at which the operation ``cases.<name>`` can be done."""
    wanted = next(stop for stop, acts in STOPS.items() if SLUGS[name] in acts)
    road = next((road for road, stops in ROADS.items() if wanted in stops), by_a_visit)
    for stop in road(story):
        if stop == wanted:
            return
    raise AssertionError(f"no road leads to {wanted!r}")
