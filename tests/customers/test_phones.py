"""Numbers as people write them become what the exchange announces."""

import pytest

from guardia.customers.phones import NotANumber, international, normalise, several, spoken


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("02 555 0100", "+59325550100"),
        ("(02) 555-0100", "+59325550100"),
        ("+593 2 555 0100", "+59325550100"),
        ("00593 2 555 0100", "+59325550100"),
        ("593-2-555-0100", "+59325550100"),
        ("099 000 0100", "+593990000100"),
        ("1800-400404", "+5931800400404"),
        ("02 555 0100 ext. 12", "+59325550100;ext=12"),
        ("+1 212 555 0100", "+12125550100"),
    ],
)
def test_a_number_is_kept_in_one_form(written, kept):
    assert normalise(written) == kept
    assert normalise(spoken(kept)) == kept


@pytest.mark.parametrize("written", ["", "abc", "099", "555 0100", "1" * 40, "\x00"])
def test_what_cannot_be_called_is_refused(written):
    with pytest.raises(NotANumber):
        normalise(written)


def test_several_numbers_each_once_in_their_order():
    assert several("099 000 0100, 02 555 0100\n0990000100;") == ["+593990000100", "+59325550100"]
    assert several(" \n ") == []


def test_half_a_second_number_is_not_lost_unseen():
    with pytest.raises(NotANumber) as refused:
        several("02 555 0100 / 101")
    assert refused.value.written.strip() == "101"


def test_a_national_number_is_shown_as_it_is_dialled():
    assert spoken("+59325550100") == "(02) 555-0100"
    assert spoken("+12125550100") == "+1 212-555-0100"
    assert spoken("what is this") == "what is this"


def test_a_number_that_may_be_read_abroad_bears_its_country_in_groups():
    assert international("+593999000001") == "+593 99 900 0001"
    assert international("+59325550100;ext=12") == "+593 2-555-0100 ext. 12"
    assert international("07 555 0148, preguntar") == "07 555 0148, preguntar"
    assert international("") == ""
