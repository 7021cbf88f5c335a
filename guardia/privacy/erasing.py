"""A person is erased: rows that were theirs are emptied, marks in what others wrote are taken out, texts of events go
with their salt. A tombstone stands for all of it; numbers, hours, clocks and the chain stay.

Each table is a transaction of its own, so that nobody waits; one that was killed is begun again and finds the rest.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.cases import case_files, erased_texts
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.evidence.files import CaseFile
from guardia.people.audit import AuditKind, write_down
from guardia.people.staff import SYSTEM, Role
from guardia.privacy import requests, written_words
from guardia.privacy.finding import (
    Progress,
    look,
    mentions,
    mentions_of_marks,
    mentions_of_short_names,
    nothing,
    refusals,
)
from guardia.privacy.marks import Redactor
from guardia.privacy.person import OWN, Person, own_cases, person_of
from guardia.privacy.requests import Erasure, PrivacyRequest, State
from guardia.privacy.written_words import GROUP_OF, KEPT, Row, Table, channels_without, tables
from guardia.proof.sealed_rows import SOURCES

TOMB = """
    INSERT INTO erasure (why, rule, reason, counts, at, request_id) VALUES ('person', '', %s, '{}', %s, %s)
    ON CONFLICT (request_id) WHERE request_id IS NOT NULL DO UPDATE SET reason = EXCLUDED.reason
    RETURNING id
"""
COUNT = """
    UPDATE erasure SET counts = counts || jsonb_build_object(%(group)s::text,
        coalesce((counts ->> %(group)s)::int, 0) + %(count)s) WHERE id = %(tomb)s
"""
FILES = "UPDATE case_file SET name = %(token)s, caption = '' WHERE id = ANY(%(files)s)"
WORDS_OF_FILES = """
    SELECT t.id FROM event_text t JOIN case_event e ON e.id = t.event_id
    WHERE t.text IS NOT NULL AND e.case_id IN (
        SELECT case_id FROM case_file WHERE id = ANY(%(files)s)) AND (e.data ->> 'file')::bigint = ANY(%(files)s)
"""
ERASE = "UPDATE event_text SET text = NULL, salt = NULL, erasure_id = %(tomb)s WHERE id = ANY(%(texts)s)"
CALLED = "SELECT role FROM staff WHERE id = %s"
REQUESTS = """
    UPDATE privacy_request SET subject = '{}', file = NULL, expires_at = NULL, files = '[]'
    WHERE id = %(request)s OR contact_id = ANY(%(contacts)s) OR staff_id = %(staff)s OR subject::text ~* %(pattern)s
"""


def put_on_record(tomb: int, texts: Sequence[int]) -> None:
    """Each case says which of its texts go, before they do."""
    with behind_at(DatabaseRole.WORKER) as at:
        erased_texts.put_on_record(tomb, texts, at)


class Erasing:
    """``person``: whose marks were put down before anything was taken away."""

    def __init__(self, request: PrivacyRequest, person: Person) -> None:
        self.request = request
        self.person = person
        with hand() as cursor:
            cursor.execute(TOMB, [request.reason, hour(cursor), request.pk])
            self.tomb: int = cursor.fetchone()[0]
            cursor.execute(CALLED, [person.staff])
            role = cursor.fetchone()
        with translation.override(settings.LANGUAGE_CODE):
            self.token = _("[erased, no. %(number)d]") % {"number": self.tomb}
            called = _("%(role)s no. %(number)d")
            self.called = called % {"role": Role(role[0]).label, "number": person.staff} if role else self.token
        self.redactor = Redactor(person.marks, self.token)
        self.redactor_of_own_cases = Redactor(person.marks, self.token, person.short)
        self.cases: set[int] = set()

    def run(self, progress: Progress = nothing) -> int:
        """Everything, in order; returns the number of the tombstone."""
        with hand():
            self.cases = own_cases(self.person.own, OWNER)
            looked_at = tables(OWNER)
        steps: list[Callable[[], None]] = [self.empty_own]
        steps += [self.step_of(table) for table in looked_at if table.name not in KEPT]
        steps += [self.empty_files, self.empty_bodies, self.empty_originals, self.forget_the_asking]
        for number, step in enumerate(steps, 1):
            step()
            progress(number, len(steps))
        return self.tomb

    def step_of(self, table: Table) -> Callable[[], None]:
        return lambda: self.redact(table)

    def empty_own(self) -> None:
        """All in one transaction: half of a person's own rows would not be found again by whose they were."""
        values = {**self.person.own, "token": self.token, "tomb": self.tomb, "called": self.called}
        values["username"] = f"retirado-{self.person.staff}"
        # Before the rows of their cases are held by the one that follows.
        with hand() as cursor:
            (own_texts,) = (own.where for own in OWN if own.table == "event_text")
            cursor.execute(f"SELECT id FROM event_text WHERE {own_texts}", values)
            texts = [pk for (pk,) in cursor.fetchall()]
        put_on_record(self.tomb, texts)
        with hand() as cursor:
            for own in OWN:
                if own.empty == "":
                    continue
                what = f'DELETE FROM "{own.table}"' if own.empty is None else f'UPDATE "{own.table}" SET {own.empty}'
                cursor.execute(f"{what} WHERE {own.where}", values)
                self.count(cursor, own.table, cursor.rowcount)

    def redact(self, table: Table) -> None:
        """What others wrote: the mark goes, the rest of the sentence stays; of an event the whole text goes."""
        with hand() as cursor:
            found = list(mentions_of_marks(self.person, table, OWNER))
            self.take_out(cursor, table, found, self.redactor)
            # Asked after the first were written: a row may hold both kinds of marks.
            short = list(mentions_of_short_names(self.person, table, OWNER))
            self.take_out(cursor, table, short, self.redactor_of_own_cases)
            self.count(cursor, table.name, len({row.key for row in (*found, *short)}))

    def take_out(self, cursor: Any, table: Table, found: list[Row], redactor: Redactor) -> None:
        if table.name == "event_text":
            put_on_record(self.tomb, [row.key for row in found])
        for row in found:
            if row.case is not None:
                self.cases.add(row.case)
            if table.name == "event_text":
                sql = "UPDATE event_text SET text = NULL, salt = NULL, erasure_id = %s WHERE id = %s"
                cursor.execute(sql, [self.tomb, row.key])
            elif table.name == "address_mark":
                cursor.execute("DELETE FROM address_mark WHERE id = %s", [row.key])
            else:
                self.write(cursor, table, row, redactor)

    def write(self, cursor: Any, table: Table, row: Row, redactor: Redactor) -> None:
        new = self.redacted(table, row, redactor)
        if table.name == "staff":
            cursor.execute("SELECT channels FROM staff WHERE id = %s", [row.key])
            new["channels"] = channels_without(cursor.fetchone()[0], self.person.marks.pattern)
        assigned = ", ".join(f'"{name}" = %s' for name in new)
        sql = f'UPDATE "{table.name}" SET {assigned} WHERE "{table.key}" = %s'
        cursor.execute(sql, [*new.values(), row.key])
        if sources := [one.name for one in SOURCES if one.table == table.name and new.keys() & set(one.words_of)]:
            cursor.execute(
                "UPDATE sealed_row SET salt = NULL WHERE source = ANY(%s) AND row_id = %s", [sources, row.key]
            )

    def redacted(self, table: Table, row: Row, redactor: Redactor) -> dict[str, Any]:
        columns = {column.name: column for column in table.words}
        new: dict[str, Any] = {}
        for name, value in row.values.items():
            if columns[name].is_json:
                read = json.loads(value) if isinstance(value, str) else value
                new[name] = json.dumps(redactor.json(read), ensure_ascii=False)
            else:
                new[name] = redactor.text(value, columns[name].longest)
        if table.name == "call" and {"from_number", "from_name"} & new.keys():
            new |= {"from_number": "", "from_name": ""}
        if table.name == "delivery" and "address" in new:
            new |= {"address": "", "body": None}
        return new

    def empty_files(self) -> None:
        """Of the files that show the person also what they were called and what was written below them."""
        with hand() as cursor:
            cursor.execute(FILES, {"files": self.request.files, "token": self.token})
            self.count(cursor, "case_file", cursor.rowcount)
            cursor.execute(WORDS_OF_FILES, {"files": self.request.files})
            texts = [pk for (pk,) in cursor.fetchall()]
            put_on_record(self.tomb, texts)
            cursor.execute(ERASE, {"texts": texts, "tomb": self.tomb})
            self.count(cursor, "event_text", cursor.rowcount)

    def empty_bodies(self) -> None:
        with hand() as cursor:
            count = written_words.empty_deliveries(cursor, self.cases, self.redactor)
            count += written_words.empty_deliveries(cursor, self.person.cases, self.redactor_of_own_cases)
            self.count(cursor, "delivery", count)

    def empty_originals(self) -> None:
        with hand() as cursor:
            count = written_words.empty_originals(cursor, self.token, self.person.marks, self.redactor)
            self.count(cursor, "message_original", count)

    def forget_the_asking(self) -> None:
        """Last of all: until here a run that was killed must know whom it is about."""
        with hand() as cursor:
            known = {**self.person.own, "request": self.request.pk, "pattern": self.person.marks.pattern or "(?!)"}
            cursor.execute(REQUESTS, known)
            cursor.execute("UPDATE erasure SET ended_at = %s WHERE id = %s", [hour(cursor), self.tomb])

    def count(self, cursor: Any, table: str, count: int) -> None:
        if count > 0:
            group = GROUP_OF.get(table, "others")
            cursor.execute(COUNT, {"group": group, "count": count, "tomb": self.tomb})


# Confirmed erasures are carried out, by the owner alone; what stands against one is looked at once more then.


WHY = "privacidad"
"""Why a file that shows the person is withdrawn: no word about whom."""


def next_one() -> PrivacyRequest | None:
    """Carry out the oldest confirmed erasure; None when there is none. Needs the owner's connection."""
    with behind_at(DatabaseRole.WORKER) as at:
        request = requests.claim([State.CONFIRMED], at)
    if request:
        try:
            carry_out(request)
        except Exception as trouble:
            with behind_at(DatabaseRole.WORKER):  # its lease stays: in ten minutes it is begun again
                PrivacyRequest.objects.filter(pk=request.pk).update(trouble=type(trouble).__name__)
            raise
    return request


def carry_out(request: PrivacyRequest) -> None:
    """Erase, or put the request back with the reason that came up meanwhile. Goes on where it was killed."""
    with hand():
        begun = Erasure.objects.using(OWNER).filter(request=request).exists()
        person = person_of(request, OWNER, begun=begun)
    if not begun and (against := stands_against(person)):
        settle(request, state=State.READY, refusals=against)
        return
    remember(request, person)
    for file_id in request.files:
        withdraw(file_id)
    Erasing(request, person).run(lambda done, of: note_progress(request, done, of))
    finish(request, person)


def stands_against(person: Person) -> list[dict]:
    found = look(person, hand, OWNER)
    with hand():  # looking takes minutes in a large installation: a case that was opened meanwhile counts
        return refusals(person, found.cases | own_cases(person.own, OWNER), OWNER)


def remember(request: PrivacyRequest, person: Person) -> None:
    """Whom to look for is put down before the first row goes: a run that is killed goes on with the same marks."""
    marks = person.marks
    subject = {"names": marks.names, "addresses": marks.addresses, "numbers": marks.numbers, "short": person.short}
    subject["shared"] = person.shared
    with behind_at(DatabaseRole.WORKER):
        PrivacyRequest.objects.filter(pk=request.pk).update(subject={key: list(each) for key, each in subject.items()})


def withdraw(file_id: int) -> None:
    """Off its case and out of the store, as an event of the case."""
    with behind_at(DatabaseRole.WORKER) as at:
        file = CaseFile.objects.filter(pk=file_id, withdrawn_at=None).first()
        if file:
            case = Case.objects.select_for_update(of=("self",)).get(pk=file.case_id)
            case_files.withdraw_file(case, file, WHY, by=SYSTEM, at=at)


def note_progress(request: PrivacyRequest, done: int, of: int) -> None:
    with behind_at(DatabaseRole.WORKER) as at:
        PrivacyRequest.objects.filter(pk=request.pk).update(steps_done=done, steps=of, leased_until=at + requests.LEASE)


def settle(request: PrivacyRequest, **fields: object) -> None:
    with behind_at(DatabaseRole.WORKER):
        PrivacyRequest.objects.filter(pk=request.pk).update(leased_until=None, **fields)


def finish(request: PrivacyRequest, person: Person) -> None:
    """On the journal without a word about whom; what could not be reached is said."""
    left = mentioned(person)
    with behind_at(DatabaseRole.WORKER) as at:
        tomb = Erasure.objects.get(request=request)
        PrivacyRequest.objects.filter(pk=request.pk).update(
            state=State.DONE, done_at=at, leased_until=None, trouble=f"{left} rows left" if left else ""
        )
        facts = {"erasure": tomb.pk, "reason": request.reason, **tomb.counts}
        write_down(
            AuditKind.ERASED, at=at, staff=request.confirmed_by, about="privacy_request", key=request.pk, **facts
        )


def mentioned(person: Person) -> int:
    """In how many rows that could be erased a mark still stands: something that was written meanwhile."""
    with hand():
        looked_at = [table for table in tables(OWNER) if table.name not in KEPT]
        return sum(1 for table in looked_at for _row in mentions(person, table, OWNER))


# The hand that erases: the owner's connection, as the role that web and worker may not become (ADR 26).


OWNER = "direct"
ERASER = "guardia_eraser"


@contextmanager
def hand() -> Iterator[Any]:
    """One transaction of the owner as the eraser; yields its cursor. Raises OperationalError without an owner."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [ERASER])
        yield cursor


def hour(cursor: Any) -> datetime:
    """The database's, in UTC."""
    cursor.execute("SELECT clock_timestamp()")
    return cursor.fetchone()[0]
