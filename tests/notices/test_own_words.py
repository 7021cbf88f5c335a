"""The operator's own words: filled without a hole, never less than the procedure wants told, else ours."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guardia.events.kinds import LETTERS, letter_of_kind
from guardia.notices import own_words
from guardia.notices.own_words import OwnWording
from guardia.notices.wording.letter import news_of
from guardia.notices.wording.own_news import own_news
from guardia.notices.wording.placeholders import (
    PLACE,
    PLACEHOLDERS,
    Hole,
    line_filled,
    loose_brace,
    names_for,
    paragraphs_filled,
    places,
)
from guardia.notices.wording.prose import WORDING
from guardia.notices.wording.sample import samples, starting
from guardia.procedure import version
from tests.notices.reading import html_of, mail_of, owed, text_of
from tests.procedure.story import TWO_IN_THE_MORNING

VALUES = {"cause": "fibra cortada.", "plan": "", "next": "Antes de las 03:33 le informaremos."}


def owned(subject: str, headline: str, body: str, *, moment: str = "diagnosed", version: int = 1, is_own: bool = True):
    fields = {"subject": subject, "headline": headline, "body": body, "is_own": is_own}
    return OwnWording.objects.create(
        moment=moment, language="en", version=version, made_at=TWO_IN_THE_MORNING, **fields
    )


@pytest.fixture
def diagnosed(story):
    story.open_case()
    story.diagnosis()
    return owed(story, "diagnosed")


# --- filling ---


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Causa: {cause}. Plan: {plan}.", ("Causa: fibra cortada.",)),
        ("Causa: { cause }.", ("Causa: fibra cortada.",)),
        ("El Ing. {plan} la vio. Sigue así.", ("Sigue así.",)),
        ("1. {plan}\n2. {cause}", ("2. fibra cortada.",)),
        ("Llame al tel. {plan}", ()),
        ("{next}.\n\n{plan}", ("Antes de las 03:33 le informaremos.",)),
        ("{cause}", ("Fibra cortada.",)),
    ],
)
def test_a_sentence_that_would_have_a_hole_is_left_out(body, told):
    assert paragraphs_filled(body, VALUES) == told


def test_a_first_sentence_with_a_hole_is_none():
    with pytest.raises(Hole):
        line_filled("El plan: {plan}.", VALUES)


def test_a_brace_without_a_partner_is_found():
    assert loose_brace("la causa {cause y") == "la causa {cause y"
    assert loose_brace("{cause} y {plan}") == ""


def test_a_placeholder_stands_within_a_line_as_it_is_filled():
    assert (places("{a\n}"), places("{\na}"), places("{ a }")) == ([], [], ["a"])
    assert loose_brace("{a\n}") == "{a }"


@given(st.text(alphabet="ab {}.\n¿Ñ<", max_size=80), st.dictionaries(st.sampled_from("ab"), st.text(max_size=9)))
def test_filling_never_fails_and_leaves_no_known_placeholder(text, values):
    values = {name: value.replace("{", "").replace("}", "") for name, value in values.items()}
    for paragraph in paragraphs_filled(text, values):
        assert not set(places(paragraph)) & set(values)
    try:
        told = line_filled(text, values)
    except Hole:
        return
    assert "\n" not in told
    assert not PLACE.search(told)


def test_what_a_value_holds_is_never_read_again():
    assert paragraphs_filled("{a}", {"a": "{b}", "b": "no"}) == ("{b}",)


# --- every event ---

TOLD_APART = {
    "confirmed": ("customer", "supervisor"),
    "left_site": ("done", "unfinished"),
    "outage_left": ("not_back", "mistaken", "by_hand"),
    "work_linked": ("inside", "overran"),
}


def test_each_event_has_its_closed_list():
    plain = {moment for moment in LETTERS if letter_of_kind(moment).headline}
    assert not plain & set(WORDING), "words in two places"
    assert set(LETTERS) == plain | set(WORDING)
    assert {name for moment in LETTERS for name in names_for(moment)} == set(PLACEHOLDERS)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("moment", LETTERS)
def test_our_own_text_as_a_text_of_the_operators_says_the_same(story, moment, language):
    procedure = version.of(story.version.pk)
    with translation.override(language):
        for variant in TOLD_APART.get(moment, ("",)):
            words = starting(moment, variant, procedure)
            for told in samples(moment, variant, procedure, TWO_IN_THE_MORNING):
                news, ours = own_news(told, words), news_of(told)
                assert "{" not in " ".join([news.subject, news.headline, *news.said])
                assert news.headline == ours.headline
                assert news.said == tuple(said for said in ours.said if said)


# --- in force, and in a mail ---


def test_the_newest_version_holds_and_ours_can_come_back(as_staff):
    assert own_words.in_force([("diagnosed", "visit")]).get("diagnosed", "visit", "en") is None
    owned("a", "b", "c")
    newest = owned("d", "e", "f", version=2)
    found = own_words.in_force([("diagnosed", "visit")])
    assert found.get("diagnosed", "visit", "en") == newest.pk
    assert found.get("diagnosed", "visit", "es") is None
    owned("", "", "", version=3, is_own=False)
    assert own_words.in_force([("diagnosed", "visit")]).get("diagnosed", "visit", "en") is None


def test_a_mail_speaks_in_the_words_under_which_it_was_owed(diagnosed):
    diagnosed.wording = owned("{city}: cause found", "In {city} it is this: {cause}.", "<b>We will</b> {plan}.")
    assert mail_of(diagnosed)["Subject"] == f"[{diagnosed.case.display_number}] Cuenca · ENL-0042", "a case keeps one"
    assert re.search(r'class="preheader"[^>]*>Cuenca: cause found<', html_of(diagnosed))
    assert "In Cuenca it is this: fibra cortada. <b>We will</b> empalmar." in text_of(diagnosed)
    assert "&lt;b&gt;We will&lt;/b&gt; empalmar." in html_of(diagnosed)
    assert "Before 06:03 (Ecuador time) we will have restored" in text_of(diagnosed), "what is promised stays ours"


@pytest.mark.parametrize(
    ("subject", "headline", "body"),
    [
        ("ok", "It is {cause}.", "No plan is told."),
        ("ok", "It is {outcome}: {cause}.", "We will {plan}."),
        ("ok", "It is {cause}.", "We will {no_such_thing} {plan}."),
    ],
)
def test_words_that_tell_too_little_are_replaced_by_ours(diagnosed, subject, headline, body):
    diagnosed.wording = owned(subject, headline, body)
    text = text_of(diagnosed)
    assert "We found the cause: fibra cortada. The solution plan: empalmar." in text
    assert "{" not in text


def test_a_notice_keeps_the_version_under_which_it_was_owed(story):
    story.open_case()
    first = owned("a", "It is {cause}.", "We will {plan}.")
    story.diagnosis()
    owned("b", "It was {cause}.", "We will {plan}.", version=2)
    assert owed(story, "diagnosed").wording == first
    assert owed(story, "diagnosed", story.head).wording is None, "this person reads Spanish"


def test_no_words_begin_a_header_of_their_own(diagnosed):
    diagnosed.wording = owned("a\r\nBcc: x@example.com", "It is {cause}.", "We will {plan}.")
    mail = mail_of(diagnosed)
    assert mail["Bcc"] is None
    assert "A Bcc: x@example.com" in html_of(diagnosed)


def test_an_answer_comes_back_to_its_case(diagnosed, settings):
    settings.MAIL_IN = False
    assert mail_of(diagnosed)["Reply-To"] is None
    settings.MAIL_IN = True
    assert "casos+" in mail_of(diagnosed)["Reply-To"]
