"""The settings of the webhooks: made, changed, tried, paused, given a new secret, sent once more, removed."""

import pytest
from django.test import override_settings
from django.urls import reverse

from guardia.clocks import watch
from guardia.people import rehearsal
from guardia.people.rehearsal import NamedList
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.web.api.metrics import figures
from guardia.webhooks import editing, log, outbox
from guardia.webhooks.subscription import WebhookSubscription
from tests.settings.conftest import in_english, sign_in, words
from tests.webhooks.receiver import Reply

__all__ = ["in_english", "sign_in"]

HOME = "/ajustes/avisos-a-sistemas"


@pytest.fixture
def version(story):
    return story.version


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMINISTRATOR)


def fields(receiver, **more):
    return {"name": "CRM", "url": receiver.url, "least_impact": "0", **more}


def test_the_first_one_is_led_to_and_its_secret_is_shown_once(admin, receiver):
    page = words(admin.get(HOME))
    assert "No system listens yet" in page
    answer = admin.post(f"{HOME}/nuevo", fields(receiver, families=["diagnosis.*"], single=["closed"], with_texts="on"))
    one = WebhookSubscription.objects.get()
    (secret,) = one.secrets_at(one.made_at)
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert one.kinds == ["diagnosis.*", "closed"]
    assert secret not in one.secret
    page = admin.get(f"{HOME}/{one.pk}").content.decode()
    assert secret not in page
    assert receiver.url in page
    changes = SettingChange.objects.filter(noun="webhook")
    assert secret not in str(list(changes.values()))
    assert "Webhook" in words(admin.get("/ajustes/cambios"))


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("url", "ftp://example.com", "This is no address"),
        ("url", "https://", "This is no address"),
        ("url", "https://ana:secreta@192.0.2.7/x", "no password"),
        ("url", "http://192.0.2.7/x", "Without TLS only your own networks"),
        ("url", "https://169.254.169.254/latest", "EGRESS_NETWORKS"),
        ("url", "https://10.1.2.3/x", "EGRESS_NETWORKS"),
        ("url", "https://[::1", "This is no address"),
        ("company", "Nadie S. A.", "No company, or more than one"),
        ("name", "", "required"),
        ("single", "no_such", "not one of the available choices"),
        ("least_impact", "9", "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(admin, receiver, field, typed, says):
    answer = admin.post(f"{HOME}/nuevo", fields(receiver, **{field: typed}))
    assert answer.status_code == 422
    assert says in words(answer)
    assert not WebhookSubscription.objects.exists()


def test_this_machine_is_refused_where_the_environment_does_not_let_it_in(admin, receiver):
    with override_settings(EGRESS_LOOPBACK=False):
        assert admin.post(f"{HOME}/nuevo", fields(receiver)).status_code == 422


def test_a_name_that_leads_here_later_is_refused_when_it_is_called(story, following, receiver):
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    with override_settings(EGRESS_LOOPBACK=False):
        following.send()
    (row,) = following.log(one)
    assert receiver.hits == []
    assert "EGRESS_NETWORKS" in row.answer


def test_a_trial_is_answered_on_the_page(admin, story, following, receiver):
    one = following.follow(receiver)
    page = words(admin.post(f"{HOME}/{one.pk}/probar"))
    assert "The receiver took it: 200" in page
    assert receiver.hits[-1].event.get_type() == "guardia.trial"
    assert receiver.hits[-1].is_signed_by(following.secrets[one.pk])
    receiver.reply = Reply(401, b"<b>who are you?</b>")
    answer = admin.post(f"{HOME}/{one.pk}/probar")
    assert answer.status_code == 422
    assert "&lt;b&gt;who are you?&lt;/b&gt;" in answer.content.decode()
    rehearsal.begin(NamedList(), by=None, at=story.now)
    came = len(receiver.hits)
    assert "In a rehearsal nothing is sent" in words(admin.post(f"{HOME}/{one.pk}/probar"))
    assert len(receiver.hits) == came


def test_the_log_says_what_was_answered_and_one_is_sent_once_more(admin, story, following, receiver):
    receiver.reply = Reply(500, b"broken there")
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    page = words(admin.get(f"{HOME}/{one.pk}"))
    assert "broken there" in page
    assert "500" in page
    assert "fails since" in page
    assert "fails since" in words(admin.get(HOME))
    (row,) = following.log(one)
    receiver.reply = Reply()
    answer = admin.post(reverse("settings_webhook_retry", args=[one.pk, row.pk]), follow=True)
    assert "It is sent once more" in words(answer)


def test_what_was_given_up_stands_on_the_desk_until_it_is_sent_once_more(admin, story, following, receiver):
    receiver.reply = Reply(410)
    one = following.follow(receiver)
    story.open_case()
    following.send()
    assert "Events are not taken since" in words(admin.get(HOME))
    assert "Given up" in words(admin.get(f"{HOME}/{one.pk}"))
    figure = {each.name: each.value for each in figures()}
    assert figure["webhooks_dead"] == len(following.log(one))
    assert figure["set_aside"] == 0
    assert [each.name for each, _count in log.dead_ones()] == ["CRM"]
    admin.post(f"{HOME}/{one.pk}/seguir")
    answer = admin.post(f"{HOME}/{one.pk}/reenviar", {"case": story.case.display_number, "seq": ""}, follow=True)
    assert "sent once more" in words(answer)
    assert not watch.Trouble.objects.filter(kind=outbox.TROUBLE).exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Write an hour, or the number of a case"),
        ({"case": "999-9"}, "There is no case 999-9"),
        ({"since": "nunca"}, "Nothing was sent"),
        ({"since": "01/01/2020 08:00"}, "Nothing was sent"),
    ],
)
def test_a_point_that_is_none_is_refused(admin, story, following, receiver, sent, says):
    one = following.follow(receiver)
    answer = admin.post(f"{HOME}/{one.pk}/reenviar", sent)
    assert answer.status_code == 422
    assert says in words(answer)


def test_paused_rotated_left_and_removed(admin, story, following, receiver):
    one = following.follow(receiver)
    admin.post(f"{HOME}/{one.pk}/pausar")
    one.refresh_from_db()
    assert one.state == "paused"
    answer = admin.post(f"{HOME}/{one.pk}/clave")
    one.refresh_from_db()
    assert len(one.secrets_at(story.now)) == 2
    assert one.secrets_at(story.now)[0] in answer.content.decode()
    assert admin.post(f"{HOME}/{one.pk}/dejar").status_code == 302
    assert admin.post(f"{HOME}/{one.pk}/nada").status_code == 404
    admin.post(f"{HOME}/{one.pk}/quitar")
    assert admin.get(f"{HOME}/{one.pk}").status_code == 404
    assert "No system listens yet" in words(admin.get(HOME))


def test_a_secret_of_another_key_stops_its_own_alone(story, following, receiver):
    one = following.follow(receiver, "old", kinds=["registered"])
    WebhookSubscription.objects.filter(pk=one.pk).update(secret="gAAAA-of-another-key")
    well = following.follow(receiver, "well", kinds=["registered"])
    story.open_case()
    following.send()
    assert [row.state for row in following.log(well)] == ["delivered"]
    (row,) = following.log(one)
    assert "SECRET_KEY" in row.answer


def test_a_change_is_on_record_and_what_is_queued_stays(admin, story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    queued = len(following.log(one))
    answer = admin.post(f"{HOME}/{one.pk}/editar", fields(receiver, name="ERP", company="Banco Austral", seen="9999"))
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.name, one.company_id) == ("ERP", story.bank.pk)
    assert len(following.log(one)) == queued
    with pytest.raises(Exception, match="ERP"):
        editing.add({"name": "ERP", "url": receiver.url}, by=None, at=story.now)
