"""A road without good tests: two stops at which a supervisor may go on with a reason (P6, P7)."""

from collections.abc import Iterator

from guardia.evidence.test_result import Verdict
from tests.breaking.stages import stops
from tests.procedure.story import Story


def without_proof(story: Story) -> Iterator[str]:
    """The green window is over and nobody measured anything; once it is proven, a test turns bad before the closing."""
    story.open_case()
    story.test_shows("pérdida 40 %")
    story.test_shows("pérdida 60 %")
    story.diagnosis("remote")
    story.service_is_restored()
    story.customer_confirms()
    story.minutes_pass(40)
    yield from stops(story, "unproven", lambda: story.test_shows("pérdida 0 %", Verdict.GOOD))
    story.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    story.case.stabilise(by=story.by, at=story.now)
    story.minutes_pass(1)
    story.test_shows("pérdida 30 %")
    yield from stops(story, "bad at the end", lambda: story.test_shows("pérdida 0 %", Verdict.GOOD))
    story.case.close("equipo dañado", "se cambió", by=story.by, at=story.now)
    yield "closed"
