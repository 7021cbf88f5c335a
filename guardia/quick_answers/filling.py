"""A quick answer in a case: which fit, in which order, and their words with the placeholders filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from guardia.cases.case import Case
from guardia.cases.preview import facts_as_if, preview
from guardia.clocks.clock_state import Happening
from guardia.config.languages import PUBLISHED_IN
from guardia.config.sql_rows import rows_of
from guardia.customers.values import fold
from guardia.notices.wording.hours import hours_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.placeholders import PLACEHOLDERS, paragraphs_filled, used
from guardia.procedure import version
from guardia.procedure.vocabulary import Moment
from guardia.quick_answers.quick_answer import QuickAnswer, text_in

NAMES = (
    *("number", "company", "service", "site", "city", "wrong", "state", "next", "by_when", "call"),
    *("symptoms", "reporter", "reference", "cause", "plan", "desk"),
)
"""The placeholders of letters that a case knows at any hour, whatever has just happened to it."""
MOST = 8
ACTIVE = """
    SELECT a.id, (SELECT count(*) FROM quick_answer_use u WHERE u.answer_id = a.id)
    FROM quick_answer a WHERE a.active
"""
NEWS = Moment.NEWS_SENT


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer as the composer offers it: its title and text in ``language``, with how often it was sent."""

    number: int
    title: str
    text: str
    language: str
    uses: int


def uses_of_active() -> dict[int, int]:
    """By id of the answers in use how often each was sent."""
    return dict(rows_of(ACTIVE, []))


def fitting(case: Case, words: str, language: str, now: datetime) -> list[Offered]:
    """The answers that fit this case and begin a word with each of ``words``, in ``language``, with their
    placeholders filled as the case stands at ``now`` (UTC).

    First those for its cause, then by how often they were sent. Answers for other stages are not offered.
    """
    uses = uses_of_active()
    answers = QuickAnswer.objects.filter(pk__in=uses).select_related("newest")
    wanted, cause = fold(words).split(), fold(case.cause)
    found = [
        (not is_for_cause(answer, cause), -uses[answer.pk], answer.number, answer)
        for answer in answers
        if answer.newest and is_for_stage(answer, case.stage) and is_called(answer, wanted)
    ]
    first = [answer for *_rank, answer in sorted(found, key=lambda one: one[:3])[:MOST]]
    return [offered(answer, language, uses[answer.pk], case, now) for answer in first]


def is_for_stage(answer: QuickAnswer, stage: str) -> bool:
    return not answer.newest or not answer.newest.stages or stage in answer.newest.stages


def is_for_cause(answer: QuickAnswer, folded_cause: str) -> bool:
    lines = answer.newest.cause_lines if answer.newest else []
    return bool(folded_cause) and any(fold(line) in folded_cause for line in lines)


def is_called(answer: QuickAnswer, wanted: Iterable[str]) -> bool:
    """Whether each of these folded words begins a word of its titles or causes, in any language."""
    assert answer.newest is not None, "an answer has an edition"
    own = fold(" ".join([answer.newest.causes, *(text["title"] for text in answer.newest.texts.values())])).split()
    return all(any(part.startswith(word) for part in own) for word in wanted)


def offered(answer: QuickAnswer, language: str, uses: int, case: Case, now: datetime) -> Offered:
    assert answer.newest is not None, "an answer has an edition"
    found = text_in(answer.newest.texts, language)
    return Offered(answer.number, found.title, in_case(found.text, found.language, case, now), found.language, uses)


def in_case(text: str, language: str, case: Case, now: datetime) -> str:
    """The text as it is inserted: a sentence whose placeholder says nothing in this case is left out."""
    names = used([text])
    if not names:
        return text
    facts = facts_as_if(case, NEWS, {}, now, [Happening(NEWS, "", now, {})])
    procedure = version.of(case.procedure_version_id)
    with translation.override(language):
        return filled(text, NoticeFacts(facts, procedure, hours_of(facts["zone"], procedure, now), now))


def filled(text: str, told: NoticeFacts) -> str:
    """The text with what its placeholders say of these facts, in the active language."""
    values = {name: PLACEHOLDERS[name].says(told).strip() for name in used([text]) if name in NAMES}
    return "\n\n".join(paragraphs_filled(text, values))


def language_of_customer(case: Case, now: datetime) -> str:
    """The language of whoever would read news of this case: of who reported it, if among them, else of the first."""
    people = [one.contact for one in preview(case, NEWS, {}, now)]
    first = [one for one in people if one.pk == case.reporter_id] or people
    if first:
        return first[0].language
    return case.reporter.language if case.reporter else PUBLISHED_IN


def by_number(numbers: Iterable[int]) -> Mapping[int, QuickAnswer]:
    found = QuickAnswer.objects.filter(number__in=list(numbers)).select_related("newest")
    return {answer.number: answer for answer in found}
