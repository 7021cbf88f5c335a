"""Whether a mail tells what the procedure says it must: each item of a notice rule, looked for in the finished text."""

from collections.abc import Callable, Sequence

from guardia.notices.wording import fact_phrases
from guardia.notices.wording.beginning import first_sentence
from guardia.notices.wording.causes import news_text, reason_of, symptoms_text
from guardia.notices.wording.hours import lasting_exactly
from guardia.notices.wording.next_step import by_when, next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import clause
from guardia.notices.wording.waiting import proof
from guardia.procedure.rules import NoticeItem, NoticeRule
from guardia.procedure.vocabulary import Moment

PASSES = frozenset(
    {NoticeItem.NEXT, NoticeItem.BY_WHEN, NoticeItem.NEXT_DECISION, NoticeItem.FORECAST, NoticeItem.DESK_OPENS}
)
"""Hours ahead: a late mail may not promise them any more."""


def missing_items(rule: NoticeRule, told: Sequence[NoticeFacts], text: str) -> list[NoticeItem]:
    """The items of the rule that the finished text does not tell. Blanks and capitals do not count."""
    letters = plain(text)
    needed = [item for item in rule.must_contain if not (item in PASSES and is_past(told[-1]))]
    return [item for item in needed if not any(tells(item, each, letters) for each in told)]


def tells(item: NoticeItem, told: NoticeFacts, letters: str) -> bool:
    words = words_for(item, told)
    return bool(words) and all(word and plain(word) in letters for word in words)


def words_for(item: NoticeItem, told: NoticeFacts) -> list[str]:
    """The words by which a text tells this item; empty where the facts do not hold it."""
    entry = WORDS.get(item)
    return entry(told) if entry else [told.text(item.value)]


def is_past(told: NoticeFacts) -> bool:
    return next_step(told) is None or told.is_late


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def next_words(told: NoticeFacts) -> list[str]:
    step = next_step(told)
    return [next_sentence(told, step)] if step else []


def hour_words(told: NoticeFacts) -> list[str]:
    step = next_step(told)
    return [told.hours.zoned(by_when(told, step))] if step else []


def desk_opens(told: NoticeFacts) -> list[str]:
    """When its desk opens; by when it answers, while it is open (A3 D)."""
    opens = fact_phrases.opens(told)
    return [opens] if opens else hour_words(told)


def hour(told: NoticeFacts) -> list[str]:
    """When the service came back, or failed again; from when an escalation counts."""
    if told.moment in (Moment.RELAPSED, Moment.ESCALATED):
        return [told.hours.at(told.at)]
    return [fact_phrases.restored_hour(told)] if told["restored_at"] else []


def which_clocks(told: NoticeFacts) -> list[str]:
    """All at once, or where a calendar moves them each in a line of its own."""
    moved = told.data.get("moved")
    return [told.clock_name(each["clock"]) for each in moved] if moved else [fact_phrases.clocks(told)]


def evidence(told: NoticeFacts) -> list[str]:
    """What proves the stability; where nothing does, that sentence (P6)."""
    lacking = fact_phrases.no_evidence(told)
    return [lacking] if lacking else [fact_phrases.result_of(test) for test in fact_phrases.evidence(told)]


def fact(name: str, in_texts: str = "") -> Callable[[NoticeFacts], list[str]]:
    """What the event itself says, or else what stood in the case."""
    return lambda told: [clause(told.text(in_texts or name) or told[name])]


def of_the_visit(name: str) -> Callable[[NoticeFacts], list[str]]:
    return lambda told: [told.visit.get(name, "")]


WORDS: dict[NoticeItem, Callable[[NoticeFacts], list[str]]] = {
    NoticeItem.NUMBER: lambda told: [told["number"]],
    NoticeItem.SYMPTOMS: lambda told: [clause(symptoms_text(told))],
    NoticeItem.NEXT: next_words,
    NoticeItem.BY_WHEN: hour_words,
    NoticeItem.CAUSE: fact("cause"),
    NoticeItem.PLAN: fact("plan"),
    NoticeItem.CREW: lambda told: [fact_phrases.crew(told)],
    NoticeItem.SITE_CONTACT: of_the_visit("site_contact"),
    NoticeItem.ACCESS_HOURS: of_the_visit("access"),
    NoticeItem.FORECAST: lambda told: [fact_phrases.expected(told)],
    NoticeItem.CONDITIONS: fact_phrases.conditions,
    NoticeItem.NEXT_DECISION: hour_words,
    NoticeItem.PLAN_EXECUTED: fact("solution", "plan_executed"),
    NoticeItem.HOUR: hour,
    NoticeItem.CONFIRMER: lambda told: [told.text("name"), told.text("position")],
    NoticeItem.ATTEMPTS: lambda told: [str(told.data.get("attempts", ""))],
    NoticeItem.EVIDENCE: evidence,
    NoticeItem.AFFECTED_TIME: lambda told: [lasting_exactly(int(told["affected_seconds"] or 0))],
    NoticeItem.NEWS: lambda told: [part for part in first_sentence(news_text(told)) if part],
    NoticeItem.CLOCK: which_clocks,
    NoticeItem.PROOF: lambda told: [proof(told)],
    NoticeItem.DESK: lambda told: [fact_phrases.desk_name(told)],
    NoticeItem.DESK_OPENS: desk_opens,
    NoticeItem.ANSWER: lambda told: [clause(told.text("answer"))],
    NoticeItem.REASON: lambda told: [reason_of(told)],
}
