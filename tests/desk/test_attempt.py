"""An act that is refused: nothing of it is written, and its words stand where they were asked for."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from guardia.cases.refusals import CaseIsClosed, Missing
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Customer
from guardia.procedure.version import NoProcedure
from guardia.web.shared.act import CONFLICT, INVALID, Refusal, attempt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_desk():
    with behind(DatabaseRole.STAFF):
        yield


class NameForm(forms.Form):
    name = forms.CharField()


def refusing(trouble: Exception):
    def verb() -> None:
        Customer.objects.create(name="Half done")
        raise trouble

    return verb


def test_what_the_verb_gives_back_is_handed_on():
    assert attempt(lambda: 7) == 7


@pytest.mark.parametrize(
    ("trouble", "status", "fields"),
    [
        (CaseIsClosed(), CONFLICT, set()),
        (Missing("P7", "name", "the name"), CONFLICT, {"name"}),
        (ValidationError({"name": ["Too short.", "No digits."]}), INVALID, {"name"}),
        (ValidationError("Not now."), INVALID, set()),
        (NoProcedure(), CONFLICT, set()),
    ],
)
def test_what_is_refused_half_way_leaves_nothing_behind_and_says_why(trouble, status, fields):
    refusal = attempt(refusing(trouble))
    assert isinstance(refusal, Refusal)
    assert not Customer.objects.filter(name="Half done").exists()
    assert (refusal.status, set(refusal.fields)) == (status, fields)
    assert refusal.sentence == " ".join(refusal.sentences)
    assert refusal.status_at_fields == (INVALID if fields else status)


def test_a_form_that_is_wrong_never_reaches_the_verb():
    refusal = attempt(lambda: pytest.fail("called"), NameForm({}))
    assert isinstance(refusal, Refusal)
    assert refusal.status == INVALID


@pytest.mark.parametrize(
    ("trouble", "place"),
    [
        (Missing("P7", "name", "the name"), "name"),
        (Missing("P7", "other", "the other"), "__all__"),
        (ValidationError({"name": "Too short.", "other": "Too long."}), "name"),
        (ValidationError(["One.", "Two."]), "__all__"),
    ],
)
def test_with_its_form_the_words_stand_at_the_field_or_above(trouble, place):
    form = NameForm({"name": "x"})
    refusal = attempt(refusing(trouble), form)
    assert isinstance(refusal, Refusal)
    assert place in form.errors
    assert sum(len(words) for words in form.errors.values()) == len(refusal.sentences)
