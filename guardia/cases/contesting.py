"""P7 D: the customer objects to a stop or an exclusion; the quality manager rules on it, with reasons, and tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger, on_record
from guardia.cases.closing_figures import UPHELD
from guardia.cases.refusals import (
    CaseWasWithdrawn,
    Missing,
    NothingContested,
    NothingToContest,
    OnlyTheQualityManager,
    WaitIsRuledOn,
)
from guardia.cases.verbs import Event, Recording, need
from guardia.cases.waiting import ended
from guardia.clocks.clock import Wait
from guardia.clocks.clock_state import ClockState, Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

REJECTED, IN_PART = "rejected", "in_part"


@dataclass(frozen=True)
class Ruling:
    """Whether the objection to one wait is right (then the stop is void), and why."""

    upheld: bool
    reasons: str

    @property
    def word(self) -> str:
        return UPHELD if self.upheld else REJECTED


class Contesting(Recording):
    def contest(
        self: "Case",
        waits: Iterable[Wait],
        *,
        who: str,
        words: str,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The customer's objection to these waits; also after closing. One that is open already is joined (P7 D).

        ``who`` objects, with his ``words``; ``at`` (UTC) is when the customer said so: the ruling's clock counts from
        the first objection. Raises NothingToContest, WaitIsRuledOn, CaseWasWithdrawn, Missing.
        """
        waits = sorted({*waits}, key=lambda wait: wait.pk)
        for wait in waits:
            self.must_be_its_wait(wait)
        self._must_not_be_withdrawn()
        if not waits:
            raise NothingToContest()
        if any(wait.ruled_at for wait in waits):
            raise WaitIsRuledOn()
        texts = {
            "who": need("P7", "who", who, _("who objects")),
            "reason": need("P7", "words", words, _("the customer's words")),
        }
        self.must_not_precede(at, min(wait.started_at for wait in waits))
        about = [wait.pk for wait in waits]
        if same := self._objected_already(about, texts):
            return same
        for wait in waits:
            wait.contested_at = wait.contested_at or at
            wait.contested_by = joined(", ", wait.contested_by, texts["who"])[:160]
            wait.contest_reason = joined("\n", wait.contest_reason, texts["reason"])
            wait.save(update_fields=["contested_at", "contested_by", "contest_reason"])
        data = {"waits": about, "clocks": kinds_of(waits)}
        return self.write(Moment.CONTESTED, by=by, at=at, now=now, data=data, texts=texts)

    def rule(
        self: "Case",
        rulings: Mapping[int, Ruling],
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
    ) -> Event:
        """The quality manager rules on every contested wait at once, each with its reasons (by the wait's id).

        What is upheld is void: every clock counts again, and the affected time no longer leaves it out.
        Raises OnlyTheQualityManager, NothingContested, Missing. A second press gives the ruling back.
        """
        if not by.rules:
            raise OnlyTheQualityManager()
        self._must_not_be_withdrawn()
        waits = list(self.contested())
        if not waits:
            if rulings and (given := self.latest(Moment.RULED)) and self._ruled_all(rulings):
                return given
            raise NothingContested()
        for wait in waits:
            self._must_be_reasoned(wait, rulings.get(wait.pk))
        if self.is_open:
            self.see_the_desk_open(now or at)
        entries = [ended(self, wait, by, at) for wait in waits if rulings[wait.pk].upheld and wait.ended_at is None]
        for wait in waits:
            self._write_ruling(wait, rulings[wait.pk], by, at)
        entries.append(self._ruled(waits, by, at))
        return ledger.record(entries, now or at)[-1]

    def contested(self: "Case") -> QuerySet[Wait]:
        """The waits with an objection that nobody has ruled on yet."""
        return self.waits.filter(contested_at__isnull=False, ruled_at=None).order_by("started_at", "pk")

    def _ruled(self: "Case", waits: Sequence[Wait], by: Actor, at: datetime) -> ledger.Entry:
        upheld = [wait.pk for wait in waits if wait.ruling == UPHELD]
        rejected = [wait.pk for wait in waits if wait.ruling != UPHELD]
        variant = IN_PART if upheld and rejected else UPHELD if upheld else REJECTED
        data = {
            "upheld": upheld,
            "rejected": rejected,
            "clocks": kinds_of(waits),
            "waits": {str(w.pk): [w.started_at.isoformat(), w.ended_at and w.ended_at.isoformat()] for w in waits},
        }
        if self.affected_seconds is not None:
            was, self.affected_seconds = self.affected_seconds, round(self.affected_time(at).total_seconds())
            data |= {"affected_seconds": self.affected_seconds, "affected_seconds_was": was}
        reasons = list(dict.fromkeys(wait.ruling_reasons.rstrip(".") for wait in waits))
        texts = {f"reason_{wait.pk}": wait.ruling_reasons for wait in waits} if len(waits) > 1 else {}
        return ledger.Entry(self, Moment.RULED, by, at, variant, data, {"reason": "; ".join(reasons), **texts})

    def _write_ruling(self: "Case", wait: Wait, ruling: Ruling, by: Actor, at: datetime) -> None:
        wait.ruled_at, wait.ruled_by_id, wait.ruling = at, by.id, ruling.word
        wait.ruling_reasons = ruling.reasons.strip()
        if ruling.upheld:
            wait.ended_at = wait.ended_at or max(at, wait.started_at)
        wait.save(update_fields=["ruled_at", "ruled_by", "ruling", "ruling_reasons", "ended_at"])

    def _must_be_reasoned(self: "Case", wait: Wait, ruling: Ruling | None) -> None:
        if ruling is None:
            raise Missing("P7", f"ruling_{wait.pk}", _("the ruling on each of the stops"))
        need("P7", f"reasons_{wait.pk}", ruling.reasons, _("the reasons of the ruling"))

    def _ruled_all(self: "Case", rulings: Mapping[int, Ruling]) -> bool:
        ruled = dict(self.waits.filter(pk__in=rulings, ruled_at__isnull=False).values_list("pk", "ruling"))
        return ruled == {pk: ruling.word for pk, ruling in rulings.items()}

    def _objected_already(self: "Case", about: list[int], texts: Mapping[str, str]) -> Event | None:
        """The same person's same words about the same waits are one objection, however often they are sent."""
        earlier = self.events.filter(moment=Moment.CONTESTED, data__waits=about).order_by("-seq")
        for event in earlier.prefetch_related("texts")[:20]:
            if {text.name: text.text for text in event.texts.all()} == dict(texts):
                return event
        return None

    def _must_not_be_withdrawn(self: "Case") -> None:
        if self.status == "cancelled":
            raise CaseWasWithdrawn()


def kinds_of(waits: Iterable[Wait]) -> list[str]:
    return sorted({kind for wait in waits for kind in wait.clocks})


def joined(sign: str, known: str, new: str) -> str:
    """What was said before and what is said now, each once."""
    return sign.join(dict.fromkeys(part for part in (*known.split(sign), new) if part))


@dataclass(frozen=True)
class Changed:
    """One clock with and without the stops."""

    clock: ClockState
    without: ClockState


def if_upheld(objections: Iterable[tuple["Case", Sequence[Wait]]], at: datetime) -> Mapping[int, list[Changed]]:
    """By case, the clocks that a ruling in the customer's favour at ``at`` (UTC) would change. Nothing is written."""
    objections = list(objections)
    past = on_record.happenings_of([case.pk for case, _ in objections])
    return {case.pk: _changed(case, waits, past.get(case.pk, []), at) for case, waits in objections}


def _changed(case: "Case", waits: Sequence[Wait], happened: Sequence[Happening], at: datetime) -> list[Changed]:
    ruled = Happening(Moment.RULED, "upheld", at, {"upheld": [wait.pk for wait in waits]})
    effects = effects_of(case.procedure_version_id)
    there = Fold(effects).apply_all(happened).clocks
    then = Fold(effects).apply_all([*happened, ruled]).clocks
    return [Changed(clock, then[key]) for key, clock in there.items() if clock.stretches != then[key].stretches]
