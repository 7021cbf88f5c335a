"""A3: who will get which letter is seen before a case is passed on, and it is what they get."""

from datetime import timedelta

import pytest

from guardia.cases.preview import preview
from guardia.notices.mail import what_is_missing
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment
from tests.procedure.office import FRIDAY, MONDAY, Office

OPEN, CLOSED = MONDAY + timedelta(hours=1), FRIDAY + timedelta(minutes=5)


def comparable(facts: dict) -> dict:
    """Without what is drawn or proven only when it is done."""
    return {name: value for name, value in facts.items() if name not in {"seq", "hash", "data", "texts"}}


@pytest.mark.parametrize("at", [OPEN, CLOSED])
@pytest.mark.parametrize("way", ["fault to billing", "billing to sales", "billing to fault"])
def test_a_transfer_is_seen_as_it_is_told(story, way, at):
    story.now = at
    office = Office(story)
    if way == "fault to billing":
        story.open_case()
        typed = {"to": "billing", "reason": "es de otra área", "asked": "Piden la factura", "field_invoice": "001-77"}
        ask = office.asks(text="Piden la factura", fields={"invoice": "001-77"})

        def act():
            office.passes("billing", ask=ask)
    elif way == "billing to sales":
        office.takes()
        typed = {"to": "sales", "reason": "es de otra área"}

        def act():
            office.passes("sales")
    else:
        office.takes(call=office.rings())
        typed = {"to": "technical", "symptoms": "El enlace está caído", "impact": "down"}
        typed["service"] = str(story.service.pk)
        act = office.to_technical
    story.minutes_pass(2)
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    seen = [one.notice for one in preview(story.case, Moment.TRANSFERRED, typed, story.now)]
    act()
    done = list(Notice.objects.filter(pk__gt=last, state="owed").order_by("event__seq", "contact"))
    assert [(n.moment, n.contact_id, n.clause) for n in seen] == [(n.moment, n.contact_id, n.clause) for n in done]
    for before, after in zip(seen, done, strict=True):
        assert comparable(before.facts) == comparable(after.facts)
        assert what_is_missing([after], story.now) == []
