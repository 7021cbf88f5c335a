"""The operator's own words on the screen: tried, kept, refused by field, taken back; two at once lose nothing."""

import pytest
from django.conf import settings as house
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guardia.config.now import now
from guardia.customers.cities import City
from guardia.events.kinds import LETTERS
from guardia.notices import own_words_editing as room
from guardia.notices.own_words import OwnWording
from guardia.notices.wording.sample import starting
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Moment, worded_variants
from tests.notices.post_office import HOST, PostOffice
from tests.procedure.story import Story
from tests.settings.conftest import seen, words

PLACE = ["diagnosed", "en"]
PAGES = ("edit", "preview", "test", "back")
EDIT, PREVIEW, TEST, BACK = (reverse(f"settings_wording_{page}", args=PLACE) for page in PAGES)
GOOD = {"subject": "{city}: cause found", "headline": "In {city} it is this: {cause}.", "body": "We will {plan}."}


def typed(**more):
    return {**GOOD, "guardar": "1", **more}


@pytest.fixture
def office(settings):
    office = PostOffice()
    office.open()
    settings.SMTP_HOST, settings.SMTP_PORT = HOST, office.port
    yield office
    office.close()


@pytest.fixture
def supervisor(supervisor):
    Staff.objects.filter(role=Role.SUPERVISOR).update(email="supervisor@example.com")
    return supervisor


# --- the list ---


def test_the_list_says_whose_text_is_sent_in_each_language(supervisor):
    supervisor.post(EDIT, typed())
    page = words(supervisor.get(reverse("settings_wording")))
    assert "own text, version 1" in page
    assert "supervisor · " in page
    assert "Confirmed, by our supervisor" in page
    assert f'href="{reverse("settings_wording_edit", args=["confirmed-supervisor", "es"])}"' in page
    assert "short messages (SMS, WhatsApp), keep Guardia" in page


def test_whoever_only_reads_sees_every_text_and_changes_none(supervisor, sign_in):
    supervisor.post(EDIT, typed())
    engineer = sign_in(Role.ENGINEER)
    assert EDIT in words(engineer.get(reverse("settings_wording")))
    answer = engineer.get(EDIT)
    page = words(answer)
    assert "Supervisors and administrators change it." in page
    assert "disabled" in page
    assert 'name="guardar"' not in page
    assert "We will splice the fibre at the cut." in page
    assert engineer.get(answer.context["preview"]["html_href"]).status_code == 200
    for place in (EDIT, PREVIEW, TEST, BACK):
        assert engineer.post(place, typed()).status_code == 403


@pytest.mark.parametrize(
    "place", [("nothing", "es"), ("diagnosed-weather", "es"), ("diagnosed", "fr"), ("noted", "es")]
)
def test_a_notice_that_is_none_is_not_found(supervisor, place):
    assert supervisor.get(reverse("settings_wording_edit", args=place)).status_code == 404


# --- kept ---


def test_the_editor_begins_with_our_own_text_and_keeps_yours_as_a_version(supervisor):
    first = words(supervisor.get(EDIT))
    assert "We found the cause: {cause}" in first
    assert "Cause; it indicates where it is only probable" in first
    assert supervisor.post(EDIT, typed(seen=seen(first))).status_code == 302
    kept = OwnWording.objects.get()
    assert (kept.version, kept.subject, kept.made_by.role) == (1, GOOD["subject"], Role.SUPERVISOR)
    change = SettingChange.objects.get()
    assert (change.noun, change.key, change.after["body"]) == ("wording", "diagnosed/en", GOOD["body"])
    assert "Diagnosis · " in words(supervisor.get(reverse("settings_record")))


def test_saving_the_same_twice_makes_one_version(supervisor):
    supervisor.post(EDIT, typed())
    supervisor.post(EDIT, typed())
    assert OwnWording.objects.count() == 1


def test_our_own_text_of_every_notice_may_be_kept_as_it_is(version):
    for moment in LETTERS:
        for variant in sorted({"", *worded_variants(Moment(moment))}):
            for language, _name in house.LANGUAGES:
                with translation.override(language):
                    ours = starting(moment, variant, version.procedure)
                found = room.problems(moment, variant, language, ours, version.procedure, now())
                assert found == {}, (moment, variant, language)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "", "required"),
        ("headline", " ", "required"),
        ("subject", "x" * 201, "200"),
        ("body", "{plan} " * 900, "4000"),
        ("headline", "a\x07b {cause}", "cannot be shown"),
        ("body", "a\x00b", "ull"),
        ("body", "{plan} {no_such}", "What follows: {no_such} is not available here"),
        ("headline", "It is {cause", "First sentence: the brace in “It is {cause” is not closed"),
        ("headline", "It is {reference}", "First sentence: {reference} is not available here"),
        ("body", "Nothing.", "the procedure requires the solution plan to be stated. Put {plan}"),
        ("headline", "News.", "the procedure requires the cause to be stated. Put {cause}"),
    ],
)
def test_what_a_text_may_not_say_is_marked_at_its_field(supervisor, field, value, said):
    answer = supervisor.post(EDIT, typed(**{field: value}))
    assert answer.status_code == 422
    assert any(said in each for all_of in answer.context["form"].errors.values() for each in all_of)
    assert not OwnWording.objects.exists()


def test_a_placeholder_that_not_every_case_knows_is_no_first_sentence(supervisor):
    place = reverse("settings_wording_edit", args=["registered", "en"])
    answer = supervisor.post(place, typed(headline="Your reference {reference}.", body="{symptoms}."))
    assert answer.status_code == 422
    assert "is empty in some cases" in words(answer)


def test_two_at_once_the_second_sees_what_the_first_wrote_and_keeps_what_was_typed(supervisor, administrator):
    before = seen(words(supervisor.get(EDIT)))
    administrator.post(EDIT, typed(body="First: {plan}.", seen=before))
    answer = supervisor.post(EDIT, typed(body="Second: {plan}.", seen=before))
    assert answer.status_code == 409
    page = words(answer)
    assert "First: {plan}." in page
    assert "Second: {plan}." in page
    assert OwnWording.objects.count() == 1
    assert supervisor.post(EDIT, typed(body="Second: {plan}.", seen=seen(page))).status_code == 302


def test_the_room_refuses_what_was_written_on_an_older_version(version):
    event = ("diagnosed", "", "en")
    room.save(*event, *GOOD.values(), None, now(), seen=0)
    with pytest.raises(ValidationError) as refused:
        room.save(*event, "other", *list(GOOD.values())[1:], None, now(), seen=0)
    assert refused.value.code == "changed"


def test_a_look_in_between_does_not_hide_what_somebody_else_wrote(supervisor, administrator):
    before = seen(words(supervisor.get(EDIT)))
    administrator.post(EDIT, typed(body="First: {plan}.", seen=before))
    looked = supervisor.post(EDIT, {**GOOD, "seen": before, "mirar": "1"})
    assert seen(words(looked)) == before
    assert supervisor.post(EDIT, typed(seen=before)).status_code == 409


# --- looked at ---


def test_the_preview_shows_the_mail_on_an_example_and_its_html_is_shut_in(supervisor):
    answer = supervisor.post(PREVIEW, typed(body="<b>We will</b> {plan}."))
    assert "[104-273-8] Example City · ENL-0001" in words(answer)
    assert "Example City: cause found" in words(answer)
    assert not OwnWording.objects.exists()
    html = supervisor.get(answer.context["preview"]["html_href"])
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert "&lt;b&gt;We will&lt;/b&gt; splice the fibre" in html.content.decode()


def test_the_preview_is_on_the_latest_real_case(as_staff):
    story = Story()
    story.open_case()
    story.diagnosis()
    Staff.objects.update(language="en")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(story.supervisor)
    answer = browser.post(PREVIEW, typed())
    assert f"In {story.site.city.name} it is this: fibra cortada." in words(answer)
    html = browser.get(answer.context["preview"]["html_href"]).content.decode()
    assert "fibra cortada" in html
    on_example = browser.post(PREVIEW, typed(sobre="visit"))
    assert "fibre cut by road works" in words(on_example)


def test_the_example_lies_in_a_city_of_this_installation(supervisor):
    City.objects.create(name="Campina Verde", province="SP", band="main", population=20_000)
    City.objects.create(name="Vila Nova", province="SP", band="main", population=90_000)
    assert "In Vila Nova it is this" in words(supervisor.post(EDIT, {**GOOD, "mirar": "1"}))


def test_without_a_script_the_buttons_of_the_page_do_the_same(supervisor):
    looked = supervisor.post(EDIT, {**GOOD, "mirar": "1"})
    assert looked.status_code == 200
    assert "In Example City it is this: fibre cut by road works." in words(looked)
    put = supervisor.post(EDIT, {**GOOD, "poner": "company"})
    assert "We will {plan}. {company}</textarea>" in words(put)
    assert not OwnWording.objects.exists()


def test_a_preview_of_what_has_a_hole_says_so_instead(supervisor):
    answer = supervisor.post(PREVIEW, typed(headline="It is {no_such}."))
    assert "html_href" not in answer.context["preview"]
    assert "{no_such} is not available here" in words(answer)


@pytest.mark.parametrize(
    "odd",
    [
        "\x85\x0b\x1f\u2028",
        "\r\nBcc: x@example.com",
        "\u202e\u0000\ufffe",
        "{" * 3000,
        "ñ" * 100_000,
        "{cause}" * 500,
        "💥" * 4000,
    ],
)
@pytest.mark.parametrize("field", list(GOOD))
def test_odd_text_is_shown_or_said_to_be_wrong_and_never_breaks(supervisor, office, field, odd):
    asked = typed(**{field: odd})
    answer = supervisor.post(PREVIEW, asked)
    assert answer.status_code == 200
    if href := answer.context["preview"].get("html_href"):
        assert len(href) < 32_000
        assert supervisor.get(href).status_code == 200
    for place in (EDIT, TEST):
        assert supervisor.post(place, asked).status_code in {200, 302, 422}
    assert all(mail["Bcc"] is None for mail in office.mails)


def test_what_we_did_not_sign_is_not_shown(supervisor):
    token = supervisor.post(PREVIEW, typed()).context["preview"]["html_href"].rpartition("/")[2]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "a:b:c"):
        assert supervisor.get(reverse("settings_wording_html", args=[wrong])).status_code == 404


# --- a test ---


def test_a_test_goes_to_the_own_address_and_the_answer_of_the_server_is_shown(supervisor, office):
    answer = supervisor.post(TEST, typed(to="somebody@example.com"))
    assert answer.status_code == 200
    assert "250 2.0.0 Ok: queued as 0" in words(answer)
    assert office.recipients == ["supervisor@example.com"]
    assert office.mails[0]["Subject"] == "Test: [104-273-8] Example City · ENL-0001"
    assert not OwnWording.objects.exists()


def test_a_refused_test_says_why(supervisor, office):
    office.answers["supervisor@example.com"] = ["550 5.1.1 no such user"]
    answer = supervisor.post(TEST, typed())
    assert answer.status_code == 422
    assert "550 5.1.1 no such user" in words(answer)
    assert "We will {plan}." in words(answer)


def test_without_a_server_or_an_address_it_says_what_to_do(supervisor, office):
    office.close()
    assert "Check SMTP_HOST" in words(supervisor.post(TEST, typed()))
    Staff.objects.update(email="")
    assert "Ask an administrator to add it" in words(supervisor.post(TEST, typed()))


# --- back ---


def test_an_older_version_is_used_again_as_a_new_one_and_ours_comes_back(supervisor):
    supervisor.post(EDIT, typed())
    supervisor.post(EDIT, typed(body="Now we {plan}."))
    page = words(supervisor.get(EDIT))
    assert "<del>We will</del><ins>Now we</ins>" in page or "<ins>Now</ins>" in page
    assert supervisor.post(BACK, {"version": "1", "seen": seen(page)}).status_code == 302
    newest = room.newest("diagnosed", "", "en")
    assert (newest.version, newest.body) == (3, GOOD["body"])
    assert supervisor.post(BACK, {}).status_code == 302
    assert not room.newest("diagnosed", "", "en").is_own
    assert OwnWording.objects.count() == 4
    assert "We found the cause: {cause}" in words(supervisor.get(EDIT))
    assert supervisor.post(BACK, {"version": "99"}).status_code == 404
    assert supervisor.post(BACK, {"version": "\0"}).status_code == 404


def test_an_older_version_that_tells_too_little_today_is_not_used_again(supervisor):
    old = OwnWording.objects.create(
        moment="diagnosed", language="en", version=1, subject="a", headline="b", body="c", made_at=now()
    )
    answer = supervisor.post(BACK, {"version": str(old.version)})
    assert answer.status_code == 422
    assert "the procedure requires" in words(answer)
    assert OwnWording.objects.count() == 1
