"""W1: a clock stops only for a named cause, and the customer sees which clock, who asked, why, with what proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guardia.cases import desk_hours, ledger
from guardia.cases.closing_figures import excluded_span, excluded_waits, windows_of
from guardia.cases.labels import CLOCK_NAMES
from guardia.cases.refusals import (
    MayNotStop,
    Missing,
    NotAThirdParty,
    NothingToStop,
    NotOfThisCase,
    PromiseInThePast,
    TimeInTheFuture,
    WaitEndsBeforeItBegins,
    WaitIsOver,
    WaitIsRuledOn,
    WaitStaysOver,
)
from guardia.cases.verbs import Event, Recording, need
from guardia.clocks.clock import Wait
from guardia.clocks.intervals import Interval
from guardia.customers.values import fold
from guardia.people.staff import Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case


@dataclass(frozen=True)
class WaitReason:
    """Why a clock stops. A third party is named with its ticket, its contact and its next promise (UTC).

    ``clocks`` are the kinds that stop, all that may if it is empty. ``excluded``: agreed with the customer that the
    affected time leaves this wait out as well (P7 D). ``until``: it is over already (UTC), and only now written down.
    """

    cause: WaitCause
    asked_by: str
    reason: str
    proof: str = ""
    party: str = ""
    party_ticket: str = ""
    party_contact: str = ""
    party_promise_at: datetime | None = None
    asked_role: str = ""
    clocks: Sequence[str] = ()
    excluded: bool = False
    until: datetime | None = None

    @property
    def who_asked(self) -> str:
        return ", ".join(part.strip() for part in (self.asked_by, self.asked_role) if part.strip())


class Waiting(Recording):
    def wait(self: "Case", why: WaitReason, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """Stop the running clocks that may wait for this cause, from ``at`` on, also where that is told late (W1).

        While its desk is closed a request has none: those that start when it opens stand still from then on (A3 D).
        While a wait for the same cause and party holds all those clocks, it is given back. One that is over already
        also holds the clocks that have ended since: they are judged again.
        Raises NothingToStop, MayNotStop, Missing, PromiseInThePast, WaitEndsBeforeItBegins, TimeInTheFuture.
        """
        self.must_be_open()
        self.see_the_desk_open(now or at)
        if why.until:
            return self._waited(why, why.until, by=by, at=at, now=now)
        clocks = chosen(why.clocks, self.clocks_that_may_wait_for(why.cause))
        standing = [wait for wait in self.standing_for(why.cause) if fold(wait.party) == fold(why.party)]
        if standing and {*clocks} <= {kind for wait in standing for kind in wait.clocks}:
            return self.events.get(moment=Moment.WAIT_STARTED, data__wait=standing[-1].pk)
        if not clocks:
            self._must_say_why(why, at)
            raise NothingToStop()
        _wait, event = self._begun(why, clocks, by, at)
        recorded = ledger.record([event], now or at)[0]
        self.chase(by=by, at=at, now=now)
        return recorded

    def _waited(
        self: "Case", why: WaitReason, until: datetime, *, by: Actor, at: datetime, now: datetime | None
    ) -> Event:
        """A wait that is over: begun and ended at its own hours, laid on every clock that ran in between."""
        if until < at:
            raise WaitEndsBeforeItBegins()
        if until > (now or at):
            raise TimeInTheFuture()
        ran = self.clocks.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lt=until)
        kinds = sorted(kind for kind in set(ran.values_list("kind", flat=True)) if why.cause in self.may_wait_for(kind))
        clocks = chosen(why.clocks, kinds)
        same = self.waits.filter(cause=why.cause, started_at=at, ended_at=until, reason=why.reason.strip()).first()
        if same:
            return self.events.get(moment=Moment.WAIT_STARTED, data__wait=same.pk)
        if not clocks:
            self._must_say_why(why, at)
            raise NothingToStop()
        wait, begun = self._begun(why, clocks, by, at)
        wait.ended_at = until
        wait.save(update_fields=["ended_at"])
        about = {"wait": wait.pk, "clocks": clocks}
        entries = [begun, ledger.Entry(self, Moment.WAIT_ENDED, by, until, wait.cause, about)]
        if ran.filter(kind__in=clocks, ended_at__isnull=False).exists():
            hours = [at.isoformat(), until.isoformat()]
            data = {**about, "hours": hours, "was": hours}
            entries.append(ledger.Entry(self, Moment.WAIT_CORRECTED, by, now or at, "", data, {"reason": wait.reason}))
        recorded = ledger.record(entries, now or at)[0]
        self.chase(by=by, at=now or at, now=now)
        return recorded

    def _begun(self: "Case", why: WaitReason, clocks: list[str], by: Actor, at: datetime) -> tuple[Wait, ledger.Entry]:
        """The row of a wait, and the event that begins it."""
        self._must_say_why(why, at)
        texts = texts_of(why)
        row = {name: texts[name] for name in texts if name != "asked_by"}
        wait = Wait.objects.create(
            customer_id=self.customer_id,
            case=self,
            cause=why.cause,
            clocks=clocks,
            started_at=at,
            asked_by=texts["asked_by"][:160],
            party_promise_at=promise_of(why),
            **row,
        )
        data = {"wait": wait.pk, "clocks": clocks, "excluded": why.excluded}
        if wait.party_promise_at:
            data["due_at"] = wait.party_promise_at.isoformat()
        return wait, ledger.Entry(self, Moment.WAIT_STARTED, by, at, why.cause.value, data, texts)

    def _must_say_why(self: "Case", why: WaitReason, at: datetime) -> None:
        self.must_not_precede(at, self.opened_at)
        need("W1", "asked_by", why.asked_by, _("who asked for it"))
        need("W1", "reason", why.reason, _("the reason"))
        self.must_name_the_party(why, at)

    def go_on(self: "Case", wait: Wait, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """What was waited for is there: the clocks go on, later by as long as they stood still."""
        self.must_be_its_wait(wait)
        if wait.ended_at and (ended := self.events.filter(moment=Moment.WAIT_ENDED, data__wait=wait.pk).first()):
            return ended
        self.must_be_open()
        self.must_not_precede(at, wait.started_at)
        self.see_the_desk_open(now or at)
        wait.ended_at = at
        wait.save(update_fields=["ended_at"])
        event = self.write(
            Moment.WAIT_ENDED, variant=wait.cause, by=by, at=at, now=now, data={"wait": wait.pk, "clocks": wait.clocks}
        )
        self.chase(by=by, at=at, now=now)
        return event

    def see_the_desk_open(self: "Case", now: datetime) -> None:
        """A3 D: a desk that has opened unseen by any sweep starts its clocks before a wait begins, ends or changes.

        So the same facts give the same clocks, whether the worker lived or not.
        """
        if desk_hours.opened_at(self, now):
            ledger.record_breaches([self], now)

    def standing_for(self: "Case", cause: WaitCause) -> list[Wait]:
        """The waits for this cause that have not ended, the oldest first."""
        return list(self.waits.filter(ended_at=None, cause=cause).order_by("pk"))

    def clocks_that_may_wait_for(self: "Case", cause: WaitCause) -> list[str]:
        """The kinds of the running clocks that the procedure lets stop for this cause (table of clocks); of a request
        whose desk is closed, those that start when it opens.
        """
        running = {*self.clocks.filter(ended_at=None).values_list("kind", flat=True), *desk_hours.to_come(self)}
        return sorted(kind for kind in running if cause in self.may_wait_for(kind))

    def may_wait_for(self: "Case", kind: str) -> Sequence[WaitCause]:
        return versions.of(self.procedure_version_id).clock(ClockKind(kind)).waits

    def exclusions(self: "Case", at: datetime) -> list[Interval]:
        """What the affected time leaves out: waits agreed as excluded, as they stand now, until ``at`` (P7 D)."""
        return [excluded_span(wait, at) for wait in excluded_waits([self.pk])[self.pk]]

    def work_window(self: "Case") -> list[Interval]:
        """The window of planned work that the case lies within; empty where there is none."""
        return windows_of([self.pk])[self.pk] if self.within_work_id else []

    def must_be_its_wait(self: "Case", wait: Wait) -> None:
        if wait.case_id != self.pk:
            raise NotOfThisCase()


def chosen(asked: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """The clocks to stop: those asked for, or all that may. Raises MayNotStop for one that may not."""
    asked = sorted({*asked})
    if strangers := [kind for kind in asked if kind not in allowed]:
        known = [str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in strangers if kind in list(ClockKind)]
        raise MayNotStop(what=", ".join(known) or "?")
    return asked or list(allowed)


def texts_of(why: WaitReason) -> dict[str, str]:
    """The prose of a wait. What only a third party has is kept for a third party alone."""
    named = ("party", "party_ticket", "party_contact") if why.cause == WaitCause.THIRD_PARTY else ()
    return {
        "asked_by": why.who_asked,
        "reason": why.reason.strip(),
        "proof": why.proof.strip(),
        **{name: getattr(why, name).strip() for name in named},
    }


def promise_of(why: WaitReason) -> datetime | None:
    return why.party_promise_at if why.cause == WaitCause.THIRD_PARTY else None


# W1: a third party is waited for by name, ticket and next promise, and a clock chases it until that hour.


class Chasing(Recording):
    def third_party_promised(
        self: "Case",
        wait: Wait,
        promise_at: datetime,
        *,
        word: str = "",
        contact: str = "",
        ticket: str = "",
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The third party was chased and has promised anew: the clock that chases it begins again (W1).

        ``promise_at`` in UTC, after ``at``; ``ticket``: its number there, where that was not known before.
        Raises NotAThirdParty, WaitIsOver, PromiseInThePast.
        """
        self.must_be_its_wait(wait)
        self.must_be_open()
        if wait.cause != WaitCause.THIRD_PARTY:
            raise NotAThirdParty()
        if wait.ended_at:
            raise WaitIsOver()
        self.must_not_precede(at, wait.started_at)
        if promise_at <= at:
            raise PromiseInThePast()
        texts = {"party": wait.party, "word": word.strip(), "contact": contact.strip(), "ticket": ticket.strip()}
        due = promise_at.isoformat()
        moment = Moment.THIRD_PARTY_PROMISED
        if same := self.said_already(moment, by=by, at=at, texts=texts, wait=wait.pk, due_at=due):
            return same
        wait.party_promise_at = promise_at
        wait.party_contact = contact.strip() or wait.party_contact
        wait.party_ticket = ticket.strip() or wait.party_ticket
        wait.save(update_fields=["party_promise_at", "party_contact", "party_ticket"])
        event = self.write(moment, by=by, at=at, now=now, data={"wait": wait.pk, "due_at": due}, texts=texts)
        self.chase(by=by, at=at, now=now)
        return event

    def chase(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> None:
        """One clock chases all third parties: it runs to the promise that comes first, whoever gave it."""
        promised = [wait for wait in self.standing_for(WaitCause.THIRD_PARTY) if wait.party_promise_at]
        first = min(promised, key=lambda wait: wait.party_promise_at or at, default=None)
        if first is None or first.party_promise_at is None or not self.promises(ClockKind.THIRD_PARTY):
            return
        running = self.clocks.filter(kind=ClockKind.THIRD_PARTY, ended_at=None).first()
        if running is None or running.due_at != first.party_promise_at:
            data = {"wait": first.pk, "due_at": first.party_promise_at.isoformat()}
            self.write(Moment.THIRD_PARTY_PROMISED, by=by, at=at, now=now, data=data, texts={"party": first.party})

    def promises(self: "Case", kind: ClockKind) -> bool:
        """Whether the case's procedure has this clock at all; some are optional."""
        return any(rule.kind == kind for rule in versions.of(self.procedure_version_id).clocks)

    def must_name_the_party(self: "Case", why: "WaitReason", at: datetime) -> None:
        """W1: a third party with its name, its ticket, and its next promise, by which it is chased."""
        if why.cause != WaitCause.THIRD_PARTY:
            return
        need("W1", "party", why.party, _("the third party's name"))
        need("W1", "party_ticket", why.party_ticket, _("the third party's ticket"))
        if why.until:
            return
        if why.party_promise_at is None and self.promises(ClockKind.THIRD_PARTY):
            raise Missing("W1", "party_promise_at", _("the third party's next promise, or when we ask again"))
        if why.party_promise_at is not None and why.party_promise_at <= at:
            raise PromiseInThePast()


# W1: a wait was written down wrongly: it had other hours, held other clocks, or never was. Each is a new event.


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
        promised = {*self.clocks.values_list("kind", flat=True), *desk_hours.to_come(self)}
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
