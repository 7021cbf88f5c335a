"""P1: the first call of an exchange, in a browser that is left open: what is being chosen stays chosen."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from guardia.calls.call import Call
from guardia.calls.exchange import Exchange
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.intake import phone
from tests.browser.looks import fits


@pytest.fixture
def exchange(story) -> Exchange:
    with behind(DatabaseRole.STAFF):
        return Exchange.objects.create(
            name="pbx", kind="ami", contexts=["from-trunk"], seen_at=now(), connected_at=now()
        )


def says(one: Exchange, event: str, **more: str) -> None:
    """One word of the exchange, of the one call, now."""
    with behind(DatabaseRole.STAFF):
        at = now()
        about = {"Timestamp": f"{at.timestamp():.6f}", "Uniqueid": "c.1", "Linkedid": "c.1"}
        packet = {"Event": event, **about, **more}
        phone.keep_events(one, [list(packet.items())], "ami", at, at)


def polls(page: Page, times: int) -> None:
    for _ in range(times):
        with page.expect_response(lambda answer: "vivo=1" in answer.url and "primera-llamada" in answer.url):
            pass


def test_p1_the_first_call_is_named_while_it_rings_and_a_poll_undoes_no_choice(desk, exchange):
    page = desk("supervisora")
    page.goto(reverse("settings_exchange", args=[exchange.pk]))
    page.get_by_role("link", name="First call").click()
    expect(page.get_by_text("No call has been seen since this page was opened")).to_be_visible()
    polls(page, 3)
    says(exchange, "Newchannel", Context="from-isp", Exten="022000999", ChannelState="4", CallerIDNum="0990000123")
    context = page.locator("li", has_text="from-isp")
    number = page.locator("li", has_text="022000999")
    expect(context).to_be_visible()
    number.get_by_role("combobox").select_option("024004040/3")
    says(exchange, "QueueCallerJoin", Queue="cola-x", Position="1", CallerIDNum="0990000123")
    expect(page.locator("li", has_text="cola-x")).to_be_visible()
    polls(page, 3)
    expect(number.get_by_role("combobox")).to_have_value("024004040/3")
    number.get_by_role("button").click()
    expect(number).to_contain_text("Billing")
    says(exchange, "AgentConnect", Queue="cola-x", MemberName="Mesa 9", Interface="PJSIP/909", DestUniqueid="l.1")
    member = page.locator("li", has_text="Mesa 9")
    expect(member).to_be_visible()
    context.get_by_role("button").click()
    expect(context).to_contain_text("calls come in here")
    page.locator("li", has_text="cola-x").get_by_role("combobox").select_option("billing")
    page.locator("li", has_text="cola-x").get_by_role("button").click()
    member.get_by_role("combobox").select_option(label="ingeniero2")
    member.get_by_role("button").click()
    expect(page.get_by_text("Everything in this call is configured")).to_be_visible()
    with behind(DatabaseRole.STAFF):
        call = Call.objects.get(exchange=exchange)
        assert (call.line, call.desk, call.answered_by.username) == ("024004040/3", "billing", "ingeniero2")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_no_page_of_an_exchange_is_wider_than_its_window(desk, exchange, width, theme):
    about = {"Exten": "022000999", "ChannelState": "4", "CallerIDNum": "0990000123"}
    says(exchange, "Newchannel", Context="from-isp-" + "x" * 60, **about)
    page = desk("supervisora", width=width, theme=theme)
    for name in ("settings_exchange", "settings_first_call"):
        page.goto(reverse(name, args=[exchange.pk]))
        assert fits(page), name
        assert page.locator("h1").count() == 1
