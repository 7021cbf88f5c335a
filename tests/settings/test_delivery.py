"""How mail leaves, on the screen: a domain's limit is given, changed, taken away and put back; marks are cleared."""

from datetime import timedelta

import pytest
from django.urls import reverse

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.notices import domain_limits, notice_rows
from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Delivery
from guardia.notices.pacing import DomainLimit
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.settings.conftest import seen, words

PAGE, NEW, RESTORE = (reverse(name) for name in ("settings_delivery", "settings_limit_new", "settings_limit_restore"))
SLOW = "lento.example.com"


def limit(per_minute: int = 30, domain: str = SLOW) -> DomainLimit:
    return domain_limits.save({"domain": domain, "per_minute": per_minute}, by=None, at=now())


def waiting(domain: str, count: int, attempts: int = 0) -> None:
    at = now()
    Delivery.objects.bulk_create(
        Delivery(
            address=f"a{place}@{domain}",
            domain=domain,
            message_id=f"<{domain}.{place}.{attempts}@example.com>",
            attempts=attempts,
            available_at=at,
            created_at=at,
        )
        for place in range(count)
    )


def test_without_a_limit_the_page_teaches_what_one_does(supervisor):
    page = words(supervisor.get(PAGE))
    for expected in (
        "No domain has a limit",
        "nothing is dropped",
        "everything due has been sent",
        "accepts its messages",
    ):
        assert expected in page
    assert "None: nothing is held back." in words(supervisor.get(reverse("settings")))


def test_a_limit_is_given_changed_taken_away_and_put_back(supervisor):
    told = words(supervisor.post(NEW, {"domain": " @Lento.Example.COM. ", "per_minute": "30"}, follow=True))
    assert f"From now on 30 a minute leave for {SLOW}" in told
    made = DomainLimit.objects.get()
    address = reverse("settings_limit", args=[made.pk])
    edited = {"per_minute": "1", "seen": seen(supervisor.get(address).content.decode())}
    told = words(supervisor.post(address, edited, follow=True))
    assert "1 a minute" in told
    assert ">supervisor<small" in told
    told = words(supervisor.post(reverse("settings_limit_remove", args=[made.pk]), follow=True))
    assert f"{SLOW} no longer has a limit" in told
    assert not DomainLimit.objects.exists()
    removed = SettingChange.objects.latest("pk")
    supervisor.post(RESTORE, {"cambio": str(removed.pk)})
    assert DomainLimit.objects.get().per_minute == 1
    record = words(supervisor.get(reverse("settings_record") + "?que=domain_limit"))
    for expected in ("Limit of a domain", SLOW, "<del>30</del>", "<ins>1</ins>"):
        assert expected in record


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("domain", "", "The domain is missing"),
        ("domain", "*", "there is none for all the others"),
        ("domain", "*.example.com", "there is none for all the others"),
        ("domain", "https://example.com/", "is not a domain"),
        ("domain", "solo", "is not a domain"),
        ("domain", "a..example.com", "is not a domain"),
        ("domain", "-a.example.com", "is not a domain"),
        ("domain", "x" * 64 + ".example.com", "is not a domain"),
        ("domain", "a.\0.com", "Null characters"),
        ("per_minute", "", "as a whole number like 30"),
        ("per_minute", "1.5", "as a whole number like 30"),
        ("per_minute", "-1", "as a whole number like 30"),
        ("per_minute", "٣", "as a whole number like 30"),
        ("per_minute", "0", "Write 1 or more"),
        ("per_minute", "6001", "More than 6000 a minute"),
        ("per_minute", "9" * 19, "More than 6000 a minute"),
    ],
)
def test_what_cannot_be_a_limit_is_marked_at_its_field(supervisor, field, value, remedy):
    answer = supervisor.post(NEW, {"domain": SLOW, "per_minute": "30", field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert remedy in " ".join(answer.context["form"].errors[field])
    assert not DomainLimit.objects.exists()


def test_a_domain_has_one_limit_and_a_name_of_other_letters_is_kept_in_ascii(supervisor):
    limit(7)
    answer = supervisor.post(NEW, {"domain": f"jefe@{SLOW}", "per_minute": "30"})
    assert f"{SLOW} already has a limit: 7 a minute" in words(answer)
    supervisor.post(NEW, {"domain": "peñón.example.com", "per_minute": "5"})
    assert (
        DomainLimit.objects.filter(domain="xn--pen-8ma5a.example.com").exists()
        or DomainLimit.objects.filter(domain__startswith="xn--").exists()
    )


def test_two_who_change_one_limit_the_second_is_told(supervisor, sign_in):
    address = reverse("settings_limit", args=[limit().pk])
    shown = seen(supervisor.get(address).content.decode())
    sign_in(Role.SUPERVISOR, "otra").post(address, {"per_minute": "5", "seen": shown})
    late = supervisor.post(address, {"per_minute": "60", "seen": shown})
    assert late.status_code == 409
    for expected in ("Meanwhile somebody else changed this", "otra", 'value="60"'):
        assert expected in words(late)
    assert DomainLimit.objects.get().per_minute == 5


def test_what_waits_is_shown_by_domain_and_counted_up_to_99(supervisor, monkeypatch):
    limit(30)
    waiting(SLOW, 120)
    waiting("otro.example.org", 3, attempts=2)
    page = words(supervisor.get(PAGE))
    for expected in ("99+", "all will have left in about 4", "otro.example.org", "3 were attempted and continue"):
        assert expected in page
    assert f"{NEW}?dominio=otro.example.org" in page
    assert 'value="otro.example.org"' in words(supervisor.get(NEW, {"dominio": "otro.example.org"}))
    monkeypatch.setattr(notice_rows, "MOST_QUEUED_COUNTED", 50)
    assert "More are waiting than are counted here: 50 emails" in words(supervisor.get(PAGE))


def test_a_marked_address_is_listed_and_works_again(sign_in, version):
    company = Customer.objects.create(name="Banco Uno")
    marked = [
        AddressMark.objects.create(
            customer=company,
            channel="mail",
            address=f"p{place}@example.com",
            reason="bounced",
            words="550 no such user",
            marked_at=now() - timedelta(hours=1),
        )
        for place in range(51)
    ]
    engineer = sign_in(Role.ENGINEER)
    page = engineer.get(PAGE)
    assert len(page.context["marked"]) == 50
    assert "550 no such user" in words(page)
    assert "p0@example.com" in words(engineer.get(PAGE + page.context["older"].partition("#")[0]))
    assert "51" in words(engineer.get(reverse("settings")))
    told = engineer.post(reverse("settings_mark_clear", args=[marked[0].pk]), follow=True)
    assert "p0@example.com can receive emails again." in words(told)
    marked[0].refresh_from_db()
    assert marked[0].cleared_by.username == Role.ENGINEER.value


def test_who_may_not_change_a_limit_reads_it(sign_in):
    made = limit()
    engineer = sign_in(Role.ENGINEER)
    page = words(engineer.get(PAGE))
    assert "You may read this." in page
    assert NEW not in page
    for address in (NEW, RESTORE, reverse("settings_limit", args=[made.pk])):
        assert engineer.post(address, {"per_minute": "1"}).status_code == 403
    assert engineer.post(reverse("settings_limit_remove", args=[made.pk])).status_code == 403
    assert sign_in(Role.QUALITY).post(reverse("settings_mark_clear", args=[1])).status_code == 403
    assert sign_in(Role.TECHNICIAN).get(PAGE).status_code == 403


def test_what_does_not_exist_is_not_found_and_what_was_not_taken_away_is_not_put_back(supervisor):
    far = 99999999999999999999
    for name in ("settings_limit", "settings_limit_remove"):
        assert supervisor.post(reverse(name, args=[far]), {"per_minute": "1"}).status_code == 404
    assert supervisor.post(reverse("settings_mark_clear", args=[far])).status_code == 404
    assert supervisor.get(f"{PAGE}?antes={far}").status_code == 200
    told = supervisor.post(RESTORE, {"cambio": "x"}, follow=True)
    assert "There is no limit to restore here." in words(told)


def test_a_very_long_domain_keeps_its_own_record(supervisor):
    one, other = (f"{'a' * 60}.{name}.example.com" for name in ("uno", "dos"))
    limit(1, one)
    limit(2, other)
    rows = {row["domain"]: row["at"] for row in supervisor.get(PAGE).context["limits"]}
    assert set(rows) == {one, other}
    assert all(rows.values())
    assert one in words(supervisor.get(reverse("settings_record")))
