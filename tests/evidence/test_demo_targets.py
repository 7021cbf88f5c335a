"""In a trial “test now” works: what is tested is the trial's own web server, at the port of its last start."""

from guardia.demo.network import TESTED, point_here
from guardia.evidence.target import ServiceTarget


def test_the_port_of_the_last_start_is_the_one_that_is_tested(story):
    story.service.circuit = TESTED[0]
    story.service.save()
    assert point_here("127.0.0.1", 8001, story.now) == 2
    assert point_here("127.0.0.1", 8002, story.now) == 2
    web, tcp = sorted(ServiceTarget.objects.all(), key=lambda target: target.kind)
    assert (web.address, tcp.port) == ("http://127.0.0.1:8002/salud", 8002)
    assert web.max_loss == 1
