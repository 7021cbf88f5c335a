"""W1: a third party is waited for by name, ticket and next promise, and a clock chases it until that hour."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Missing, NotAThirdParty, PromiseInThePast, WaitIsOver
from guardia.cases.verbs import Event, Recording, need
from guardia.clocks.wait import Wait
from guardia.people.actor import Actor
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.waiting import WaitReason


class Chasing(Recording):
    def third_party_promised(
        self: "Case",
        wait: Wait,
        promise_at: datetime,
        *,
        word: str = "",
        contact: str = "",
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The third party was chased and has promised anew: the clock that chases it begins again (W1).

        ``promise_at`` in UTC, after ``at``. Raises NotAThirdParty, WaitIsOver, PromiseInThePast.
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
        texts = {"party": wait.party, "word": word.strip(), "contact": contact.strip()}
        due = promise_at.isoformat()
        moment = Moment.THIRD_PARTY_PROMISED
        if same := self.said_already(moment, by=by, at=at, texts=texts, wait=wait.pk, due_at=due):
            return same
        wait.party_promise_at = promise_at
        wait.party_contact = contact.strip() or wait.party_contact
        wait.save(update_fields=["party_promise_at", "party_contact"])
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
