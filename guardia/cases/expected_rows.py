"""The rows of one case as its events say them: the case itself, its waits, visits, tests, files and carriers' tickets.

`event_columns` says which event sets which column; here the events are followed in their order. All hours are UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guardia.cases.closing_figures import UPHELD
from guardia.cases.event_columns import (
    CARRIER_TICKET,
    CASE,
    EMPTY,
    FILE,
    KEEP,
    NOT_BEGUN,
    STANDS,
    TEST,
    UNKNOWN,
    VISIT,
    VISITS_END,
    WAIT,
    PastEvent,
    Row,
    Table,
    hour,
    text,
    value_of,
)
from guardia.events.kinds import KINDS, NEWSWORTHY, TicketStatus
from guardia.procedure.vocabulary import Moment, WaitCause


@dataclass
class ExpectedRows:
    """The rows of one case as its events say them; apply each of them in order."""

    case: Row = field(default_factory=lambda: {column: (value, 1) for column, value in EMPTY.items()})
    waits: dict[int, Row] = field(default_factory=dict)
    visits: dict[int, Row] = field(default_factory=dict)
    tests: dict[int, Row] = field(default_factory=dict)
    files: dict[int, Row] = field(default_factory=dict)
    carrier_tickets: dict[int, Row] = field(default_factory=dict)
    status: str = TicketStatus.ACKNOWLEDGED
    status_together: str = TicketStatus.ACKNOWLEDGED
    status_seq: int = 1
    """The last event by which the status was written anew."""
    recorded_at: datetime | None = None

    def apply(self, event: PastEvent) -> None:
        if event.recorded_at != self.recorded_at:
            self.status_together, self.recorded_at = self._settled(self.status_together), event.recorded_at
        if self.visits or "visit" in event.data:
            self._visits(event)
        _set(self.case, CASE, event)
        if self.waits or event.moment == Moment.WAIT_STARTED:
            self._waits(event)
        if event.moment == Moment.TESTED:
            row: Row = {}
            self.tests[event.data["test"]] = row
            _set(row, TEST, event)
            row["stage"] = value_of(self.case, "stage"), event.seq
            row["measured_at"] = self._measured_at(event), event.seq
        if event.moment in FILE:
            _set(self.files.setdefault(event.data["file"], {}), FILE, event)
        if event.moment in CARRIER_TICKET:
            _set(self.carrier_tickets.setdefault(event.data["ticket"], {}), CARRIER_TICKET, event)
        if event.moment in NEWSWORTHY:
            self.case |= {"last_seen_fact": (event.moment, event.seq), "last_fact_at": (event.at, event.seq)}
        said = KINDS[Moment(event.moment)].status
        self.status_seq = event.seq if said else self.status_seq
        self.status = self._settled(said or self.status)
        self.status_together = said or self.status_together

    @property
    def statuses(self) -> set[str]:
        """Events that were recorded together bring one status, and nothing says which were."""
        return {self.status, self._settled(self.status_together)}

    def _settled(self, status: str) -> str:
        """As the ledger settles a case after what was recorded together: the newest wait decides (W1)."""
        causes = [value_of(row, "cause") for row in self.waits.values() if value_of(row, "ended_at") is None]
        if causes and value_of(self.case, "closed_at") is None:
            return TicketStatus.PENDING if causes[-1] == WaitCause.CUSTOMER else TicketStatus.HELD
        if status in (TicketStatus.PENDING, TicketStatus.HELD):
            return TicketStatus.RESOLVED if value_of(self.case, "restored_at") else TicketStatus.IN_PROGRESS
        return status

    def _measured_at(self, event: PastEvent) -> Any:
        """An alert of monitoring may have ended before the case was opened, which an older event does not say."""
        if event.data.get("alert") and event.at == value_of(self.case, "opened_at"):
            return hour("measured_at", UNKNOWN)(event, {})
        return event.at

    def _visits(self, event: PastEvent) -> None:
        # The remote plan of an outage is that of the case too; it ends no visit that was decided on before.
        if not (event.moment == Moment.DIAGNOSED and "outage" in event.data):
            for row in self.visits.values():
                if value_of(row, "ended_at") is None:
                    _set(row, VISITS_END, event)
        if event.moment in VISIT and "visit" in event.data:
            pk = event.data["visit"]
            self.visits.setdefault(pk, {column: (value, event.seq) for column, value in NOT_BEGUN.items()})
            _set(self.visits[pk], VISIT, event)

    def _waits(self, event: PastEvent) -> None:
        if event.moment == Moment.WAIT_STARTED:
            self.waits[event.data["wait"]] = {column: (value, event.seq) for column, value in STANDS.items()}
        if event.moment == Moment.RULED:
            return self._ruled(event)
        about = event.data["waits"] if event.moment == Moment.CONTESTED else [event.data.get("wait")]
        for row in (self.waits[pk] for pk in about if pk in self.waits):
            _set(row, WAIT, event)
        return None

    def _ruled(self, event: PastEvent) -> None:
        for ruling in ("upheld", "rejected"):
            for pk in event.data[ruling]:
                row, own = self.waits[pk], f"reason_{pk}"
                _set(row, WAIT, event)
                row["ruling"] = ruling, event.seq
                row["ruling_reasons"] = text(own if own in event.texts else "reason")(event, row), event.seq
                if ruling == UPHELD and value_of(row, "ended_at") is None:
                    row["ended_at"] = max(event.at, value_of(row, "started_at")), event.seq


def _set(row: Row, table: Table, event: PastEvent) -> None:
    """All columns follow from the row as it was before the event."""
    sources = table.get(event.moment, {})
    if event.variant:
        sources = {**sources, **table.get(f"{event.moment}/{event.variant}", {})}
    found = {column: source(event, row) for column, source in sources.items()}
    row |= {column: (value, event.seq) for column, value in found.items() if value is not KEEP}
