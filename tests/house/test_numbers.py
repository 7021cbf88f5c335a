"""Design §4.12: a case number has an ISO 7064 MOD 11,10 check digit and is shown in groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardia.cases.number import check_digit, grouped, is_valid, numbered, parse


def test_the_standards_own_example():
    """ISO 7064, MOD 11,10: the string 0794 takes the check character 5."""
    assert check_digit("0794") == 5


@given(st.integers(100_000, 10**9), st.data())
def test_one_wrong_digit_is_always_caught(value, data):
    digits = list(str(numbered(value)))
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    digits[place] = wrong
    assert digits[0] == "0" or not is_valid(int("".join(digits)))


@given(st.integers(100_000, 10**12))
def test_a_number_is_understood_as_it_is_shown(value):
    number = numbered(value)
    for shown in (grouped(number), f"[{grouped(number)}]", grouped(number).replace("-", " "), str(number)):
        assert parse(shown) == number


@pytest.mark.parametrize("words", ["", "abc", "104-273-x", "²", "9" * 40])
def test_what_is_no_number_is_none(words):
    assert parse(words) is None


def test_groups_are_read_from_the_right():
    assert grouped(1042738) == "104-273-8"
    assert grouped(11042738) == "1-104-273-8"
