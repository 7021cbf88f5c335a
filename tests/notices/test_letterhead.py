"""The operator's letterhead: refused with its remedy where it would spoil a letter, else in every letter."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guardia.notices import letterhead
from guardia.notices.letterhead import JPEG, PAPERS, PNG, Picture, contrast, picture
from guardia.notices.notice import Notice
from guardia.notices.own_words import Letterhead
from guardia.people.setting_change import SettingChange
from guardia.web.desk.mailbox import with_its_images
from tests.notices.companies import case_of, company_with
from tests.notices.pictures import chunk, jpeg, png
from tests.notices.reading import html_of, mail_of, owed, text_of, written
from tests.notices.sender import Sender, worker_step
from tests.procedure.story import TWO_IN_THE_MORNING

WHOLE = {
    "sender": "Mesa de Servicio",
    "heading": "Operadora de Ejemplo S. A.",
    "footer": "Av. Primera 1-23\nhttps://operadora.example.com",
    "colour": "#0B7A75",
}


def kept(**fields) -> Letterhead:
    return letterhead.save(fields, by=None, at=TWO_IN_THE_MORNING)


def refused(**fields) -> dict[str, list[str]]:
    with translation.override("en"), pytest.raises(ValidationError) as wrong:
        letterhead.read_fields(fields)
    return wrong.value.message_dict


# --- what may stand in it ---


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("sender", "x" * 121, "Please shorten it"),
        ("heading", "x" * 201, "Please shorten it"),
        ("heading", "Opera\x07dora", "Type the text again"),
        ("heading", "Opera\u202edora", "Type the text again"),
        ("sender", "Opera\x85dora", "Type the text again"),
        ("sender", "Opera\ud800dora", "Type the text again"),
        ("footer", "x" * 1001, "Please shorten it"),
        ("footer", "x\n" * 11, "combine some"),
        ("colour", "red", "six digits"),
        ("colour", "#fff", "six digits"),
        ("colour", "#0b57a４", "six digits"),
        ("colour", "#ffcc00", "Choose a darker one"),
        ("colour", "#171d25", "Choose a lighter one"),
        ("colour", "#0b7a75", "no line to colour"),
        ("logo", b"<svg/>", "not a whole PNG or JPEG"),
        ("logo", b"GIF89a" + b"\0" * 40, "not a whole PNG or JPEG"),
        ("logo", png()[:-6], "not a whole PNG or JPEG"),
        ("logo", png(10, 40), "Each side must have 16 to 2000"),
        ("logo", png(2400, 400), "Each side must have 16 to 2000"),
        ("logo", png(1600, 20), "Cut it"),
        ("logo", png(extra=chunk(b"acTL", b"\0" * 8)), "still PNG"),
        ("logo", jpeg(padding=41_000), "larger than 40 KB"),
    ],
)
def test_what_would_spoil_a_letter_is_refused_with_its_remedy(field, value, remedy):
    problems = refused(**{field: value})
    assert list(problems) == [field]
    assert remedy in problems[field][0]


def test_all_that_is_wrong_is_told_at_once():
    assert set(refused(sender="x" * 200, colour="blue", logo=b"no")) == {"sender", "colour", "logo"}


def test_a_line_is_one_line_and_a_colour_is_written_small():
    said = letterhead.read_fields({"heading": " Una\r\nBcc: x@example.com ", "colour": " #0B7A75 "})
    assert said == {**letterhead.NONE, "heading": "Una Bcc: x@example.com", "colour": "#0b7a75"}


def test_the_contrast_is_that_of_the_web():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    styles = render_to_string("mail/letter.css")
    for paper in PAPERS.values():
        assert f"background-color: {paper}" in styles


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(240, 80), Picture(PNG, 240, 80)),
        (jpeg(120, 40), Picture(JPEG, 120, 40)),
        (jpeg(120, 40, padding=9000), Picture(JPEG, 120, 40)),
        (b"", None),
        (b"\xff\xd8\xff\xd9", None),
        (png(0, 80), None),
    ],
)
def test_a_picture_is_known_by_its_content(content, found):
    assert picture(content) == found


@given(st.binary(max_size=200), st.sampled_from([png(16, 16), jpeg()]), st.integers(0, 200))
def test_no_bytes_break_the_reading_of_a_picture(noise, whole, place):
    picture(noise)
    picture(whole[:place] + noise + whole[place:])
    picture(b"\xff\xd8\xff" + noise + b"\xff\xd9")


# --- versions ---


def test_each_change_is_a_version_and_what_repeats_the_last_is_none(as_staff):
    first, again = kept(**WHOLE), kept(**WHOLE)
    assert (first.version, again.version) == (1, 1)
    second = kept(heading="Otra")
    assert (second.version, letterhead.in_force().heading) == (2, "Otra")
    assert SettingChange.objects.filter(noun="letterhead").count() == 2


def test_the_way_back_to_an_older_one_and_to_none(as_staff):
    kept(**WHOLE, logo=png())
    kept(heading="Otra")
    third = letterhead.back_to(1, by=None, at=TWO_IN_THE_MORNING)
    found = letterhead.in_force()
    assert (third.version, found.heading, found.logo, found.logo_type) == (3, WHOLE["heading"], png(), PNG)
    assert letterhead.back_to(0, by=None, at=TWO_IN_THE_MORNING).version == 4
    assert letterhead.in_force() is None
    with pytest.raises(ValidationError):
        letterhead.back_to(99, by=None, at=TWO_IN_THE_MORNING)


def test_the_record_knows_a_logo_by_its_size_and_keeps_none(as_staff):
    kept(logo=png())
    said = SettingChange.objects.get(noun="letterhead").after["logo"]
    assert said.startswith("PNG 240 × 80, 1 KB (")


# --- in a letter ---


@pytest.fixture
def registered(story) -> Notice:
    story.open_case()
    return owed(story, "registered")


def test_without_one_nothing_changes(registered):
    plain = written(registered).as_bytes()
    assert b"multipart/related" not in plain
    kept(**WHOLE, logo=png())
    assert written(registered).as_bytes() != plain
    letterhead.back_to(0, by=None, at=TWO_IN_THE_MORNING)
    assert written(registered).as_bytes() == plain


def test_a_letter_bears_it_above_and_below_in_text_and_html(registered):
    before = text_of(registered)
    kept(**WHOLE)
    text, html = text_of(registered), html_of(registered)
    assert text.startswith(f"{WHOLE['heading']} {'-' * 72} ")
    assert "Mesa de Servicio" in text.partition(WHOLE["footer"].split()[0])[0]
    assert "Av. Primera 1-23 https://operadora.example.com" in text
    assert "border-bottom: 2px solid #0b7a75" in html
    assert "Av. Primera 1-23<br>" in html
    assert str(mail_of(registered)["From"]).startswith('"Mesa de Servicio, ')
    for said in before.split("Mesa")[0].split(". ")[:3]:
        assert said in text


def test_the_logo_travels_inside_the_mail_and_is_named(registered):
    kept(logo=jpeg(480, 64))
    mail = mail_of(registered)
    (image,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    cid = image["Content-ID"].strip("<>")
    html = mail.get_body(("html",)).get_content()
    assert f'src="cid:{cid}"' in html
    (tag,) = re.findall(r"<img[^>]*>", html)
    assert 'width="240"' in tag
    assert 'height="32"' in tag
    assert image.get_content() == jpeg(480, 64)
    assert image.get_content_disposition() == "inline"
    provider = str(mail["From"]).partition(", ")[2].partition('"')[0]
    assert f'alt="{provider}"' in html
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        JPEG,
    ]
    assert mail["Content-Language"]


def test_what_is_written_in_it_is_shown_and_does_nothing(registered):
    kept(heading='<b>"Operadora" & {{ letter }}</b>', footer="<script>x</script>", sender="A <x@example.com>, \\B")
    html = html_of(registered)
    assert "&lt;b&gt;" in html
    assert "<script" not in html
    (sender,) = mail_of(registered)["From"].addresses
    assert sender.addr_spec != "x@example.com"


# --- in a storm ---


def test_a_batch_reads_it_once_however_many_letters(story, post_office):
    kept(**WHOLE, logo=png())
    contacts = company_with(6)
    case_of(story, contacts[0].customer, 1)
    sender, asked = Sender(post_office, story.now), []
    real = letterhead.in_force
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(letterhead, "in_force", lambda: asked.append(1) or real())
        assert sender.sends() == 6
    assert len(asked) == 1
    assert all(WHOLE["heading"] in mail.get_body(("plain",)).get_content() for mail in post_office.mails)


def test_a_list_of_several_cases_bears_it_too(story, post_office):
    kept(**WHOLE, logo=png())
    (contact,) = company_with(1)
    for number in (1, 2):
        case_of(story, contact.customer, number)
    assert Sender(post_office, story.now).sends() == 1
    (mail,) = post_office.to(contact.email)
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    for words in ("Operadora de Ejemplo S. A.", "https://operadora.example.com", "Mesa de Servicio"):
        assert words in text
        assert words in html
    assert 'src="cid:letterhead.1@' in html


def test_whoever_sends_may_read_it(registered):
    kept(**WHOLE)
    with worker_step():
        assert letterhead.in_force().sender == "Mesa de Servicio"


def test_a_browser_is_shown_the_logo_inside_the_page(registered):
    kept(logo=png())
    mail = mail_of(registered)
    html = with_its_images(mail, mail.get_body(("html",)).get_content())
    assert 'src="data:image/png;base64,' in html
    assert "cid:" not in html
