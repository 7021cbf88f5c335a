"""A company agrees or objects; what it objects is something that the desk has to answer."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import Missing
from guardia.notices.notice import Notice
from guardia.outages import work_answers
from guardia.outages.work_drafting import touched
from guardia.outages.work_refusals import NobodyToAsk, NothingObjected, NotOfThisWork, TooLateToAnswer

HOUR = timedelta(hours=1)


def answers(night) -> dict[str, str]:
    rows = touched(night.work).select_related("customer")
    return {row.customer.name: row.answer for row in rows}


def test_one_contact_agrees_for_the_company_and_for_no_other(night, story):
    night.announce(needs_agreement=True)
    for _press in range(2):
        work_answers.agree(night.work, story.head, at=night.now)
    assert answers(night) == {"Banco Austral": "agreed", "Hospital Los Arrayanes": ""}
    assert night.turns() == ["drafted", "announced", "agreed"], "the second tap is the same answer"


def test_where_no_agreement_is_asked_none_is_given_but_an_objection_is_heard(night, story):
    night.announce()
    with pytest.raises(NobodyToAsk):
        work_answers.agree(night.work, story.head, at=night.now)
    night.objects()
    assert answers(night)["Banco Austral"] == "objected"


def test_an_objection_needs_words_and_waits_until_it_is_answered(night, story):
    night.announce(needs_agreement=True)
    with pytest.raises(Missing):
        night.objects("  ")
    night.objects("es fin de mes")
    (waiting,) = work_answers.objections()
    assert (waiting.company, waiting.words, waiting.contact) == (story.bank, "es fin de mes", story.head)
    before = Notice.objects.count()
    night.at(night.now + HOUR)
    for _press in range(2):
        work_answers.reply(night.work, story.bank, "no puede esperar", by=story.by, at=night.now)
    assert work_answers.objections() == []
    assert Notice.objects.count() == before + 4, "its contacts are told, and nobody else's"
    assert night.told("replied")[0].facts["why"] == "no puede esperar"
    night.at(night.now + HOUR)
    night.objects("entonces solo hasta las 04:00")
    assert [each.words for each in work_answers.objections()] == ["entonces solo hasta las 04:00"]


def test_an_answer_to_nobody_is_refused(night, story):
    night.announce()
    with pytest.raises(NothingObjected):
        work_answers.reply(night.work, story.bank, "de acuerdo", by=story.by, at=night.now)


def test_other_hours_are_asked_again(night, story):
    night.announce(needs_agreement=True)
    work_answers.agree(night.work, story.head, at=night.now)
    night.move(night.starts_at + HOUR, night.ends_at + HOUR)
    assert set(answers(night).values()) == {""}
    assert "agreed" in night.turns(), "what was agreed to stays on record"


def test_a_company_that_is_taken_out_is_told_and_touched_no_longer(night, story):
    night.announce()
    night.objects()
    work_answers.take_out(night.work, story.bank, "tiene otro camino", by=story.by, at=night.now)
    assert work_answers.objections() == []
    assert set(answers(night)) == {"Hospital Los Arrayanes"}
    assert [one.customer_id for one in night.told("taken_out")] == [story.bank.pk]
    with pytest.raises(NotOfThisWork):
        night.objects("¿y ahora?")


def test_once_it_has_begun_an_answer_changes_nothing(night, story):
    night.announce(needs_agreement=True)
    night.begins()
    with pytest.raises(TooLateToAnswer):
        work_answers.agree(night.work, story.head, at=night.now)
    with pytest.raises(TooLateToAnswer):
        night.objects()


def test_a_cancelled_work_waits_for_no_answer_of_ours(night):
    night.announce()
    night.objects()
    night.cancel()
    assert work_answers.objections() == []
