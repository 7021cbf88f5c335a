"""W1: a wait was written down wrongly: it had other hours, held other clocks, or never was. Each is a new event."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger, opening
from guardia.cases.labels import CLOCK_NAMES
from guardia.cases.refusals import (
    MayNotStop,
    TimeInTheFuture,
    WaitEndsBeforeItBegins,
    WaitIsRuledOn,
    WaitStaysOver,
)
from guardia.cases.verbs import Event, Recording, need
from guardia.clocks.wait import Wait
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case

Hours = tuple[datetime, datetime | None]


class Correcting(Recording):
    def correct_wait(
        self: "Case",
        wait: Wait,
        *,
        hours: Hours | None,
        clocks: Sequence[str] = (),
        reason: str,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The wait lasted from/to ``hours`` (UTC; no end while it stands), or did not happen (None); all clocks follow.

        ``clocks`` are the kinds it holds; those it held if empty. What is so already is given back.
        Raises WaitIsRuledOn, WaitStaysOver, WaitEndsBeforeItBegins, MayNotStop, TimeInTheFuture, Missing.
        """
        self.must_be_its_wait(wait)
        self.must_be_open()
        self.see_the_desk_open(now or at)
        if wait.ruled_at:
            raise WaitIsRuledOn()
        kinds = self._kinds_of(wait, clocks) if hours else []
        if hours:
            self._must_be_possible(wait, hours, at)
        if (same := self._as_it_is(wait, hours, kinds)) is not None:
            return same
        reason = need("W1", "reason", reason, _("the reason"))
        held = sorted({*wait.clocks, *kinds})
        data = {
            "wait": wait.pk,
            "clocks": kinds or held,
            "hours": [hours[0].isoformat(), hours[1].isoformat() if hours[1] else None] if hours else None,
            "was": [wait.started_at.isoformat(), wait.ended_at.isoformat() if wait.ended_at else None],
        }
        entries = [ledger.Entry(self, Moment.WAIT_CORRECTED, by, at, "", data, {"reason": reason})]
        end = hours[1] if hours else wait.started_at
        if wait.ended_at is None and end is not None:
            entries.insert(0, ended(self, wait, by, end))
        wait.started_at, wait.ended_at = (hours[0], hours[1]) if hours else (wait.started_at, wait.started_at)
        wait.clocks = kinds
        wait.save(update_fields=["started_at", "ended_at", "clocks"])
        event = ledger.record(entries, now or at)[-1]
        self.chase(by=by, at=at, now=now)
        return event

    def _kinds_of(self: "Case", wait: Wait, clocks: Sequence[str]) -> list[str]:
        """The kinds that the correction names, each of which may wait for this cause and was once promised here."""
        kinds = sorted({*(clocks or wait.clocks or self._held_once(wait))})
        promised = {*self.clocks.values_list("kind", flat=True), *opening.to_come(self)}
        strangers = [k for k in kinds if k not in promised or WaitCause(wait.cause) not in self.may_wait_for(k)]
        if strangers:
            names = [str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in strangers if kind in list(ClockKind)]
            raise MayNotStop(what=", ".join(names) or "?")
        return kinds

    def _held_once(self: "Case", wait: Wait) -> list[str]:
        """The clocks of a wait that was said not to have happened, from its beginning."""
        return list(self.events.get(moment=Moment.WAIT_STARTED, data__wait=wait.pk).data["clocks"])

    def _must_be_possible(self: "Case", wait: Wait, hours: Hours, at: datetime) -> None:
        start, end = hours
        self.must_not_precede(start, self.opened_at)
        if start > at or (end and end > at):
            raise TimeInTheFuture()
        if end is None and wait.ended_at:
            raise WaitStaysOver()
        if end and end < start:
            raise WaitEndsBeforeItBegins()

    def _as_it_is(self: "Case", wait: Wait, hours: Hours | None, kinds: list[str]) -> Event | None:
        """The event that says all this already; None where the correction changes something."""
        now_so: Hours | None = (wait.started_at, wait.ended_at) if wait.clocks else None
        same = now_so is hours is None or (
            hours is not None and now_so is not None and _utc(now_so) == _utc(hours) and sorted(wait.clocks) == kinds
        )
        if not same:
            return None
        about = self.events.filter(moment__in=[Moment.WAIT_STARTED, Moment.WAIT_CORRECTED], data__wait=wait.pk)
        return about.order_by("-seq").first()


def ended(case: "Case", wait: Wait, by: Actor, at: datetime) -> ledger.Entry:
    """A wait that still stands ends, so that all that began with it ends too (a third party's promise)."""
    data = {"wait": wait.pk, "clocks": wait.clocks, "void": True}
    return ledger.Entry(case, Moment.WAIT_ENDED, by, max(at, wait.started_at), wait.cause, data)


def _utc(hours: Hours) -> tuple[datetime, datetime | None]:
    return hours[0].astimezone(UTC), hours[1].astimezone(UTC) if hours[1] else None
