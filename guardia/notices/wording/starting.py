"""Our own text of an event with its placeholders in place: what an operator begins from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from guardia.config.languages import language_codes
from guardia.events.kinds import letter_of_kind
from guardia.notices.wording.beginning import symptom_text
from guardia.notices.wording.ending import count_text
from guardia.notices.wording.fact_phrases import clocks
from guardia.notices.wording.hours import Hours, lasting
from guardia.notices.wording.letter import news_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.prose import News
from guardia.notices.wording.waiting import excluded_text
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Impact, Moment

HAPPENED = datetime(2000, 1, 1, tzinfo=UTC)
RESTORED = HAPPENED - timedelta(hours=1)
DECIDED = HAPPENED + timedelta(hours=1)
SECONDS, ATTEMPTS = 59 * 3600, 97

OF_A_CLOSED_DESK = {
    "opens_at": DECIDED.isoformat(),
    "next": {"kind": ClockKind.FIRST_ANSWER, "due_at": DECIDED.isoformat()},
}
TEXTS = {
    "answer": "{answer}",
    **{name: f"{{{name}}}" for name in ("cause", "plan", "solution", "why", "whom", "outcome", "plan_executed")},
    **{name: f"{{{name}}}" for name in ("what", "reason", "asked_by", "party", "proof", "fault", "who", "symptoms")},
    "name": "{confirmer}",
}


@dataclass(frozen=True)
class NamedHours(Hours):
    """Says which hour it is instead of the hour."""

    hour_of_the_event: str = "{at}"

    def on(self, at: datetime) -> str:
        return "{desk_opens}"

    def at(self, at: datetime) -> str:
        return {RESTORED: "{hour}", DECIDED: "{next_decision}"}.get(at, self.hour_of_the_event)

    def since(self, at: datetime) -> str:
        return "{since}"

    def zoned(self, words: str) -> str:
        return words


def starting(moment: str, variant: str, procedure: Procedure) -> Words:
    """Our words for this event as an operator would write them, in the active language."""
    told = named(moment, variant, procedure)
    if moment == Moment.NEWS_SENT:
        return Words("{wrong}: {subject}", "{headline}", "{rest}")
    news = news_of(told)
    varies = letter_of_kind(moment).first_sentence_varies
    subject = "{subject}" if varies or moment == Moment.DIAGNOSED else news.subject
    headline = "{headline}" if varies else news.headline.replace(lasting(SECONDS), "{lasted}")
    return Words(f"{{wrong}}: {subject}", headline, body(news, told))


def body(news: News, told: NoticeFacts) -> str:
    text = "\n\n".join(words for words in news.said if words)
    wholes = {
        symptom_text(told.variant): "{how}",
        count_text(ATTEMPTS): "{attempts}",
        excluded_text(told): "{excluded}",
        clocks(told): "{clock}",
    }
    for words, name in wholes.items():
        text = text.replace(words, name) if words else text
    return text


def named(moment: str, variant: str, procedure: Procedure) -> NoticeFacts:
    hour = "{hour}" if moment in (Moment.RELAPSED, Moment.ESCALATED) else "{at}"
    hours = NamedHours(procedure.provider.zone, "", HAPPENED, hour)
    return NoticeFacts(facts(moment, variant or letter_of_kind(moment).sample_variant), procedure, hours, HAPPENED)


def facts(moment: str, variant: str) -> Mapping[str, Any]:
    of_a_request = letter_of_kind(moment).of_a_request
    return {
        **{name: f"{{{name}}}" for name in ("number", "company", "site", "city", "plan", "site_contact")},
        "moment": moment,
        "variant": variant,
        "at": HAPPENED.isoformat(),
        "restored_at": RESTORED.isoformat(),
        "impact": "" if of_a_request else Impact.DOWN,
        "desk": "{desk}",
        **(OF_A_CLOSED_DESK if of_a_request else {}),
        "texts": TEXTS,
        "outage": {"number": "{outage}", "names": dict.fromkeys(language_codes(), "{outage_name}")},
        "work": {"number": "{work}", "names": dict.fromkeys(language_codes(), "{work_name}")},
        "visit": {"site_contact": "{site_contact}"},
        "data": {
            "seconds": SECONDS,
            "attempts": ATTEMPTS,
            "due_at": DECIDED.isoformat(),
            "clocks": [ClockKind.NEXT_NEWS],
            "hours": [None, None],
            "excluded": True,
            "number": "{work}" if moment == Moment.WORK_LINKED else "{outage}",
        },
    }
