"""A made-up event, for a look at a text before it has ever been needed. Its hours lie around ``now``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from guardia.config.languages import in_each_language, language_codes
from guardia.customers.cities import example_city
from guardia.customers.contact import Contact
from guardia.events.kinds import Service, letter_of_kind
from guardia.notices.wording.beginning import symptom_text
from guardia.notices.wording.ending import count_text
from guardia.notices.wording.fact_phrases import clocks
from guardia.notices.wording.hours import Hours, hours_of, lasting
from guardia.notices.wording.letter import news_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.own_news import Words
from guardia.notices.wording.prose import News
from guardia.notices.wording.waiting import excluded_text
from guardia.people.shifts import TECHNICAL
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Band, ClockKind, Impact, Moment, RequestStage, worded_variants

NUMBER = "104-273-8"
SOONEST = timedelta(minutes=20)


def sample_contact(language: str) -> Contact:
    return Contact(title=_("Eng."), name=_("Head of Systems"), language=language)


def samples(moment: str, variant: str, procedure: Procedure, now: datetime) -> list[NoticeFacts]:
    """One of each variant that a text for this event must fit, in the active language."""
    variants = [variant] if variant else worded_variants(Moment(moment))
    return [sample(moment, each, procedure, now) for each in variants]


def sample(moment: str, variant: str, procedure: Procedure, now: datetime) -> NoticeFacts:
    zone = procedure.provider.zone
    about = facts(Moment(moment), variant, now, zone)
    if letter_of_kind(moment).of_a_request:
        about = {**about, **of_a_request(procedure, now)}
    return NoticeFacts(about, procedure, hours_of(zone, procedure, now), now)


def of_a_request(procedure: Procedure, now: datetime) -> Mapping[str, Any]:
    """A3: what a request has in place of a service that is out."""
    desk = next((desk.key for desk in procedure.desks if desk.key != TECHNICAL), TECHNICAL)
    return {
        **{name: "" for name in ("circuit", "service", "site", "city", "band", "impact", "outage_started_at")},
        **dict.fromkeys(("restored_at", "closed_at", "next_news")),
        "desk": desk,
        "stage": RequestStage.TAKEN.value,
        "symptoms": _("The invoice of this month has a service twice"),
        "opens_at": hour(now, 60),
        "next": {"kind": ClockKind.FIRST_ANSWER.value, "due_at": hour(now, 300), "from_at": None},
    }


def facts(moment: Moment, variant: str, now: datetime, zone: str) -> Mapping[str, Any]:
    service = letter_of_kind(moment).sample_service
    is_over = service == Service.OVER
    return {
        "moment": moment.value,
        "variant": variant,
        "number": NUMBER,
        "company": _("Company of the example"),
        "circuit": "ENL-0001",
        "service": _("Main link, 100 Mbps"),
        "site": _("Head office"),
        "city": example_city() or _("Example City"),
        "zone": zone,
        "band": Band.MAIN.value,
        "impact": Impact.DOWN.value,
        "outage_started_at": hour(now, -90),
        "restored_at": None if service == Service.OUT else hour(now, -30),
        "closed_at": hour(now, 0) if is_over else None,
        "symptoms": _("The whole site is without service"),
        "reporter": _("Head of Systems"),
        "site_contact": _("Reception desk"),
        "access_hours": _("from 08:00 to 18:00"),
        "plan": _("splice the fibre at the cut"),
        "affected_seconds": 3600,
        "at": hour(now, 0),
        "seq": 7,
        "hash": "5e1f00d5a41c0b3e97d2c8846f10be7d",
        "texts": texts(),
        "data": data(now),
        "outage": {"number": "AM-0042", "names": everywhere("fibre cut by road works"), "forecast_at": hour(now, 120)}
        if moment in (Moment.OUTAGE_JOINED, Moment.OUTAGE_LEFT)
        else None,
        "work": {"number": "TP-0042", "names": everywhere("splice the fibre at the cut"), "ends_at": hour(now, 60)}
        if moment == Moment.WORK_LINKED
        else None,
        "next": None if is_over else next_step(moment, variant, now),
        "next_news": None if is_over else hour(now, 30),
        "ruling": hour(now, 3 * 24 * 60),
        "tests": [{"name": "ping", "result": "0 %", "verdict": "good", "at": hour(now, -5), "stage": "stability"}],
        "visit": visit(now),
    }


def everywhere(words: str) -> Mapping[str, str]:
    """The words of ours in each language of the operator; ``words`` is the msgid of a text of the sample."""
    return in_each_language(lambda: _(words))


def texts() -> Mapping[str, str]:
    done = _("the fibre was spliced")
    return {
        "answer": _("the invoice is corrected and was sent to you again"),
        "symptoms": _("The whole site is without service"),
        "cause": _("fibre cut by road works"),
        "plan": _("splice the fibre at the cut"),
        "solution": done,
        "plan_executed": done,
        "fault": _("fibre cut by road works"),
        "text": _("Our crew is working on the cut. We will write again in half an hour."),
        "why": _("a storm over the pass"),
        "whom": _("Head of Systems"),
        "outcome": _("no answer"),
        "name": _("Head of Systems"),
        "position": _("Systems"),
        "what": _("the port lost its signal"),
        "reason": _("nobody could open the door"),
        "asked_by": _("Operations Centre"),
        "proof": _("log of the gate"),
        "party": _("the carrier"),
        "who": _("Head of Systems"),
        "prevention": _("the cable gets a second way into the building"),
    }


def data(now: datetime) -> Mapping[str, Any]:
    return {
        "number": "AM-0042",
        "starts_at": hour(now, -60),
        "ends_at": hour(now, 60),
        "attempts": 3,
        "seconds": 40,
        "green_since": hour(now, -30),
        "due_at": hour(now, 60),
        "clocks": [ClockKind.NEXT_NEWS.value],
        "was": [hour(now, -60), hour(now, -40)],
        "hours": [hour(now, -60), hour(now, -45)],
        "affected_seconds": 3600,
        "affected_seconds_was": 4200,
        "moved": [],
        "band_was": Band.MAIN.value,
        "band_now": Band.INTERMEDIATE.value,
    }


def next_step(moment: Moment, variant: str, now: datetime) -> Mapping[str, Any]:
    by_variant = ClockKind.DISPATCH_AGREED if variant == "visit" else ClockKind.REMOTE_SOLUTION
    return {
        "kind": (letter_of_kind(moment).sample_next or by_variant).value,
        "due_at": (now + SOONEST).isoformat(),
        "from_at": None,
    }


def visit(now: datetime) -> Mapping[str, Any]:
    return {
        "crew": _("Crew 3"),
        "site_contact": _("Reception desk"),
        "access": _("from 08:00 to 18:00"),
        "agreed_by_operator": _("Dispatch"),
        "agreed_by_customer": _("Head of Systems"),
        "forecast_from": hour(now, 60),
        "forecast_to": hour(now, 120),
    }


def hour(now: datetime, minutes: float) -> str:
    return (now + timedelta(minutes=minutes)).isoformat()


# Our own text of an event with its placeholders in place: what an operator begins from.


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
    return NoticeFacts(
        starting_facts(moment, variant or letter_of_kind(moment).sample_variant), procedure, hours, HAPPENED
    )


def starting_facts(moment: str, variant: str) -> Mapping[str, Any]:
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
