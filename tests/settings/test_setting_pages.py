"""Every page of the settings is found: by its group, by what is set on it, in the palette, and from its neighbours."""

import re

import pytest
from django.urls import resolve, reverse

from guardia.people.policy import Right
from guardia.people.staff import Role
from guardia.web.desk.settings.setting_pages import GROUPS, OF_FEW, pages_called
from tests.settings.conftest import words

ALL = [each for _group, pages in GROUPS for each in pages]


def found(browser, typed: str):
    return browser.get(reverse("settings"), {"q": typed})


def test_each_page_stands_in_one_group_and_opens(administrator):
    names = [each.name for each in ALL]
    assert len(names) == len(set(names))
    assert {each.right for each in ALL if each.right} == set(OF_FEW)
    summary = administrator.get(reverse("settings"))
    for each in ALL:
        page = administrator.get(reverse(each.name))
        assert page.status_code == 200, each.name
        assert f'<a href="{reverse(each.name)}">' in summary.content.decode()
        current = re.findall(r'<a href="([^"]+)" aria-current="page">', page.content.decode())
        assert reverse(each.name) in current, each.name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("feriad", ""),
        ("holiday", "settings_calendar"),
        ("MAILBOX", "settings_channels"),
        ("logo", "settings_letterhead"),
        ("zabbix", "settings_alerts"),
        ("jira", "history_imports"),
        ("on call", "settings_rotas"),
    ],
)
def test_what_is_set_there_leads_to_the_page(administrator, typed, name):
    page = found(administrator, typed)
    if name:
        assert (page.status_code, resolve(page["Location"]).url_name) == (302, name)
    else:
        assert "No setting is called “feriad”." in words(page)


def test_several_are_listed_and_nobody_is_led_where_they_may_not_go(administrator, supervisor, sign_in):
    assert "Telephones and email by level" in words(found(administrator, "level"))
    assert "No setting is called “mailbox”." in words(found(supervisor, "mailbox"))
    named = {each.name for _group, pages in pages_called("", {Right.SEE_AUDIT}) for each in pages}
    assert "settings_audit" in named
    assert named.isdisjoint({"settings_channels", "settings_privacy", "history_imports"})
    engineer = words(sign_in(Role.ENGINEER, "ana").get(reverse("settings")))
    assert "Rotas" in engineer
    assert "Server, mailbox" not in engineer


@pytest.mark.parametrize("typed", ["\0", "x" * 5000, "%", "<b>", "'", "ñ́"])
def test_whatever_is_typed_is_answered(administrator, typed):
    page = found(administrator, typed)
    assert page.status_code in (200, 302)
    assert b"<b>" not in page.content.split(b"setting-groups")[0].split(b"search")[-1]


def test_the_palette_leads_to_each_that_one_may_open(administrator, supervisor):
    assert "Mail and messages" in words(administrator.get("/paleta?q=mail"))
    assert "Mail and messages" not in words(supervisor.get("/paleta?q=mail"))
