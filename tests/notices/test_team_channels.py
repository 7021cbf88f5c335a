"""News for the channels of teams: owed with the event, sent by the outbox, in the shape that each service documents."""

from datetime import datetime, time, timedelta

import pytest
import requests

from guardia.cases import promises_at_risk
from guardia.cases.resolver_group import ResolverGroup
from guardia.clocks.watch import Trouble
from guardia.config.database_roles import DatabaseRole, behind
from guardia.events.kinds import TeamNews
from guardia.notices import holding, http_answer
from guardia.notices.leases import seen
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import NEWS_TO_TEAMS
from guardia.notices.page import Pager
from guardia.notices.post import Post
from guardia.notices.sending import send_due
from guardia.notices.team_channel import TROUBLE, TeamChannel
from guardia.notices.team_packing import MOST_A_MINUTE
from guardia.people.rehearsal import NamedList
from guardia.worker.posting import LINKS
from guardia.worker.team_channels import note_answer
from tests.notices.chat_server import SLACK, TEAMS, TELEGRAM, ChatServer, led_to
from tests.notices.sender import worker_step

ALL = [news.value for news in TeamNews]


@pytest.fixture
def chat(monkeypatch, settings):
    settings.EGRESS_LOOPBACK = True
    settings.PUBLIC_URL = "https://guardia.example.com"
    server = ChatServer()
    led_to(server, monkeypatch)
    yield server
    server.close()


def channel(name: str = "NOC", kind: str = "slack", secret: str = SLACK, **more) -> TeamChannel:
    given = {"news": ALL, "language": "es", **more}
    return TeamChannel.objects.create(name=name, kind=kind, secret=[secret], **given)


def owed(to: TeamChannel) -> list[str]:
    return list(Notice.objects.filter(team_channel=to).order_by("pk").values_list("moment", flat=True))


class Worker:
    """The loop that sends to teams, with an hour of its own."""

    def __init__(self, at: datetime) -> None:
        self.now, self.number = at, None

    def sends(self) -> int:
        with worker_step():
            self.number = seen(self.now, self.number)
        post = Post(worker_step, lambda: self.now, self.number, LINKS, answered=note_answer)
        return send_due(Pager(5), post, NEWS_TO_TEAMS)

    def after(self, **span: float) -> "Worker":
        self.now += timedelta(**span)
        return self


# --- which news is owed to which channel ---


def test_an_event_owes_its_news_with_the_event_itself(story):
    noc = channel()
    story.open_case()
    (notice,) = Notice.objects.filter(team_channel=noc)
    assert (notice.moment, notice.state, notice.language) == ("registered", "owed", "es")
    assert notice.event.seq
    assert notice.case_id == story.case.pk
    assert notice.facts["number"] == story.case.display_number


def test_no_name_of_a_person_and_no_company_stands_in_it_unless_the_channel_is_sent_it(story):
    plain, named = channel(), channel("Dueños", with_company=True)
    story.open_case()
    told = {n.team_channel_id: str(n.facts) for n in Notice.objects.filter(team_channel__isnull=False)}
    company, circuit = story.case.customer.name, story.case.service.circuit
    for named_thing in (company, circuit):
        assert named_thing not in told[plain.pk]
        assert named_thing in told[named.pk]
    for facts in told.values():
        assert story.case.symptoms not in facts
        assert not any(one.name in facts for one in (story.head, story.engineer) if hasattr(one, "name"))


@pytest.mark.parametrize(
    ("filters", "is_told"),
    [
        ({"impacts": ["down"]}, True),
        ({"impacts": ["degraded"]}, False),
        ({"desks": ["technical"]}, True),
        ({"desks": ["billing"]}, False),
        ({"news": ["closed"]}, False),
        ({"news": []}, False),
        ({"active": False}, False),
        ({"groups": [1]}, False),
    ],
)
def test_a_channel_is_sent_what_it_was_set_to(story, filters, is_told):
    noc = channel(**filters)
    story.open_case()
    assert bool(owed(noc)) is is_told


def test_by_company_and_by_resolver_group(story):
    story.open_case()
    case = story.case
    ours, others = channel(companies=[case.customer_id]), channel("Otra", companies=[case.customer_id + 1])
    group = ResolverGroup.objects.create(names={"es": "Transporte", "en": "Transport"})
    of_group = channel("Grupo", groups=[group.pk])
    case.pass_to_group(group, "fibra", by=story.by, at=story.now)
    assert (owed(ours), owed(others), owed(of_group)) == (["group_changed"], [], ["group_changed"])
    (notice,) = Notice.objects.filter(team_channel=of_group)
    assert notice.facts["texts"] == {"group": "Transporte", "group_en": "Transport"}


@pytest.mark.parametrize(
    ("hours", "impacts", "state"),
    [
        ((time(22), time(7)), [], "suppressed"),
        ((time(22), time(7)), ["down"], "owed"),
        ((time(1), time(3)), [], "suppressed"),
        ((time(8), time(20)), [], "owed"),
    ],
)
def test_in_quiet_hours_only_the_graver_cases_are_sent_and_the_rest_stays_visible(story, hours, impacts, state):
    """The story is at two in the morning, in the operator's zone."""
    noc = channel(quiet_from=hours[0], quiet_until=hours[1], quiet_impacts=impacts)
    story.open_case()
    (notice,) = Notice.objects.filter(team_channel=noc)
    assert (notice.state, notice.reason) == (state, "quiet_hours" if state == "suppressed" else "")


def test_a_promise_at_risk_is_told_once_and_a_broken_one_with_its_name(story):
    noc = channel(news=["at_risk", "breached"])
    story.open_case()
    story.case.refresh_from_db()
    warned = story.case.next_warn_at
    with behind(DatabaseRole.WORKER):
        assert promises_at_risk.tell_at_risk(warned - timedelta(seconds=1)) == 0
        assert promises_at_risk.tell_at_risk(warned) == 1
        assert promises_at_risk.tell_at_risk(warned + timedelta(seconds=5)) == 0
    assert owed(noc) == ["at_risk"]
    story.minutes_pass(60)
    story.the_sweep_runs()
    assert owed(noc)[:2] == ["at_risk", "breached"]


# --- what is said ---


def sent_by(story, chat, **more) -> dict:
    channel(**more)
    story.open_case()
    assert Worker(story.now).sends() == 1
    ((_host, _path, _headers, body),) = chat.posts
    return body


def test_slack_gets_what_an_incoming_webhook_takes(story, chat):
    body = sent_by(story, chat)
    host, path, headers, _body = chat.posts[0]
    assert (host, path) == ("hooks.slack.com", "/services/T0AAAAAAA/B0BBBBBBB/abcdefghijklmnopqrstuvwx")
    assert headers["Content-Type"].startswith("application/json")
    said = str(body)
    assert {"attachments", "blocks", "text"} & body.keys()
    assert story.case.display_number in said
    assert f"https://guardia.example.com/casos/{story.case.number}/" in said
    assert "Prometido antes de las" in said
    assert story.case.customer.name not in said


def test_teams_gets_an_adaptive_card(story, chat):
    body = sent_by(story, chat, kind="teams", secret=TEAMS)
    assert body["type"] == "message"
    (card,) = body["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["content"]["type"] == "AdaptiveCard"
    assert story.case.display_number in str(card["content"]["body"])


def test_mattermost_gets_a_text(story, chat):
    body = sent_by(story, chat, kind="mattermost", secret=chat.mattermost)
    assert chat.posts[0][1] == "/hooks/abcdefghij0123456789abcdef"
    assert isinstance(body["text"], str)
    assert story.case.display_number in body["text"]


def test_telegram_gets_chat_and_text(story, chat):
    body = sent_by(story, chat, kind="telegram", secret=TELEGRAM, place={"chat": "-1001234567890"})
    assert chat.posts[0][:2] == ("api.telegram.org", f"/bot{TELEGRAM}/sendMessage")
    assert body["chat_id"] == -1001234567890
    assert story.case.display_number in body["text"]


# --- how it is sent ---


def test_more_than_a_channel_takes_in_a_minute_is_gathered_into_one(story, chat):
    noc = channel(news=["opened"])
    worker = Worker(story.now)
    for _ in range(MOST_A_MINUTE + 3):
        story.open_case()
        worker.after(seconds=1).sends()
    assert len(chat.posts) == MOST_A_MINUTE
    worker.after(minutes=1).sends()
    assert len(chat.posts) == MOST_A_MINUTE + 1
    assert "3 novedades" in str(chat.posts[-1][3])
    assert set(Notice.objects.filter(team_channel=noc).values_list("state", flat=True)) == {"sent"}


def test_429_waits_for_as_long_as_the_service_asks(story, chat):
    noc = channel(news=["opened"])
    chat.says = [(429, {"Retry-After": "300"}, b"rate_limited")]
    story.open_case()
    worker = Worker(story.now)
    worker.sends()
    delivery = Delivery.objects.get(channel="team")
    assert (delivery.state, delivery.available_at) == ("waiting", worker.now + timedelta(seconds=300))
    worker.after(seconds=299).sends()
    assert len(chat.posts) == 1
    worker.after(seconds=2).sends()
    assert len(chat.posts) == 2
    assert Notice.objects.get(team_channel=noc).state == "sent"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "7"}, b"", 7),
        ({"Retry-After": "99999999"}, b"", 3600),
        ({}, b'{"ok": false, "parameters": {"retry_after": 11}}', 11),
        ({"Retry-After": "Tue, 01 Dec 2026 03:05:00 GMT", "Date": "Tue, 01 Dec 2026 03:00:00 GMT"}, b"", 300),
        ({"Retry-After": "soon"}, b"", None),
        ({}, b"", None),
    ],
)
def test_how_a_service_says_how_long_to_wait(headers, body, seconds):
    response = requests.Response()
    response.status_code, response._content = 429, body
    response.headers.update(headers)
    found = http_answer.wait_of(response)
    assert (found.total_seconds() if found is not None else None) == seconds


def test_while_a_message_waits_for_another_attempt_what_is_owed_meanwhile_leaves_after_it(story, chat):
    channel(news=["opened", "group"])
    chat.says = [(503, {}, b"")]
    story.open_case()
    worker = Worker(story.now)
    worker.sends()
    group = ResolverGroup.objects.create(names={"es": "Transporte"})
    story.case.pass_to_group(group, "fibra", by=story.by, at=story.now)
    worker.after(seconds=1).sends()
    assert len(chat.posts) == 1
    worker.after(minutes=2).sends()
    assert len(chat.posts) == 3
    assert "Transporte" in str(chat.posts[-1][3])


def test_a_removed_webhook_is_refused_at_once_and_the_desk_reads_of_it(story, chat):
    noc = channel(news=["opened", "group"])
    chat.says = [(404, {}, b"no_service")]
    story.open_case()
    worker = Worker(story.now)
    worker.sends()
    notice = Notice.objects.get(team_channel=noc)
    assert notice.state == "failed"
    delivery = notice.deliveries.get()
    assert delivery.state == "refused"
    assert "404" in delivery.answer
    assert "abcdefghijklmnopqrstuvwx" not in delivery.answer + delivery.address
    trouble = Trouble.objects.get(kind=TROUBLE)
    assert (trouble.key, trouble.since) == ("NOC", worker.now)
    group = ResolverGroup.objects.create(names={"es": "Transporte"})
    story.case.pass_to_group(group, "fibra", by=story.by, at=story.now)
    worker.after(minutes=1).sends()
    assert not Trouble.objects.filter(kind=TROUBLE).exists(), "it takes messages again"


def test_in_a_rehearsal_nothing_leaves(story, chat):
    noc = channel(news=["opened"])
    holding.begin(NamedList(), by=None, at=story.now)
    story.open_case()
    Worker(story.now).sends()
    assert chat.posts == []
    assert Notice.objects.get(team_channel=noc).state == "held"


def test_a_channel_whose_address_cannot_be_unsealed_fails_visibly(story, chat, settings):
    noc = channel(news=["opened"])
    story.open_case()
    settings.SECRET_KEY = "another-key-of-at-least-fifty-letters-for-this-one-test"
    Worker(story.now).sends()
    assert chat.posts == []
    assert Notice.objects.get(team_channel=noc).state == "failed"
