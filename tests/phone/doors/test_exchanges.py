"""Exchanges are made known, addressed, and known to be heard or not."""

from datetime import timedelta

import pytest

from guardia.calls import exchange_seen, exchanges
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeGap
from guardia.calls.exchanges import ExchangeRefused
from guardia.people import secret_address
from guardia.people.setting_change import SettingChange
from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "story"]


@pytest.fixture
def cti(story):
    return exchanges.add("central", "cti", at=story.now)


@pytest.fixture
def ami(story) -> Exchange:
    return exchanges.add("testpbx", "ami", at=story.now)[0]


def test_a_token_is_random_long_and_not_kept(cti):
    exchange, token = cti
    assert len(token) >= 43
    assert token not in str(Exchange.objects.values())
    assert token not in str(SettingChange.objects.values())
    assert exchanges.exchange_of_token(token) == exchange


@pytest.mark.parametrize("wrong", ["", "x", "é" * 50, "\0", "x" * 300, "\ud800"])
def test_another_token_is_nobodys(cti, wrong):
    assert exchanges.exchange_of_token(wrong) is None
    assert exchanges.exchange_of_token(cti[1][:-1]) is None
    assert exchanges.exchange_of_token(cti[0].token_digest) is None


def test_a_new_token_ends_the_old_one_and_its_secret(cti, story):
    exchange, old = cti
    secret = secret_address.signing_secret(exchange)
    new = exchanges.new_token(exchange, at=story.now)
    assert exchanges.exchange_of_token(old) is None
    assert exchanges.exchange_of_token(new) == exchange
    assert secret_address.signing_secret(Exchange.objects.get()) != secret


def test_one_that_is_switched_off_has_no_address(cti):
    Exchange.objects.update(is_active=False)
    assert exchanges.exchange_of_token(cti[1]) is None


def test_a_signature_is_of_this_body_and_this_exchange(cti, story):
    exchange, _token = cti
    other, _other_token = exchanges.add("otra", "cti", at=story.now)
    signature = secret_address.signature_of(exchange, b"{}")
    assert secret_address.is_signed(exchange, b"{}", signature)
    assert secret_address.is_signed(exchange, b"{}", f" {signature.upper()} ")
    for wrong in ("", "sha256=", signature[:-1], "ñ", secret_address.signature_of(other, b"{}")):
        assert not secret_address.is_signed(exchange, b"{}", wrong)
    assert not secret_address.is_signed(exchange, b"{ }", signature)


def test_an_exchange_is_added_once_with_a_name_and_a_country(cti, story):
    for name, more in (("central", {}), ("", {}), ("x" * 61, {}), ("a\nb", {}), ("otra", {"country": "Ecuador"})):
        with pytest.raises(ExchangeRefused):
            exchanges.add(name, "cti", at=story.now, **more)
    assert Exchange.objects.count() == 1


def test_one_that_we_listen_to_has_no_token(ami, story):
    with pytest.raises(ExchangeRefused, match="testpbx"):
        exchanges.new_token(ami, at=story.now)


def test_a_name_that_is_unknown_tells_the_known_ones(ami):
    with pytest.raises(ExchangeRefused, match="testpbx"):
        exchanges.named("other")
    assert exchanges.only_one() == ami


def test_who_is_who_has_dates(ami, story):
    first = exchanges.name_agent(ami, "Mesa 1", story.engineer, since=story.now, at=story.now)
    assert exchanges.name_agent(ami, "Mesa 1", story.engineer, since=story.now, at=story.now) == first
    later = story.now + timedelta(hours=1)
    with pytest.raises(ExchangeRefused, match="--since"):
        exchanges.name_agent(ami, "Mesa 1", story.colleague, since=story.now, at=later)
    exchanges.name_agent(ami, "Mesa 1", story.colleague, since=later, at=later)
    spans = ExchangeAgent.objects.order_by("since").values_list("staff__username", "since", "until")
    assert list(spans) == [("ingeniero1", story.now, later), ("ingeniero2", later, None)]
    with pytest.raises(ExchangeRefused):
        exchanges.name_agent(ami, " ", story.engineer, since=later, at=later)


# --- heard, or not ----------------------------------------------------------------------------------------------------


def test_lost_is_who_was_heard_and_is_silent(ami, cti, story):
    at, seconds = story.now, lambda count: timedelta(seconds=count)
    assert exchanges.lost_since(at) == []
    assert exchanges.never_heard() == [ami]
    exchange_seen.is_connected(ami, at, None)
    assert exchanges.never_heard() == []
    assert exchanges.lost_since(at + seconds(30)) == []
    assert exchanges.lost_since(at + seconds(31)) == [(ami, at)]
    exchange_seen.is_heard(ami, at + seconds(20))
    assert exchanges.lost_since(at + seconds(50)) == []


def test_a_connection_that_broke_is_said_once_it_lasts(ami, story):
    at = story.now
    exchange_seen.is_connected(ami, at, None)
    exchange_seen.is_lost(ami, "the network\n is away\0" + "x" * 400)
    ExchangeGap.objects.create(exchange=ami, lost_at=at)
    ami.refresh_from_db()
    assert ami.connected_at is None
    assert ami.trouble.startswith("the network is away")
    assert len(ami.trouble) == 300
    assert exchanges.lost_since(at + timedelta(seconds=10)) == []
    assert exchanges.lost_since(at + timedelta(hours=1)) == [(ami, at)]
    Exchange.objects.update(is_active=False)
    assert exchanges.lost_since(at + timedelta(hours=1)) == []


def test_the_last_word_never_moves_back(ami, story):
    exchange_seen.is_heard(ami, story.now)
    exchange_seen.is_heard(ami, story.now - timedelta(hours=1))
    ami.refresh_from_db()
    assert ami.seen_at == story.now
