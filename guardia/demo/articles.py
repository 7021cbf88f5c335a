"""The sample articles of ``data/articles.toml``: written by engineers, published by the supervisor, used in cases."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from guardia.articles import editing, uses
from guardia.articles.article import Article
from guardia.cases.case import Case
from guardia.config.languages import language_codes
from guardia.demo.companies import DATA
from guardia.demo.staffing import Team

WRITTEN_BEFORE = timedelta(days=40)


def write_articles(team: Team, now: datetime) -> None:
    """Write them as they stand at ``now`` (UTC), the oldest forty days ago; one waits to be published."""
    samples = tomllib.loads((DATA / "articles.toml").read_text(encoding="utf-8"))["article"]
    cases = list(Case.objects.filter(status="closed", desk="technical").order_by("-closed_at")[:20])
    for number, sample in enumerate(samples):
        at = now - WRITTEN_BEFORE + number * timedelta(days=9)
        article = editing.save(None, fields_of(sample), by=team.people[sample["by"]], at=at)
        if sample.get("published", True):
            article = editing.publish(article, by=team.supervisor, at=at + timedelta(hours=3))
        say_in_cases(article, cases, sample["used"], team)
        yes, no = sample.get("customers", (0, 0))
        for place in range(yes + no):
            uses.customer_says(article, place < yes, at=now - timedelta(days=place))


def fields_of(sample: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        f"{part}_{code}": sample[code][part].strip()
        for code in language_codes()
        if code in sample
        for part in ("title", "text")
    }
    links = {"causes": "\n".join(sample["causes"]), "elements": ", ".join(sample["elements"])}
    return {**texts, **links, "kinds": sample["kinds"], "for_portal": sample.get("for_portal", False)}


def say_in_cases(article: Article, cases: Sequence[Case], used: Sequence[int], team: Team) -> None:
    helped, failed = used
    verdicts = [uses.HELPED] * helped + [uses.FAILED] * failed
    for case, verdict in zip(cases, verdicts, strict=False):
        uses.use(article, case, verdict, by=team.engineers[0], at=case.closed_at or case.opened_at)
