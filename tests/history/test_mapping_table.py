"""A mapping as a table, and back: what the table has no place for stays as it was, and YAML says what was chosen."""

from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guardia.customers.values import fold
from guardia.history.import_report import STATES
from guardia.history.mapping import Fact, find, load, sources
from guardia.history.mapping_table import (
    FACTS,
    as_far_as_it_goes,
    content_of,
    kind_tables,
    state_rows,
    text_of,
    with_columns,
    with_states,
)

PLAIN = "system: Old\nrows:\n- columns: {number: Nr, opened: Opened, state: [State, Reason]}\nstates: {done: closed}\n"
HEADINGS = ["Nr", "Opened", "State", "Reason", "Más", "a: b", "- x", "yes", "#", "'", "1"]
FILES = [
    {
        "name": "a.csv",
        "rows": 3,
        "is_whole": True,
        "trouble": "",
        "headings": [{"name": name, "examples": [], "words": {}} for name in HEADINGS],
    }
]


def test_the_table_offers_all_that_a_column_may_tell():
    """What it does not offer would be lost whenever somebody saves it."""
    assert set(FACTS) == set(get_args(Fact.__value__))


@pytest.mark.parametrize("name", sources())
def test_what_a_mapping_says_is_said_by_its_text_again(name):
    assert load(text_of(content_of(find(name))), "x") == find(name)


@given(st.lists(st.sampled_from([*FACTS, ""]), min_size=len(HEADINGS), max_size=len(HEADINGS)))
def test_each_heading_tells_what_was_chosen(facts):
    mapping = load(PLAIN, "x")
    content = content_of(mapping)
    content["rows"][0]["columns"] = with_columns(mapping, 0, zip(HEADINGS, facts, strict=True))
    found = as_far_as_it_goes(text_of(content))
    assert found is not None
    (table,) = kind_tables(found, FILES) or [None]
    if table:
        assert [row.fact for row in table.rows] == facts


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).map(str.strip)


@given(st.dictionaries(WORDS.filter(bool), st.sampled_from([*STATES, ""]), max_size=6))
def test_each_word_means_what_was_chosen(meanings):
    mapping = load(PLAIN, "x")
    text = text_of(with_states(content_of(mapping), meanings.items()))
    found = load(text, "x")
    # A word is known whatever its accents and capitals: of two that are one by it, the last one counts.
    assume(len({fold(word) for word in meanings}) == len(meanings))
    for word, meaning in meanings.items():
        if word.isascii():
            assert (found.state_of(found.rows[0], [word]) or "") == meaning


def test_conditions_and_other_kinds_stay_as_they_were():
    mapping = find("servicenow")
    files = [
        {**FILES[0], "headings": [{"name": n, "examples": [], "words": {}} for n in ("number", "opened_at", "state")]}
    ]
    (table,) = kind_tables(mapping, files)
    assert table.place == 0
    content = content_of(mapping)
    content["rows"][0]["columns"] = with_columns(mapping, 0, [(row.name, row.fact) for row in table.rows])
    found = load(text_of(content), "x")
    assert found.rows[1:] == mapping.rows[1:]
    assert found.rows[0].columns == {"number": "number", "opened": "opened_at", "state": "state"}


def test_headings_of_one_fact_stay_in_their_order():
    mapping = load(PLAIN, "x")
    columns = with_columns(mapping, 0, [("Reason", "state"), ("Nr", "number"), ("Extra", "state"), ("State", "state")])
    assert columns["state"] == ["State", "Reason", "Extra"]


def test_words_that_a_run_did_not_know_are_asked_about_first():
    headings = [{"name": "State", "examples": [], "words": {"done": 9, "odd": 2}}]
    headings.append({"name": "Nr", "examples": [], "words": {}})
    rows = state_rows(load(PLAIN, "x"), [{**FILES[0], "headings": headings}], {"strange": 5})
    assert [(row.word, row.count, row.meaning) for row in rows] == [
        ("strange", 5, ""),
        ("odd", 2, ""),
        ("done", 9, "closed"),
    ]


@given(st.text(max_size=60) | st.sampled_from(["rows: 1", "rows: [{columns: 3}]", "rows: [{columns: {number: {}}}]"]))
def test_no_text_is_too_wrong_to_be_looked_at(text):
    found = as_far_as_it_goes(text)
    if found is not None:
        kind_tables(found, FILES)
        state_rows(found, FILES, {"x": 1})
        text_of(content_of(found))
