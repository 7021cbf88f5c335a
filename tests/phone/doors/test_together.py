"""An exchange sends what belongs together at once: each message its own request, all in one moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connections
from django.test import Client

from guardia.calls import exchanges
from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.procedure.story import Story

ROUNDS, EACH = 4, 2


def test_messages_of_one_call_at_the_same_moment_are_one_call(transactional_db):
    with behind(DatabaseRole.STAFF):
        Story()
        at = now() - timedelta(minutes=2)
        _exchange, token = exchanges.add("central", "cti", at=at)
    course = (("newCall", 0, {}), ("answer", 7, {"user": "Mesa 1"}), ("hangup", 60, {"cause": "normalClearing"}))
    together = Barrier(len(course) * EACH)

    def send(event: str, seconds: int, call: int, more: dict) -> int:
        hour = (at + timedelta(seconds=seconds)).isoformat()
        said = {"event": event, "direction": "in", "from": "0725550148", "to": "1800400404", "timestamp": hour}
        together.wait()
        try:
            body = json.dumps({**said, "callId": f"call-{call}", **more})
            return Client().post(f"/telefonia/{token}", body, content_type="application/json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(together.parties) as threads:
        for call in range(ROUNDS):
            sent = [threads.submit(send, event, at, call, more) for event, at, more in course for _ in range(EACH)]
            assert {answer.result() for answer in sent} == {200}
    with behind(DatabaseRole.STAFF):
        calls = list(Call.objects.order_by("reference"))
        assert [call.reference for call in calls] == [f"call-{number}" for number in range(ROUNDS)]
        for call in calls:
            assert call.answered_at == at + timedelta(seconds=7)
            assert call.ended_at == at + timedelta(seconds=60)
        assert ExchangeEvent.objects.count() == ROUNDS * len(course)
