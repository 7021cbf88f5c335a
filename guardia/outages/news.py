"""What is said of an outage: written once, told to all in their language, with their own service named."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guardia.cases import together
from guardia.cases.refusals import ForecastIsOver, TooFewTests
from guardia.cases.verbs import PRESSED_TWICE, need
from guardia.config.languages import PUBLISHED_IN, named_texts
from guardia.evidence.test_result import TestResult
from guardia.network.alert import Alert
from guardia.outages import declaring, gathering, holding, team_news
from guardia.outages.outage import Outage, OutageNews, OutageState
from guardia.people.staff import Actor
from guardia.procedure import version as versions


class ForecastInThePast(ForecastIsOver):
    clause = "P"
    field = "forecast"
    template = _("The time at which it is expected back has already passed. Give one that is still to come, or none.")


def tell(
    outage: Outage,
    words: Mapping[str, str],
    forecast_at: datetime | None,
    *,
    by: Actor,
    at: datetime,
    now: datetime | None = None,
) -> OutageNews:
    """Told to every open case of it, and to the older ones of services behind it. ``words`` by language, es at least;
    a language that lacks reads the Spanish ones, and is told so. The same words within half a minute are one.

    Hours are UTC. Raises Missing, ForecastInThePast, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    said = {lang: text.strip() for lang, text in words.items() if text.strip()}
    said[PUBLISHED_IN] = need("P", "words_es", said.get(PUBLISHED_IN, ""), _("the news in Spanish"))
    if forecast_at and forecast_at <= at:
        raise ForecastInThePast()
    if same := repeated_news(row, "news", said, by, at):
        return same
    if forecast_at:
        row.forecast_at = forecast_at
    row.last_news_at = max(at, row.last_news_at or at)
    row.save(update_fields=["forecast_at", "last_news_at"])
    holding.copied(row, outage)
    cases = [*holding.open_cases_of(row), *gathering.open_cases(row)]
    news = written(row, "news", said, by, at, len(cases))
    data = {"outage": row.pk, "news": news.pk, **({"forecast_at": forecast_at.isoformat()} if forecast_at else {})}
    texts = named_texts(said)
    together.record_all(together.record_news(cases, texts, by=by, at=at, **data), now or at)
    declaring.tell(row, news)
    return news


def diagnose(
    outage: Outage, cause: str, plan: str, *, by: Actor, at: datetime, now: datetime | None = None
) -> OutageNews:
    """Cause and plan of it are those of every case of it (P3): at least as many tests as one case needs are on record
    in all of them, alerts of monitoring counted. The same once more says nothing new. Hours are UTC.

    Raises Missing, TooFewTests, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    cause = need("P3", "cause", cause, _("the cause"))
    plan = need("P3", "plan", plan, _("the solution plan"))
    last = row.news.filter(moment="diagnosed").order_by("-at", "-pk").first()
    if last and (row.cause, row.plan) == (cause, plan):
        return last
    must_have_tests(row, at)
    row.cause, row.plan, row.last_news_at = cause, plan, max(at, row.last_news_at or at)
    row.save(update_fields=["cause", "plan", "last_news_at"])
    holding.copied(row, outage)
    entries = together.diagnosed(holding.open_cases_of(row), cause, plan, by=by, at=at, outage=row.pk)
    together.record_all(entries, now or at)
    return written(row, "diagnosed", {PUBLISHED_IN: f"{cause}\n{plan}"}, by, at, len(entries))


def due_at(outage: Outage) -> datetime | None:
    """By when whoever leads it is to have told news again (UTC), by the procedure's rule; None unless it is under way.

    What a customer with a case is promised is the next-news clock of that case, which this news satisfies too. Here are
    those as well who have none: an outage without a single case is told all the same.
    """
    if outage.state != OutageState.DECLARED:
        return None
    last = outage.last_news_at or outage.declared_at or outage.started_at
    return last + versions.of(outage.procedure_version_id).outages.news_every


def must_have_tests(outage: Outage, at: datetime) -> None:
    """P3 "múltiples pruebas": of the outage as a whole, on record in any of its cases, or said by monitoring.

    Raises TooFewTests.
    """
    needed = versions.of(outage.procedure_version_id).requirements.tests_to_diagnose
    tests = TestResult.objects.filter(case__part_of=outage, measured_at__lte=at)[:needed].count()
    found = tests + Alert.objects.filter(outage=outage, first_at__lte=at)[:needed].count()
    if found < needed:
        raise TooFewTests(needed=needed, found=found)


def written(outage: Outage, moment: str, words: Mapping[str, str], by: Actor, at: datetime, told: int) -> OutageNews:
    """One line of what was said of it."""
    news = OutageNews.objects.create(
        outage=outage,
        at=at,
        by_id=holding.staff_of(by),
        moment=moment,
        words=dict(words),
        forecast_at=outage.forecast_at if outage.state == OutageState.DECLARED else None,
        told=told,
    )
    team_news.owe_of_outage(outage, news)
    return news


def repeated_news(outage: Outage, moment: str, words: Mapping[str, str], by: Actor, at: datetime) -> OutageNews | None:
    """The same words by the same person about the same half minute: a button pressed twice is one act."""
    near = outage.news.filter(
        moment=moment, by=holding.staff_of(by), at__range=(at - PRESSED_TWICE, at + PRESSED_TWICE)
    )
    return next((news for news in near.order_by("-pk")[:10] if news.words == dict(words)), None)
