"""The visits of a case as its verbs find them: the open one, the one whose crew is at the site, and what is next."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.event import CaseEvent
from guardia.cases.refusals import NoOpenVisit, VisitOutOfOrder
from guardia.cases.verbs import Recording
from guardia.config.sql_rows import columns_of, knowing, object_of, object_or_none, rows_of
from guardia.field.crew import Crew
from guardia.field.visit import Outcome, Visit
from guardia.procedure.vocabulary import ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Visits(Recording):
    def open_visit(self: "Case") -> Visit | None:
        return last_visit_of(self, "visit.ended_at IS NULL")

    def last_visit(self: "Case") -> Visit | None:
        return last_visit_of(self, "true")

    def visit_at_site(self: "Case") -> Visit | None:
        """The visit whose crew has arrived and not left: also one that is over, until its crew says that it leaves.

        Only the last crew that arrived: of one before it that never said so, nobody says it in its place.
        """
        visit = self.last_at_site()
        return visit if visit and visit.left_at is None else None

    def last_at_site(self: "Case") -> Visit | None:
        return last_visit_of(self, "visit.arrived_at IS NOT NULL")

    def new_visit(self: "Case", at: datetime) -> Visit:
        return Visit.objects.create(customer_id=self.customer_id, case=self, decided_at=at)

    def end_visit(self: "Case", at: datetime, restored: bool = False) -> None:
        """The open visit is over: the service is back by it, or the case goes on without it."""
        outcome = Outcome.RESTORED if restored else Outcome.CALLED_OFF
        self.visits.filter(ended_at=None).update(
            ended_at=at,
            restored_at=at if restored else None,
            outcome=outcome.value,
            blocked_at=None,
            condition="",
            next_decision_at=None,
        )

    def must_have_visit(self: "Case") -> Visit:
        """Raises NoOpenVisit."""
        visit = self.open_visit()
        if visit is None:
            raise NoOpenVisit()
        return visit

    def must_be_agreed(self: "Case") -> Visit:
        """The open visit, once it is agreed. Raises NoOpenVisit, VisitOutOfOrder."""
        visit = self.must_have_visit()
        if not visit.agreed_at:
            raise VisitOutOfOrder(next=self.next_step_of(visit))
        return visit

    def must_have_arrived(self: "Case") -> Visit:
        """The visit that work is written down for: of the crew at the site, or the last one that was there.

        Raises NoOpenVisit, VisitOutOfOrder.
        """
        visit = self.last_at_site()
        if visit is None:
            raise VisitOutOfOrder(next=self.next_step_of(self.must_have_visit()))
        return visit

    def must_not_be_agreed_yet(self: "Case") -> dict[str, Any]:
        """A visit that is agreed already is not to be agreed on, also while its crew drives to a remote site and no
        clock of it runs (P4.3).
        """
        visit = self.open_visit()
        return {"not_measured": [ClockKind.DISPATCH_AGREED.value]} if visit and visit.agreed_at else {}

    def said_of(self: "Case", visit: Visit, *moments: Moment) -> CaseEvent | None:
        """The last event of these moments that is about this visit."""
        return self.events.filter(moment__in=moments, data__visit=visit.pk).order_by("-seq").first()

    def next_step_of(self: "Case", visit: Visit | None) -> Promise:
        """What the visit asks for next."""
        if visit is None or not visit.agreed_at:
            return _("agree on the visit with the customer")
        if not visit.departed_at and not visit.arrived_at:
            return _("the crew leaves")
        if not visit.arrived_at:
            return _("the crew arrives")
        return _("clear the work permit") if not visit.permit_cleared_at else _("restore the service")


def last_visit_of(case: "Case", which: str) -> Visit | None:
    """The newest of its visits that meets this condition in SQL, with its crew."""
    for row in rows_of(VISIT % which, {"case": case.pk}):
        columns = iter(row)
        return knowing(object_of(Visit, columns), case=case, crew=object_or_none(Crew, columns))
    return None


# By hand, since nearly each act on a case asks for its visit.
VISIT = f"""
    SELECT {columns_of(Visit)}, {columns_of(Crew)} FROM visit LEFT JOIN crew ON crew.id = visit.crew_id
    WHERE visit.case_id = %%(case)s AND %s ORDER BY visit.id DESC LIMIT 1
"""
