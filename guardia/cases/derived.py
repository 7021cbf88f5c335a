"""What follows from the events of a case, compared with its rows: whoever has the database's superuser may change both.

`chain` proves the events. Everything that can be derived from them is derived here once more: clocks, escalations and
owed calls (`rebuild`), the columns of the case, its waits, visits, tests and files (`expected_rows`), which groups had
it (`derived_holds`), and what its notices say of the event that owed them (`derived_notices`). Nothing is repaired.
What an event does not say, and what was erased, is compared with nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_noop

from guardia.calls.call import Call
from guardia.carriers.ticket import CarrierTicket
from guardia.cases import rebuild
from guardia.cases.case import FORMER, Case
from guardia.cases.chain import UNREADABLE, Break, Deed, Stored, Texts
from guardia.cases.derived_holds import expected_holds, paired
from guardia.cases.derived_notices import CLAUSES, NOTICES, UNCARRIED, WRONG_NOTICE, clauses_of, staff_told
from guardia.cases.differing_columns import called, in_no_event, is_same, missing, row_named, values_of
from guardia.cases.erased_texts import without_erasure
from guardia.cases.event_columns import UNKNOWN, PastEvent, Row, value_of
from guardia.cases.expected_rows import ExpectedRows
from guardia.cases.rebuild import UNSAID
from guardia.cases.resolver_group import GroupHold, ResolverGroup
from guardia.cases.settled_columns import rows_of_another_company, settled_columns
from guardia.cases.stages.reception_clocks import OF_A_CALL, happenings
from guardia.cases.stages.registration import PERSONAL
from guardia.clocks.clock import Wait
from guardia.clocks.clock_state import Happening, breaches_to_lift, breaches_to_redate, unmarked_breaches
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.config.headline import Headline
from guardia.config.sql_rows import rows_of
from guardia.escalation.course import Course
from guardia.events.history import stamp
from guardia.evidence.files import CaseFile
from guardia.evidence.test_result import TestResult
from guardia.field.visit import Visit
from guardia.notices.notice import Notice
from guardia.procedure.version import ProcedureVersion
from guardia.proof.sealed_rows import ERASED

OF_A_CASE: tuple[tuple[type[Model], str], ...] = (
    *((Wait, "wait"), (Visit, "visit"), (TestResult, "test"), (CaseFile, "file")),
    (CarrierTicket, "carrier_ticket"),
)
OF_A_FILE = frozenset({"caption", "shown", "withdrawn_at"})

LOST = """
    SELECT l.delivery_id, l.notice_id, d.created_at FROM delivered_notice l
    LEFT JOIN notice n ON n.id = l.notice_id LEFT JOIN delivery d ON d.id = l.delivery_id
    WHERE n.id IS NULL ORDER BY 1, 2
"""

WITHOUT_A_CASE = """
    SELECT min(event.id), max(event.id), max(event.recorded_at) FROM case_event AS event
    LEFT JOIN "case" ON "case".id = event.case_id WHERE "case".id IS NULL GROUP BY event.case_id ORDER BY 1
"""


def breaks(stored: Sequence[Stored], texts: Texts) -> Iterator[Break]:
    """What is not as the events of these cases say, which are in order. It takes some ten questions for all of them."""
    if stored:
        yield from Group(stored, texts).breaks()


def without_case() -> Iterator[Break]:
    """What is wrong outside the cases: clocks of calls and requests, events whose case is gone, deliveries whose notice
    is, and notices that left whose delivery is.
    """
    with suppress(ProcedureVersion.DoesNotExist):  # that a version is gone is found by its seal in the log
        for each in rebuild.without_case():
            yield _of_difference(0, each, Headline("%(owner)s: %(what)s", owner=each.owner, what=wrong_clock(each)))
    for first, last, recorded_at in rows_of(WITHOUT_A_CASE, []):
        what = Headline(
            gettext_noop("the case of the events with the ids %(first)s to %(last)s is missing"), first=first, last=last
        )
        yield Break(0, 0, what, "case", Deed.GONE, recorded_at)
    for delivery, notice, made_at in rows_of(LOST, []):
        msgid = gettext_noop("delivery %(delivery)s carries notice %(notice)s, which is missing")
        what = Headline(msgid, delivery=delivery, notice=notice)
        yield Break(0, 0, what, "notice", Deed.GONE, made_at)
    for number, seq, notice, owed_at in rows_of(UNCARRIED, []):
        what = Headline(gettext_noop("notice %(notice)s left, and its delivery is missing"), notice=notice)
        yield Break(number, seq, what, "delivery", Deed.GONE, owed_at)


class Group:
    """Some hundred cases that are compared together."""

    def __init__(self, stored: Sequence[Stored], texts: Texts) -> None:
        self.texts = texts
        self.events = {pk: list(events) for pk, events in groupby(stored, lambda event: event.case)}
        self.between = {"first": stored[0].case, "last": stored[-1].case}
        self.range = stored[0].case, stored[-1].case
        rows = Case.objects.defer("search").filter(pk__range=self.range).order_by("pk")
        self.cases = {case.pk: case for case in rows}
        self.hours = {event.case: {} for event in stored}  # type: dict[int, dict[int, datetime]]
        for event in stored:
            self.hours[event.case].setdefault(event.seq or 0, event.recorded_at)
        self.folds: dict[int, Fold] = {}
        self.expected: dict[int, ExpectedRows] = {}
        self.courses: dict[int, Course] = {}

    def breaks(self) -> Iterator[Break]:
        yield from self._read()
        yield from self._promises()
        yield from self._cases()
        yield from self._settled()
        yield from self._companies()
        yield from self._calls()
        for model, name in OF_A_CASE:
            yield from self._rows(model, name)
        yield from self._holds()
        yield from self._notices()
        yield from self._named_notices()
        for event in without_erasure(event for events in self.events.values() for event in events):
            what = Headline(gettext_noop("it says that texts were erased, and no erasure is on record"))
            yield self._break(event.case, event.seq or 0, what, "case_event", Deed.ADDED)

    def _break(self, pk: int, seq: int, what: Headline, table: str, deed: Deed = Deed.CHANGED, **more: Any) -> Break:
        """``seq``: the event that wrote the row, which was right then; 0: the row is not older than its case."""
        hours = self.hours.get(pk, {})
        not_before = hours.get(seq) or hours.get(1)
        return Break(self.cases[pk].number, seq, what, table, deed, **{"not_before": not_before, **more})

    def _read(self) -> Iterator[Break]:
        """Follow the events of each case; one of which they make no sense is named and looked at no further."""
        self.past = {pk: [happening(event) for event in events] for pk, events in self.events.items()}
        for pk, case in self.cases.items():
            expected = ExpectedRows()
            try:
                fold = Fold(effects_of(case.procedure_version_id)).apply_all(self.past.get(pk, ()))
                course = Course().apply_all(self.past.get(pk, ()))
                for event in self.events.get(pk, ()):
                    expected.apply(past_event(event, self.texts))
            except UNREADABLE:
                yield self._break(
                    pk, 0, Headline(gettext_noop("its events do not follow from each other")), "case_event"
                )
            else:
                self.folds[pk], self.courses[pk], self.expected[pk] = fold, course, expected

    def _promises(self) -> Iterator[Break]:
        """Clocks, escalations and owed calls; and that a promise that was broken is on record as such."""
        readable = [self.cases[pk] for pk in self.folds]
        yield from self._rebuilt(readable)
        for pk, fold in self.folds.items():
            if not (events := self.events.get(pk)):
                continue
            last, clocks = events[-1].recorded_at, list(fold.clocks.values())
            for clock in unmarked_breaches(clocks, last):
                due = stamp(clock.fell_due_at) if clock.fell_due_at else ""
                msgid = gettext_noop("promise %(kind)s fell due at %(due)s and no breach is on record")
                what = Headline(msgid, kind=clock.kind, due=due)
                yield self._promise(pk, what, Deed.GONE, clock.fell_due_at)
            for clock in breaches_to_lift(clocks, last):
                what = Headline(gettext_noop("promise %(kind)s was kept and a breach is on record"), kind=clock.kind)
                yield self._promise(pk, what, Deed.CHANGED, clock.started_at)
            for clock in breaches_to_redate(clocks):
                what = Headline(
                    gettext_noop("promise %(kind)s broke at another time than its breach says"), kind=clock.kind
                )
                yield self._promise(pk, what, Deed.CHANGED, clock.started_at)

    def _promise(self, pk: int, what: Headline, deed: Deed, not_before: datetime | None) -> Break:
        """A breach is looked for up to the hour of the last event: earlier it was not missed."""
        return self._break(pk, 0, what, "case_event", deed, not_before=not_before, always_compared=False)

    def _rebuilt(self, cases: Sequence[Case]) -> list[Break]:
        """One by one where a row of one of them cannot be read."""
        try:
            found = list(rebuild.differences(cases, self.past, self.folds))
        except UNREADABLE:
            if len(cases) == 1:
                what = Headline(gettext_noop("its clocks, escalations or calls cannot be read"))
                return [self._break(cases[0].pk, 0, what, "clock")]
            return [each for case in cases for each in self._rebuilt([case])]
        return [self._of_difference(each) for each in found]

    def _of_difference(self, found: rebuild.Difference) -> Break:
        pk = found.case_id or 0
        return _of_difference(self.cases[pk].number, found, wrong_clock(found), self.hours.get(pk, {}).get(1))

    def _cases(self) -> Iterator[Break]:
        for pk, expected in self.expected.items():
            case = self.cases[pk]
            yield from self._differing(case, case, expected.case)
            if case.is_history and value_of(expected.case, "source") != FORMER:
                what = Headline(gettext_noop("the source is not the one of this event"))
                yield self._break(pk, 1, what, "case")
            if case.status not in expected.statuses and self.events.get(pk):
                what = Headline(gettext_noop("the status is not %(status)s, as its events say"), status=expected.status)
                at, values = self.hours[pk].get(expected.status_seq), (case.status, str(expected.status))
                yield self._break(pk, case.seq, what, "case", not_before=at, values=values, always_compared=False)

    def _settled(self) -> Iterator[Break]:
        """What the bench shows of a case that is open: the promise that breaks first, and who answers."""
        for pk, fold in self.folds.items():
            case, events = self.cases[pk], self.events.get(pk)
            if events:
                said = settled_columns(fold, self.courses[pk], case.is_open)
                row: Row = {column: (value, events[-1].seq or 0) for column, value in said.items()}
                yield from self._differing(case, case, row)

    def _companies(self) -> Iterator[Break]:
        for pk, table, row, found, said in rows_of_another_company(self.between):
            thing = row_named(table, row)
            what = Headline(gettext_noop("%(thing)s belongs to another company"), thing=thing)
            yield self._break(pk, 0, what, table, values=(str(found), str(said)))

    def _calls(self) -> Iterator[Break]:
        """P1: the call of which the case came is still its own, with the hours that its first events say."""
        begun = [
            event
            for pk in self.expected
            for event in self.events.get(pk, ())
            if event.moment in OF_A_CALL and event.data.get("call")
        ]
        if not begun:
            return
        calls = Call.objects.in_bulk({event.data["call"] for event in begun})
        for event in begun:
            call, thing = calls.get(event.data["call"]), row_named("call", event.data["call"])
            if call is None:
                yield self._break(event.case, event.seq or 0, missing(thing), "call", Deed.GONE)
            elif call.case_id != event.case:
                what = Headline(gettext_noop("%(thing)s belongs to another case"), thing=thing)
                yield self._break(event.case, event.seq or 0, what, "call")
            elif (event.moment, event.occurred_at) not in hours_of(call):
                what = Headline(gettext_noop("%(thing)s gives different times from this event"), thing=thing)
                yield self._break(event.case, event.seq or 0, what, "call")

    def _rows(self, model: type[Model], name: str) -> Iterator[Break]:
        found: dict[int, dict[int, Any]] = {}
        first, last = self.range
        for row in model._default_manager.filter(case__gte=first, case__lte=last):
            found.setdefault(row.case_id, {})[row.pk] = row  # type: ignore[attr-defined]
        for pk, expected in self.expected.items():
            case, rows, table = self.cases[pk], found.get(pk, {}), model._meta.db_table
            for key, columns in getattr(expected, f"{name}s").items():
                made = min(seq for _value, seq in columns.values())
                if row := rows.pop(key, None):
                    yield from self._differing(case, row, columns, row_named(name, key))
                    if row.customer_id != case.customer_id:
                        values, at = (str(row.customer_id), str(case.customer_id)), self.hours[pk].get(made)
                        what = Headline(
                            gettext_noop("%(thing)s belongs to another company"), thing=row_named(name, key)
                        )
                        yield self._break(pk, 0, what, table, not_before=at, values=values)
                else:
                    yield self._break(pk, made, missing(row_named(name, key)), table, Deed.GONE)
            for key in rows:
                yield self._break(pk, 0, in_no_event(row_named(name, key)), table, Deed.ADDED)

    def _holds(self) -> Iterator[Break]:
        """Which resolver groups had the case."""
        groups = frozenset(ResolverGroup.objects.values_list("pk", flat=True))
        if not groups:
            return
        found: dict[int, list[GroupHold]] = {}
        for hold in GroupHold.objects.filter(case__gte=self.range[0], case__lte=self.range[1]).order_by("pk"):
            found.setdefault(hold.case_id, []).append(hold)
        for pk in self.expected:
            for said, row in paired(expected_holds(self.events.get(pk, ()), groups), found.get(pk, ())):
                if row is None and said:
                    group, seq = said["group_id"]
                    what = Headline(gettext_noop("what resolver group %(group)s had is missing"), group=group)
                    yield self._break(pk, seq, what, "group_hold", Deed.GONE)
                elif row and said is None:
                    yield self._break(pk, 0, in_no_event(row_named("group_hold", row.pk)), "group_hold", Deed.ADDED)
                elif row and said:
                    yield from self._differing(self.cases[pk], row, said, row_named("group_hold", row.pk))

    def _differing(self, case: Case, row: Any, expected: Row, about: str = "") -> Iterator[Break]:
        for column, (value, seq) in expected.items():
            found = getattr(row, column)
            if value is UNKNOWN or is_same(column, value, found) or self._is_gone(column, found, case):
                continue
            if column in OF_A_FILE and isinstance(row, CaseFile) and row.withdrawn_at and not case.is_open:
                continue  # by the rule of retention, which writes no event
            table = row._meta.db_table
            values = values_of(table, [(column, value, found)])
            what = Headline(gettext_noop("the %(column)s is not the one of this event"), column=called(column))
            what = Headline("%(thing)s: %(what)s", thing=about, what=what) if about else what
            is_exempt = column in OF_A_FILE or (isinstance(found, str) and (found == "" or ERASED.search(found)))
            yield self._break(case.pk, seq, what, table, values=values, always_compared=not is_exempt)

    def _is_gone(self, column: str, found: object, case: Case) -> bool:
        """Emptied by an erasure or by a rule of retention, whatever the event says still.

        A detail that was emptied later is in no event either.
        """
        if found == "":
            return column in PERSONAL or (column == "result" and not case.is_open)
        numbers = {int(number) for number in ERASED.findall(found)} if isinstance(found, str) else set()
        return bool(numbers & (self.tombstones.keys() if column == "reporter_name" else self.being_erased))

    @cached_property
    def tombstones(self) -> dict[int, datetime | None]:
        """Of persons who were erased, each with the hour at which that was done; asked where a text differs."""
        erasures = apps.get_model("guardia", "Erasure").objects.filter(request__isnull=False)
        return dict(erasures.values_list("pk", "ended_at"))

    @property
    def being_erased(self) -> set[int]:
        """Table by table: the words of an event may still stand where those of a row are gone."""
        return {pk for pk, ended_at in self.tombstones.items() if ended_at is None}

    def _notices(self) -> Iterator[Break]:
        for pk, case, seq, facts, owed_at, recorded_at, what in rows_of(NOTICES, self.between):
            erased = {int(found) for found in ERASED.findall(facts)}
            if not (what == "other_facts" and erased & self.tombstones.keys()):
                hours = (("owed_at", recorded_at, owed_at),) if what == "hour" else ()
                headline = Headline(WRONG_NOTICE[what], notice=pk)
                yield self._break(case, seq, headline, "notice", values=values_of("notice", hours))
        for version_id, moment, variant, clause, to_staff, case, pk in rows_of(CLAUSES, self.between):
            if case not in self.folds:
                continue  # of a procedure that is not there, or of events that cannot be followed
            if clause not in clauses_of(version_id, moment, variant, to_staff):
                msgid = gettext_noop("notice %(notice)s names clause %(clause)s, by which nothing was owed")
                what = Headline(msgid, notice=pk, clause=clause)
                yield self._break(case, 0, what, "notice")

    def _named_notices(self) -> Iterator[Break]:
        """E: an event says whom it pages, whom a note tells since it names them, and which notice failed, was sent once
        more or was taken back, and to whom it was. Whom else of the company it told no event says.
        """
        events = [event for pk in self.expected for event in self.events.get(pk, ())]
        pages = [(event, staff) for event in events for staff in staff_told(event)]
        letters = [event for event in events if event.data.get("notice")]
        if pages:
            found = Notice.objects.filter(event__in={event.event for event, _staff in pages}, staff__isnull=False)
            there = set(found.values_list("event_id", "staff_id"))
            for event, staff in pages:
                if (event.event, staff) not in there:
                    what = Headline(gettext_noop("the notice to staff %(staff)s is missing"), staff=staff)
                    yield self._break(event.case, event.seq or 0, what, "notice", Deed.GONE)
        if letters:
            found = Notice.objects.filter(pk__in={event.data["notice"] for event in letters})
            there = set(found.values_list("pk", "contact_id"))
            for event in letters:
                pk, contact = event.data["notice"], event.data.get("contact")
                if (pk, contact) not in there:
                    msgid = gettext_noop("notice %(notice)s to contact %(contact)s is missing")
                    what = Headline(msgid, notice=pk, contact=contact)
                    yield self._break(event.case, event.seq or 0, what, "notice", Deed.GONE)


def happening(event: Stored) -> Happening:
    return Happening(event.moment, event.variant, event.occurred_at, event.data, event.recorded_at, event.seq)


def past_event(event: Stored, texts: Texts) -> PastEvent:
    words = {name: text.text for name, text in texts[event.event].items()} if event.event in texts else {}
    at, recorded_at = event.occurred_at, event.recorded_at
    return PastEvent(event.seq or 0, event.moment, event.variant, at, recorded_at, event.actor_id, event.data, words)


def wrong_clock(found: rebuild.Difference) -> Headline:
    if found.columns == ("missing",):
        return missing(found.what)
    if found.columns == UNSAID:
        return in_no_event(found.what)
    columns = ", ".join(found.columns)
    return Headline(gettext_noop("%(thing)s does not match the events: %(columns)s"), thing=found.what, columns=columns)


def _of_difference(number: int, found: rebuild.Difference, what: Headline, opened_at: datetime | None = None) -> Break:
    """``opened_at``: when the first event of the case was recorded, where it has one."""
    is_gone, is_unsaid = found.columns == ("missing",), found.columns == UNSAID
    deed = Deed.GONE if is_gone else Deed.ADDED if is_unsaid else Deed.CHANGED
    pairs = zip(found.columns, found.values, strict=True) if found.values else ()
    values = values_of(found.table, [(column, said, row) for column, (said, row) in pairs])
    return Break(number, 0, what, found.table, deed, found.began_at or opened_at, values)


def hours_of(call: Call) -> set[tuple[str, datetime]]:
    """What happened to the call and when (UTC); nothing where its row cannot be read."""
    try:
        return {(happening.moment, happening.at) for happening in happenings(call)}
    except UNREADABLE:
        return set()
