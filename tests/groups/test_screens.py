"""Groups on screen: the settings, the queue among the views, the row of the bench, the month."""

import html

import pytest
from django.urls import reverse

from guardia.cases.resolver_group import ResolverGroup
from guardia.people.setting_change import SettingChange


@pytest.fixture
def engineer(story, sign_in):
    return sign_in(story.engineer)


@pytest.fixture
def supervisor(story, sign_in):
    return sign_in(story.supervisor)


def page(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_supervisor_writes_a_group_and_it_is_on_record(supervisor, engineer, story):
    fields = {"name_es": "Transporte", "target_minutes": "45", "members": [story.engineer.pk], "active": "on"}
    assert supervisor.post(reverse("settings_group_new"), fields).status_code == 302
    group = ResolverGroup.objects.get()
    assert [one.pk for one in group.members.all()] == [story.engineer.pk]
    assert SettingChange.objects.get(noun="resolver_group").after["target_minutes"] == 45
    assert "Transporte" in page(engineer, reverse("settings_groups"))
    edit = reverse("settings_group", args=[group.pk])
    assert engineer.post(edit, fields).status_code == 403
    answer = supervisor.post(edit, {**fields, "target_minutes": "soon"})
    assert answer.status_code == 422
    assert "Write the target in minutes" in answer.content.decode()
    supervisor.post(edit, {**fields, "active": "", "members": []})
    group.refresh_from_db()
    assert (group.active, group.members.count()) == (False, 0)


def test_a_case_is_passed_from_its_page_and_stands_in_the_queue_of_the_group(engineer, story, transport, power):
    story.open_case()
    case = f"/casos/{story.number}/"
    assert f"{case}grupo" in page(engineer, case)
    fields = {"group": transport.pk, "reason": "medir la portadora", "seen": story.case.seq}
    assert engineer.post(f"{case}grupo", fields).status_code == 302
    text = page(engineer, case)
    assert "to Transport: medir la portadora" in text
    assert "Transport: 30" in text or "Transport: 29" in text
    assert f"{case}del-grupo" in text
    queue = page(engineer, f"/?grupo={transport.pk}")
    assert story.case.display_number in queue
    assert "left" in queue
    assert "Group: Transport" in queue
    assert story.case.display_number not in page(engineer, f"/?grupo={power.pk}")
    engineer.post(f"{case}del-grupo", {"reason": "todo bien", "seen": story.case.seq})
    assert "back to the desk: todo bien" in page(engineer, case)
    assert story.case.display_number not in page(engineer, f"/?grupo={transport.pk}")


def test_past_the_target_the_row_and_the_view_say_so(engineer, story, transport):
    story.open_case()
    story.case.pass_to_group(transport, "medir", by=story.by, at=story.case.opened_at)
    transport.holds.update(due_at=story.case.opened_at)
    text = page(engineer, f"/?grupo={transport.pk}")
    assert "past its target" in text
    assert "1 past its target" in text


def test_without_groups_nothing_of_them_is_offered(engineer, story):
    story.open_case()
    assert "/grupo" not in page(engineer, f"/casos/{story.number}/")
    assert "No group yet" in page(engineer, reverse("report_groups"))


def test_the_month_on_screen(engineer, story, transport):
    story.open_case()
    story.case.pass_to_group(transport, "medir", by=story.by, at=story.now)
    assert "0 of 1" in page(engineer, reverse("report_groups"))
    assert engineer.get(reverse("report_groups"), {"mes": "nada"}).status_code == 422


@pytest.mark.parametrize("value", ["x", "0", "99999999999", "-1", "1 OR 1=1", "\0"])
def test_an_odd_group_in_the_address_is_no_error(engineer, story, transport, value):
    story.open_case()
    page(engineer, f"/?grupo={value}")
