"""P7 D: a closed case is opened again, since its fault is back or was never gone; or that was a mistake.

To open again is a relapse after the closing (P6 D): the same event, with the variant ``reopened``, so that each
published procedure knows what runs then. Why so: docs/adr/0070. Hours are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger, talk
from guardia.cases.case_proofs import carried_over
from guardia.cases.desk_hours import desk_name, kind_of
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.event import EventText
from guardia.cases.labels import CLOCK_NAMES
from guardia.cases.refusals import Refused, TimeInTheFuture
from guardia.cases.verbs import Event, Recording, desk_hour, has_these_texts, need
from guardia.people.staff import Actor, ActorKind
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind, ClockKind, Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent

REOPENED = "reopened"
"""The variant of a relapse by which a closed case is opened again."""
MISTAKEN = "mistaken"
"""The variant of a closing that undoes it."""
REOPENS = "reopens"
"""In the data of a relapse after the closing: the number of the event of that closing."""
SINCE = "affected_since"
"""In the same data: since when the service is out again, where that is not the hour of the event."""
REPORT_EDITION = "report_edition"
"""In the data of a closing: which edition of the closing report follows from it; absent: the first. In that of a
relapse after the closing: which one comes next.
"""
GOES_ON = frozenset({ClockKind.RULING, ClockKind.THIRD_PARTY, ClockKind.COMPLAINT})
"""What a mistaken reopening does not leave out: they are about something else, or end by themselves."""


# --- refusals ---------------------------------------------------------------------------------------------------------
class StillOpen(Refused):
    clause = "P7"
    template = _("This case is open: there is nothing to reopen. Write in it what you have seen.")


class OpenAgainAlready(Refused):
    clause = "P7"
    template = _(
        "The case has been open again since %(hour)s, and nothing was changed. Add what you have seen as a note."
    )


class NothingToReopen(Refused):
    """A closed case that is not opened again: another one takes its place."""

    clause = "P7"


class WithdrawnStays(NothingToReopen):
    template = _("This case was withdrawn: nothing in it can be resumed. Open a new case and link the two.")


class GoesOnElsewhere(NothingToReopen):
    template = _("This case continues under number %(number)s. Write there; if that one is closed, reopen it.")


class RequestStays(NothingToReopen):
    template = _(
        "This was a request for %(desk)s, not a fault: it has been answered and solved. Register a new request "
        "and link the two."
    )
    clause = "A3"


class FormerStays(NothingToReopen):
    template = _(
        "This case was closed in the former tool and is history: none of our promises was made in it. Open a "
        "new case and link the two."
    )


class WordsAreErased(NothingToReopen):
    template = _(
        "What this case was about has been erased: nobody can tell any more whether it is the same fault. Open a new "
        "case and link the two."
    )


class ReopeningIsOver(NothingToReopen):
    template = _(
        "A case can be reopened within %(days)d days of its closing; for this one, until %(hour)s. If your "
        "service fails, report a new fault and mention this number."
    )


class OnlyASupervisorReopens(NothingToReopen):
    template = _(
        "The case was closed more than %(days)d days ago: only a supervisor may open it again. For whatever fails now, "
        "open a new case and link the two."
    )


class FailedBeforeItWasBack(Refused):
    clause = "P7"
    field = "since"
    template = _(
        "The service was restored at %(hour)s: the outage before that is already in the closing. If it never "
        "came back, write that time."
    )


class NotReopenedByUs(Refused):
    clause = "P7"
    template = _(
        "The customer reopened this case: it is not a mistake of ours to be undone. If the service works, say "
        "that it recovered by itself, and have it confirmed."
    )


class NothingToUndo(Refused):
    clause = "P7"
    template = _(
        "There is no reopening to undo any more: work has begun since. If the service works, proceed as after "
        "any fault."
    )


class PromiseBrokenSince(Refused):
    clause = "P7"
    template = _(
        "“%(promise)s” has been overdue since the case was opened again, and that stays on record. If the "
        "service works, say that it recovered by itself, and have it confirmed."
    )


# --- what has been opened again ---------------------------------------------------------------------------------------
class PublicEvent(Protocol):
    """An event as a report tells it; ``at`` is UTC."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Reopening:
    """A closing that was undone: by which event, of which closing, when, since when the service was out again."""

    seq: int
    closing: int
    at: datetime
    since: datetime

    @classmethod
    def of(cls, event: "PublicEvent") -> "Reopening":
        """Of the event by which a closed case was opened again."""
        since = event.data.get(SINCE)
        return cls(event.seq, event.data[REOPENS], event.at, datetime.fromisoformat(since) if since else event.at)


def edition_facts(case: "Case") -> dict[str, int]:
    """What a closing says of the edition of its report: nothing of the first."""
    before = case.events.filter(moment=Moment.RELAPSED, data__has_key=REOPENS).count()
    return {REPORT_EDITION: before + 1} if before else {}


def reopening_facts(case: "Case") -> dict[str, int]:
    """What a relapse after the closing says: which closing it undoes, and which edition of the report comes after."""
    closed = case.latest(Moment.CLOSED)
    assert closed is not None
    return {REOPENS: closed.seq, REPORT_EDITION: closed.data.get(REPORT_EDITION, 1) + 1}


def possible_until(case: "Case") -> datetime | None:
    """Until when the company may open the closed case again; None while it is open."""
    days = versions.of(case.procedure_version_id).requirements.reopening_days
    return case.closed_at + timedelta(days=days) if case.closed_at else None


def may_be_reopened(case: "Case") -> bool:
    """Whether the closed case is of a kind that is opened again at all."""
    return case.closed_at is not None and _of_its_kind(case) is None


def is_reopened_by_us(case: "Case") -> bool:
    """Whether the last thing that happened to the diagnosis of the case is that the desk opened it again."""
    if case.stage != Stage.DIAGNOSIS or not case.is_open:
        return False
    last = case.latest(Moment.RELAPSED, Moment.REGISTERED, Moment.ADMIN_TAKEN)
    return last is not None and last.variant == REOPENED and last.actor_kind != ActorKind.CONTACT


def letter_facts(case: "Case", moment: Moment, at: datetime) -> tuple[str, dict[str, Any]]:
    """As which variant, and with what data, this moment would be told of the case as it stands; an empty variant for
    any other. Of a mistake, the case given is as it would be closed; it is not saved.
    """
    if moment == Moment.RELAPSED and case.closed_at:
        return REOPENED, reopening_facts(case)
    if moment == Moment.CLOSED and is_reopened_by_us(case):
        case.outages = [each for each in case.outages if each[1] is not None]
        case.affected_seconds = round(case.affected_time(at).total_seconds())
        return MISTAKEN, edition_facts(case)
    return "", {}


def refusal_of(case: "Case", by: Actor, at: datetime) -> Refused | None:
    """Why this person may not open the case again at ``at``; None where that is possible."""
    if case.closed_at is None:
        return StillOpen()
    return _of_its_kind(case) or _of_its_age(case, by, at)


def _of_its_kind(case: "Case") -> Refused | None:
    if case.is_history:
        return FormerStays()
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return RequestStays(desk=desk_name(case.procedure_version_id, case.desk))
    if case.status == "cancelled":
        ended = case.latest(Moment.CANCELLED)
        other = ended.data.get("duplicate_of") if ended else None
        return GoesOnElsewhere(number=other) if other else WithdrawnStays()
    return WordsAreErased() if is_erased(case) else None


def is_erased(case: "Case") -> bool:
    """Whether somebody, or its age, has erased what the case was about: symptoms, fault or solution."""
    told = EventText.objects.filter(event__case=case.pk, event__moment__in=(Moment.REGISTERED, Moment.CLOSED))
    return told.filter(name__in=("symptoms", "fault", "solution"), text=None).exists()


def _of_its_age(case: "Case", by: Actor, at: datetime) -> Refused | None:
    until = possible_until(case)
    if until is None or at <= until or by.supervises:
        return None
    days = versions.of(case.procedure_version_id).requirements.reopening_days
    if by.kind == ActorKind.CONTACT:
        return ReopeningIsOver(days=days, hour=f"{until:%Y-%m-%d}")
    return OnlyASupervisorReopens(days=days)


# --- verbs ------------------------------------------------------------------------------------------------------------
class Reopenable(Recording):
    def reopen(
        self: "Case",
        what: str,
        since: datetime | None = None,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        who: str = "",
    ) -> Event:
        """The fault of a closed case is back, or was never gone: in P3 again, and the customer is told (P7 D).

        ``since``: when the service went out again, ``at`` where nobody says another hour. The promises begin at ``at``
        as those of a new fault do; the time between is not counted as affected. ``who``: the contact who says so. The
        same words once more: nothing new. Raises OpenAgainAlready, FailedBeforeItWasBack, TimeInTheFuture, Missing, and
        what ``refusal_of`` gives.
        """
        if self.is_open and (event := self.latest(Moment.RELAPSED)) and REOPENS in event.data:
            if self.stage == Stage.DIAGNOSIS and has_these_texts(event, {"what": what.strip()}):
                return event
            raise OpenAgainAlready(hour=desk_hour(event.occurred_at))
        if refusal := refusal_of(self, by, at):
            raise refusal
        self.must_not_precede(at, self.closed_at)
        since = self._out_again(since or at, at)
        what = need("P7", "what", what, _("what fails again"))
        entries = self.opened_again(since, at, by)
        data = reopening_facts(self) | ({SINCE: since.isoformat()} if since != at else {})
        relapse = ledger.Entry(self, Moment.RELAPSED, by, at, REOPENED, data, {"what": what, "from": who})
        return ledger.record([relapse, *entries], now or at)[0]

    def opened_again(self: "Case", since: datetime, at: datetime, by: Actor) -> list[ledger.Entry]:
        """What is closed is open; it leaves the mass outage that it was part of, with which its service was back."""
        self.fails_again(since)
        self.closed_at = self.affected_seconds = None
        joined = self.latest(Moment.OUTAGE_JOINED) if self.part_of_id else None
        if joined is None:
            return []
        self.part_of = None
        with translation.override(settings.LANGUAGE_CODE):
            why = gettext("your service was back with it, and fails again")
        data = {name: joined.data[name] for name in ("outage", "number")}
        return [ledger.Entry(self, Moment.OUTAGE_LEFT, by, at, "by_hand", data, {"reason": why})]

    def _out_again(self: "Case", since: datetime, at: datetime) -> datetime:
        """Raises TimeInTheFuture, FailedBeforeItWasBack. An hour to the minute may be that of the restoration."""
        if since > at:
            refusal = TimeInTheFuture()
            refusal.field = "since"
            raise refusal
        back = self.restored_at
        if back and since + timedelta(seconds=59, microseconds=999_999) < back:
            raise FailedBeforeItWasBack(hour=desk_hour(back))
        return max(since, back) if back else since

    def close_as_mistaken(self: "Case", reason: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """It was opened again by mistake: closed as it was before, with the reason, which the customer is told.

        Nothing of the reopening counts: neither time without service nor promises, so it is possible only while none is
        broken and no work has begun. Once more: nothing new. Raises CaseIsClosed, NotInThisStage, NothingToUndo,
        NotReopenedByUs, PromiseBrokenSince, ObjectionStands, Missing.
        """
        closing = self.latest(Moment.CLOSED)
        if self.closed_at and closing and closing.variant == MISTAKEN:
            return closing
        self.must_be_in(Stage.DIAGNOSIS)
        opened = self.latest(Moment.RELAPSED, Moment.REGISTERED, Moment.ADMIN_TAKEN)
        if (
            opened is None
            or closing is None
            or opened.variant != REOPENED
            or self.visits.filter(ended_at=None).exists()
        ):
            raise NothingToUndo()
        if opened.actor_kind == ActorKind.CONTACT:
            raise NotReopenedByUs()
        self._must_have_kept_all_since(opened, now or at)
        self.must_not_precede(at, opened.occurred_at)
        talk.must_be_answered(self)
        mistake = need("P7", "reason", reason, _("why it was a mistake"))
        before = self._as_it_was(opened.seq)
        lacking = carried_over(self)
        self.outages = [each for each in self.outages if each[1] is not None]
        self.stage, self.closed_at = Stage.CLOSURE.value, at
        self.affected_seconds = round(self.affected_time(at).total_seconds())
        inside = self.seconds_in_work(at)
        data = {
            "affected_seconds": self.affected_seconds,
            "not_measured": self._promised_since(),
            **edition_facts(self),
            **before.data,
            **lacking.data,
            **({"in_work_seconds": inside} if inside else {}),
        }
        words = {"fault": self.fault, "solution": self.solution, "prevention": self.prevention, "mistake": mistake}
        texts = {name: text for name, text in {**words, **before.texts, **lacking.texts}.items() if text}
        return self.write(Moment.CLOSED, variant=MISTAKEN, by=by, at=at, now=now, data=data, texts=texts)

    def _must_have_kept_all_since(self: "Case", opened: "CaseEvent", now: datetime) -> None:
        since = self.clocks.filter(started_at__gte=opened.occurred_at).exclude(kind__in=OF_THE_ESCALATION)
        for clock in since:
            if clock.breached_at or (clock.ended_at is None and clock.due_at and clock.due_at <= now):
                raise PromiseBrokenSince(promise=CLOCK_NAMES[ClockKind(clock.kind)])

    def _promised_since(self: "Case") -> list[str]:
        running = self.clocks.filter(ended_at=None).exclude(kind__in=OF_THE_ESCALATION | GOES_ON)
        return sorted(running.values_list("kind", flat=True))

    def _as_it_was(self: "Case", seq: int) -> "AsItWas":
        """What the reopening has emptied, as the events before it say it; the columns of the case have it again."""
        past = list(self.events.filter(seq__lt=seq).order_by("seq").prefetch_related("texts"))
        began = max((event.seq for event in past if event.moment == Moment.RELAPSED), default=0)
        data: dict[str, Any] = {"restored_at": None, "green_since": None, "plan_kind": ""}
        texts = {"cause": "", "plan": "", "confirmed_by": ""}
        for event in (event for event in past if event.seq > began):
            told = {text.name: text.text or "" for text in event.texts.all()}
            if event.moment in (Moment.DIAGNOSED, Moment.CAUSE_CORRECTED, Moment.PLAN_CHANGED):
                texts |= {name: told[name].strip() for name in ("cause", "plan") if name in told}
                data["plan_kind"] = event.variant or data["plan_kind"]
            elif event.moment in (Moment.RESTORED, Moment.RECOVERED):
                data["restored_at"] = event.occurred_at.isoformat()
            elif event.moment == Moment.CONFIRMED:
                named = event.variant == "customer"
                texts["confirmed_by"] = f"{told.get('name', '')}, {told.get('position', '')}" if named else ""
            elif event.moment == Moment.STABILISED:
                data["green_since"] = event.data.get("green_since")
            elif event.moment == Moment.CLOSED and event.variant == MISTAKEN:
                data |= {name: event.data.get(name) for name in data}
                texts |= {name: told.get(name, "") for name in texts}
        self.cause, self.plan, self.confirmed_by = texts["cause"], texts["plan"], texts["confirmed_by"]
        self.plan_kind = data["plan_kind"]
        self.restored_at, self.green_since = (
            datetime.fromisoformat(data[name]) if data[name] else None for name in ("restored_at", "green_since")
        )
        return AsItWas(data, texts)


@dataclass(frozen=True, slots=True)
class AsItWas:
    """Codes and hours, and prose, of a case as it had been closed."""

    data: dict[str, Any]
    texts: dict[str, str]
