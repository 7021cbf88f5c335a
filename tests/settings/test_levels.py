"""Levels, rotas and covers on the screen (E2 to E4): kept, refused by field, undone; two at once lose nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from guardia.config.now import now
from guardia.escalation.escalation import Level
from guardia.escalation.roster import on_duty
from guardia.escalation.rota import Cover, Rota
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.settings.conftest import DAY, make_rota, seen, words

SEAT = reverse("settings_seat", args=[1, 1])
COVER = reverse("settings_cover", args=[1, 1])


def rota(members, **more):
    fields = {"every_days": 7, "starts_on": localdate().isoformat(), "turns_at": "00:00", "zone": "America/Guayaquil"}
    chosen = [str(member.pk) for member in members]
    return {"members": [*chosen, "", ""], **fields, "seen": "0", "guardar": "1", **more}


def cover(staff, start, end, **more):
    hours = {"start": f"{localtime(start):%Y-%m-%dT%H:%M}", "end": f"{localtime(end):%Y-%m-%dT%H:%M}"}
    return {"staff": staff.pk, **hours, "reason": "Vacaciones", "seen": "0", **more}


# --- what is shown ---


def test_levels_show_who_holds_each_seat_by_which_number_and_what_e5_says(supervisor, people):
    people[0].mobile, people[0].desk_phone = "+593999000001", "+59325550100;ext=11"
    people[0].save()
    make_rota(people[:1])
    Level.objects.create(level=1, phone="+593999000010", phone_name="Celular de Operaciones")
    page = words(supervisor.get(reverse("settings_levels")))
    for expected in (
        "Supervisora 1",
        "099 900 0001",
        "Celular de Operaciones",
        "(02) 400-5124",
        "E5",
        "from 18:00",
    ):
        assert expected in page
    assert page.count("nobody</b>") == 3  # the second seat of level 1, and the levels 2 and 3


def test_a_week_shows_covers_and_a_seat_that_nobody_holds_is_an_alarm(supervisor, people):
    make_rota(people[:1])
    Cover.objects.create(level=1, seat=1, staff=people[1], during=(now() + DAY / 2, now() + DAY))
    page = words(supervisor.get(reverse("settings_rotas")))
    assert "Supervisor 2 <i>cover</i>" in page
    assert "3 gaps in the next four weeks" in page
    assert 'class="strip gap"' in page
    for level, seat in ((1, 2), (2, 1), (3, 1)):
        make_rota(people[2:], level=level, seat=seat)
    whole = words(supervisor.get(reverse("settings_rotas")))
    assert "in the next four weeks" not in whole
    assert 'class="strip gap"' not in whole


def test_each_week_is_drawn_whole_whatever_the_turns(supervisor, people):
    make_rota(people[:2])
    start = now()
    for minutes in (5, 15, 25):
        begin = start + timedelta(minutes=minutes)
        Cover.objects.create(level=1, seat=1, staff=people[2], during=(begin, begin + timedelta(minutes=5)))
    for week in supervisor.get(reverse("settings_rotas")).context["weeks"]:
        assert {sum(strip["width"] for strip in row["strips"]) for row in week["rows"]} == {7 * 48}


# --- the level's own number ---


def test_a_number_is_kept_as_e164_and_on_record_with_its_reason(supervisor):
    address = reverse("settings_level", args=[1])
    typed = {"phone": "0999 000 010", "phone_name": "Celular de Operaciones", "reason": "Número nuevo", "seen": "0"}
    assert supervisor.post(address, typed).status_code == 302
    assert Level.objects.get().phone == "+593999000010"
    change = SettingChange.objects.get()
    assert (change.noun, change.by.role, change.after["reason"]) == ("level", Role.SUPERVISOR, "Número nuevo")


@pytest.mark.parametrize("phone", ["12", "\0", "9" * 61, "02 555 0100, 02 555 0101"])
def test_a_number_that_is_none_is_marked_and_stays_typed(supervisor, phone):
    answer = supervisor.post(
        reverse("settings_level", args=[1]), {"phone": phone, "phone_name": "Celular", "seen": "0"}
    )
    assert answer.status_code == 422
    assert "phone" in answer.context["form"].errors
    assert 'value="Celular"' in words(answer)
    assert not Level.objects.exists()


# --- rotas ---


def test_a_rota_is_looked_at_before_it_is_kept(supervisor, people):
    looked = supervisor.post(
        SEAT, {key: value for key, value in rota(people[:2]).items() if key != "guardar"} | {"mirar": "1"}
    )
    assert looked.status_code == 200
    assert [turn["who"] for turn in looked.context["preview"]][:3] == ["Supervisora 1", "Supervisor 2", "Supervisora 1"]
    assert not Rota.objects.exists()
    assert supervisor.post(SEAT, rota(people[:2])).status_code == 302
    assert on_duty(1, now()) == people[:1]
    assert SettingChange.objects.get().by.role == Role.SUPERVISOR


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("members", []),
        ("members", ["999999"]),
        ("members", ["\0"]),
        ("members", ["x" * 5000]),
        ("every_days", "0"),
        ("every_days", "99999999999999999999"),
        ("every_days", "siete"),
        ("starts_on", "0001-01-01"),
        ("starts_on", "9999-12-31"),
        ("starts_on", "pronto"),
        ("turns_at", "25:00"),
        ("zone", "Marte/Norte"),
        ("zone", "\0"),
        ("reason", "a\x07b"),
    ],
)
@pytest.mark.parametrize("button", ["mirar", "guardar"])
def test_what_a_rota_may_not_say_is_marked_at_its_field(supervisor, people, field, value, button):
    answer = supervisor.post(SEAT, {**rota(people[:1]), field: value, button: "1"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Rota.objects.exists()


def test_what_was_typed_stays_when_something_else_is_wrong(supervisor, people):
    answer = supervisor.post(SEAT, rota(people[:2], every_days="0", reason="Cambio de equipo"))
    page = words(answer)
    assert 'value="Cambio de equipo"' in page
    assert f'value="{people[1].pk}" selected' in page


def test_a_rota_that_begins_now_is_undone_to_the_one_before(supervisor, people):
    make_rota(people[:1])
    supervisor.post(SEAT, rota(people[1:2]))
    assert on_duty(1, now()) == people[1:2]
    page = words(supervisor.get(reverse("settings_rotas")))
    old = Rota.objects.order_by("pk").first()
    assert f'name="rota" value="{old.pk}"' in page
    supervisor.post(reverse("settings_rota_again"), {"rota": old.pk})
    assert on_duty(1, now()) == people[:1]


def test_a_rota_to_come_is_undone_and_leaves_no_gap(supervisor, people):
    make_rota(people[:1])
    supervisor.post(SEAT, rota(people[1:2], starts_on=(localdate() + 3 * DAY).isoformat()))
    plan = Rota.objects.order_by("pk").last()
    supervisor.post(reverse("settings_rota_end"), {"rota": plan.pk})
    assert on_duty(1, now() + 5 * DAY) == people[:1]


def test_a_rota_that_is_ended_is_taken_up_again(supervisor, people):
    held = make_rota(people[:1])
    supervisor.post(reverse("settings_rota_end"), {"rota": held.pk})
    assert on_duty(1, now()) == []
    assert "nobody holds this seat by turns" in words(supervisor.get(reverse("settings_rotas")))
    supervisor.post(reverse("settings_rota_again"), {"rota": held.pk})
    assert on_duty(1, now()) == people[:1]
    again = supervisor.post(reverse("settings_rota_end"), {"rota": held.pk}, follow=True)
    assert "It already ends before that." in words(again)


def test_a_plan_in_the_way_is_named_with_its_hour(supervisor, people):
    later = (localdate() + 10 * DAY).isoformat()
    make_rota(people[:1])
    supervisor.post(SEAT, rota(people[1:2], starts_on=later))
    last = SettingChange.objects.latest("pk").pk
    answer = supervisor.post(SEAT, rota(people[2:3], starts_on=(localdate() + 5 * DAY).isoformat(), seen=str(last)))
    assert answer.status_code == 422
    assert "this seat has another rota: Supervisor 2" in answer.context["form"].errors["starts_on"][0]


def test_two_editors_of_one_rota_the_second_is_told_and_loses_nothing(supervisor, sign_in, people):
    make_rota(people[:1])
    other = sign_in(Role.ADMINISTRATOR, "admin2")
    opened = seen(supervisor.get(SEAT).content.decode())
    other.post(SEAT, rota(people[1:2], seen=opened, reason="Cambio de turno"))
    late = supervisor.post(SEAT, rota(people[2:3], seen=opened, reason="Lo mío"))
    page = words(late)
    assert late.status_code == 409
    for expected in (
        "Meanwhile somebody else changed this",
        "admin2",
        "Supervisor 2",
        "Cambio de turno",
        'value="Lo mío"',
    ):
        assert expected in page
    assert on_duty(1, now()) == people[1:2]
    assert supervisor.post(SEAT, rota(people[2:3], seen=seen(late.content.decode()))).status_code == 302
    assert on_duty(1, now()) == people[2:3]


# --- covers ---


def test_a_cover_is_written_changed_and_withdrawn(supervisor, people):
    make_rota(people[:1])
    start = (now() + DAY).replace(second=0, microsecond=0)
    assert supervisor.post(COVER, cover(people[1], start, start + DAY)).status_code == 302
    written = Cover.objects.get()
    assert (written.during.lower, written.staff) == (start, people[1])
    last = SettingChange.objects.latest("pk").pk
    changed = cover(people[2], start, start + DAY / 2, reemplazo=written.pk, seen=str(last))
    assert supervisor.post(COVER, changed).status_code == 302
    assert on_duty(1, start) == people[2:3]
    assert on_duty(1, start + DAY / 2) == people[:1]
    standing = Cover.objects.get(withdrawn=False)
    supervisor.post(reverse("settings_cover_withdraw"), {"cover": standing.pk})
    assert on_duty(1, start) == people[:1]
    supervisor.post(reverse("settings_cover_restore"), {"cover": standing.pk})
    assert on_duty(1, start) == people[2:3]


def test_a_cover_that_has_begun_goes_on_from_now_when_it_is_changed(supervisor, people):
    make_rota(people[:1])
    at = now()
    running = Cover.objects.create(level=1, seat=1, staff=people[1], during=(at - DAY, at + DAY))
    changed = cover(people[2], at - DAY / 3, at + DAY / 2, reemplazo=running.pk)
    assert supervisor.post(COVER, changed).status_code == 302
    assert on_duty(1, at - timedelta(minutes=1)) == people[1:2]
    assert on_duty(1, now()) == people[2:3]


def test_overlapping_covers_are_refused_with_the_name_and_hours_of_the_other(supervisor, people):
    start = (now() + DAY).replace(second=0, microsecond=0)
    supervisor.post(COVER, cover(people[1], start, start + DAY))
    last = SettingChange.objects.latest("pk").pk
    answer = supervisor.post(COVER, cover(people[2], start + DAY / 2, start + 2 * DAY, seen=str(last)))
    assert answer.status_code == 422
    assert answer.context["form"].errors["start"][0].startswith("Supervisor 2 covers this seat from")
    assert "Vacaciones" in words(answer)
    assert Cover.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("staff", ""),
        ("staff", "999999"),
        ("staff", "\0"),
        ("start", "0001-01-01T00:00"),
        ("start", "9999-12-31T23:59"),
        ("start", "ayer"),
        ("end", "0001-01-01T00:00"),
        ("end", "9999-12-31T23:59"),
        ("reason", "a\x07b"),
        ("reason", "a\0b"),
        ("reason", "x" * 201),
    ],
)
def test_what_a_cover_may_not_say_is_marked_at_its_field(supervisor, people, field, value):
    typed = {**cover(people[0], now() + DAY, now() + 2 * DAY), field: value}
    answer = supervisor.post(COVER, typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Cover.objects.exists()


def test_a_change_that_is_refused_leaves_the_cover_as_it_was(supervisor, people):
    start = (now() + DAY).replace(second=0, microsecond=0)
    supervisor.post(COVER, cover(people[1], start, start + DAY))
    written, last = Cover.objects.get(), SettingChange.objects.latest("pk").pk
    wrong = cover(people[2], start + DAY, start, reemplazo=written.pk, seen=str(last))
    assert supervisor.post(COVER, wrong).status_code == 422
    written.refresh_from_db()
    assert not written.withdrawn
    assert SettingChange.objects.count() == 1
