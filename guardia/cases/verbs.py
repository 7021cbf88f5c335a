"""What every verb of a case does first and last: check the stage and the hour, then hand its events to the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from guardia.cases import ledger, on_record
from guardia.cases.desk_hours import desk_name, kind_of
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import (
    CaseIsClosed,
    Missing,
    NotAnIncident,
    NotAPerson,
    NotARequest,
    NotInThisStage,
    TimeBeforeTheCase,
)
from guardia.clocks.clock_state import Happening
from guardia.config.sql_rows import columns_of, object_of, rows_of
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import CaseKind, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case

Event = CaseEvent | ledger.Recorded
SAID_TO_THE_MINUTE = timedelta(seconds=59, microseconds=999_999)
PRESSED_TWICE = timedelta(seconds=30)


class Recording:
    """Shared by the stages' verbs. The case is locked by its caller; ``at`` and ``now`` are UTC."""

    def write(
        self: "Case",
        moment: Moment,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        variant: str = "",
        data: Mapping[str, Any] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> ledger.Recorded:
        """One event through the ledger."""
        entry = ledger.Entry(self, moment, by, at, variant, data or {}, texts or {})
        return ledger.record([entry], now or at)[0]

    def must_be_open(self: "Case") -> None:
        if not self.is_open:
            raise CaseIsClosed()

    def must_be_in(self: "Case", *stages: Stage) -> None:
        """Raises CaseIsClosed, NotAnIncident or NotInThisStage."""
        self.must_be_open()
        self.must_be_an_incident()
        if self.stage not in stages:
            raise NotInThisStage(stage=stage_name(self.stage))

    def must_be_an_incident(self: "Case") -> None:
        """What belongs to a fault is not done in an administrative request (A3). Raises NotAnIncident."""
        if kind_of(self.desk) != CaseKind.INCIDENT:
            raise NotAnIncident(desk=desk_name(self.procedure_version_id, self.desk))

    def must_be_a_request(self: "Case") -> None:
        """Raises CaseIsClosed, NotARequest."""
        self.must_be_open()
        if kind_of(self.desk) != CaseKind.REQUEST:
            raise NotARequest()

    def must_not_precede(self: "Case", at: datetime, earlier: datetime | None) -> None:
        """A step cannot be before the step it follows. Raises TimeBeforeTheCase.

        An hour said to the minute (14:05) may be up to the end of that minute earlier than the step (14:05:30).
        """
        said = at + SAID_TO_THE_MINUTE if at.second == at.microsecond == 0 else at
        if earlier is not None and said < earlier:
            raise TimeBeforeTheCase(after=desk_hour(earlier))

    def latest(self: "Case", *moments: Moment) -> CaseEvent | None:
        """The last event of these moments that is on record."""
        if self.contents and self.contents.events is not None:
            return next((event for event in reversed(self.contents.events) if event.moment in moments), None)
        found = rows_of(LATEST, [self.pk, list(moments)])
        return object_of(CaseEvent, iter(found[0])) if found else None

    def happened(self: "Case") -> Sequence[Happening]:
        """What is on record, in the order it was recorded: as its page has read it, else asked for."""
        read = self.contents.happened if self.contents else None
        return on_record.happenings_of([self.pk]).get(self.pk, []) if read is None else read

    def began_at(self: "Case") -> datetime:
        """When this round began: the registration, or the relapse that took the case back to P3."""
        began = self.latest(Moment.REGISTERED, Moment.RELAPSED)
        return began.occurred_at if began else self.opened_at

    def said_already(
        self: "Case",
        moment: Moment,
        *,
        by: Actor,
        at: datetime,
        texts: Mapping[str, str],
        variant: str = "",
        **data: Any,
    ) -> CaseEvent | None:
        """The same words by the same person about the same half minute: a button pressed twice is one act (§4.9).

        What was said before the fault came back is of the round before, however short ago.
        """
        about = [self.pk, moment, variant, by.kind.value, by.id, at - PRESSED_TWICE, at + PRESSED_TWICE]
        if not (ids := [pk for (pk,) in rows_of(NEAR, about)]):
            return None
        near = self.events.filter(pk__in=ids, **{f"data__{name}": value for name, value in data.items()})
        said = {name: text for name, text in texts.items() if text}
        found = near.order_by("-seq").prefetch_related("texts")[:10]
        same = next((e for e in found if {text.name: text.text for text in e.texts.all()} == said), None)
        if same is None:
            return None
        relapsed = self.latest(Moment.RELAPSED)
        return None if relapsed and same.seq < relapsed.seq else same


# By hand, since each act asks whether it was done already.
LATEST = f"""
    SELECT {columns_of(CaseEvent)} FROM case_event WHERE case_id = %s AND moment = ANY(%s) ORDER BY seq DESC LIMIT 1
"""
NEAR = """
    SELECT id FROM case_event WHERE case_id = %s AND moment = %s AND variant = %s AND actor_kind = %s
    AND actor_id IS NOT DISTINCT FROM %s AND occurred_at BETWEEN %s AND %s
"""


def has_these_texts(event: CaseEvent, texts: Mapping[str, str]) -> bool:
    """Whether this event was written with these very words, by name; others of it are not looked at."""
    written = {text.name: text.text for text in event.texts.all()}
    return all(written.get(name, "") == text for name, text in texts.items())


def desk_hour(at: datetime) -> str:
    """The hour as a refusal names it: in the operator's zone, in which the desk reads and writes its hours."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%H:%M:%S")


def to_the_minute(at: datetime) -> datetime:
    """The earliest hour that somebody who says hours to the minute may have meant."""
    return at.replace(second=0, microsecond=0)


def must_be_a_person(staff: Staff) -> None:
    """Raises NotAPerson for the account of a machine, which answers for nothing."""
    if staff.is_machine:
        raise NotAPerson(name=staff.name)


def need(clause: str, field: str, value: str, what: object) -> str:
    """The value without outer blanks. Raises Missing where the clause asks for it and it is empty."""
    value = value.strip()
    if not value:
        raise Missing(clause, field, what)
    return value


def stage_name(stage: str) -> str:
    from guardia.cases.labels import name_of_stage

    return name_of_stage(stage)
