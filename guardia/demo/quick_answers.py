"""The sample quick answers of ``data/quick_answers.toml``: written by the supervisor, sent in cases of the past."""

import tomllib
from datetime import datetime, timedelta
from typing import Any

from guardia.cases.event import CaseEvent
from guardia.config.languages import language_codes
from guardia.demo.companies import DATA
from guardia.demo.staffing import Team
from guardia.procedure.vocabulary import Moment
from guardia.quick_answers import editing
from guardia.quick_answers.quick_answer import QuickAnswerUse

WRITTEN_BEFORE = timedelta(days=50)


def write_quick_answers(team: Team, now: datetime) -> None:
    """Write them as of fifty days before ``now`` (UTC), each sent in as many cases as the sample says."""
    samples = tomllib.loads((DATA / "quick_answers.toml").read_text(encoding="utf-8"))["answer"]
    news = CaseEvent.objects.filter(moment__in=[Moment.DIAGNOSED, Moment.NEWS_SENT]).order_by("-pk")
    events = list(news.only("pk", "occurred_at")[: max(sample["sent"] for sample in samples)])
    for sample in samples:
        answer = editing.save(None, fields_of(sample), by=team.supervisor, at=now - WRITTEN_BEFORE)
        for event in events[: sample["sent"]]:
            QuickAnswerUse.objects.create(answer=answer, event=event, at=event.occurred_at)


def fields_of(sample: dict[str, Any]) -> dict[str, Any]:
    texts = {
        f"{part}_{code}": sample[code][part].strip()
        for code in language_codes()
        if code in sample
        for part in ("title", "text")
    }
    return {**texts, "causes": "\n".join(sample["causes"]), "stages": sample["stages"]}
