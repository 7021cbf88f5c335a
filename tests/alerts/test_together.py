"""Two at once: each alert is kept once, each cause opened once, and nobody waits for long."""

from datetime import timedelta
from threading import Event, Thread

from django.db import connection

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.cities import City
from guardia.customers.customer import Customer, Service, Site
from guardia.network.alert import Alert, AlertSource, AlertTurn
from guardia.network.alert_message import AlertMessage, Message, fingerprint_of
from guardia.network.alert_store import keep
from guardia.outages import from_alerts
from guardia.worker import rounds
from tests.alerts.committed import age, say
from tests.house.test_in_turn import another


def test_two_messages_with_the_same_new_alerts_keep_each_once(source):
    """One has said them and is not committed yet; the other waits for it, and says nothing new."""
    said, go, trouble = Event(), Event(), []

    def second() -> None:
        try:
            said.wait(30)
            go.set()
            say(source, "a", circuit="ENL-0042")
        except Exception as wrong:
            trouble.append(wrong)
        finally:
            connection.close()

    thread = Thread(target=second)
    thread.start()
    with behind(DatabaseRole.WORKER):
        one = AlertMessage(fingerprint_of(("a",)), True, "a", None, "critical", "", {"circuit": "ENL-0042"})
        keep(AlertSource.objects.get(pk=source.pk), Message((one,)), now())
        said.set()
        go.wait(30)
    thread.join(60)
    assert trouble == []
    with behind(DatabaseRole.STAFF):
        assert Alert.objects.count() == 1
        assert AlertTurn.objects.count() == 1


def test_while_its_alerts_are_held_a_message_is_sent_away_and_nobody_waits(source, monkeypatch):
    from django.test import Client

    from guardia.network.alerts_sources import new_token
    from guardia.web.shared import posted_alerts

    monkeypatch.setattr(posted_alerts, "LONGEST_WAIT_MS", 1)
    with behind(DatabaseRole.STAFF):
        token = new_token(source, by=None, at=now())
    say(source, "a")
    held, answered = Event(), Event()

    def holds() -> None:
        try:
            with behind(DatabaseRole.WORKER):
                list(Alert.objects.select_for_update().all())
                held.set()
                answered.wait(60)
        finally:
            connection.close()

    thread = Thread(target=holds)
    thread.start()
    held.wait(60)
    body = {"fingerprint": "f", "status": "firing", "name": "a"}
    monkeypatch.setattr("guardia.network.alerts_kinds.fingerprint_of", lambda _parts: fingerprint_of(("a",)))
    refused = Client().post(f"/api/alertas/{token}", body, content_type="application/json")
    answered.set()
    thread.join(60)
    assert refused.status_code == 503
    assert Client().post(f"/api/alertas/{token}", body, content_type="application/json").status_code == 200


def test_a_second_worker_leaves_the_step_to_the_first(source):
    say(source, "a", circuit="ENL-0042")
    age("a", timedelta(minutes=5))
    looked: list[int] = []

    def second() -> None:
        try:
            with behind(DatabaseRole.WORKER):
                looked.append(from_alerts.act(now()))
        finally:
            connection.close()

    with behind(DatabaseRole.WORKER):
        assert from_alerts.act(now()) == 1
        thread = Thread(target=second)
        thread.start()
        thread.join(60)
    assert looked == [0]
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == 1


def test_each_cause_is_committed_before_the_next_is_followed(source, monkeypatch):
    """Whoever acts on the case of the first does not wait for the others."""
    with behind(DatabaseRole.STAFF):
        bank = Customer.objects.get(services__circuit="ENL-0042")
        site = Site.objects.create(customer=bank, name="otra", city=City.objects.first())
        Service.objects.create(customer=bank, site=site, circuit="OTRO-1", folded_circuit="otro-1", type="Enlace")
    for key, circuit in (("a", "ENL-0042"), ("b", "OTRO-1")):
        say(source, key, circuit=circuit)
        age(key, timedelta(minutes=5))
    opens, seen = from_alerts.open_cause, []

    def looks_first(cause, at) -> None:
        with another() as somebody:
            seen.append(somebody(lambda: len(Case.objects.select_for_update(nowait=True))).result(30))
        opens(cause, at)

    monkeypatch.setattr(from_alerts, "open_cause", looks_first)
    rounds.act_on_alerts(Event())
    assert seen == [0, 1]
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == 2
