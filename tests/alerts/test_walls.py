"""The walls: the portal reads no alert, only old ones of nothing go, and the worker's round runs behind its own."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import DatabaseError, transaction

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.network import alert_store as thinning
from guardia.network.alert import Alert, AlertMapping, AlertSource, AlertState, AlertTurn
from guardia.worker import rounds
from tests.alerts.committed import age, say

OLD = timedelta(days=31)


@pytest.mark.parametrize("model", [AlertSource, AlertMapping, Alert, AlertTurn])
def test_the_portal_reads_no_alert(source, model):
    say(source, "a")
    with pytest.raises(DatabaseError), behind(DatabaseRole.PORTAL, 1):
        list(model.objects.all())


@pytest.mark.parametrize("wall", [DatabaseRole.STAFF, DatabaseRole.WORKER])
def test_a_turn_is_never_changed(source, wall):
    say(source, "a")
    with pytest.raises(DatabaseError), behind(wall):
        AlertTurn.objects.update(fires=False)


def test_only_the_worker_deletes_and_only_what_is_over_and_of_nothing(source):
    say(source, "a")
    say(source, "b")
    say(source, "b", fires=False)
    with pytest.raises(DatabaseError), behind(DatabaseRole.STAFF):
        Alert.objects.all()._raw_delete("default")
    with behind(DatabaseRole.WORKER):
        Alert.objects.filter(state=AlertState.FIRING)._raw_delete("default")
    with behind(DatabaseRole.STAFF):
        assert Alert.objects.count() == 2


def test_the_round_opens_the_case_and_old_alerts_go(source):
    say(source, "a", circuit="ENL-0042")
    say(source, "vieja", circuit="NADIE")
    say(source, "vieja", fires=False)
    age("a", timedelta(minutes=5))
    age("vieja", OLD)
    rounds.act_on_alerts(Event())
    rounds.thin_alerts(Event())
    with behind(DatabaseRole.STAFF):
        assert Case.objects.get().source == "alert"
        assert [alert.name for alert in Alert.objects.all()] == ["a"]
        assert AlertTurn.objects.count() == 1


def test_what_a_case_stands_on_stays_however_old(source):
    say(source, "a", circuit="ENL-0042")
    age("a", timedelta(minutes=5))
    rounds.act_on_alerts(Event())
    say(source, "a", fires=False)
    age("a", OLD)
    rounds.thin_alerts(Event())
    with behind(DatabaseRole.STAFF):
        assert Alert.objects.get().case == Case.objects.get()


def test_of_a_flood_only_the_last_day_stays(source, monkeypatch):
    monkeypatch.setattr(thinning, "MOST_KEPT", 2)
    for key in "abcd":
        say(source, key)
        say(source, key, fires=False)
    for key in "ab":
        age(key, timedelta(days=2))
    rounds.thin_alerts(Event())
    with behind(DatabaseRole.STAFF):
        assert sorted(alert.name for alert in Alert.objects.all()) == ["c", "d"]


def test_a_source_of_which_too_much_fires_is_told(source, monkeypatch):
    monkeypatch.setattr(thinning, "MOST_FIRING", 1)
    say(source, "a")
    say(source, "b")
    rounds.thin_alerts(Event())
    with behind(DatabaseRole.STAFF):
        assert AlertSource.objects.get().trouble


def test_a_message_that_cannot_be_kept_leaves_nothing(source, monkeypatch):
    from guardia.network import alert_store

    def breaks(*_given):
        raise DatabaseError

    monkeypatch.setattr(alert_store, "_write_turns", breaks)
    with pytest.raises(DatabaseError), transaction.atomic():
        say(source, "a")
    with behind(DatabaseRole.STAFF):
        assert not Alert.objects.exists()
