"""The table of kinds: each sentence can be read by each reader in each language, and a private kind tells nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.utils import translation

from guardia.cases.event_facts import FORMS, WORKED_OUT, facts_of, sentence_of, title_of
from guardia.events.kinds import KINDS, NOT_REPORTED, PUBLIC, TABLE, Kind
from guardia.events.sentence import by, first_of, given, joined, says, with_reason
from guardia.procedure.vocabulary import VARIANTS, ClockKind, LateReason, Moment

TEN = datetime(2026, 11, 26, 10, tzinfo=UTC)


@dataclass(frozen=True)
class PlainWriter:
    for_operator: bool

    def hour(self, at):
        return f"{at:%H:%M}"

    exact = hour

    def span(self, start, end):
        return f"{start:%H:%M} to {end:%H:%M}" if end else f"{start:%H:%M}"

    def lasting(self, seconds):
        return f"{seconds} s"

    def staff(self, ids):
        return ", ".join(f"person {pk}" for pk in ids)

    def desk(self, key):
        return f"desk {key}"


NAMES = """
    symptoms reporter_name text cause plan solution why crew before parts name position reason whom
    outcome what who fault prevention asked_by party word contact subject caption by operator customer
    site_contact access people place answered_by answer words from_number answered_as number result from
"""
TEXTS = {name: f"«{name}»" for name in NAMES.split()}
HOUR = TEN.isoformat()
DATA = {
    **{name: HOUR for name in ("due_at", "breached_at", "was", "hour", "opens_at")},
    "band_was": "main",
    "band_now": "remote",
    "other": 1042738,
    "number": "+593991234567",
    "to": 3,
    "staff": [1, 2],
    "clock": ClockKind.TRAVEL,
    "clocks": [ClockKind.TRAVEL],
    "forecast": [HOUR, HOUR],
    "people": 2,
    "level": 2,
}
STRETCHES = {Moment.WAIT_CORRECTED: {"was": [HOUR, HOUR], "hours": [HOUR, None]}}


def variants_of(moment):
    return tuple(LateReason) if moment == Moment.LATE_EXPLAINED else VARIANTS.get(moment, ("",))


def facts(moment, variant="", *, for_operator=True, data=None, texts=None):
    data = {**DATA, **STRETCHES.get(moment, {})} if data is None else data
    return facts_of(moment, variant, data, TEXTS if texts is None else texts, PlainWriter(for_operator))


def test_each_kind_has_one_entry():
    assert sorted(kind.moment for kind in TABLE) == sorted(Moment)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("moment", list(Moment))
def test_each_reader_reads_each_kind(moment, language):
    with translation.override(language):
        for variant in variants_of(moment):
            for for_operator in (True, False):
                told = facts(moment, variant, for_operator=for_operator)
                words = f"{title_of(told)} {sentence_of(told)}"
                assert "%(" not in words
                assert "None" not in words


@pytest.mark.parametrize("moment", [m for m in Moment if m not in PUBLIC or m in NOT_REPORTED])
def test_the_customer_reads_nothing_of_a_private_kind(moment):
    for variant in variants_of(moment):
        assert sentence_of(facts(moment, variant, for_operator=False)) == ""


def test_a_new_kind_is_private():
    assert Kind(Moment.NOTED, "", KINDS[Moment.NOTED].name).public is False


def test_a_fact_that_is_absent_is_empty():
    nothing = facts(Moment.NOTED, data={}, texts={})
    assert says("%(a)s: %(b)s", b="data.b")(nothing) == ": "
    assert joined("a", "b", "data.c")(nothing) == ""
    assert first_of("a", says("else"))(nothing) == "else"
    assert given("a", says("there"), says("not there"))(nothing) == "not there"
    assert by("data.why", one=says("1"), otherwise=says("other"))(nothing) == "other"
    assert with_reason(says("so"))(nothing) == "so"


def test_what_is_named_is_written():
    told = facts(Moment.NOTED, data={"at": HOUR, "why": "one"}, texts={"reason": "rain.", "who": "Eva"})
    assert (
        says("at %(hour)s, since %(reason)s", hour="data.at|hour", reason="reason|bare")(told) == "at 10:00, since rain"
    )
    assert by("data.why", one=with_reason("who"))(told) == "Eva: rain."
    assert not set(FORMS) & set(WORKED_OUT)
