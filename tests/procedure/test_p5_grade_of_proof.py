"""P5: how a confirmation is proven is worked out from facts; what is by word may be denied in one tap."""

from datetime import timedelta

import pytest

from guardia.calls.call import Call, Measure
from guardia.calls.exchange import Exchange
from guardia.cases import case_proofs
from guardia.cases.case_proofs import GRADE, deny
from guardia.cases.refusals import NothingToDeny, OnlyAContact
from guardia.cases.stages.verification import Confirmer
from guardia.evidence.test_result import Verdict
from guardia.intake import customer_acts
from guardia.notices.notice import Notice


@pytest.fixture
def story(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    story.test_shows("98 Mbps", Verdict.GOOD, name="ancho de banda")
    story.minutes_pass(5)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def confirms(story, name="Encargada de turno", position="Asistente", phone="07 555 0149", **more):
    who = Confirmer(name, position, phone, **more)
    return story.case.confirm(who, "se empalmó la fibra", by=story.by, at=story.now)


def call(story, number="+593725550148", measure=Measure.EXCHANGE, **more):
    exchange = Exchange.objects.create(name="central", kind="ami")
    more = {"arrived_at": story.now, "waiting_at": story.now, "answered_at": story.now} | more
    return Call.objects.create(
        exchange=exchange, reference="1", from_number=number, measure=measure, procedure_version=story.version, **more
    )


def test_p5_by_the_contacts_own_link_it_is_the_contacts_own(story):
    event = customer_acts.works(story.case, story.head, "", "", at=story.now)
    assert event.data[GRADE] == "own"
    assert case_proofs.deniable(story.case, story.now) is None


def test_p5_in_a_call_from_a_number_on_file_the_exchange_proves_it(story):
    made = call(story)
    story.minutes_pass(1)
    event = confirms(story, "Asistente de turno", phone="07 255 50148")
    assert (event.data[GRADE], event.data["call"]) == ("call", made.pk)


@pytest.mark.parametrize("why", ["another number", "not on file", "by hand", "before the restoration"])
def test_p5_a_call_that_proves_nothing_leaves_it_by_word(story, why):
    if why == "by hand":
        call(story, measure=Measure.HAND)
    elif why == "before the restoration":
        hour = story.now - timedelta(minutes=40)
        call(story, arrived_at=hour, answered_at=hour, ended_at=hour)
    elif why == "not on file":
        call(story, "+593725550177")
    else:
        call(story)
    phone = {"another number": "07 255 50199", "not on file": "07 255 50177"}.get(why, "07 255 50148")
    event = confirms(story, phone=phone)
    assert event.data[GRADE] == "word"


def test_p5_by_word_the_letter_says_so_and_until_when_it_may_be_denied(story):
    confirms(story)
    facts = story.is_told("confirmed", story.head, story.desk)[0].facts
    assert facts["data"][GRADE] == "word"
    assert facts["data"]["deniable_until"] == (story.now + timedelta(hours=72)).isoformat()


def test_p5_it_is_not_so_opens_the_case_again_once(story):
    confirms(story)
    story.is_told("confirmed", story.head, story.desk)
    story.minutes_pass(10)
    first = deny(story.case, story.desk, at=story.now)
    case = story.case
    assert (case.stage, case.status, case.confirmed_by, case.restored_at) == ("diagnosis", "inProgress", "", None)
    assert case.outages[-1] == [story.now.isoformat(), None]
    facts = story.is_told("relapsed", story.head, story.desk)[0].facts
    assert "Encargada de turno" in facts["texts"]["what"]
    assert deny(story.case, story.head, at=story.now).pk == first.pk
    story.nobody_is_told()


def test_p5_it_is_not_so_opens_a_closed_case_again_until_its_hour(story):
    confirms(story)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "se empalmó", by=story.by, at=story.now)
    story.minutes_pass(8 * 60)
    deny(story.case, story.desk, at=story.now)
    case = story.case
    assert (case.is_open, case.stage, case.affected_seconds) == (True, "diagnosis", None)
    assert story.clock("diagnosis", 2).ended_at is None
    assert story.case.clocks.filter(kind="next_news", ended_at=None).count() == 1
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored("se cambió el equipo")
    customer_acts.works(story.case, story.head, "", "", at=story.now)
    assert case_proofs.denial(story.case) is None
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("equipo dañado", "se cambió el equipo", by=story.by, at=story.now)
    assert story.case.stage == "closure"
    assert not story.case.is_open


def test_p5_what_may_not_be_denied(story):
    with pytest.raises(NothingToDeny):
        deny(story.case, story.head, at=story.now)
    confirms(story)
    with pytest.raises(OnlyAContact):
        deny(story.case, story.stranger, at=story.now)
    with pytest.raises(OnlyAContact):
        deny(story.case, story.former, at=story.now)
    story.minutes_pass(72 * 60 + 1)
    with pytest.raises(NothingToDeny):
        deny(story.case, story.head, at=story.now)
    assert story.case.stage == "stability"
