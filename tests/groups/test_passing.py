"""A case is passed to a resolver group and back: on record, told to nobody, and no clock of the customer moves."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from guardia.cases.group_editing import save
from guardia.cases.passing_to_groups import GroupOutOfUse, WithNoGroup
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import CaseIsClosed, Missing, TimeBeforeTheCase
from guardia.cases.resolver_group import GroupHold, queues
from guardia.clocks.clock import Clock
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.sql_rows import rows_of
from guardia.events.kinds import KINDS
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment
from guardia.reports.group_months import group_months
from guardia.reports.month import Month


def passed(story, group, reason="revisar el enlace", **more):
    return story.case.pass_to_group(group, reason, by=story.by, at=story.now, **more)


def back(story, reason="está bien"):
    return story.case.take_back_from_group(reason, by=story.by, at=story.now)


def clocks(story) -> list[dict]:
    return list(Clock.objects.filter(case=story.case).order_by("pk").values())


def test_it_is_on_record_with_its_reason_and_its_target(story, transport):
    story.open_case()
    event = passed(story, transport)
    assert (event.moment, event.public) == (Moment.GROUP_CHANGED, False)
    assert event.data["group"] == transport.pk
    assert {name: text for name, _salt, text in event.texts} == {
        "reason": "revisar el enlace",
        "group": "Transporte",
        "group_en": "Transport",
    }
    hold = GroupHold.objects.get()
    assert (hold.since, hold.due_at, hold.until) == (story.now, story.now + timedelta(minutes=30), None)


def test_no_clock_of_the_customer_moves_and_nobody_is_told(story, transport, power):
    story.open_case()
    before, told, next_due = clocks(story), Notice.objects.count(), story.case.next_due_at
    passed(story, transport)
    story.minutes_pass(2)
    passed(story, power)
    story.minutes_pass(2)
    back(story)
    assert clocks(story) == before
    assert (Notice.objects.count(), story.case.next_due_at) == (told, next_due)
    assert list(rebuild()) == []


def test_past_its_target_a_sweep_tells_nobody(story, transport):
    story.open_case()
    passed(story, transport)
    story.diagnosis()
    told = Notice.objects.count()
    story.minutes_pass(31)
    seq = story.case.seq
    story.the_sweep_runs()
    assert [queue["late"] for queue in queues("", "en", story.now)] == [1]
    of_groups = story.case.events.filter(moment=Moment.GROUP_CHANGED)
    assert of_groups.count() == 1
    assert not Notice.objects.filter(moment=Moment.GROUP_CHANGED).exists()
    assert Notice.objects.count() - told == Notice.objects.filter(event__seq__gt=seq, case=story.case).count()


def test_one_group_has_it_at_a_time_and_said_twice_it_is_one(story, transport, power):
    story.open_case()
    first = passed(story, transport)
    assert passed(story, transport).pk == first.pk
    story.minutes_pass(5)
    event = passed(story, power)
    assert (event.data["from"], event.data["group"], event.data["due_at"]) == (transport.pk, power.pk, None)
    assert list(GroupHold.objects.order_by("pk").values_list("group", "until")) == [
        (transport.pk, story.now),
        (power.pk, None),
    ]
    last = back(story)
    assert last.data == {"group": None, "from": power.pk, "due_at": None}
    assert back(story).pk == last.pk


def test_what_is_refused(story, transport, power):
    story.open_case()
    with pytest.raises(WithNoGroup):
        back(story)
    with pytest.raises(Missing):
        passed(story, transport, " ")
    save(power, {"name_es": "Energía", "active": ""}, by=story.supervisor, at=story.now)
    power.refresh_from_db()
    with pytest.raises(GroupOutOfUse):
        passed(story, power)
    passed(story, transport)
    with pytest.raises(TimeBeforeTheCase):
        story.case.take_back_from_group("x", by=story.by, at=story.now - timedelta(hours=2), now=story.now)
    story.case.cancel("abierto por error", by=story.by, at=story.now)
    with pytest.raises(CaseIsClosed):
        back(story)


def test_its_kind_is_private_and_its_data_names_nobody(story, transport):
    story.open_case()
    event = passed(story, transport)
    assert not KINDS[Moment.GROUP_CHANGED].public
    assert "revisar" not in json.dumps(event.data)
    assert "revisar" not in event.canonical


@pytest.mark.parametrize("role", [DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS])
def test_the_portals_logins_see_nothing_of_groups(story, transport, role):
    story.open_case()
    event = passed(story, transport)
    for table in ("resolver_group", "resolver_group_member", "group_hold"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
            with behind(role, story.bank.pk):
                rows_of(f"SELECT count(*) FROM {table}", [])
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert rows_of("SELECT count(*) FROM event_text WHERE event_id = %s", [event.pk]) == [(0,)]


def test_who_acts_for_a_company_is_told_of_its_own_cases_alone_whether_a_group_has_them(story, transport):
    story.open_case()
    passed(story, transport)
    ask = "SELECT is_with_one_of(%s, %s::jsonb), is_with_one_of(%s, '[]')"
    values = [story.case.pk, f"[{transport.pk}]", story.case.pk]
    assert rows_of(ask, values) == [(True, False)]
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        assert rows_of(ask, values) == [(True, False)]
    with behind(DatabaseRole.PORTAL_ACTS, story.other.pk):
        assert rows_of(ask, values) == [(False, False)]
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with behind(DatabaseRole.PORTAL, story.bank.pk):
            rows_of(ask, values)


def test_the_month_says_how_long_each_group_had_cases(story, transport, power):
    story.now = story.now.replace(day=1, hour=12) - timedelta(days=15)  # an hour within one month, whatever today is
    story.open_case()
    passed(story, transport)
    story.minutes_pass(40)
    passed(story, power)
    story.minutes_pass(20)
    months = {one.group.pk: one for one in group_months(Month.of(story.now), story.now)}
    assert (months[transport.pk].total, months[transport.pk].late) == (timedelta(minutes=40), 1)
    assert (months[power.pk].median, months[power.pk].with_target) == (timedelta(minutes=20), 0)
    story.case.cancel("abierto por error", by=story.by, at=story.now)
    later = {one.group.pk: one for one in group_months(Month.of(story.now), story.now + timedelta(minutes=90))}
    assert later[power.pk].total == timedelta(minutes=20), "a closed case is held by nobody"
    assert queues("", "pt", story.now)[0]["held"] == 0


def test_a_case_of_a_rehearsal_is_in_no_figure(story, transport):
    story.open_case()
    passed(story, transport)
    type(story.case).objects.filter(pk=story.case.pk).update(in_rehearsal=True)
    assert [one.holds for one in group_months(Month.of(story.now), story.now)] == [0]
