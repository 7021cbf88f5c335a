"""Staff as the matrix reaches them, without their secrets; and the record of every change, with its filters."""

import pytest
from django.urls import reverse

from guardia.config.now import now
from guardia.escalation.editing import end_rota, save_level
from guardia.escalation.reachability import put
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from tests.settings.conftest import DAY, make_rota, seen, words

SECRET = "tgram://123456:ABCDEF/998877"


def edited(browser, staff: Staff, **typed: str):
    """The person's form sent back as it was shown, with some fields typed anew."""
    address = reverse("member_edit", args=[staff.pk])
    shown = browser.get(address)
    form = shown.context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    there = {"seen": str(shown.context["meanwhile"].seen)}
    return browser.post(address, {**fields, **there, **typed})


@pytest.fixture
def reached(people) -> Staff:
    people[0].channels = [SECRET]
    people[0].save()
    return people[0]


def test_the_form_shows_a_channel_without_its_secret_and_keeps_it_when_left_alone(administrator, reached):
    page = words(administrator.get(reverse("member_edit", args=[reached.pk])))
    assert "ABCDEF" not in page
    assert "tgram://…" in page
    assert edited(administrator, reached, position="Supervisora TSC", mobile="0999 000 001").status_code == 302
    reached.refresh_from_db()
    assert (reached.channels, reached.position, reached.mobile) == ([SECRET], "Supervisora TSC", "+593999000001")


def test_a_channel_is_added_beside_the_kept_one_and_taken_away(administrator, reached):
    shown = administrator.get(reverse("member_edit", args=[reached.pk])).context["form"]["channels"].value()
    edited(administrator, reached, channels=f"{shown}\njsons://gateway.example.com/sms")
    reached.refresh_from_db()
    assert reached.channels == [SECRET, "jsons://gateway.example.com/sms"]
    edited(administrator, reached, channels="jsons://gateway.example.com/sms")
    reached.refresh_from_db()
    assert reached.channels == ["jsons://gateway.example.com/sms"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channels", "no es una dirección"),
        ("channels", "tgram://… (000000)"),
        ("channels", "file:///etc/passwd"),
        ("channels", "\0"),
        ("channels", "\n".join(f"json://g{n}.example.com" for n in range(9))),
        ("mobile", "12"),
        ("desk_phone", "x" * 61),
        ("position", "a\x07b"),
    ],
)
def test_what_a_person_may_not_say_is_marked_and_nothing_is_lost(administrator, reached, field, value):
    answer = edited(administrator, reached, name="Otro nombre", **{field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert 'value="Otro nombre"' in words(answer)
    reached.refresh_from_db()
    assert (reached.name, reached.channels) == ("Supervisora 1", [SECRET])


def test_the_record_of_a_person_holds_no_secret(administrator, reached):
    edited(
        administrator, reached, channels=f"{SECRET}\njson://user:clave@gateway.example.com", password="una clave larga"
    )
    change = SettingChange.objects.get(noun="staff")
    assert "ABCDEF" not in str(change.before) + str(change.after)
    assert "clave" not in str(change.after)
    assert change.after["password"] == "set"
    page = words(administrator.get(reverse("settings_record")))
    assert "ABCDEF" not in page
    assert "a new one" in page


def test_two_editors_of_one_person_the_second_is_told_and_loses_nothing(administrator, sign_in, reached):
    other, address = sign_in(Role.ADMINISTRATOR, "admin2"), reverse("member_edit", args=[reached.pk])
    opened = administrator.get(address).context
    edited(other, reached, position="Supervisora TSC")
    form = opened["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    late = administrator.post(address, {**fields, "mobile": "0999 000 009", "seen": str(opened["meanwhile"].seen)})
    page = words(late)
    assert late.status_code == 409
    for expected in ("Meanwhile somebody else changed this", "admin2", "Supervisora TSC", 'value="0999 000 009"'):
        assert expected in page
    reached.refresh_from_db()
    assert (reached.position, reached.mobile) == ("Supervisora TSC", "")
    again = {**fields, "position": "Supervisora TSC", "mobile": "0999 000 009", "seen": seen(late.content.decode())}
    assert administrator.post(address, again).status_code == 302


def test_people_are_listed_with_levels_ways_and_when_each_was_tried(supervisor, reached):
    reached.mobile = "+593999000001"
    reached.save()
    make_rota([reached])
    put("+593999000001", how="drill", reached=False, at=now() - DAY)
    page = words(supervisor.get(reverse("settings_people")))
    for expected in ("level 1", "099 900 0001", "not reached on", "never tried", "tgram://…"):
        assert expected in page
    assert "ABCDEF" not in page
    assert "You may read this. Administrators change it." in page


def test_who_holds_a_level_and_cannot_be_paged_is_an_alarm(supervisor, people):
    people[1].email = ""
    people[1].save()
    make_rota(people[1:2])
    lines = supervisor.get(reverse("settings_people")).context["lines"]
    assert (lines[0]["staff"], lines[0]["is_mute"]) == (people[1], True)


def test_a_person_whose_rota_ends_soon_is_still_listed_with_the_level(supervisor, people):
    held = make_rota(people[3:], level=3)
    end_rota(held, now() + DAY, by=None, at=now())
    lines = supervisor.get(reverse("settings_people")).context["lines"]
    assert (lines[0]["staff"], lines[0]["levels"]) == (people[3], [3])


# --- the record ---


@pytest.fixture
def written(people):
    for day, (who, phone) in enumerate(((people[0], "0999 000 010"), (people[1], "0999 000 011"))):
        fields = {"phone": phone, "phone_name": "Celular"}
        save_level(1, fields, by=who, at=now() - 2 * DAY + day * DAY, reason=f"Motivo {day}")
    save_level(2, {"phone": "0999 000 012", "phone_name": "Gerencia"}, by=None, at=now())


def about(browser, query: str = "") -> list[str]:
    return [line.about for line in browser.get(reverse("settings_record") + query).context["lines"]]


def test_the_record_says_who_when_before_after_and_why(supervisor, written):
    page = words(supervisor.get(reverse("settings_record")))
    for expected in ("Supervisor 2", "099 900 0010", "099 900 0011", "Motivo 1", "command line", "Level 2"):
        assert expected in page


def test_the_record_is_filtered_by_what_by_whom_and_by_day(supervisor, written, people):
    today = f"{now():%Y-%m-%d}"
    assert about(supervisor) == ["Level 2", "Level 1", "Level 1"]
    assert about(supervisor, "?que=rota") == []
    assert about(supervisor, f"?que=level&quien={people[0].pk}") == ["Level 1"]
    assert about(supervisor, "?desde=2099-01-01") == []
    assert about(supervisor, f"?hasta={today}&desde=2020-01-01") == about(supervisor)
    assert "Nothing on record matches this filter." in words(supervisor.get(reverse("settings_record") + "?que=rota"))


def test_the_record_turns_its_pages_and_loses_none(supervisor, people):
    for number in range(60):
        save_level(1, {"phone": f"0999 000 0{number:02}", "phone_name": "Celular"}, by=people[0], at=now())
    first = supervisor.get(reverse("settings_record")).context
    second = supervisor.get(first["older"]).context
    assert (len(first["lines"]), len(second["lines"]), second["older"]) == (50, 10, "")
    assert {line.pk for line in first["lines"]}.isdisjoint({line.pk for line in second["lines"]})


def test_an_empty_record_teaches(supervisor):
    assert "Nothing has been changed yet." in words(supervisor.get(reverse("settings_record")))
