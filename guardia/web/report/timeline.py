"""What happened, event by event, as the customer reads it: the event's word and what was said then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.event_facts import EventFacts, facts_of, sentence_of, title_of
from guardia.events.kinds import texts_of_kind
from guardia.notices.wording.hours import lasting_exactly
from guardia.reports.closing_report import ReportedEvent
from guardia.web.report.shape import Hours


@dataclass(frozen=True, slots=True)
class ReportWriter:
    """Hours in the case's zone. Nobody of the operator is named, and no desk."""

    hours: Hours
    for_operator: bool = False

    def hour(self, at: datetime) -> str:
        return self.hours.at(at)

    def exact(self, at: datetime) -> str:
        return self.hours.exact(at)

    def span(self, start: datetime, end: datetime | None) -> str:
        return self.hours.span(start, end) if end else self.hours.exact(start)

    def lasting(self, seconds: int) -> str:
        return lasting_exactly(seconds)

    def staff(self, ids: Sequence[int]) -> str:
        return ""

    def desk(self, key: str) -> str:
        return ""


def facts_in_report(said: ReportedEvent, hours: Hours) -> EventFacts:
    """The texts in the order in which the table of kinds names them."""
    texts = erased(said)
    names = dict.fromkeys((*texts_of_kind(said.moment), *texts))
    in_order = {name: texts[name] for name in names if name in texts}
    return facts_of(said.moment, said.variant, said.data, in_order, ReportWriter(hours))


def title_and_sentence(said: ReportedEvent, hours: Hours) -> tuple[str, str]:
    facts = facts_in_report(said, hours)
    return title_of(facts), sentence_of(facts)


def erased(said: ReportedEvent) -> dict[str, str]:
    """Its texts; one that was erased says so."""
    return {name: _("(erased)") if text is None else text for name, text in said.texts.items()}


def timeline_text(said: ReportedEvent, name: str) -> str:
    return erased(said).get(name) or "–"
