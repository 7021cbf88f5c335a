"""What the log says of a mass outage that the case is part of, and of planned work that it lies within."""

from collections.abc import Callable, Mapping
from datetime import datetime

from guardia.cases.event import CaseEvent
from guardia.procedure.vocabulary import Moment
from guardia.web.shared.about import cause_said

Texts = Mapping[str, str]


def _common_cause(event: CaseEvent, texts: Texts, at: datetime) -> str:
    return cause_said(event.moment, event.variant, event.data, texts.get("reason", ""))


WRITERS: dict[Moment, Callable[[CaseEvent, Texts, datetime], str]] = dict.fromkeys(
    (Moment.OUTAGE_JOINED, Moment.OUTAGE_LEFT, Moment.WORK_LINKED), _common_cause
)
